/* buf - a growing byte buffer that stops at its maximum. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

enum { FIRST_CAP = 64 };

void
buf_init(struct buf *b, size_t max_bytes)
{
    *b = (struct buf){ .max = max_bytes };
}

void
buf_free(struct buf *b)
{
    free(b->p);
    buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

/* One byte behind cap is always there for a NUL. */
static int
grow(struct buf *b, size_t need)
{
    size_t cap = b->cap ? b->cap : FIRST_CAP;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > b->max)
        cap = b->max;
    if (cap == SIZE_MAX)
        return -1;
    char *p = realloc(b->p, cap + 1);
    if (!p)
        return -1;
    b->p = p;
    b->cap = cap;
    return 0;
}

char *
buf_room(struct buf *b, size_t n)
{
    if (b->failed)
        return NULL;
    if (n > b->max || b->n > b->max - n)
        goto fail;
    if ((!b->p || b->n + n > b->cap) && grow(b, b->n + n))
        goto fail;
    return b->p + b->n;
fail:
    b->failed = true;
    return NULL;
}

int
buf_add(struct buf *b, const void *p, size_t n)
{
    char *to = buf_room(b, n);
    if (!to)
        return -1;
    if (n)
        memcpy(to, p, n);
    b->n += n;
    return 0;
}

int
buf_str(struct buf *b, struct tocsin_str s)
{
    return buf_add(b, s.p, s.n);
}

int
buf_z(struct buf *b, const char *z)
{
    return buf_str(b, str_z(z));
}

int
buf_char(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

int
buf_utf8(struct buf *b, uint32_t codepoint)
{
    char c[4];
    size_t n = utf8_put(c, codepoint);
    if (!n)
        n = utf8_put(c, 0xFFFD);
    return buf_add(b, c, n);
}

int
buf_vfmt(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int rc = -1;
    char small[256];
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    if (n < 0) {
        b->failed = true;
        goto out;
    }
    if ((size_t)n < sizeof(small)) {
        rc = buf_add(b, small, (size_t)n);
        goto out;
    }
    char *to = buf_room(b, (size_t)n);
    if (!to)
        goto out;
    (void)vsnprintf(to, (size_t)n + 1, fmt, again);
    b->n += (size_t)n;
    rc = 0;
out:
    va_end(again);
    return rc;
}

int
buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int rc = buf_vfmt(b, fmt, ap);
    va_end(ap);
    return rc;
}

struct tocsin_str
buf_view(const struct buf *b)
{
    return (struct tocsin_str){ b->p, b->n };
}

const char *
buf_cstr(struct buf *b)
{
    if (!b->p)
        return "";
    b->p[b->n] = '\0';
    return b->p;
}

char *
buf_take(struct buf *b)
{
    if (!buf_room(b, 0))
        return NULL;
    b->p[b->n] = '\0';
    char *p = b->p;
    buf_init(b, b->max);
    return p;
}
