/* Keeps elements inside a title or body as HTML text. */
#include "../common/link.h"
#include "../common/utf8fix.h"
#include "feed_xml.h"

static void
put(struct feed_parser *p, struct tocsin_str s)
{
    size_t room = p->capture.limit > p->pool_n ? p->capture.limit - p->pool_n : 0;

    if (s.n > room) {
        s.n = utf8fix_cut(s.p, s.n, room);
        if (p->in_item)
            p->item.is_cut = true;
        p->capture.limit = p->pool_n + s.n; /* nothing after a hole */
    }
    memcpy(p->pool + p->pool_n, s.p, s.n);
    p->pool_n += s.n;
}

static void
put_escaped(struct feed_parser *p, struct tocsin_str s)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *as = s.p[i] == '&' ? "&amp;" : s.p[i] == '<' ? "&lt;" : NULL;

        if (s.p[i] == '>')
            as = "&gt;";
        else if (s.p[i] == '"')
            as = "&quot;";
        if (!as)
            continue;
        put(p, slice(s.p + from, i - from));
        put(p, slice_z(as));
        from = i + 1;
    }
    put(p, slice_from(s, from));
}

void
feed_markup_text(struct feed_parser *p, struct tocsin_str s)
{
    if (p->capture.mode == MODE_XHTML || p->capture.has_markup)
        put_escaped(p, s);
    else
        put(p, s);
}

/* The one div that must stand around XHTML is no part of it. */
static bool
is_wrapper(const struct feed_parser *p, const char *name, int depth)
{
    return p->capture.mode == MODE_XHTML && depth == p->capture.depth + 1 &&
           strcmp(name, "div") == 0;
}

static void
put_attr(struct feed_parser *p, const xmlChar **v)
{
    const char *name = (const char *)v[0];
    struct tocsin_str value = slice((const char *)v[3], (size_t)(v[4] - v[3]));

    if (v[1])
        return; /* xml:base and its like mean nothing in HTML */
    put(p, slice_z(" "));
    put(p, slice_z(name));
    put(p, slice_z("=\""));
    for (size_t i = 0; i < value.n; i++) {
        if (slice_starts_z(slice_from(value, i), "&#38;")) {
            put(p, slice_z("&amp;"));
            i += 4;
        } else {
            put_escaped(p, slice(value.p + i, 1));
        }
    }
    put(p, slice_z("\""));
}

void
feed_markup_open(struct feed_parser *p, const char *name, const struct feed_attrs *a)
{
    p->capture.has_markup = true;
    if (is_wrapper(p, name, p->depth))
        return;
    put(p, slice_z("<"));
    put(p, slice_z(name));
    for (int i = 0; i < a->n; i++)
        put_attr(p, a->v + (size_t)i * 5);
    put(p, slice_z(">"));
}

static bool
is_void(const char *name)
{
    static const char *const names[] = {
        "br",   "hr",  "img",   "input", "meta",   "link",  "area",
        "base", "col", "embed", "param", "source", "track", "wbr"
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

void
feed_markup_close(struct feed_parser *p, const char *name)
{
    if (is_wrapper(p, name, p->depth) || is_void(name))
        return;
    put(p, slice_z("</"));
    put(p, slice_z(name));
    put(p, slice_z(">"));
}

static bool
is_html_name(struct tocsin_str s)
{
    static const char *const names[] = {
        "a",       "abbr",    "b",      "big",    "blockquote", "body",   "br",    "center",
        "cite",    "code",    "dd",     "del",    "div",        "dl",     "dt",    "em",
        "font",    "h1",      "h2",     "h3",     "h4",         "h5",     "h6",    "head",
        "hr",      "html",    "i",      "iframe", "img",        "ins",    "kbd",   "li",
        "ol",      "p",       "pre",    "q",      "s",          "script", "small", "span",
        "strike",  "strong",  "style",  "sub",    "sup",        "table",  "tbody", "td",
        "th",      "tr",      "tt",     "u",      "ul",         "video",  "wbr",   "figure",
        "section", "article", "header", "footer"
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (slice_case_eq_z(s, names[i]))
            return true;
    return false;
}

static bool
is_tag(struct tocsin_str s)
{
    size_t at = s.n > 1 && s.p[1] == '/' ? 2 : 1, n = at;

    while (n < s.n && (slice_is_alpha(s.p[n]) || slice_is_digit(s.p[n])))
        n++;
    if (n == at || n >= s.n || (s.p[n] != '>' && s.p[n] != '/' && !slice_is_space(s.p[n])))
        return false;
    return is_html_name(slice(s.p + at, n - at)) &&
           slice_find_byte(slice_from(s, n), '>') + n < s.n;
}

/* &name; &#123; */
static bool
is_reference(struct tocsin_str s)
{
    size_t n = 1;

    if (n < s.n && s.p[n] == '#')
        n++;
    while (n < s.n && n < 12 && (slice_is_alpha(s.p[n]) || slice_is_digit(s.p[n])))
        n++;
    return n > 2 && n < s.n && s.p[n] == ';';
}

bool
feed_looks_like_html(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<' && is_tag(slice_from(s, i)))
            return true;
        if (s.p[i] == '&' && is_reference(slice_from(s, i)))
            return true;
    }
    return false;
}
