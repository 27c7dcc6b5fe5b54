/* escalate - the life of an alert: opened, joined, rung step by step, acknowledged, resolved.
 *
 *   store -> [escalate] -> deliver
 *
 * Every function runs in the writer's transaction and leaves rows behind: alerts with their
 * timers, events, deliveries. Nothing is sent from here. DESIGN: "Alert life, in one paragraph".
 */
#ifndef TOCSIN_ESCALATE_ESCALATE_H
#define TOCSIN_ESCALATE_ESCALATE_H

#include "config/config.h"
#include "record/alert.h"
#include "store/store.h"

struct escalate { /* on the caller's stack */
    struct store *store;
    const struct config *config;
    int64_t now_ms;
};

/* A stored mention and what is known about it. */
struct raised {
    int64_t mention, post, story, person;
    struct tocsin_str brand, place, thread;
    enum level level;
    bool is_copy, is_drill;
    bool is_old;             /* first poll, older than alert_max_age or undated: never rings */
    bool is_friend;          /* friends are never folded into a storm */
    struct tocsin_str about; /* the complaint in a line */
};
/* Opens, joins or reopens. *alert 0: none concerned. */
int escalate_mention(const struct escalate *e, const struct raised *r, int64_t *alert,
                     struct err *err);
/* An alert about Tocsin itself, or a summary. One open one a kind and subject; joins silently. */
int escalate_notice(const struct escalate *e, enum alert_kind kind, struct tocsin_str brand,
                    struct tocsin_str subject, struct tocsin_str text, int64_t *alert,
                    struct err *err);

/* What the open notice was about has passed: closed, and whoever was rung is told. */
int escalate_notice_end(const struct escalate *e, enum alert_kind kind, struct tocsin_str subject,
                        struct err *err);

/* Holds (or releases) the alerts of a brand that matches too much: they are raised and kept, and
 * do not ring. */
int escalate_hold(const struct escalate *e, struct tocsin_str brand, bool is_held, struct err *err);
bool escalate_is_held(struct store *s, struct tocsin_str brand);

/* Rings what is due, ends expired acknowledgements. *next_ms: when to call again. */
int escalate_tick(const struct escalate *e, int64_t *next_ms, struct err *err);

/* `by` is a member of staff or a free name. ERR_NOTFOUND, or ERR_DATA when it is closed. */
int escalate_ack(const struct escalate *e, int64_t alert, struct tocsin_str by,
                 struct tocsin_str comment, struct err *err);
int escalate_later(const struct escalate *e, int64_t alert, struct tocsin_str by, int64_t for_ms,
                   struct err *err);
/* Resolves the case and closes all its alerts. */
int escalate_resolve(const struct escalate *e, int64_t alert, struct tocsin_str by,
                     enum outcome outcome, struct tocsin_str comment, struct err *err);
/* The action of a one-time token: ack, later, false-alarm, not-about-us. ERR_DENIED: unknown,
 * used or expired. */
int escalate_answer(const struct escalate *e, struct tocsin_str token, struct tocsin_str by,
                    int64_t *alert, struct err *err);
/* A delivery's end as the notifier judged it. */
struct delivery_result {
    bool is_delivered, is_rejected; /* neither: try again */
    int64_t retry_at_ms;            /* 0: our own backoff */
    struct tocsin_str handle, why;
};
int escalate_delivered(const struct escalate *e, const struct delivery *d,
                       const struct delivery_result *r, struct err *err);

/* Who a step's word means now: members of staff (through team or rotation) and the notifiers
 * they are told by. */
struct target {
    const char *receiver; /* "" for a bare notifier */
    const char *notifier;
    const struct staff_conf *staff; /* NULL for a bare notifier */
};
size_t escalate_targets(const struct config *c, const struct step_conf *step, int64_t now_ms,
                        struct target *out, size_t max);

#endif
