/* Cuts a post into words and clauses and looks each word up. */
#include "score/words.h"

#include "base/utf8.h"
#include "normalise/normalise.h"
#include "score/hashtag.h"

struct cutter {
    struct words *w;
    const struct lexicon *x;
    const struct text *t;
    struct tocsin_str fold;
    size_t at, max;
    uint8_t field;
    bool ends_clause; /* the next word begins a clause */
    bool ends_sentence;
    uint16_t sentence;
};

enum { C_OTHER, C_LETTER, C_DIGIT, C_SPACE, C_HIGH };

static const uint8_t CLASS[256] = {
    [' '] = C_SPACE,  ['\t'] = C_SPACE,         ['\n'] = C_SPACE,         ['\r'] = C_SPACE,
    ['0'] = C_DIGIT,  ['1'] = C_DIGIT,          ['2'] = C_DIGIT,          ['3'] = C_DIGIT,
    ['4'] = C_DIGIT,  ['5'] = C_DIGIT,          ['6'] = C_DIGIT,          ['7'] = C_DIGIT,
    ['8'] = C_DIGIT,  ['9'] = C_DIGIT,          ['a' ... 'z'] = C_LETTER, ['A' ... 'Z'] = C_LETTER,
    ['_'] = C_LETTER, [0x80 ... 0xff] = C_HIGH,
};

static inline unsigned char
peek(const struct cutter *c, size_t i)
{
    return i < c->fold.n ? (unsigned char)c->fold.p[i] : 0;
}

static bool
is_emoji(uint32_t cp)
{
    return (cp >= 0x1F000 && cp <= 0x1FAFF) || (cp >= 0x2600 && cp <= 0x27BF) ||
           (cp >= 0x2B00 && cp <= 0x2BFF) || (cp >= 0x2190 && cp <= 0x21FF);
}

/* Letters of other scripts; not punctuation, spaces or signs. */
static bool
is_letter(uint32_t cp)
{
    if (cp < 0x80)
        return CLASS[cp] == C_LETTER || CLASS[cp] == C_DIGIT;
    if (cp < 0xC0)
        return cp == 0xAA || cp == 0xB5 || cp == 0xBA;
    if ((cp >= 0x2000 && cp <= 0x2BFF) || (cp >= 0x3000 && cp <= 0x303F))
        return false;
    return cp != 0xD7 && cp != 0xF7 && cp != 0xFFFD && !is_emoji(cp) &&
           !(cp >= 0xFE00 && cp <= 0xFE0F) && !(cp >= 0xFF00 && cp <= 0xFF0F);
}

static struct clause *
clause_of(struct cutter *c)
{
    struct words *w = c->w;

    if ((c->ends_clause || !w->n_clauses) && w->n_clauses < CLAUSES_MAX) {
        if (c->ends_sentence)
            c->sentence++;
        w->clauses[w->n_clauses++] = (struct clause){
            .first = (uint32_t)w->n,
            .last = (uint32_t)w->n,
            .sentence = c->sentence,
        };
        c->ends_clause = c->ends_sentence = false;
    }
    return &w->clauses[w->n_clauses - 1];
}

static void
end_clause(struct cutter *c, char with)
{
    struct words *w = c->w;

    if (w->n_clauses && !c->ends_clause) {
        struct clause *k = &w->clauses[w->n_clauses - 1];
        if (k->last > k->first && !k->end)
            k->end = with;
    }
    if (w->n_clauses && (with == '!' || with == '?')) {
        struct clause *k = &w->clauses[w->n_clauses - 1];
        k->n_exclaim = (uint8_t)(k->n_exclaim + (with == '!' && k->n_exclaim < 9));
        k->n_ask = (uint8_t)(k->n_ask + (with == '?' && k->n_ask < 9));
        if (with == '?')
            k->end = '?';
    }
    c->ends_clause = true;
    if (with != ',')
        c->ends_sentence = true;
}

static struct word *
add(struct cutter *c, enum word_kind kind, size_t begin, size_t end, uint64_t hash)
{
    struct words *w = c->w;
    size_t from = begin, to = end;

    if (w->n >= c->max)
        return NULL;
    struct clause *k = clause_of(c);
    if (c->t->n_runs)
        text_range(c->t, begin, end, &from, &to);
    struct word *one = &w->v[w->n];
    *one = (struct word){ .hash = hash,
                          .begin = (uint32_t)begin,
                          .end = (uint32_t)end,
                          .from = (uint32_t)from,
                          .to = (uint32_t)to,
                          .weight = 1,
                          .clause = (uint16_t)(k - w->clauses),
                          .kind = (uint8_t)kind,
                          .field = c->field,
                          .phrase = 1 };
    w->n++;
    k->last = (uint32_t)w->n;
    return one;
}

