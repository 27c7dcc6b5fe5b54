/* required - literals that a text must hold for a regex to match, read off its pattern.
 *
 * Conservative: what is not understood gives nothing, and the rule is then tried on every post.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "match/pattern.h"
#include "match/rarity.h"
#include "normalise/chars.h"

enum { MAX_LITERALS = 64, MAX_LITERAL = 64, MAX_DEPTH = 32 };

struct literal {
    char p[MAX_LITERAL];
    uint8_t n;
};

/* One of these holds. n 0: nothing is known. */
struct set {
    struct literal *v;
    size_t n;
    double rarity; /* of the commonest */
};

struct reader {
    struct tocsin_str s;
    size_t at;
    int depth;
    bool gave_up;
};

static void
set_free(struct set *s)
{
    free(s->v);
    *s = (struct set){ 0 };
}

/* Keeps the better of the two. */
static void
set_better(struct set *best, struct set *other)
{
    if (other->n && (!best->n || other->rarity > best->rarity)) {
        set_free(best);
        *best = *other;
        *other = (struct set){ 0 };
    }
    set_free(other);
}

/* a or b. Nothing known of one is nothing known. */
static void
set_union(struct set *a, struct set *b, bool first)
{
    if (first) {
        *a = *b;
        *b = (struct set){ 0 };
        return;
    }
    size_t n = a->n + b->n;
    struct literal *v = a->n && b->n && n <= MAX_LITERALS ? realloc(a->v, n * sizeof(*v)) : NULL;
    if (!v) {
        set_free(a);
        set_free(b);
        return;
    }
    memcpy(v + a->n, b->v, b->n * sizeof(*v));
    a->v = v;
    a->n = n;
    a->rarity = a->rarity < b->rarity ? a->rarity : b->rarity;
    set_free(b);
}

/* Folded as it will stand in every fold of a text that holds it: ASCII always does; a foreign
 * word only if a letter shows that it is never taken for Latin; the last letter not, for a
 * mark behind it may change it. */
static bool
fold_piece(struct tocsin_str s, struct literal *out)
{
    uint32_t seen = 0, bits = 0;
    size_t last = 0;
    out->n = 0;
    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        bits = chars_get(cp);
        if (out->n + 4 > MAX_LITERAL)
            return !(seen & CHAR_LOOKALIKE) || (seen & CHAR_OTHER);
        if (cp >= 0x80 && (bits & (CHAR_COMPLEX | CHAR_DROP | CHAR_JOINS | CHAR_NOT_NFC)))
            return false;
        seen |= bits;
        last = out->n;
        out->n += (uint8_t)utf8_put(out->p + out->n, bits & CHAR_FOLD);
        if (at >= s.n && cp >= 0x80)
            out->n = (uint8_t)last;
    }
    return out->n > 0 && (!(seen & CHAR_LOOKALIKE) || (seen & CHAR_OTHER));
}

enum { PIECE_NONE, PIECE_FREE, PIECE_FOREIGN };

/* Characters that may stand in one piece: of no script that is taken for Latin, or of one. */
static int
piece_kind(uint32_t cp)
{
    uint32_t bits = chars_get(cp);
    if (cp >= 0x80 && (bits & (CHAR_COMPLEX | CHAR_DROP | CHAR_JOINS | CHAR_NOT_NFC)))
        return PIECE_NONE;
    return bits & (CHAR_LOOKALIKE | CHAR_OTHER) ? PIECE_FOREIGN : PIECE_FREE;
}

/* The rarest run of characters that fold one by one. */
static void
consider(struct set *best, struct tocsin_str run)
{
    size_t from = 0;
    while (from < run.n) {
        size_t at = from, next = from;
        int kind = piece_kind(utf8_next(run, &next));
        do {
            at = next;
        } while (at < run.n && piece_kind(utf8_next(run, &next)) == kind);
        struct literal l;
        if (fold_piece(str_sub(run, from, at), &l)) {
            double r = rarity_of((struct tocsin_str){ l.p, l.n });
            if (!best->n || r > best->rarity) {
                struct literal *v = realloc(best->v, sizeof(*v));
                if (v) {
                    *v = l;
                    *best = (struct set){ v, 1, r };
                }
            }
        }
        from = at;
    }
}

