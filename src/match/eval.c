/* eval - AND, OR, NOT, NEAR and SENTENCE over the places where terms were found. */
#include "match/eval.h"

#include <stdlib.h>

#include "normalise/normalise.h"

void
spans_add(struct eval *e, struct spans *s, struct span span)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 8;
        struct span *v = arena_array(e->a, cap, sizeof(*v));
        if (!v) {
            e->failed = true;
            return;
        }
        if (s->n)
            memcpy(v, s->v, s->n * sizeof(*v));
        s->v = v;
        s->cap = cap;
    }
    s->v[s->n++] = span;
}

struct found
spans_found(struct spans *s)
{
    return (struct found){ s->n ? TRUTH_YES : TRUTH_NO, s->v, s->n };
}

static int
by_begin(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static struct found
merge(struct eval *e, struct found a, struct found b)
{
    struct spans s = { 0 };
    if (!a.n || !b.n)
        return (struct found){ a.truth, a.n ? a.v : b.v, a.n ? a.n : b.n };
    for (size_t i = 0; i < a.n; i++)
        spans_add(e, &s, a.v[i]);
    for (size_t i = 0; i < b.n && s.n < 2 * EVAL_SPANS; i++)
        spans_add(e, &s, b.v[i]);
    qsort(s.v, s.n, sizeof(*s.v), by_begin);
    return (struct found){ a.truth, s.v, s.n };
}

static struct found
eval_and(struct eval *e, const struct node *n)
{
    struct found all = { .truth = TRUTH_YES };
    for (uint32_t i = 0; i < n->n; i++) {
        struct found one = eval_node(e, n->child[i]);
        if (one.truth == TRUTH_NO)
            return (struct found){ 0 };
        all = merge(e, all, one);
        if (one.truth < all.truth)
            all.truth = one.truth;
    }
    return all;
}

static struct found
eval_or(struct eval *e, const struct node *n)
{
    struct found all = { .truth = TRUTH_NO };
    for (uint32_t i = 0; i < n->n; i++) {
        struct found one = eval_node(e, n->child[i]);
        if (one.truth == TRUTH_NO)
            continue;
        all = merge(e, all, one);
        if (one.truth > all.truth)
            all.truth = one.truth;
    }
    return all;
}

/* What is compared: in one field, not overlapping, near enough. */
static bool
is_near(const struct stream *st, const struct node *n, const struct span *l, const struct span *r)
{
    const struct span *a = l->begin <= r->begin ? l : r, *b = a == l ? r : l;
    if ((a->begin < st->text_at) != (b->begin < st->text_at) || b->begin < a->end)
        return false;
    if (n->kind == NODE_SENTENCE)
        return stream_sentence(st, a->begin) == stream_sentence(st, b->begin);
    if (n->is_ordered && a != l)
        return false;
    return stream_units(st, b->begin) - stream_units(st, a->end) <= 4 * n->distance;
}

/* Marks in near[] the spans of `of` that have one of `other` near. Places far apart are not
 * compared: the farthest a pair can reach is bounded by the words' number. */
static void
mark_near(struct eval *e, const struct node *n, const struct found *of, const struct found *other,
          bool of_is_left, bool *near)
{
    enum { LOOKS = 256 }; /* neighbours compared on each side */
    for (size_t i = 0; i < of->n; i++) {
        size_t low = 0, high = other->n;
        while (low < high) {
            size_t mid = (low + high) / 2;
            if (other->v[mid].begin < of->v[i].begin)
                low = mid + 1;
            else
                high = mid;
        }
        for (size_t k = 0; k < LOOKS && !near[i]; k++) {
            size_t up = low + k, down = low - 1 - k;
            if (up >= other->n && down >= other->n)
                break;
            for (int side = 0; side < 2; side++) {
                size_t j = side ? down : up;
                if (j >= other->n)
                    continue;
                const struct span *l = of_is_left ? &of->v[i] : &other->v[j];
                const struct span *r = of_is_left ? &other->v[j] : &of->v[i];
                near[i] = near[i] || is_near(e->stream, n, l, r);
            }
        }
    }
}

static struct found
only(struct eval *e, const struct found *f, const bool *keep, bool value)
{
    struct spans s = { 0 };
    for (size_t i = 0; i < f->n; i++)
        if (keep[i] == value)
            spans_add(e, &s, f->v[i]);
    return spans_found(&s);
}

static struct found
eval_near(struct eval *e, const struct node *n)
{
    struct found none = { 0 }, l = eval_node(e, n->child[0]);
    if (l.truth == TRUTH_NO)
        return none;
    struct found r = eval_node(e, n->child[1]);
    bool unsure = l.truth == TRUTH_UNSURE || r.truth == TRUTH_UNSURE;
    if (r.truth == TRUTH_NO)
        return n->is_negated ? l : none;
    if (stream_words(e->stream) || stream_sentences(e->stream)) {
        e->failed = true;
        return none;
    }
    bool *near_l = arena_array(e->a, l.n + 1, sizeof(bool));
    bool *near_r = arena_array(e->a, r.n + 1, sizeof(bool));
    if (!near_l || !near_r) {
        e->failed = true;
        return none;
    }
    mark_near(e, n, &l, &r, true, near_l);
    struct found out;
    if (n->is_negated) {
        out = only(e, &l, near_l, false);
    } else {
        mark_near(e, n, &r, &l, false, near_r);
        struct found kept_l = only(e, &l, near_l, true), kept_r = only(e, &r, near_r, true);
        out = merge(e, kept_l, kept_r);
    }
    out.truth = unsure ? TRUTH_UNSURE : out.n ? TRUTH_YES : TRUTH_NO;
    return out;
}

struct found
eval_node(struct eval *e, const struct node *n)
{
    struct found f = { 0 };
    switch (n->kind) {
    case NODE_TERM:
        return eval_term(e, n);
    case NODE_RAW:
        return eval_raw(e, n);
    case NODE_REGEX:
        return eval_regex(e, n);
    case NODE_FUZZY:
        return eval_fuzzy(e, n);
    case NODE_AND:
        return eval_and(e, n);
    case NODE_OR:
        return eval_or(e, n);
    case NODE_NOT:
        f = eval_node(e, n->child[0]);
        return (struct found){ .truth = TRUTH_YES - f.truth };
    case NODE_NEAR:
    case NODE_SENTENCE:
        return eval_near(e, n);
    case NODE_FIELD:
        f.truth = eval_field(e->stream->post, n) ? TRUTH_YES : TRUTH_NO;
        break;
    case NODE_NUMBER:
        f.truth = eval_number(e->stream->post, n) ? TRUTH_YES : TRUTH_NO;
        break;
    }
    return f;
}

void
eval_range(const struct stream *st, const struct span *s, bool *in_text, size_t *begin, size_t *end)
{
    *in_text = s->begin >= st->text_at;
    const struct text *t = *in_text ? &st->post->text : &st->post->title;
    uint32_t base = *in_text ? st->text_at : 0;
    if (s->text_end) {
        *begin = s->text_begin;
        *end = s->text_end;
        return;
    }
    text_range(t, s->begin - base, s->end - base, begin, end);
}
