/* head - the response headers that the core itself understands. */
#ifndef TOCSIN_FETCH_HEAD_H
#define TOCSIN_FETCH_HEAD_H

#include <tocsin/plugin.h>

#include "base/arena.h"

struct head {
    struct tocsin_field *v;
    size_t n;
};

/* Field lines as received ("Name: value\r\n"); what is not one is left out. The strings are
 * slices of `raw`. -1: no memory. */
int head_read(struct head *out, struct arena *a, struct tocsin_str raw);
/* The first of that name, case aside; p NULL: there is none. */
struct tocsin_str head_find(const struct head *h, const char *name);
/* RFC 9110 dates in all three forms. -1: not a date. */
int head_date(struct tocsin_str s, int64_t *out_ms);
/* Retry-After: clamped to 60 s .. 24 h from now; 0: absent or garbage. */
int64_t head_retry_at(const struct head *h, int64_t now_ms);
/* Cache-Control max-age less Age, or Expires; never negative; -1: not said. */
int64_t head_max_age(const struct head *h, int64_t now_ms);

#endif
