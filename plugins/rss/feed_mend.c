/* Rewrites broken XML so that every tag closes, every reference is numeric, and no construct
 * reaches past the end of the item it began in. */
#include "feed_mend.h"

#include <stdio.h>

#include <libxml/HTMLparser.h>

#include "../common/utf8fix.h"

#define DEPTH_MAX 120
#define ATTRS_MAX 48
#define NAME_MAX_LEN 128
#define VALUE_MAX ((size_t)16 * 1024)

struct mender {
    struct feed_mended *out;
    struct tocsin_str doc;
    size_t at;
    struct tocsin_str open[DEPTH_MAX]; /* names, outermost first */
    int depth, dropped;                /* dropped: elements too deep to keep */
    int item_depth;                    /* of the open item; 0: none */
    struct tocsin_str item_name;       /* as first seen */
    size_t item_end;                   /* where the item at hand ends, from `at` on; cached */
    size_t cdata_end, comment_end;     /* the next marks of these, from `at` on; cached */
    unsigned n_items, last_damaged;
};

static void
damage(struct mender *m, const char *what)
{
    if (m->item_depth == 0 && m->depth <= 2 && !m->out->is_cut)
        return; /* between items there is nothing to lose */
    if (m->last_damaged == m->n_items && m->out->n_damaged > 0)
        return;
    m->last_damaged = m->n_items;
    if (m->out->n_damaged++ == 0)
        snprintf(m->out->damage, sizeof(m->out->damage), "item %u: %s", m->n_items, what);
}

/* ---- where items end ------------------------------------------------------ */

