/* The mastodon plugin: hashtags, public timelines and searches of Mastodon and its likes. */
#include "../common/api.h"
#include "../common/link.h"
#include "../common/status.h"

#define PER_PAGE 40

struct conf {
    const char *server, *hashtag, *search, *timeline;
    struct tocsin_list any, all, none;
    struct tocsin_ref token;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("server", struct conf, server, .required = 1, .help = "address of the server"),
    TOCSIN_OPT_STRING("hashtag", struct conf, hashtag, .help = "posts with this tag, without #"),
    TOCSIN_OPT_LIST("any", struct conf, any, .help = "further tags; a post with one is read"),
    TOCSIN_OPT_LIST("all", struct conf, all, .help = "tags that a post must hold too"),
    TOCSIN_OPT_LIST("none", struct conf, none, .help = "tags that a post must not hold"),
    TOCSIN_OPT_STRING("search", struct conf, search,
                      .help = "words to search for; servers want a token for it"),
    TOCSIN_OPT_ENUM("timeline", struct conf, timeline, "public local remote", .dflt = "public",
                    .help = "what is read where neither hashtag nor search is given"),
    TOCSIN_OPT_SECRET("token", struct conf, token,
                      .help = "access token with the right to read statuses and to search"),
};

static void
put_list(struct sbuf *b, const char *name, const struct tocsin_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        api_arg_z(b, name, list->v[i]);
}

static void
put_place(struct sbuf *b, const struct conf *conf)
{
    if (conf->search) {
        api_url(b, conf->server, "/api/v2/search");
        api_arg_z(b, "q", conf->search);
        api_arg_z(b, "type", "statuses");
    } else if (conf->hashtag) {
        api_url(b, conf->server, "/api/v1/timelines/tag/");
        api_escape(b, slice_z(conf->hashtag + (conf->hashtag[0] == '#')));
        put_list(b, "any[]", &conf->any);
        put_list(b, "all[]", &conf->all);
        put_list(b, "none[]", &conf->none);
    } else {
        api_url(b, conf->server, "/api/v1/timelines/public");
        if (conf->timeline && strcmp(conf->timeline, "public") != 0)
            api_arg_z(b, conf->timeline, "true");
    }
}

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    struct sbuf b;

    if (conf->search && conf->hashtag)
        return api->h->fail(t, TOCSIN_BADCONF,
                            "`search` and `hashtag` are two sources; make one source of each");
    if (conf->search && !conf->token.is_set)
        return api->h->fail(t, TOCSIN_BADCONF,
                            "`search` needs `token`; make one in the server's preferences, under "
                            "Development, and name the secret");
    put_place(&b, conf);
    api_arg_int(&b, "limit", PER_PAGE);
    api_arg_z(&b, conf->search ? "min_id" : "since_id", c->mark);
    api_arg_z(&b, "max_id", c->next);
    return api_get(api, t, &b, tag, conf->token.is_set ? "token" : NULL);
}

static bool
is_item(const json_t *o)
{
    return json_is_string(json_object_get(o, "content")) &&
           json_is_object(json_object_get(o, "account")) && api_has(o, "id");
}

/* Name and server of a local account, as people write it elsewhere. */
static struct tocsin_str
handle_of(const json_t *account)
{
    struct tocsin_str s = api_str(account, "acct");

    return s.n ? s : api_str(account, "username");
}

/* The first site that the profile was seen to belong to. */
static struct tocsin_str
own_site(const json_t *account)
{
    const json_t *field;
    size_t i;

    json_array_foreach(json_object_get(account, "fields"), i, field)
    {
        struct tocsin_str site = api_href(api_str(field, "value"));

        if (api_has(field, "verified_at") && link_is_http(site))
            return site;
    }
    return slice_z("");
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *account)
{
    struct tocsin_author a = {
        .handle = handle_of(account),
        .name = api_str(account, "display_name"),
        .url = api_str(account, "url"),
        .avatar = api_str(account, "avatar"),
        .profile_link = own_site(account),
        .created_ms = api_time(p, account, "created_at"),
        .followers = api_int(account, "followers_count", -1),
    };

    if (a.followers >= 0)
        a.flags |= TOCSIN_AUTHOR_FOLLOWERS;
    if (api_is(account, "bot"))
        a.flags |= TOCSIN_AUTHOR_BOT;
    return a;
}

