/* Scores a post: words' feelings, counted features, rules and n-grams become named parts. */
#include "score/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/file.h"
#include "score/ngram.h"
#include "score/parts.h"
#include "score/scorer.h"
#include "score/toward.h"
#include "score/weights.h"

#define CAMPAIGN_RULE "campaign-call"

static double
squash(double z)
{
    return z / sqrt(1 + z * z);
}

static struct tocsin_str
seen_text(const struct words *w, const struct features *f, size_t i)
{
    return f->at[i] < f->to[i] ? words_text(w, f->at[i], f->to[i]) : STR_LIT("");
}

/* Each word that feels is a part of the sentiment. */
static void
add_words(struct parts *p, const struct words *w, const struct feel *feel, double weight)
{
    double raw = 0;

    for (size_t i = 0; i < w->n; i++)
        raw += w->v[i].valence * w->v[i].weight;
    double norm = raw != 0 && feel->sum != 0 ? feel->sum / raw : 1;
    for (size_t i = 0; i < w->n; i++) {
        const struct word *one = &w->v[i];
        if (one->valence == 0 || one->weight == 0)
            continue;
        parts_add(p, AXIS_SENTIMENT, one->is_negated ? STR_LIT("negated word") : STR_LIT("word"),
                  words_text(w, i, i + one->phrase),
                  weight * norm * one->valence * one->weight / 4);
    }
}

static void
add_features(struct parts *p, const struct scorer *s, const struct words *w,
             const struct features *f)
{
    for (size_t i = 0; i < FEATURES; i++) {
        if (f->v[i] == 0)
            continue;
        const double *weight = s->weights.feature[i];
        for (int a = 0; a < AXES; a++)
            if (weight[a] != 0 && !(i == F_LEXICON && a == AXIS_SENTIMENT))
                parts_add(p, (enum axis)a, str_z(feature_name((enum feature)i)), seen_text(w, f, i),
                          weight[a] * f->v[i]);
    }
}

static int
add_ngrams(struct parts *p, const struct scorer *s, const struct words *w, struct arena *a)
{
    struct ngram_sum sum;

    if (!s->ngrams || !scorer_is_english(w->post->lang))
        return 0;
    if (ngrams_sum(s->ngrams, w, a, &sum))
        return -1;
    for (int axis = 0; axis < AXES; axis++) {
        double rest = sum.sum[axis];
        for (size_t k = 0; k < NGRAM_TOP && sum.top[axis][k].word; k++) {
            size_t i = sum.top[axis][k].word - 1;
            parts_add(p, (enum axis)axis, STR_LIT("wording"), words_text(w, i, i + 1),
                      sum.top[axis][k].weight);
            rest -= sum.top[axis][k].weight;
        }
        parts_add(p, (enum axis)axis, STR_LIT("other wording"), STR_LIT(""), rest);
    }
    return 0;
}

static const struct hit *
counting_hit(const struct words *w, const struct matched *m)
{
    for (size_t i = 0; i < m->n_hits; i++)
        if (!m->hits[i].is_unsure && toward_counts(w, &m->hits[i]))
            return &m->hits[i];
    return NULL;
}

static struct tocsin_str
hit_text(const struct post *p, const struct hit *h)
{
    return str_sub(h->field == FIELD_TITLE ? p->title.text : p->text.text, h->begin, h->end);
}

/* True: the text calls others to join. */
static int
add_rules(struct parts *p, const struct scoring *g, bool *is_campaign, struct arena *a)
{
    for (size_t i = 0; i < g->m->n; i++) {
        const struct matched *m = &g->m->v[i];
        double weight[AXES];
        if (m->is_brand || m->is_unsure)
            continue;
        const struct rule_def *r = &g->defs->rules[m->index];
        if (g->brand && r->about && strcmp(r->about, g->brand) != 0)
            continue;
        const struct hit *h = counting_hit(g->w, m);
        if (!h && m->n_hits)
            continue;
        weights_of_rule(&g->s->weights, r, weight);
        const char *name = arena_fmt(a, "rule %s", r->id);
        if (!name)
            return -1;
        *is_campaign |= strcmp(r->id, CAMPAIGN_RULE) == 0;
        for (int x = 0; x < AXES; x++)
            if (weight[x] != 0)
                parts_add(p, (enum axis)x, str_z(name), h ? hit_text(g->w->post, h) : STR_LIT(""),
                          weight[x]);
    }
    return 0;
}

static void
clear_axis(struct parts *p, enum axis axis)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        if (p->v[i].axis != axis)
            p->v[n++] = p->v[i];
    p->n = n;
    p->total[axis] = p->listed[axis] = 0;
}

enum level
score_level(const struct scorer *s, const struct score *sc, bool is_campaign, bool is_addressed)
{
    const double *set = s->weights.set;

    if (is_addressed && sc->irate >= set[SET_IRATE] && sc->complaint >= set[SET_COMPLAINT_IRATE])
        return is_campaign ? LEVEL_CRUSADE : LEVEL_IRATE;
    if (sc->irate >= set[SET_UPSET] && sc->complaint >= set[SET_COMPLAINT_UPSET])
        return is_campaign ? LEVEL_CRUSADE : LEVEL_UPSET;
    return sc->irate >= set[SET_WATCH] ? LEVEL_WATCH : LEVEL_NONE;
}

/* A repost is no new complaint; an article is no irate person. */
static void
bound_by_kind(struct parts *p, const struct scorer *s, enum post_kind kind)
{
    double most = s->weights.set[SET_IRATE] - 1;

    if (kind == POST_REPOST)
        clear_axis(p, AXIS_IRATE);
    if (kind == POST_ARTICLE && points_bound(p->total[AXIS_IRATE]) > most)
        parts_add(p, AXIS_IRATE, STR_LIT("article"), STR_LIT(""),
                  points_unbound(most) - p->total[AXIS_IRATE]);
}

