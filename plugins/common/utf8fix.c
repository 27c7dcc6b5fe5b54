/* Checks and repairs UTF-8, eight ASCII bytes at a time where it can. */
#include "utf8fix.h"

#include <stdlib.h>
#include <string.h>

/* windows-1252, 0x80 to 0x9f; 0 where it has no character. */
static const uint16_t cp1252_high[32] = { 0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
                                          0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
                                          0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d,
                                          0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
                                          0x0153, 0,      0x017e, 0x0178 };

static bool
is_tail(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

static size_t
next_wide(const unsigned char *s, size_t n, uint32_t *cp)
{
    if ((s[0] & 0xf0) == 0xe0 && n >= 3 && is_tail(s[1]) && is_tail(s[2])) {
        uint32_t c = (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);

        *cp = c;
        return c >= 0x800 && (c < 0xd800 || c > 0xdfff) ? 3 : 0;
    }
    if ((s[0] & 0xf8) == 0xf0 && n >= 4 && is_tail(s[1]) && is_tail(s[2]) && is_tail(s[3])) {
        uint32_t c = (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3f) << 12 |
                     (uint32_t)(s[2] & 0x3f) << 6 | (s[3] & 0x3f);

        *cp = c;
        return c >= 0x10000 && c <= 0x10ffff ? 4 : 0;
    }
    return 0;
}

size_t
utf8fix_next(const char *p, size_t n, uint32_t *cp)
{
    const unsigned char *s = (const unsigned char *)p;

    if (n == 0)
        return 0;
    if (s[0] < 0x80) {
        *cp = s[0];
        return 1;
    }
    if (s[0] >= 0xc2 && s[0] <= 0xdf && n >= 2 && is_tail(s[1])) {
        *cp = (uint32_t)(s[0] & 0x1f) << 6 | (s[1] & 0x3f);
        return 2;
    }
    return next_wide(s, n, cp);
}

size_t
utf8fix_put(char *to, uint32_t cp)
{
    if (cp < 0x80) {
        to[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        to[0] = (char)(0xc0 | cp >> 6);
        to[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        to[0] = (char)(0xe0 | cp >> 12);
        to[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        to[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | cp >> 18);
    to[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    to[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    to[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

static bool
is_wanted(uint32_t cp)
{
    if (cp < 0x20)
        return cp == '\t' || cp == '\n' || cp == '\r';
    return cp != 0xfffe && cp != 0xffff;
}

/* Eight bytes, none above 0x7f and none below 0x20. */
static bool
is_plain_word(const char *p)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t w;

    memcpy(&w, p, sizeof(w));
    return ((w | (w - ones * 0x20)) & (ones * 0x80)) == 0;
}

size_t
utf8fix_clean_prefix(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n) {
        uint32_t cp;
        size_t len;

        while (i + 8 <= n && is_plain_word(p + i))
            i += 8;
        if (i >= n)
            break;
        len = utf8fix_next(p + i, n - i, &cp);
        if (len == 0 || !is_wanted(cp))
            return i;
        i += len;
    }
    return n;
}

bool
utf8fix_is_valid(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n) {
        uint32_t cp;
        size_t len;

        while (i + 8 <= n && is_plain_word(p + i))
            i += 8;
        if (i >= n)
            break;
        len = utf8fix_next(p + i, n - i, &cp);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

static uint32_t
stray_byte(unsigned char c)
{
    if (c >= 0xa0)
        return c;
    return cp1252_high[c - 0x80] ? cp1252_high[c - 0x80] : 0xfffd;
}

char *
utf8fix_repair(const char *p, size_t n, size_t *out_n)
{
    char *out = malloc(n * 3 + 1);
    size_t w = 0;

    if (!out)
        return NULL;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = utf8fix_next(p + i, n - i, &cp);

        if (len == 0)
            w += utf8fix_put(out + w, stray_byte((unsigned char)p[i]));
        else if (is_wanted(cp))
            w += utf8fix_put(out + w, cp);
        i += len ? len : 1;
    }
    out[w] = '\0';
    *out_n = w;
    return out;
}

size_t
utf8fix_cut(const char *p, size_t n, size_t max)
{
    if (n <= max)
        return n;
    while (max > 0 && is_tail((unsigned char)p[max]))
        max--;
    return max;
}
