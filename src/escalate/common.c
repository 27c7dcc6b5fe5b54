/* common - small things that opening, ringing and answering share. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <tocsin/plugin.h>

#include "base/hash.h"
#include "escalate/inner.h"

#define ALERT_ARENA (1 << 20)

int
history_add(const struct escalate *e, int64_t alert, const char *actor, const char *what,
            struct err *err, const char *fmt, ...)
{
    char detail[512];
    va_list ap;
    struct alert_event ev = {
        .alert = alert,
        .at_ms = e->now_ms,
        .actor = str_z(actor ? actor : "tocsind"),
        .what = str_z(what),
    };

    va_start(ap, fmt);
    vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    ev.detail = str_clip_utf8(str_z(detail), sizeof detail - 1);
    return store_add_event(e->store, &ev, err);
}

int
alert_hold(const struct escalate *e, int64_t id, struct held_alert *out, struct err *err)
{
    *out = (struct held_alert){ .arena = arena_new(ALERT_ARENA) };
    if (!out->arena)
        return err_set(err, ERR_NOMEM, "no memory for an alert");
    if (store_get_alert(e->store, id, out->arena, &out->alert, err) == 0)
        return 0;
    alert_drop(out);
    return -1;
}

void
alert_drop(struct held_alert *h)
{
    arena_free(h->arena);
    h->arena = NULL;
}

void
alert_restart(struct alert *al, int64_t at_ms, struct tocsin_str change)
{
    al->state = ALERT_OPEN;
    al->acked_ms = al->ack_expires_ms = 0;
    al->held_until_ms = 0;
    al->held_why = STR_NONE;
    al->step = al->rings = 0;
    al->next_ms = at_ms;
    al->change = change;
}

bool
alert_is_about_us(const struct alert *al)
{
    return al->kind >= ALERT_SOURCE_SILENT && al->kind <= ALERT_CANARY;
}

int
add_delivery(const struct escalate *e, const struct alert *al, const char *receiver,
             const char *notifier, uint32_t event, int64_t at_ms, struct err *err)
{
    char key[160];
    int64_t id;
    struct delivery d = {
        .alert = al->id,
        .notifier = str_z(notifier),
        .receiver = str_z(receiver),
        .event = event,
        .step = al->step,
        .state = DELIVERY_PENDING,
        .created_ms = e->now_ms,
        .next_ms = at_ms,
    };

    /* The same for every attempt, another for every ring: receivers drop what they know. */
    snprintf(key, sizeof key, "%lld.%d.%d.%u.%016llx.%lld", (long long)al->id, al->step, al->rings,
             event, (unsigned long long)str_hash(d.notifier), (long long)e->now_ms);
    d.key = str_z(key);
    return store_add_delivery(e->store, &d, &id, err);
}

struct rung {
    struct hash *seen; /* notifiers already told */
    const struct escalate *e;
    const struct alert *al;
    uint32_t event;
    struct err *err;
    int rc;
};

static int
tell_one(void *ctx, const struct delivery *d)
{
    struct rung *r = ctx;
    char name[128], receiver[128];
    bool was_told = d->state == DELIVERY_DELIVERED || d->state == DELIVERY_SENDING;
    bool was_ring = d->event <= TOCSIN_EVENT_UPDATE || d->event == TOCSIN_EVENT_TEST;

    if (!was_told || !was_ring || hash_find(r->seen, d->notifier))
        return 0;
    snprintf(name, sizeof name, "%.*s", STR_FMT(d->notifier));
    snprintf(receiver, sizeof receiver, "%.*s", STR_FMT(d->receiver));
    r->rc = hash_set(r->seen, d->notifier, r, NULL);
    if (r->rc == 0)
        r->rc = add_delivery(r->e, r->al, receiver, name, r->event, r->e->now_ms, r->err);
    return r->rc;
}

int
tell_rung(const struct escalate *e, const struct alert *al, uint32_t event, struct err *err)
{
    struct delivery_filter f = { .alert = al->id, .limit = 1000 };
    struct rung r = { .seen = hash_new(), .e = e, .al = al, .event = event, .err = err };

    if (!r.seen)
        return err_set(err, ERR_NOMEM, "no memory for the receivers of an alert");
    if (store_each_delivery(e->store, &f, tell_one, &r, err) != 0)
        r.rc = -1;
    hash_free(r.seen, NULL);
    return r.rc;
}

