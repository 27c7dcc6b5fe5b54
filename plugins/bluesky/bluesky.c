/* The bluesky plugin: searches of Bluesky, by an account's app password. */
#include "../common/api.h"
#include "../common/stamp.h"

#define APP "https://bsky.app/profile/"

struct conf {
    const char *server, *query, *lang, *user;
    struct tocsin_list tags;
    struct tocsin_ref password;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("query", struct conf, query, .help = "words to search for"),
    TOCSIN_OPT_LIST("tags", struct conf, tags, .help = "hashtags that a post must hold"),
    TOCSIN_OPT_STRING("lang", struct conf, lang, .help = "only posts that say they are in it"),
    TOCSIN_OPT_STRING("user", struct conf, user,
                      .help = "handle or mail address of the account that searches"),
    TOCSIN_OPT_SECRET("password", struct conf, password, .help = "app password of that account"),
    TOCSIN_OPT_URL("server", struct conf, server, .dflt = "https://bsky.social",
                   .help = "the account's server"),
};

/* ---- session ------------------------------------------------------------------------------ */

static void
json_quote(struct sbuf *b, const char *z)
{
    for (; *z; z++) {
        if (*z == '"' || *z == '\\')
            sbuf_char(b, '\\');
        if ((unsigned char)*z >= ' ')
            sbuf_char(b, *z);
    }
}

static int
log_in(const struct api *api, struct tocsin_turn *t)
{
    const struct conf *conf = api->conf;
    struct sbuf where, again, who = { .max = 1024 };
    int rc;

    api_url(&where, conf->server, "/xrpc/com.atproto.server.createSession");
    api_url(&again, conf->server, "/xrpc/com.atproto.server.refreshSession");
    json_quote(&who, conf->user);
    {
        const struct tocsin_part type = { .text = slice_z("application/json") };
        const struct tocsin_part url = { .text = sbuf_get(&where) };
        const struct tocsin_part url2 = { .text = sbuf_get(&again) };
        const struct tocsin_part body[] = {
            { .text = slice_z("{\"identifier\":\"") },
            { .text = sbuf_get(&who) },
            { .text = slice_z("\",\"password\":\"") },
            { .kind = TOCSIN_PART_SECRET, .enc = TOCSIN_ENC_JSON, .name = "password" },
            { .text = slice_z("\"}") },
        };
        const struct tocsin_part bearer[] = { { .text = slice_z("Bearer ") },
                                              { .kind = TOCSIN_PART_SECRET, .name = "session" } };
        const struct tocsin_header headers[] = { { "Content-Type", { &type, 1 } } };
        const struct tocsin_header login[] = { { "Authorization", { bearer, 2 } } };
        const struct tocsin_request mint = {
            .size = sizeof(mint),
            .method = "POST",
            .url = { &url, 1 },
            .headers = headers,
            .n_headers = 1,
            .body = { body, 5 },
        };
        const struct tocsin_request refresh = {
            .size = sizeof(refresh),
            .method = "POST",
            .url = { &url2, 1 },
            .headers = login,
            .n_headers = 1,
        };
        const struct tocsin_session session = {
            .size = sizeof(session),
            .name = "session",
            .mint = &mint,
            .refresh = &refresh,
            .value_at = "/accessJwt",
            .refresh_at = "/refreshJwt",
        };

        rc = where.is_failed || again.is_failed || who.is_failed ? TOCSIN_NOMEM
                                                                 : api->h->session(t, &session);
    }
    sbuf_free(&where);
    sbuf_free(&again);
    sbuf_free(&who);
    return rc;
}

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    char since[STAMP_ROOM];
    struct sbuf b;
    int rc;

    if (!conf->user || !conf->password.is_set)
        return api->h->fail(t, TOCSIN_BADCONF,
                            "Bluesky lets only accounts search; make an app password in its "
                            "settings and give `user` and `password`");
    if (!conf->query && conf->tags.n == 0)
        return api->h->fail(t, TOCSIN_BADCONF, "nothing to search for; give `query` or `tags`");
    rc = log_in(api, t);
    if (rc != TOCSIN_OK)
        return rc;
    api_url(&b, conf->server, "/xrpc/app.bsky.feed.searchPosts");
    api_arg(&b, "q", slice_z(conf->query ? conf->query : "*"));
    for (size_t i = 0; i < conf->tags.n; i++)
        api_arg_z(&b, "tag", conf->tags.v[i] + (conf->tags.v[i][0] == '#'));
    api_arg_z(&b, "lang", conf->lang);
    api_arg_z(&b, "sort", "latest");
    api_arg_int(&b, "limit", 100);
    if (c->mark_ms > 0) {
        stamp_rfc3339(since, sizeof(since), c->mark_ms - INT64_C(600) * 1000);
        api_arg_z(&b, "since", since);
    }
    api_arg_z(&b, "cursor", c->next);
    return api_get(api, t, &b, tag, "session");
}

