/* lock - what tocsin-host gives up before it meets foreign code, and after.
 *
 *   start -> [lock_first] -> dlopen -> warm-up -> [lock_second] -> turns
 *
 * The first lock leaves what loading a shared object needs; constructors run under it. The
 * second leaves memory, arithmetic and the socket that is already open. Where the kernel lacks
 * a mechanism the host goes on without it and says so in the report.
 */
#ifndef TOCSIN_HOST_LOCK_H
#define TOCSIN_HOST_LOCK_H

#include "host/turn.h"

#define LOCK_MAX 24

struct locks {
    struct host_lock v[LOCK_MAX]; /* notes are static text */
    size_t n;
    void *final;     /* the prepared second filter */
    bool has_output; /* stdout may be a file */
    int landlock;    /* ABI of the kernel; 0: none */
};

void lock_first(struct locks *l, const char *plugin_path); /* NULL: no plugin */
void lock_second(struct locks *l);
void lock_report(struct locks *l, const char *name, bool is_in_force, const char *note);

/* One mechanism a file; both are called by the two above. */
void landlock_probe(struct locks *l);
int landlock_libraries(struct locks *l, const char *plugin_path); /* 0: in force */
int landlock_nothing(struct locks *l);
int seccomp_first(struct locks *l); /* prepares the second, too */
int seccomp_second(struct locks *l);

#endif
