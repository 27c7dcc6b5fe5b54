/* utf8 - one decoder, after table 3-7 of the Unicode standard, for all the others. */
#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

/* Length of the sequence a first byte opens (0: none) and the range of its second byte. */
static size_t
sequence(unsigned char first, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    if (first == 0xE0)
        *low = 0xA0;
    if (first == 0xED)
        *high = 0x9F;
    if (first == 0xF0)
        *low = 0x90;
    if (first == 0xF4)
        *high = 0x8F;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* The code point at p, or -1; *used is what to step over either way. */
static int32_t
decode(const unsigned char *p, size_t n, size_t *used)
{
    static const unsigned char mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    unsigned char low, high;
    size_t len = sequence(p[0], &low, &high);
    *used = 1;
    if (len == 0)
        return -1;
    uint32_t cp = p[0] & mask[len];
    for (size_t i = 1; i < len; i++) {
        if (i >= n || p[i] < low || p[i] > high)
            return -1;
        cp = cp << 6 | (p[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
        *used = i + 1;
    }
    return (int32_t)cp;
}

uint32_t
utf8_next(struct tocsin_str s, size_t *at)
{
    size_t used;
    int32_t cp = decode((const unsigned char *)s.p + *at, s.n - *at, &used);
    *at += used;
    return cp < 0 ? REPLACEMENT : (uint32_t)cp;
}

bool
utf8_is_valid(struct tocsin_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0, used; i < s.n; i += used) {
        uint64_t w;
        used = 1;
        if (i + sizeof(w) <= s.n) {
            memcpy(&w, p + i, sizeof(w));
            if (!(w & UINT64_C(0x8080808080808080))) {
                used = sizeof(w);
                continue;
            }
        }
        if (p[i] >= 0x80 && decode(p + i, s.n - i, &used) < 0)
            return false;
    }
    return true;
}

size_t
utf8_put(char out[4], uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp >= 0xD800 && cp <= 0xDFFF)
        return 0;
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    if (cp > 0x10FFFF)
        return 0;
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

size_t
utf8_count(struct tocsin_str s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.n; n++)
        utf8_next(s, &at);
    return n;
}

static bool
is_dropped(unsigned char c)
{
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

int
utf8_repair(struct buf *out, struct tocsin_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t good = 0; /* begin of what is not yet copied */
    for (size_t i = 0, used; i < s.n; i += used) {
        used = 1;
        bool is_bad = p[i] >= 0x80 && decode(p + i, s.n - i, &used) < 0;
        if (!is_bad && !is_dropped(p[i]))
            continue;
        buf_str(out, str_sub(s, good, i));
        if (is_bad)
            buf_utf8(out, REPLACEMENT);
        good = i + used;
    }
    return buf_str(out, str_sub(s, good, s.n));
}