static void
conclude(const struct scorer *s, const struct parts *p, enum post_kind kind, bool is_campaign,
         bool is_addressed, struct score *out)
{
    *out = (struct score){ .sentiment = squash(p->total[AXIS_SENTIMENT]),
                           .complaint = points_bound(p->total[AXIS_COMPLAINT]) / 100,
                           .irate = points_bound(p->total[AXIS_IRATE]),
                           .parts = p->v,
                           .n_parts = p->n };
    out->label = out->sentiment >= s->weights.set[SET_POSITIVE]   ? 1
                 : out->sentiment <= s->weights.set[SET_NEGATIVE] ? -1
                                                                  : 0;
    if (kind == POST_REPOST)
        out->irate = 0;
    out->level = score_level(s, out, is_campaign && kind != POST_ARTICLE, is_addressed);
    if (kind == POST_ARTICLE && out->level > LEVEL_UPSET)
        out->level = LEVEL_UPSET;
}

/* Anger reaches *irate* only where it speaks to or of a business: a handle, a brand, a word of
 * trade. Verse, fiction and quarrels between strangers do not. */
static bool
is_addressed(const struct scoring *g, const struct features *f)
{
    return g->brand || f->v[F_HANDLE] > 0 || f->v[F_BRAND] > 0 || f->v[F_BUSINESS] > 0;
}

static int
score_words(struct scoring *g, struct arena *a, struct score *out)
{
    struct feel feel;
    struct features f;
    struct parts p;
    bool is_campaign = false;
    enum post_kind kind = g->w->post->kind;

    feel_words(g->w, &feel);
    features_count(g->w, &feel, &f);
    if (parts_begin(&p, PARTS_MAX, a))
        return -1;
    add_words(&p, g->w, &feel, g->s->weights.feature[F_LEXICON][AXIS_SENTIMENT]);
    add_features(&p, g->s, g->w, &f);
    if (add_rules(&p, g, &is_campaign, a) || add_ngrams(&p, g->s, g->w, a))
        return -1;
    bound_by_kind(&p, g->s, kind);
    parts_end(&p);
    conclude(g->s, &p, kind, is_campaign, is_addressed(g, &f), out);
    return 0;
}

static int
no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "score: the batch's memory is full");
}

int
score_post(const struct scorer *s, const struct post *p, const struct rule_defs *defs,
           const struct match_result *m, struct arena *a, struct score *out, struct err *err)
{
    struct words w;

    if (words_read(&w, scorer_lexicon(s, p->lang), p, a))
        return no_memory(err);
    toward_nobody(&w, m);
    struct scoring g = { .s = s, .w = &w, .defs = defs, .m = m };
    return score_words(&g, a, out) ? no_memory(err) : 0;
}

static int
collect(struct mention *out, const struct scoring *g, size_t own, struct arena *a)
{
    size_t n_hits = g->m->v[own].n_hits, n_tags = 0, h = 0;

    for (size_t i = 0; i < g->m->n; i++)
        if (!g->m->v[i].is_brand) {
            n_hits += g->m->v[i].n_hits;
            n_tags += g->defs->rules[g->m->v[i].index].tags.n;
        }
    struct hit *hits = arena_array(a, n_hits + 1, sizeof(*hits));
    struct tocsin_str *tags = arena_array(a, n_tags + 1, sizeof(*tags));
    if (!hits || !tags)
        return -1;
    n_tags = 0;
    for (size_t i = 0; i < g->m->n; i++) {
        const struct matched *m = &g->m->v[i];
        const struct rule_def *r = m->is_brand ? NULL : &g->defs->rules[m->index];
        if (m->is_brand ? i != own : r->about && strcmp(r->about, g->brand) != 0)
            continue;
        for (size_t k = 0; k < m->n_hits; k++)
            hits[h++] = m->hits[k];
        out->is_unsure |= m->is_unsure;
        for (size_t k = 0; r && k < r->tags.n; k++)
            tags[n_tags++] = str_z(r->tags.v[k]);
        if (r && r->segment && !out->segment.n)
            out->segment = str_z(r->segment);
    }
    out->hits = hits;
    out->n_hits = h;
    out->tags = tags;
    out->n_tags = n_tags;
    return 0;
}

int
score_mentions(const struct scorer *s, const struct post *p, const struct rule_defs *defs,
               const struct match_result *m, struct arena *a, struct mention **out, size_t *n_out,
               struct err *err)
{
    struct words w;
    size_t n = 0;

    *n_out = 0;
    *out = NULL;
    for (size_t i = 0; i < m->n; i++)
        n += m->v[i].is_brand;
    if (!n)
        return 0;
    *out = arena_array(a, n, sizeof(**out));
    if (!*out || words_read(&w, scorer_lexicon(s, p->lang), p, a))
        return no_memory(err);
    for (size_t i = 0; i < m->n; i++) {
        if (!m->v[i].is_brand)
            continue;
        struct mention *one = &(*out)[*n_out];
        const char *brand = defs->brands[m->v[i].index].name;
        struct scoring g = { .s = s, .w = &w, .defs = defs, .m = m, .brand = brand };
        one->brand = str_z(brand);
        toward_brand(&w, m, i);
        if (collect(one, &g, i, a) || score_words(&g, a, &one->score))
            return no_memory(err);
        (*n_out)++;
    }
    return 0;
}
