/* buf - bytes being built, never more than a maximum given at init.
 *
 * A failed append (no memory, or over the maximum) makes every later one fail,
 * so that it is enough to look at `failed` once at the end.
 */
#ifndef TOCSIN_BASE_BUF_H
#define TOCSIN_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct buf {
    char *p;
    size_t n, cap, max;
    bool failed;
};

void buf_init(struct buf *b, size_t max_bytes); /* allocates nothing */
void buf_free(struct buf *b);                   /* ready for use again, same maximum */
void buf_reset(struct buf *b);                  /* empty, keeps the memory */

/* All return 0, or -1 with b->failed set. */
int buf_add(struct buf *b, const void *p, size_t n);
int buf_str(struct buf *b, struct tocsin_str s);
int buf_z(struct buf *b, const char *z);
int buf_char(struct buf *b, char c);
int buf_utf8(struct buf *b, uint32_t codepoint);
int buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_vfmt(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* Makes room for n more bytes and returns where they go (then add to b->n); or NULL. */
char *buf_room(struct buf *b, size_t n);

struct tocsin_str buf_view(const struct buf *b); /* until the next append */
/* NUL-terminated, until the next append; "" when nothing was added or memory is short. */
const char *buf_cstr(struct buf *b);
/* Hands the bytes over, NUL-terminated, to be freed with free(); NULL if failed. */
char *buf_take(struct buf *b);

#endif
