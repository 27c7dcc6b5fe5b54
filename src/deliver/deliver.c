/* deliver - claims what is due, sends it, and reports how it ended. */
#include "deliver/deliver.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/parse.h"
#include "deliver/compose.h"
#include "deliver/poll.h"
#include "deliver/send.h"

#define MAX_CLAIM 20
#define LEASE_MS (2 * MS_MINUTE)
#define ROUND_ARENA (16 << 20)

struct deliver {
    struct deliver_options o;
    struct setup *setup;
    uv_timer_t *timer;
    struct answers *answers;
    size_t under_way; /* rounds and letters */
    bool is_ticking, is_again, is_ending;
};

/* One round: ring what is due, claim what is owed, write the letters. */
struct round {
    struct deliver *d;
    struct setup *setup;
    struct arena *arena; /* the round lives in it */
    struct letter *letters;
    size_t n, open; /* open: letters under way */
    int64_t next_ms;
};

struct parcel { /* a letter on its way, and what came of it */
    struct round *round;
    const struct letter *letter;
    struct delivery_result result;
    struct arena *arena;
};

static void on_timer(uv_timer_t *h);

/* ---- ends ------------------------------------------------------------------------------ */

static void
drop_round(struct round *r)
{
    setup_unref(r->setup);
    arena_free(r->arena);
}

static void
letter_ended(struct parcel *p)
{
    struct round *r = p->round;
    struct deliver *d = r->d;

    arena_free(p->arena);
    d->under_way--;
    if (--r->open == 0)
        drop_round(r);
    if (!d->is_ending)
        deliver_kick(d); /* a failure may have hurried the next step */
}

static int
run_result(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    struct parcel *p = arg;
    struct escalate e = { s, p->round->setup->config, now_ms };

    return escalate_delivered(&e, &p->letter->delivery, &p->result, err);
}

static void
result_stored(void *arg, int rc, const struct err *err)
{
    struct parcel *p = arg;

    if (rc != 0)
        log_err(LOG_ERROR_, "deliver", NULL, err);
    letter_ended(p);
}

static void
on_sent(void *ctx, const struct delivery_result *result)
{
    struct parcel *p = ctx;
    struct err err = { 0 };
    struct job job = { .run = run_result, .done = result_stored, .arg = p, .is_urgent = true };
    const struct delivery *d = &p->letter->delivery;

    if (p->round->d->is_ending && !result->is_delivered && !result->is_rejected) {
        letter_ended(p); /* it was we who broke it off: no attempt, and due at the next start */
        return;
    }
    p->result = *result;
    p->result.handle = arena_str(p->arena, result->handle);
    p->result.why = arena_str(p->arena, result->why);
    log_at(result->is_delivered ? LOG_INFO_ : LOG_WARN_, "deliver", NULL,
           "alert %lld through %.*s: %s%.*s", (long long)d->alert, STR_FMT(d->notifier),
           result->is_delivered  ? "delivered"
           : result->is_rejected ? "rejected: "
                                 : "failed: ",
           STR_FMT(result->is_delivered ? STR_NONE : result->why));
    if (writer_post(p->round->d->o.writer, &job, &err) != 0)
        result_stored(p, -1, &err);
}

/* ---- a round --------------------------------------------------------------------------- */

/* One alert of which nothing is left to tell must not keep the others from ringing. */
static int
drop_unwritable(struct store *s, const struct delivery *d, struct err *err)
{
    struct delivery dropped = *d;
    struct err why = *err;

    if (err->code != ERR_NOTFOUND && err->code != ERR_DATA)
        return -1;
    *err = (struct err){ 0 };
    log_err(LOG_ERROR_, "deliver", NULL, &why);
    dropped.state = DELIVERY_DROPPED;
    dropped.error = str_z(why.msg);
    return store_save_delivery(s, &dropped, err);
}

static int
run_round(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    struct round *r = arg;
    struct escalate e = { s, r->setup->config, now_ms };
    struct delivery *due = NULL;
    size_t n = 0;

    r->n = 0;
    if (escalate_tick(&e, &r->next_ms, err) != 0 ||
        store_claim_deliveries(s, now_ms, LEASE_MS, MAX_CLAIM, r->arena, &due, &n, err) != 0)
        return -1;
    r->letters = arena_array(r->arena, n + 1, sizeof *r->letters);
    if (!r->letters)
        return err_set(err, ERR_NOMEM, "no memory for %zu letters", n);
    for (size_t i = 0; i < n; i++) {
        if (compose_letter(s, r->setup->config, &due[i], now_ms, r->arena, &r->letters[r->n],
                           err) == 0)
            r->n++;
        else if (drop_unwritable(s, &due[i], err) != 0)
            return -1;
    }
    return store_next_timer(s, &r->next_ms, err);
}

static void
start_letter(struct round *r, const struct letter *l)
{
    struct deliver *d = r->d;
    struct arena *a = arena_new(1 << 16);
    struct parcel *p = a ? arena_alloc(a, sizeof *p) : NULL;
    const struct notifier_conf *n;

    if (!p) { /* the lease runs out and it is claimed again */
        arena_free(a);
        return;
    }
    *p = (struct parcel){ .round = r, .letter = l, .arena = a };
    r->open++;
    d->under_way++;
    n = config_notifier(r->setup->config, arena_z(r->arena, l->delivery.notifier));
    if (n)
        send_letter(&d->o, n, l, on_sent, p);
    else
        on_sent(p,
                &(struct delivery_result){
                    .is_rejected = true, .why = STR_LIT("this notifier is no longer configured") });
}

