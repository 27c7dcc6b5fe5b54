/* ring - steps, waits and repeats: what is due now becomes deliveries. */
#include <stdio.h>

#include <tocsin/plugin.h>

#include "base/parse.h"
#include "escalate/duty.h"
#include "escalate/inner.h"

#define MAX_TARGETS 64
#define MAX_DUE 100

const struct policy_conf *
policy_for(const struct escalate *e, const struct alert *al)
{
    const struct policy_conf *p = config_policy(e->config, al->level);

    /* Drills, summaries and alerts about Tocsin go the way of an irate person. */
    return p || al->person != 0 ? p : config_policy(e->config, LEVEL_IRATE);
}

/* Our own public reply in the thread holds the next step for a while, once a reply. */
static int
hold_for_reply(const struct escalate *e, struct alert *al, bool *held, struct err *err)
{
    int64_t reply = 0, at = 0, until;

    *held = false;
    if (al->post == 0 || al->is_drill)
        return 0;
    if (store_find_our_reply(e->store, al->post, al->last_post_ms, &reply, &at, err) != 0)
        return -1;
    until = at + e->config->alerts.reply_hold_ms;
    if (reply == 0 || until <= e->now_ms || until <= al->held_until_ms)
        return 0;
    al->held_until_ms = al->next_ms = until;
    al->held_why = STR_LIT("we replied in the thread");
    *held = true;
    return history_add(e, al->id, NULL, "held", err, "we replied in the thread");
}

static int64_t
grown_repeat(const struct alert_conf *c, const struct step_conf *s, int32_t rings)
{
    int64_t wait = s->repeat_ms;

    for (int32_t i = 1; i < rings && wait < c->repeat_max_ms; i++)
        wait = wait * c->repeat_growth_pct / 100;
    return wait < c->repeat_max_ms || wait <= s->repeat_ms ? wait : c->repeat_max_ms;
}

/* Which step is rung now, and when the next one is. */
static const struct step_conf *
advance(const struct escalate *e, const struct policy_conf *p, struct alert *al)
{
    const struct step_conf *s;

    if ((size_t)al->step < p->n_steps)
        al->step++;
    else
        al->rings++;
    s = &p->steps[al->step - 1];
    if (al->kind == ALERT_SUMMARY) /* told once */
        al->next_ms = 0;
    else if ((size_t)al->step < p->n_steps)
        al->next_ms = e->now_ms + s->wait_ms;
    else if (s->repeat_ms > 0 && !al->is_drill)
        al->next_ms = e->now_ms + grown_repeat(&e->config->alerts, s, al->rings + 1);
    else
        al->next_ms = 0;
    return s;
}

/* Has this member of staff been rung too often within the hour? */
static int
is_overrung(const struct escalate *e, const struct alert *al, const struct target *t, bool *over,
            struct err *err)
{
    int64_t n = 0;

    *over = false;
    if (!t->staff || al->level == LEVEL_CRUSADE || al->is_drill || al->kind == ALERT_STORM ||
        al->kind == ALERT_SUMMARY)
        return 0;
    if (store_count_rings(e->store, str_z(t->receiver), e->now_ms - MS_HOUR, &n, err) != 0)
        return -1;
    *over = n >= e->config->alerts.storm_rings_hour;
    return 0;
}

static int
is_of_friend(const struct escalate *e, const struct alert *al, bool *is_friend, struct err *err)
{
    struct person p;
    struct arena *a;
    int rc;

    *is_friend = false;
    if (al->person == 0)
        return 0;
    a = arena_new(1 << 18);
    rc = a ? store_get_person(e->store, al->person, a, &p, err)
           : err_set(err, ERR_NOMEM, "no memory for a person");
    *is_friend = rc == 0 && p.segment == SEGMENT_FRIEND;
    arena_free(a);
    return rc;
}

/* A ring that was owed to the target already and has not gone out. */
struct waiting {
    const struct target *target;
    uint32_t event;
    struct arena *arena;
    struct delivery found; /* id 0: none */
};

static int
take_waiting(void *ctx, const struct delivery *d)
{
    struct waiting *w = ctx;

    if (d->state != DELIVERY_PENDING || !str_eq_z(d->notifier, w->target->notifier) ||
        !str_eq_z(d->receiver, w->target->receiver) ||
        (d->event > TOCSIN_EVENT_UPDATE && d->event != TOCSIN_EVENT_TEST))
        return 0;
    w->found = *d;
    w->found.notifier = arena_str(w->arena, d->notifier);
    w->found.receiver = arena_str(w->arena, d->receiver);
    w->found.handle = arena_str(w->arena, d->handle);
    w->found.error = arena_str(w->arena, d->error);
    w->found.key = arena_str(w->arena, d->key);
    return 1;
}

/* One message waits for a target, however long the quiet hours or the notifier's failure last:
 * what it says is written when it goes out. A sooner time wins. */
static int
owe(const struct escalate *e, const struct alert *al, const struct target *t, uint32_t event,
    int64_t at_ms, struct err *err)
{
    struct delivery_filter f = { .alert = al->id, .only_undone = true, .limit = 1000 };
    struct waiting w = { .target = t, .event = event, .arena = arena_new(1 << 16) };
    int rc;

    if (!w.arena)
        return err_set(err, ERR_NOMEM, "no memory for a delivery");
    rc = store_each_delivery(e->store, &f, take_waiting, &w, err);
    if (rc == 0 && w.found.id == 0)
        rc = add_delivery(e, al, t->receiver, t->notifier, event, at_ms, err);
    else if (rc == 0 && at_ms < w.found.next_ms) {
        w.found.next_ms = at_ms;
        w.found.step = al->step;
        if (al->step == 1 && al->rings == 0) { /* another ring, with attempts of its own */
            w.found.created_ms = e->now_ms;
            w.found.attempts = 0;
        }
        rc = store_save_delivery(e->store, &w.found, err);
    }
    arena_free(w.arena);
    return rc;
}

