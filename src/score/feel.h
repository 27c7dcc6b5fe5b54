/* feel - the valence of each word in its place: negation, intensity, contrast, wishes, sarcasm.
 *
 * Fills word.valence (and is_negated); the lexical sum of a text is that of its words, each
 * times word.weight.
 */
#ifndef TOCSIN_SCORE_FEEL_H
#define TOCSIN_SCORE_FEEL_H

#include "score/words.h"

struct feel {
    double sum;        /* of all valences, length taken out */
    double good, bad;  /* of the positive and of the negative ones, same */
    bool is_sarcastic; /* thanks or praise beside a complaint */
    size_t sarcasm_at; /* the word */
    bool is_wish;
};

void feel_words(struct words *w, struct feel *out);

#endif
