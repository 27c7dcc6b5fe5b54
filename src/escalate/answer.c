/* answer - what people do with an alert: acknowledge, put off, resolve. */
#include <stdio.h>

#include <tocsin/plugin.h>

#include "base/parse.h"
#include "escalate/inner.h"
#include "escalate/token.h"

#define LATER_MS MS_HOUR

static int
refuse_closed(const struct alert *al, struct err *err)
{
    if (al->state != ALERT_CLOSED)
        return 0;
    return err_set(err, ERR_DATA,
                   "alert %lld is closed already; `tocsin alert show %lld` tells how",
                   (long long)al->id, (long long)al->id);
}

static int
own_case(const struct escalate *e, const struct alert *al, struct tocsin_str by, struct arena *a,
         struct err *err)
{
    struct case_ c;

    if (al->case_id == 0)
        return 0;
    if (store_get_case(e->store, al->case_id, a, &c, err) != 0)
        return -1;
    if (c.owner.n != 0)
        return 0;
    c.owner = by;
    return store_save_case(e->store, &c, err);
}

static int
ack_held(const struct escalate *e, struct held_alert *h, struct tocsin_str by,
         struct tocsin_str comment, struct err *err)
{
    struct alert *al = &h->alert;

    if (refuse_closed(al, err) != 0)
        return -1;
    al->state = ALERT_ACKED;
    al->acked_ms = e->now_ms;
    /* A drill and a summary are over once somebody has seen them. */
    al->ack_expires_ms = al->is_drill || al->kind == ALERT_SUMMARY
                             ? 0
                             : e->now_ms + e->config->alerts.ack_expires_ms;
    al->held_until_ms = 0;
    al->held_why = STR_NONE;
    al->acked_by = by;
    al->ack_comment = comment;
    al->next_ms = 0;
    if (store_save_alert(e->store, al, err) != 0 ||
        store_drop_deliveries(e->store, al->id, err) != 0 ||
        own_case(e, al, by, h->arena, err) != 0 || tell_rung(e, al, TOCSIN_EVENT_TAKEN, err) != 0)
        return -1;
    return history_add(e, al->id, arena_z(h->arena, by), "acknowledged", err, "%.*s",
                       STR_FMT(comment));
}

int
escalate_ack(const struct escalate *e, int64_t alert, struct tocsin_str by,
             struct tocsin_str comment, struct err *err)
{
    struct held_alert h;
    int rc;

    if (alert_hold(e, alert, &h, err) != 0)
        return -1;
    rc = ack_held(e, &h, by, comment, err);
    alert_drop(&h);
    return rc;
}

static int
later_held(const struct escalate *e, struct held_alert *h, struct tocsin_str by, int64_t for_ms,
           struct err *err)
{
    struct alert *al = &h->alert;
    struct tocsin_str why;

    if (refuse_closed(al, err) != 0)
        return -1;
    why = str_z(arena_fmt(h->arena, "put off by %.*s", STR_FMT(by)));
    alert_restart(al, e->now_ms + for_ms, why);
    if (store_save_alert(e->store, al, err) != 0 ||
        store_drop_deliveries(e->store, al->id, err) != 0)
        return -1;
    return history_add(e, al->id, arena_z(h->arena, by), "put off", err, "for %lld min",
                       (long long)(for_ms / MS_MINUTE));
}

int
escalate_later(const struct escalate *e, int64_t alert, struct tocsin_str by, int64_t for_ms,
               struct err *err)
{
    struct held_alert h;
    int rc;

    if (alert_hold(e, alert, &h, err) != 0)
        return -1;
    rc = later_held(e, &h, by, for_ms, err);
    alert_drop(&h);
    return rc;
}

/* ---- resolving --------------------------------------------------------------- */

struct closing {
    const struct escalate *e;
    const char *by;
    int64_t ids[64]; /* collected first: the walk must not see its own changes */
    size_t n;
};

static int
collect(void *ctx, const struct alert *al)
{
    struct closing *c = ctx;

    if (c->n < sizeof c->ids / sizeof *c->ids)
        c->ids[c->n++] = al->id;
    return 0;
}

static int
close_alert(const struct escalate *e, int64_t id, const char *by, enum outcome outcome,
            struct tocsin_str comment, struct err *err)
{
    struct held_alert h;
    int rc = -1;

