/* slice - small helpers on struct tocsin_str, shared by the plugins. */
#ifndef TOCSIN_PLUGINS_SLICE_H
#define TOCSIN_PLUGINS_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <tocsin/plugin.h>

static inline struct tocsin_str
slice_z(const char *z)
{
    return (struct tocsin_str){ z ? z : "", z ? strlen(z) : 0 };
}

static inline struct tocsin_str
slice(const char *p, size_t n)
{
    return (struct tocsin_str){ p, n };
}

static inline bool
slice_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static inline bool
slice_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char
slice_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool
slice_is_alpha(char c)
{
    char l = slice_lower(c);

    return l >= 'a' && l <= 'z';
}

static inline struct tocsin_str
slice_trim(struct tocsin_str s)
{
    while (s.n > 0 && slice_is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && slice_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static inline struct tocsin_str
slice_from(struct tocsin_str s, size_t at)
{
    return at >= s.n ? (struct tocsin_str){ s.p + s.n, 0 }
                     : (struct tocsin_str){ s.p + at, s.n - at };
}

static inline struct tocsin_str
slice_upto(struct tocsin_str s, size_t n)
{
    return (struct tocsin_str){ s.p, n < s.n ? n : s.n };
}

static inline bool
slice_eq(struct tocsin_str a, struct tocsin_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
slice_eq_z(struct tocsin_str a, const char *z)
{
    return slice_eq(a, slice_z(z));
}

/* ASCII case is ignored. */
static inline bool
slice_starts_z(struct tocsin_str s, const char *z)
{
    size_t i = 0;

    for (; z[i]; i++)
        if (i >= s.n || slice_lower(s.p[i]) != slice_lower(z[i]))
            return false;
    return true;
}

static inline bool
slice_case_eq(struct tocsin_str a, struct tocsin_str b)
{
    size_t i = 0;

    while (i < a.n && i < b.n && slice_lower(a.p[i]) == slice_lower(b.p[i]))
        i++;
    return i == a.n && i == b.n;
}

static inline bool
slice_case_eq_z(struct tocsin_str s, const char *z)
{
    return s.n == strlen(z) && slice_starts_z(s, z);
}

/* Offset of the byte, or s.n. */
static inline size_t
slice_find_byte(struct tocsin_str s, char c)
{
    const char *p = s.n ? memchr(s.p, c, s.n) : NULL;

    return p ? (size_t)(p - s.p) : s.n;
}

/* Offset of `z`, or s.n; case counts. */
static inline size_t
slice_find_z(struct tocsin_str s, const char *z)
{
    const char *p = s.n ? memmem(s.p, s.n, z, strlen(z)) : NULL;

    return p ? (size_t)(p - s.p) : s.n;
}

/* Offset of `z` ignoring ASCII case, or s.n. */
static inline size_t
slice_find_case_z(struct tocsin_str s, const char *z)
{
    for (size_t i = 0; i < s.n; i++)
        if (slice_starts_z(slice_from(s, i), z))
            return i;
    return s.n;
}

/* FNV-1a; for keys inside one plugin, never against an adversary's choice of bytes alone. */
static inline uint64_t
slice_hash(uint64_t seed, struct tocsin_str s)
{
    uint64_t h = seed ^ UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
    return h ^ (h >> 29);
}

#endif
