/* match - one post against a ruleset: the prefilter's hits, and the queries of candidates. */
#include "match/match.h"

#include <stdlib.h>

#include "match/eval.h"
#include "match/ruleset.h"

enum { SCRATCH_MAX = 256 * 1024 * 1024, NO_HIT = UINT32_MAX };

/* A hit that the prefilter itself found, chained by rule. */
struct direct {
    uint32_t begin, end, next;
};

struct unit_mark {
    uint64_t post;        /* number of the post that touched it */
    uint32_t first, last; /* its direct hits */
    bool is_candidate;    /* to be evaluated */
};

struct match_scratch {
    struct pattern_scratch *patterns;
    struct stream stream;
    struct arena *a;
    struct unit_mark *marks;
    size_t cap_marks;
    uint32_t *touched;
    size_t n_touched;
    struct direct *direct;
    size_t n_direct, cap_direct;
    uint64_t serial, post;
    bool failed;
};

struct match_scratch *
match_scratch_new(void)
{
    struct match_scratch *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->patterns = pattern_scratch_new();
    s->a = arena_new(SCRATCH_MAX);
    if (!s->patterns || !s->a) {
        match_scratch_free(s);
        return NULL;
    }
    return s;
}

void
match_scratch_free(struct match_scratch *s)
{
    if (!s)
        return;
    pattern_scratch_free(s->patterns);
    stream_free(&s->stream);
    arena_free(s->a);
    free(s->marks);
    free(s->touched);
    free(s->direct);
    free(s);
}

static int
prepare(struct match_scratch *s, const struct ruleset *r, const struct post *p)
{
    if (s->serial != r->serial || s->cap_marks < r->n_units) {
        struct unit_mark *m = calloc(r->n_units + 1, sizeof(*m));
        uint32_t *t = calloc(r->n_units + 1, sizeof(*t));
        if (!m || !t) {
            free(m);
            free(t);
            return -1;
        }
        free(s->marks);
        free(s->touched);
        s->marks = m;
        s->touched = t;
        s->cap_marks = r->n_units;
        s->serial = r->serial;
    }
    s->post++;
    s->n_touched = s->n_direct = 0;
    s->failed = false;
    arena_reset(s->a);
    return stream_set(&s->stream, p);
}

int
match_prepare(struct match_scratch *s, const struct ruleset *r, const struct post *p,
              struct eval *e)
{
    *e = (struct eval){ .stream = &s->stream, .patterns = s->patterns, .a = s->a };
    return prepare(s, r, p);
}

static struct unit_mark *
touch(struct match_scratch *s, uint32_t rule)
{
    struct unit_mark *m = &s->marks[rule];
    if (m->post != s->post) {
        *m = (struct unit_mark){ s->post, NO_HIT, NO_HIT, false };
        s->touched[s->n_touched++] = rule;
    }
    return m;
}

static void
on_literal(void *ctx, uint32_t rule, int flags, uint32_t begin, uint32_t end)
{
    struct match_scratch *s = ctx;
    struct unit_mark *m = touch(s, rule);
    if (!(flags & LITERAL_IS_HIT)) {
        m->is_candidate = true;
        return;
    }
    if (s->n_direct == s->cap_direct) {
        size_t cap = s->cap_direct ? s->cap_direct * 2 : 256;
        struct direct *d = realloc(s->direct, cap * sizeof(*d));
        if (!d) {
            s->failed = true;
            return;
        }
        s->direct = d;
        s->cap_direct = cap;
    }
    uint32_t at = (uint32_t)s->n_direct++;
    s->direct[at] = (struct direct){ begin, end, NO_HIT };
    if (m->first == NO_HIT)
        m->first = at;
    else
        s->direct[m->last].next = at;
    m->last = at;
}

static bool
is_listed(const struct word_list *l, struct tocsin_str s)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq_ascii_case(s, str_z(l->v[i])))
            return true;
    return l->n == 0;
}

bool
unit_applies(const struct unit *u, const struct post *p, int64_t now_ms)
{
    const struct rule_def *r = u->rule;
    if (!u->is_filtered)
        return true;
    if ((r->from_ms && now_ms < r->from_ms) || (r->until_ms && now_ms >= r->until_ms))
        return false;
    struct tocsin_str rest = p->lang, lang = str_cut(&rest, '-');
    return is_listed(&r->sources, p->source) &&
           (is_listed(&r->langs, p->lang) || is_listed(&r->langs, lang));
}

