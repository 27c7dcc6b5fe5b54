<<<<<<< HEAD
/* The mastodon plugin: the public posts under a hashtag, as one server sees them. */
#include "mastodon.h"

#include <stdio.h>
#include <stdlib.h>

#include "../common/date.h"
#include "../common/jsonfix.h"
#include "../common/link.h"
#include "../common/query.h"
#include "../common/status.h"

#define PAGE 40
#define ID_MAX 32
#define TAG_NEXT 1
/* Ids hold the post's own time in their upper bits, and posts of other servers arrive late. */
#define OVERLAP ((uint64_t)15 * 60 * 1000 << 16)
#define SNOWFLAKE_DIGITS 17

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("server", struct mastodon_conf, server, .required = 1,
                   .help = "address of a server; it sees what its people follow"),
    TOCSIN_OPT_STRING("hashtag", struct mastodon_conf, hashtag, .required = 1,
                      .help = "hashtag, with or without #"),
    TOCSIN_OPT_SECRET("token", struct mastodon_conf, token,
                      .help = "access token, for servers that show nothing without one"),
};

static int
mastodon_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    const struct mastodon_conf *c = conf;
    struct mastodon *m = calloc(1, sizeof(*m));

    if (!m)
        return TOCSIN_NOMEM;
    m->h = h;
    m->conf = c;
    m->server = query_base(c->server);
    m->host = link_host(m->server);
    m->hashtag = slice_trim(slice_z(c->hashtag));
    if (m->hashtag.n > 0 && m->hashtag.p[0] == '#')
        m->hashtag = slice_from(m->hashtag, 1);
    if (m->hashtag.n == 0 || slice_find_byte(m->hashtag, ' ') < m->hashtag.n) {
        free(m);
        return h->fail(t, TOCSIN_BADCONF, "`hashtag` is one word, with or without #");
    }
    *self = m;
    return TOCSIN_OK;
}

static void
mastodon_close(void *self)
{
    free(self);
}

/* ---- ids -------------------------------------------------------------------------- */

/* Later ids are longer, or greater in the order of bytes: true of all kinds of ids in use. */
static bool
is_later(struct tocsin_str a, struct tocsin_str b)
{
    if (a.n != b.n)
        return a.n > b.n;
    return a.n > 0 && memcmp(a.p, b.p, a.n) > 0;
}

static bool
is_id(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!slice_is_alpha(s.p[i]) && !slice_is_digit(s.p[i]))
            return false;
    return s.n > 0 && s.n < ID_MAX;
}

/* The id a quarter of an hour before, where ids tell the time; else the id itself. */
static void
step_back(char *room, struct tocsin_str id)
{
    uint64_t v = 0;
    bool is_number = id.n >= SNOWFLAKE_DIGITS && id.n < 20;

    for (size_t i = 0; i < id.n && is_number; i++) {
        is_number = slice_is_digit(id.p[i]);
        v = v * 10 + (uint64_t)(id.p[i] - '0');
    }
    if (is_number && v > OVERLAP)
        snprintf(room, ID_MAX, "%llu", (unsigned long long)(v - OVERLAP));
    else
        snprintf(room, ID_MAX, "%.*s", (int)id.n, id.p);
}

/* ---- plan ------------------------------------------------------------------------- */

/* `min_id` gives the posts just above it: pages go forward, and nothing is left out. */
static int
ask(const struct mastodon *m, struct tocsin_turn *t, const char *min_id, uint32_t tag)
{
    struct sbuf b = { .max = 8 * 1024 };
    const struct tocsin_part login[] = { { .text = slice_z("Bearer ") },
                                         { .kind = TOCSIN_PART_SECRET, .name = "token" } };
    const struct tocsin_header header = { "Authorization", { login, 2 } };
    struct tocsin_part url;
    struct tocsin_request q = { .size = sizeof(q), .flags = TOCSIN_REQ_ANY_STATUS, .tag = tag };
    char text[32];
    int rc;

    sbuf_str(&b, m->server);
    sbuf_z(&b, "/api/v1/timelines/tag/");
    query_put(&b, m->hashtag);
    snprintf(text, sizeof(text), "?limit=%d", PAGE);
    sbuf_z(&b, text);
    sbuf_z(&b, min_id[0] ? "&min_id=" : "");
    sbuf_z(&b, min_id);
    url = (struct tocsin_part){ .text = sbuf_get(&b) };
    q.url = (struct tocsin_parts){ &url, 1 };
    q.headers = &header;
    q.n_headers = m->conf->token.is_set ? 1 : 0;
    rc = b.is_failed ? TOCSIN_NOMEM : m->h->request(t, &q);
    sbuf_free(&b);
    return rc;
}

