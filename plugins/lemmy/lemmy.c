/* The lemmy plugin: posts, comments and searches of a Lemmy server. */
#include "../common/api.h"
#include "../common/link.h"

#define PER_PAGE 50

struct conf {
    const char *server, *query, *community, *what;
    struct tocsin_ref token;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("server", struct conf, server, .required = 1, .help = "address of the server"),
    TOCSIN_OPT_STRING("query", struct conf, query,
                      .help = "words to search for in posts and comments"),
    TOCSIN_OPT_STRING("community", struct conf, community,
                      .help = "one community, as name or name@server; none: all"),
    TOCSIN_OPT_ENUM("what", struct conf, what, "comments posts", .dflt = "comments",
                    .help = "what is read where `query` is not given"),
    TOCSIN_OPT_SECRET("token", struct conf, token, .help = "login token, for a private server"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    bool is_posts = conf->what && strcmp(conf->what, "posts") == 0;
    struct sbuf b;

    api_url(&b, conf->server,
            conf->query ? "/api/v3/search"
            : is_posts  ? "/api/v3/post/list"
                        : "/api/v3/comment/list");
    api_arg_z(&b, "q", conf->query);
    api_arg_z(&b, "type_", "All");
    if (conf->query)
        api_arg_z(&b, "listing_type", "All");
    api_arg_z(&b, "sort", "New");
    api_arg_int(&b, "limit", PER_PAGE);
    api_arg_z(&b, "community_name", conf->community);
    if (slice_is_digit(c->next[0]))
        api_arg_z(&b, "page", c->next);
    else if (c->next[0])
        api_arg_z(&b, "page_cursor", c->next);
    return api_get(api, t, &b, tag, conf->token.is_set ? "token" : NULL);
}

/* ---- what the API gives ---------------------------------------------------------------------- */

/* An object of ActivityPub, as servers hand them to each other. */
static bool
is_activity(const json_t *o)
{
    struct tocsin_str type = api_str(o, "type");

    return json_is_string(json_object_get(o, "id")) &&
           (slice_eq_z(type, "Tombstone") ||
            (api_has(o, "attributedTo") && (slice_eq_z(type, "Page") || slice_eq_z(type, "Note") ||
                                            slice_eq_z(type, "Article"))));
}

static bool
is_item(const json_t *o)
{
    return (json_is_object(json_object_get(o, "creator")) &&
            (api_has(o, "post.ap_id") || api_has(o, "comment.ap_id"))) ||
           is_activity(o);
}

/* Languages by Lemmy's numbers: the codes of ISO 639-1 in their order. */
static struct tocsin_str
lang_of(const json_t *o)
{
    static const char codes[] =
        "aaabaeafakamanarasavayazbabebgbibmbnbobrbscacechcocrcscucvcydadedvdzeeelen"
        "eoeseteufafffifjfofrfygagdglgngugvhahehihohrhthuhyhziaidieigiiikioisitiuja";
    int64_t n = api_int(o, "language_id", 0);

    return n > 0 && (size_t)n <= (sizeof(codes) - 1) / 2 ? slice(codes + 2 * (n - 1), 2)
                                                         : slice_z("");
}

static struct tocsin_str
first(const json_t *o, const char *a, const char *b)
{
    struct tocsin_str s = api_str(o, a);

    return s.n ? s : api_str(o, b);
}

static int64_t
time_of(struct api_page *p, const json_t *o, const char *a, const char *b)
{
    int64_t ms = api_time(p, o, a);

    return ms ? ms : api_time(p, o, b);
}

/* NAME, or NAME@HOST where it is of another server. */
static struct tocsin_str
name_of(struct api_page *p, const json_t *o)
{
    struct tocsin_str name = api_str(o, "name"), host = link_host(first(o, "actor_id", "ap_id"));

    if (host.n == 0 || json_is_true(json_object_get(o, "local")))
        return name;
    return api_fmt(p, "%.*s@%.*s", (int)name.n, name.p, (int)host.n, host.p);
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *o)
{
    struct tocsin_author a = {
        .handle = name_of(p, o),
        .name = api_str(o, "display_name"),
        .url = first(o, "actor_id", "ap_id"),
        .avatar = api_str(o, "avatar"),
        .created_ms = time_of(p, o, "published", "published_at"),
    };

    if (api_is(o, "bot_account"))
        a.flags |= TOCSIN_AUTHOR_BOT;
    return a;
}

/* "0.12.34": comment 34 answers comment 12. */
static struct tocsin_str
parent_of(struct api_page *p, const json_t *comment, struct tocsin_str thread)
{
    struct tocsin_str path = api_str(comment, "path"), before = slice_z("0"), last = path;
    size_t n;

    while ((n = slice_find_byte(last, '.')) < last.n) {
        before = slice_upto(last, n);
        last = slice_from(last, n + 1);
    }
    return slice_eq_z(before, "0") ? thread : api_fmt(p, "comment/%.*s", (int)before.n, before.p);
}

static void
set_counts(const json_t *view, const json_t *own, bool is_comment, struct tocsin_post *post)
{
    const json_t *counts = api_has(view, "counts") ? json_object_get(view, "counts") : own;

    post->replies = api_int(counts, is_comment ? "child_count" : "comments", 0);
    post->likes = api_int(counts, "upvotes", api_int(counts, "score", 0));
    post->flags |= TOCSIN_POST_COUNTS;
}

static void
take_view(struct api_page *p, const json_t *view)
{
    const json_t *comment = json_object_get(view, "comment"), *of = json_object_get(view, "post");
    const json_t *own = comment ? comment : of;
    struct tocsin_author author = author_of(p, json_object_get(view, "creator"));
    struct tocsin_post post = { .uri = api_str(own, "ap_id"), .url = api_str(own, "ap_id") };

    post.id = api_id(p, own, "id");
    if (comment) {
        post.id = api_fmt(p, "comment/%s", post.id.p);
        post.thread = api_id(p, comment, "post_id");
        post.parent = parent_of(p, comment, post.thread);
        post.text = api_str(comment, "content");
        post.kind = TOCSIN_REPLY;
    } else {
        post.thread = post.id;
        post.title = api_str(of, "name");
        post.text = api_str(of, "body");
        api_add_link(p, api_str(of, "url"));
    }
    post.place = name_of(p, json_object_get(view, "community"));
    post.lang = lang_of(own);
    post.published_ms = time_of(p, own, "published", "published_at");
    post.edited_ms = time_of(p, own, "updated", "updated_at");
    set_counts(view, own, comment != NULL, &post);
    if (api_is(own, "deleted") || api_is(own, "removed"))
        post.flags |= TOCSIN_POST_GONE;
    api_post(p, &post, &author);
}

/* Is it addressed to everybody? Where it says nothing, yes. */
static bool
is_public(const json_t *o)
{
    const json_t *to = json_object_get(o, "to"), *v;
    size_t i;

    json_array_foreach(to, i, v) if (json_is_string(v) &&
                                     strstr(json_string_value(v), "#Public")) return true;
    return !to;
}

static void
take_activity(struct api_page *p, const json_t *o)
{
    struct tocsin_author author = { .url = api_str(o, "attributedTo") };
    struct tocsin_post post = { .id = api_str(o, "id"), .title = api_str(o, "name") };
    size_t at = author.url.n;

    while (at > 0 && author.url.p[at - 1] != '/')
        at--;
    author.handle = slice_from(author.url, at);
    post.uri = post.url = post.id;
    post.text = api_str(o, "content");
    post.flags = TOCSIN_POST_TEXT_HTML;
    post.parent = api_str(o, "inReplyTo");
    post.kind = post.parent.n ? TOCSIN_REPLY : TOCSIN_POST;
    post.lang = api_str(o, "language.identifier");
    post.published_ms = api_time(p, o, "published");
    post.edited_ms = api_time(p, o, "updated");
    if (slice_eq_z(api_str(o, "type"), "Tombstone"))
        post.flags |= TOCSIN_POST_GONE;
    api_post(p, &post, &author);
}

static void
take(struct api_page *p, const json_t *o)
{
    if (is_activity(o) && is_public(o))
        take_activity(p, o);
    else if (!is_activity(o))
        take_view(p, o);
}

/* ---- limits and pages ----------------------------------------------------------------------- */

static int
before(struct api_page *p)
{
    if (slice_eq_z(api_str(p->doc, "error"), "rate_limit_error"))
        return p->h->fail(p->turn, TOCSIN_LIMITED, "the server's limit of requests is used up");
    return TOCSIN_OK;
}

static void
after(struct api_page *p)
{
    struct tocsin_str next = api_str(p->doc, "next_page");

    if (next.n > 0)
        snprintf(p->next, sizeof(p->next), "%.*s", (int)next.n, next.p);
    else if (p->n_items >= PER_PAGE)
        snprintf(p->next, sizeof(p->next), "%u", p->resp->tag + 2);
}

static const struct api_ops ops = {
    .service = "Lemmy",
    .keys = "posts comments post_view comment_view type_ replies mentions site_view type items",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .before = before,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "lemmy",
    .version = "0.1",
    .summary = "posts, comments and searches of Lemmy servers",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  lemmy: {plugin: lemmy, options: {server: https://lemmy.example, query: acme}}\n",
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
