/* feature - what is counted in a post besides the words' valence and the rules' hits.
 *
 * Each has a name, under which etc/scoring/LANG.tsv weighs it on the three axes.
 */
#ifndef TOCSIN_SCORE_FEATURE_H
#define TOCSIN_SCORE_FEATURE_H

#include "score/feel.h"

enum feature {
    F_BASE,
    F_LEXICON, /* the lexical sum */
    F_GOOD,
    F_BAD,
    F_HANDLE_FIRST,
    F_HANDLE,
    F_URL,
    F_HASHTAG,
    F_QUESTION,
    F_EXCLAIM,
    F_ASK_EXCLAIM, /* ?! or ?? */
    F_CAPS,
    F_SWEAR,
    F_ANGER,
    F_NEGATION,
    F_STILL,
    F_BREAKAGE,
    F_THANKS,
    F_GREET,
    F_YOU,
    F_ME,
    F_THEY,
    F_NUMBER,
    F_MONEY,
    F_TIME,
    F_BUSINESS,
    F_DM,
    F_SORRY,
    F_WISH,
    F_SARCASM,
    F_DOTS,
    F_LAUGH,
    F_GOOD_SIGN,
    F_BAD_SIGN,
    F_ELONGATION,
    F_SHORT,
    F_LONG,
    F_SWEAR_AT_YOU,
    F_NO_FEELING,
    F_REPOST_MARK,
    F_BRAND,
    FEATURES
};
const char *feature_name(enum feature f);

struct features {
    double v[FEATURES];
    uint32_t at[FEATURES], to[FEATURES]; /* words that show it; at == to: none */
};

void features_count(const struct words *w, const struct feel *feel, struct features *out);

#endif
