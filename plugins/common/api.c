/* Reads answers of JSON APIs in one way: what is an item and what is in it is the plugin's. */
#include "api.h"

#include <stdarg.h>

#include "api_page.h"
#include "date.h"
#include "jsonfix.h"
#include "link.h"
#include "status.h"
#include "utf8fix.h"

#define DEPTH 24

struct api_chunk {
    struct api_chunk *next;
    char p[];
};

/* ---- texts of one post ---------------------------------------------------------------------- */

static void
drop_chunks(struct api_page *p)
{
    while (p->chunks) {
        struct api_chunk *c = p->chunks;

        p->chunks = c->next;
        free(c);
    }
}

static struct tocsin_str
keep(struct api_page *p, const char *text, size_t n)
{
    struct api_chunk *c = malloc(sizeof(*c) + n + 1);

    if (!c)
        return slice_z("");
    memcpy(c->p, text, n);
    c->p[n] = '\0';
    c->next = p->chunks;
    p->chunks = c;
    return slice(c->p, n);
}

struct tocsin_str
api_fmt(struct api_page *p, const char *fmt, ...)
{
    struct api_chunk *c;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    c = n < 0 ? NULL : malloc(sizeof(*c) + (size_t)n + 1);
    if (!c)
        return slice_z("");
    va_start(ap, fmt);
    vsnprintf(c->p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    c->next = p->chunks;
    p->chunks = c;
    return slice(c->p, (size_t)n);
}

struct tocsin_str
api_escaped(struct api_page *p, struct tocsin_str s)
{
    struct sbuf b = { .max = 4096 };

    api_escape(&b, s);
    s = keep(p, b.p ? b.p : "", b.is_failed ? 0 : b.n);
    sbuf_free(&b);
    return s;
}

struct tocsin_str
api_id(struct api_page *p, const json_t *o, const char *path)
{
    char room[24];
    struct tocsin_str s = jsonfix_id(api_at(o, path), room);

    return keep(p, s.p, s.n);
}

int64_t
api_time(struct api_page *p, const json_t *o, const char *path)
{
    const json_t *v = api_at(o, path);
    int64_t n = json_is_number(v) ? (int64_t)json_number_value(v) : 0;

    if (json_is_string(v))
        return date_parse_clamped(api_str(o, path), p->now_ms);
    if (n <= 0)
        return 0;
    return n > INT64_C(100000000000) ? n : n * 1000;
}

/* Does the address end in the name of a folder without its slash? */
static bool
lacks_slash(struct tocsin_str server)
{
    struct tocsin_str path = slice_from(server, slice_find_z(server, "//") + 2), last = path;
    size_t n;

    while ((n = slice_find_byte(last, '/')) < last.n)
        last = slice_from(last, n + 1);
    return last.n == path.n || (last.n > 0 && slice_find_byte(last, '.') == last.n);
}

struct tocsin_str
api_link(struct api_page *p, const char *server, struct tocsin_str ref)
{
    char room[2048], base[1024];
    size_t n;

    if (ref.n == 0 || link_is_absolute(ref))
        return ref;
    snprintf(base, sizeof(base), "%s%s", server, lacks_slash(slice_z(server)) ? "/" : "");
    n = link_resolve(room, sizeof(room), slice_z(base), ref);
    return keep(p, room, n);
}

void
api_add_tag(struct api_page *p, struct tocsin_str s)
{
    if (s.n > 0 && p->n_tags < API_LIST)
        p->tags[p->n_tags++] = s;
}

void
api_add_link(struct api_page *p, struct tocsin_str s)
{
    for (size_t i = 0; i < p->n_links; i++)
        if (slice_eq(p->links[i], s))
            return;
    if (link_is_http(s) && p->n_links < API_LIST)
        p->links[p->n_links++] = s;
}

/* Length of the entity at the start of `s`, 0: none; *cp is what it stands for. */
static size_t
entity(struct tocsin_str s, uint32_t *cp)
{
    static const struct {
        const char *name;
        uint32_t cp;
    } named[] = { { "&amp;", '&' },  { "&lt;", '<' },    { "&gt;", '>' },
                  { "&quot;", '"' }, { "&apos;", '\'' }, { "&nbsp;", ' ' } };
    size_t i = 2;

    for (size_t k = 0; k < sizeof(named) / sizeof(named[0]); k++) {
        *cp = named[k].cp;
        if (slice_starts_z(s, named[k].name))
            return strlen(named[k].name);
    }
    if (s.n < 4 || s.p[1] != '#')
        return 0;
    for (*cp = 0; i < s.n && i < 9 && slice_is_digit(s.p[i]); i++)
        *cp = *cp * 10 + (uint32_t)(s.p[i] - '0');
    if (i == s.n || i == 2 || s.p[i] != ';' || *cp < ' ' || *cp > 0x10ffff ||
        (*cp >= 0xd800 && *cp <= 0xdfff))
        return 0;
    return i + 1;
}

struct tocsin_str
api_unescape(struct api_page *p, struct tocsin_str s)
{
    struct tocsin_str kept;
    char *to;
    size_t n = 0;

    if (slice_find_byte(s, '&') == s.n)
        return s;
    kept = keep(p, s.p, s.n);
    to = kept.n ? p->chunks->p : NULL;
    for (size_t i = 0; to && i < s.n;) {
        uint32_t cp = 0;
        size_t len = s.p[i] == '&' ? entity(slice_from(s, i), &cp) : 0;

        if (len == 0)
            to[n++] = s.p[i++];
        else
            n += utf8fix_put(to + n, cp);
        i += len;
    }
    kept.n = n;
    return kept;
}

struct tocsin_str
api_href(struct tocsin_str html)
{
    html = slice_from(html, slice_find_case_z(html, "href=\""));
    html = slice_from(html, 6);
    return slice_upto(html, slice_find_byte(html, '"'));
}

/* ---- posts ---------------------------------------------------------------------------------- */

/* Order of numbers written as text; ids of other kinds are not ordered. */
static bool
is_number(struct tocsin_str s)
{
    if (s.n == 0 || s.n > 40)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!slice_is_digit(s.p[i]))
            return false;
    return true;
}