/* ']' that ends the class at r->at. */
static void
skip_class(struct reader *r)
{
    size_t i = r->at + 1;
    if (i < r->s.n && r->s.p[i] == '^')
        i++;
    if (i < r->s.n && r->s.p[i] == ']')
        i++;
    for (; i < r->s.n && r->s.p[i] != ']'; i++) {
        if (r->s.p[i] == '\\') {
            if (i + 1 < r->s.n && r->s.p[i + 1] == 'Q')
                r->gave_up = true;
            i++;
        } else if (r->s.p[i] == '[' && i + 1 < r->s.n && strchr(":.=", r->s.p[i + 1])) {
            char end[3] = { r->s.p[i + 1], ']', 0 };
            size_t at = str_find(r->s, str_z(end), i + 2);
            if (at != SIZE_MAX)
                i = at + 1;
        }
    }
    r->at = i + 1;
}

enum repeat { ONCE, MAYBE, OFTEN };

/* The quantifier at r->at. */
static enum repeat
read_repeat(struct reader *r)
{
    enum repeat kind = ONCE;
    char c = r->at < r->s.n ? r->s.p[r->at] : 0;
    if (c == '?' || c == '*') {
        kind = MAYBE;
        r->at++;
    } else if (c == '+') {
        kind = OFTEN;
        r->at++;
    } else if (c == '{') {
        size_t i = r->at + 1;
        while (i < r->s.n && ((r->s.p[i] >= '0' && r->s.p[i] <= '9') || r->s.p[i] == ','))
            i++;
        if (i >= r->s.n || r->s.p[i] != '}' || i == r->at + 1)
            return ONCE; /* a plain brace */
        char first = r->s.p[r->at + 1];
        kind = first == '0' || first == ',' ? MAYBE : OFTEN;
        r->at = i + 1;
    }
    if (kind != ONCE && r->at < r->s.n && (r->s.p[r->at] == '?' || r->s.p[r->at] == '+'))
        r->at++;
    return kind;
}

static void read_branches(struct reader *r, struct set *out);

enum group { GROUP_PLAIN, GROUP_ASIDE, GROUP_NOTHING };

static bool
skip_past(struct reader *r, char c)
{
    while (r->at < r->s.n && r->s.p[r->at] != c)
        r->at++;
    r->gave_up |= r->at >= r->s.n;
    r->at++;
    return true;
}

/* (?flags) and (?flags:...) */
static enum group
open_flags(struct reader *r)
{
    while (r->at < r->s.n && strchr("imsnJUxa-^", r->s.p[r->at])) {
        r->gave_up |= r->s.p[r->at] == 'x';
        r->at++;
    }
    char c = r->at < r->s.n ? r->s.p[r->at] : 0;
    r->at++;
    if (c == ':')
        return GROUP_PLAIN;
    r->gave_up |= c != ')';
    return GROUP_NOTHING;
}

/* What kind of group begins at r->at, just behind its "(". */
static enum group
open_group(struct reader *r)
{
    struct tocsin_str rest = str_sub(r->s, r->at, r->s.n);
    if (str_starts(rest, STR_LIT("*"))) {
        r->gave_up = true;
        return GROUP_NOTHING;
    }
    if (!str_starts(rest, STR_LIT("?")))
        return GROUP_PLAIN;
    static const struct {
        const char *head;
        enum group kind;
    } heads[] = { { "?:", GROUP_PLAIN }, { "?>", GROUP_PLAIN }, { "?|", GROUP_PLAIN },
                  { "?=", GROUP_ASIDE }, { "?!", GROUP_ASIDE }, { "?<=", GROUP_ASIDE },
                  { "?<!", GROUP_ASIDE } };
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        if (str_starts(rest, str_z(heads[i].head))) {
            r->at += strlen(heads[i].head);
            return heads[i].kind;
        }
    if (str_starts(rest, STR_LIT("?#"))) {
        skip_past(r, ')');
        return GROUP_NOTHING;
    }
    if (str_starts(rest, STR_LIT("?<")) || str_starts(rest, STR_LIT("?P<"))) {
        skip_past(r, '>');
        return GROUP_PLAIN;
    }
    r->at++;
    if (r->at < r->s.n && strchr("imsnJUxa-^", r->s.p[r->at]))
        return open_flags(r);
    r->gave_up = true;
    return GROUP_NOTHING;
}

