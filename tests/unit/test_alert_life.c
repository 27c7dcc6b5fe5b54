/* test_alert_life - random lives of alerts against a model: who must have been told by when. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "lib/alert_fix.h"
#include "unit.h"

#include <tocsin/plugin.h>

#define N_PEOPLE 4
#define N_PLACES 3
#define N_ACTS 120
#define N_SEEDS 6

enum life { LIFE_NONE, LIFE_OPEN, LIFE_ACKED, LIFE_CLOSED };

/* What the paragraph in DESIGN.md says of one person's alert. */
struct model {
    enum life life;
    enum level level;
    bool places[N_PLACES];
    int64_t alert, ack_expires_ms, closed_ms;
};

struct world {
    struct alert_fix *f;
    struct model people[N_PEOPLE];
    uint64_t seed, random;
    int act;
    char what[128];
};

static uint32_t
draw(struct world *w, uint32_t below)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->random >> 33) % below;
}

static void
check(const struct world *w, bool is_true, const char *claim)
{
    if (!is_true)
        fail_msg("seed %llu, act %d (%s): %s; told: %s", (unsigned long long)w->seed, w->act,
                 w->what, claim, alert_fix_told(w->f, 0, 0));
}

/* Messages about the alert that want an answer and arrived. */
static size_t
rings(const struct world *w, int64_t alert)
{
    size_t n = 0;

    for (size_t i = 0; i < w->f->n_told; i++) {
        const struct told *t = &w->f->told[i];
        n += t->alert == alert && t->is_ok && t->event <= TOCSIN_EVENT_UPDATE;
    }
    return n;
}

static bool
does_ring(const struct world *w, enum level level)
{
    return level >= LEVEL_IRATE || w->f->config->n_policies == 3;
}

/* Must this post ring? Brings the model up to date. */
static bool
model_say(struct world *w, struct model *m, enum level level, unsigned place)
{
    bool is_new_place = !m->places[place], rings = false;
    int64_t now = w->f->now_ms;

    if (m->life == LIFE_CLOSED && m->closed_ms < now - w->f->config->alerts.reopen_ms)
        *m = (struct model){ 0 };
    if (m->life == LIFE_NONE || m->life == LIFE_CLOSED) {
        m->level = level;
        rings = true;
    } else if (level > m->level) {
        m->level = level;
        rings = true;
    } else if (m->life == LIFE_ACKED && level == m->level && is_new_place) {
        rings = true;
    }
    if (rings)
        m->life = LIFE_OPEN;
    m->places[place] = true;
    return rings && does_ring(w, m->level);
}

/* Time passes; what must and must not have been told while it did. */
static void
pass(struct world *w, int64_t ms, const struct model *must)
{
    struct alert_fix *f = w->f;
    int64_t begin = f->now_ms;

    f->n_told = 0;
    alert_fix_go(f, ms);
    for (size_t i = 0; i < N_PEOPLE; i++) {
        struct model *m = &w->people[i];
        size_t n = m->alert ? rings(w, m->alert) : 0;
        bool has_expired = m->life == LIFE_ACKED && m->ack_expires_ms <= f->now_ms;
        if (m == must)
            check(w, n > 0, "nobody was told of what must ring");
        if ((m->life == LIFE_ACKED && !has_expired) || m->life == LIFE_CLOSED)
            check(w, n == 0, "rang though somebody has it");
        if (has_expired && m->level >= LEVEL_IRATE && f->now_ms - m->ack_expires_ms >= MS_MINUTE)
            check(w, n > 0, "an acknowledgement expired in silence");
        if (m->life == LIFE_OPEN && m->level >= LEVEL_IRATE && f->now_ms - begin > 5 * MS_HOUR)
            check(w, n > 0, "open, and silent for hours");
        if (has_expired)
            m->life = LIFE_OPEN;
        if (m->alert != 0)
            check(w, (int)alert_fix_get(f, m->alert).state == (int)m->life - 1, "another state");
    }
}

