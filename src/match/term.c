/* term - words and phrases of a query: read into folded tokens, and found in a stream. */
#define _GNU_SOURCE 1 /* memmem */
#include "base/buf.h"
#include "base/utf8.h"
#include "match/stream.h"
#include "normalise/normalise.h"

/* Private use: survive folding, and are no letters. */
#define STAND_IN_STAR 0xE000u
#define STAND_IN_ONE 0xE001u

static bool
is_word_at(struct tocsin_str s, size_t at)
{
    size_t next = at;
    return at < s.n && (chars_get(utf8_next(s, &next)) & CHAR_WORD);
}

/* "*" is a wildcard, "?" where a letter follows (a mark of a question elsewhere); a
 * backslash takes the meaning away. */
static int
mark_wildcards(struct buf *b, struct tocsin_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\\' && i + 1 < text.n)
            buf_char(b, text.p[++i]);
        else if (c == '*')
            buf_utf8(b, STAND_IN_STAR);
        else if (c == '?' && i > 0 && is_word_at(text, i + 1))
            buf_utf8(b, STAND_IN_ONE);
        else
            buf_char(b, c);
    }
    return b->failed ? -1 : 0;
}

int
query_fold(struct query_out *out, struct tocsin_str text, struct tocsin_str *fold)
{
    struct buf marked, done;
    struct text t;
    int rc = -1;
    buf_init(&marked, QUERY_MAX * 4);
    buf_init(&done, QUERY_MAX * 16);
    if (mark_wildcards(&marked, text) || normalise_text(&t, buf_view(&marked), out->a, NULL))
        goto out;
    for (size_t at = 0; at < t.fold.n;) {
        size_t begin = at;
        uint32_t cp = utf8_next(t.fold, &at);
        if (cp == STAND_IN_STAR || cp == STAND_IN_ONE)
            buf_char(&done, cp == STAND_IN_STAR ? TOKEN_STAR : TOKEN_ONE);
        else
            buf_add(&done, t.fold.p + begin, at - begin);
    }
    *fold = arena_str(out->a, buf_view(&done));
    rc = fold->p ? 0 : -1;
out:
    buf_free(&marked);
    buf_free(&done);
    return rc;
}

/* Without the commas and full stops that writing leaves at a word's ends. */
static struct tocsin_str
trim_signs(struct tocsin_str s)
{
    struct tocsin_str t = s;
    while (t.n && strchr(",.;:?'\"", t.p[t.n - 1]))
        t.n--;
    while (t.n && strchr(",;:?'\"", t.p[0]))
        t = str_sub(t, 1, t.n);
    return t;
}

