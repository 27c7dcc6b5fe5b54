/* parse - a query's lexemes into its tree: OR below AND below NEAR and SENTENCE below NOT. */
#include "base/buf.h"
#include "base/utf8.h"
#include "match/lex.h"
#include "normalise/chars.h"
#include "normalise/normalise.h"

struct parser {
    struct lexer l;
    struct lexeme now;
    struct query_out *out;
    int depth;
    uint8_t scope;
    int field; /* of a surrounding field:( ), or -1 */
    struct err *err;
};

static struct node *parse_or(struct parser *p);

struct node *
query_node(struct query_out *out, enum node_kind kind)
{
    struct node *n = arena_alloc(out->a, sizeof(*n));
    if (n) {
        n->kind = kind;
        n->scope = SCOPE_BOTH;
        out->n_nodes++;
    }
    return n;
}

static struct node *
no_memory(struct parser *p)
{
    err_set(p->err, ERR_NOMEM, "no memory for a query");
    return NULL;
}

static struct node *
new_node(struct parser *p, enum node_kind kind)
{
    if (p->out->n_nodes >= QUERY_NODES) {
        lex_error(&p->l, p->now.at, p->err,
                  "the query is too long: at most %d terms; "
                  "make two rules of it",
                  QUERY_NODES);
        return NULL;
    }
    struct node *n = query_node(p->out, kind);
    if (!n)
        return no_memory(p);
    n->at = p->now.at;
    n->end = p->now.end;
    n->scope = p->scope;
    return n;
}

static int
advance(struct parser *p)
{
    return lex_next(&p->l, &p->now, p->err);
}

static const char *
name_of(const struct lexeme *x)
{
    switch (x->kind) {
    case LEX_END:
        return "the end";
    case LEX_OPEN:
        return "\"(\"";
    case LEX_CLOSE:
        return "\")\"";
    case LEX_AND:
        return "AND";
    case LEX_OR:
        return "OR";
    case LEX_NOT:
        return "NOT";
    case LEX_NEAR:
        return x->is_ordered ? "ONEAR" : "NEAR";
    case LEX_SENTENCE:
        return "SENTENCE";
    case LEX_FIELD:
        return "a field";
    default:
        return "a word";
    }
}

static struct node *
expected(struct parser *p, const char *what)
{
    bool operator= p->now.kind >= LEX_AND && p->now.kind <= LEX_SENTENCE;
    lex_error(&p->l, p->now.at, p->err, "expected %s, not %s%s", what,
              name_of(&p->now), operator? "; an operator as a word goes in quotes" : "");
    return NULL;
}

/* Nodes gathered before their number is known. */
struct gathered {
    struct node **v;
    uint32_t n, cap;
};

static int
gather(struct parser *p, struct gathered *g, struct node *n)
{
    if (g->n == g->cap) {
        uint32_t cap = g->cap ? g->cap * 2 : 4;
        struct node **v = arena_array(p->out->a, cap, sizeof(*v));
        if (!v) {
            no_memory(p);
            return -1;
        }
        if (g->n)
            memcpy(v, g->v, g->n * sizeof(*v));
        g->v = v;
        g->cap = cap;
    }
    g->v[g->n++] = n;
    return 0;
}

static struct node *
join(struct parser *p, enum node_kind kind, struct gathered *g)
{
    if (g->n == 1)
        return g->v[0];
    struct node *n = new_node(p, kind);
    if (!n)
        return NULL;
    n->child = g->v;
    n->n = g->n;
    n->at = g->v[0]->at;
    n->end = g->v[g->n - 1]->end;
    return n;
}

/* The brand's own name, bare: its plural too. */
static struct node *
with_plural(struct parser *p, struct node *term)
{
    struct tocsin_str name = p->out->brand;
    if (!name.n || term->n != 1 || !str_eq(term->token[0].s, name) || name.n < 3 ||
        !(chars_get((unsigned char)name.p[name.n - 1]) & CHAR_LATIN))
        return term;
    char last = name.p[name.n - 1];
    const char *ending =
        strchr("sxz", last) || str_ends(name, STR_LIT("ch")) || str_ends(name, STR_LIT("sh")) ? "es"
                                                                                              : "s";
    struct node *plural = new_node(p, NODE_TERM);
    const char *z = arena_fmt(p->out->a, "%.*s%s", STR_FMT(name), ending);
    struct gathered g = { 0 };
    if (!plural || !z)
        return no_memory(p);
    *plural = *term;
    plural->token = arena_array(p->out->a, 1, sizeof(struct token));
    if (!plural->token)
        return no_memory(p);
    plural->token[0].s = str_z(z);
    return gather(p, &g, term) || gather(p, &g, plural) ? NULL : join(p, NODE_OR, &g);
}