static void
set_lists(struct api_page *p, const json_t *o)
{
    const json_t *v;
    size_t i;

    json_array_foreach(json_object_get(o, "tags"), i, v) api_add_tag(p, api_str(v, "name"));
    api_add_link(p, api_str(o, "card.url"));
    json_array_foreach(json_object_get(o, "media_attachments"), i, v)
        api_add_link(p, api_str(v, "url"));
}

static void
set_body(struct api_page *p, const json_t *o, struct tocsin_post *post)
{
    post->title = api_str(o, "spoiler_text");
    post->text = api_str(o, "content");
    post->lang = api_str(o, "language");
    post->edited_ms = api_time(p, o, "edited_at");
    post->replies = api_int(o, "replies_count", 0);
    post->reposts = api_int(o, "reblogs_count", 0);
    post->likes = api_int(o, "favourites_count", 0);
    post->flags |= TOCSIN_POST_TEXT_HTML | TOCSIN_POST_COUNTS;
    set_lists(p, o);
}

static void
set_kind(struct api_page *p, const json_t *o, struct tocsin_post *post)
{
    if (api_has(o, "in_reply_to_id")) {
        post->kind = TOCSIN_REPLY;
        post->parent = api_id(p, o, "in_reply_to_id");
    } else if (api_has(o, "quote")) {
        post->kind = TOCSIN_QUOTE;
        post->parent = api_id(p, o, "quote.quoted_status.id");
        if (post->parent.n == 0)
            post->parent = api_id(p, o, "quote.quoted_status_id");
        if (post->parent.n == 0)
            post->parent = api_id(p, o, "quote.id");
    }
}

static void
take(struct api_page *p, const json_t *o)
{
    const json_t *original = json_object_get(o, "reblog");
    struct tocsin_author author = author_of(p, json_object_get(o, "account"));
    struct tocsin_post post = { .uri = api_str(o, "uri"), .url = api_str(o, "url") };
    struct tocsin_str seen = api_str(o, "visibility");

    if (api_has(p->doc, "hashtags") && (slice_eq_z(seen, "direct") || slice_eq_z(seen, "private")))
        return; /* only a search finds what was not said in public */
    post.id = api_id(p, o, "id");
    if (post.url.n == 0)
        post.url = post.uri;
    post.published_ms = api_time(p, o, "created_at");
    if (json_is_object(original)) {
        post.kind = TOCSIN_REPOST;
        post.parent = api_id(p, original, "id");
        if (post.url.n == 0 || !link_is_http(post.url))
            post.url = api_str(original, "url");
        set_body(p, original, &post);
    } else {
        set_kind(p, o, &post);
        set_body(p, o, &post);
    }
    api_post(p, &post, &author);
}

static void
after(struct api_page *p)
{
    struct tocsin_str link = status_header(p->resp, "Link");
    bool is_more = p->n_items >= PER_PAGE || slice_find_z(link, "rel=\"next\"") < link.n;
    const struct conf *conf = p->api->conf;

    if (is_more && p->n_items > 0 && !conf->search)
        snprintf(p->next, sizeof(p->next), "%s", p->low);
}

/* An event of the stream: a deleted post, or nothing of ours. */
static int
mastodon_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    const struct api *api = self;
    struct tocsin_post post = { .size = sizeof(post), .flags = TOCSIN_POST_GONE };

    if (!(r->flags & TOCSIN_RESP_FRAME) || slice_eq_z(r->event, "update") ||
        slice_eq_z(r->event, "status.update"))
        return api_parse(self, t, r);
    if (!slice_eq_z(r->event, "delete"))
        return TOCSIN_OK;
    post.id = slice_trim(r->body);
    return api->h->post(t, &post) == TOCSIN_FULL ? TOCSIN_FULL : TOCSIN_OK;
}

static const struct api_ops ops = {
    .flags = API_FLOOR,
    .service = "Mastodon",
    .keys = "statuses notification_groups accounts ancestors account notifications_count merged "
            "summary",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .after = after,
};

API_SOURCE_PARSE(ops, mastodon_parse);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "mastodon",
    .version = "0.1",
    .summary = "hashtags, timelines and searches of Mastodon and servers like it",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  fedi: {plugin: mastodon, options: {server: https://mastodon.social, hashtag: "
               "acme}}\n",
    .every_ms = INT64_C(3) * 60 * 1000,
    .at_least_ms = INT64_C(15) * 1000,
};
