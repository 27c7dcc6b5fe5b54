/* html_link.c - an anchor's text against its address. */
#include "host/html_link.h"

#include "base/url.h"

static struct tocsin_str
without_head(struct tocsin_str s, const char *head)
{
    struct tocsin_str h = str_z(head);

    if (s.n >= h.n && str_eq_ascii_case(str_sub(s, 0, h.n), h))
        return str_sub(s, h.n, s.n);
    return s;
}

/* What people take for the address: no scheme, no www., no slash at the end. */
static struct tocsin_str
spoken(struct tocsin_str s)
{
    s = str_trim(s);
    s = without_head(without_head(s, "https://"), "http://");
    s = without_head(s, "www.");
    while (s.n && s.p[s.n - 1] == '/')
        s.n--;
    return s;
}

/* "example.com/long/pa…" */
static bool
is_shortened(struct tocsin_str text, struct tocsin_str address)
{
    struct tocsin_str head = text;

    if (str_ends(text, STR_LIT("\xe2\x80\xa6")) || str_ends(text, STR_LIT("...")))
        head.n -= 3;
    else
        return false;
    return head.n >= 4 && head.n < address.n &&
           str_eq_ascii_case(head, str_sub(address, 0, head.n));
}

static bool
is_name(struct tocsin_str text)
{
    return text.n > 1 && (text.p[0] == '@' || text.p[0] == '#') && !memchr(text.p, ' ', text.n);
}

bool
html_link_adds(struct buf *address, struct tocsin_str text, struct tocsin_str href,
               struct tocsin_str base)
{
    struct tocsin_str a, t = spoken(text);

    href = str_trim(href);
    text = str_trim(text);
    if (href.n == 0 || href.p[0] == '#' || t.n == 0 || is_name(text))
        return false;
    if (url_is_web(href) ? buf_str(address, href) : base.n == 0 || url_join(address, base, href))
        return false;
    if (!url_is_web(buf_view(address)) || memchr(address->p, '>', address->n))
        return false;
    a = spoken(buf_view(address));
    return !str_eq_ascii_case(t, a) && !is_shortened(t, a);
}
