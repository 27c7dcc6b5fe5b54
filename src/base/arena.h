/* arena - memory of one batch, dropped whole. */
#ifndef TOCSIN_BASE_ARENA_H
#define TOCSIN_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena;

struct arena *arena_new(size_t max_bytes); /* NULL: no memory */
void arena_free(struct arena *a);          /* NULL is fine */
void arena_reset(struct arena *a);         /* empty, keeps the first block */
size_t arena_used(const struct arena *a);

/* Zeroed, aligned for any type; NULL: no memory, or over the maximum. */
void *arena_alloc(struct arena *a, size_t n);
/* n * size with overflow check. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A copy, NUL-terminated behind the slice; p is NULL only when memory ran out. */
struct tocsin_str arena_str(struct arena *a, struct tocsin_str s);
const char *arena_z(struct arena *a, struct tocsin_str s);
const char *arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
