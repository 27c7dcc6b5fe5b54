/* Gives each word its valence in context. */
#include "score/feel.h"

#define NEGATION_SCOPE 4
#define BOOST_SCOPE 2
#define FULL_LENGTH 30.0 /* words; longer texts count by their mean */

static uint32_t
marks(const struct word *w)
{
    return w->e ? w->e->marks : 0;
}

static bool
ends_in_nt(const struct words *w, size_t i)
{
    struct tocsin_str s = words_fold(w, i);
    size_t n = s.n;

    return n > 3 && s.p[n - 1] == 't' &&
           ((s.p[n - 2] == '\'' && s.p[n - 3] == 'n') ||
            (n > 5 && (uint8_t)s.p[n - 2] == 0x99 && (uint8_t)s.p[n - 4] == 0xe2));
}

static bool
is_negator(const struct words *w, size_t i)
{
    if (w->v[i].phrase == 0)
        return false;
    if (w->v[i].phrase > 1)
        return marks(&w->v[i]) & MARK_NOT;
    return (marks(&w->v[i]) & MARK_NOT) || (w->v[i].kind == WORD_PLAIN && ends_in_nt(w, i));
}

/* Whether a negation before word i of the same clause reaches it. Words that feel end it. */
static bool
is_negated(const struct words *w, size_t i)
{
    size_t back = 0;

    for (size_t k = i; k-- > 0 && back < NEGATION_SCOPE;) {
        if (w->v[k].clause != w->v[i].clause || w->v[k].kind == WORD_SIGN ||
            (marks(&w->v[k]) & (MARK_BUT | MARK_THOUGH)))
            return false;
        if (w->v[k].phrase == 0)
            continue;
        if (is_negator(w, k))
            return true;
        if (w->v[k].e && w->v[k].e->valence != 0 && w->v[k].valence * w->v[i].valence > 0 &&
            back > 0)
            return false;
        back++;
    }
    return false;
}

static double
boost_before(const struct words *w, size_t i)
{
    double boost = 0, fade = 1;
    size_t seen = 0;

    for (size_t k = i; k-- > 0 && seen < BOOST_SCOPE;) {
        if (w->v[k].clause != w->v[i].clause)
            break;
        if (w->v[k].phrase == 0)
            continue;
        if (w->v[k].e && w->v[k].e->boost != 0) {
            boost += fade * w->v[k].e->boost * (w->v[k].is_long ? 1.4 : 1);
            if (w->v[k].is_caps && w->n_lower)
                boost += .2;
        }
        fade *= .85;
        seen++;
    }
    return boost;
}

/* "fucking awesome": the swear word only makes stronger. */
static bool
is_only_boost(const struct words *w, size_t i)
{
    if (!w->v[i].e || w->v[i].e->boost <= 0)
        return false;
    for (size_t k = i + 1; k < w->n && k <= i + 2; k++)
        if (w->v[k].clause == w->v[i].clause && w->v[k].e && w->v[k].e->valence > 0)
            return true;
    return false;
}

static double
in_place(const struct words *w, size_t i, double v)
{
    double boost = boost_before(w, i);

    if (w->v[i].is_caps && w->n_lower && w->v[i].kind == WORD_PLAIN)
        boost += .25;
    if (w->v[i].is_long)
        boost += .15;
    v *= 1 + boost;
    if (w->v[i].is_negated)
        v *= v > 0 ? -.65 : -.35;
    return v;
}

static void
feel_one(struct words *w, size_t i)
{
    struct word *one = &w->v[i];
    bool is_idiom = one->phrase > 1;

    one->valence = 0;
    one->is_negated = false;
    if (!one->e || one->e->valence == 0 || one->is_brand || one->kind == WORD_HANDLE ||
        one->kind == WORD_URL || one->phrase == 0)
        return;
    one->valence = one->e->valence;
    if (one->kind == WORD_SIGN)
        return;
    if (is_only_boost(w, i)) {
        one->valence = 0;
        return;
    }
    if (one->from_tag)
        one->valence *= .9f;
    one->is_negated = !(is_idiom && (one->e->marks & MARK_NOT)) && is_negated(w, i);
    one->valence = (float)in_place(w, i, one->valence);
}

static double
clause_factor(const struct words *w, const struct clause *k)
{
    double f = 1;

    for (size_t i = k->first; i < k->last; i++)
        if ((marks(&w->v[i]) & MARK_THOUGH) && w->v[i].phrase)
            f *= .6;
    return f;
}