static bool
is_above(struct tocsin_str a, struct tocsin_str b)
{
    return a.n != b.n ? a.n > b.n : a.n > 0 && memcmp(a.p, b.p, a.n) > 0;
}

static void
see(struct api_page *p, const struct tocsin_post *post)
{
    int64_t ms = post->published_ms;

    if (ms > p->newest_ms)
        p->newest_ms = ms;
    if (ms > 0 && (p->oldest_ms == 0 || ms < p->oldest_ms))
        p->oldest_ms = ms;
    if (!is_number(post->id))
        return;
    if (is_above(post->id, slice_z(p->top)))
        snprintf(p->top, sizeof(p->top), "%.*s", (int)post->id.n, post->id.p);
    if (!p->low[0] || is_above(slice_z(p->low), post->id))
        snprintf(p->low, sizeof(p->low), "%.*s", (int)post->id.n, post->id.p);
}

void
api_post(struct api_page *p, struct tocsin_post *post, struct tocsin_author *author)
{
    int rc;

    post->size = sizeof(*post);
    if (author && (author->handle.n > 0 || author->name.n > 0)) {
        author->size = sizeof(*author);
        post->author = author;
    }
    post->tags = p->tags;
    post->n_tags = p->n_tags;
    post->links = p->links;
    post->n_links = p->n_links;
    see(p, post);
    rc = p->h->post(p->turn, post);
    if (rc == TOCSIN_FULL || rc == TOCSIN_NOMEM)
        p->status = rc;
    p->n_posts++;
    p->n_tags = p->n_links = 0;
}

static void
walk(struct api_page *p, const json_t *o, int depth)
{
    const json_t *v;
    const char *key;
    size_t i;

    if (depth == 0 || p->status != TOCSIN_OK)
        return;
    if (json_is_object(o) && p->api->ops->is_item(o)) {
        p->n_items++;
        p->api->ops->take(p, o);
        p->n_tags = p->n_links = 0;
        drop_chunks(p);
        return;
    }
    json_array_foreach(o, i, v) walk(p, v, depth - 1);
    json_object_foreach((json_t *)(uintptr_t)o, key, v) if (json_is_object(v) || json_is_array(v))
        walk(p, v, depth - 1);
}

void
api_walk(struct api_page *p, const json_t *o)
{
    walk(p, o, DEPTH);
}

/* ---- parse ---------------------------------------------------------------------------------- */

/* May an answer of this shape hold no post? */
static bool
is_known_shape(const struct api_page *p)
{
    struct tocsin_str keys = slice_z(p->api->ops->keys);

    if (json_is_array(p->doc))
        return true;
    while (keys.n > 0) {
        size_t n = slice_find_byte(keys, ' ');
        char key[40];

        snprintf(key, sizeof(key), "%.*s", (int)n, keys.p);
        if (json_object_get(p->doc, key))
            return true;
        keys = slice_from(keys, n + 1);
    }
    return false;
}

static int
read_doc(struct api_page *p)
{
    int rc = p->api->ops->before ? p->api->ops->before(p) : TOCSIN_OK;
    const json_t *items;

    if (rc != TOCSIN_OK)
        return rc;
    items = p->api->ops->items ? p->api->ops->items(p) : p->doc;
    api_walk(p, items);
    drop_chunks(p);
    if (p->status != TOCSIN_OK)
        return p->status;
    if (p->n_items == 0 && !json_is_array(items) && !is_known_shape(p))
        return api_fail_shape(p);
    if (p->api->ops->after)
        p->api->ops->after(p);
    return api_go_on(p);
}

int
api_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    const struct api *api = self;
    struct api_cursor cursor;
    struct api_page *p = calloc(1, sizeof(*p));
    int rc;

    if (!p)
        return TOCSIN_NOMEM;
    p->api = api;
    p->h = api->h;
    p->turn = t;
    p->resp = r;
    p->now_ms = api->h->now_ms(t);
    api_cursor_read(&cursor, api->h->cursor(t));
    p->cursor = &cursor;
    rc = api_load(p);
    if (rc == TOCSIN_OK)
        rc = read_doc(p);
    json_decref(p->doc);
    drop_chunks(p);
    free(p);
    return rc;
}

/* ---- the rest of the source ----------------------------------------------------------------- */

int
api_open(const struct api_ops *ops, const struct tocsin_host *h, const void *conf, void **self)
{
    struct api *api = calloc(1, sizeof(*api));

    if (!api)
        return TOCSIN_NOMEM;
    api->h = h;
    api->conf = conf;
    api->ops = ops;
    *self = api;
    return TOCSIN_OK;
}

void
api_close(void *self)
{
    free(self);
}

int
api_plan(void *self, struct tocsin_turn *t)
{
    const struct api *api = self;
    struct api_cursor c;
    char next[sizeof(c.next)];
    int rc;

    api_cursor_read(&c, api->h->cursor(t));
    snprintf(next, sizeof(next), "%s", c.next);
    c.next[0] = '\0';
    rc = api->ops->ask(api, t, &c, 0);
    if (rc != TOCSIN_OK || !next[0])
        return rc;
    snprintf(c.next, sizeof(c.next), "%s", next);
    return api->ops->ask(api, t, &c, 1);
}

int
api_warm_up(void)
{
    jsonfix_warm_up();
    return 0;
}
