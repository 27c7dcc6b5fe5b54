/* chars - a table of folding and word properties, filled from utf8proc when needed. */
#include "normalise/chars.h"

#include <pthread.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"

uint32_t *_Atomic chars_pages[0x1100];
static pthread_mutex_t fill_lock = PTHREAD_MUTEX_INITIALIZER;

struct range {
    uint32_t first, last;
};

static bool
is_in(const struct range *r, size_t n, uint32_t cp)
{
    for (size_t i = 0; i < n; i++)
        if (cp >= r[i].first && cp <= r[i].last)
            return true;
    return false;
}
#define IS_IN(table, cp) is_in(table, sizeof(table) / sizeof((table)[0]), cp)

/* Combining class 0, yet second of a canonical composition; and half-width voicing marks. */
static const struct range joining[] = {
    { 0x09BE, 0x09BE },   { 0x09D7, 0x09D7 },   { 0x0B3E, 0x0B3E },   { 0x0B56, 0x0B57 },
    { 0x0BBE, 0x0BBE },   { 0x0BD7, 0x0BD7 },   { 0x0CC2, 0x0CC2 },   { 0x0CD5, 0x0CD6 },
    { 0x0D3E, 0x0D3E },   { 0x0D57, 0x0D57 },   { 0x0DCF, 0x0DCF },   { 0x0DDF, 0x0DDF },
    { 0x102E, 0x102E },   { 0x1161, 0x1175 },   { 0x11A8, 0x11C2 },   { 0x1B35, 0x1B35 },
    { 0xFF9E, 0xFF9F },   { 0x1133E, 0x1133E }, { 0x11357, 0x11357 }, { 0x114B0, 0x114B0 },
    { 0x114BA, 0x114BA }, { 0x114BD, 0x114BD }, { 0x115AF, 0x115AF }, { 0x11930, 0x11930 },
};

/* Thai, Lao, Myanmar, Khmer, kana, bopomofo, Han, half-width kana. */
static const struct range unspaced[] = {
    { 0x0E00, 0x0EFF },   { 0x1000, 0x109F }, { 0x1780, 0x17FF }, { 0x2E80, 0x2FDF },
    { 0x3005, 0x3007 },   { 0x3021, 0x3029 }, { 0x3031, 0x3035 }, { 0x3038, 0x303B },
    { 0x3041, 0x312F },   { 0x31A0, 0x31BF }, { 0x31F0, 0x31FF }, { 0x3400, 0x4DBF },
    { 0x4E00, 0x9FFF },   { 0xF900, 0xFAFF }, { 0xFF66, 0xFF9F }, { 0x1AFF0, 0x1B16F },
    { 0x20000, 0x3FFFF },
};

static const struct range hangul[] = {
    { 0x1100, 0x11FF }, { 0x3130, 0x318F }, { 0xA960, 0xA97F },
    { 0xAC00, 0xD7FF }, { 0xFFA1, 0xFFDC },
};

static const struct range latin[] = {
    { 'A', 'Z' },       { 'a', 'z' },       { 0x00C0, 0x00D6 }, { 0x00D8, 0x00F6 },
    { 0x00F8, 0x02AF }, { 0x1D00, 0x1D25 }, { 0x1E00, 0x1EFF }, { 0x2C60, 0x2C7F },
    { 0xA720, 0xA7FF }, { 0xFF21, 0xFF3A }, { 0xFF41, 0xFF5A },
};

/* Greek, Cyrillic, Armenian, Cherokee: scripts with letters that pass for Latin ones. */
static const struct range foreign[] = {
    { 0x0370, 0x03FF }, { 0x0400, 0x052F }, { 0x0531, 0x0587 },
    { 0x13A0, 0x13FF }, { 0x1F00, 0x1FFF }, { 0xAB70, 0xABBF },
};

static const struct range ignorable[] = {
    { 0x034F, 0x034F }, { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
    { 0x3164, 0x3164 }, { 0xFE00, 0xFE0F }, { 0xFFA0, 0xFFA0 }, { 0xE0000, 0xE0FFF },
};

/* Signs that people and keyboards exchange freely: quotes, apostrophes, dashes, and letters
 * that are Latin but for their shape. */
static uint32_t
plain_sign(uint32_t cp)
{
    static const char small_capitals[] = "a   cd e  jk m o        p  tu   vwz";
    if (cp >= 0x1D00 && cp <= 0x1D22 && small_capitals[cp - 0x1D00] != ' ')
        return (uint32_t)small_capitals[cp - 0x1D00];
    switch (cp) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x02B9:
    case 0x02BB:
    case 0x02BC:
    case 0x02BD:
    case 0x02C8:
    case 0x055A:
    case 0x05F3:
    case 0xA78C:
        return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0x00AB:
    case 0x00BB:
    case 0x05F4:
    case 0x301D:
    case 0x301E:
    case 0x301F:
    case 0x300C:
    case 0x300D:
    case 0x300E:
    case 0x300F:
        return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
    case 0x2043:
    case 0x058A:
    case 0x2E3A:
    case 0x2E3B:
    case 0x02D7:
        return '-';
    case 0x2044:
    case 0x2215:
        return '/';
    case 0x0131:
    case 0x026A:
    case 0x0269:
        return 'i';
    case 0x0237:
        return 'j';
    case 0x0251:
        return 'a';
    case 0x0261:
    case 0x0262:
        return 'g';
    case 0x0274:
        return 'n';
    case 0x0280:
        return 'r';
    case 0x028F:
        return 'y';
    case 0x0299:
        return 'b';
    case 0x029C:
        return 'h';
    case 0x029F:
        return 'l';
    case 0xA730:
        return 'f';
    case 0xA731:
        return 's';
    default:
        return cp;
    }
}

