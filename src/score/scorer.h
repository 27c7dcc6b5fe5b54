/* scorer - lexicons and weights as loaded; inside of score. */
#ifndef TOCSIN_SCORE_SCORER_H
#define TOCSIN_SCORE_SCORER_H

#include "score/ngram.h"
#include "score/score.h"
#include "score/weights.h"

#define LANGUAGES 7

struct scorer {
    struct lexicon *lexicon[LANGUAGES + 1]; /* the last: signs only, for other languages */
    struct weights weights;
    struct ngrams *ngrams; /* NULL: none shipped */
};

/* What is scored, toward whom. */
struct scoring {
    const struct scorer *s;
    struct words *w;
    const struct rule_defs *defs;
    const struct match_result *m;
    const char *brand; /* NULL: the whole post */
};

const struct lexicon *scorer_lexicon(const struct scorer *s, struct tocsin_str lang);
bool scorer_knows(struct tocsin_str lang);      /* has a lexicon of its own */
bool scorer_is_english(struct tocsin_str lang); /* so is a post of no language */
/* is_addressed: it speaks to or of a business, which *irate* needs. */
enum level score_level(const struct scorer *s, const struct score *sc, bool is_campaign,
                       bool is_addressed);

#endif
