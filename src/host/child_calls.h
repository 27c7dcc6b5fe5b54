/* child_calls - finds or opens the `self` of a turn's options and makes the call. */
#ifndef TOCSIN_HOST_CHILD_CALLS_H
#define TOCSIN_HOST_CHILD_CALLS_H

#include "host/child_load.h"

struct calls;

struct calls *calls_new(const struct loaded *plugin, int fd); /* NULL: no memory */
void calls_free(struct calls *c);
/* The output is valid until the next call. `options` are the bytes that tell selves apart. */
struct turn_out *calls_run(struct calls *c, const struct turn_in *in, struct tocsin_str options);

#endif
