/* match - brands and rules, compiled, against posts.
 *
 *   normalise -> [match] -> text score
 *
 * A ruleset never changes once made, so any worker may match with it; reload makes a new one
 * and swaps the pointer. Fold once; one literal set per rule (its rarest 4-gram, one for each
 * alternative); PCRE2 on candidates only, with limits: a match error is never "no match", the
 * hit is unsure.
 */
#ifndef TOCSIN_MATCH_MATCH_H
#define TOCSIN_MATCH_MATCH_H

#include "base/arena.h"
#include "base/err.h"
#include "record/mention.h"
#include "record/post.h"
#include "record/rule.h"

struct ruleset;
struct match_scratch; /* one a thread: match data, JIT stack */

/* 0; or -1 and err names file:line:column of the pattern and what was expected. `defs` must
 * outlive the ruleset. Warnings (no literal of 4 bytes, never matches) go to warn, may be NULL. */
int ruleset_new(struct ruleset **out, const struct rule_defs *defs,
                void (*warn)(void *ctx, const struct place *at, const char *msg), void *ctx,
                struct err *err);
void ruleset_free(struct ruleset *r);
const struct rule_defs *ruleset_defs(const struct ruleset *r);

struct match_scratch *match_scratch_new(void);
void match_scratch_free(struct match_scratch *s);

struct matched {
    size_t index; /* into defs->brands or defs->rules */
    bool is_brand;
    bool is_unsure;
    const struct hit *hits; /* a query without positive terms may have none */
    size_t n_hits;
};
struct match_result {
    const struct matched *v; /* brands first, then rules, each in order of definition */
    size_t n;
};
/* The post must be normalised. Rules of other sources or languages, and disabled ones at
 * now_ms, are skipped. -1: no memory. */
int match_post(const struct ruleset *r, struct match_scratch *s, const struct post *p,
               int64_t now_ms, struct arena *a, struct match_result *out, struct err *err);

/* A query's syntax alone: 0, or -1 with column and what was expected, and a place under it. */
int query_check(const char *query, const struct place *at, struct err *err);

#endif
