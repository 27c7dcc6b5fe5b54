/* leaf - the single terms of a query, looked for in one post. */
#define _GNU_SOURCE 1 /* memmem */
#include <math.h>

#include "base/utf8.h"
#include "match/eval.h"
#include "normalise/normalise.h"

static bool
is_in_scope(const struct stream *st, const struct node *n, size_t at)
{
    return n->scope & (at < st->text_at ? SCOPE_TITLE : SCOPE_TEXT);
}

struct found
eval_term(struct eval *e, const struct node *n)
{
    struct spans s = { 0 };
    size_t begin, end, from = 0;
    while (s.n < EVAL_SPANS && term_find(n, e->stream->s, from, &begin, &end)) {
        if (is_in_scope(e->stream, n, begin))
            spans_add(e, &s, (struct span){ (uint32_t)begin, (uint32_t)end, 0, 0 });
        from = end;
    }
    return spans_found(&s);
}

/* The fold offset of a text offset: the map the other way. */
static uint32_t
to_fold(const struct text *t, size_t text_at)
{
    size_t low = 0, high = t->n_runs;
    if (!t->n_runs)
        return (uint32_t)text_at;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->runs[mid].text_at <= text_at)
            low = mid + 1;
        else
            high = mid;
    }
    const struct fold_run *r = &t->runs[low ? low - 1 : 0];
    size_t end = low < t->n_runs ? t->runs[low].fold_at : t->fold.n;
    size_t at = r->fold_at + (r->same ? text_at - r->text_at : 0);
    return (uint32_t)(at < end ? at : end);
}

/* A range of the field's text as a place in the stream. */
static struct span
span_of_text(const struct stream *st, bool in_text, size_t begin, size_t end)
{
    const struct text *t = in_text ? &st->post->text : &st->post->title;
    uint32_t base = in_text ? st->text_at : 0;
    struct span s = { base + to_fold(t, begin), base + to_fold(t, end), (uint32_t)begin,
                      (uint32_t)end };
    if (s.end <= s.begin && s.begin < st->s.n)
        s.end = s.begin + 1;
    return s;
}

static bool
stands_alone(struct tocsin_str s, size_t begin, size_t end)
{
    return stream_begins(stream_before(s, begin), stream_after(s, begin)) &&
           stream_ends(stream_before(s, end), stream_after(s, end));
}

struct found
eval_raw(struct eval *e, const struct node *n)
{
    struct spans s = { 0 };
    for (int field = 0; field < 2; field++) {
        struct tocsin_str t = field ? e->stream->post->text.text : e->stream->post->title.text;
        if (!(n->scope & (field ? SCOPE_TEXT : SCOPE_TITLE)))
            continue;
        for (size_t at = str_find(t, n->text, 0); at != SIZE_MAX && s.n < EVAL_SPANS;
             at = str_find(t, n->text, at + 1))
            if (stands_alone(t, at, at + n->text.n))
                spans_add(e, &s, span_of_text(e->stream, field, at, at + n->text.n));
    }
    return spans_found(&s);
}

