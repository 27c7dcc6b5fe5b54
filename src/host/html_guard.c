/* html_guard.c - a scan for floods of attributes, and the removal of tags by hand. */
#include "host/html_guard.h"

enum { MOST_ATTRIBUTES = 200 };

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t
skip_spaces(struct tocsin_str s, size_t i)
{
    while (i < s.n && is_space(s.p[i]))
        i++;
    return i;
}

/* Behind the value that begins at i: quoted to its quote, else to white space or the end. */
static size_t
skip_value(struct tocsin_str s, size_t i)
{
    if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
        const char *end = memchr(s.p + i + 1, s.p[i], s.n - i - 1);

        return end ? (size_t)(end - s.p) + 1 : s.n;
    }
    while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>')
        i++;
    return i;
}

/* Behind the tag whose name begins at i; counts what may be attributes. */
static size_t
skip_tag(struct tocsin_str s, size_t i, size_t *n_attributes)
{
    *n_attributes = 0;
    while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>')
        i++;
    while (i < s.n && s.p[i] != '>') {
        i = skip_spaces(s, i);
        if (i >= s.n || s.p[i] == '>')
            break;
        ++*n_attributes;
        do
            i++;
        while (i < s.n && !is_space(s.p[i]) && s.p[i] != '=' && s.p[i] != '>');
        i = skip_spaces(s, i);
        if (i < s.n && s.p[i] == '=')
            i = skip_value(s, skip_spaces(s, i + 1));
    }
    return i < s.n ? i + 1 : s.n;
}

bool
html_is_flood(struct tocsin_str html)
{
    size_t i = 0, n_attributes;

    while (i < html.n) {
        const char *open = memchr(html.p + i, '<', html.n - i);

        if (!open)
            return false;
        i = (size_t)(open - html.p) + 1;
        if (i >= html.n || !is_letter(html.p[i]))
            continue;
        skip_tag(html, i, &n_attributes);
        if (n_attributes > MOST_ATTRIBUTES)
            return true;
        /* on behind the name only: a parser may see the end of this tag elsewhere */
        while (i < html.n && html.p[i] != '<' && html.p[i] != '>')
            i++;
    }
    return false;
}

void
html_strip(struct buf *out, struct tocsin_str html)
{
    bool in_tag = false, is_apart = true;

    for (size_t i = 0; i < html.n && !out->failed; i++) {
        char c = html.p[i];

        if (c == '<' || c == '>') {
            in_tag = c == '<';
            if (!is_apart)
                buf_char(out, ' ');
            is_apart = true;
        } else if (!in_tag && is_space(c)) {
            if (!is_apart)
                buf_char(out, ' ');
            is_apart = true;
        } else if (!in_tag) {
            buf_char(out, c);
            is_apart = false;
        }
    }
}