/* Capitals are looked for in the text, since the fold has none. */
static void
look_at_case(struct cutter *c, struct word *one)
{
    const char *p = c->t->text.p;
    size_t upper = 0, lower = 0;

    for (size_t i = one->from; i < one->to && i < c->t->text.n; i++) {
        upper += p[i] >= 'A' && p[i] <= 'Z';
        lower += p[i] >= 'a' && p[i] <= 'z';
    }
    one->is_caps = upper >= 2 && lower == 0;
    one->is_capital = upper >= 1 && p[one->from] >= 'A' && p[one->from] <= 'Z';
    if (one->is_caps && upper >= 3)
        c->w->n_caps++;
    else if (lower)
        c->w->n_lower++;
}

/* "soooo": runs of three and more letters become two, then one, until a word is known. */
static const struct lex_entry *
find_elongated(const struct lexicon *x, struct tocsin_str s)
{
    for (size_t keep = 2; keep >= 1; keep--) {
        uint64_t h = LEX_SEED;
        size_t run = 0;
        bool any = false;
        for (size_t i = 0; i < s.n; i++) {
            run = i && s.p[i] == s.p[i - 1] ? run + 1 : 1;
            size_t whole = run;
            for (size_t j = i + 1; j < s.n && s.p[j] == s.p[i]; j++)
                whole++;
            any |= whole >= 3;
            if (whole < 3 || run <= keep)
                h = lex_step(h, (unsigned char)s.p[i]);
        }
        if (!any)
            return NULL;
        const struct lex_entry *e = lexicon_find(x, lex_finish(h));
        if (e && e->is_known)
            return e;
    }
    return NULL;
}

static bool
has_run(struct tocsin_str s)
{
    for (size_t i = 2; i < s.n; i++)
        if (s.p[i] == s.p[i - 1] && s.p[i] == s.p[i - 2] && CLASS[(uint8_t)s.p[i]] == C_LETTER)
            return true;
    return false;
}

static void
look_up(struct cutter *c, struct word *one)
{
    struct tocsin_str s = str_sub(c->fold, one->begin, one->end);

    one->e = lexicon_find(c->x, one->hash);
    if (has_run(s)) {
        one->is_long = true;
        if (!one->e)
            one->e = find_elongated(c->x, s);
        if (one->e && !one->e->is_known)
            one->e = NULL;
    }
    look_at_case(c, one);
}

/* The end of the word at `i` and its hash; curly apostrophes count as straight ones. */
static size_t
word_end(const struct cutter *c, size_t i, uint64_t *hash, bool *has_letter)
{
    uint64_t h = LEX_SEED;
    size_t stars = 0;

    while (i < c->fold.n) {
        unsigned char b = peek(c, i);
        size_t next = i;
        if (CLASS[b] == C_LETTER || CLASS[b] == C_DIGIT) {
            *has_letter |= CLASS[b] == C_LETTER;
            next = i + 1;
        } else if (b == '\'' && (CLASS[peek(c, i + 1)] == C_LETTER)) {
            next = i + 1;
        } else if ((b == '*' || b == '$') &&
                   (CLASS[peek(c, i + 1)] == C_LETTER || stars || peek(c, i + 1) == b)) {
            stars++;
            next = i + 1;
        } else if ((b == '.' || b == ',') && !*has_letter && CLASS[peek(c, i + 1)] == C_DIGIT) {
            next = i + 1;
        } else if (b >= 0x80) {
            uint32_t cp = utf8_next(c->fold, &next);
            if (cp == 0x2019 && CLASS[peek(c, next)] == C_LETTER) {
                h = lex_step(h, '\'');
                i = next;
                continue;
            }
            if (!is_letter(cp))
                break;
            *has_letter = true;
        }
        if (next == i)
            break;
        for (; i < next; i++)
            h = lex_step(h, (unsigned char)c->fold.p[i]);
    }
    *hash = lex_finish(h);
    return i;
}

static void
cut_word(struct cutter *c)
{
    uint64_t hash;
    bool has_letter = false;
    size_t begin = c->at;

    c->at = word_end(c, begin, &hash, &has_letter);
    if (c->at == begin) {
        c->at++;
        return;
    }
    struct word *one = add(c, has_letter ? WORD_PLAIN : WORD_NUMBER, begin, c->at, hash);
    if (one && has_letter)
        look_up(c, one);
}

static size_t
name_end(const struct cutter *c, size_t i)
{
    while (i < c->fold.n) {
        size_t next = i;
        uint32_t cp = utf8_next(c->fold, &next);
        if (!is_letter(cp))
            break;
        i = next;
    }
    return i;
}

