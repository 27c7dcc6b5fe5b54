/* Counts the features of a post's words. */
#include "score/feature.h"

#include <math.h>

static const char *const NAMES[FEATURES] = {
    [F_BASE] = "base",
    [F_LEXICON] = "lexicon",
    [F_GOOD] = "kind words",
    [F_BAD] = "bitter words",
    [F_HANDLE_FIRST] = "addressed",
    [F_HANDLE] = "handles",
    [F_URL] = "link",
    [F_HASHTAG] = "hashtags",
    [F_QUESTION] = "question",
    [F_EXCLAIM] = "exclamation",
    [F_ASK_EXCLAIM] = "?!",
    [F_CAPS] = "capitals",
    [F_SWEAR] = "swearing",
    [F_ANGER] = "anger words",
    [F_NEGATION] = "negation",
    [F_STILL] = "still or again",
    [F_BREAKAGE] = "breakage",
    [F_THANKS] = "thanks",
    [F_GREET] = "greeting",
    [F_YOU] = "second person",
    [F_ME] = "first person",
    [F_THEY] = "third person",
    [F_NUMBER] = "number",
    [F_MONEY] = "money",
    [F_TIME] = "time",
    [F_BUSINESS] = "business words",
    [F_DM] = "direct message",
    [F_SORRY] = "apology",
    [F_WISH] = "wish",
    [F_SARCASM] = "sarcasm",
    [F_DOTS] = "dots",
    [F_LAUGH] = "laughter",
    [F_GOOD_SIGN] = "kind emoji",
    [F_BAD_SIGN] = "bitter emoji",
    [F_ELONGATION] = "elongation",
    [F_SHORT] = "few words",
    [F_LONG] = "many words",
    [F_SWEAR_AT_YOU] = "swearing at you",
    [F_NO_FEELING] = "no feeling",
    [F_REPOST_MARK] = "repost mark",
    [F_BRAND] = "brand named",
};

static const struct {
    uint32_t mark;
    enum feature feature;
} OF_MARK[] = {
    { MARK_SWEAR, F_SWEAR },       { MARK_ANGER, F_ANGER },
    { MARK_STILL, F_STILL },       { MARK_BREAKAGE, F_BREAKAGE },
    { MARK_THANKS, F_THANKS },     { MARK_GREET, F_GREET },
    { MARK_YOU, F_YOU },           { MARK_ME, F_ME },
    { MARK_MONEY, F_MONEY },       { MARK_TIME, F_TIME },
    { MARK_BUSINESS, F_BUSINESS }, { MARK_DM, F_DM },
    { MARK_SORRY, F_SORRY },       { MARK_LAUGH, F_LAUGH },
    { MARK_THEY, F_THEY },         { MARK_NOT, F_NEGATION },
};

const char *
feature_name(enum feature f)
{
    return NAMES[f];
}

static void
count(struct features *o, enum feature f, size_t i, size_t n)
{
    if (o->at[f] == o->to[f]) {
        o->at[f] = (uint32_t)i;
        o->to[f] = (uint32_t)(i + n);
    }
    o->v[f] += 1;
}

static void
count_marks(struct features *o, const struct word *one, size_t i)
{
    uint32_t m = one->e ? one->e->marks : 0;

    if (!m || !one->phrase)
        return;
    for (size_t k = 0; k < sizeof(OF_MARK) / sizeof(*OF_MARK); k++) {
        uint32_t bit = OF_MARK[k].mark;
        bool negated = one->is_negated && (bit & (MARK_ANGER | MARK_BREAKAGE));
        if ((m & bit) && !negated && !((bit == MARK_ANGER) && one->valence > 0))
            count(o, OF_MARK[k].feature, i, one->phrase);
    }
}

static bool
is_contraction_not(const struct words *w, size_t i)
{
    struct tocsin_str s = words_fold(w, i);

    return s.n > 3 && (str_ends(s, STR_LIT("n't")) || str_ends(s, STR_LIT("n\xe2\x80\x99t")));
}

static void
count_word(struct features *o, const struct words *w, size_t i)
{
    const struct word *one = &w->v[i];

    if (one->kind == WORD_HANDLE)
        count(o, F_HANDLE, i, 1);
    else if (one->kind == WORD_URL)
        count(o, F_URL, i, 1);
    else if (one->kind == WORD_HASHTAG)
        count(o, F_HASHTAG, i, 1);
    else if (one->kind == WORD_NUMBER)
        count(o, F_NUMBER, i, 1);
    else if (one->kind == WORD_SIGN)
        count(o, one->e && one->e->valence > 0 ? F_GOOD_SIGN : F_BAD_SIGN, i, 1);
    if (one->is_brand) {
        count(o, F_BRAND, i, 1);
        return;
    }
    count_marks(o, one, i);
    if (one->kind == WORD_PLAIN && !(one->e && (one->e->marks & MARK_NOT)) &&
        is_contraction_not(w, i))
        count(o, F_NEGATION, i, 1);
    if (one->is_caps && one->to - one->from >= 3 && one->kind == WORD_PLAIN && w->n_lower > 2)
        count(o, F_CAPS, i, 1);
    if (one->is_long)
        count(o, F_ELONGATION, i, 1);
}

static void
count_marks_of_clauses(struct features *o, const struct words *w)
{
    for (size_t c = 0; c < w->n_clauses; c++) {
        const struct clause *k = &w->clauses[c];
        if (k->last > k->first && w->v[k->last - 1].weight == 0)
            continue;
        o->v[F_EXCLAIM] += k->n_exclaim;
        o->v[F_QUESTION] += k->end == '?';
        o->v[F_ASK_EXCLAIM] += k->n_ask > 1 || (k->n_ask && k->n_exclaim);
    }
}

/* Counts beyond the first say less and less; long texts do not run away. */
static double
bounded(double n)
{
    return n <= 1 ? n : n < 8 ? 1 + .5 * log2(n) : 2.5;
}

void
features_count(const struct words *w, const struct feel *feel, struct features *out)
{
    size_t n = 0;

    *out = (struct features){ 0 };
    for (size_t i = 0; i < w->n; i++) {
        if (w->v[i].weight == 0)
            continue;
        n++;
        count_word(out, w, i);
    }
    count_marks_of_clauses(out, w);
    out->v[F_DOTS] = w->n_dots;
    out->v[F_WISH] = feel->is_wish;
    out->v[F_SARCASM] = feel->is_sarcastic;
    if (feel->is_sarcastic) {
        out->at[F_SARCASM] = (uint32_t)feel->sarcasm_at;
        out->to[F_SARCASM] = (uint32_t)feel->sarcasm_at + w->v[feel->sarcasm_at].phrase;
    }
    for (size_t f = 0; f < FEATURES; f++)
        out->v[f] = bounded(out->v[f]);
    out->v[F_BASE] = 1;
    out->v[F_LEXICON] = feel->sum / 4;
    out->v[F_GOOD] = fmin(feel->good / 4, 3);
    out->v[F_BAD] = fmin(-feel->bad / 4, 3);
    out->v[F_NO_FEELING] = feel->good == 0 && feel->bad == 0;
    out->v[F_HANDLE_FIRST] = w->n && w->v[0].weight != 0 && w->v[0].kind == WORD_HANDLE;
    out->v[F_SHORT] = n < 8;
    out->v[F_LONG] = n > 40;
    out->v[F_SWEAR_AT_YOU] = out->v[F_SWEAR] > 0 && out->v[F_YOU] > 0;
    out->v[F_REPOST_MARK] = w->n > 1 && str_eq_z(words_fold(w, 0), "rt");
}