static int
mastodon_plan(void *self, struct tocsin_turn *t)
{
    struct mastodon *m = self;
    struct tocsin_str cursor = slice_z(m->h->cursor(t));
    char min_id[ID_MAX] = "";

    if (is_id(cursor))
        step_back(min_id, cursor);
    return ask(m, t, min_id, 0);
}

/* ---- parse ------------------------------------------------------------------------- */

static int
judge_limit(const struct mastodon *m, struct tocsin_turn *t, const struct tocsin_response *r)
{
    int64_t reset = 0;

    if (date_parse(status_header(r, "X-RateLimit-Reset"), &reset) == 0)
        m->h->limit(t, reset, "X-RateLimit-Reset");
    return m->h->fail(t, TOCSIN_LIMITED, "the server asks to poll less often (429)");
}

static int
check_status(const struct mastodon *m, struct tocsin_turn *t, const struct tocsin_response *r)
{
    if (r->status == 429)
        return judge_limit(m, t, r);
    if (r->status == 401 || r->status == 403 || r->status == 422)
        return m->h->fail(t, TOCSIN_DENIED,
                          "the server shows this timeline to nobody without an account (%d); give "
                          "`token`, or choose another server",
                          (int)r->status);
    if (r->status == 404 || r->status == 410)
        return m->h->fail(t, TOCSIN_BADDATA,
                          "the server has no such timeline (%d); `server` must speak Mastodon's "
                          "API",
                          (int)r->status);
    return status_check(m->h, t, r);
}

static int
take_page(const struct mastodon *m, struct tocsin_turn *t, const json_t *list,
          struct tocsin_str *newest)
{
    const json_t *status;
    size_t i, n_bad = 0;

    json_array_foreach(list, i, status)
    {
        struct tocsin_str id = jsonfix_str(status, "id");
        int rc = is_id(id) ? mastodon_post(m, t, status) : TOCSIN_BADDATA;

        if (rc == TOCSIN_FULL || rc == TOCSIN_NOMEM)
            return rc;
        n_bad += rc != TOCSIN_OK;
        if (is_id(id) && is_later(id, *newest))
            *newest = id;
    }
    if (n_bad > 0)
        m->h->partial(t, "%zu of %zu posts could not be read", n_bad, json_array_size(list));
    return TOCSIN_OK;
}

static int
read_page(const struct mastodon *m, struct tocsin_turn *t, const json_t *list)
{
    char last[ID_MAX];
    struct tocsin_str newest = slice_z("");
    bool is_first = m->h->cursor(t)[0] == '\0', is_full = json_array_size(list) >= PAGE;
    int rc = take_page(m, t, list, &newest);

    if (rc != TOCSIN_OK || newest.n == 0)
        return rc;
    snprintf(last, sizeof(last), "%.*s", (int)newest.n, newest.p);
    if (is_later(newest, slice_z(m->h->cursor(t))))
        rc = m->h->set_cursor(t, newest);
    if (rc == TOCSIN_OK && is_full && !is_first)
        rc = ask(m, t, last, TAG_NEXT);
    return rc;
}

static int
mastodon_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct mastodon *m = self;
    char why[160];
    json_t *doc;
    int rc = check_status(m, t, r);

    if (rc != TOCSIN_OK)
        return rc;
    doc = jsonfix_load(r->body, why, sizeof(why));
    if (json_is_array(doc))
        rc = read_page(m, t, doc);
    else
        rc = m->h->fail(t, TOCSIN_BADDATA,
                        "the answer is no list of posts (%s); `server` must speak Mastodon's API",
                        doc ? "other JSON" : why);
    json_decref(doc);
    return rc;
}

static int
mastodon_warm_up(void)
{
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_source source = {
    .size = sizeof(source),
    .open = mastodon_open,
    .close = mastodon_close,
    .plan = mastodon_plan,
    .parse = mastodon_parse,
};

=======
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

>>>>>>> ddeacfb (Add the source plugins hackernews and mastodon, and what sources of JSON APIs share)
const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "mastodon",
    .version = "0.1",
<<<<<<< HEAD
    .summary = "public posts under a hashtag, from Mastodon and servers like it",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct mastodon_conf),
    .ops = &source,
    .warm_up = mastodon_warm_up,
    .example = "sources:\n"
               "  fediverse: {plugin: mastodon, options: {server: https://example.social, hashtag: "
               "acme}}\n",
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
=======
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
>>>>>>> ddeacfb (Add the source plugins hackernews and mastodon, and what sources of JSON APIs share)
};