static int
by_begin_then_end(const struct span *a, const struct span *b)
{
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

/* Adds unless the same range of the text is there already; keeps the order. */
static void
add_new(struct eval *e, struct spans *s, struct span span)
{
    size_t i = s->n;
    for (size_t k = 0; k < s->n; k++)
        if ((s->v[k].begin < e->stream->text_at) == (span.begin < e->stream->text_at) &&
            s->v[k].text_begin == span.text_begin && s->v[k].text_end == span.text_end)
            return;
    spans_add(e, s, span);
    if (e->failed)
        return;
    for (; i > 0 && by_begin_then_end(&span, &s->v[i - 1]) < 0; i--)
        s->v[i] = s->v[i - 1];
    s->v[i] = span;
}

static const struct text *
nfkc_of(struct eval *e, int field)
{
    struct tocsin_str t = field ? e->stream->post->text.text : e->stream->post->title.text;
    if (!e->has_nfkc[field]) {
        if (normalise_nfkc(&e->nfkc[field], t, e->a, NULL)) {
            e->failed = true;
            return NULL;
        }
        e->has_nfkc[field] = true;
    }
    return &e->nfkc[field];
}

static int
regex_on_field(struct eval *e, struct pattern *p, int field, struct spans *s)
{
    struct tocsin_str t = field ? e->stream->post->text.text : e->stream->post->title.text;
    struct range32 ranges[PATTERN_HITS];
    size_t n, begin, end;
    int rc = pattern_match(p, e->patterns, t, ranges, PATTERN_HITS, &n);
    for (size_t i = 0; i < n; i++)
        spans_add(e, s, span_of_text(e->stream, field, ranges[i].begin, ranges[i].end));
    const struct text *k = nfkc_of(e, field);
    if (!k || str_eq(k->fold, t))
        return rc;
    rc |= pattern_match(p, e->patterns, k->fold, ranges, PATTERN_HITS, &n);
    for (size_t i = 0; i < n; i++) {
        text_range(k, ranges[i].begin, ranges[i].end, &begin, &end);
        add_new(e, s, span_of_text(e->stream, field, begin, end));
    }
    return rc;
}

struct found
eval_regex(struct eval *e, const struct node *n)
{
    struct spans s = { 0 };
    int rc = PATTERN_SURE;
    pattern_start(e->patterns);
    if (n->scope & SCOPE_TITLE)
        rc |= regex_on_field(e, n->pattern, 0, &s);
    if (n->scope & SCOPE_TEXT)
        rc |= regex_on_field(e, n->pattern, 1, &s);
    struct found f = spans_found(&s);
    if (rc == PATTERN_UNSURE && !f.n)
        f.truth = TRUTH_UNSURE;
    return f;
}

enum { FUZZY_LETTERS = 40 };

static size_t
letters_of(struct tocsin_str s, uint32_t out[FUZZY_LETTERS])
{
    size_t n = 0;
    for (size_t at = 0; at < s.n && n < FUZZY_LETTERS;)
        out[n++] = utf8_next(s, &at);
    return n;
}

/* Levenshtein with transposition of neighbours, at most max. */
static bool
is_within(const uint32_t *a, size_t n, const uint32_t *b, size_t m, uint32_t max)
{
    uint32_t rows[3][FUZZY_LETTERS + 1];
    if ((n > m ? n - m : m - n) > max)
        return false;
    for (uint32_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        uint32_t *row = rows[i % 3], *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];
        uint32_t least = row[0] = (uint32_t)i;
        for (size_t j = 1; j <= m; j++) {
            uint32_t d = up[j - 1] + (a[i - 1] != b[j - 1]);
            d = up[j] + 1 < d ? up[j] + 1 : d;
            d = row[j - 1] + 1 < d ? row[j - 1] + 1 : d;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                up2[j - 2] + 1 < d)
                d = up2[j - 2] + 1;
            row[j] = d;
            least = d < least ? d : least;
        }
        if (least > max)
            return false;
    }
    return rows[n % 3][m] <= max;
}

static size_t
end_of_word(struct tocsin_str s, size_t at)
{
    uint32_t before = stream_after(s, at);
    utf8_next(s, &at);
    while (at < s.n) {
        uint32_t bits = stream_after(s, at);
        if (!(bits & CHAR_WORD) || stream_begins(before, bits))
            break;
        before = bits;
        utf8_next(s, &at);
    }
    return at;
}

struct found
eval_fuzzy(struct eval *e, const struct node *n)
{
    struct spans s = { 0 };
    uint32_t want[FUZZY_LETTERS], have[FUZZY_LETTERS];
    size_t n_want = letters_of(n->text, want);
    struct tocsin_str t = e->stream->s;
    if (stream_words(e->stream)) {
        e->failed = true;
        return spans_found(&s);
    }
    for (size_t i = 0; i < e->stream->n_words && s.n < EVAL_SPANS; i++) {
        size_t at = e->stream->words[i].at, end = end_of_word(t, at);
        if (!is_in_scope(e->stream, n, at) || end - at > n->text.n * 2 + 8)
            continue;
        size_t k = letters_of(str_sub(t, at, end), have);
        if (k + 1 < FUZZY_LETTERS && is_within(want, n_want, have, k, n->distance))
            spans_add(e, &s, (struct span){ (uint32_t)at, (uint32_t)end, 0, 0 });
    }
    return spans_found(&s);
}

