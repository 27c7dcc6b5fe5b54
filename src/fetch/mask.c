/* Finds secret values, in each way they may be written, and puts *** in their place. */
#include "fetch/mask.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/json.h"

enum { MASK_TEXT_MAX = 256 * 1024 };

void
masks_free(struct masks *m)
{
    for (size_t i = 0; i < m->n; i++)
        free((char *)m->v[i].p);
    free(m->v);
    *m = (struct masks){ 0 };
}

static int
make_room(struct masks *m)
{
    if (m->n < m->cap)
        return 0;
    size_t cap = m->cap ? 2 * m->cap : 16;
    struct tocsin_str *v = realloc(m->v, cap * sizeof *v);
    if (!v)
        return -1;
    m->v = v;
    m->cap = cap;
    return 0;
}

void
masks_add(struct masks *m, struct tocsin_str s)
{
    if (s.n < MASK_MIN)
        return;
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->v[i], s))
            return;
    char *copy = malloc(s.n);
    if (!copy || make_room(m) < 0) {
        free(copy);
        m->failed = true;
        return;
    }
    memcpy(copy, s.p, s.n);
    size_t at = m->n++;
    for (; at && m->v[at - 1].n < s.n; at--)
        m->v[at] = m->v[at - 1];
    m->v[at] = (struct tocsin_str){ copy, s.n };
}

void
masks_add_secret(struct masks *m, struct tocsin_str value)
{
    static int (*const encodings[])(struct buf *, struct tocsin_str) = {
        escape_url,
        jout_escape,
        encode_base64,
    };

    if (value.n < MASK_MIN)
        return;
    masks_add(m, value);
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        struct buf b;
        buf_init(&b, MASK_TEXT_MAX);
        if (encodings[i](&b, value) < 0)
            m->failed = true;
        else
            masks_add(m, buf_view(&b));
        buf_free(&b);
    }
}

bool
masks_hit(const struct masks *m, struct tocsin_str s)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_find(s, m->v[i], 0) != SIZE_MAX)
            return true;
    return m->failed && s.n;
}

/* The earliest hit at or after `from`; among those that begin together the longest. */
static size_t
next_hit(const struct masks *m, struct tocsin_str s, size_t from, size_t *known, size_t *which)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < m->n; i++) {
        if (known[i] != SIZE_MAX && known[i] < from)
            known[i] = str_find(s, m->v[i], from);
        if (known[i] < best) {
            best = known[i];
            *which = i;
        }
    }
    return best;
}

int
masks_apply(const struct masks *m, struct tocsin_str s, struct buf *out)
{
    size_t at = 0, which = 0;

    if (m->failed)
        return -1;
    if (!masks_hit(m, s))
        return buf_str(out, s);
    size_t *known = calloc(m->n, sizeof *known);
    if (!known)
        return -1;
    for (size_t i = 0; i < m->n; i++)
        known[i] = str_find(s, m->v[i], 0);
    for (;;) {
        size_t hit = next_hit(m, s, at, known, &which);
        if (hit == SIZE_MAX)
            break;
        buf_str(out, str_sub(s, at, hit));
        buf_z(out, "***");
        at = hit + m->v[which].n;
    }
    free(known);
    return buf_str(out, str_sub(s, at, s.n));
}