static void
arm(struct deliver *d, int64_t next_ms)
{
    int64_t wait = next_ms - clock_wall(d->o.clock);

    if (d->is_ending)
        return;
    /* A minute at most: a clock that was set must not delay a ring. */
    wait = wait < 0 ? 0 : wait > MS_MINUTE ? MS_MINUTE : wait;
    uv_timer_start(d->timer, on_timer, (uint64_t)wait, 0);
}

static void
round_ready(void *arg, int rc, const struct err *err)
{
    struct round *r = arg;
    struct deliver *d = r->d;
    int64_t next = r->next_ms;
    bool was_full = rc == 0 && r->n == MAX_CLAIM;

    d->under_way--;
    d->is_ticking = false;
    if (rc != 0) {
        log_err(LOG_ERROR_, "deliver", NULL, err);
        next = clock_wall(d->o.clock) + 10 * MS_SECOND;
        r->n = 0;
    }
    if (d->is_ending) /* nothing goes out any more; the next start gives the claims free */
        r->n = 0;
    r->open = 1; /* holds the round while letters are started */
    for (size_t i = 0; i < r->n; i++)
        start_letter(r, &r->letters[i]);
    if (--r->open == 0)
        drop_round(r);
    answers_wake(d->answers);
    if (was_full || d->is_again)
        next = 0;
    d->is_again = false;
    arm(d, next);
}

static void
tick(struct deliver *d)
{
    struct err err = { 0 };
    struct arena *a = arena_new(ROUND_ARENA);
    struct round *r = a ? arena_alloc(a, sizeof *r) : NULL;
    struct job job = { .run = run_round, .done = round_ready, .arg = r, .is_urgent = true };

    if (!r) {
        arena_free(a);
        arm(d, clock_wall(d->o.clock) + 10 * MS_SECOND);
        return;
    }
    *r = (struct round){ .d = d, .setup = setup_ref(d->setup), .arena = a };
    d->is_ticking = true;
    d->under_way++;
    if (writer_post(d->o.writer, &job, &err) != 0)
        round_ready(r, -1, &err);
}

static void
on_timer(uv_timer_t *h)
{
    deliver_kick(h->data);
}

void
deliver_kick(struct deliver *d)
{
    if (d->is_ending || !d->setup)
        return;
    if (d->is_ticking)
        d->is_again = true;
    else
        tick(d);
}

/* ---- a test message ---------------------------------------------------------------------- */

struct trial {
    struct deliver *d;
    struct setup *setup;
    struct letter letter;
    deliver_done done;
    void *ctx;
};

static void
trial_ended(void *ctx, const struct delivery_result *r)
{
    struct trial *t = ctx;

    t->d->under_way--;
    t->done(t->ctx, r);
    setup_unref(t->setup);
    free(t);
}

int
deliver_test(struct deliver *d, const char *notifier, deliver_done done, void *ctx, struct err *err)
{
    const struct notifier_conf *n = config_notifier(d->setup->config, notifier);
    struct trial *t;
    int64_t now = clock_wall(d->o.clock);

    if (!n)
        return err_set(err, ERR_NOTFOUND, "no notifier \"%s\" in %s", notifier,
                       d->setup->config->path);
    t = calloc(1, sizeof *t);
    if (!t)
        return err_set(err, ERR_NOMEM, "no memory for a test message");
    *t = (struct trial){ .d = d, .setup = setup_ref(d->setup), .done = done, .ctx = ctx };
    t->letter.alert = (struct tocsin_alert){
        .size = sizeof t->letter.alert,
        .event = TOCSIN_EVENT_TEST,
        .key = "test",
        .thread = "tocsin-test",
        .handle = "",
        .kind = "test",
        .level = "irate",
        .brand = "",
        .level_word = "Test",
        .headline = "Test: Tocsin can reach you this way",
        .who = "",
        .url = "",
        .receiver = "",
        .first_ms = now,
        .now_ms = now,
        .priority = 3,
        .text = STR_LIT("Test: Tocsin can reach you this way\n\nNobody needs to do anything.\n"),
    };
    d->under_way++;
    send_letter(&d->o, n, &t->letter, trial_ended, t);
    return 0;
}

/* ---- life ---------------------------------------------------------------------------------- */

int
deliver_new(struct deliver **out, const struct deliver_options *o, struct err *err)
{
    struct deliver *d = calloc(1, sizeof *d);

    if (!d)
        return err_set(err, ERR_NOMEM, "no memory for deliveries");
    d->o = *o;
    d->timer = calloc(1, sizeof *d->timer);
    if (!d->timer || answers_new(&d->answers, d, &d->o, err) != 0) {
        free(d->timer);
        free(d);
        return err_set(err, ERR_NOMEM, "no memory for deliveries");
    }
    uv_timer_init(o->loop, d->timer);
    d->timer->data = d;
    *out = d;
    return 0;
}

void
deliver_set(struct deliver *d, struct setup *s)
{
    setup_unref(d->setup);
    d->setup = setup_ref(s);
    answers_set(d->answers, s);
    deliver_kick(d);
}

bool
deliver_is_idle(const struct deliver *d)
{
    return d->under_way == 0 && answers_is_idle(d->answers);
}

void
deliver_stop(struct deliver *d)
{
    d->is_ending = true;
    uv_timer_stop(d->timer);
    answers_stop(d->answers);
}

void
deliver_free(struct deliver *d)
{
    if (!d)
        return;
    uv_close((uv_handle_t *)d->timer, (uv_close_cb)free);
    answers_free(d->answers);
    setup_unref(d->setup);
    free(d);
}
