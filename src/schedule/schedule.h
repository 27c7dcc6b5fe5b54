/* schedule - when each source is due, and why.
 *
 *   [schedule] -> plan -> fetch ...
 *
 * The rules (pure functions of state and outcome) and the queue of due sources. Times are wall
 * time, stored, so that a restart asks nobody before their time. Loop thread.
 */
#ifndef TOCSIN_SCHEDULE_SCHEDULE_H
#define TOCSIN_SCHEDULE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "config/config.h"
#include "fetch/fetch.h"
#include "record/source.h"

/* What a finished turn says about the next one. */
struct turn_outcome {
    enum source_health health; /* OK, DEGRADED, THROTTLED, FAILING, LOST, QUARANTINED */
    const char *why;
    int64_t not_before_ms; /* Retry-After, limit(); 0: none */
    int64_t said_s;        /* ttl, sy: and the like; 0: none */
    const char *said_by;
    int64_t max_age_s;          /* -1: none */
    bool is_unchanged;          /* a 304, or the same body again */
    bool is_broken_conditional; /* always 200, same hash */
};
/* Sets health, since, failures, interval and its cause, next due time (jitter included, drawn
 * from `random`) in `st`. Strings go into the arena. */
void schedule_after(const struct source_conf *c, struct source_state *st,
                    const struct turn_outcome *o, int64_t now_ms, uint32_t random, struct arena *a);
/* Effective interval and cause before anything was polled. */
int64_t schedule_interval(const struct source_conf *c, const char **why);
/* First due time of a source never polled: spread over some seconds by name. */
int64_t schedule_first(const struct source_conf *c, int64_t now_ms);

/* A heap of due times. Items are the caller's indexes. */
struct due_queue;
struct due_queue *due_queue_new(void);
void due_queue_free(struct due_queue *q);
int due_queue_push(struct due_queue *q, int64_t at_ms, size_t item); /* -1: no memory */
/* The earliest; false when empty. */
bool due_queue_peek(const struct due_queue *q, int64_t *at_ms, size_t *item);
void due_queue_pop(struct due_queue *q);
size_t due_queue_count(const struct due_queue *q);

#endif
