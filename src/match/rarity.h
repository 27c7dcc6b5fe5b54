/* rarity - how seldom a few bytes stand in posts, guessed without looking at any. */
#ifndef TOCSIN_MATCH_RARITY_H
#define TOCSIN_MATCH_RARITY_H

#include "base/str.h"

/* Bits of surprise of these bytes, of the rarest four in a row where there are more. */
double rarity_of(struct tocsin_str s);
/* Offset of the rarest k bytes in a row; s.n >= k. */
size_t rarity_gram(struct tocsin_str s, size_t k);

#endif