/* The first message about it, or a further one? The text of a notice is no change. */
static uint32_t
event_of(const struct alert *al)
{
    bool is_notice = alert_is_about_us(al) || al->kind == ALERT_SUMMARY;

    if (al->is_drill)
        return TOCSIN_EVENT_TEST;
    return al->step == 1 && al->rings == 0 && (al->change.n == 0 || is_notice)
               ? TOCSIN_EVENT_RING
               : TOCSIN_EVENT_UPDATE;
}

static int
ring_target(const struct escalate *e, const struct alert *al, const struct target *t,
            bool is_friend, bool *was_over, struct err *err)
{
    int64_t quiet = 0;

    *was_over = false;
    if (!is_friend && is_overrung(e, al, t, was_over, err) != 0)
        return -1;
    if (*was_over)
        return 0;
    if (t->staff && al->level != LEVEL_CRUSADE && !al->is_drill)
        quiet = duty_quiet_until(t->staff, e->now_ms);
    return owe(e, al, t, event_of(al), quiet ? quiet : e->now_ms, err);
}

/* Whom the step tells. The last one tells everybody where nobody of it is on duty; of the others
 * the next follows at once. */
static size_t
targets_of(const struct escalate *e, const struct policy_conf *p, struct alert *al,
           const struct step_conf *s, struct target *out)
{
    static const char *const everybody[] = { "*" };
    const struct step_conf all = { .notify = { everybody, 1 } };
    size_t n = escalate_targets(e->config, s, e->now_ms, out, MAX_TARGETS);

    if (n > 0)
        return n;
    if ((size_t)al->step < p->n_steps) {
        al->next_ms = e->now_ms;
        return 0;
    }
    return escalate_targets(e->config, &all, e->now_ms, out, MAX_TARGETS);
}

static int
ring_targets(const struct escalate *e, const struct policy_conf *p, struct alert *al,
             struct err *err)
{
    struct target t[MAX_TARGETS];
    size_t n = targets_of(e, p, al, advance(e, p, al), t), n_over = 0;
    bool is_friend = false;

    if (is_of_friend(e, al, &is_friend, err) != 0)
        return -1;
    for (size_t i = 0; i < n && !e->config->dry_run; i++) {
        bool over = false;
        if (ring_target(e, al, &t[i], is_friend, &over, err) != 0)
            return -1;
        n_over += over;
    }
    if (n > 0 && n_over == n)
        return storm_fold(e, al, err);
    return history_add(e, al->id, NULL, e->config->dry_run ? "would ring" : "rang", err,
                       "step %d%s: %zu to tell", al->step, al->rings ? ", again" : "", n - n_over);
}

static int
hold_for_brand(const struct escalate *e, struct alert *al, bool *held, struct err *err)
{
    *held = false;
    if (al->brand.n == 0 || al->is_drill || al->kind == ALERT_SUMMARY)
        return 0;
    if (brand_is_held(e, al->brand, held, err) != 0)
        return -1;
    if (!*held)
        return 0;
    al->next_ms = 0;
    al->held_why = held_by_brand;
    return history_add(e, al->id, NULL, "held", err, "%.*s", STR_FMT(al->held_why));
}

static int
ring_alert(const struct escalate *e, struct alert *al, struct err *err)
{
    const struct policy_conf *p = policy_for(e, al);
    bool held = false;

    if (!p) {
        al->next_ms = 0;
        return history_add(e, al->id, NULL, "not rung", err, "no policy for level %s",
                           level_name(al->level));
    }
    if (hold_for_brand(e, al, &held, err) != 0 || (!held && hold_for_reply(e, al, &held, err) != 0))
        return -1;
    return held ? 0 : ring_targets(e, p, al, err);
}

static int
expire_ack(const struct escalate *e, struct alert *al, struct err *err)
{
    alert_restart(al, e->now_ms, STR_LIT("the acknowledgement expired, the case is still open"));
    return history_add(e, al->id, NULL, "acknowledgement expired", err, "it was by %.*s",
                       STR_FMT(al->acked_by));
}

static int
tick_alert(const struct escalate *e, struct alert *al, struct err *err)
{
    int rc = 0;

    if (al->state == ALERT_ACKED && al->ack_expires_ms != 0 && al->ack_expires_ms <= e->now_ms)
        rc = expire_ack(e, al, err);
    if (rc == 0 && al->state == ALERT_OPEN && al->next_ms != 0 && al->next_ms <= e->now_ms)
        rc = ring_alert(e, al, err);
    return rc != 0 ? -1 : store_save_alert(e->store, al, err);
}

int
escalate_tick(const struct escalate *e, int64_t *next_ms, struct err *err)
{
    struct arena *a = arena_new(16 << 20);
    struct alert *due = NULL;
    size_t n = 0;
    int rc = -1;

    if (!a) {
        err_set(err, ERR_NOMEM, "no memory for the due alerts");
        goto out;
    }
    if (store_due_alerts(e->store, e->now_ms, a, MAX_DUE, &due, &n, err) != 0)
        goto out;
    for (size_t i = 0; i < n; i++)
        if (tick_alert(e, &due[i], err) != 0)
            goto out;
    rc = store_next_timer(e->store, next_ms, err);
out:
    arena_free(a);
    return rc;
}
