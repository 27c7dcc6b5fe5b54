/* The x plugin: searches of X's recent posts. */
#include "../common/api.h"

#define WEEK_MS (INT64_C(6) * 86400 * 1000) /* searches reach back seven days */

struct conf {
    const char *server, *query;
    struct tocsin_ref token;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("query", struct conf, query,
                      .help = "what to search for, in X's search language"),
    TOCSIN_OPT_SECRET("token", struct conf, token, .help = "bearer token of a paying app"),
    TOCSIN_OPT_URL("server", struct conf, server, .dflt = "https://api.x.com",
                   .help = "address of the API"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    struct sbuf b;

    if (!conf->query || !conf->token.is_set)
        return api->h->fail(t, TOCSIN_BADCONF,
                            "X needs `query` and `token`; make an app at developer.x.com and name "
                            "the secret with its bearer token");
    api_url(&b, conf->server, "/2/tweets/search/recent");
    api_arg_z(&b, "query", conf->query);
    api_arg_int(&b, "max_results", 100);
    api_arg_z(
        &b, "tweet.fields",
        "created_at,author_id,lang,public_metrics,conversation_id,referenced_tweets,entities");
    api_arg_z(&b, "expansions", "author_id");
    api_arg_z(&b, "user.fields",
              "public_metrics,username,name,verified,created_at,profile_image_url,entities");
    if (c->mark_ms > api->h->now_ms(t) - WEEK_MS)
        api_arg_z(&b, "since_id", c->mark);
    api_arg_z(&b, "next_token", c->next);
    return api_get(api, t, &b, tag, "token");
}

/* ---- what is in an answer ------------------------------------------------------------------ */

/* `includes` holds what the posts refer to. */
static const json_t *
items(const struct api_page *p)
{
    const json_t *data = json_object_get(p->doc, "data");

    return data ? data : p->doc;
}

/* Version 2, or version 1.1 with its author inside. */
static bool
is_item(const json_t *o)
{
    return (json_is_string(json_object_get(o, "text")) ||
            json_is_string(json_object_get(o, "full_text"))) &&
           (api_has(o, "id_str") || json_is_string(json_object_get(o, "id")));
}

static const json_t *
user_of(const struct api_page *p, const json_t *o)
{
    struct tocsin_str id = api_str(o, "author_id");
    const json_t *user;
    size_t i;

    if (api_has(o, "user"))
        return json_object_get(o, "user");
    json_array_foreach(api_at(p->doc, "includes.users"), i,
                       user) if (id.n > 0 && slice_eq(api_str(user, "id"), id)) return user;
    return NULL;
}

static struct tocsin_str
first(const json_t *o, const char *a, const char *b)
{
    struct tocsin_str s = api_str(o, a);

    return s.n ? s : api_str(o, b);
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *u)
{
    const json_t *site = json_array_get(api_at(u, "entities.url.urls"), 0);
    struct tocsin_author a = {
        .handle = first(u, "username", "screen_name"),
        .name = api_str(u, "name"),
        .avatar = first(u, "profile_image_url_https", "profile_image_url"),
        .profile_link = api_str(site, "expanded_url"),
        .created_ms = api_time(p, u, "created_at"),
        .followers =
            api_int(u, "public_metrics.followers_count", api_int(u, "followers_count", -1)),
    };

    if (a.handle.n > 0)
        a.url = api_fmt(p, "https://x.com/%s", api_escaped(p, a.handle).p);
    if (a.followers >= 0)
        a.flags |= TOCSIN_AUTHOR_FOLLOWERS;
    if (api_is(u, "verified"))
        a.flags |= TOCSIN_AUTHOR_VERIFIED;
    return a;
}

static void
set_kind(const json_t *o, struct tocsin_post *post)
{
    const json_t *ref;
    size_t i;

    json_array_foreach(json_object_get(o, "referenced_tweets"), i, ref)
    {
        struct tocsin_str type = api_str(ref, "type");
        uint32_t kind = slice_eq_z(type, "retweeted") ? TOCSIN_REPOST
                        : slice_eq_z(type, "quoted")  ? TOCSIN_QUOTE
                                                      : TOCSIN_REPLY;

        if (post->kind == TOCSIN_POST || kind == TOCSIN_REPLY) {
            post->kind = kind;
            post->parent = api_str(ref, "id");
        }
    }
}

/* The same in version 1.1. */
static void
set_old_kind(const json_t *o, struct tocsin_post *post)
{
    static const struct {
        const char *at;
        uint32_t kind;
    } refs[] = {
        { "retweeted_status.id_str", TOCSIN_REPOST },
        { "in_reply_to_status_id_str", TOCSIN_REPLY },
        { "quoted_status_id_str", TOCSIN_QUOTE },
    };

    for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]) && post->kind == TOCSIN_POST; i++)
        if (api_str(o, refs[i].at).n > 0) {
            post->kind = refs[i].kind;
            post->parent = api_str(o, refs[i].at);
        }
}

