/* ruleset - brands and rules compiled: a tree for each, and one prefilter over all. */
#include "match/ruleset.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "normalise/normalise.h"

enum { ARENA_MAX = 512 * 1024 * 1024 };

typedef void warn_fn(void *ctx, const struct place *at, const char *msg);

struct making {
    struct ruleset *r;
    struct prefilter_build *build;
    struct arena *scratch; /* what is not needed afterwards */
    warn_fn *warn;
    void *ctx;
};

static int
add_unit(struct making *m, struct unit *u, struct query_out *q, const struct place *at)
{
    struct literals l = { 0 };
    bool direct;
    u->root = q->root;
    m->r->patterns = q->patterns;
    if (literals_of(&l, q->root, m->scratch, &direct))
        return -1;
    uint32_t number = (uint32_t)(u - m->r->units);
    for (size_t i = 0; i < l.n; i++)
        if (prefilter_add(m->build, &l.v[i], number))
            return -1;
    arena_reset(m->scratch);
    if (l.n)
        return 0;
    u->is_always = true;
    m->r->always[m->r->n_always++] = number;
    if (m->warn)
        m->warn(m->ctx, at,
                "no word that every match must hold: this is tried on every post, "
                "which is slow with many rules; add a word with AND");
    return 0;
}

static int
fold_name(struct ruleset *r, const char *name, struct tocsin_str *out)
{
    struct text t;
    if (normalise_text(&t, str_z(name), r->a, NULL))
        return -1;
    *out = t.fold;
    return 0;
}

static int
add_brand(struct making *m, struct unit *u, const struct brand_def *d, struct err *err)
{
    struct query_out q = { .a = m->r->a, .patterns = m->r->patterns };
    u->id = str_z(d->name);
    if (fold_name(m->r, d->name, &q.brand))
        return err_set(err, ERR_NOMEM, "no memory for brand %s", d->name);
    int rc = d->query ? query_parse(&q, d->query, &d->query_at, err)
                      : query_of_name(&q, d->name, &d->at, err);
    m->r->patterns = q.patterns;
    if (rc)
        return -1;
    if (add_unit(m, u, &q, d->query ? &d->query_at : &d->at))
        return err_set(err, ERR_NOMEM, "no memory for brand %s", d->name);
    return 0;
}

static int
add_rule(struct making *m, struct unit *u, const struct rule_def *d, struct err *err)
{
    struct query_out q = { .a = m->r->a, .patterns = m->r->patterns };
    u->id = str_z(d->id);
    u->rule = d;
    u->is_filtered = d->sources.n || d->langs.n || d->from_ms || d->until_ms;
    const char *pattern = d->query ? d->query : d->regex;
    if (!pattern)
        return err_set(err, ERR_CONFIG, "%s:%d:%d: rule %s has neither query: nor regex:",
                       d->at.file ? d->at.file : "rules", d->at.line, d->at.column, d->id);
    int rc = d->query ? query_parse(&q, pattern, &d->pattern_at, err)
                      : query_of_regex(&q, pattern, &d->pattern_at, err);
    m->r->patterns = q.patterns;
    if (rc)
        return -1;
    if (add_unit(m, u, &q, &d->pattern_at))
        return err_set(err, ERR_NOMEM, "no memory for rule %s", d->id);
    return 0;
}

static int
add_all(struct making *m, struct err *err)
{
    const struct rule_defs *d = m->r->defs;
    for (size_t i = 0; i < d->n_brands; i++)
        if (add_brand(m, &m->r->units[i], &d->brands[i], err))
            return -1;
    for (size_t i = 0; i < d->n_rules; i++)
        if (add_rule(m, &m->r->units[d->n_brands + i], &d->rules[i], err))
            return -1;
    return 0;
}

static struct ruleset *
new_empty(const struct rule_defs *defs)
{
    static _Atomic uint64_t serial;
    struct ruleset *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->defs = defs;
    r->serial = atomic_fetch_add(&serial, 1) + 1;
    r->n_units = defs->n_brands + defs->n_rules;
    r->a = arena_new(ARENA_MAX);
    r->units = calloc(r->n_units + 1, sizeof(*r->units));
    r->always = calloc(r->n_units + 1, sizeof(*r->always));
    if (!r->a || !r->units || !r->always) {
        ruleset_free(r);
        return NULL;
    }
    return r;
}

int
ruleset_new(struct ruleset **out, const struct rule_defs *defs, warn_fn *warn, void *ctx,
            struct err *err)
{
    struct making m = { .warn = warn, .ctx = ctx };
    int rc = -1;
    m.r = new_empty(defs);
    m.build = prefilter_build_new();
    m.scratch = arena_new(ARENA_MAX);
    if (!m.r || !m.build || !m.scratch) {
        err_set(err, ERR_NOMEM, "no memory for %zu rules", defs->n_brands + defs->n_rules);
        goto out;
    }
    if (add_all(&m, err))
        goto out;
    m.r->prefilter = prefilter_new(m.build);
    if (!m.r->prefilter) {
        err_set(err, ERR_NOMEM, "no memory for %zu rules", m.r->n_units);
        goto out;
    }
    *out = m.r;
    m.r = NULL;
    rc = 0;
out:
    ruleset_free(m.r);
    prefilter_build_free(m.build);
    arena_free(m.scratch);
    return rc;
}

void
ruleset_free(struct ruleset *r)
{
    if (!r)
        return;
    pattern_free_all(r->patterns);
    prefilter_free(r->prefilter);
    arena_free(r->a);
    free(r->units);
    free(r->always);
    free(r);
}

const struct rule_defs *
ruleset_defs(const struct ruleset *r)
{
    return r->defs;
}

int
query_check(const char *query, const struct place *at, struct err *err)
{
    struct query_out q = { .a = arena_new(ARENA_MAX) };
    if (!q.a)
        return err_set(err, ERR_NOMEM, "no memory for a query");
    int rc = query_parse(&q, query, at, err);
    pattern_free_all(q.patterns);
    arena_free(q.a);
    return rc;
}