static void
cut_handle(struct cutter *c)
{
    size_t begin = c->at;
    size_t end = name_end(c, begin + 1);

    if (peek(c, end) == '@' || (peek(c, end) == '.' && CLASS[peek(c, end + 1)] == C_LETTER))
        end = name_end(c, end + 1);
    c->at = end;
    add(c, WORD_HANDLE, begin, end, lex_hash(STR_LIT("@")));
}

static void
cut_hashtag(struct cutter *c)
{
    size_t begin = c->at, cuts[HASHTAG_WORDS];
    size_t end = name_end(c, begin + 1);
    struct tocsin_str name = str_sub(c->fold, begin + 1, end);

    c->at = end;
    struct word *one = add(c, WORD_HASHTAG, begin, end, lex_hash(name));
    if (!one)
        return;
    one->e = lexicon_find(c->x, one->hash);
    if (one->e && one->e->is_known)
        return;
    one->e = NULL;
    size_t n = hashtag_split(c->x, name, cuts);
    for (size_t i = 0, at = 0; i < n; at = cuts[i++]) {
        uint64_t h = lex_hash(str_sub(name, at, cuts[i]));
        struct word *part = add(c, WORD_PLAIN, begin + 1 + at, begin + 1 + cuts[i], h);
        if (!part)
            return;
        part->e = lexicon_find(c->x, h);
        part->from_tag = true;
    }
}

static bool
cut_url(struct cutter *c)
{
    struct tocsin_str rest = str_sub(c->fold, c->at, c->fold.n);

    if (!str_starts(rest, STR_LIT("http://")) && !str_starts(rest, STR_LIT("https://")) &&
        !str_starts(rest, STR_LIT("www.")))
        return false;
    size_t end = c->at;
    while (end < c->fold.n && CLASS[peek(c, end)] != C_SPACE)
        end++;
    add(c, WORD_URL, c->at, end, lex_hash(STR_LIT("http://")));
    c->at = end;
    return true;
}

/* The longest emoticon here that is not the begin of a word. */
static bool
cut_emoticon(struct cutter *c)
{
    for (size_t n = 5; n >= 2; n--) {
        struct tocsin_str s = str_sub(c->fold, c->at, c->at + n);
        if (s.n != n || CLASS[peek(c, c->at + n)] == C_LETTER ||
            CLASS[peek(c, c->at + n)] == C_DIGIT)
            continue;
        const struct lex_entry *e = lexicon_find(c->x, lex_hash(s));
        if (!e || !e->is_known || (CLASS[(uint8_t)s.p[0]] == C_LETTER && n > 3))
            continue;
        struct word *one = add(c, WORD_SIGN, c->at, c->at + n, e->hash);
        if (one)
            one->e = e;
        c->at += n;
        return true;
    }
    return false;
}

static void
cut_high(struct cutter *c)
{
    size_t next = c->at;
    uint32_t cp = utf8_next(c->fold, &next);

    if (is_letter(cp)) {
        cut_word(c);
        return;
    }
    if (is_emoji(cp)) {
        uint64_t h = lex_hash(str_sub(c->fold, c->at, next));
        struct word *one = add(c, WORD_SIGN, c->at, next, h);
        if (one)
            one->e = lexicon_find(c->x, h);
    } else if (cp == 0x2026) {
        c->w->n_dots++;
        end_clause(c, '.');
    } else if (cp == 0x2013 || cp == 0x2014 || cp == 0x2022) {
        end_clause(c, ',');
    } else if (cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == 0x61F) {
        end_clause(c, cp == 0xFF01 ? '!' : cp == 0x3002 ? '.' : '?');
    }
    c->at = next;
}

static void
cut_dots(struct cutter *c)
{
    size_t n = 0;

    while (peek(c, c->at) == '.')
        c->at++, n++;
    if (n >= 2)
        c->w->n_dots++;
    end_clause(c, '.');
}

/* "> quoted" lines are somebody else's words. */
static bool
skip_quoted(struct cutter *c)
{
    if (peek(c, c->at) != '>' || (c->at && c->fold.p[c->at - 1] != '\n'))
        return false;
    unsigned char next = peek(c, c->at + 1);
    if (next != ' ' && next != '>' && CLASS[next] != C_LETTER)
        return false;
    while (c->at < c->fold.n && c->fold.p[c->at] != '\n')
        c->at++;
    c->w->is_quoted_part = true;
    return true;
}

