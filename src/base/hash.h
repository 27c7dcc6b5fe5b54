/* hash - a table from byte strings to pointers. Keys are copied. One thread. */
#ifndef TOCSIN_BASE_HASH_H
#define TOCSIN_BASE_HASH_H

#include <stddef.h>

#include "base/str.h"

struct hash;

struct hash *hash_new(void); /* NULL: no memory */
/* free_value may be NULL. NULL table is fine. */
void hash_free(struct hash *h, void (*free_value)(void *));
size_t hash_count(const struct hash *h);
void *hash_find(const struct hash *h, struct tocsin_str key); /* NULL: not there */
/* 0, or -1: no memory. The old value, if any, goes to *old (may be NULL). */
int hash_set(struct hash *h, struct tocsin_str key, void *value, void **old);
void *hash_remove(struct hash *h, struct tocsin_str key); /* the value that was there, or NULL */
/* Calls fn for each until it returns non-zero, which is returned. Order is unspecified; the
 * table must not change meanwhile. */
int hash_each(const struct hash *h, int (*fn)(void *ctx, struct tocsin_str key, void *value),
              void *ctx);

#endif
