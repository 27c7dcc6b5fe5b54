/* child_serve - the life of a tocsin-host: load under the first lock, serve under the second. */
#ifndef TOCSIN_HOST_CHILD_SERVE_H
#define TOCSIN_HOST_CHILD_SERVE_H

#include <stdbool.h>

#include "base/err.h"
#include "host/child_load.h"
#include "host/lock.h"

struct child {
    const char *path; /* NULL: no plugin, only the locks */
    int fd;           /* socket to the core; below 0: none */
    bool is_unlocked; /* left out on request, for debugging */
    struct arena *arena;
    struct locks locks;
    struct loaded plugin;
};

/* Locks, loads, warms up, locks again. */
int child_start(struct child *c, struct err *err);
/* Tells the core what it loaded, or `why` it could not. */
int child_greet(struct child *c, const struct err *why);
/* Turns until the socket closes. The exit code. */
int child_serve(struct child *c);

#endif
