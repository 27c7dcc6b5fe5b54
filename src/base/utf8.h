/* utf8 - decoding, checking and repairing UTF-8. */
#ifndef TOCSIN_BASE_UTF8_H
#define TOCSIN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

bool utf8_is_valid(struct tocsin_str s);
/* The code point at *at (< s.n), which moves behind it; 0xFFFD for bad bytes, one step for
 * each maximal bad part, as Unicode recommends. */
uint32_t utf8_next(struct tocsin_str s, size_t *at);
/* Writes 1..4 bytes; 0 for surrogates and beyond U+10FFFF. */
size_t utf8_put(char out[4], uint32_t cp);
size_t utf8_count(struct tocsin_str s); /* code points */
/* Appends s with bad parts replaced by U+FFFD and NUL and C0 controls (but \t \n \r) dropped. */
int utf8_repair(struct buf *out, struct tocsin_str s);

#endif
