/* explain - the first part of a query that fails on a post, in the operator's own words. */
#include "match/explain.h"

#include "match/eval.h"
#include "match/ruleset.h"

struct explaining {
    struct eval e;
    const char *query; /* NULL: a brand without one */
    struct buf *out;
};

/* The node as it was written. */
static void
quote(struct explaining *x, const struct node *n)
{
    struct tocsin_str q = str_z(x->query);
    buf_char(x->out, '`');
    buf_str(x->out, x->query ? str_sub(q, n->at, n->end) : STR_LIT("its name"));
    buf_char(x->out, '`');
}

static void
quote_hit(struct explaining *x, const struct found *f)
{
    bool in_text;
    size_t begin, end;
    if (!f->n)
        return;
    eval_range(x->e.stream, &f->v[0], &in_text, &begin, &end);
    const struct post *p = x->e.stream->post;
    buf_z(x->out, ", as it holds \"");
    buf_str(x->out, str_sub(in_text ? p->text.text : p->title.text, begin, end));
    buf_z(x->out, "\"");
}

static void
explain_near(struct explaining *x, const struct node *n)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct found f = eval_node(&x->e, n->child[i]);
        if (f.truth == TRUTH_NO) {
            quote(x, n->child[i]);
            buf_z(x->out, " is not there");
            return;
        }
    }
    quote(x, n);
    if (n->is_negated)
        buf_z(x->out, " fails: both are there, and near each other");
    else if (n->kind == NODE_SENTENCE)
        buf_z(x->out, " fails: both are there, but in different sentences");
    else
        buf_fmt(x->out, " fails: both are there, but with more than %u words between%s",
                n->distance, n->is_ordered ? ", or in the other order" : "");
}

static void
explain_node(struct explaining *x, const struct node *n)
{
    struct found f;
    switch (n->kind) {
    case NODE_AND:
        for (uint32_t i = 0; i < n->n; i++)
            if (eval_node(&x->e, n->child[i]).truth == TRUTH_NO) {
                explain_node(x, n->child[i]);
                return;
            }
        break;
    case NODE_NOT:
        f = eval_node(&x->e, n->child[0]);
        quote(x, n);
        buf_z(x->out, " excludes it");
        quote_hit(x, &f);
        break;
    case NODE_NEAR:
    case NODE_SENTENCE:
        explain_near(x, n);
        break;
    case NODE_OR:
        buf_z(x->out, "nothing of ");
        quote(x, n);
        buf_z(x->out, " is there");
        break;
    case NODE_FIELD:
    case NODE_NUMBER:
        quote(x, n);
        buf_fmt(x->out, " does not hold for its %s", query_field_names[n->field]);
        break;
    default:
        quote(x, n);
        buf_z(x->out, n->scope == SCOPE_TITLE  ? " is not in its title"
                      : n->scope == SCOPE_TEXT ? " is not in its text"
                                               : " is not there");
    }
}

static const struct unit *
find_unit(const struct ruleset *r, const char *id)
{
    for (size_t i = r->n_units; i > 0; i--) /* rules before brands of the same name */
        if (str_eq_z(r->units[i - 1].id, id))
            return &r->units[i - 1];
    return NULL;
}

static const char *
query_of(const struct ruleset *r, const struct unit *u)
{
    if (u->rule)
        return u->rule->query ? u->rule->query : u->rule->regex;
    return r->defs->brands[u - r->units].query;
}

int
match_explain(const struct ruleset *r, struct match_scratch *s, const struct post *p,
              int64_t now_ms, const char *id, struct buf *out, struct err *err)
{
    const struct unit *u = find_unit(r, id);
    if (!u)
        return err_set(err, ERR_NOTFOUND, "no rule or brand \"%s\"", id);
    if (!unit_applies(u, p, now_ms)) {
        buf_z(out, "not tried: sources:, langs: or its dates leave this post out");
        return out->failed ? err_set(err, ERR_NOMEM, "no memory") : 0;
    }
    struct explaining x = { .query = query_of(r, u), .out = out };
    if (match_prepare(s, r, p, &x.e))
        return err_set(err, ERR_NOMEM, "no memory to match a post");
    struct found f = eval_node(&x.e, u->root);
    if (f.truth == TRUTH_YES)
        buf_z(out, "hits");
    else if (f.truth == TRUTH_UNSURE)
        buf_z(out, "unsure: its regex ran into a limit on this post; make it simpler");
    else
        explain_node(&x, u->root);
    return out->failed || x.e.failed ? err_set(err, ERR_NOMEM, "no memory") : 0;
}