static bool
is_space_char(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int
query_term(struct query_out *out, struct node *term, struct tocsin_str text)
{
    struct tocsin_str fold;
    if (query_fold(out, text, &fold))
        return -1;
    struct token *v = arena_array(out->a, fold.n / 2 + 1, sizeof(*v));
    if (!v)
        return -1;
    term->token = v;
    term->n = 0;
    for (size_t at = 0; at < fold.n;) {
        size_t begin = at;
        while (at < fold.n && !is_space_char(fold.p[at]))
            at++;
        struct tocsin_str s = trim_signs(str_sub(fold, begin, at));
        if (s.n) {
            bool wild = memchr(s.p, TOKEN_STAR, s.n) || memchr(s.p, TOKEN_ONE, s.n);
            v[term->n++] = (struct token){ s, wild };
        }
        at++;
    }
    return 0;
}

static bool
is_wild(char c)
{
    return c == TOKEN_STAR || c == TOKEN_ONE;
}

bool
token_may_begin(char c, struct tocsin_str s, size_t at)
{
    uint32_t before = stream_before(s, at);
    if (c == '#' || c == '@' || c == '$')
        return !(before & CHAR_WORD) || (before & CHAR_UNSPACED);
    return stream_begins(before, stream_after(s, at));
}

bool
token_may_end(struct tocsin_str s, size_t at)
{
    return stream_ends(stream_before(s, at), stream_after(s, at));
}

/* One word character that stands in the same word as the one before it (from > 0 of them). */
static size_t
step_in_word(struct tocsin_str s, size_t at, bool inside)
{
    size_t next = at;
    uint32_t bits = stream_after(s, at);
    if (!(bits & CHAR_WORD) || (inside && stream_begins(stream_before(s, at), bits)))
        return 0;
    utf8_next(s, &next);
    return next;
}

/* Wildcards: a star takes as few characters of the word as do. */
static size_t
glob_match(struct tocsin_str g, struct tocsin_str s, size_t begin)
{
    size_t i = 0, at = begin, star_i = SIZE_MAX, star_at = 0;
    for (;;) {
        if (i < g.n && g.p[i] == TOKEN_STAR) {
            star_i = ++i;
            star_at = at;
            continue;
        }
        if (i >= g.n && at > begin && token_may_end(s, at))
            return at;
        size_t next = 0;
        if (i < g.n && g.p[i] == TOKEN_ONE)
            next = step_in_word(s, at, at > begin);
        else if (i < g.n && at < s.n && s.p[at] == g.p[i])
            next = at + 1;
        if (next) {
            i++;
            at = next;
            continue;
        }
        if (star_i == SIZE_MAX)
            return SIZE_MAX;
        star_at = step_in_word(s, star_at, star_at > begin);
        if (!star_at)
            return SIZE_MAX;
        at = star_at;
        i = star_i;
    }
}

size_t
token_match(const struct token *t, struct tocsin_str s, size_t at)
{
    if (t->has_wild) {
        return token_may_begin(t->s.p[0], s, at) ? glob_match(t->s, s, at) : SIZE_MAX;
    }
    if (t->s.n > s.n - at || memcmp(s.p + at, t->s.p, t->s.n) != 0)
        return SIZE_MAX;
    size_t end = at + t->s.n;
    return token_may_begin(t->s.p[0], s, at) && token_may_end(s, end) ? end : SIZE_MAX;
}

/* Between two words of a phrase: signs and spaces, but not from title to text. In scripts
 * without spaces, nothing. */
static size_t
skip_gap(struct tocsin_str s, size_t at)
{
    size_t from = at;
    while (at < s.n && !(stream_after(s, at) & CHAR_WORD)) {
        if (s.p[at] == '\n' && at + 1 < s.n && s.p[at + 1] == '\n')
            return SIZE_MAX; /* a paragraph ends */
        if (strchr("#@", s.p[at]) && s.p[at])
            break;
        utf8_next(s, &at);
    }
    return at > from || (at < s.n && (stream_after(s, at) & CHAR_UNSPACED)) ? at : SIZE_MAX;
}

static size_t
phrase_match(const struct node *term, struct tocsin_str s, size_t at)
{
    for (uint32_t i = 0; i < term->n; i++) {
        const struct token *t = &term->token[i];
        if (i > 0) {
            size_t from = at;
            at = skip_gap(s, from);
            if (at == SIZE_MAX)
                return SIZE_MAX;
            size_t end = token_match(t, s, at);
            for (size_t p = from; end == SIZE_MAX && p < at; p++) /* it begins with a sign */
                end = (s.p[p] & 0xC0) != 0x80 ? token_match(t, s, p) : end;
            at = end;
        } else {
            at = token_match(t, s, at);
        }
        if (at == SIZE_MAX)
            return SIZE_MAX;
    }
    return at;
}

/* The next place where the token's first bytes stand, or where any word begins. */
static size_t
next_start(const struct token *t, struct tocsin_str s, size_t from)
{
    size_t head = 0;
    while (head < t->s.n && !is_wild(t->s.p[head]))
        head++;
    if (head) {
        const char *p = from < s.n ? memmem(s.p + from, s.n - from, t->s.p, head) : NULL;
        return p ? (size_t)(p - s.p) : SIZE_MAX;
    }
    for (size_t at = from; at < s.n; at++)
        if ((s.p[at] & 0xC0) != 0x80 && (stream_after(s, at) & CHAR_WORD) &&
            stream_begins(stream_before(s, at), stream_after(s, at)))
            return at;
    return SIZE_MAX;
}

bool
term_find(const struct node *term, struct tocsin_str s, size_t from, size_t *begin, size_t *end)
{
    for (;;) {
        size_t at = next_start(&term->token[0], s, from);
        if (at == SIZE_MAX)
            return false;
        *end = phrase_match(term, s, at);
        if (*end != SIZE_MAX) {
            *begin = at;
            return true;
        }
        from = at + 1;
    }
}
