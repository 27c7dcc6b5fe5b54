/* words - one pass over the folded text: words, handles, hashtags, emoji, clauses.
 *
 * Offsets are bytes of the fold; `from`, `to` bytes of the text. Quoted lines yield nothing.
 */
#ifndef TOCSIN_SCORE_WORDS_H
#define TOCSIN_SCORE_WORDS_H

#include "base/arena.h"
#include "record/mention.h"
#include "record/post.h"
#include "score/lexicon.h"

#define WORDS_MAX 2000 /* later words of a post do not score */
#define CLAUSES_MAX 400

enum word_kind {
    WORD_PLAIN,
    WORD_HANDLE,
    WORD_HASHTAG, /* whole; its parts follow as plain words where it could be split */
    WORD_URL,
    WORD_NUMBER,
    WORD_SIGN /* emoji or emoticon */
};

struct word {
    uint64_t hash;             /* of the folded word, apostrophes straight */
    const struct lex_entry *e; /* NULL: not in the lexicon; shared by the words of a phrase */
    uint32_t begin, end;       /* in the fold */
    uint32_t from, to;         /* in the text */
    float weight;              /* toward the brand; 1 for the whole post */
    float valence;             /* set by feel */
    uint16_t clause;
    uint8_t kind, field;
    uint8_t phrase; /* this word and the next phrase - 1 are one entry; 0: inside one */
    bool is_caps, is_long, is_brand, is_capital;
    bool is_negated, from_tag;
};

struct clause {
    uint32_t first, last; /* words [first, last) */
    uint16_t sentence;
    char end; /* . ! ? , ; or 0 */
    uint8_t n_exclaim, n_ask;
};

struct words {
    struct word *v;
    size_t n;
    struct clause *clauses;
    size_t n_clauses;
    const struct post *post;
    uint32_t n_caps, n_lower; /* words of 2 and more letters in capitals; others */
    uint32_t n_dots;          /* ellipses */
    bool is_quoted_part;      /* something was skipped */
};

/* -1: no memory. */
int words_read(struct words *out, const struct lexicon *x, const struct post *p, struct arena *a);
/* The text of words [i, j). */
struct tocsin_str words_text(const struct words *w, size_t i, size_t j);
struct tocsin_str words_fold(const struct words *w, size_t i);

#endif
