/* lock_none.c - a build without the sandbox: nothing is locked, and the report says so. */
#include "host/lock.h"

void
lock_report(struct locks *l, const char *name, bool is_in_force, const char *note)
{
    if (l->n < LOCK_MAX)
        l->v[l->n++] = (struct host_lock){ name, is_in_force, note };
}

void
lock_first(struct locks *l, const char *plugin_path)
{
    (void)plugin_path;
    lock_report(l, "sandbox", false, "built without it: configure with --enable-sandbox");
}

void
lock_second(struct locks *l)
{
    (void)l;
}