static bool
is_only_wild(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != TOKEN_STAR && s.p[i] != TOKEN_ONE)
            return false;
    return true;
}

static struct node *
term_node(struct parser *p, struct tocsin_str text, bool is_bare)
{
    struct node *n = new_node(p, NODE_TERM);
    if (!n)
        return NULL;
    if (query_term(p->out, n, text))
        return no_memory(p);
    if (n->n == 0) {
        lex_error(&p->l, p->now.at, p->err, "expected a word; nothing of %s can be looked for",
                  is_bare ? "this" : "this phrase");
        return NULL;
    }
    if (is_only_wild(n->token[0].s) || is_only_wild(n->token[n->n - 1].s)) {
        lex_error(&p->l, p->now.at, p->err,
                  "expected a letter beside the wildcard: * alone matches everything");
        return NULL;
    }
    return is_bare ? with_plural(p, n) : n;
}

static struct node *
raw_node(struct parser *p, struct tocsin_str text)
{
    struct node *n = new_node(p, NODE_RAW);
    struct text t;
    if (!n || normalise_text(&t, text, p->out->a, NULL))
        return n ? no_memory(p) : NULL;
    n->text = arena_str(p->out->a, t.text);
    if (!n->text.p)
        return no_memory(p);
    return n->text.n ? n : expected(p, "the exact words in quotes after raw:");
}

static struct node *
field_node(struct parser *p, int field, struct tocsin_str text)
{
    struct node *n = new_node(p, NODE_FIELD);
    if (!n)
        return NULL;
    n->field = (uint8_t)field;
    struct tocsin_str s = text;
    if (field == QUERY_AUTHOR && s.n && s.p[0] == '@')
        s = str_sub(s, 1, s.n);
    if (query_fold(p->out, s, &n->text))
        return no_memory(p);
    return n->text.n ? n : expected(p, "a value after the field");
}

static struct node *
fuzzy_node(struct parser *p, struct tocsin_str text)
{
    struct node *n = new_node(p, NODE_FUZZY);
    if (!n)
        return NULL;
    if (query_fold(p->out, text, &n->text))
        return no_memory(p);
    size_t letters = utf8_count(n->text);
    if (letters < 4 || letters > 32 || memchr(n->text.p, TOKEN_STAR, n->text.n) ||
        memchr(n->text.p, TOKEN_ONE, n->text.n)) {
        lex_error(&p->l, p->now.at, p->err,
                  "expected one word of 4 to 32 letters without wildcards after \"~\"");
        return NULL;
    }
    n->distance = letters > 7 ? 2 : 1;
    return n;
}

static struct node *
regex_node(struct parser *p)
{
    struct node *n = new_node(p, NODE_REGEX);
    struct tocsin_str text = arena_str(p->out->a, p->now.text);
    struct pattern *pattern;
    struct err why = { 0 };
    size_t at;
    if (!n || !text.p)
        return n ? no_memory(p) : NULL;
    if (pattern_new(&pattern, text, p->now.flags, &at, &why)) {
        lex_error(&p->l, p->now.at + 1 + at, p->err, "%s", why.msg);
        return NULL;
    }
    pattern->next = p->out->patterns;
    p->out->patterns = pattern;
    n->pattern = pattern;
    return n;
}

/* A word, phrase, fuzzy word or regex, as the surrounding field takes it. */
static struct node *
leaf(struct parser *p)
{
    struct node *n;
    if (p->field >= QUERY_AUTHOR && (p->now.kind == LEX_WORD || p->now.kind == LEX_PHRASE))
        n = field_node(p, p->field, p->now.text);
    else if (p->field == QUERY_RAW && (p->now.kind == LEX_WORD || p->now.kind == LEX_PHRASE))
        n = raw_node(p, p->now.text);
    else if (p->field >= QUERY_RAW)
        return expected(p, "a word or phrase after the field");
    else if (p->now.kind == LEX_REGEX)
        n = regex_node(p);
    else if (p->now.kind == LEX_FUZZY)
        n = fuzzy_node(p, p->now.text);
    else
        n = term_node(p, p->now.text, p->now.kind == LEX_WORD);
    if (!n || advance(p))
        return NULL;
    return n;
}

