/* The cursor of a feed: fingerprints of what was seen, and the page to go on with. */
#include <stdio.h>

#include "../common/sbuf.h"
#include "rss.h"

#define CURSOR_MAX ((size_t)60 * 1024)

void
rss_page_add(struct rss_page *page, uint64_t fingerprint)
{
    if (page->n < RSS_MARK_MAX)
        page->v[page->n++] = fingerprint;
}

bool
rss_page_overlaps(const struct rss_page *a, const struct rss_page *b)
{
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (a->v[i] == b->v[k])
                return true;
    return false;
}

static bool
read_hex(struct tocsin_str s, uint64_t *out)
{
    uint64_t v = 0;

    if (s.n == 0 || s.n > 16)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!slice_is_digit(c) && !(c >= 'a' && c <= 'f'))
            return false;
        v = v << 4 | (uint64_t)(slice_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *out = v;
    return true;
}

static void
read_page(struct rss_page *page, struct tocsin_str s)
{
    while (s.n > 0) {
        size_t n = slice_find_byte(s, ' ');
        uint64_t v;

        if (read_hex(slice_upto(s, n), &v))
            rss_page_add(page, v);
        s = slice_from(s, n + 1);
    }
}

static void
read_line(struct rss_cursor *c, struct tocsin_str line)
{
    size_t n = slice_find_byte(line, ' ');
    struct tocsin_str key = slice_upto(line, n), value = slice_from(line, n + 1);
    uint64_t v;

    if (slice_eq_z(key, "mark"))
        read_page(&c->mark, value);
    else if (slice_eq_z(key, "head"))
        read_page(&c->head, value);
    else if (slice_eq_z(key, "newest") && read_hex(value, &v))
        c->newest_ms = (int64_t)v;
    else if (slice_eq_z(key, "next") && value.n < sizeof(c->next))
        snprintf(c->next, sizeof(c->next), "%.*s", (int)value.n, value.p);
}

void
rss_cursor_read(struct rss_cursor *c, const char *text)
{
    struct tocsin_str s = slice_z(text);

    *c = (struct rss_cursor){ .newest_ms = 0 };
    while (s.n > 0) {
        size_t n = slice_find_byte(s, '\n');

        read_line(c, slice_upto(s, n));
        s = slice_from(s, n + 1);
    }
}

static void
write_page(struct sbuf *b, const char *key, const struct rss_page *page)
{
    char hex[24];

    if (page->n == 0)
        return;
    sbuf_z(b, key);
    for (size_t i = 0; i < page->n; i++) {
        snprintf(hex, sizeof(hex), " %llx", (unsigned long long)page->v[i]);
        sbuf_z(b, hex);
    }
    sbuf_char(b, '\n');
}

int
rss_cursor_write(const struct rss_cursor *c, const struct tocsin_host *h, struct tocsin_turn *t)
{
    struct sbuf b = { .max = CURSOR_MAX };
    char line[64];
    int rc;

    write_page(&b, "mark", &c->mark);
    write_page(&b, "head", &c->head);
    snprintf(line, sizeof(line), "newest %llx\n", (unsigned long long)c->newest_ms);
    sbuf_z(&b, line);
    if (c->next[0]) {
        sbuf_z(&b, "next ");
        sbuf_z(&b, c->next);
        sbuf_char(&b, '\n');
    }
    rc = b.is_failed ? TOCSIN_NOMEM : h->set_cursor(t, sbuf_get(&b));
    sbuf_free(&b);
    return rc;
}
