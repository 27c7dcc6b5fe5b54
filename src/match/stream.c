/* stream - a post's fold laid out for matching; its words and sentences counted on demand. */
#include "match/stream.h"

#include <stdlib.h>

#include "base/utf8.h"

#define D(c) [c] = 1
const uint8_t stream_ascii_word[128] = {
    D('0'), D('1'), D('2'), D('3'), D('4'), D('5'), D('6'), D('7'), D('8'), D('9'), D('_'),
    D('a'), D('b'), D('c'), D('d'), D('e'), D('f'), D('g'), D('h'), D('i'), D('j'), D('k'),
    D('l'), D('m'), D('n'), D('o'), D('p'), D('q'), D('r'), D('s'), D('t'), D('u'), D('v'),
    D('w'), D('x'), D('y'), D('z'), D('A'), D('B'), D('C'), D('D'), D('E'), D('F'), D('G'),
    D('H'), D('I'), D('J'), D('K'), D('L'), D('M'), D('N'), D('O'), D('P'), D('Q'), D('R'),
    D('S'), D('T'), D('U'), D('V'), D('W'), D('X'), D('Y'), D('Z'),
};

uint32_t
stream_before_slow(const char *p, const char *begin)
{
    const char *q = p - 1;
    while (q > begin && p - q < 4 && ((unsigned char)*q & 0xC0) == 0x80)
        q--;
    size_t at = 0;
    return chars_get(utf8_next((struct tocsin_str){ q, (size_t)(p - q) }, &at));
}

uint32_t
stream_after_slow(const char *p, const char *end)
{
    size_t at = 0;
    return chars_get(utf8_next((struct tocsin_str){ p, (size_t)(end - p) }, &at));
}

int
stream_set(struct stream *st, const struct post *p)
{
    size_t title = p->title.fold.n, text = p->text.fold.n;
    size_t n = title + STREAM_GAP + text, need = n + 2 * STREAM_PAD;
    if (title > UINT32_MAX / 4 || text > UINT32_MAX / 4)
        return -1;
    if (need > st->cap) {
        char *m = realloc(st->memory, need * 2);
        if (!m)
            return -1;
        st->memory = m;
        st->cap = need * 2;
    }
    char *s = st->memory + STREAM_PAD;
    memset(st->memory, 0, STREAM_PAD);
    if (title)
        memcpy(s, p->title.fold.p, title);
    memset(s + title, '\n', STREAM_GAP);
    if (text)
        memcpy(s + title + STREAM_GAP, p->text.fold.p, text);
    memset(s + n, 0, STREAM_PAD);
    st->post = p;
    st->s = (struct tocsin_str){ s, n };
    st->text_at = (uint32_t)(title + STREAM_GAP);
    st->has_words = st->has_sentences = false;
    return 0;
}

void
stream_free(struct stream *st)
{
    free(st->memory);
    free(st->words);
    free(st->sentences);
    *st = (struct stream){ 0 };
}

static bool
is_south_east_asian(uint32_t cp)
{
    return (cp >= 0x0E00 && cp <= 0x0EFF) || (cp >= 0x1000 && cp <= 0x109F) ||
           (cp >= 0x1780 && cp <= 0x17FF);
}

/* What a character that begins a word adds: a spaced word 4, a Han or kana character 2, a
 * letter of Thai and its like 1. */
static uint32_t
units_of(uint32_t cp, uint32_t bits)
{
    if (!(bits & CHAR_UNSPACED))
        return 4;
    return is_south_east_asian(cp) ? 1 : 2;
}

static int
add_word(struct stream *st, size_t at, uint32_t units)
{
    if (st->n_words == st->cap_words) {
        size_t cap = st->cap_words ? st->cap_words * 2 : 256;
        struct word_mark *w = realloc(st->words, cap * sizeof(*w));
        if (!w)
            return -1;
        st->words = w;
        st->cap_words = cap;
    }
    st->words[st->n_words++] = (struct word_mark){ (uint32_t)at, units };
    return 0;
}

int
stream_words(struct stream *st)
{
    uint32_t units = 0, before = 0;
    if (st->has_words)
        return 0;
    st->n_words = 0;
    for (size_t at = 0; at < st->s.n;) {
        size_t begin = at;
        uint32_t cp = utf8_next(st->s, &at), bits = chars_get(cp);
        if ((bits & CHAR_WORD) && stream_begins(before, bits)) {
            if (add_word(st, begin, units))
                return -1;
            units += units_of(cp, bits);
        }
        before = bits;
    }
    st->all_units = units;
    st->has_words = true;
    return 0;
}

uint32_t
stream_units(const struct stream *st, uint32_t at)
{
    size_t low = 0, high = st->n_words;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (st->words[mid].at < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low < st->n_words ? st->words[low].units : st->all_units;
}

static int
add_sentence(struct stream *st, size_t at)
{
    if (st->n_sentences == st->cap_sentences) {
        size_t cap = st->cap_sentences ? st->cap_sentences * 2 : 64;
        uint32_t *v = realloc(st->sentences, cap * sizeof(*v));
        if (!v)
            return -1;
        st->sentences = v;
        st->cap_sentences = cap;
    }
    st->sentences[st->n_sentences++] = (uint32_t)at;
    return 0;
}

/* A full stop behind one letter or a short form ("e.g.", "Mr.") ends nothing. */
static bool
is_short_form(struct tocsin_str s, size_t dot)
{
    static const char *const forms[] = { "mr",   "mrs",    "ms",   "dr",  "st",  "vs", "no", "inc",
                                         "ltd",  "co",     "corp", "etc", "eg",  "ie", "sr", "jr",
                                         "prof", "approx", "nr",   "bzw", "sra", "mme" };
    size_t begin = dot;
    while (begin > 0 && (stream_before(s, begin) & CHAR_WORD))
        begin--;
    struct tocsin_str word = str_sub(s, begin, dot);
    if (word.n == 1)
        return word.p[0] > '9';
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (str_eq_z(word, forms[i]))
            return true;
    return false;
}

static bool
ends_sentence(struct tocsin_str s, size_t at, uint32_t cp, size_t next)
{
    switch (cp) {
    case '\n':
    case 0x3002:
    case 0x0964:
    case 0x0965:
    case 0x06D4:
    case 0x061F:
    case 0x2029:
        return true;
    case '!':
    case '?':
    case '.': {
        char c = next < s.n ? s.p[next] : '\n';
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != '"' && c != '\'' && c != ')' &&
            !(c & 0x80))
            return false;
        return cp != '.' || !is_short_form(s, at);
    }
    default:
        return false;
    }
}

int
stream_sentences(struct stream *st)
{
    if (st->has_sentences)
        return 0;
    st->n_sentences = 0;
    for (size_t at = 0; at < st->s.n;) {
        size_t begin = at;
        uint32_t cp = utf8_next(st->s, &at);
        if (ends_sentence(st->s, begin, cp, at) && add_sentence(st, at))
            return -1;
    }
    st->has_sentences = true;
    return 0;
}

size_t
stream_sentence(const struct stream *st, uint32_t at)
{
    size_t low = 0, high = st->n_sentences;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (st->sentences[mid] <= at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}