/* Any case of ASCII; the star takes any characters. */
static bool
value_matches(struct tocsin_str g, struct tocsin_str s)
{
    size_t i = 0, at = 0, star_i = SIZE_MAX, star_at = 0;
    for (;;) {
        if (i < g.n && g.p[i] == TOKEN_STAR) {
            star_i = ++i;
            star_at = at;
            continue;
        }
        if (i >= g.n && at >= s.n)
            return true;
        char c = at < s.n ? s.p[at] : 0;
        c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        if (i < g.n && at < s.n && (g.p[i] == TOKEN_ONE || g.p[i] == c)) {
            i++;
            at++;
            continue;
        }
        if (star_i == SIZE_MAX || star_at >= s.n)
            return false;
        at = ++star_at;
        i = star_i;
    }
}

static bool
author_matches(struct tocsin_str g, const struct author *a)
{
    struct tocsin_str h = a->handle;
    if (h.n && h.p[0] == '@')
        h = str_sub(h, 1, h.n);
    return value_matches(g, h) || value_matches(g, a->name);
}

/* The site itself, its hosts, or a host below it. */
static bool
site_matches(struct tocsin_str g, const struct post *p)
{
    size_t at = str_find(p->url, STR_LIT("://"), 0);
    struct tocsin_str host = at == SIZE_MAX ? p->site : str_sub(p->url, at + 3, p->url.n);
    size_t end = 0;
    while (end < host.n && !strchr("/?#:", host.p[end]))
        end++;
    host.n = end;
    if (value_matches(g, p->site) || value_matches(g, host))
        return true;
    for (size_t i = 0; i + 1 < host.n; i++)
        if (host.p[i] == '.' && value_matches(g, str_sub(host, i + 1, host.n)))
            return true;
    return false;
}

/* A part of the address where there is no wildcard. */
static bool
url_matches(struct tocsin_str g, struct tocsin_str url)
{
    if (memchr(g.p, TOKEN_STAR, g.n))
        return value_matches(g, url);
    for (size_t i = 0; i + g.n <= url.n; i++)
        if (value_matches(g, str_sub(url, i, i + g.n)))
            return true;
    return false;
}

static bool
tag_matches(struct tocsin_str g, const struct post *p)
{
    if (g.n && g.p[0] == '#')
        g = str_sub(g, 1, g.n);
    for (size_t i = 0; i < p->n_tags; i++) {
        struct tocsin_str t = p->tags[i];
        if (t.n && t.p[0] == '#')
            t = str_sub(t, 1, t.n);
        if (value_matches(g, t))
            return true;
    }
    return false;
}

/* "pt" is also "pt-BR". */
static bool
lang_matches(struct tocsin_str g, struct tocsin_str lang)
{
    size_t n = 0;
    while (n < lang.n && lang.p[n] != '-' && lang.p[n] != '_')
        n++;
    return value_matches(g, lang) || value_matches(g, str_sub(lang, 0, n));
}

bool
eval_field(const struct post *p, const struct node *n)
{
    switch (n->field) {
    case QUERY_AUTHOR:
        return author_matches(n->text, &p->author);
    case QUERY_SITE:
        return site_matches(n->text, p);
    case QUERY_URL:
        return url_matches(n->text, p->url) || url_matches(n->text, p->canonical_url);
    case QUERY_LANG:
        return lang_matches(n->text, p->lang);
    case QUERY_SOURCE:
        return value_matches(n->text, p->source) || value_matches(n->text, p->service);
    case QUERY_KIND:
        return value_matches(n->text, str_z(post_kind_name(p->kind)));
    case QUERY_TAG:
        return tag_matches(n->text, p);
    default:
        return false;
    }
}

bool
eval_number(const struct post *p, const struct node *n)
{
    double v = n->field == QUERY_FOLLOWERS ? (double)p->author.followers : p->rating;
    if (isnan(v) || (n->field == QUERY_FOLLOWERS && v < 0))
        return false;
    return v >= n->number.low && v <= n->number.high;
}
