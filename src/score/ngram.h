/* ngram - the hashed layer: words, pairs of words and runs of four characters, weighed.
 *
 * The file holds one signed byte an axis and bucket. Its sum is divided by the root of the
 * number of n-grams, so that length does not drive it.
 */
#ifndef TOCSIN_SCORE_NGRAM_H
#define TOCSIN_SCORE_NGRAM_H

#include "record/mention.h"
#include "score/words.h"

#define NGRAM_AXES 3
#define NGRAM_TOP 3

struct ngrams;

int ngrams_load(struct ngrams **out, const char *path, struct err *err);
void ngrams_free(struct ngrams *g);

struct ngram_sum {
    double sum[NGRAM_AXES];
    struct {
        uint32_t word; /* index + 1; 0: none */
        double weight;
    } top[NGRAM_AXES][NGRAM_TOP]; /* the words that weigh most, by size */
};
int ngrams_sum(const struct ngrams *g, const struct words *w, struct arena *a,
               struct ngram_sum *out);

/* Calls fn with each n-gram's full hash and its word; what sum and training share. */
typedef void ngram_fn(void *ctx, size_t word, uint32_t hash);
size_t ngrams_each(const struct words *w, ngram_fn *fn, void *ctx);
double ngrams_norm(size_t n);

#endif
