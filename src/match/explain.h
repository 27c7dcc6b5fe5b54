/* explain - why a rule did not hit a post, for `tocsin rule test --why ID`. */
#ifndef TOCSIN_MATCH_EXPLAIN_H
#define TOCSIN_MATCH_EXPLAIN_H

#include "base/buf.h"
#include "match/match.h"

/* Appends one line without newline about the rule or brand `id` on the (normalised) post:
 * "hits", or the first part of its query that fails. -1: no such rule, or no memory. */
int match_explain(const struct ruleset *r, struct match_scratch *s, const struct post *p,
                  int64_t now_ms, const char *id, struct buf *out, struct err *err);

#endif
