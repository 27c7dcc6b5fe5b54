/* guard - where a request may go: public addresses only, and granted hosts only. */
#ifndef TOCSIN_FETCH_GUARD_H
#define TOCSIN_FETCH_GUARD_H

#include <sys/socket.h>

#include "base/buf.h"
#include "record/rule.h"

/* Loopback, private, link-local, multicast, reserved, or a v6 form that hides such a v4; also
 * every family but IPv4 and IPv6. */
bool guard_is_private(const struct sockaddr *a);
/* Writes the address for messages. */
const char *guard_address(const struct sockaddr *a, struct buf *out);
/* The host of an URL is an IP literal (with or without brackets) that is private. */
bool guard_is_private_literal(struct tocsin_str host);
/* A literal, or a name that cannot be public: localhost, single labels, .local, .internal. */
bool guard_is_local_name(struct tocsin_str host);
/* `host` (and `port`) is one of `hosts`: "example.org", "*.example.org" (subdomains),
 * "example.org:8080", "[::1]". A final dot and the case do not count. */
bool guard_is_granted(struct word_list hosts, struct tocsin_str host, struct tocsin_str port);

#endif
