/* sbuf - a growing byte buffer with a maximum, for plugins. */
#ifndef TOCSIN_PLUGINS_SBUF_H
#define TOCSIN_PLUGINS_SBUF_H

#include <stdio.h>
#include <stdlib.h>

#include "slice.h"

struct sbuf {
    char *p;
    size_t n, room, max;
    bool is_failed; /* no memory, or more than max: what was put since is lost */
};

static inline void
sbuf_put(struct sbuf *b, const char *p, size_t n)
{
    if (b->is_failed || n == 0)
        return;
    if (n > b->max - b->n) {
        b->is_failed = true;
        return;
    }
    if (b->n + n > b->room) {
        size_t room = b->room ? b->room : 256;
        char *grown;

        while (room < b->n + n)
            room *= 2;
        grown = realloc(b->p, room);
        if (!grown) {
            b->is_failed = true;
            return;
        }
        b->p = grown;
        b->room = room;
    }
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

static inline void
sbuf_str(struct sbuf *b, struct tocsin_str s)
{
    sbuf_put(b, s.p, s.n);
}

static inline void
sbuf_z(struct sbuf *b, const char *z)
{
    sbuf_put(b, z, strlen(z));
}

static inline void
sbuf_char(struct sbuf *b, char c)
{
    sbuf_put(b, &c, 1);
}

static inline struct tocsin_str
sbuf_get(const struct sbuf *b)
{
    return (struct tocsin_str){ b->p ? b->p : "", b->n };
}

static inline void
sbuf_free(struct sbuf *b)
{
    free(b->p);
    b->p = NULL;
    b->n = b->room = 0;
}

#endif