static struct node *parse_primary(struct parser *p);

static struct node *
number_node(struct parser *p, int field, uint32_t at)
{
    struct node *n = new_node(p, NODE_NUMBER);
    if (!n)
        return NULL;
    n->field = (uint8_t)field;
    n->at = at;
    n->number.low = p->now.low;
    n->number.high = p->now.high;
    return advance(p) ? NULL : n;
}

static struct node *
field_group(struct parser *p)
{
    int field = (int)p->now.field, outer_field = p->field;
    uint32_t at = p->now.at;
    uint8_t outer_scope = p->scope;
    if (advance(p))
        return NULL;
    if (field == QUERY_FOLLOWERS || field == QUERY_RATING)
        return p->now.kind == LEX_NUMBER ? number_node(p, field, at)
                                         : expected(p, "a number, as in >1000");
    if (field <= QUERY_TEXT)
        p->scope = field == QUERY_TITLE ? SCOPE_TITLE : SCOPE_TEXT;
    p->field = field <= QUERY_TEXT ? -1 : field;
    struct node *n = parse_primary(p);
    p->field = outer_field;
    p->scope = outer_scope;
    if (n)
        n->at = at;
    return n;
}

static struct node *
group(struct parser *p)
{
    if (++p->depth > QUERY_DEPTH) {
        lex_error(&p->l, p->now.at, p->err, "more than %d parentheses inside each other",
                  QUERY_DEPTH);
        return NULL;
    }
    if (advance(p))
        return NULL;
    struct node *n = parse_or(p);
    if (!n)
        return NULL;
    if (p->now.kind != LEX_CLOSE)
        return expected(p, "\")\" or an operator");
    p->depth--;
    return advance(p) ? NULL : n;
}

static struct node *
parse_primary(struct parser *p)
{
    switch (p->now.kind) {
    case LEX_OPEN:
        return group(p);
    case LEX_FIELD:
        return field_group(p);
    case LEX_WORD:
    case LEX_PHRASE:
    case LEX_FUZZY:
    case LEX_REGEX:
        return leaf(p);
    default:
        return expected(p, "a word, a phrase or \"(\"");
    }
}

static struct node *
parse_not(struct parser *p)
{
    bool negated = false;
    struct lexeme first = p->now;
    while (p->now.kind == LEX_NOT) {
        negated = !negated;
        if (++p->depth > QUERY_DEPTH)
            return expected(p, "fewer NOTs");
        if (advance(p))
            return NULL;
        p->depth--;
    }
    struct node *inner = parse_primary(p);
    if (!inner || !negated)
        return inner;
    struct node *n = new_node(p, NODE_NOT);
    struct gathered g = { 0 };
    if (!n || gather(p, &g, inner))
        return NULL;
    n->child = g.v;
    n->n = 1;
    n->at = first.at;
    n->end = inner->end;
    return n;
}

/* NOT NEAR/n and NOT SENTENCE stand between two terms; NOT elsewhere before one. */
static bool
is_near_next(struct parser *p, bool *negated)
{
    *negated = false;
    if (p->now.kind == LEX_NEAR || p->now.kind == LEX_SENTENCE)
        return true;
    if (p->now.kind != LEX_NOT)
        return false;
    struct lexer ahead = p->l;
    struct lexeme next;
    struct err ignored;
    if (lex_next(&ahead, &next, &ignored) || (next.kind != LEX_NEAR && next.kind != LEX_SENTENCE))
        return false;
    *negated = true;
    return true;
}

static bool
has_place(const struct node *n)
{
    if (n->kind == NODE_FIELD || n->kind == NODE_NUMBER || n->kind == NODE_NOT)
        return false;
    if (n->kind == NODE_AND || n->kind == NODE_OR) {
        for (uint32_t i = 0; i < n->n; i++)
            if (has_place(n->child[i]))
                return true;
        return false;
    }
    return true;
}

static struct node *
parse_near(struct parser *p)
{
    struct node *left = parse_not(p);
    bool negated;
    while (left && is_near_next(p, &negated)) {
        if (negated && advance(p))
            return NULL;
        struct lexeme op = p->now;
        if (!has_place(left)) {
            lex_error(&p->l, left->at, p->err, "expected words before %s, which compares places",
                      name_of(&op));
            return NULL;
        }
        if (advance(p))
            return NULL;
        struct node *right = parse_not(p);
        struct gathered g = { 0 };
        if (!right)
            return NULL;
        if (!has_place(right)) {
            lex_error(&p->l, right->at, p->err, "expected words after %s, which compares places",
                      name_of(&op));
            return NULL;
        }
        if (gather(p, &g, left) || gather(p, &g, right))
            return NULL;
        struct node *n = join(p, op.kind == LEX_NEAR ? NODE_NEAR : NODE_SENTENCE, &g);
        if (!n)
            return NULL;
        n->distance = op.distance;
        n->is_ordered = op.is_ordered;
        n->is_negated = negated;
        left = n;
    }
    return left;
}