static void
read_group(struct reader *r, struct set *best)
{
    struct set inner = { 0 };
    r->at++;
    if (r->depth >= MAX_DEPTH) {
        r->gave_up = true;
        return;
    }
    enum group kind = open_group(r);
    if (kind == GROUP_NOTHING || r->gave_up)
        return;
    r->depth++;
    read_branches(r, &inner);
    r->depth--;
    r->gave_up |= r->at >= r->s.n;
    r->at++;
    if (read_repeat(r) == MAYBE || kind == GROUP_ASIDE)
        set_free(&inner);
    set_better(best, &inner);
}

/* An escape: true when it is one literal character, which is then at r->at. */
static bool
read_escape(struct reader *r)
{
    char c = r->at + 1 < r->s.n ? r->s.p[r->at + 1] : 0;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c && !(c & 0x80)) {
        r->at++;
        return true;
    }
    if (!c || !strchr("bBAzZGdDwWsSntrfeahHvVNR", c)) {
        bool property = (c == 'p' || c == 'P') && r->at + 2 < r->s.n;
        if (property && r->s.p[r->at + 2] == '{') {
            skip_past(r, '}');
            return false;
        }
        r->gave_up |= !property;
        r->at += 3;
        return false;
    }
    r->at += 2;
    return false;
}

/* One branch, up to "|", ")" or the end. */
static void
read_branch(struct reader *r, struct set *best)
{
    struct buf run;
    buf_init(&run, PATTERN_MAX);
    while (r->at < r->s.n && !r->gave_up) {
        char c = r->s.p[r->at];
        if (c == '|' || c == ')')
            break;
        bool literal = !strchr("\\[(^$.", c) || (c == '\\' && read_escape(r));
        if (literal) {
            size_t from = r->at, n = run.n;
            utf8_next(r->s, &r->at);
            buf_add(&run, r->s.p + from, r->at - from);
            enum repeat kind = read_repeat(r);
            if (kind == MAYBE)
                run.n = n;
            if (kind == ONCE)
                continue;
        }
        consider(best, buf_view(&run));
        buf_reset(&run);
        if (literal || c == '\\') {
            if (!literal)
                read_repeat(r);
            continue;
        }
        if (c == '(') {
            read_group(r, best);
            continue;
        }
        if (c == '[')
            skip_class(r);
        else
            r->at++;
        read_repeat(r);
    }
    consider(best, buf_view(&run));
    buf_free(&run);
}

static void
read_branches(struct reader *r, struct set *out)
{
    for (bool first = true;; first = false) {
        struct set branch = { 0 };
        read_branch(r, &branch);
        set_union(out, &branch, first);
        if (r->gave_up || r->at >= r->s.n || r->s.p[r->at] != '|')
            return;
        r->at++;
    }
}

int
pattern_literals(struct tocsin_str text, bool extended,
                 int (*fn)(void *ctx, struct tocsin_str literal), void *ctx)
{
    struct reader r = { .s = text };
    struct set set = { 0 };
    int rc = -1;
    if (extended || str_find(text, STR_LIT("\\Q"), 0) != SIZE_MAX)
        return -1;
    read_branches(&r, &set);
    if (!r.gave_up && r.at >= r.s.n && set.n)
        rc = 0;
    for (size_t i = 0; rc == 0 && i < set.n; i++)
        rc = fn(ctx, (struct tocsin_str){ set.v[i].p, set.v[i].n });
    set_free(&set);
    return rc;
}