/* ---- posts ---------------------------------------------------------------------------------- */

static bool
is_view(const json_t *o)
{
    return api_has(o, "uri") && api_has(o, "author.did") &&
           json_is_string(api_at(o, "record.text"));
}

/* A view of a post, an entry of a feed or thread that holds one, or one that was deleted. */
static bool
is_item(const json_t *o)
{
    return is_view(o) || is_view(json_object_get(o, "post")) ||
           (api_is(o, "notFound") && api_has(o, "uri"));
}

static struct tocsin_str
web_url(struct api_page *p, struct tocsin_str uri)
{
    struct tocsin_str did = slice_from(uri, 5), key;
    size_t n = slice_find_byte(did, '/');

    key = slice_from(did, n + 1);
    key = slice_from(key, slice_find_byte(key, '/') + 1);
    did = slice_upto(did, n);
    if (!slice_starts_z(uri, "at://") || key.n == 0)
        return slice_z("");
    return api_fmt(p, APP "%.*s/post/%.*s", (int)did.n, did.p, (int)key.n, key.p);
}

static bool
is_bot(const json_t *author)
{
    const json_t *label;
    size_t i;

    json_array_foreach(json_object_get(author, "labels"), i,
                       label) if (slice_eq_z(api_str(label, "val"), "bot")) return true;
    return false;
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *o)
{
    struct tocsin_author a = {
        .handle = api_str(o, "handle"),
        .name = api_str(o, "displayName"),
        .avatar = api_str(o, "avatar"),
        .created_ms = api_time(p, o, "createdAt"),
        .followers = api_int(o, "followersCount", -1),
    };

    a.url = api_fmt(p, APP "%s", api_escaped(p, a.handle).p);
    if (a.followers >= 0)
        a.flags |= TOCSIN_AUTHOR_FOLLOWERS;
    if (slice_eq_z(api_str(o, "verification.verifiedStatus"), "valid"))
        a.flags |= TOCSIN_AUTHOR_VERIFIED;
    if (is_bot(o))
        a.flags |= TOCSIN_AUTHOR_BOT;
    return a;
}

static void
set_lists(struct api_page *p, const json_t *record)
{
    const json_t *v, *f;
    size_t i, k;

    json_array_foreach(json_object_get(record, "tags"), i, v) if (json_is_string(v))
        api_add_tag(p, slice(json_string_value(v), json_string_length(v)));
    json_array_foreach(json_object_get(record, "facets"), i, v)
    {
        json_array_foreach(json_object_get(v, "features"), k, f)
        {
            api_add_tag(p, api_str(f, "tag"));
            api_add_link(p, api_str(f, "uri"));
        }
    }
    api_add_link(p, api_str(record, "embed.external.uri"));
    api_add_link(p, api_str(record, "embed.media.external.uri"));
}

static void
set_kind(const json_t *record, struct tocsin_post *post)
{
    struct tocsin_str quoted = api_str(record, "embed.record.uri");

    if (quoted.n == 0)
        quoted = api_str(record, "embed.record.record.uri");
    post->parent = api_str(record, "reply.parent.uri");
    post->thread = api_str(record, "reply.root.uri");
    if (post->parent.n > 0) {
        post->kind = TOCSIN_REPLY;
    } else if (slice_find_z(quoted, "/app.bsky.feed.post/") < quoted.n) {
        post->kind = TOCSIN_QUOTE;
        post->parent = quoted;
    }
    if (post->thread.n == 0)
        post->thread = post->id;
}

