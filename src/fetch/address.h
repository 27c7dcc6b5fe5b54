/* address - an URL as libcurl itself will read it, so that no check sees another host. */
#ifndef TOCSIN_FETCH_ADDRESS_H
#define TOCSIN_FETCH_ADDRESS_H

#include "base/arena.h"
#include "base/err.h"

struct address {
    const char *text;   /* whole, normalised, without fragment */
    const char *scheme; /* lower case */
    const char *host;   /* as written, IDNA is libcurl's; IPv6 in brackets */
    const char *port;   /* the default one where none is written */
};

/* `base` NULL: `ref` must be absolute. With a base (a redirect) user and password are dropped.
 * ERR_DATA says what is wrong. */
int address_read(struct address *out, struct arena *a, const char *base, const char *ref,
                 struct err *err);
bool address_is_http(const struct address *a);

#endif
