/* stream - the fold of title and text as one row of bytes, with its words and sentences.
 *
 * Word boundary: no word character (letter, mark, digit, underscore) on both sides. Scripts
 * that write no spaces (Han, kana, Thai, Lao, Khmer, Myanmar) have one between any two
 * characters; Korean particles may follow a word.
 */
#ifndef TOCSIN_MATCH_STREAM_H
#define TOCSIN_MATCH_STREAM_H

#include "match/query.h"
#include "normalise/chars.h"
#include "record/post.h"

#define STREAM_GAP 2 /* newlines between title and text */
#define STREAM_PAD 8 /* zero bytes before and behind, so that grams can be read anywhere */

struct word_mark {
    uint32_t at;
    uint32_t units; /* quarters of a word before it */
};

struct stream {
    const struct post *post;
    char *memory;
    size_t cap;
    struct tocsin_str s; /* in memory, padded */
    uint32_t text_at;    /* where the text begins */
    /* made when first asked for */
    struct word_mark *words;
    size_t n_words, cap_words;
    uint32_t *sentences; /* offsets where a sentence begins */
    size_t n_sentences, cap_sentences;
    uint32_t all_units;
    bool has_words, has_sentences;
};

int stream_set(struct stream *st, const struct post *p); /* -1: no memory */
void stream_free(struct stream *st);

int stream_words(struct stream *st);
int stream_sentences(struct stream *st);
/* Quarters of words that begin before the offset. */
uint32_t stream_units(const struct stream *st, uint32_t at);
/* Number of the sentence at the offset. */
size_t stream_sentence(const struct stream *st, uint32_t at);

uint32_t stream_before_slow(const char *p, const char *begin);
uint32_t stream_after_slow(const char *p, const char *end);
extern const uint8_t stream_ascii_word[128];

/* chars_get() of the character that ends before, or begins at, offset `at`. */
static inline uint32_t
stream_before(struct tocsin_str s, size_t at)
{
    if (at == 0)
        return 0;
    unsigned char c = (unsigned char)s.p[at - 1];
    return c < 0x80 ? (stream_ascii_word[c] ? CHAR_WORD : 0) : stream_before_slow(s.p + at, s.p);
}

static inline uint32_t
stream_after(struct tocsin_str s, size_t at)
{
    if (at >= s.n)
        return 0;
    unsigned char c = (unsigned char)s.p[at];
    return c < 0x80 ? (stream_ascii_word[c] ? CHAR_WORD : 0)
                    : stream_after_slow(s.p + at, s.p + s.n);
}

/* Whether a word may begin at a character `next` behind `before`, or end between them. */
static inline bool
stream_begins(uint32_t before, uint32_t next)
{
    return !(before & CHAR_WORD) || !(next & CHAR_WORD) || ((before | next) & CHAR_UNSPACED) ||
           ((before ^ next) & CHAR_HANGUL);
}

static inline bool
stream_ends(uint32_t last, uint32_t after)
{
    return stream_begins(last, after) || (last & CHAR_HANGUL);
}

/* Whether a token with that first byte may begin at `at`: signs that mark tags, handles and
 * shares stand behind no letter. And whether one may end there. */
bool token_may_begin(char first, struct tocsin_str s, size_t at);
bool token_may_end(struct tocsin_str s, size_t at);
/* End of the token that begins at `at`, or SIZE_MAX. Boundaries are checked. */
size_t token_match(const struct token *t, struct tocsin_str s, size_t at);
/* The first place at or behind `from` where the whole phrase matches; false: none. */
bool term_find(const struct node *term, struct tocsin_str s, size_t from, size_t *begin,
               size_t *end);

#endif