static size_t
expand(const int32_t *in, size_t n, bool fold, int32_t out[CHARS_EXPANDED])
{
    int options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | (fold ? UTF8PROC_CASEFOLD : 0);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        /* NFKC would make a space of the acute accent that stands for an apostrophe */
        int last_class = UTF8PROC_BOUNDCLASS_START;
        utf8proc_ssize_t got =
            utf8proc_decompose_char(fold && in[i] == 0xB4 ? '\'' : in[i], out + k,
                                    (utf8proc_ssize_t)(CHARS_EXPANDED - k), options, &last_class);
        if (got < 0 || k + (size_t)got > CHARS_EXPANDED)
            return k;
        k += (size_t)got;
    }
    for (size_t i = 1; i < k; i++) { /* canonical order of marks */
        int32_t cp = out[i];
        int class = utf8proc_get_property(cp)->combining_class;
        size_t j = i;
        while (class && j > 0 && utf8proc_get_property(out[j - 1])->combining_class > class) {
            out[j] = out[j - 1];
            j--;
        }
        out[j] = cp;
    }
    utf8proc_ssize_t m =
        utf8proc_normalize_utf32(out, (utf8proc_ssize_t)k, (utf8proc_option_t)options);
    return m < 0 ? 0 : (size_t)m;
}

static size_t
compose(const int32_t *in, size_t n, bool fold, int32_t out[CHARS_EXPANDED])
{
    size_t m = expand(in, n, fold, out), k = 0;
    for (size_t i = 0; i < m; i++) {
        uint32_t cp = fold ? plain_sign((uint32_t)out[i]) : (uint32_t)out[i];
        if (IS_IN(ignorable, cp) || utf8proc_category((int32_t)cp) == UTF8PROC_CATEGORY_CF)
            continue;
        if (fold && cp == 0x0307 && k > 0 && out[k - 1] == 'i')
            continue; /* what is left of a Turkish capital */
        if (fold && cp == 0x0640)
            continue; /* Arabic letters drawn longer */
        out[k++] = (int32_t)cp;
    }
    return k;
}

size_t
chars_compose(struct tocsin_str segment, bool fold, int32_t out[CHARS_EXPANDED])
{
    int32_t in[CHARS_SEGMENT];
    size_t n = 0;
    for (size_t at = 0; at < segment.n && n < CHARS_SEGMENT;)
        in[n++] = (int32_t)utf8_next(segment, &at);
    return compose(in, n, fold, out);
}

static bool
is_stable_nfc(int32_t cp)
{
    int32_t out[16];
    int last_class = UTF8PROC_BOUNDCLASS_START;
    utf8proc_ssize_t n =
        utf8proc_decompose_char(cp, out, 16, UTF8PROC_STABLE | UTF8PROC_COMPOSE, &last_class);
    if (n == 1 && out[0] == cp)
        return true;
    if (n < 1 || n > 16)
        return false;
    n = utf8proc_normalize_utf32(out, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return n == 1 && out[0] == cp;
}

static uint32_t
category_bits(uint32_t cp)
{
    switch (utf8proc_category((int32_t)cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return CHAR_WORD;
    case UTF8PROC_CATEGORY_CF:
        return CHAR_DROP;
    default:
        return cp == '_' ? CHAR_WORD : 0;
    }
}

static uint32_t
script_bits(uint32_t cp)
{
    uint32_t bits = 0;
    if (IS_IN(unspaced, cp))
        bits |= CHAR_UNSPACED;
    if (IS_IN(hangul, cp))
        bits |= CHAR_HANGUL;
    if (IS_IN(latin, cp))
        bits |= CHAR_LATIN;
    if (IS_IN(foreign, cp) && (category_bits(cp) & CHAR_WORD))
        bits |= chars_lookalike(cp) ? CHAR_LOOKALIKE : CHAR_OTHER;
    return bits;
}

static uint32_t
work_out(uint32_t cp)
{
    int32_t out[CHARS_EXPANDED], in = (int32_t)cp;
    uint32_t bits = category_bits(cp);

    if (cp >= 0xD800 && cp <= 0xDFFF)
        return 0xFFFD;
    if (IS_IN(ignorable, cp))
        bits = CHAR_DROP;
    if (bits & CHAR_DROP)
        return bits | (is_stable_nfc(in) ? 0 : CHAR_NOT_NFC) | (cp == 0x1160 ? CHAR_NOT_NFC : 0);
    bits |= script_bits(cp);
    if (utf8proc_get_property(in)->combining_class != 0 || IS_IN(joining, cp))
        bits |= CHAR_JOINS | CHAR_NOT_NFC;
    else if (!is_stable_nfc(in))
        bits |= CHAR_NOT_NFC;
    size_t n = compose(&in, 1, false, out);
    if (n != 1 || out[0] != in)
        bits |= (uint32_t)CHAR_NOT_NFKC;
    n = compose(&in, 1, true, out);
    if (n == 0)
        return bits | CHAR_DROP;
    return n == 1 ? bits | (uint32_t)out[0] : bits | CHAR_COMPLEX;
}

static void
fill(size_t number)
{
    uint32_t *page = malloc(256 * sizeof(*page));
    if (!page)
        return;
    for (uint32_t i = 0; i < 256; i++)
        page[i] = work_out((uint32_t)number << 8 | i);
    atomic_store_explicit(&chars_pages[number], page, memory_order_release);
}

uint32_t
chars_get_slow(uint32_t cp)
{
    if (cp >= 0x110000)
        return 0xFFFD;
    pthread_mutex_lock(&fill_lock);
    if (!chars_pages[cp >> 8])
        fill(cp >> 8);
    pthread_mutex_unlock(&fill_lock);
    uint32_t *page = chars_pages[cp >> 8];
    return page ? page[cp & 0xFF] : work_out(cp);
}
