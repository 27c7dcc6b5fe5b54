/* ruleset - the inside of struct ruleset, shared by match.c, ruleset.c and explain.c. */
#ifndef TOCSIN_MATCH_RULESET_H
#define TOCSIN_MATCH_RULESET_H

#include "match/eval.h"
#include "match/match.h"
#include "match/prefilter.h"

struct unit {
    const struct node *root;
    struct tocsin_str id;
    const struct rule_def *rule; /* NULL: a brand */
    bool is_filtered;            /* not on every post: sources, languages, dates */
    bool is_always;              /* no literal: tried on every post */
};

struct ruleset {
    const struct rule_defs *defs;
    struct arena *a;
    struct unit *units; /* brands, then rules */
    size_t n_units;
    uint32_t *always;
    size_t n_always;
    struct pattern *patterns;
    struct prefilter *prefilter;
    uint64_t serial; /* of this ruleset, so that a scratch knows when it is another */
};

bool unit_applies(const struct unit *u, const struct post *p, int64_t now_ms);
/* Lays the post out in the scratch, and makes *e ready to evaluate queries on it. */
int match_prepare(struct match_scratch *s, const struct ruleset *r, const struct post *p,
                  struct eval *e);
/* For tests: what match_post gives, with every rule tried on every post. */
int match_post_plain(const struct ruleset *r, struct match_scratch *s, const struct post *p,
                     int64_t now_ms, struct arena *a, struct match_result *out, struct err *err);

#endif
