/* fingerprint - SimHash over the words of a post, and the bands by which near copies are found
 * without comparing with every post.
 *
 * Pure; any thread. The other part of dedup (native id, uri, canonical URL, looking the bands
 * up) is in dedup.h and runs in the writer.
 */
#ifndef TOCSIN_DEDUP_FINGERPRINT_H
#define TOCSIN_DEDUP_FINGERPRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "record/post.h"

#define FINGERPRINT_BANDS 4

/* Over word pairs of text and, where that is short, title in fold form (who copies a long text
 * gives it a title of their own), links and the leading "RT @x:" left out; 0
 * when there are too few words to tell a copy from a coincidence. Never 0 otherwise. */
uint64_t fingerprint_post(const struct post *p);
/* Two copies share at least one band. */
void fingerprint_bands(uint64_t fp, uint32_t bands[FINGERPRINT_BANDS]);
/* Near enough to be a copy. */
bool fingerprint_is_copy(uint64_t a, uint64_t b);

#endif
