/* Decides which clauses of a post are about the brand. */
#include "score/toward.h"

enum party { PARTY_NONE, PARTY_OWN, PARTY_OTHER };

static bool
overlaps(const struct word *one, const struct hit *h)
{
    return h->field == (enum hit_field)one->field && one->from < h->end && h->begin < one->to;
}

static bool
is_hit(const struct words *w, size_t i, const struct matched *of)
{
    for (size_t k = 0; k < of->n_hits; k++)
        if (overlaps(&w->v[i], &of->hits[k]))
            return true;
    return false;
}

void
toward_nobody(struct words *w, const struct match_result *m)
{
    for (size_t k = 0; k < m->n; k++) {
        if (!m->v[k].is_brand)
            continue;
        for (size_t i = 0; i < w->n; i++)
            w->v[i].is_brand |= is_hit(w, i, &m->v[k]);
    }
}

static bool
is_other_brand(const struct words *w, size_t i, const struct match_result *m, size_t own)
{
    for (size_t k = 0; k < m->n; k++)
        if (m->v[k].is_brand && k != own && is_hit(w, i, &m->v[k]))
            return true;
    return false;
}

/* Handles at the head of a post only say who is answered, where its first sentence goes on to
 * name the brand; else the sentence is about them. */
static size_t
after_head(const struct words *w, const struct matched *own)
{
    size_t head = 0;

    while (head < w->n && w->v[head].kind == WORD_HANDLE)
        head++;
    for (size_t i = 0; i < w->n && w->clauses[w->v[i].clause].sentence == 0; i++)
        if (is_hit(w, i, own))
            return head;
    return 0;
}

static bool
is_name(const struct words *w, size_t i)
{
    const struct word *one = &w->v[i];

    return one->kind == WORD_PLAIN && one->is_capital && !one->is_caps && !one->e &&
           !one->from_tag && one->phrase == 1 && one->to - one->from >= 3;
}

static bool
looks_like_verb(const struct words *w, size_t i)
{
    static const char *const VERBS[] = { "is",     "are",   "was",    "were",  "has",
                                         "have",   "had",   "lost",   "keeps", "never",
                                         "still",  "just",  "won't",  "can't", "broke",
                                         "told",   "took",  "ruined", "sucks", "doesn't",
                                         "didn't", "isn't", "wasn't", "does",  "did" };
    struct tocsin_str s = words_fold(w, i);

    for (size_t k = 0; k < sizeof(VERBS) / sizeof(*VERBS); k++)
        if (str_eq_z(s, VERBS[k]))
            return true;
    return s.n > 4 && str_ends(s, STR_LIT("ed"));
}

/* "Examplenet overcharged me", "since Examplenet lost it": a name that acts, unknown to the
 * lexicon. At a sentence's begin the verb must follow; elsewhere the capital is enough. */
static bool
is_acting_name(const struct words *w, size_t i)
{
    const struct clause *k = &w->clauses[w->v[i].clause];

    if (!is_name(w, i) || w->n_lower < 3)
        return false;
    if (i > 0 && is_name(w, i - 1) && w->v[i - 1].clause == w->v[i].clause)
        return false;
    size_t next = i + 1;
    while (next < k->last && is_name(w, next))
        next++;
    return next < k->last && looks_like_verb(w, next);
}

static bool
addresses(const struct words *w, const struct clause *k)
{
    for (size_t i = k->first; i < k->last; i++)
        if (w->v[i].e && w->v[i].phrase && (w->v[i].e->marks & MARK_YOU))
            return true;
    return false;
}

static enum party
party_of(const struct words *w, const struct clause *k, const struct match_result *m, size_t own,
         size_t head)
{
    enum party named = PARTY_NONE;
    bool is_you = addresses(w, k);

    for (size_t i = k->first; i < k->last; i++) {
        if (is_hit(w, i, &m->v[own]))
            return PARTY_OWN;
        if (is_other_brand(w, i, m, own) || (w->v[i].kind == WORD_HANDLE && i >= head) ||
            (!is_you && is_acting_name(w, i)))
            named = PARTY_OTHER;
    }
    return named;
}

/* Clauses without a name belong to the name before them; those before any, to the brand,
 * unless their own sentence goes on to name somebody else only. */
static enum party
party_at_start(const enum party *of, const struct words *w, size_t c)
{
    for (size_t k = c + 1; k < w->n_clauses && w->clauses[k].sentence == w->clauses[c].sentence;
         k++)
        if (of[k] != PARTY_NONE)
            return of[k];
    return PARTY_OWN;
}

/* "better than acme" speaks against acme: what stands before "than" turns round. */
static void
turn_comparison(struct words *w)
{
    for (size_t i = 1; i + 1 < w->n; i++) {
        if (!str_eq_z(words_fold(w, i), "than") || !w->v[i + 1].is_brand)
            continue;
        for (size_t k = i; k-- > 0 && w->v[k].clause == w->v[i].clause;)
            if (w->v[k].weight > 0)
                w->v[k].weight = -w->v[k].weight;
    }
}

bool
toward_brand(struct words *w, const struct match_result *m, size_t own)
{
    enum party of[CLAUSES_MAX], last = PARTY_NONE;
    size_t head = after_head(w, &m->v[own]);
    bool any = false;

    for (size_t c = 0; c < w->n_clauses; c++)
        of[c] = party_of(w, &w->clauses[c], m, own, head);
    for (size_t c = 0; c < w->n_clauses; c++) {
        const struct clause *k = &w->clauses[c];
        enum party p = of[c] != PARTY_NONE  ? of[c]
                       : last != PARTY_NONE ? last
                                            : party_at_start(of, w, c);
        float weight = of[c] == PARTY_OWN ? 1.0f : p == PARTY_OWN ? .8f : 0.0f;
        last = of[c] != PARTY_NONE ? of[c] : last;
        any |= weight > 0;
        for (size_t i = k->first; i < k->last; i++) {
            w->v[i].weight = weight;
            w->v[i].is_brand = is_hit(w, i, &m->v[own]);
        }
    }
    turn_comparison(w);
    return any;
}

bool
toward_counts(const struct words *w, const struct hit *h)
{
    bool any = false;

    for (size_t i = 0; i < w->n; i++) {
        if (!overlaps(&w->v[i], h))
            continue;
        any = true;
        if (w->v[i].weight != 0)
            return true;
    }
    return !any && !w->is_quoted_part;
}
