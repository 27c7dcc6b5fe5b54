/* toward - which words of a post speak of a brand, and which of somebody else.
 *
 * Clauses that name the brand weigh 1, those that go on about it .8; a clause that names
 * another party (another brand, a foreign handle, a name that acts) weighs nothing.
 */
#ifndef TOCSIN_SCORE_TOWARD_H
#define TOCSIN_SCORE_TOWARD_H

#include "match/match.h"
#include "score/words.h"

/* All words weigh 1; those of any brand's hits are marked. */
void toward_nobody(struct words *w, const struct match_result *m);
/* Weights toward the brand m->v[own]. False: everything is about others. */
bool toward_brand(struct words *w, const struct match_result *m, size_t own);
/* Whether a hit lies in words that count. */
bool toward_counts(const struct words *w, const struct hit *h);

#endif
