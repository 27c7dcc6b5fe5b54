/* str - comparing, searching and cutting slices. */
#include "base/str.h"

static unsigned char
ascii_lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u | 0x20) : u;
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool
str_eq(struct tocsin_str a, struct tocsin_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_eq_z(struct tocsin_str a, const char *z)
{
    return str_eq(a, str_z(z));
}

bool
str_eq_ascii_case(struct tocsin_str a, struct tocsin_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
            return false;
    return true;
}

int
str_cmp(struct tocsin_str a, struct tocsin_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order)
        return order < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct tocsin_str s, struct tocsin_str head)
{
    return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

bool
str_ends(struct tocsin_str s, struct tocsin_str tail)
{
    return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

size_t
str_find(struct tocsin_str s, struct tocsin_str needle, size_t from)
{
    if (from > s.n)
        return SIZE_MAX;
    if (needle.n == 0)
        return from;
    if (s.n == 0)
        return SIZE_MAX;
    const char *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

struct tocsin_str
str_sub(struct tocsin_str s, size_t begin, size_t end)
{
    if (end > s.n)
        end = s.n;
    if (begin > end)
        begin = end;
    return (struct tocsin_str){ s.p ? s.p + begin : NULL, end - begin };
}

struct tocsin_str
str_trim(struct tocsin_str s)
{
    while (s.n && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct tocsin_str
str_cut(struct tocsin_str *rest, char sep)
{
    const char *hit = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    size_t n = hit ? (size_t)(hit - rest->p) : rest->n;
    struct tocsin_str head = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, hit ? n + 1 : n, rest->n);
    return head;
}

struct tocsin_str
str_clip_utf8(struct tocsin_str s, size_t max)
{
    if (s.n <= max)
        return s;
    size_t n = max;
    /* A character has at most three continuation bytes; more is not UTF-8. */
    for (int back = 0; back < 3 && n && ((unsigned char)s.p[n] & 0xC0) == 0x80; back++)
        n--;
    if (n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n = max;
    return str_sub(s, 0, n);
}

/* ---- did you mean ------------------------------------------------------- */

enum { NEAREST_MAX = 64 };

static size_t
min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Damerau-Levenshtein distance (adjacent letters may swap once), letter case ignored. */
static size_t
edit_distance(struct tocsin_str a, struct tocsin_str b)
{
    size_t rows[3][NEAREST_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b.n; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            unsigned char x = ascii_lower(a.p[i - 1]), y = ascii_lower(b.p[j - 1]);
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == ascii_lower(b.p[j - 2]) && ascii_lower(a.p[i - 2]) == y &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b.n];
}

const char *
str_nearest(struct tocsin_str word, const char *const *words, size_t n)
{
    if (word.n == 0 || word.n > NEAREST_MAX)
        return NULL;
    size_t best = word.n <= 4 ? 2 : 3; /* one more than allowed */
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        struct tocsin_str w = str_z(words[i]);
        if (w.n > NEAREST_MAX || w.n > word.n + 2 || word.n > w.n + 2)
            continue;
        size_t d = edit_distance(word, w);
        /* All letters replaced is another word, not a slip. */
        if (d < best && d < w.n) {
            best = d;
            found = words[i];
        }
    }
    return found;
}

/* ---- hash ---------------------------------------------------------------- */

/* FNV-1a over the bytes, then a mix of the high bits into the low ones (two rounds of
 * xor-shift and multiply), for FNV's low bits alone are weak. Stored: never change it. */
uint64_t
str_hash(struct tocsin_str s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < s.n; i++) {
        h ^= (unsigned char)s.p[i];
        h *= UINT64_C(0x100000001b3);
    }
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    h ^= h >> 33;
    return h;
}
