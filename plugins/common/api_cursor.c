/* Where a source of an API is: what was read, and the older page that is still to be read. */
#include "api_page.h"

static int64_t
number(struct tocsin_str s)
{
    int64_t v = 0;

    for (size_t i = 0; i < s.n && i < 18 && slice_is_digit(s.p[i]); i++)
        v = v * 10 + (s.p[i] - '0');
    return v;
}

static void
text(char *to, size_t room, struct tocsin_str s)
{
    if (s.n < room)
        snprintf(to, room, "%.*s", (int)s.n, s.p);
}

static void
read_line(struct api_cursor *c, struct tocsin_str line)
{
    size_t n = slice_find_byte(line, ' ');
    struct tocsin_str key = slice_upto(line, n), value = slice_from(line, n + 1);

    if (slice_eq_z(key, "mark"))
        text(c->mark, sizeof(c->mark), value);
    else if (slice_eq_z(key, "head"))
        text(c->head, sizeof(c->head), value);
    else if (slice_eq_z(key, "next"))
        text(c->next, sizeof(c->next), value);
    else if (slice_eq_z(key, "mark_ms"))
        c->mark_ms = number(value);
    else if (slice_eq_z(key, "head_ms"))
        c->head_ms = number(value);
    else if (slice_eq_z(key, "low_ms"))
        c->low_ms = number(value);
}

void
api_cursor_read(struct api_cursor *c, const char *cursor)
{
    struct tocsin_str s = slice_z(cursor);

    *c = (struct api_cursor){ .mark_ms = 0 };
    while (s.n > 0) {
        size_t n = slice_find_byte(s, '\n');

        read_line(c, slice_upto(s, n));
        s = slice_from(s, n + 1);
    }
}

static void
put_text(struct sbuf *b, const char *key, const char *value)
{
    if (!value[0])
        return;
    sbuf_z(b, key);
    sbuf_char(b, ' ');
    sbuf_z(b, value);
    sbuf_char(b, '\n');
}

static void
put_number(struct sbuf *b, const char *key, int64_t value)
{
    char room[24];

    snprintf(room, sizeof(room), "%lld", (long long)value);
    if (value > 0)
        put_text(b, key, room);
}

static int
write_cursor(const struct api_page *p, const struct api_cursor *c)
{
    struct sbuf b = { .max = 8192 };
    int rc;

    put_text(&b, "mark", c->mark);
    put_number(&b, "mark_ms", c->mark_ms);
    put_text(&b, "head", c->head);
    put_number(&b, "head_ms", c->head_ms);
    put_number(&b, "low_ms", c->low_ms);
    put_text(&b, "next", c->next);
    rc = b.is_failed ? TOCSIN_NOMEM : p->h->set_cursor(p->turn, sbuf_get(&b));
    sbuf_free(&b);
    return rc;
}

static void
tell_gap(const struct api_page *p, int64_t from_ms, int64_t to_ms)
{
    const struct tocsin_gap gap = {
        .size = sizeof(gap),
        .from_ms = from_ms,
        .to_ms = to_ms,
        .why = "the service gives no older posts, and none of these was known; poll more often",
    };

    p->h->gap(p->turn, &gap);
}

/* Are the numbers, written as text, in this order or the same? */
static bool
is_ordered(const char *a, const char *b)
{
    return strlen(a) != strlen(b) ? strlen(a) < strlen(b) : strcmp(a, b) <= 0;
}

static void
see_page(const struct api_page *p, struct api_cursor *c)
{
    if (p->newest_ms > c->head_ms)
        c->head_ms = p->newest_ms;
    if (!is_ordered(p->top, c->head))
        snprintf(c->head, sizeof(c->head), "%s", p->top);
    if (p->oldest_ms > 0 && (c->low_ms == 0 || p->oldest_ms < c->low_ms))
        c->low_ms = p->oldest_ms;
}

static void
finish(struct api_cursor *c)
{
    if (c->head_ms > c->mark_ms)
        c->mark_ms = c->head_ms;
    if (c->head[0])
        snprintf(c->mark, sizeof(c->mark), "%s", c->head);
    c->head[0] = c->next[0] = '\0';
    c->head_ms = c->low_ms = 0;
}

static bool
meets_mark(const struct api_page *p, const struct api_cursor *c)
{
    if (c->mark[0] && p->low[0] && is_ordered(p->low, c->mark))
        return true;
    return p->oldest_ms > 0 && p->oldest_ms <= c->mark_ms;
}

int
api_go_on(struct api_page *p)
{
    struct api_cursor c = *p->cursor;
    bool is_first = c.mark_ms == 0 && !c.mark[0];
    bool is_pending = c.next[0] && p->resp->tag == 0;
    bool is_caught_up = is_first || meets_mark(p, &c) || (p->n_items == 0 && p->resp->tag == 0);
    bool has_next = p->next[0] && strcmp(p->next, c.next) != 0;
    int rc;

    if (p->is_cut)
        return TOCSIN_OK; /* the same again next time */
    if (is_pending && !is_caught_up && c.head_ms > 0 && p->oldest_ms > c.head_ms)
        tell_gap(p, c.head_ms, p->oldest_ms); /* between the newest page and the last one */
    see_page(p, &c);
    if (is_pending && !is_caught_up)
        return write_cursor(p, &c); /* the older pages are being read */
    if (is_pending && p->n_items == 0)
        return TOCSIN_OK;
    if (is_caught_up || !has_next) {
        if (!is_caught_up && !(p->api->ops->flags & API_FLOOR))
            tell_gap(p, c.mark_ms, c.low_ms);
        finish(&c);
        return write_cursor(p, &c);
    }
    snprintf(c.next, sizeof(c.next), "%s", p->next);
    rc = write_cursor(p, &c);
    return rc == TOCSIN_OK ? p->api->ops->ask(p->api, p->turn, &c, p->resp->tag + 1) : rc;
}
