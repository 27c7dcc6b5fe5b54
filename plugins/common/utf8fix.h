/* utf8fix - foreign bytes made valid UTF-8 without control characters. */
#ifndef TOCSIN_PLUGINS_UTF8FIX_H
#define TOCSIN_PLUGINS_UTF8FIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the well-formed character at p (1..4), or 0; *cp is set when not 0. */
size_t utf8fix_next(const char *p, size_t n, uint32_t *cp);
/* Writes cp at `to` (4 bytes of room) and gives the length. */
size_t utf8fix_put(char *to, uint32_t cp);
/* Bytes before the first that is not UTF-8 or not a character that XML may hold. */
size_t utf8fix_clean_prefix(const char *p, size_t n);
/* Is all of it well-formed UTF-8? Control characters do not matter. */
bool utf8fix_is_valid(const char *p, size_t n);
/* A malloc'd copy in which controls are gone and every stray byte is read as windows-1252,
 * which is what it is in feeds that mix both. NULL: no memory. */
char *utf8fix_repair(const char *p, size_t n, size_t *out_n);
/* The longest prefix of at most `max` bytes that ends between two characters. */
size_t utf8fix_cut(const char *p, size_t n, size_t max);

#endif
