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

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "mastodon",
    .version = "0.1",
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
};