static void
set_lang(const json_t *record, struct tocsin_post *post)
{
    const json_t *lang = json_array_get(json_object_get(record, "langs"), 0);

    if (json_is_string(lang))
        post->lang = slice(json_string_value(lang), json_string_length(lang));
}

/* Somebody carries the post on; `reason` says who. */
static void
make_repost(struct api_page *p, const json_t *reason, struct tocsin_post *post,
            struct tocsin_author *author)
{
    struct tocsin_str did = api_str(reason, "by.did");

    post->kind = TOCSIN_REPOST;
    post->parent = post->id;
    post->id = api_str(reason, "uri");
    if (post->id.n == 0)
        post->id = api_fmt(p, "%.*s#%.*s", (int)post->parent.n, post->parent.p, (int)did.n, did.p);
    post->published_ms = api_time(p, reason, "indexedAt");
    *author = author_of(p, json_object_get(reason, "by"));
}

static void
take_view(struct api_page *p, const json_t *o, const json_t *reason)
{
    const json_t *record = json_object_get(o, "record");
    struct tocsin_author author = author_of(p, json_object_get(o, "author"));
    struct tocsin_post post = { .id = api_str(o, "uri"), .text = api_str(record, "text") };
    int64_t indexed = api_time(p, o, "indexedAt");

    post.url = web_url(p, post.id);
    post.published_ms = api_time(p, record, "createdAt");
    if (indexed > 0 && (post.published_ms == 0 || post.published_ms > indexed))
        post.published_ms = indexed; /* createdAt is what the client says */
    set_kind(record, &post);
    set_lang(record, &post);
    set_lists(p, record);
    if (api_has(o, "likeCount")) {
        post.replies = api_int(o, "replyCount", 0);
        post.reposts = api_int(o, "repostCount", 0);
        post.likes = api_int(o, "likeCount", 0);
        post.flags |= TOCSIN_POST_COUNTS;
    }
    if (api_has(reason, "by"))
        make_repost(p, reason, &post, &author);
    else
        post.uri = post.id;
    api_post(p, &post, &author);
}

static void
take(struct api_page *p, const json_t *o)
{
    struct tocsin_post gone = { .id = api_str(o, "uri"), .flags = TOCSIN_POST_GONE };

    if (is_view(o)) {
        take_view(p, o, NULL);
        return;
    }
    if (!api_has(o, "post")) {
        api_post(p, &gone, NULL);
        return;
    }
    api_walk(p, json_object_get(o, "parent"));
    take_view(p, json_object_get(o, "post"), json_object_get(o, "reason"));
    api_walk(p, json_object_get(o, "replies"));
}

/* ---- errors and pages ----------------------------------------------------------------------- */

static int
before(struct api_page *p)
{
    struct tocsin_str error = api_str(p->doc, "error");

    if (slice_eq_z(error, "ExpiredToken") || slice_eq_z(error, "InvalidToken")) {
        p->h->expire(p->turn, "session");
        return p->h->fail(p->turn, TOCSIN_RETRY, "the session ended; logging in again");
    }
    if (p->resp->status == 403 && error.n == 0)
        return p->h->fail(p->turn, TOCSIN_DENIED,
                          "Bluesky refuses (403); check `server`, `user` and `password`");
    if (slice_eq_z(error, "RateLimitExceeded"))
        return p->h->fail(p->turn, TOCSIN_LIMITED, "Bluesky's limit of requests is used up");
    return TOCSIN_OK;
}

static void
after(struct api_page *p)
{
    struct tocsin_str next = api_str(p->doc, "cursor");

    if (next.n < sizeof(p->next))
        snprintf(p->next, sizeof(p->next), "%.*s", (int)next.n, next.p);
}

static const struct api_ops ops = {
    .flags = API_FLOOR,
    .service = "Bluesky",
    .keys = "posts feed thread likes repostedBy notifications profiles did hitsTotal",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .before = before,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "bluesky",
    .version = "0.1",
    .summary = "searches of Bluesky",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  bsky:\n"
               "    plugin: bluesky\n"
               "    options: {query: acme, user: acme.example, password: bsky}\n",
    .every_ms = INT64_C(2) * 60 * 1000,
    .at_least_ms = INT64_C(15) * 1000,
};
