/* plain - foreign text made harmless before it goes to a person. */
#ifndef TOCSIN_PLUGINS_PLAIN_H
#define TOCSIN_PLUGINS_PLAIN_H

#include "sbuf.h"

enum {
    PLAIN_LINES = 1u << 0, /* newlines stay; else they become spaces */
    PLAIN_HTML = 1u << 1   /* & < > " ' are coded */
};

/* Appends `s` as valid UTF-8 without control characters and without the marks that turn the
 * direction of text around. At most `max` UTF-16 units (what telephones count; a coded character
 * counts as one) are taken; "…" is the last where something was cut. Gives the units written. */
size_t plain_put(struct sbuf *b, struct tocsin_str s, unsigned flags, size_t max);
static inline size_t
plain_put_z(struct sbuf *b, const char *z, unsigned flags, size_t max)
{
    return plain_put(b, slice_z(z), flags, max);
}

/* The longest prefix of at most `max` bytes that ends between two characters. */
size_t plain_cut(struct tocsin_str s, size_t max);

/* Is it an http or https address without spaces, quotes, controls or angles? */
bool plain_is_link(struct tocsin_str url);

#endif