static void
act_say(struct world *w)
{
    static const char *const who[N_PEOPLE] = { "jane", "joe", "mary", "max" };
    static const char *const places[N_PLACES] = { "forum", "blog", "shop" };
    unsigned i = draw(w, N_PEOPLE), place = draw(w, N_PLACES);
    struct said s = { .who = who[i],
                      .place = places[place],
                      .level = (enum level)(LEVEL_UPSET + (int)draw(w, 3)) };
    bool must = model_say(w, &w->people[i], s.level, place);

    snprintf(w->what, sizeof w->what, "%s says %s in %s", s.who, level_name(s.level), s.place);
    if (draw(w, 8) == 0) { /* killed before the commit, and done again */
        alert_fix_reopen(w->f);
        alert_fix_say(w->f, &s);
        store_rollback(w->f->store);
        assert_int_equal(store_begin(w->f->store, &w->f->err), 0);
    }
    w->people[i].alert = alert_fix_say(w->f, &s);
    pass(w, 2 * MS_MINUTE, must ? &w->people[i] : NULL);
}

static void
act_ack(struct world *w)
{
    struct model *m = &w->people[draw(w, N_PEOPLE)];

    snprintf(w->what, sizeof w->what, "ack %lld", (long long)m->alert);
    if (m->life != LIFE_OPEN && m->life != LIFE_ACKED)
        return;
    alert_fix_ack(w->f, m->alert, "ana");
    m->life = LIFE_ACKED;
    m->ack_expires_ms = w->f->now_ms + w->f->config->alerts.ack_expires_ms;
    pass(w, MS_MINUTE, NULL);
}

static void
act_resolve(struct world *w)
{
    struct model *m = &w->people[draw(w, N_PEOPLE)];

    snprintf(w->what, sizeof w->what, "resolve %lld", (long long)m->alert);
    if (m->life != LIFE_OPEN && m->life != LIFE_ACKED)
        return;
    alert_fix_resolve(w->f, m->alert, "ana", OUTCOME_CALMED);
    m->life = LIFE_CLOSED;
    m->closed_ms = w->f->now_ms;
    pass(w, MS_MINUTE, NULL);
}

static void
act_time(struct world *w)
{
    int64_t ms = (int64_t)(1 + draw(w, 12)) * 37 * MS_MINUTE;

    if (draw(w, 6) == 0)
        ms += (int64_t)draw(w, 20) * MS_DAY;
    snprintf(w->what, sizeof w->what, "%lld min pass", (long long)(ms / MS_MINUTE));
    if (draw(w, 3) == 0) { /* asleep meanwhile: everything is due at once */
        alert_fix_reopen(w->f);
        w->f->now_ms += ms;
        ms = 2 * MS_MINUTE;
    }
    pass(w, ms, NULL);
}

/* A reload, or a notifier that breaks or works again. */
static void
act_change(struct world *w)
{
    struct alert_fix *f = w->f;

    snprintf(w->what, sizeof w->what, "change");
    switch (draw(w, 3)) {
    case 0:
        f->config->n_policies = f->config->n_policies == 2 ? 3 : 2;
        break;
    case 1:
        f->failing = f->failing ? NULL : "ben-ntfy";
        break;
    default:
        f->irate[0].wait_ms = f->irate[0].wait_ms == MS_MINUTE ? 10 * MS_MINUTE : MS_MINUTE;
    }
    pass(w, MS_MINUTE, NULL);
}

static void
live(uint64_t seed)
{
    struct world w = { .f = alert_fix_new(), .seed = seed, .random = seed };

    w.f->config->alerts.storm_alerts = w.f->config->alerts.storm_rings_hour = 1 << 20;
    for (w.act = 0; w.act < N_ACTS; w.act++) {
        uint32_t what = draw(&w, 20);
        if (what < 9)
            act_say(&w);
        else if (what < 12)
            act_ack(&w);
        else if (what < 14)
            act_resolve(&w);
        else if (what < 18)
            act_time(&w);
        else
            act_change(&w);
    }
    alert_fix_free(w.f);
}

static void
test_lives(void **state)
{
    const char *one = getenv("TOCSIN_SEED");
    uint64_t seed;

    (void)state;
    if (one && parse_u64(str_z(one), &seed) == 0) {
        live(seed);
        return;
    }
    for (seed = 1; seed <= N_SEEDS; seed++)
        live(seed);
    print_message("# seeds 1 to %d; TOCSIN_SEED=N runs one\n", N_SEEDS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lives),
    };

    return RUN_TESTS(tests);
}
