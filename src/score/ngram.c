/* Loads and sums the hashed n-gram weights. */
#include "score/ngram.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"

#define HEAD 32
#define FILE_MAX (2u << 20)
#define GRAM 4

struct ngrams {
    struct buf file;
    const int8_t *v; /* NGRAM_AXES a bucket */
    uint32_t mask;
    float scale[NGRAM_AXES];
};

static uint32_t
read_u32(const char *p)
{
    const uint8_t *u = (const uint8_t *)p;

    return u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

/* Head: "TOCSNG1\n", log2 of buckets, three scales in millionths, zeros up to 32 bytes. */
static int
read_head(struct ngrams *g)
{
    uint32_t bits;

    if (g->file.n < HEAD || memcmp(g->file.p, "TOCSNG1\n", 8) != 0)
        return -1;
    bits = read_u32(g->file.p + 8);
    if (bits < 4 || bits > 19 || g->file.n != HEAD + ((size_t)NGRAM_AXES << bits))
        return -1;
    g->mask = (1u << bits) - 1;
    for (size_t a = 0; a < NGRAM_AXES; a++)
        g->scale[a] = (float)(read_u32(g->file.p + 12 + 4 * a) * 1e-6);
    g->v = (const int8_t *)g->file.p + HEAD;
    return 0;
}

int
ngrams_load(struct ngrams **out, const char *path, struct err *err)
{
    struct ngrams *g = calloc(1, sizeof(*g));

    if (!g)
        return err_set(err, ERR_NOMEM, "%s: no memory", path);
    buf_init(&g->file, FILE_MAX);
    if (file_read(&g->file, path, err)) {
        ngrams_free(g);
        return -1;
    }
    if (read_head(g)) {
        ngrams_free(g);
        return err_set(err, ERR_CONFIG,
                       "%s: not a weight file of this version; make it again with tocsin train",
                       path);
    }
    *out = g;
    return 0;
}

void
ngrams_free(struct ngrams *g)
{
    if (!g)
        return;
    buf_free(&g->file);
    free(g);
}

static uint32_t
mix(uint32_t h)
{
    h ^= h >> 16;
    h *= 0x7feb352dU;
    h ^= h >> 15;
    h *= 0x846ca68bU;
    return h ^ (h >> 16);
}

static size_t
each_run(struct tocsin_str s, size_t word, ngram_fn *fn, void *ctx)
{
    size_t n = 0;
    uint32_t run = ' ';

    for (size_t i = 0; i <= s.n; i++) {
        run = (run << 8) | (i < s.n ? (uint8_t)s.p[i] : (uint8_t)' ');
        if (i + 2 >= GRAM) {
            fn(ctx, word, mix(run ^ 0x5bd1e995U));
            n++;
        }
    }
    return n;
}

/* What a word stands for: handles, links, numbers and brands for their kind. */
static uint32_t
word_key(const struct word *w)
{
    switch (w->kind) {
    case WORD_HANDLE:
        return 0x11111111U;
    case WORD_URL:
        return 0x22222222U;
    case WORD_NUMBER:
        return 0x33333333U;
    default:
        return w->is_brand ? 0x11111111U : (uint32_t)(w->hash >> 20);
    }
}

size_t
ngrams_each(const struct words *w, ngram_fn *fn, void *ctx)
{
    uint32_t before = 0x44444444U;
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        const struct word *one = &w->v[i];
        if (one->weight == 0 || one->from_tag)
            continue;
        uint32_t key = word_key(one);
        fn(ctx, i, mix(key));
        fn(ctx, i, mix(before * 31 + key));
        n += 2;
        before = key;
        if (one->kind == WORD_PLAIN && !one->is_brand && one->end - one->begin < 24)
            n += each_run(words_fold(w, i), i, fn, ctx);
    }
    return n;
}

double
ngrams_norm(size_t n)
{
    return n < 12 ? 1 / sqrt(12) : n < 400 ? 1 / sqrt((double)n) : 20.0 / (double)n;
}

struct summing {
    const struct ngrams *g;
    int32_t (*by_word)[NGRAM_AXES];
};

static void
sum_one(void *ctx, size_t word, uint32_t hash)
{
    struct summing *s = ctx;
    const int8_t *v = s->g->v + (size_t)(hash & s->g->mask) * NGRAM_AXES;

    for (size_t a = 0; a < NGRAM_AXES; a++)
        s->by_word[word][a] += v[a];
}

static void
keep_top(struct ngram_sum *out, size_t axis, size_t word, double weight)
{
    size_t at = NGRAM_TOP;

    while (at > 0 &&
           (!out->top[axis][at - 1].word || fabs(out->top[axis][at - 1].weight) < fabs(weight)))
        at--;
    if (at == NGRAM_TOP)
        return;
    for (size_t k = NGRAM_TOP - 1; k > at; k--)
        out->top[axis][k] = out->top[axis][k - 1];
    out->top[axis][at].word = (uint32_t)word + 1;
    out->top[axis][at].weight = weight;
}

int
ngrams_sum(const struct ngrams *g, const struct words *w, struct arena *a, struct ngram_sum *out)
{
    struct summing s = { .g = g, .by_word = arena_array(a, w->n + 1, sizeof(*s.by_word)) };

    *out = (struct ngram_sum){ 0 };
    if (!s.by_word)
        return -1;
    double norm = ngrams_norm(ngrams_each(w, sum_one, &s));
    for (size_t i = 0; i < w->n; i++)
        for (size_t x = 0; x < NGRAM_AXES; x++) {
            double weight = s.by_word[i][x] * (double)g->scale[x] * norm;
            if (weight == 0)
                continue;
            out->sum[x] += weight;
            keep_top(out, x, i, weight);
        }
    return 0;
}
