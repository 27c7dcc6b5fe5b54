/* The reddit plugin: new posts, comments and searches of Reddit. */
#include "../common/api.h"

#define SITE "https://www.reddit.com"

struct conf {
    const char *subreddit, *query, *what, *client_id;
    struct tocsin_ref client_secret;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("subreddit", struct conf, subreddit,
                      .help = "one subreddit, or several joined by +; none: all"),
    TOCSIN_OPT_STRING("query", struct conf, query, .help = "words to search for in posts"),
    TOCSIN_OPT_ENUM("what", struct conf, what, "posts comments", .dflt = "posts",
                    .help = "what is read where `query` is not given"),
    TOCSIN_OPT_STRING("client_id", struct conf, client_id,
                      .help = "id of a registered app; without one Reddit often refuses"),
    TOCSIN_OPT_SECRET("client_secret", struct conf, client_secret,
                      .help = "secret of the registered app"),
};

/* ---- requests -------------------------------------------------------------------------- */

static int
log_in(const struct api *api, struct tocsin_turn *t)
{
    const struct conf *conf = api->conf;
    const struct tocsin_part url = { .text = slice_z(SITE "/api/v1/access_token") };
    const struct tocsin_part body = { .text = slice_z("grant_type=client_credentials") };
    const struct tocsin_part type = { .text = slice_z("application/x-www-form-urlencoded") };
    const struct tocsin_part login = { .kind = TOCSIN_PART_BASIC,
                                       .text = slice_z(conf->client_id),
                                       .name = "client_secret" };
    const struct tocsin_header headers[] = { { "Content-Type", { &type, 1 } },
                                             { "Authorization", { &login, 1 } } };
    const struct tocsin_request mint = {
        .size = sizeof(mint),
        .method = "POST",
        .url = { &url, 1 },
        .headers = headers,
        .n_headers = 2,
        .body = { &body, 1 },
    };
    const struct tocsin_session session = {
        .size = sizeof(session),
        .lifetime_s = 3600,
        .name = "session",
        .mint = &mint,
        .value_at = "/access_token",
        .lifetime_at = "/expires_in",
    };

    return api->h->session(t, &session);
}

static void
put_path(struct sbuf *b, const struct conf *conf, bool is_public)
{
    const char *sub = conf->subreddit ? conf->subreddit : "all";
    bool is_comments = conf->what && strcmp(conf->what, "comments") == 0;
    char path[400];

    if (conf->query && !conf->subreddit)
        snprintf(path, sizeof(path), "/search%s", is_public ? ".json" : "");
    else
        snprintf(path, sizeof(path), "/r/%s/%s%s", sub,
                 conf->query   ? "search"
                 : is_comments ? "comments"
                               : "new",
                 is_public ? ".json" : "");
    api_url(b, is_public ? SITE : "https://oauth.reddit.com", path);
    api_arg_z(b, "q", conf->query);
    if (conf->query)
        api_arg_z(b, "sort", "new");
    if (conf->query && conf->subreddit)
        api_arg_z(b, "restrict_sr", "1");
}

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    struct sbuf b;
    int rc = TOCSIN_OK;

    if (conf->client_secret.is_set != (conf->client_id != NULL))
        return api->h->fail(t, TOCSIN_BADCONF,
                            "`client_id` and `client_secret` go together; give both or none");
    if (conf->client_id)
        rc = log_in(api, t);
    if (rc != TOCSIN_OK)
        return rc;
    put_path(&b, conf, !conf->client_id);
    api_arg_int(&b, "limit", 100);
    api_arg_z(&b, "raw_json", "1");
    api_arg_z(&b, "after", c->next);
    return api_get(api, t, &b, tag, conf->client_id ? "session" : NULL);
}

/* ---- things --------------------------------------------------------------------------------- */

static bool
is_item(const json_t *o)
{
    struct tocsin_str kind = api_str(o, "kind");

    return (slice_eq_z(kind, "t1") || slice_eq_z(kind, "t3")) &&
           json_is_object(json_object_get(o, "data"));
}

static bool
is_nobody(struct tocsin_str s)
{
    return slice_eq_z(s, "[deleted]") || slice_eq_z(s, "[removed]");
}

