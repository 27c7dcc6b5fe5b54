/* lexicon - words, phrases, emoticons and emoji of one language with valence and marks.
 *
 * A file has one entry a line: folded word or phrase TAB valence (-4..4) TAB marks. A table
 * never changes once loaded. Keys are compared by their 64-bit hash.
 */
#ifndef TOCSIN_SCORE_LEXICON_H
#define TOCSIN_SCORE_LEXICON_H

#include "base/err.h"
#include "base/str.h"

enum mark {
    MARK_NOT = 1u << 0, /* negates what follows */
    MARK_SWEAR = 1u << 1,
    MARK_ANGER = 1u << 2,
    MARK_BREAKAGE = 1u << 3,
    MARK_BUT = 1u << 4,    /* what follows counts more */
    MARK_THOUGH = 1u << 5, /* this clause counts less */
    MARK_WISH = 1u << 6,
    MARK_YOU = 1u << 7,
    MARK_ME = 1u << 8,
    MARK_THANKS = 1u << 9,
    MARK_PRAISE = 1u << 10, /* "great job": sarcastic beside a complaint */
    MARK_STILL = 1u << 11,
    MARK_BUSINESS = 1u << 12,
    MARK_MONEY = 1u << 13,
    MARK_TIME = 1u << 14,
    MARK_ASK = 1u << 15,
    MARK_LAUGH = 1u << 16,
    MARK_GREET = 1u << 17,
    MARK_SORRY = 1u << 18,
    MARK_DM = 1u << 19,
    MARK_THEY = 1u << 21
};
#define LEX_PHRASE_MAX 6

struct lex_entry {
    uint64_t hash; /* 0: free */
    float valence;
    float boost; /* more=0.3 is .3, less=0.3 is -.3 */
    uint32_t marks;
    uint8_t phrase_max; /* the longest phrase that begins with this word, in words; 1: none */
    bool is_known;      /* false: only begins a phrase */
};

struct lexicon;

int lexicon_new(struct lexicon **out, struct err *err);
/* Adds a file's entries; the first of two equal keys stays. */
int lexicon_read(struct lexicon *x, const char *path, struct err *err);
void lexicon_free(struct lexicon *x);
size_t lexicon_count(const struct lexicon *x);
/* NULL: not there. Inlined probing of an open-addressing table. */
const struct lex_entry *lexicon_find(const struct lexicon *x, uint64_t hash);

/* The hash of a word, byte by byte: start with LEX_SEED, end with lex_finish. */
#define LEX_SEED UINT64_C(0xcbf29ce484222325)
static inline uint64_t
lex_step(uint64_t h, unsigned char c)
{
    return (h ^ c) * UINT64_C(0x100000001b3);
}
static inline uint64_t
lex_finish(uint64_t h)
{
    h ^= h >> 29;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    h ^= h >> 32;
    return h ? h : 1;
}
/* The hash of a phrase is that of its words, in order. */
static inline uint64_t
lex_join(uint64_t a, uint64_t b)
{
    return lex_finish((a * UINT64_C(0x9e3779b97f4a7c15)) ^ (b + UINT64_C(0x517cc1b727220a95)));
}
uint64_t lex_hash(struct tocsin_str word);

#endif