static void
scale(struct words *w, size_t first, size_t last, double good, double bad)
{
    for (size_t i = first; i < last; i++)
        w->v[i].valence *= (float)(w->v[i].valence > 0 ? good : bad);
}

/* What comes before "but" within its sentence counts half, what comes after half more. */
static void
weigh_contrast(struct words *w)
{
    for (size_t i = 0; i < w->n; i++) {
        if (!(marks(&w->v[i]) & MARK_BUT) || w->v[i].phrase == 0)
            continue;
        uint16_t sentence = w->clauses[w->v[i].clause].sentence;
        size_t a = i, b = i;
        while (a > 0 && w->clauses[w->v[a - 1].clause].sentence == sentence)
            a--;
        while (b < w->n && w->clauses[w->v[b].clause].sentence == sentence)
            b++;
        if (a == i)
            continue;
        scale(w, a, i, .5, .6);
        scale(w, i, b, 1.3, 1.3);
    }
}

static bool
weigh_clauses(struct words *w)
{
    bool any_wish = false;

    for (size_t c = 0; c < w->n_clauses; c++) {
        const struct clause *k = &w->clauses[c];
        double f = clause_factor(w, k);
        bool wish = false;
        for (size_t i = k->first; i < k->last; i++)
            wish |= (marks(&w->v[i]) & MARK_WISH) && w->v[i].phrase;
        any_wish |= wish;
        if (f != 1)
            scale(w, k->first, k->last, f, f);
        if (wish)
            scale(w, k->first, k->last, .4, 1);
        if (k->end == '?')
            scale(w, k->first, k->last, .7, .9);
        if (k->n_exclaim) {
            double up = 1 + .12 * (k->n_exclaim < 4 ? k->n_exclaim : 4);
            scale(w, k->first, k->last, up, up);
        }
    }
    return any_wish;
}

/* A complaint's evidence: bad words, breakage, waiting in hours. */
static bool
is_evidence(const struct words *w, size_t i)
{
    const struct word *one = &w->v[i];

    if (one->phrase == 0 || one->is_brand || one->kind == WORD_SIGN)
        return false;
    if (one->valence <= -1.0f && !one->is_negated && !(marks(one) & MARK_SORRY))
        return true;
    if ((marks(one) & MARK_BREAKAGE) && !one->is_negated)
        return true;
    return (marks(one) & MARK_TIME) && i > 0 && w->v[i - 1].kind == WORD_NUMBER;
}

/* "thanks for the 4 hour delay", "Great job, third time you lose my bag": the praise turns. */
static void
turn_sarcasm(struct words *w, struct feel *out)
{
    for (size_t i = 0; i < w->n; i++) {
        uint32_t m = marks(&w->v[i]);
        if (!(m & (MARK_THANKS | MARK_PRAISE)) || w->v[i].phrase == 0 || w->v[i].valence <= 0)
            continue;
        size_t next = i + w->v[i].phrase;
        bool is_for = next < w->n && str_eq_z(words_fold(w, next), "for");
        uint16_t sentence = w->clauses[w->v[i].clause].sentence;
        if ((m & MARK_THANKS) && !is_for)
            continue;
        for (size_t k = next; k < w->n; k++) {
            if (w->clauses[w->v[k].clause].sentence > sentence + ((m & MARK_PRAISE) ? 1 : 0) ||
                (marks(&w->v[k]) & MARK_BUT))
                break;
            if (!is_evidence(w, k))
                continue;
            w->v[i].valence *= -.8f;
            out->is_sarcastic = true;
            out->sarcasm_at = i;
            break;
        }
    }
}

void
feel_words(struct words *w, struct feel *out)
{
    double length = 0;

    *out = (struct feel){ 0 };
    for (size_t i = 0; i < w->n; i++)
        feel_one(w, i);
    weigh_contrast(w);
    out->is_wish = weigh_clauses(w);
    turn_sarcasm(w, out);
    for (size_t i = 0; i < w->n; i++) {
        length += w->v[i].weight;
        if (w->v[i].valence > 0)
            out->good += w->v[i].valence * w->v[i].weight;
        else
            out->bad += w->v[i].valence * w->v[i].weight;
    }
    if (length > FULL_LENGTH) {
        out->good *= FULL_LENGTH / length;
        out->bad *= FULL_LENGTH / length;
    }
    out->sum = out->good + out->bad;
}
