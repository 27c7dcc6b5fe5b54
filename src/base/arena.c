/* arena - a chain of blocks that is filled from the front and dropped whole. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct block {
    struct block *next; /* the one before it in time */
    size_t cap, used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *newest, *first;
    size_t max, used;
};

enum { FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20 };

static struct block *
block_new(size_t cap)
{
    struct block *b = malloc(sizeof(*b) + cap);
    if (!b)
        return NULL;
    b->next = NULL;
    b->cap = cap;
    b->used = 0;
    return b;
}

static void
drop_blocks(struct block *b, const struct block *until)
{
    while (b != until) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
}

struct arena *
arena_new(size_t max_bytes)
{
    struct arena *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->max = max_bytes;
    return a;
}

void
arena_free(struct arena *a)
{
    if (!a)
        return;
    drop_blocks(a->newest, NULL);
    free(a);
}

void
arena_reset(struct arena *a)
{
    drop_blocks(a->newest, a->first);
    a->newest = a->first;
    a->used = 0;
    if (a->first)
        a->first->used = 0;
}

size_t
arena_used(const struct arena *a)
{
    return a->used;
}

/* Blocks double, so that a large batch needs few of them. */
static struct block *
add_block(struct arena *a, size_t n)
{
    size_t cap = a->newest ? a->newest->cap : FIRST_BLOCK / 2;
    cap = cap < LARGEST_STEP / 2 ? cap * 2 : LARGEST_STEP;
    struct block *b = block_new(cap < n ? n : cap);
    if (!b)
        return NULL;
    b->next = a->newest;
    a->newest = b;
    if (!a->first)
        a->first = b;
    return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);
    if (n > SIZE_MAX / 2)
        return NULL;
    n = n ? (n + align - 1) / align * align : align;
    if (n > a->max || a->used > a->max - n)
        return NULL;
    struct block *b = a->newest;
    if (!b || b->cap - b->used < n)
        b = add_block(a, n);
    if (!b)
        return NULL;
    void *p = b->bytes + b->used;
    b->used += n;
    a->used += n;
    memset(p, 0, n);
    return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    return arena_alloc(a, bytes);
}

struct tocsin_str
arena_str(struct arena *a, struct tocsin_str s)
{
    char *p = s.n < SIZE_MAX / 2 ? arena_alloc(a, s.n + 1) : NULL;
    if (!p)
        return STR_NONE;
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct tocsin_str){ p, s.n };
}

const char *
arena_z(struct arena *a, struct tocsin_str s)
{
    return arena_str(a, s).p;
}

const char *
arena_fmt(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n >= 0 ? arena_alloc(a, (size_t)n + 1) : NULL;
    if (!p)
        return NULL;
    va_start(ap, fmt);
    (void)vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return p;
}