static void
set_lists(struct api_page *p, const json_t *o)
{
    const json_t *v;
    size_t i;

    json_array_foreach(api_at(o, "entities.hashtags"), i, v)
        api_add_tag(p, first(v, "tag", "text"));
    json_array_foreach(api_at(o, "entities.urls"), i, v)
        api_add_link(p, first(v, "expanded_url", "url"));
}

static void
set_counts(const json_t *o, struct tocsin_post *post)
{
    post->replies = api_int(o, "public_metrics.reply_count", 0);
    post->reposts = api_int(o, "public_metrics.retweet_count", api_int(o, "retweet_count", -1));
    post->likes = api_int(o, "public_metrics.like_count", api_int(o, "favorite_count", 0));
    if (post->reposts >= 0)
        post->flags |= TOCSIN_POST_COUNTS;
}

/* An edited post is a revision of the first one. */
static void
set_id(struct api_page *p, const json_t *o, struct tocsin_post *post)
{
    const json_t *ids = json_object_get(o, "edit_history_tweet_ids");
    const json_t *old = json_array_get(ids, 0);

    post->id = api_id(p, o, api_has(o, "id_str") ? "id_str" : "id");
    if (json_array_size(ids) > 1 && json_is_string(old)) {
        post->id = slice(json_string_value(old), json_string_length(old));
        post->edited_ms = api_time(p, o, "created_at");
    }
}

static void
take(struct api_page *p, const json_t *o)
{
    const json_t *body =
        api_has(o, "retweeted_status") ? json_object_get(o, "retweeted_status") : o;
    struct tocsin_author author = author_of(p, user_of(p, o));
    struct tocsin_post post = { .thread = api_str(o, "conversation_id") };
    struct tocsin_str lang = api_str(o, "lang");

    set_id(p, o, &post);
    post.url = author.handle.n
                   ? api_fmt(p, "%s/status/%.*s", author.url.p, (int)post.id.n, post.id.p)
                   : api_fmt(p, "https://x.com/i/status/%.*s", (int)post.id.n, post.id.p);
    post.text = api_unescape(p, first(body, "full_text", "text"));
    if (!slice_starts_z(lang, "q") && !slice_eq_z(lang, "und") && !slice_eq_z(lang, "zxx"))
        post.lang = lang;
    post.published_ms = api_time(p, o, "created_at");
    set_kind(o, &post);
    set_old_kind(o, &post);
    set_lists(p, body);
    set_counts(o, &post);
    p->h->spend(p->turn, 1);
    api_post(p, &post, &author);
}

/* ---- pages ---------------------------------------------------------------------------------- */

static void
after(struct api_page *p)
{
    struct tocsin_str next = api_str(p->doc, "meta.next_token");

    if (next.n < sizeof(p->next))
        snprintf(p->next, sizeof(p->next), "%.*s", (int)next.n, next.p);
}

static const struct api_ops ops = {
    .flags = API_FLOOR,
    .service = "X",
    .keys = "meta data statuses",
    .ask = ask,
    .items = items,
    .is_item = is_item,
    .take = take,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "x",
    .version = "0.1",
    .summary = "searches of X's recent posts",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  x: {plugin: x, options: {query: acme -is:retweet, token: x}}\n",
    .every_ms = INT64_C(15) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
