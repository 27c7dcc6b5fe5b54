/* score - sentiment, complaint and irate, each with its named parts.
 *
 *   match -> [text score] -> dedup -> [history score] -> store
 *
 * A scorer (lexicons, weights) never changes once loaded; any worker may score with it. The
 * same post scores the same with the same history.
 */
#ifndef TOCSIN_SCORE_SCORE_H
#define TOCSIN_SCORE_SCORE_H

#include "base/arena.h"
#include "base/err.h"
#include "match/match.h"
#include "record/mention.h"
#include "record/post.h"

struct scorer;

/* Reads lexicon/ and scoring/ below `dir` (etc/ as shipped). */
int scorer_new(struct scorer **out, const char *dir, struct err *err);
void scorer_free(struct scorer *s);

/* The whole post: text parts only. */
int score_post(const struct scorer *s, const struct post *p, const struct rule_defs *defs,
               const struct match_result *m, struct arena *a, struct score *out, struct err *err);
/* One mention for each brand that matched (m->v is_brand), scored toward that brand: the
 * clause that speaks of it; rules about other brands do not count. */
int score_mentions(const struct scorer *s, const struct post *p, const struct rule_defs *defs,
                   const struct match_result *m, struct arena *a, struct mention **out,
                   size_t *n_out, struct err *err);

/* What the store knows of the author and the story when the post arrives (one call to the
 * store by the writer). Everything 0 for a stranger. */
struct history {
    int64_t person;            /* 0: none */
    int64_t mentions;          /* of this brand before this one */
    double mood;               /* mean sentiment before; 0 where mentions is 0 */
    int64_t recent_complaints; /* distinct posts, no copies, at complaint >= .5 within the crusade
                                  * window; this one included when it is one */
    int64_t recent_places;     /* places or threads of these */
    int64_t crusade_posts, crusade_places; /* how many make a crusade; 0: 3 and 2 */
    int64_t unanswered_ms;   /* since the oldest recent complaint without our reply; 0: none */
    int64_t last_outcome_ms; /* how long ago the last hiccup ended; 0: never */
    int last_outcome;        /* enum outcome of store.h */
    int64_t story_posts, story_places; /* spread, this one included */
    int64_t followers;                 /* -1: unknown */
    bool is_friend, is_customer;       /* by segment */
};
/* Adds history parts to a text score: bounded, named; may raise the level, up to crusade (at
 * least 3 distinct posts in at least 2 places within 48 h, or the text's campaign call). */
int score_history(const struct scorer *s, const struct history *h, struct arena *a,
                  struct score *io, struct err *err);

#endif