static struct tocsin_str
url_of(struct api_page *p, const json_t *d)
{
    struct tocsin_str path = api_str(d, "permalink"), link = api_str(d, "link_id");
    struct tocsin_str sub = api_str(d, "subreddit"), id = api_str(d, "id");

    if (path.n > 0 && path.p[0] == '/')
        return api_fmt(p, SITE "%.*s", (int)path.n, path.p);
    if (path.n > 0)
        return path;
    link = slice_from(link, slice_find_byte(link, '_') + 1);
    if (link.n == 0)
        return api_fmt(p, SITE "/comments/%.*s/", (int)id.n, id.p);
    return api_fmt(p, SITE "/r/%.*s/comments/%.*s/_/%.*s/", (int)sub.n, sub.p, (int)link.n, link.p,
                   (int)id.n, id.p);
}

static void
set_texts(struct api_page *p, const json_t *d, bool is_comment, struct tocsin_post *post)
{
    struct tocsin_str text = api_str(d, is_comment ? "body" : "selftext");

    post->title = api_unescape(p, api_str(d, "title"));
    post->text = api_unescape(p, text);
    if (is_nobody(text) || (api_has(d, "removed_by_category") &&
                            slice_eq_z(api_str(d, "removed_by_category"), "deleted"))) {
        post->flags |= TOCSIN_POST_GONE;
        post->text = slice_z("");
    }
}

static void
set_kind(const json_t *d, bool is_comment, struct tocsin_post *post)
{
    post->thread = is_comment ? api_str(d, "link_id") : post->id;
    post->parent = api_str(d, is_comment ? "parent_id" : "crosspost_parent");
    if (is_comment)
        post->kind = TOCSIN_REPLY;
    else if (post->parent.n > 0)
        post->kind = TOCSIN_REPOST;
}

static void
take(struct api_page *p, const json_t *o)
{
    const json_t *d = json_object_get(o, "data");
    bool is_comment = slice_eq_z(api_str(o, "kind"), "t1");
    struct tocsin_author author = { .handle = api_str(d, "author") };
    struct tocsin_post post = { .id = api_str(d, "name") };
    struct tocsin_str sub = api_str(d, "subreddit");

    if (post.id.n == 0)
        post.id = api_fmt(p, "%s_%s", is_comment ? "t1" : "t3", api_id(p, d, "id").p);
    post.url = url_of(p, d);
    set_kind(d, is_comment, &post);
    set_texts(p, d, is_comment, &post);
    post.published_ms = api_time(p, d, "created_utc");
    post.edited_ms = api_time(p, d, "edited");
    post.replies = api_int(d, "num_comments", 0);
    post.likes = api_int(d, "score", 0);
    post.flags |= TOCSIN_POST_COUNTS;
    if (sub.n > 0)
        post.place = api_fmt(p, "r/%.*s", (int)sub.n, sub.p);
    api_add_tag(p, api_str(d, "link_flair_text"));
    if (!is_comment && !api_is(d, "is_self"))
        api_add_link(p, api_unescape(p, api_str(d, "url")));
    if (is_nobody(author.handle))
        author.handle = slice_z("");
    else
        author.url = api_fmt(p, SITE "/user/%s", api_escaped(p, author.handle).p);
    api_post(p, &post, &author);
    api_walk(p, json_object_get(d, "replies"));
}

/* ---- limits and pages ----------------------------------------------------------------------- */

static int
before(struct api_page *p)
{
    struct tocsin_str said = api_str(p->doc, "reason");
    int status = p->resp->status;

    if (status == 403 && !((const struct conf *)p->api->conf)->client_id && said.n == 0)
        return p->h->fail(p->turn, TOCSIN_LIMITED,
                          "Reddit refuses requests without a login (403); give `client_id` and "
                          "`client_secret`, or read the feed with the plugin rss");
    if (status == 403 && said.n > 0)
        return p->h->fail(p->turn, TOCSIN_DENIED, "the subreddit is %.*s; leave it out",
                          (int)said.n, said.p);
    return TOCSIN_OK;
}

static void
after(struct api_page *p)
{
    struct tocsin_str next = api_str(p->doc, "data.after");

    snprintf(p->next, sizeof(p->next), "%.*s", (int)next.n, next.p);
}

static const struct api_ops ops = {
    .service = "Reddit",
    .keys = "kind json",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .before = before,
    .after = after,
};

API_SOURCE(ops);

static const char *const hosts[] = { "www.reddit.com", "oauth.reddit.com", NULL };

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "reddit",
    .version = "0.1",
    .summary = "new posts, comments and searches of Reddit",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .hosts = hosts,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  reddit:\n"
               "    plugin: reddit\n"
               "    options: {query: acme, client_id: ID, client_secret: reddit}\n",
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
