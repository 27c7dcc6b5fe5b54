/* score_fix - the shipped scorer and cues, and one post through them, for tests. */
#ifndef TOCSIN_TESTS_SCORE_FIX_H
#define TOCSIN_TESTS_SCORE_FIX_H

#include "config/config.h"
#include "match/match.h"
#include "score/classify.h"
#include "score/score.h"

struct score_fix {
    struct scorer *scorer;
    struct rules_file *file;
    struct ruleset *rules;
    struct match_scratch *scratch;
    struct arena *arena;
};

/* Aborts where the shipped files do not load. `brands` is a rules file's text, or NULL. */
void score_fix_begin(struct score_fix *f, const char *brands);
void score_fix_end(struct score_fix *f);
struct post score_fix_post(struct score_fix *f, const char *text, const char *lang);
struct score score_fix_post_score(struct score_fix *f, const char *text, enum post_kind kind);
/* The mention of the first brand that matched; brand.n is 0 where none did. */
struct mention score_fix_mention(struct score_fix *f, const char *text);

#endif