/* The direct hits as spans; copies of one literal do not overlap, as PCRE2 counts. */
static struct found
take_direct(struct match_scratch *s, struct eval *e, const struct unit_mark *m)
{
    struct spans v = { 0 };
    for (uint32_t i = m->first; i != NO_HIT; i = s->direct[i].next) {
        const struct direct *d = &s->direct[i];
        bool overlaps = false;
        for (size_t k = v.n; k > 0 && !overlaps && v.v[k - 1].end > d->begin; k--)
            overlaps = v.v[k - 1].end - v.v[k - 1].begin == d->end - d->begin &&
                       v.v[k - 1].begin <= d->begin;
        if (!overlaps)
            spans_add(e, &v, (struct span){ d->begin, d->end, 0, 0 });
    }
    return spans_found(&v);
}

static int
hit_order(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static struct hit *
to_hits(struct match_scratch *s, const struct unit *u, const struct found *f, struct arena *a,
        size_t *n_out)
{
    bool unsure = f->truth == TRUTH_UNSURE;
    size_t n = f->n ? f->n : unsure, kept = 0;
    struct hit *v = arena_array(a, n ? n : 1, sizeof(*v));
    if (!v) {
        s->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < f->n; i++) {
        bool in_text;
        size_t begin, end;
        eval_range(&s->stream, &f->v[i], &in_text, &begin, &end);
        v[i] = (struct hit){ u->id, in_text ? FIELD_TEXT : FIELD_TITLE, (uint32_t)begin,
                             (uint32_t)end, unsure };
    }
    if (!f->n && unsure)
        v[0] = (struct hit){ u->id, FIELD_TEXT, 0, 0, true };
    if (n > 1)
        qsort(v, n, sizeof(*v), hit_order);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || hit_order(&v[kept - 1], &v[i]) != 0)
            v[kept++] = v[i];
    *n_out = kept;
    return v;
}

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void
sort_numbers(uint32_t *v, size_t n)
{
    if (n > 16) {
        qsort(v, n, sizeof(*v), by_number);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t x = v[i];
        size_t k = i;
        for (; k > 0 && v[k - 1] > x; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

static int
collect(const struct ruleset *r, struct match_scratch *s, const struct post *p, int64_t now_ms,
        struct arena *a, struct match_result *out)
{
    struct eval e = { .stream = &s->stream, .patterns = s->patterns, .a = s->a };
    struct matched *v = NULL;
    size_t n = 0, n_brands = r->defs->n_brands;
    *out = (struct match_result){ 0 };
    sort_numbers(s->touched, s->n_touched);
    for (size_t i = 0; i < s->n_touched; i++) {
        uint32_t number = s->touched[i];
        const struct unit *u = &r->units[number];
        const struct unit_mark *m = &s->marks[number];
        if (!unit_applies(u, p, now_ms))
            continue;
        struct found f = m->is_candidate ? eval_node(&e, u->root) : take_direct(s, &e, m);
        if (f.truth == TRUTH_NO)
            continue;
        if (!v && !(v = arena_array(a, s->n_touched - i, sizeof(*v))))
            return -1;
        v[n] = (struct matched){ .index = number < n_brands ? number : number - n_brands,
                                 .is_brand = number < n_brands,
                                 .is_unsure = f.truth == TRUTH_UNSURE };
        v[n].hits = to_hits(s, u, &f, a, &v[n].n_hits);
        n++;
    }
    *out = (struct match_result){ v, n };
    return e.failed || s->failed ? -1 : 0;
}

int
match_post(const struct ruleset *r, struct match_scratch *s, const struct post *p, int64_t now_ms,
           struct arena *a, struct match_result *out, struct err *err)
{
    if (prepare(s, r, p))
        goto nomem;
    prefilter_scan(r->prefilter, &s->stream, on_literal, s);
    for (size_t i = 0; i < r->n_always; i++)
        touch(s, r->always[i])->is_candidate = true;
    if (!s->failed && collect(r, s, p, now_ms, a, out) == 0)
        return 0;
nomem:
    return err_set(err, ERR_NOMEM, "no memory to match a post");
}

int
match_post_plain(const struct ruleset *r, struct match_scratch *s, const struct post *p,
                 int64_t now_ms, struct arena *a, struct match_result *out, struct err *err)
{
    if (prepare(s, r, p))
        return err_set(err, ERR_NOMEM, "no memory to match a post");
    for (uint32_t i = 0; i < r->n_units; i++)
        touch(s, i)->is_candidate = true;
    return collect(r, s, p, now_ms, a, out) ? err_set(err, ERR_NOMEM, "no memory") : 0;
}
