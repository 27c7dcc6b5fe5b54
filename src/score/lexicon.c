/* Loads a lexicon file into an open-addressing table keyed by hash. */
#include "score/lexicon.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/parse.h"
#include "normalise/normalise.h"

#define FILE_MAX (4u << 20)

struct lexicon {
    struct lex_entry *v;
    size_t mask, n, n_known;
};

static const struct {
    const char *name;
    uint32_t bit;
} MARKS[] = {
    { "not", MARK_NOT },           { "swear", MARK_SWEAR },   { "anger", MARK_ANGER },
    { "breakage", MARK_BREAKAGE }, { "but", MARK_BUT },       { "though", MARK_THOUGH },
    { "wish", MARK_WISH },         { "you", MARK_YOU },       { "me", MARK_ME },
    { "thanks", MARK_THANKS },     { "praise", MARK_PRAISE }, { "still", MARK_STILL },
    { "biz", MARK_BUSINESS },      { "money", MARK_MONEY },   { "time", MARK_TIME },
    { "ask", MARK_ASK },           { "laugh", MARK_LAUGH },   { "greet", MARK_GREET },
    { "sorry", MARK_SORRY },       { "dm", MARK_DM },         { "they", MARK_THEY },
};

uint64_t
lex_hash(struct tocsin_str word)
{
    uint64_t h = LEX_SEED;

    for (size_t i = 0; i < word.n; i++)
        h = lex_step(h, (unsigned char)word.p[i]);
    return lex_finish(h);
}

static int
grow(struct lexicon *x)
{
    size_t n = x->mask + 1;
    struct lex_entry *v = calloc(n * 2, sizeof(*v));

    if (!v)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!x->v[i].hash)
            continue;
        size_t at = x->v[i].hash & (n * 2 - 1);
        while (v[at].hash)
            at = (at + 1) & (n * 2 - 1);
        v[at] = x->v[i];
    }
    free(x->v);
    x->v = v;
    x->mask = n * 2 - 1;
    return 0;
}

int
lexicon_new(struct lexicon **out, struct err *err)
{
    struct lexicon *x = calloc(1, sizeof(*x));

    if (x)
        x->v = calloc(4096, sizeof(*x->v));
    if (!x || !x->v) {
        free(x);
        return err_set(err, ERR_NOMEM, "lexicon: no memory");
    }
    x->mask = 4095;
    *out = x;
    return 0;
}

void
lexicon_free(struct lexicon *x)
{
    if (!x)
        return;
    free(x->v);
    free(x);
}

size_t
lexicon_count(const struct lexicon *x)
{
    return x->n_known;
}

const struct lex_entry *
lexicon_find(const struct lexicon *x, uint64_t hash)
{
    for (size_t at = hash & x->mask; x->v[at].hash; at = (at + 1) & x->mask)
        if (x->v[at].hash == hash)
            return &x->v[at];
    return NULL;
}

static struct lex_entry *
put(struct lexicon *x, uint64_t hash)
{
    if ((x->n + 1) * 3 > x->mask && grow(x))
        return NULL;
    size_t at = hash & x->mask;
    while (x->v[at].hash && x->v[at].hash != hash)
        at = (at + 1) & x->mask;
    if (!x->v[at].hash) {
        x->v[at] = (struct lex_entry){ .hash = hash, .phrase_max = 1 };
        x->n++;
    }
    return &x->v[at];
}

static int
read_marks(struct lex_entry *e, struct tocsin_str marks)
{
    while (marks.n) {
        struct tocsin_str one = str_cut(&marks, ' ');
        double boost;
        size_t i = 0;

        if (str_starts(one, STR_LIT("more=")) || str_starts(one, STR_LIT("less="))) {
            if (parse_double(str_sub(one, 5, one.n), &boost))
                return -1;
            e->boost = (float)(one.p[0] == 'm' ? boost : -boost);
            continue;
        }
        while (i < sizeof(MARKS) / sizeof(*MARKS) && !str_eq_z(one, MARKS[i].name))
            i++;
        if (one.n && i == sizeof(MARKS) / sizeof(*MARKS))
            return -1;
        if (one.n)
            e->marks |= MARKS[i].bit;
    }
    return 0;
}

/* The entry of a key of one or more words; its first word learns how long phrases get. */
static struct lex_entry *
put_key(struct lexicon *x, struct tocsin_str key)
{
    uint64_t first = 0, h = 0;
    size_t n = 0;

    while (key.n) {
        uint64_t one = lex_hash(str_cut(&key, ' '));
        h = n ? lex_join(h, one) : one;
        first = n ? first : one;
        n++;
    }
    if (n > 1 && n <= LEX_PHRASE_MAX) {
        struct lex_entry *e = put(x, first);
        if (!e)
            return NULL;
        if (e->phrase_max < n)
            e->phrase_max = (uint8_t)n;
    }
    return put(x, h);
}

/* Keys are looked up folded, so they are folded as posts are. */
static int
fold_key(struct tocsin_str *key, struct arena *a, struct err *err)
{
    struct text t;

    for (size_t i = 0; i < key->n; i++) {
        if ((unsigned char)key->p[i] < 0x80)
            continue;
        if (normalise_text(&t, *key, a, err))
            return -1;
        *key = t.fold;
        return 0;
    }
    return 0;
}

static int
read_line(struct lexicon *x, struct tocsin_str line, struct arena *a, struct err *err)
{
    struct tocsin_str key = str_cut(&line, '\t');
    struct tocsin_str valence = str_cut(&line, '\t');
    struct lex_entry read = { 0 };
    double v;

    if (!key.n || parse_double(str_trim(valence), &v) || v < -4 || v > 4)
        return err_set(err, ERR_CONFIG, "expected word TAB valence (-4..4) TAB marks");
    if (read_marks(&read, str_trim(line)))
        return err_set(err, ERR_CONFIG, "unknown mark in \"%.*s\"", STR_FMT(line));
    if (fold_key(&key, a, err))
        return -1;
    struct lex_entry *e = put_key(x, key);
    if (!e)
        return err_set(err, ERR_NOMEM, "no memory");
    if (e->is_known)
        return 0;
    e->valence = (float)v;
    e->boost = read.boost;
    e->marks = read.marks;
    e->is_known = true;
    x->n_known++;
    return 0;
}

int
lexicon_read(struct lexicon *x, const char *path, struct err *err)
{
    struct arena *a = arena_new(FILE_MAX);
    struct buf b;
    int rc, line_no = 0;

    buf_init(&b, FILE_MAX);
    rc = a ? file_read(&b, path, err) : err_set(err, ERR_NOMEM, "%s: no memory", path);
    struct tocsin_str rest = buf_view(&b);
    while (rest.n && !rc) {
        struct tocsin_str line = str_cut(&rest, '\n');
        line_no++;
        if (!line.n || (line.p[0] == '#' && line.n > 1 && line.p[1] == ' '))
            continue;
        arena_reset(a);
        rc = read_line(x, line, a, err);
        if (rc)
            err_prefix(err, "%s:%d", path, line_no);
    }
    buf_free(&b);
    arena_free(a);
    return rc;
}