static bool
is_name_start(char c)
{
    return slice_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_name_byte(char c)
{
    return is_name_start(c) || slice_is_digit(c) || c == '-' || c == '.' || c == ':';
}

static struct tocsin_str
rest(const struct mender *m)
{
    return slice_from(m->doc, m->at);
}

static bool
is_name_at(struct tocsin_str s, struct tocsin_str name)
{
    return s.n > name.n && memcmp(s.p, name.p, name.n) == 0 && !is_name_byte(s.p[name.n]);
}

/* Is s, at an end tag of an item, followed by what follows items? */
static bool
is_real_end(struct tocsin_str s, struct tocsin_str name)
{
    s = slice_from(s, slice_find_byte(slice_upto(s, NAME_MAX_LEN), '>') + 1);
    while (s.n > 0 && slice_is_space(s.p[0]))
        s = slice_from(s, 1);
    if (s.n < 2)
        return true;
    return s.p[0] == '<' && (s.p[1] == '/' || s.p[1] == '!' || is_name_at(slice_from(s, 1), name));
}

/* Offset of the end tag of the item at hand; the document's end where there is none. */
static size_t
find_item_end(struct mender *m)
{
    size_t at = m->at;

    if (m->item_name.n == 0)
        return m->doc.n;
    if (m->item_end >= m->at && m->item_end > 0)
        return m->item_end;
    while (at < m->doc.n) {
        struct tocsin_str s;

        at += slice_find_z(slice_from(m->doc, at), "</");
        s = slice_from(m->doc, at + 2);
        if (is_name_at(s, m->item_name) && is_real_end(s, m->item_name))
            break;
        at += 2;
    }
    m->item_end = at < m->doc.n ? at : m->doc.n;
    return m->item_end;
}

/* Every mark is searched once, however many constructs wait for it. */
static size_t
find_mark(const struct mender *m, const char *mark, size_t *cached)
{
    if (*cached < m->at)
        *cached = m->at + slice_find_z(rest(m), mark);
    return *cached - m->at;
}

/* Where "<![CDATA[" or "<!--" that began before `at` ends: past its mark, or, where it has none
 * in this item, at the end tag of the element that holds it. */
static size_t
find_close(struct mender *m, const char *mark, size_t *cached, bool *is_closed)
{
    struct tocsin_str s = rest(m), inner;
    size_t n = find_mark(m, mark, cached), end = find_item_end(m) - m->at;
    char tag[NAME_MAX_LEN + 4];

    *is_closed = n < s.n && (n < end || m->item_depth == 0);
    if (*is_closed)
        return n;
    inner = slice_upto(s, end);
    if (m->depth == 0 || m->depth == m->item_depth)
        return inner.n;
    snprintf(tag, sizeof(tag), "</%.*s", (int)m->open[m->depth - 1].n, m->open[m->depth - 1].p);
    return slice_find_z(inner, tag);
}

/* ---- writing ------------------------------------------------------------------ */

static void
put_number(struct mender *m, uint32_t cp)
{
    char ref[16];
    int n = snprintf(ref, sizeof(ref), "&#%u;", (unsigned)cp);

    sbuf_put(&m->out->doc, ref, (size_t)n);
}

/* Browsers read &#128; to &#159; as windows-1252. */
static uint32_t
reference_value(struct tocsin_str digits, bool is_hex)
{
    static const uint16_t cp1252[32] = { 0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
                                         0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,
                                         0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d,
                                         0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
                                         0x0153, 0x9d,   0x017e, 0x0178 };
    uint32_t v = 0;

    for (size_t i = 0; i < digits.n && v < 0x110000; i++) {
        char c = slice_lower(digits.p[i]);

        if (!slice_is_digit(c) && !(is_hex && c >= 'a' && c <= 'f'))
            return 0;
        v = v * (is_hex ? 16 : 10) + (uint32_t)(slice_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    if (v >= 0x80 && v < 0xa0)
        return cp1252[v - 0x80];
    if (v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff) || v == 0xfffe || v == 0xffff)
        return 0xfffd;
    return v >= 0x20 || v == '\t' || v == '\n' || v == '\r' ? v : 0xfffd;
}

static uint32_t
named_value(struct tocsin_str name)
{
    char z[32];
    const htmlEntityDesc *html;

    if (slice_eq_z(name, "apos"))
        return '\'';
    if (name.n >= sizeof(z))
        return 0;
    memcpy(z, name.p, name.n);
    z[name.n] = '\0';
    html = htmlEntityLookup((const xmlChar *)z);
    return html ? html->value : 0;
}

/* A reference at s, which begins with '&': bytes used; 1 and a plain ampersand where it is none. */
static size_t
put_reference(struct mender *m, struct tocsin_str s)
{
    size_t end = slice_find_byte(slice_upto(s, 34), ';');
    struct tocsin_str name = slice_upto(slice_from(s, 1), end - 1);
    uint32_t v = 0;

    if (end > 1 && end < s.n && s.p[end] == ';') {
        if (slice_starts_z(name, "#x"))
            v = name.n > 2 ? reference_value(slice_from(name, 2), true) : 0;
        else if (name.p[0] == '#')
            v = name.n > 1 ? reference_value(slice_from(name, 1), false) : 0;
        else
            v = named_value(name);
    }
    put_number(m, v ? v : '&');
    return v ? end + 1 : 1;
}

static void
put_text(struct mender *m, struct tocsin_str s, char quote)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n;) {
        char c = s.p[i];

        if (c != '&' && c != '<' && c != '>' && !(quote && c == quote)) {
            i++;
            continue;
        }
        sbuf_put(&m->out->doc, s.p + from, i - from);
        if (c == '&') {
            i += put_reference(m, slice_from(s, i));
        } else {
            put_number(m, (unsigned char)c);
            i++;
        }
        from = i;
    }
    sbuf_str(&m->out->doc, slice_from(s, from));
}

static void
put_end_tag(struct mender *m, struct tocsin_str name)
{
    sbuf_z(&m->out->doc, "</");
    sbuf_str(&m->out->doc, name);
    sbuf_z(&m->out->doc, ">");
}

static void
close_to(struct mender *m, int depth)
{
    while (m->depth > depth)
        put_end_tag(m, m->open[--m->depth]);
    m->dropped = 0;
    if (m->item_depth > depth)
        m->item_depth = 0;
}

/* ---- tags --------------------------------------------------------------------- */

struct tag {
    struct tocsin_str name;
    struct tocsin_str seen[ATTRS_MAX];
    size_t n_attrs;
    bool is_empty, is_closed;
};

static struct tocsin_str
take_name(struct mender *m)
{
    struct tocsin_str s = rest(m);
    size_t n = 0;

    while (n < s.n && is_name_byte(s.p[n]))
        n++;
    m->at += n;
    return slice_upto(s, n);
}

static void
skip_space(struct mender *m)
{
    while (m->at < m->doc.n && slice_is_space(m->doc.p[m->at]))
        m->at++;
}