    if (alert_hold(e, id, &h, err) != 0)
        return -1;
    h.alert.state = ALERT_CLOSED;
    h.alert.closed_ms = e->now_ms;
    h.alert.closed_by = str_z(by);
    h.alert.next_ms = h.alert.ack_expires_ms = 0;
    if (store_save_alert(e->store, &h.alert, err) == 0 &&
        store_drop_deliveries(e->store, id, err) == 0 &&
        tell_rung(e, &h.alert, TOCSIN_EVENT_RESOLVED, err) == 0)
        rc = history_add(e, id, by, "resolved", err, "%s%s%.*s", outcome_name(outcome),
                         comment.n ? ": " : "", STR_FMT(comment));
    alert_drop(&h);
    return rc;
}

static int
end_case(const struct escalate *e, int64_t id, const char *by, enum outcome outcome,
         struct tocsin_str comment, struct arena *a, struct err *err)
{
    struct case_ c;

    if (store_get_case(e->store, id, a, &c, err) != 0)
        return -1;
    c.status = CASE_RESOLVED;
    c.resolved_ms = e->now_ms;
    c.outcome = outcome;
    c.helper = str_z(by);
    c.comment = comment;
    return store_save_case(e->store, &c, err);
}

static int
resolve_held(const struct escalate *e, struct held_alert *h, struct tocsin_str by,
             enum outcome outcome, struct tocsin_str comment, struct err *err)
{
    struct closing c = { .e = e, .by = arena_z(h->arena, by) };
    struct alert_filter f = {
        .case_id = h->alert.case_id, .only_unclosed = true, .with_drills = true, .limit = 64
    };

    if (refuse_closed(&h->alert, err) != 0)
        return -1;
    if (h->alert.case_id == 0)
        return close_alert(e, h->alert.id, c.by, outcome, comment, err);
    if (end_case(e, h->alert.case_id, c.by, outcome, comment, h->arena, err) != 0 ||
        store_each_alert(e->store, &f, collect, &c, err) != 0)
        return -1;
    for (size_t i = 0; i < c.n; i++)
        if (close_alert(e, c.ids[i], c.by, outcome, comment, err) != 0)
            return -1;
    return 0;
}

int
escalate_resolve(const struct escalate *e, int64_t alert, struct tocsin_str by,
                 enum outcome outcome, struct tocsin_str comment, struct err *err)
{
    struct held_alert h;
    int rc;

    if (alert_hold(e, alert, &h, err) != 0)
        return -1;
    rc = resolve_held(e, &h, by, outcome, comment, err);
    alert_drop(&h);
    return rc;
}

/* ---- answers by token ---------------------------------------------------------- */

static int
do_action(const struct escalate *e, const struct token_row *t, struct tocsin_str by,
          struct err *err)
{
    if (str_eq_z(t->action, "ack"))
        return escalate_ack(e, t->alert, by, STR_NONE, err);
    if (str_eq_z(t->action, "later"))
        return escalate_later(e, t->alert, by, LATER_MS, err);
    if (str_eq_z(t->action, "false-alarm"))
        return escalate_resolve(e, t->alert, by, OUTCOME_FALSE_ALARM, STR_NONE, err);
    if (str_eq_z(t->action, "not-about-us"))
        return escalate_resolve(e, t->alert, by, OUTCOME_FALSE_ALARM, STR_LIT("not about us"), err);
    return err_set(err, ERR_DENIED, "unknown action \"%.*s\"", STR_FMT(t->action));
}

static int
use_token(const struct escalate *e, const char *hash, struct tocsin_str by, struct arena *a,
          int64_t *alert, struct err *err)
{
    struct token_row t;
    bool found = false;

    if (store_find_token(e->store, str_z(hash), a, &t, &found, err) != 0)
        return -1;
    if (!found || t.used_ms != 0 || t.expires_ms <= e->now_ms)
        return err_set(err, ERR_DENIED, "%s; use `tocsin alert ack ID`",
                       !found      ? "this answer's token is not ours"
                       : t.used_ms ? "this answer has been used already"
                                   : "this answer came too late");
    *alert = t.alert;
    if (store_use_token(e->store, str_z(hash), e->now_ms, err) != 0)
        return -1;
    return do_action(e, &t, by, err);
}

int
escalate_answer(const struct escalate *e, struct tocsin_str token, struct tocsin_str by,
                int64_t *alert, struct err *err)
{
    char hash[TOKEN_HASH];
    struct arena *a = arena_new(1 << 16);
    int rc;

    *alert = 0;
    if (!a)
        return err_set(err, ERR_NOMEM, "no memory for an answer");
    token_hash(hash, token);
    rc = use_token(e, hash, by, a, alert, err);
    arena_free(a);
    return rc;
}
