/* str - slices: bytes of somebody else's memory. UTF-8 where they are text. */
#ifndef TOCSIN_BASE_STR_H
#define TOCSIN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tocsin/plugin.h>

#define STR_LIT(s) ((struct tocsin_str){ "" s, sizeof(s) - 1 })
#define STR_FMT(s) (int)(s).n, (s).n ? (s).p : "" /* for "%.*s" */
#define STR_NONE ((struct tocsin_str){ NULL, 0 })

static inline struct tocsin_str
str_z(const char *z) /* NULL is the empty slice */
{
    return (struct tocsin_str){ z, z ? strlen(z) : 0 };
}

bool str_eq(struct tocsin_str a, struct tocsin_str b);
bool str_eq_z(struct tocsin_str a, const char *z);
bool str_eq_ascii_case(struct tocsin_str a, struct tocsin_str b);
int str_cmp(struct tocsin_str a, struct tocsin_str b); /* bytes, then length */
bool str_starts(struct tocsin_str s, struct tocsin_str head);
bool str_ends(struct tocsin_str s, struct tocsin_str tail);
/* Offset of the first occurrence at or after `from`, or SIZE_MAX. */
size_t str_find(struct tocsin_str s, struct tocsin_str needle, size_t from);
struct tocsin_str str_sub(struct tocsin_str s, size_t begin, size_t end); /* clamped */
struct tocsin_str str_trim(struct tocsin_str s);                          /* ASCII white space */
/* Takes the part before `sep` off *rest (all of it where there is none). */
struct tocsin_str str_cut(struct tocsin_str *rest, char sep);
/* Cut at a character's begin so that at most `max` bytes stay. */
struct tocsin_str str_clip_utf8(struct tocsin_str s, size_t max);

/* Levenshtein with transposition; the nearest of `words` within 2 edits (1 for up to 4
 * letters), or NULL. For "did you mean". */
const char *str_nearest(struct tocsin_str word, const char *const *words, size_t n);

/* 64-bit, the same on every machine and run: may be stored. */
uint64_t str_hash(struct tocsin_str s);

#endif
