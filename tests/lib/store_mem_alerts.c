/* store_mem_alerts - alerts, their posts, history and deliveries, in memory. */
#include "store_mem.h"

/* ---- alerts ---- */

static struct alert
kept_alert(struct store *s, const struct alert *al)
{
    struct alert r = *al;

    r.brand = mem_keep(s, r.brand);
    r.subject = mem_keep(s, r.subject);
    r.acked_by = mem_keep(s, r.acked_by);
    r.ack_comment = mem_keep(s, r.ack_comment);
    r.closed_by = mem_keep(s, r.closed_by);
    r.held_why = mem_keep(s, r.held_why);
    r.change = mem_keep(s, r.change);
    return r;
}

static struct alert *
find_alert(struct store *s, int64_t id)
{
    EACH(s, ALERTS, struct alert, al)
    if (al->id == id)
        return al;
    return NULL;
}

int
store_add_alert(struct store *s, const struct alert *al, int64_t *id, struct err *err)
{
    struct alert r = kept_alert(s, al);

    (void)err;
    r.id = *id = mem_new_id(s);
    mem_add(s, ALERTS, &r);
    return 0;
}

int
store_save_alert(struct store *s, const struct alert *al, struct err *err)
{
    struct alert *r = find_alert(s, al->id);

    (void)err;
    if (r)
        *r = kept_alert(s, al);
    return 0;
}

int
store_get_alert(struct store *s, int64_t id, struct arena *a, struct alert *out, struct err *err)
{
    const struct alert *al = find_alert(s, id);

    (void)a;
    if (!al)
        return mem_missing(err, "alert", id);
    *out = *al;
    return 0;
}

static bool
fits(const struct alert_key *k, const struct alert *al)
{
    if (al->state == ALERT_CLOSED && (!k->with_closed || al->closed_ms < k->closed_since_ms))
        return false;
    return (k->any_kind || al->kind == k->kind) &&
           (k->brand.n == 0 || str_eq(al->brand, k->brand)) &&
           (k->subject.n == 0 || str_eq(al->subject, k->subject)) &&
           (k->person == 0 || al->person == k->person) && (k->story == 0 || al->story == k->story);
}

int
store_find_alert(struct store *s, const struct alert_key *k, int64_t *id, struct err *err)
{
    (void)err;
    *id = 0;
    EACH_BACK(s, ALERTS, struct alert, al)
    {
        if (!fits(k, al))
            continue;
        if (*id == 0)
            *id = al->id;
        if (al->state != ALERT_CLOSED) { /* open ones first */
            *id = al->id;
            break;
        }
    }
    return 0;
}

int
store_each_alert(struct store *s, const struct alert_filter *f,
                 int (*fn)(void *, const struct alert *), void *ctx, struct err *err)
{
    size_t left = f->limit ? f->limit : 100;

    (void)err;
    EACH_BACK(s, ALERTS, struct alert, al)
    {
        if (al->opened_ms < f->since_ms || (f->brand.n && !str_eq(al->brand, f->brand)) ||
            (f->person && al->person != f->person) || (f->case_id && al->case_id != f->case_id) ||
            (f->only_unclosed && al->state == ALERT_CLOSED) || (!f->with_drills && al->is_drill))
            continue;
        if (left-- == 0 || fn(ctx, al) != 0)
            break;
    }
    return 0;
}

int
store_count_alerts(struct store *s, struct tocsin_str brand, int64_t opened_since_ms, int64_t *n,
                   struct err *err)
{
    (void)err;
    *n = 0;
    EACH(s, ALERTS, struct alert, al)
    *n += str_eq(al->brand, brand) && al->opened_ms >= opened_since_ms && !al->is_drill &&
          al->kind != ALERT_STORM;
    return 0;
}

int
store_add_alert_post(struct store *s, int64_t alert, int64_t post, int64_t now_ms, struct err *err)
{
    (void)err, (void)now_ms;
    EACH(s, JOINED, struct mem_joined, j)
    if (j->alert == alert && j->post == post)
        return 0;
    mem_add(s, JOINED, &(struct mem_joined){ alert, post });
    return 0;
}

int
store_each_alert_post(struct store *s, int64_t alert, int (*fn)(void *, int64_t post), void *ctx,
                      struct err *err)
{
    int64_t before = INT64_MAX;

    (void)err;
    for (;;) { /* the next lower one */
        int64_t post = 0;
        EACH(s, JOINED, struct mem_joined, j)
        if (j->alert == alert && j->post < before && j->post > post)
            post = j->post;
        if (post == 0 || fn(ctx, post) != 0)
            return 0;
        before = post;
    }
}

int
store_add_event(struct store *s, const struct alert_event *e, struct err *err)
{
    struct alert_event r = *e;

    (void)err;
    r.id = mem_new_id(s);
    r.actor = mem_keep(s, r.actor);
    r.what = mem_keep(s, r.what);
    r.detail = mem_keep(s, r.detail);
    mem_add(s, EVENTS, &r);
    return 0;
}

int
store_each_event(struct store *s, int64_t alert, int (*fn)(void *, const struct alert_event *),
                 void *ctx, struct err *err)
{
    (void)err;
    EACH(s, EVENTS, struct alert_event, e)
    if (e->alert == alert && fn(ctx, e) != 0)
        break;
    return 0;
}

/* ---- timers ---- */

