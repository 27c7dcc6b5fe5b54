/* eval - whether a query holds for a post, and where. */
#ifndef TOCSIN_MATCH_EVAL_H
#define TOCSIN_MATCH_EVAL_H

#include "match/stream.h"

enum truth { TRUTH_NO, TRUTH_UNSURE, TRUTH_YES };

/* A place in the stream, and in the field's text where that was matched itself. */
struct span {
    uint32_t begin, end;           /* of the stream */
    uint32_t text_begin, text_end; /* of the field's text; both 0: by the map */
};

struct found {
    enum truth truth;
    struct span *v; /* by begin */
    size_t n;
};

enum { EVAL_SPANS = 4096 }; /* kept of one term */

struct eval {
    struct stream *stream;
    struct pattern_scratch *patterns;
    struct arena *a;     /* of this post */
    struct text nfkc[2]; /* title, text: when first needed */
    bool has_nfkc[2];
    bool failed; /* no memory */
};

struct found eval_node(struct eval *e, const struct node *n);
/* The field of a span: its range of that field's text. */
void eval_range(const struct stream *st, const struct span *s, bool *in_text, size_t *begin,
                size_t *end);

/* The leaves, for eval.c. */
struct found eval_term(struct eval *e, const struct node *n);
struct found eval_raw(struct eval *e, const struct node *n);
struct found eval_regex(struct eval *e, const struct node *n);
struct found eval_fuzzy(struct eval *e, const struct node *n);
bool eval_field(const struct post *p, const struct node *n);
bool eval_number(const struct post *p, const struct node *n);

/* Spans being gathered. */
struct spans {
    struct span *v;
    size_t n, cap;
};
void spans_add(struct eval *e, struct spans *s, struct span span);
struct found spans_found(struct spans *s);

#endif
