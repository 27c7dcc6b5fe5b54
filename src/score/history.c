/* Adds what the store knows of the author and the story to a text score. */
#include <math.h>
#include <stdlib.h>

#include "base/parse.h"
#include "score/parts.h"
#include "score/scorer.h"

#define HISTORY_PARTS 12
#define CRUSADE_POSTS 3
#define CRUSADE_PLACES 2

struct adding {
    struct parts p;
    const struct history *h;
    struct arena *a;
};

/* Someone whose mood is well above what they now write means it; the habitually bitter less. */
static void
add_baseline(struct adding *d, const struct score *sc)
{
    if (d->h->mentions < 3 || sc->complaint < .4)
        return;
    double fall = d->h->mood - sc->sentiment;
    if (fall > .3)
        parts_add_history(&d->p, AXIS_IRATE, STR_LIT("unusual for this person"),
                          fmin(8, 8 * (fall - .3)));
    else if (d->h->mood < -.4)
        parts_add_history(&d->p, AXIS_IRATE, STR_LIT("often complains"), -4);
}

static void
add_repeats(struct adding *d, const struct score *sc)
{
    if (d->h->recent_complaints < 2 || sc->complaint < .4)
        return;
    const char *name =
        arena_fmt(d->a, "complaint %lld in 2 days", (long long)d->h->recent_complaints);
    parts_add_history(&d->p, AXIS_IRATE, name ? str_z(name) : STR_LIT("repeated complaint"),
                      fmin(18, 6.0 * (double)(d->h->recent_complaints - 1)));
    if (d->h->recent_places >= 2)
        parts_add_history(&d->p, AXIS_IRATE, STR_LIT("in several places"),
                          fmin(10, 4.0 * (double)(d->h->recent_places - 1)));
}

static void
add_unanswered(struct adding *d)
{
    int64_t hours = d->h->unanswered_ms / MS_HOUR;

    if (hours < 1)
        return;
    const char *name = arena_fmt(d->a, "unanswered for %lld h", (long long)hours);
    parts_add_history(&d->p, AXIS_IRATE, name ? str_z(name) : STR_LIT("unanswered"),
                      fmin(10, 2 * log2(1 + (double)hours)));
}

static void
add_last_hiccup(struct adding *d, const struct score *sc)
{
    int64_t ago = d->h->last_outcome_ms;

    if (ago <= 0 || ago > 90 * MS_DAY || sc->complaint < .4)
        return;
    parts_add_history(&d->p, AXIS_IRATE, STR_LIT("another hiccup so soon"),
                      ago < 30 * MS_DAY ? 8 : 4);
}

static void
add_spread(struct adding *d, const struct score *sc)
{
    if (sc->complaint < .4)
        return;
    if (d->h->story_posts >= 3)
        parts_add_history(&d->p, AXIS_IRATE, STR_LIT("story is spreading"),
                          fmin(8, 2 * log2((double)d->h->story_posts)));
    if (d->h->followers >= 5000)
        parts_add_history(&d->p, AXIS_IRATE, STR_LIT("large audience"),
                          fmin(6, 2 * log10((double)d->h->followers / 500)));
    if (d->h->is_friend)
        parts_add_history(&d->p, AXIS_IRATE, STR_LIT("a friend"), 6);
    else if (d->h->is_customer)
        parts_add_history(&d->p, AXIS_IRATE, STR_LIT("a customer"), 2);
}

static int
append_parts(struct score *io, const struct parts *p, struct arena *a)
{
    struct score_part *all = arena_array(a, io->n_parts + p->n + 1, sizeof(*all));

    if (!all)
        return -1;
    if (io->n_parts)
        memcpy(all, io->parts, io->n_parts * sizeof(*all));
    if (p->n)
        memcpy(all + io->n_parts, p->v, p->n * sizeof(*all));
    io->parts = all;
    io->n_parts += p->n;
    return 0;
}

static double
sum_of(const struct score *sc, enum axis axis)
{
    double sum = 0;

    for (size_t i = 0; i < sc->n_parts; i++)
        if (sc->parts[i].axis == axis)
            sum += sc->parts[i].weight;
    return sum;
}

static bool
is_crusade(const struct history *h, const struct score *sc)
{
    return h->recent_complaints >= CRUSADE_POSTS && h->recent_places >= CRUSADE_PLACES &&
           sc->complaint >= .5;
}

int
score_history(const struct scorer *s, const struct history *h, struct arena *a, struct score *io,
              struct err *err)
{
    struct adding d = { .h = h, .a = a };
    enum level text_level = io->level;

    if (io->irate <= 0)
        return 0; /* a repost, or nothing to add to */
    if (parts_begin(&d.p, HISTORY_PARTS, a))
        return err_set(err, ERR_NOMEM, "score: the batch's memory is full");
    add_baseline(&d, io);
    add_repeats(&d, io);
    if (io->complaint >= .4)
        add_unanswered(&d);
    add_last_hiccup(&d, io);
    add_spread(&d, io);
    if (append_parts(io, &d.p, a))
        return err_set(err, ERR_NOMEM, "score: the batch's memory is full");
    io->irate = points_bound(sum_of(io, AXIS_IRATE));
    /* a mention speaks of its brand */
    enum level now = score_level(s, io, text_level == LEVEL_CRUSADE, true);
    if (is_crusade(h, io))
        now = LEVEL_CRUSADE;
    io->level = now > text_level ? now : text_level;
    return 0;
}
