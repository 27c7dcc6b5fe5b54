/* url - taking addresses apart, joining and canonicalising them. RFC 3986 and what browsers do. */
#ifndef TOCSIN_BASE_URL_H
#define TOCSIN_BASE_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Slices of the address given. Empty where absent. `host` of an IPv6 address has its []. */
struct url {
    struct tocsin_str scheme, user, host, port, path, query, fragment;
    bool has_query;
};

/* 0, or -1: not absolute, no host, control characters or spaces inside, a host or port that
 * readers of addresses would understand differently. */
int url_split(struct url *out, struct tocsin_str s);
/* http or https with a host: what may be shown as a link. */
bool url_is_web(struct tocsin_str s);
/* Appends `ref` resolved against `base` (RFC 3986, 5.3; white space as browsers do). -1: full,
 * or neither is absolute. */
int url_join(struct buf *out, struct tocsin_str base, struct tocsin_str ref);
/* Appends the form by which copies are recognised: lower-case scheme and host, no default
 * port, no fragment (but #! ones), tracking parameters (utm_*, fbclid, gclid, mc_*, ...) and
 * session ids (sid, phpsessid, jsessionid, ...) dropped, the rest in its order, percent-codes
 * normalised, http made https, user, "www." and a trailing slash dropped. What url_split
 * refuses is appended as it is. Canonical again is the same. */
int url_canonical(struct buf *out, struct tocsin_str s);
/* The host, lower case, IDNA untouched; empty when there is none. Slice of s where that is
 * lower case already; else of a buffer that lives until this thread's next call. */
struct tocsin_str url_host(struct tocsin_str s);

#endif
