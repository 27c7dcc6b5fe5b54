/* fuzz_query - first line a query, the rest a post: parsed or refused with a place, and the
 * prefilter never changes what is found. */
#include "fuzz.h"

#include <string.h>

#include "match/ruleset.h"
#include "normalise/normalise.h"

static void
check_hits(const struct post *p, const struct match_result *m)
{
    for (size_t i = 0; i < m->n; i++)
        for (size_t k = 0; k < m->v[i].n_hits; k++) {
            const struct hit *h = &m->v[i].hits[k];
            const struct text *t = h->field == FIELD_TITLE ? &p->title : &p->text;
            FUZZ_CHECK(h->begin <= h->end && h->end <= t->text.n);
            FUZZ_CHECK(h->is_unsure || h->begin < h->end);
        }
}

static void
check_same(const struct match_result *a, const struct match_result *b)
{
    FUZZ_CHECK(a->n == b->n);
    for (size_t i = 0; i < a->n; i++) {
        FUZZ_CHECK(a->v[i].n_hits == b->v[i].n_hits && a->v[i].is_unsure == b->v[i].is_unsure);
        for (size_t k = 0; k < a->v[i].n_hits; k++)
            FUZZ_CHECK(a->v[i].hits[k].begin == b->v[i].hits[k].begin &&
                       a->v[i].hits[k].end == b->v[i].hits[k].end);
    }
}

static void
try_post(const struct ruleset *r, struct tocsin_str text, struct arena *a)
{
    struct match_scratch *s = match_scratch_new();
    struct match_result fast = { 0 }, plain = { 0 };
    struct err err;
    struct post p = { .lang = STR_LIT("en"), .text = { .text = text } };
    p.title.text = str_cut(&p.text.text, '\n');
    if (normalise_post(&p, a, &err) == 0 && match_post(r, s, &p, 0, a, &fast, &err) == 0 &&
        match_post_plain(r, s, &p, 0, a, &plain, &err) == 0) {
        check_hits(&p, &fast);
        if (text.n < 200) /* longer ones may run out of time in one and not in the other */
            check_same(&fast, &plain);
    }
    match_scratch_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tocsin_str rest = { (const char *)data, size };
    struct tocsin_str first = str_cut(&rest, '\n');
    struct arena *a = arena_new(64 << 20);
    const char *query = arena_z(a, first);
    struct rule_def rule = { .id = "r", .pattern_at = { "f.yaml", 2, 5 } };
    struct rule_defs defs = { .rules = &rule, .n_rules = 1 };
    struct ruleset *r = NULL;
    struct err err = { 0 };
    if (first.n && first.p[0] == '/')
        rule.regex = query;
    else
        rule.query = query;
    if (ruleset_new(&r, &defs, NULL, NULL, &err) == 0)
        try_post(r, rest, a);
    else
        FUZZ_CHECK(strncmp(err.msg, "f.yaml:2:", 9) == 0 || err.code == ERR_NOMEM);
    ruleset_free(r);
    arena_free(a);
    return 0;
}