static int64_t
timer_of(const struct alert *al)
{
    int64_t at = INT64_MAX;

    if (al->state != ALERT_CLOSED && al->next_ms != 0)
        at = al->next_ms;
    if (al->state == ALERT_ACKED && al->ack_expires_ms != 0 && al->ack_expires_ms < at)
        at = al->ack_expires_ms;
    return at;
}

static int64_t
due_of(const struct delivery *d)
{
    if (d->state == DELIVERY_SENDING)
        return d->lease_until_ms;
    if (d->state == DELIVERY_PENDING || (d->state == DELIVERY_DEAD && d->next_ms != 0))
        return d->next_ms;
    return INT64_MAX;
}

int
store_due_alerts(struct store *s, int64_t now_ms, struct arena *a, size_t max, struct alert **out,
                 size_t *n, struct err *err)
{
    *n = 0;
    *out = arena_array(a, max, sizeof **out);
    if (!*out)
        return err_set(err, ERR_NOMEM, "no memory");
    EACH(s, ALERTS, struct alert, al)
    if (timer_of(al) <= now_ms && *n < max)
        (*out)[(*n)++] = *al;
    return 0;
}

int
store_next_timer(struct store *s, int64_t *at_ms, struct err *err)
{
    (void)err;
    *at_ms = INT64_MAX;
    EACH(s, ALERTS, struct alert, al)
    if (timer_of(al) < *at_ms)
        *at_ms = timer_of(al);
    EACH(s, DELIVERIES, struct delivery, d)
    if (due_of(d) < *at_ms)
        *at_ms = due_of(d);
    return 0;
}

/* ---- deliveries ---- */

static struct delivery
kept_delivery(struct store *s, const struct delivery *d)
{
    struct delivery r = *d;

    r.notifier = mem_keep(s, r.notifier);
    r.receiver = mem_keep(s, r.receiver);
    r.handle = mem_keep(s, r.handle);
    r.error = mem_keep(s, r.error);
    r.key = mem_keep(s, r.key);
    return r;
}

int
store_add_delivery(struct store *s, const struct delivery *d, int64_t *id, struct err *err)
{
    struct delivery r = kept_delivery(s, d);

    (void)err;
    r.id = *id = mem_new_id(s);
    mem_add(s, DELIVERIES, &r);
    return 0;
}

int
store_claim_deliveries(struct store *s, int64_t now_ms, int64_t lease_ms, size_t max,
                       struct arena *a, struct delivery **out, size_t *n, struct err *err)
{
    *n = 0;
    *out = arena_array(a, max, sizeof **out);
    if (!*out)
        return err_set(err, ERR_NOMEM, "no memory");
    EACH(s, DELIVERIES, struct delivery, d)
    {
        if (due_of(d) > now_ms || *n == max)
            continue;
        d->state = DELIVERY_SENDING;
        d->lease_until_ms = now_ms + lease_ms;
        (*out)[(*n)++] = *d;
    }
    return 0;
}

int
store_save_delivery(struct store *s, const struct delivery *given, struct err *err)
{
    (void)err;
    EACH(s, DELIVERIES, struct delivery, d)
    if (d->id == given->id)
        *d = kept_delivery(s, given);
    return 0;
}

int
store_free_claims(struct store *s, struct err *err)
{
    (void)err;
    EACH(s, DELIVERIES, struct delivery, d)
    if (d->state == DELIVERY_SENDING)
        d->lease_until_ms = 0;
    return 0;
}

int
store_drop_deliveries(struct store *s, int64_t alert, struct err *err)
{
    (void)err;
    EACH(s, DELIVERIES, struct delivery, d)
    if (d->alert == alert && (d->state == DELIVERY_PENDING || d->state == DELIVERY_DEAD))
        d->state = DELIVERY_DROPPED;
    return 0;
}

int
store_find_handle(struct store *s, int64_t alert, struct tocsin_str notifier, struct arena *a,
                  struct tocsin_str *handle, struct err *err)
{
    (void)a, (void)err;
    *handle = STR_LIT("");
    EACH(s, DELIVERIES, struct delivery, d)
    if (handle->n == 0 && d->alert == alert && str_eq(d->notifier, notifier))
        *handle = d->handle;
    return 0;
}

int
store_each_delivery(struct store *s, const struct delivery_filter *f,
                    int (*fn)(void *, const struct delivery *), void *ctx, struct err *err)
{
    size_t left = f->limit ? f->limit : SIZE_MAX;

    (void)err;
    EACH(s, DELIVERIES, struct delivery, d)
    {
        if ((f->alert && d->alert != f->alert) || d->created_ms < f->since_ms ||
            (f->only_undone && (d->state == DELIVERY_DELIVERED || d->state == DELIVERY_DROPPED)))
            continue;
        if (left-- == 0 || fn(ctx, d) != 0)
            break;
    }
    return 0;
}

static bool
was_counted(struct store *s, const struct delivery *of)
{
    EACH(s, DELIVERIES, struct delivery, d)
    if (d < of && d->alert == of->alert && d->created_ms == of->created_ms &&
        str_eq(d->receiver, of->receiver))
        return true;
    return false;
}

int
store_count_rings(struct store *s, struct tocsin_str receiver, int64_t since_ms, int64_t *n,
                  struct err *err)
{
    (void)err;
    *n = 0;
    EACH(s, DELIVERIES, struct delivery, d)
    *n += receiver.n && str_eq(d->receiver, receiver) && d->event <= TOCSIN_EVENT_UPDATE &&
          d->created_ms >= since_ms && !was_counted(s, d);
    return 0;
}
