/* alert - what all notifiers have in common: words, JSON, and how an HTTP answer is judged. */
#ifndef TOCSIN_PLUGINS_ALERT_H
#define TOCSIN_PLUGINS_ALERT_H

#include <jansson.h>

#include "slice.h"

/* "ring", "update", "taken" ... */
const char *alert_event_name(uint32_t event);
/* What stands before the headline of an event: "Taken: "; "" for a ring. */
const char *alert_lead(uint32_t event);
/* Somebody has it, or it is over: no bell. */
bool alert_is_quiet(uint32_t event);
/* How it stands with the alert: who has it, how it ended; "" where the core did not say. */
const char *alert_now(const struct tocsin_alert *a);

/* A JSON string of any bytes; NULL: no memory. */
json_t *alert_json_str(struct tocsin_str s);
/* The whole alert as compact JSON (free() it); NULL: no memory. Ids are strings, times RFC 3339. */
char *alert_json(const struct tocsin_alert *a);
/* json_dumps of `doc`, which is given up; NULL: no memory, also for doc == NULL. */
char *alert_dump(json_t *doc);

/* The request's answer by its HTTP status: OK for 2xx; else why was recorded (with `said`, the
 * service's own words, where it has any) and the status is to be returned. */
int alert_judge_http(const struct tocsin_host *h, struct tocsin_turn *t,
                     const struct tocsin_response *r, const char *service, struct tocsin_str said);
/* "not before", for services that tell the seconds to wait; at most a day is believed. */
void alert_wait(const struct tocsin_host *h, struct tocsin_turn *t, int64_t seconds,
                const char *why);

#endif
