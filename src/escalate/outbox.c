/* outbox - what becomes of a delivery after its notifier judged. */
#include <tocsin/plugin.h>

#include "base/parse.h"
#include "escalate/inner.h"

#define GIVE_UP_MS MS_DAY    /* after that a delivery counts as dead */
#define RETRY_DEAD_MS MS_DAY /* and is tried again daily */
#define OTHER_WAY_AFTER 3    /* failures before the next step rings at once */

static int64_t
backoff(int32_t attempts)
{
    static const int64_t wait[] = { 10 * MS_SECOND, 30 * MS_SECOND, MS_MINUTE,
                                    2 * MS_MINUTE,  5 * MS_MINUTE,  10 * MS_MINUTE };
    size_t i = attempts > 0 ? (size_t)attempts - 1 : 0;

    return i < sizeof wait / sizeof *wait ? wait[i] : 15 * MS_MINUTE;
}

struct told {
    struct tocsin_str notifier;
    int64_t since_ms;
    bool is_told;
};

static int
compare_notifier(void *ctx, const struct delivery *d)
{
    struct told *t = ctx;

    t->is_told = d->created_ms >= t->since_ms && str_eq(d->notifier, t->notifier);
    return t->is_told;
}

/* After the last step: everybody's notifiers that have not been tried since this one was. */
static int
tell_others(const struct escalate *e, const struct alert *al, int64_t since_ms, struct err *err)
{
    struct delivery_filter f = { .alert = al->id, .limit = 1000 };

    for (size_t i = 0; i < e->config->notify.n; i++) {
        struct told t = { .notifier = str_z(e->config->notify.v[i]), .since_ms = since_ms };
        if (store_each_delivery(e->store, &f, compare_notifier, &t, err) != 0)
            return -1;
        if (!t.is_told &&
            add_delivery(e, al, "", e->config->notify.v[i], TOCSIN_EVENT_RING, e->now_ms, err) != 0)
            return -1;
    }
    return 0;
}

/* Somebody must be told by another way: the next step does not wait. */
static int
hurry(const struct escalate *e, const struct delivery *d, struct err *err)
{
    const struct policy_conf *p;
    struct held_alert h;
    int rc = 0;

    if (alert_hold(e, d->alert, &h, err) != 0)
        return -1;
    p = policy_for(e, &h.alert);
    if (h.alert.state == ALERT_OPEN && p && (size_t)h.alert.step >= p->n_steps) {
        rc = tell_others(e, &h.alert, d->created_ms, err);
    } else if (h.alert.state == ALERT_OPEN && h.alert.next_ms > e->now_ms) {
        h.alert.next_ms = e->now_ms;
        rc = store_save_alert(e->store, &h.alert, err);
    }
    alert_drop(&h);
    return rc;
}

static int
note_notifier(const struct escalate *e, const struct delivery *d, bool works, struct tocsin_str why,
              struct err *err)
{
    struct arena *a = arena_new(1 << 18);
    struct notifier_state n;
    bool found = false;
    int rc = -1;

    if (!a)
        return err_set(err, ERR_NOMEM, "no memory for a notifier's state");
    if (store_find_notifier(e->store, d->notifier, a, &n, &found, err) != 0)
        goto out;
    if (!found)
        n = (struct notifier_state){ .name = d->notifier };
    if (works && n.failures > 0 &&
        escalate_notice_end(e, ALERT_NOTIFIER_FAILING, d->notifier, err) != 0)
        goto out;
    n.error = works ? STR_NONE : why;
    n.failures = works ? 0 : n.failures + 1;
    if (works)
        n.proved_ms = e->now_ms;
    else
        n.failed_ms = e->now_ms;
    rc = store_put_notifier(e->store, &n, err);
out:
    arena_free(a);
    return rc;
}

static int
was_delivered(const struct escalate *e, struct delivery *d, const struct delivery_result *r,
              struct err *err)
{
    d->state = DELIVERY_DELIVERED;
    d->delivered_ms = e->now_ms;
    d->handle = r->handle;
    d->error = STR_NONE;
    if (store_save_delivery(e->store, d, err) != 0 || note_notifier(e, d, true, STR_NONE, err) != 0)
        return -1;
    return history_add(e, d->alert, NULL, "delivered", err, "by %.*s, attempt %d",
                       STR_FMT(d->notifier), d->attempts);
}

/* Dead letters are tried again daily; quiet ones that came too late are not. */
static int64_t
next_day(const struct escalate *e, const struct delivery *d)
{
    return d->event <= TOCSIN_EVENT_UPDATE ? e->now_ms + RETRY_DEAD_MS : 0;
}

static int
has_failed(const struct escalate *e, struct delivery *d, const struct delivery_result *r,
           struct err *err)
{
    bool is_dead = r->is_rejected || e->now_ms - d->created_ms > GIVE_UP_MS;
    int64_t alert = 0;

    d->state = is_dead ? DELIVERY_DEAD : DELIVERY_PENDING;
    d->error = r->why;
    d->next_ms = is_dead                      ? next_day(e, d)
                 : r->retry_at_ms > e->now_ms ? r->retry_at_ms
                                              : e->now_ms + backoff(d->attempts);
    if (store_save_delivery(e->store, d, err) != 0 ||
        note_notifier(e, d, false, r->why, err) != 0 ||
        history_add(e, d->alert, NULL, is_dead ? "not delivered" : "delivery failed", err,
                    "by %.*s, attempt %d: %.*s", STR_FMT(d->notifier), d->attempts,
                    STR_FMT(r->why)) != 0)
        return -1;
    if (d->event > TOCSIN_EVENT_UPDATE || (!is_dead && d->attempts < OTHER_WAY_AFTER))
        return 0;
    if (hurry(e, d, err) != 0)
        return -1;
    return escalate_notice(e, ALERT_NOTIFIER_FAILING, STR_NONE, d->notifier, r->why, &alert, err);
}

int
escalate_delivered(const struct escalate *e, const struct delivery *given,
                   const struct delivery_result *r, struct err *err)
{
    struct delivery d = *given;

    d.attempts++;
    d.lease_until_ms = 0;
    return r->is_delivered ? was_delivered(e, &d, r, err) : has_failed(e, &d, r, err);
}
