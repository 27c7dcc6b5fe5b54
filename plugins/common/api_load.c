/* Judges answers of JSON APIs: status, limits, words of an error, and JSON that was cut. */
#include "api_page.h"
#include "date.h"
#include "jsonfix.h"
#include "status.h"

#define DEPTH 64

/* ---- limits ---------------------------------------------------------------------------------- */

/* "0", "0.0": nothing is left. */
static bool
is_used_up(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '0' && s.p[i] != '.')
            return s.p[0] == '0' && i > 1 && s.p[1] == '.';
    return s.n > 0;
}

/* A time of day as text, seconds since 1970, or seconds from now. */
static int64_t
reset_ms(struct tocsin_str s, int64_t now_ms)
{
    int64_t n = 0, ms = 0;
    size_t i = 0;

    for (; i < s.n && slice_is_digit(s.p[i]) && i < 15; i++)
        n = n * 10 + (s.p[i] - '0');
    if (i < s.n && s.p[i] != '.')
        return date_parse(s, &ms) == 0 ? ms : 0;
    if (i == 0)
        return 0;
    return n > 1000000000 ? n * 1000 : now_ms + n * 1000;
}

static void
see_limits(const struct api_page *p)
{
    static const char *const names[][2] = {
        { "x-ratelimit-remaining", "x-ratelimit-reset" },
        { "ratelimit-remaining", "ratelimit-reset" },
        { "x-rate-limit-remaining", "x-rate-limit-reset" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct tocsin_str left = status_header(p->resp, names[i][0]);
        int64_t until = reset_ms(status_header(p->resp, names[i][1]), p->now_ms);

        if (until > p->now_ms && (p->resp->status == 429 || is_used_up(left)))
            p->h->limit(p->turn, until, "the service's limit of requests is used up");
    }
}

/* ---- errors --------------------------------------------------------------------------------- */

/* The service's own words. */
static struct tocsin_str
error_words(const json_t *doc)
{
    static const char *const paths[] = { "error_message",     "message", "error.message", "detail",
                                         "error_description", "error",   "title",         "reason",
                                         "status.message" };
    const json_t *first = json_array_get(json_object_get(doc, "errors"), 0);
    struct tocsin_str s = slice_z("");

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && s.n == 0; i++)
        s = api_str(doc, paths[i]);
    if (s.n == 0 && json_is_string(first))
        s = slice(json_string_value(first), json_string_length(first));
    if (s.n == 0)
        s = api_str(first, "message");
    if (s.n == 0)
        s = api_str(first, "detail");
    return slice_upto(s, 200);
}

static int
fail_status(const struct api_page *p)
{
    struct tocsin_str said = error_words(p->doc);
    const char *service = p->api->ops->service;
    int s = p->resp->status;

    if (said.n == 0)
        return status_check(p->h, p->turn, p->resp);
    if (s == 429)
        return p->h->fail(p->turn, TOCSIN_LIMITED, "%s asks to slow down (429): %.*s", service,
                          (int)said.n, said.p);
    if (s == 401 || s == 403)
        return p->h->fail(p->turn, TOCSIN_DENIED,
                          "%s refuses (%d): %.*s; check the source's login options", service, s,
                          (int)said.n, said.p);
    return p->h->fail(p->turn, TOCSIN_RETRY, "%s answered %d: %.*s; check the source's options",
                      service, s, (int)said.n, said.p);
}

int
api_fail_shape(struct api_page *p)
{
    struct tocsin_str said = error_words(p->doc);

    if (said.n > 0)
        return p->h->fail(p->turn, TOCSIN_BADDATA, "%s answered: %.*s; check the source's options",
                          p->api->ops->service, (int)said.n, said.p);
    return p->h->fail(p->turn, TOCSIN_BADDATA,
                      "this is JSON, but not an answer of %s; check the source's address",
                      p->api->ops->service);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

struct cut {
    char open[DEPTH];   /* what is open */
    size_t depth, list; /* list: depth of the outermost open array */
    size_t at;          /* after its last whole element */
};

static void
close_one(struct cut *c, size_t i)
{
    if (c->depth > 0)
        c->depth--;
    if (c->depth < c->list)
        c->list = 0;
    else if (c->list && c->depth == c->list)
        c->at = i + 1;
}

static void
open_one(struct cut *c, char what, size_t i)
{
    if (c->depth < DEPTH)
        c->open[c->depth] = what;
    c->depth++;
    if (what == '[' && !c->list && c->depth < DEPTH) {
        c->list = c->depth;
        c->at = i + 1;
    }
}

/* Where a cut document's outermost open array holds whole elements. */
static void
find_cut(struct cut *c, struct tocsin_str s)
{
    bool in_string = false;

    for (size_t i = 0; i < s.n; i++) {
        if (in_string && s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            in_string = !in_string;
        else if (in_string)
            continue;
        else if (s.p[i] == '{' || s.p[i] == '[')
            open_one(c, s.p[i], i);
        else if (s.p[i] == '}' || s.p[i] == ']')
            close_one(c, i);
    }
}

/* What is whole of a document that was cut; NULL: nothing. */
static json_t *
load_cut(struct tocsin_str body)
{
    struct cut c = { .depth = 0 };
    struct sbuf b = { .max = body.n + DEPTH };
    char why[160];
    json_t *doc = NULL;

    find_cut(&c, body);
    if (c.list && c.list <= DEPTH) {
        sbuf_put(&b, body.p, c.at);
        for (size_t i = c.list; i > 0; i--)
            sbuf_char(&b, c.open[i - 1] == '{' ? '}' : ']');
        if (!b.is_failed)
            doc = jsonfix_load(sbuf_get(&b), why, sizeof(why));
    }
    sbuf_free(&b);
    return doc;
}

static int
fail_text(const struct api_page *p, const char *why)
{
    struct tocsin_str s = slice_trim(slice_upto(p->resp->body, 4096));

    if (s.n > 0 && s.p[0] == '<')
        return p->h->fail(p->turn, TOCSIN_BADDATA,
                          "found a page instead of an answer of %s; check the source's address, "
                          "and whether the site wants a login or a browser",
                          p->api->ops->service);
    if (s.n > 0 && (s.p[0] == '{' || s.p[0] == '['))
        return p->h->fail(p->turn, TOCSIN_RETRY, "the answer of %s is cut or broken (%s)",
                          p->api->ops->service, why);
    return p->h->fail(p->turn, TOCSIN_BADDATA,
                      "found no JSON (%s) instead of an answer of %s; check the source's address",
                      why, p->api->ops->service);
}

int
api_load(struct api_page *p)
{
    char why[200];
    int rc;

    see_limits(p);
    p->doc = jsonfix_load(p->resp->body, why, sizeof(why));
    if (p->resp->status < 200 || p->resp->status > 299) {
        rc = p->api->ops->before ? p->api->ops->before(p) : TOCSIN_OK;
        return rc == TOCSIN_OK ? fail_status(p) : rc;
    }
    rc = status_check(p->h, p->turn, p->resp);
    if (rc != TOCSIN_OK || (p->doc && (json_is_object(p->doc) || json_is_array(p->doc))))
        return rc;
    if (p->doc)
        return fail_text(p, "a bare value");
    p->doc = load_cut(p->resp->body);
    if (!p->doc)
        return fail_text(p, why);
    p->is_cut = true;
    p->h->partial(p->turn, "the answer is cut (%s); what was whole of it was read", why);
    return TOCSIN_OK;
}
