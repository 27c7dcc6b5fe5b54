/* prefilter - which rules a post can match at all, in one pass over its fold.
 *
 * A rule's literals are such that a post it matches holds one. Of each, the
 * rarest six bytes in a row stand in a bitmap and a hash table; of those of four or five bytes
 * the rarest four; literals of one to three bytes are told by their first two.
 */
#ifndef TOCSIN_MATCH_PREFILTER_H
#define TOCSIN_MATCH_PREFILTER_H

#include "match/stream.h"

struct prefilter;
struct prefilter_build;

enum {
    LITERAL_BEGINS = 1, /* a word must begin before it */
    LITERAL_ENDS = 2,   /* and end behind it */
    LITERAL_IS_HIT = 4  /* and then it is a hit of its rule, with nothing more to look at */
};

struct prefilter_build *prefilter_build_new(void);
void prefilter_build_free(struct prefilter_build *b);
/* A literal and what stands around it in a phrase: the last letter of the word before and the
 * first of the word behind, 0 where unknown. */
struct literal_use {
    struct tocsin_str s;
    int flags;
    uint8_t scope;
    char before, behind;
};
int prefilter_add(struct prefilter_build *b, const struct literal_use *use, uint32_t rule);
struct prefilter *prefilter_new(struct prefilter_build *b); /* NULL: no memory */
void prefilter_free(struct prefilter *f);

/* Calls fn for every literal of the stream, in order of place (short ones in a second pass). */
typedef void prefilter_fn(void *ctx, uint32_t rule, int flags, uint32_t begin, uint32_t end);
void prefilter_scan(const struct prefilter *f, const struct stream *st, prefilter_fn *fn,
                    void *ctx);

/* The literals of a query: n 0 when it has none that always holds. */
struct literals {
    struct literal_use *v;
    size_t n, cap;
    double rarity; /* of the commonest */
};
/* In arena a. is_direct: each occurrence is a hit, so the query needs no evaluation. */
int literals_of(struct literals *out, const struct node *n, struct arena *a, bool *is_direct);

#endif