/* The value after '='; a quote that never closes in this item ends at the tag's end. */
static struct tocsin_str
take_value(struct mender *m, char *quote)
{
    struct tocsin_str s = rest(m);
    size_t n = 0;

    *quote = s.n && (s.p[0] == '"' || s.p[0] == '\'') ? s.p[0] : 0;
    if (*quote) {
        size_t room = find_item_end(m) > m->at ? find_item_end(m) - m->at : s.n;

        n = slice_find_byte(slice_upto(slice_from(s, 1), room), *quote) + 1;
        if (n < s.n && s.p[n] == *quote) {
            m->at += n + 1;
            return slice(s.p + 1, n - 1);
        }
        s = slice_from(s, 1);
        m->at++;
        n = 0;
        *quote = '"';
        while (n < s.n && s.p[n] != '>' && s.p[n] != '<')
            n++;
    } else {
        while (n < s.n && !slice_is_space(s.p[n]) && s.p[n] != '>' && s.p[n] != '<')
            n++;
        if (n > 0 && n < s.n && s.p[n] == '>' && s.p[n - 1] == '/')
            n--;
    }
    m->at += n;
    return slice_upto(s, n);
}

static bool
is_seen(struct tag *t, struct tocsin_str name)
{
    for (size_t i = 0; i < t->n_attrs; i++)
        if (slice_eq(t->seen[i], name))
            return true;
    return false;
}

/* Colons only where libxml2 takes them. */
static bool
is_good_name(struct tocsin_str s)
{
    size_t colon = slice_find_byte(s, ':');

    if (s.n == 0 || s.n > NAME_MAX_LEN || !is_name_start(s.p[0]))
        return false;
    return colon == s.n || (colon + 1 < s.n && is_name_start(s.p[colon + 1]) &&
                            slice_find_byte(slice_from(s, colon + 1), ':') + colon + 1 == s.n);
}

static void
take_attribute(struct mender *m, struct tag *t, struct sbuf *attrs)
{
    struct tocsin_str name = take_name(m), value = slice_z("");
    struct sbuf kept = m->out->doc;
    char quote = 0;

    if (name.n == 0) {
        m->at++; /* a stray byte */
        return;
    }
    skip_space(m);
    if (m->at < m->doc.n && m->doc.p[m->at] == '=') {
        m->at++;
        skip_space(m);
        value = take_value(m, &quote);
    }
    if (!is_good_name(name) || t->n_attrs == ATTRS_MAX || is_seen(t, name) || value.n > VALUE_MAX)
        return;
    t->seen[t->n_attrs++] = name;
    m->out->doc = *attrs;
    sbuf_char(&m->out->doc, ' ');
    sbuf_str(&m->out->doc, name);
    sbuf_z(&m->out->doc, "=\"");
    put_text(m, value, '"');
    sbuf_char(&m->out->doc, '"');
    *attrs = m->out->doc;
    m->out->doc = kept;
}

/* From after the name to past '>'; attributes are written to `attrs`. */
static void
take_tag_rest(struct mender *m, struct tag *t, struct sbuf *attrs)
{
    while (m->at < m->doc.n) {
        char c;

        skip_space(m);
        c = m->at < m->doc.n ? m->doc.p[m->at] : '\0';
        if (c == '>' || c == '<' || c == '\0') {
            t->is_closed = c == '>';
            m->at += c == '>';
            return;
        }
        if (c == '/' && m->at + 1 < m->doc.n && m->doc.p[m->at + 1] == '>') {
            t->is_empty = t->is_closed = true;
            m->at += 2;
            return;
        }
        take_attribute(m, t, attrs);
    }
}

static struct tocsin_str
local_name(struct tocsin_str name)
{
    return slice_from(name,
                      slice_find_byte(name, ':') < name.n ? slice_find_byte(name, ':') + 1 : 0);
}

static bool
is_item_name(const struct mender *m, struct tocsin_str name)
{
    struct tocsin_str local = local_name(name);

    if (m->item_name.n > 0)
        return slice_eq(name, m->item_name);
    return m->depth <= 2 && (slice_case_eq_z(local, "item") || slice_case_eq_z(local, "entry"));
}

static void
begin_item(struct mender *m, struct tocsin_str name)
{
    if (m->item_depth > 0) {
        damage(m, "the item never closes");
        close_to(m, m->item_depth - 1);
    }
    m->item_name = name;
    m->item_depth = m->depth + 1;
    m->item_end = 0;
    m->n_items++;
}

