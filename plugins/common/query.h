/* query - text inside a URL. */
#ifndef TOCSIN_PLUGINS_QUERY_H
#define TOCSIN_PLUGINS_QUERY_H

#include "sbuf.h"

/* Appends `s`; all but unreserved characters become %XX. */
static inline void
query_put(struct sbuf *b, struct tocsin_str s)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (slice_is_alpha(s.p[i]) || slice_is_digit(s.p[i]) || (c && strchr("-._~", c))) {
            sbuf_char(b, s.p[i]);
        } else {
            sbuf_char(b, '%');
            sbuf_char(b, hex[c >> 4]);
            sbuf_char(b, hex[c & 15]);
        }
    }
}

/* Without the slashes at its end. */
static inline struct tocsin_str
query_base(const char *url)
{
    struct tocsin_str s = slice_z(url);

    while (s.n > 0 && s.p[s.n - 1] == '/')
        s.n--;
    return s;
}

#endif
