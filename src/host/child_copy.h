/* child_copy - what a plugin hands over, copied into the turn's arena.
 *
 * All return 0, or -1 for lack of memory. Structs that begin with their size are read only as
 * far as the plugin's header knew them.
 */
#ifndef TOCSIN_HOST_CHILD_COPY_H
#define TOCSIN_HOST_CHILD_COPY_H

#include "base/arena.h"
#include "host/turn.h"

/* Bytes as they are. */
int copy_bytes(struct arena *a, struct tocsin_str *out, struct tocsin_str s);
/* Text: UTF-8 repaired, controls dropped, at most max bytes, cut at a character. */
int copy_text(struct arena *a, struct tocsin_str *out, struct tocsin_str s, size_t max);
/* The same as a C string on one line; NULL stays NULL. */
int copy_line(struct arena *a, const char **out, const char *z, size_t max);
int copy_request(struct arena *a, struct tocsin_request *out, const struct tocsin_request *r);
int copy_session(struct arena *a, struct tocsin_session *out, const struct tocsin_session *s);
/* Bytes that a request takes in a message, about. */
size_t request_bytes(const struct tocsin_request *r);

/* min(theirs, ours) bytes of a struct whose first member is `uint32_t size`; the rest zero. */
void read_sized(void *to, size_t ours, const void *from);

#endif
