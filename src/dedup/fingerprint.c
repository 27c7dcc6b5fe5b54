/* fingerprint - SimHash over word pairs, so that a copy with a few words changed is near. */
#include "dedup/fingerprint.h"

#include "base/utf8.h"
#include "normalise/chars.h"

enum { MIN_WORDS = 5, NEAR_BITS = 3, MAX_WORDS = 4000, LONG_TEXT = 24 };

struct sim {
    int32_t weight[64];
    uint64_t before;
    size_t n;
};

static uint64_t
mix(uint64_t h)
{
    h ^= h >> 33;
    h *= UINT64_C(0xFF51AFD7ED558CCD);
    h ^= h >> 33;
    h *= UINT64_C(0xC4CEB9FE1A85EC53);
    return h ^ h >> 33;
}

static void
add_feature(struct sim *s, uint64_t h, int32_t weight)
{
    for (int i = 0; i < 64; i++)
        s->weight[i] += h >> i & 1 ? weight : -weight;
}

static void
add_word(struct sim *s, struct tocsin_str word)
{
    uint64_t h = str_hash(word);
    if (s->n++ > 0)
        add_feature(s, mix(s->before * 31 + h), 2);
    add_feature(s, mix(h), 1);
    s->before = h;
}

/* End of the link at `at`, or `at`. */
static size_t
skip_link(struct tocsin_str s, size_t at)
{
    struct tocsin_str rest = str_sub(s, at, s.n);
    if (!str_starts(rest, STR_LIT("http://")) && !str_starts(rest, STR_LIT("https://")) &&
        !str_starts(rest, STR_LIT("www.")))
        return at;
    while (at < s.n && (unsigned char)s.p[at] > ' ')
        at++;
    return at;
}

/* "rt @x:" of hand-made reposts. */
static size_t
skip_repost(struct tocsin_str s)
{
    if (!str_starts(s, STR_LIT("rt @")))
        return 0;
    size_t at = 4;
    while (at < s.n && (unsigned char)s.p[at] > ' ')
        at++;
    return at;
}

static void
add_text(struct sim *s, struct tocsin_str t)
{
    size_t at = skip_repost(t);
    while (at < t.n && s->n < MAX_WORDS) {
        size_t begin = at, next = skip_link(t, at);
        if (next > at) {
            at = next;
            continue;
        }
        uint32_t bits = chars_get(utf8_next(t, &at));
        if (!(bits & CHAR_WORD))
            continue;
        while (at < t.n && !(bits & CHAR_UNSPACED)) {
            next = at;
            uint32_t b = chars_get(utf8_next(t, &next));
            if (!(b & CHAR_WORD) || (b & CHAR_UNSPACED))
                break;
            at = next;
        }
        add_word(s, str_sub(t, begin, at));
    }
}

uint64_t
fingerprint_post(const struct post *p)
{
    struct sim s = { .n = 0 };
    uint64_t fp = 0;
    add_text(&s, p->text.fold);
    if (s.n < LONG_TEXT)
        add_text(&s, p->title.fold);
    if (s.n < MIN_WORDS)
        return 0;
    for (int i = 0; i < 64; i++)
        fp |= (uint64_t)(s.weight[i] > 0) << i;
    return fp ? fp : 1;
}

void
fingerprint_bands(uint64_t fp, uint32_t bands[FINGERPRINT_BANDS])
{
    /* at most NEAR_BITS bits differ, so one of four bands is the same */
    for (uint32_t i = 0; i < FINGERPRINT_BANDS; i++)
        bands[i] = i << 16 | (uint32_t)(fp >> (16 * i) & 0xFFFF);
}

bool
fingerprint_is_copy(uint64_t a, uint64_t b)
{
    return a && b && __builtin_popcountll(a ^ b) <= NEAR_BITS;
}