static void
cut_other(struct cutter *c)
{
    unsigned char b = peek(c, c->at);

    if (skip_quoted(c) || cut_emoticon(c))
        return;
    if (b == '@' && is_letter(peek(c, c->at + 1))) {
        cut_handle(c);
        return;
    }
    if (b == '#' && is_letter(peek(c, c->at + 1)) && CLASS[peek(c, c->at + 1)] != C_DIGIT) {
        cut_hashtag(c);
        return;
    }
    if (b == '.') {
        cut_dots(c);
        return;
    }
    if (b == '!' || b == '?' || b == ',' || b == ';')
        end_clause(c, (char)b);
    else if (b == ':' || b == '(' || b == ')' || b == '"' || b == '|')
        end_clause(c, ',');
    else if (b == '-' && peek(c, c->at + 1) == '-')
        end_clause(c, ',');
    c->at++;
}

static void
cut_one(struct cutter *c)
{
    unsigned char b = peek(c, c->at);

    switch (CLASS[b]) {
    case C_SPACE:
        if (b == '\n')
            end_clause(c, '.');
        else if (peek(c, c->at + 1) == '-' && peek(c, c->at + 2) == ' ')
            end_clause(c, ',');
        c->at++;
        break;
    case C_LETTER:
        if ((b == 'h' || b == 'w') && cut_url(c))
            break;
        if ((b == 'x' || b == 'd' || b == 't' || b == 'o') &&
            CLASS[peek(c, c->at + 3)] != C_LETTER && cut_emoticon(c))
            break;
        cut_word(c);
        break;
    case C_DIGIT:
        cut_word(c);
        break;
    case C_HIGH:
        cut_high(c);
        break;
    default:
        cut_other(c);
    }
}

static void
cut(struct words *w, const struct lexicon *x, const struct text *t, uint8_t field, size_t max)
{
    struct cutter c = { .w = w,
                        .x = x,
                        .t = t,
                        .fold = t->fold,
                        .field = field,
                        .max = max,
                        .ends_clause = true,
                        .ends_sentence = w->n_clauses > 0 };

    c.sentence = w->n_clauses ? w->clauses[w->n_clauses - 1].sentence : 0;
    while (c.at < c.fold.n && w->n < max)
        cut_one(&c);
}

/* Joins words into the longest phrases the lexicon knows. */
static void
join_phrases(struct words *w, const struct lexicon *x)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct lex_entry *e = w->v[i].e;
        size_t best = 1;
        if (!e || e->phrase_max < 2 || w->v[i].kind == WORD_SIGN) {
            if (e && !e->is_known)
                w->v[i].e = NULL;
            continue;
        }
        uint64_t h = w->v[i].hash;
        const struct lex_entry *found = NULL;
        for (size_t k = 1; k < e->phrase_max && i + k < w->n; k++) {
            if (w->v[i + k].clause != w->v[i].clause || w->v[i + k].field != w->v[i].field)
                break;
            h = lex_join(h, w->v[i + k].hash);
            const struct lex_entry *p = lexicon_find(x, h);
            if (p && p->is_known) {
                found = p;
                best = k + 1;
            }
        }
        if (found) {
            w->v[i].e = found;
            w->v[i].phrase = (uint8_t)best;
            for (size_t k = 1; k < best; k++) {
                w->v[i].is_caps &= w->v[i + k].is_caps;
                w->v[i + k].e = NULL;
                w->v[i + k].phrase = 0;
            }
            i += best - 1;
        } else if (!e->is_known) {
            w->v[i].e = NULL;
        }
    }
}

int
words_read(struct words *out, const struct lexicon *x, const struct post *p, struct arena *a)
{
    size_t bytes = p->title.fold.n + p->text.fold.n;
    size_t max = bytes + 1 < WORDS_MAX ? bytes + 1 : WORDS_MAX;
    size_t clauses = bytes + 1 < CLAUSES_MAX ? bytes + 1 : CLAUSES_MAX;

    *out = (struct words){ .post = p };
    if (bytes < WORDS_MAX)
        max = bytes / 2 + 2 + bytes / 4;
    out->v = arena_array(a, max, sizeof(*out->v));
    out->clauses = arena_array(a, clauses, sizeof(*out->clauses));
    if (!out->v || !out->clauses)
        return -1;
    cut(out, x, &p->title, FIELD_TITLE, max < 100 ? max : 100);
    cut(out, x, &p->text, FIELD_TEXT, max);
    join_phrases(out, x);
    return 0;
}

struct tocsin_str
words_text(const struct words *w, size_t i, size_t j)
{
    const struct text *t = w->v[i].field == FIELD_TITLE ? &w->post->title : &w->post->text;

    if (j <= i || w->v[j - 1].field != w->v[i].field)
        return STR_NONE;
    return str_sub(t->text, w->v[i].from, w->v[j - 1].to);
}

struct tocsin_str
words_fold(const struct words *w, size_t i)
{
    const struct text *t = w->v[i].field == FIELD_TITLE ? &w->post->title : &w->post->text;

    return str_sub(t->fold, w->v[i].begin, w->v[i].end);
}
