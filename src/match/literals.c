/* literals - what a post must hold for a query to match it. */
#include "match/prefilter.h"
#include "match/rarity.h"

enum { MAX_LITERALS = 512 };

static int
add(struct literals *l, struct arena *a, struct literal_use use)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 2;
        struct literal_use *v = arena_array(a, cap, sizeof(*v));
        if (!v)
            return -1;
        if (l->n)
            memcpy(v, l->v, l->n * sizeof(*v));
        l->v = v;
        l->cap = cap;
    }
    double r = rarity_of(use.s) + (use.flags & LITERAL_BEGINS ? 2 : 0) +
               (use.flags & LITERAL_ENDS ? 2 : 0);
    if (l->n == 0 || r < l->rarity)
        l->rarity = r;
    l->v[l->n++] = use;
    return 0;
}

/* An ASCII letter at that end of the token, or 0. */
static char
edge(const struct token *t, bool last)
{
    char c = t->s.p[last ? t->s.n - 1 : 0];
    return !(c & 0x80) && stream_ascii_word[(unsigned char)c] ? c : 0;
}

/* The longest piece without wildcards of the rarest token. */
static int
of_term(struct literals *out, const struct node *n, struct arena *a, bool *is_direct)
{
    struct literal_use best = { 0 };
    double most = -1;
    for (uint32_t i = 0; i < n->n; i++) {
        struct tocsin_str s = n->token[i].s;
        for (size_t at = 0; at < s.n;) {
            size_t end = at;
            while (end < s.n && s.p[end] != TOKEN_STAR && s.p[end] != TOKEN_ONE)
                end++;
            int flags = (at == 0 ? LITERAL_BEGINS : 0) | (end == s.n ? LITERAL_ENDS : 0);
            struct tocsin_str piece = str_sub(s, at, end);
            double r = piece.n ? rarity_of(piece) + (flags & 1) * 2 + (flags & 2) : -1;
            if (r > most) {
                most = r;
                best = (struct literal_use){ .s = piece, .flags = flags, .scope = n->scope };
                if ((flags & LITERAL_BEGINS) && i > 0)
                    best.before = edge(&n->token[i - 1], true);
                if ((flags & LITERAL_ENDS) && i + 1 < n->n)
                    best.behind = edge(&n->token[i + 1], false);
            }
            at = end + 1;
        }
    }
    if (!best.s.n)
        return 0;
    *is_direct = n->n == 1 && !n->token[0].has_wild;
    if (*is_direct)
        best.flags |= LITERAL_IS_HIT;
    return add(out, a, best);
}

struct collect {
    struct literals *out;
    struct arena *a;
    uint8_t scope;
};

static int
take(void *ctx, struct tocsin_str literal)
{
    struct collect *c = ctx;
    struct tocsin_str s = arena_str(c->a, literal);
    return s.p ? add(c->out, c->a, (struct literal_use){ .s = s, .scope = c->scope }) : -1;
}

/* What stands exactly in the text stands, read as a regex would, in its fold. */
static int
of_raw(struct literals *out, const struct node *n, struct arena *a)
{
    struct collect c = { out, a, n->scope };
    char quoted[512];
    size_t k = 0;
    for (size_t i = 0; i < n->text.n && k + 2 < sizeof(quoted); i++) {
        if (!(n->text.p[i] & 0x80) && strchr("\\[](){}^$.|*+?", n->text.p[i]))
            quoted[k++] = '\\';
        quoted[k++] = n->text.p[i];
    }
    while (k && (quoted[k - 1] & 0x80)) /* may have been cut inside a character */
        k--;
    if (pattern_literals((struct tocsin_str){ quoted, k }, false, take, &c))
        out->n = 0;
    return 0;
}

static int
of_regex(struct literals *out, const struct node *n, struct arena *a)
{
    struct collect c = { out, a, n->scope };
    bool extended = n->pattern->is_extended;
    if (pattern_literals(n->pattern->source, extended, take, &c))
        out->n = 0;
    return 0;
}

static int
of_all(struct literals *out, const struct node *n, struct arena *a)
{
    for (uint32_t i = 0; i < n->n; i++) {
        struct literals one = { 0 };
        bool ignored;
        if (n->kind != NODE_AND && n->is_negated && i > 0)
            break;
        if (literals_of(&one, n->child[i], a, &ignored))
            return -1;
        if (one.n && (!out->n || one.rarity > out->rarity))
            *out = one;
    }
    for (size_t i = 0; i < out->n; i++)
        out->v[i].flags &= ~LITERAL_IS_HIT;
    return 0;
}

static int
of_any(struct literals *out, const struct node *n, struct arena *a, bool *is_direct)
{
    *is_direct = true;
    for (uint32_t i = 0; i < n->n; i++) {
        struct literals one = { 0 };
        bool direct = false;
        if (literals_of(&one, n->child[i], a, &direct))
            return -1;
        *is_direct &= direct;
        if (!one.n || out->n + one.n > MAX_LITERALS) {
            *out = (struct literals){ 0 };
            *is_direct = false;
            return 0;
        }
        for (size_t k = 0; k < one.n; k++)
            if (add(out, a, one.v[k]))
                return -1;
    }
    for (size_t i = 0; !*is_direct && i < out->n; i++)
        out->v[i].flags &= ~LITERAL_IS_HIT;
    return 0;
}

int
literals_of(struct literals *out, const struct node *n, struct arena *a, bool *is_direct)
{
    *is_direct = false;
    switch (n->kind) {
    case NODE_TERM:
        return of_term(out, n, a, is_direct);
    case NODE_RAW:
        return of_raw(out, n, a);
    case NODE_REGEX:
        return of_regex(out, n, a);
    case NODE_AND:
    case NODE_NEAR:
    case NODE_SENTENCE:
        return of_all(out, n, a);
    case NODE_OR:
        return of_any(out, n, a, is_direct);
    default:
        return 0;
    }
}
