/* wire.c - bounded reading and writing of the fields of a frame. */
#include "wire/wire.h"

#include <string.h>

void
wire_writer(struct wire *w, struct buf *out)
{
    *w = (struct wire){ .out = out };
}

void
wire_reader(struct wire *w, struct tocsin_str bytes, struct arena *a)
{
    *w = (struct wire){ .in = bytes, .arena = a };
}

bool
wire_is_complete(const struct wire *w)
{
    if (w->failed)
        return false;
    return w->out ? !w->out->failed : w->at == w->in.n;
}

static size_t
left(const struct wire *w)
{
    return w->in.n - w->at;
}

/* The next n bytes to read, or NULL. */
static const unsigned char *
take(struct wire *w, size_t n)
{
    const unsigned char *p;

    if (w->failed || left(w) < n) {
        w->failed = true;
        return NULL;
    }
    p = (const unsigned char *)w->in.p + w->at;
    w->at += n;
    return p;
}

static void
put(struct wire *w, const void *p, size_t n)
{
    if (!w->failed && buf_add(w->out, p, n))
        w->failed = true;
}

static uint64_t
from_le(const unsigned char *p, size_t n)
{
    uint64_t v = 0;

    while (n--)
        v = v << 8 | p[n];
    return v;
}

static void
to_le(unsigned char *p, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++, v >>= 8)
        p[i] = (unsigned char)(v & 0xff);
}

/* n bytes of an integer, in the direction of the wire. */
static void
number(struct wire *w, uint64_t *v, size_t n)
{
    unsigned char bytes[8];
    const unsigned char *p;

    if (w->out) {
        to_le(bytes, *v, n);
        put(w, bytes, n);
        return;
    }
    p = take(w, n);
    *v = p ? from_le(p, n) : 0;
}

void
wire_u8(struct wire *w, uint8_t *v)
{
    uint64_t x = *v;

    number(w, &x, 1);
    if (!w->out)
        *v = (uint8_t)x;
}

void
wire_u32(struct wire *w, uint32_t *v)
{
    uint64_t x = *v;

    number(w, &x, 4);
    if (!w->out)
        *v = (uint32_t)x;
}

void
wire_u64(struct wire *w, uint64_t *v)
{
    number(w, v, 8);
}

void
wire_i32(struct wire *w, int32_t *v)
{
    uint32_t x = (uint32_t)*v;

    wire_u32(w, &x);
    if (!w->out)
        *v = (int32_t)x;
}

void
wire_i64(struct wire *w, int64_t *v)
{
    uint64_t x = (uint64_t)*v;

    number(w, &x, 8);
    if (!w->out)
        *v = (int64_t)x;
}

void
wire_f64(struct wire *w, double *v)
{
    uint64_t x;

    memcpy(&x, v, sizeof x);
    number(w, &x, 8);
    if (!w->out)
        memcpy(v, &x, sizeof x);
}

void
wire_bool(struct wire *w, bool *v)
{
    uint8_t x = *v ? 1 : 0;

    wire_u8(w, &x);
    if (x > 1)
        w->failed = true;
    if (!w->out)
        *v = x == 1 && !w->failed;
}

void
wire_size(struct wire *w, size_t *v)
{
    uint32_t x = (uint32_t)*v;

    if (w->out && *v > UINT32_MAX)
        w->failed = true;
    wire_u32(w, &x);
    if (!w->out)
        *v = x;
}

void
wire_str(struct wire *w, struct tocsin_str *v, size_t max)
{
    size_t n = v->n;

    if (w->out && n > max)
        w->failed = true;
    wire_size(w, &n);
    if (w->out) {
        if (n)
            put(w, v->p, n);
        return;
    }
    if (n > max)
        w->failed = true;
    v->p = (const char *)take(w, n);
    v->n = v->p ? n : 0;
}

static void
read_z(struct wire *w, const char **v, size_t max)
{
    size_t n = 0;
    const unsigned char *p;

    *v = NULL;
    wire_size(w, &n);
    if (w->failed || n == 0)
        return;
    if (n - 1 > max) {
        w->failed = true;
        return;
    }
    p = take(w, n);
    if (!p || memchr(p, '\0', n) != p + n - 1)
        w->failed = true;
    else
        *v = (const char *)p;
}

/* As its length with the NUL, then the bytes with the NUL; length 0 is NULL. */
void
wire_z(struct wire *w, const char **v, size_t max)
{
    size_t n;

    if (!w->out) {
        read_z(w, v, max);
        return;
    }
    n = *v ? strlen(*v) + 1 : 0;
    if (n > max + 1)
        w->failed = true;
    wire_size(w, &n);
    if (n)
        put(w, *v, n);
}

/* Every item takes a byte at least, so a count beyond the bytes left is a lie. */
static void
read_items(struct wire *w, void **v, size_t *n, size_t size)
{
    *v = NULL;
    if (w->failed || *n > left(w)) {
        w->failed = true;
        *n = 0;
        return;
    }
    if (*n == 0)
        return;
    *v = arena_array(w->arena, *n, size);
    if (!*v) {
        w->failed = true;
        *n = 0;
    }
}

void
wire_list_(struct wire *w, void **v, size_t *n, size_t size, size_t max, wire_item *each)
{
    if (w->out && *n > max)
        w->failed = true;
    wire_size(w, n);
    if (*n > max)
        w->failed = true;
    if (!w->out)
        read_items(w, v, n, size);
    for (size_t i = 0; i < *n && !w->failed; i++)
        each(w, (char *)*v + i * size);
}

void
wire_optional_(struct wire *w, void **v, size_t size, wire_item *each)
{
    bool is_there = *v != NULL;

    wire_bool(w, &is_there);
    if (!w->out) {
        *v = is_there ? arena_alloc(w->arena, size) : NULL;
        if (is_there && !*v)
            w->failed = true;
    }
    if (*v && is_there && !w->failed)
        each(w, *v);
}

void
wire_frame_begin(struct buf *b)
{
    static const char room[WIRE_HEAD];

    buf_reset(b);
    buf_add(b, room, sizeof room);
}

int
wire_frame_end(struct buf *b)
{
    if (b->failed || b->n <= WIRE_HEAD || b->n - WIRE_HEAD > WIRE_MAX_FRAME)
        return -1;
    to_le((unsigned char *)b->p, b->n - WIRE_HEAD, WIRE_HEAD);
    return 0;
}

int
wire_frame_length(const unsigned char head[WIRE_HEAD], size_t *out)
{
    uint64_t n = from_le(head, WIRE_HEAD);

    if (n == 0 || n > WIRE_MAX_FRAME)
        return -1;
    *out = (size_t)n;
    return 0;
}