/* ---- held brands ----------------------------------------------------------------- */

const struct tocsin_str held_by_brand =
    STR_LIT("the brand's alerts are held: it matches too many posts");

static void
held_key(char *out, size_t n, struct tocsin_str brand)
{
    snprintf(out, n, "held:%.*s", STR_FMT(brand));
}

int
brand_is_held(const struct escalate *e, struct tocsin_str brand, bool *held, struct err *err)
{
    char key[160];
    struct tocsin_str value = STR_NONE;
    struct arena *a = arena_new(4096);
    bool found = false;
    int rc;

    held_key(key, sizeof key, brand);
    rc = a ? store_get_fact(e->store, key, a, &value, &found, err)
           : err_set(err, ERR_NOMEM, "no memory for a fact");
    *held = rc == 0 && found && str_eq_z(value, "held");
    arena_free(a);
    return rc;
}

struct released {
    int64_t ids[1000]; /* collected first: the walk must not see its own changes */
    size_t n;
};

static int
take_held(void *ctx, const struct alert *al)
{
    struct released *r = ctx;

    if (al->state == ALERT_OPEN && al->next_ms == 0 && str_eq(al->held_why, held_by_brand) &&
        r->n < sizeof r->ids / sizeof *r->ids)
        r->ids[r->n++] = al->id;
    return 0;
}

/* Rings by itself now, or within the storm where there are too many. */
static int
let_ring(const struct escalate *e, int64_t id, bool is_too_many, struct err *err)
{
    struct held_alert h;
    int rc = -1;

    if (alert_hold(e, id, &h, err) != 0)
        return -1;
    h.alert.held_why = STR_NONE;
    h.alert.next_ms = policy_for(e, &h.alert) ? e->now_ms : 0;
    if (history_add(e, id, NULL, "released", err, "the brand's alerts are not held any more") == 0)
        rc = h.alert.next_ms && is_too_many && h.alert.level < LEVEL_CRUSADE
                 ? storm_fold(e, &h.alert, err)
                 : 0;
    if (rc == 0)
        rc = store_save_alert(e->store, &h.alert, err);
    alert_drop(&h);
    return rc;
}

static int
release(const struct escalate *e, struct tocsin_str brand, struct err *err)
{
    struct alert_filter f = { .brand = brand, .only_unclosed = true, .limit = 1000 };
    struct released *r = calloc(1, sizeof *r);
    int rc;

    if (!r)
        return err_set(err, ERR_NOMEM, "no memory for the alerts of a brand");
    rc = store_each_alert(e->store, &f, take_held, r, err);
    for (size_t i = 0; rc == 0 && i < r->n; i++)
        rc = let_ring(e, r->ids[i], (int64_t)r->n > e->config->alerts.storm_alerts, err);
    free(r);
    return rc;
}

int
escalate_hold(const struct escalate *e, struct tocsin_str brand, bool is_held, struct err *err)
{
    char key[160];
    struct tocsin_str value = STR_NONE;
    struct arena *a = arena_new(4096);
    bool found = false;
    int rc = -1;

    held_key(key, sizeof key, brand);
    if (!a) {
        err_set(err, ERR_NOMEM, "no memory for a fact");
        goto out;
    }
    if (store_get_fact(e->store, key, a, &value, &found, err) != 0)
        goto out;
    /* Whoever released a brand by hand is not asked again by the next source. */
    if (is_held && found)
        rc = 0;
    else
        rc = store_put_fact(e->store, key, str_z(is_held ? "held" : "released"), err);
    if (rc == 0 && !is_held)
        rc = release(e, brand, err);
out:
    arena_free(a);
    return rc;
}

bool
escalate_is_held(struct store *s, struct tocsin_str brand)
{
    struct escalate e = { .store = s };
    struct err ignored = { 0 };
    bool held = false;

    return brand_is_held(&e, brand, &held, &ignored) == 0 && held;
}
