/* inner - what the files of escalate share. */
#ifndef TOCSIN_ESCALATE_INNER_H
#define TOCSIN_ESCALATE_INNER_H

#include "escalate/escalate.h"

/* A line of the alert's history. `actor` NULL: tocsind. */
int history_add(const struct escalate *e, int64_t alert, const char *actor, const char *what,
                struct err *err, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Everything about the alert in an arena of its own; freed by alert_drop. */
struct held_alert {
    struct arena *arena;
    struct alert alert;
};
int alert_hold(const struct escalate *e, int64_t id, struct held_alert *out, struct err *err);
void alert_drop(struct held_alert *h);

/* From step 1 again, now (or at the time given), saying what changed. */
void alert_restart(struct alert *al, int64_t at_ms, struct tocsin_str change);
bool alert_is_about_us(const struct alert *al); /* a kind without post and person */

extern const struct tocsin_str held_by_brand; /* held_why of an alert of a held brand */

/* One delivery to each notifier that has rung for the alert. */
int tell_rung(const struct escalate *e, const struct alert *al, uint32_t event, struct err *err);
int add_delivery(const struct escalate *e, const struct alert *al, const char *receiver,
                 const char *notifier, uint32_t event, int64_t at_ms, struct err *err);

/* The steps that the alert goes through; NULL: none, it does not ring. */
const struct policy_conf *policy_for(const struct escalate *e, const struct alert *al);

int brand_is_held(const struct escalate *e, struct tocsin_str brand, bool *held, struct err *err);
/* Folds the alert into the brand's storm, which it opens where there is none. */
int storm_fold(const struct escalate *e, struct alert *al, struct err *err);
/* The brand's storm that is not closed; *id 0: none. */
int storm_find(const struct escalate *e, struct tocsin_str brand, int64_t *id, struct err *err);
int storm_is_on(const struct escalate *e, struct tocsin_str brand, bool *on, struct err *err);

#endif