static bool
begins_term(enum lexeme_kind k)
{
    return k == LEX_OPEN || k == LEX_NOT || (k >= LEX_FIELD && k <= LEX_REGEX);
}

static struct node *
parse_and(struct parser *p)
{
    struct gathered g = { 0 };
    for (;;) {
        struct node *n = parse_near(p);
        if (!n || gather(p, &g, n))
            return NULL;
        if (p->now.kind == LEX_AND) {
            if (advance(p))
                return NULL;
            continue;
        }
        if (!begins_term(p->now.kind))
            return join(p, NODE_AND, &g);
    }
}

static struct node *
parse_or(struct parser *p)
{
    struct gathered g = { 0 };
    for (;;) {
        struct node *n = parse_and(p);
        if (!n || gather(p, &g, n))
            return NULL;
        if (p->now.kind != LEX_OR)
            return join(p, NODE_OR, &g);
        if (advance(p))
            return NULL;
    }
}

int
query_parse(struct query_out *out, const char *query, const struct place *at, struct err *err)
{
    struct parser p = { .l = { .query = str_z(query), .place = at },
                        .out = out,
                        .field = -1,
                        .scope = SCOPE_BOTH,
                        .err = err };
    out->n_nodes = 0;
    if (p.l.query.n > QUERY_MAX)
        return lex_error(&p.l, 0, err, "the query is longer than %d bytes; make two rules of it",
                         QUERY_MAX);
    if (advance(&p))
        return -1;
    if (p.now.kind == LEX_END)
        return lex_error(&p.l, 0, err, "expected a query, as in: acme NOT \"acme college\"");
    out->root = parse_or(&p);
    if (!out->root)
        return -1;
    if (p.now.kind != LEX_END) {
        expected(&p, "an operator or the end");
        return -1;
    }
    return 0;
}

int
query_of_regex(struct query_out *out, const char *regex, const struct place *at, struct err *err)
{
    struct parser p = { .l = { .query = str_z(regex), .place = at },
                        .out = out,
                        .field = -1,
                        .scope = SCOPE_BOTH,
                        .err = err };
    out->n_nodes = 0;
    if (regex[0] != '/')
        return lex_error(&p.l, 0, err, "expected a regex between slashes: /pattern/ or /pattern/i");
    if (advance(&p))
        return -1;
    struct lexeme first = p.now;
    out->root = regex_node(&p);
    if (!out->root)
        return -1;
    if (advance(&p))
        return -1;
    if (p.now.kind != LEX_END)
        return lex_error(&p.l, first.end, err,
                         "expected flags or the end after the closing \"/\"; a slash inside the "
                         "pattern is written \\/");
    return 0;
}

int
query_of_name(struct query_out *out, const char *name, const struct place *at, struct err *err)
{
    struct parser p = { .l = { .query = str_z(name), .place = at },
                        .out = out,
                        .field = -1,
                        .scope = SCOPE_BOTH,
                        .err = err };
    struct buf spaced, joined;
    struct gathered g = { 0 };
    int rc = -1;
    buf_init(&spaced, QUERY_MAX);
    buf_init(&joined, QUERY_MAX);
    out->n_nodes = 0;
    for (const char *c = name; *c; c++) {
        bool parts = *c == ' ' || *c == '-' || *c == '_' || *c == '.';
        if (!strchr("*?\\\"", *c))
            buf_char(&spaced, parts ? ' ' : *c);
        if (!parts && !strchr("*?\\\"", *c))
            buf_char(&joined, *c);
    }
    struct node *n = term_node(&p, buf_view(&joined), true);
    if (!n || gather(&p, &g, n))
        goto out;
    if (spaced.n != joined.n) {
        n = term_node(&p, buf_view(&spaced), true);
        if (!n || gather(&p, &g, n))
            goto out;
    }
    out->root = join(&p, NODE_OR, &g);
    rc = out->root ? 0 : -1;
out:
    buf_free(&spaced);
    buf_free(&joined);
    return rc;
}