static void
take_start_tag(struct mender *m)
{
    struct tag t = { .name = { "", 0 } };
    struct sbuf attrs = { .max = m->out->doc.max };

    m->at++;
    t.name = take_name(m);
    take_tag_rest(m, &t, &attrs);
    if (!t.is_closed)
        damage(m, "a tag never closes");
    if (!is_good_name(t.name)) {
        sbuf_free(&attrs);
        return;
    }
    if (is_item_name(m, t.name))
        begin_item(m, t.name);
    if (m->depth == DEPTH_MAX) {
        m->dropped += !t.is_empty;
        sbuf_free(&attrs);
        return;
    }
    sbuf_char(&m->out->doc, '<');
    sbuf_str(&m->out->doc, t.name);
    sbuf_str(&m->out->doc, sbuf_get(&attrs));
    m->out->doc.is_failed = m->out->doc.is_failed || attrs.is_failed;
    sbuf_z(&m->out->doc, ">");
    sbuf_free(&attrs);
    m->open[m->depth++] = t.name;
    if (t.is_empty)
        close_to(m, m->depth - 1);
}

/* The open element that the end tag closes; 0: none. */
static int
find_open(const struct mender *m, struct tocsin_str name)
{
    for (int d = m->depth; d > 0; d--)
        if (slice_eq(m->open[d - 1], name))
            return d;
    return 0;
}

static void
take_end_tag(struct mender *m)
{
    struct tocsin_str name;
    size_t end;
    int d;

    m->at += 2;
    name = take_name(m);
    end = slice_find_byte(rest(m), '<');
    m->at += slice_find_byte(slice_upto(rest(m), end), '>');
    if (m->at < m->doc.n && m->doc.p[m->at] == '>')
        m->at++;
    d = find_open(m, name);
    if (m->dropped > 0 && d != m->item_depth) {
        m->dropped--;
        return;
    }
    if (d == 0)
        return;
    if (m->item_depth > 0 && d < m->item_depth)
        damage(m, "the item never closes");
    else if (m->item_depth > 0 && d == m->item_depth && m->depth > d)
        damage(m, "an element of the item never closes");
    close_to(m, d - 1);
    if (m->item_depth == 0)
        m->item_end = 0;
}

/* ---- the rest ------------------------------------------------------------------- */

static void
take_cdata(struct mender *m)
{
    bool is_closed;
    size_t n;

    m->at += 9;
    n = find_close(m, "]]>", &m->cdata_end, &is_closed);
    if (!is_closed)
        damage(m, "a CDATA section never closes");
    sbuf_z(&m->out->doc, "<![CDATA[");
    sbuf_str(&m->out->doc, slice_upto(rest(m), n));
    sbuf_z(&m->out->doc, "]]>");
    m->at += n + (is_closed ? 3 : 0);
}

static void
take_comment(struct mender *m)
{
    bool is_closed;
    size_t n;

    m->at += 4;
    n = find_close(m, "-->", &m->comment_end, &is_closed);
    if (!is_closed)
        damage(m, "a comment never closes");
    m->at += n + (is_closed ? 3 : 0);
}

/* <?..?> and <!..> mean nothing to a feed. */
static void
take_other(struct mender *m)
{
    size_t n = slice_find_byte(rest(m), '>');

    m->at += n < rest(m).n ? n + 1 : n;
}

static void
take_markup(struct mender *m)
{
    struct tocsin_str s = rest(m);
    char c = s.n > 1 ? s.p[1] : '\0';

    if (slice_starts_z(s, "<![CDATA[")) {
        take_cdata(m);
    } else if (slice_starts_z(s, "<!--")) {
        take_comment(m);
    } else if (c == '!' || c == '?') {
        take_other(m);
    } else if (c == '/' && s.n > 2 && is_name_start(s.p[2])) {
        take_end_tag(m);
    } else if (is_name_start(c)) {
        take_start_tag(m);
    } else {
        put_number(m, '<');
        m->at++;
    }
}

int
feed_mend(struct feed_mended *out, struct tocsin_str doc)
{
    struct mender m = { .out = out, .doc = doc };

    *out = (struct feed_mended){ .doc = { .max = doc.n * 6 + 4096 } };
    do {
        size_t n = slice_find_byte(rest(&m), '<');

        put_text(&m, slice_upto(rest(&m), n), 0);
        m.at += n;
        if (m.at < doc.n)
            take_markup(&m);
    } while (m.at < doc.n && m.depth > 0);
    out->is_cut = m.depth > 0;
    out->cut_item = m.item_depth > 0 ? m.n_items : 0;
    if (m.item_depth > 0)
        damage(&m, "the document ends inside it");
    close_to(&m, 0);
    if (!out->doc.is_failed)
        return 0;
    sbuf_free(&out->doc);
    return -1;
}
