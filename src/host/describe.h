/* describe - asks a short-lived, locked tocsin-host what a plugin is. Blocks. */
#ifndef TOCSIN_HOST_DESCRIBE_H
#define TOCSIN_HOST_DESCRIBE_H

#include "base/arena.h"
#include "base/err.h"
#include "host/turn.h"
#include "wire/messages.h"

/* *out in `a`. `path` NULL: only the locks of this kernel. ERR_UNAVAILABLE says what is wrong
 * with the plugin; a host that says nothing for 10 s is killed. */
int describe_plugin(struct hello *out, const char *host_program, const char *path, struct arena *a,
                    struct err *err);
/* One frame that should be a greeting; used by the pool, too. */
int read_hello(struct hello *out, struct tocsin_str frame, const char *path, struct arena *a,
               struct err *err);

#endif
