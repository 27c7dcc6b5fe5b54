/* pattern - one PCRE2 regex with limits, so that no rule can stall the daemon. */
#ifndef TOCSIN_MATCH_PATTERN_H
#define TOCSIN_MATCH_PATTERN_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
    PATTERN_MAX = 4096,        /* bytes of a pattern */
    PATTERN_WHOLE = 16 * 1024, /* subjects up to this are matched whole */
    PATTERN_OVERLAP = 1024,    /* of windows, above it */
    PATTERN_BUDGET_MS = 45,    /* of one pattern on one post: with the last look, under 50 */
    PATTERN_HITS = 1000        /* of one pattern on one text */
};

struct pattern {
    void *code;              /* pcre2_code */
    _Atomic(void *) watched; /* the same with callouts that look at the clock; made when needed */
    struct pattern *next;
    struct tocsin_str source; /* the caller's */
    uint32_t options;
    bool is_extended;  /* flag x */
    bool is_risky;     /* several unbounded repeats, or nested ones: always watched */
    bool is_unbounded; /* one: watched on long subjects */
};

/* 0; or -1 and `at` is the offset of the fault in `text`, err says what PCRE2 expected.
 * flags: any of i m s x. */
int pattern_new(struct pattern **out, struct tocsin_str text, struct tocsin_str flags, size_t *at,
                struct err *err);
void pattern_free_all(struct pattern *first);

struct pattern_scratch; /* one a thread */
struct pattern_scratch *pattern_scratch_new(void);
void pattern_scratch_free(struct pattern_scratch *s);
/* A new budget; before each post and pattern. */
void pattern_start(struct pattern_scratch *s);

struct range32 {
    uint32_t begin, end;
};
enum { PATTERN_SURE, PATTERN_UNSURE };
/* All matches that are not empty, at most max; *n_out of them. PATTERN_UNSURE when a limit was
 * reached: there may be more. */
int pattern_match(struct pattern *p, struct pattern_scratch *s, struct tocsin_str subject,
                  struct range32 *out, size_t max, size_t *n_out);

/* Literals of which every subject that matches must hold one, in fold form: at least one
 * letter each. Calls fn for each; 0, or -1 when there is none that always holds, or fn said
 * so: then those already given mean nothing. */
int pattern_literals(struct tocsin_str text, bool extended,
                     int (*fn)(void *ctx, struct tocsin_str literal), void *ctx);

#endif
