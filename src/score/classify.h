/* classify - one JSON line with a post in, one with its scores out: `tocsin classify`.
 *
 * In: id, text and optionally title, author (name, or {handle, name}), url, lang, followers,
 * kind. Out: id, sentiment, complaint, irate, because, rules, brands. Text parts only.
 */
#ifndef TOCSIN_SCORE_CLASSIFY_H
#define TOCSIN_SCORE_CLASSIFY_H

#include "base/buf.h"
#include "match/match.h"
#include "score/score.h"

struct classify {
    const struct scorer *scorer;
    const struct ruleset *rules; /* shipped cues and the rules of --rules */
    struct match_scratch *scratch;
    struct arena *arena; /* reset by each line */
    int64_t now_ms;      /* for rules with dates */
};

/* Appends a line with newline. -1: the line is no post (ERR_DATA, with line_no, cause and
 * cure); nothing was appended. Empty lines append nothing and return 0. */
int classify_line(const struct classify *c, struct tocsin_str line, size_t line_no, struct buf *out,
                  struct err *err);

#endif
