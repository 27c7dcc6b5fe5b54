/* hash - open addressing with linear probing; removal shifts back, so there are no tombstones. */
#include "base/hash.h"

#include <stdlib.h>
#include <sys/random.h>

struct slot {
    char *key; /* NULL: free */
    size_t n;
    uint64_t hash;
    void *value;
};

struct hash {
    struct slot *slots;
    size_t cap, count; /* cap is a power of two, never full */
    uint64_t seed;     /* chosen keys cannot aim at one slot */
};

enum { FIRST_SLOTS = 16 };

struct hash *
hash_new(void)
{
    struct hash *h = calloc(1, sizeof(*h));
    struct slot *slots = calloc(FIRST_SLOTS, sizeof(*slots));
    if (!h || !slots) {
        free(h);
        free(slots);
        return NULL;
    }
    h->slots = slots;
    h->cap = FIRST_SLOTS;
    if (getrandom(&h->seed, sizeof(h->seed), GRND_NONBLOCK) != (ssize_t)sizeof(h->seed))
        h->seed = (uint64_t)(uintptr_t)h;
    return h;
}

void
hash_free(struct hash *h, void (*free_value)(void *))
{
    if (!h)
        return;
    for (size_t i = 0; i < h->cap; i++) {
        if (!h->slots[i].key)
            continue;
        if (free_value)
            free_value(h->slots[i].value);
        free(h->slots[i].key);
    }
    free(h->slots);
    free(h);
}

size_t
hash_count(const struct hash *h)
{
    return h->count;
}

static uint64_t
hash_key(const struct hash *h, struct tocsin_str key)
{
    uint64_t x = (str_hash(key) ^ h->seed) * UINT64_C(0x9e3779b97f4a7c15);
    return x ^ x >> 32;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct slot *
locate(const struct hash *h, struct tocsin_str key, uint64_t hash)
{
    for (size_t i = hash & (h->cap - 1);; i = (i + 1) & (h->cap - 1)) {
        struct slot *s = &h->slots[i];
        if (!s->key)
            return s;
        if (s->hash == hash && str_eq((struct tocsin_str){ s->key, s->n }, key))
            return s;
    }
}

void *
hash_find(const struct hash *h, struct tocsin_str key)
{
    return locate(h, key, hash_key(h, key))->value;
}

static int
double_slots(struct hash *h)
{
    struct hash bigger = *h;
    bigger.cap = h->cap * 2;
    bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
    if (!bigger.slots)
        return -1;
    for (size_t i = 0; i < h->cap; i++) {
        struct slot *s = &h->slots[i];
        if (s->key)
            *locate(&bigger, (struct tocsin_str){ s->key, s->n }, s->hash) = *s;
    }
    free(h->slots);
    *h = bigger;
    return 0;
}

int
hash_set(struct hash *h, struct tocsin_str key, void *value, void **old)
{
    uint64_t hash = hash_key(h, key);
    struct slot *s = locate(h, key, hash);
    if (old)
        *old = s->value;
    if (s->key) {
        s->value = value;
        return 0;
    }
    char *copy = malloc(key.n + 1);
    if (!copy)
        return -1;
    if ((h->count + 1) * 4 > h->cap * 3) {
        if (double_slots(h)) {
            free(copy);
            return -1;
        }
        s = locate(h, key, hash);
    }
    if (key.n)
        memcpy(copy, key.p, key.n);
    copy[key.n] = '\0';
    *s = (struct slot){ copy, key.n, hash, value };
    h->count++;
    return 0;
}

void *
hash_remove(struct hash *h, struct tocsin_str key)
{
    struct slot *s = locate(h, key, hash_key(h, key));
    if (!s->key)
        return NULL;
    void *value = s->value;
    free(s->key);
    h->count--;
    /* Move back whatever a probe would no longer reach over the hole. */
    size_t mask = h->cap - 1, hole = (size_t)(s - h->slots);
    for (size_t i = (hole + 1) & mask; h->slots[i].key; i = (i + 1) & mask) {
        size_t home = h->slots[i].hash & mask;
        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        h->slots[hole] = h->slots[i];
        hole = i;
    }
    h->slots[hole] = (struct slot){ 0 };
    return value;
}

int
hash_each(const struct hash *h, int (*fn)(void *ctx, struct tocsin_str key, void *value), void *ctx)
{
    for (size_t i = 0; i < h->cap; i++) {
        const struct slot *s = &h->slots[i];
        int rc = s->key ? fn(ctx, (struct tocsin_str){ s->key, s->n }, s->value) : 0;
        if (rc)
            return rc;
    }
    return 0;
}
