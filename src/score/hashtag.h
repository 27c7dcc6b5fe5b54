/* hashtag - "worstairlineever" into words the lexicon knows. */
#ifndef TOCSIN_SCORE_HASHTAG_H
#define TOCSIN_SCORE_HASHTAG_H

#include "score/lexicon.h"

#define HASHTAG_WORDS 8
#define HASHTAG_BYTES 40

/* The end offsets of the words, or 0 where it cannot be split whole. Prefers few, long words. */
size_t hashtag_split(const struct lexicon *x, struct tocsin_str name, size_t cuts[HASHTAG_WORDS]);

#endif
