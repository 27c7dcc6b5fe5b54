/* zone - time zones, read from the system's tables; never the process's own. */
#ifndef TOCSIN_BASE_ZONE_H
#define TOCSIN_BASE_ZONE_H

#include <stdint.h>

#include "base/err.h"

struct zone;

/* "Europe/London"; NULL: this machine's (TZ, else /etc/localtime, else UTC). 0 and *out; or -1:
 * there is no such zone, or its table is broken. */
int zone_load(struct zone **out, const char *name, struct err *err);
void zone_free(struct zone *z); /* NULL is fine */

/* What to add to UTC at that instant, ms. */
int64_t zone_offset(const struct zone *z, int64_t utc_ms);
/* A wall clock's reading (as ms since 1970 in its own count) to UTC. What a change of summer
 * time skips is taken as after it; what it repeats, as the first. */
int64_t zone_to_utc(const struct zone *z, int64_t local_ms);

#endif
