/* link - relative references made absolute (RFC 3986, section 5). */
#ifndef TOCSIN_PLUGINS_LINK_H
#define TOCSIN_PLUGINS_LINK_H

#include "slice.h"

/* Has it a scheme of its own? */
bool link_is_absolute(struct tocsin_str ref);
bool link_is_http(struct tocsin_str ref);
/* Host in `url`, without user and port; empty: none. */
struct tocsin_str link_host(struct tocsin_str url);
/* Writes `ref` resolved against `base` into `to` and gives its length; spaces inside become
 * %20. A base that is not absolute, or too little room: `ref` as it is (cut at `room`). */
size_t link_resolve(char *to, size_t room, struct tocsin_str base, struct tocsin_str ref);

#endif
