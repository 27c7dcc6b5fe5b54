/* Makes foreign text harmless: UTF-8, no controls, no turned direction, coded for HTML. */
#include "plain.h"

#include "link.h"
#include "utf8fix.h"

/* Embeddings, overrides and isolates; left and right marks are part of honest text. */
static bool
turns_direction(uint32_t cp)
{
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static bool
is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x2028 || cp == 0x2029 || cp == 0xfeff;
}

/* What cp becomes; 0: nothing. */
static uint32_t
tame(uint32_t cp, unsigned flags)
{
    if (cp == '\n' && (flags & PLAIN_LINES))
        return cp;
    if (cp == '\n' || cp == '\t')
        return ' ';
    return turns_direction(cp) || is_control(cp) ? 0 : cp;
}

static const char *
html_code(uint32_t cp)
{
    switch (cp) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void
put_character(struct sbuf *b, uint32_t cp, unsigned flags)
{
    const char *code = (flags & PLAIN_HTML) ? html_code(cp) : NULL;
    char room[4];

    if (code)
        sbuf_z(b, code);
    else
        sbuf_put(b, room, utf8fix_put(room, cp));
}

/* The next character that is left of s after taming; 0: the end. */
static uint32_t
next(struct tocsin_str s, size_t *at, unsigned flags)
{
    while (*at < s.n) {
        uint32_t cp = 0xfffd;
        size_t n = utf8fix_next(s.p + *at, s.n - *at, &cp);

        *at += n ? n : 1;
        cp = tame(n ? cp : 0xfffd, flags);
        if (cp != 0)
            return cp;
    }
    return 0;
}

static size_t
units(uint32_t cp)
{
    return cp > 0xffff ? 2 : 1;
}

size_t
plain_put(struct sbuf *b, struct tocsin_str s, unsigned flags, size_t max)
{
    size_t at = 0, ahead, n = 0;
    uint32_t cp, after;

    for (cp = next(s, &at, flags); cp != 0; cp = after) {
        ahead = at;
        after = next(s, &ahead, flags);
        at = ahead;
        /* room must be left for the ellipsis, but behind the last character */
        if (n + units(cp) + (after != 0) > max) {
            if (n < max)
                put_character(b, 0x2026, flags);
            return n < max ? n + 1 : n;
        }
        put_character(b, cp, flags);
        n += units(cp);
    }
    return n;
}

size_t
plain_cut(struct tocsin_str s, size_t max)
{
    return utf8fix_cut(s.p, s.n, max);
}

bool
plain_is_link(struct tocsin_str url)
{
    if (!link_is_http(url) || !utf8fix_is_valid(url.p, url.n))
        return false;
    for (size_t i = 0; i < url.n; i++) {
        unsigned char c = (unsigned char)url.p[i];

        if (c <= ' ' || c == 0x7f || c == '"' || c == '\'' || c == '<' || c == '>' || c == '\\')
            return false;
    }
    return true;
}
