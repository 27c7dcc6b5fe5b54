/* runtime - one configured source while the daemon runs: its state and whether a turn is under
 * way. Shared by the two files of the pipeline only. */
#ifndef TOCSIN_RUNTIME_H
#define TOCSIN_RUNTIME_H

#include "pipeline.h"
#include "record/source_copy.h"
#include "schedule/schedule.h"
#include "writer/ingest.h"

struct turn;

struct runtime {
    const struct source_conf *conf; /* of `setup`; NULL: no longer configured */
    struct setup *setup;
    struct arena *arena; /* of `state` */
    struct source_state state;
    int faults;        /* turns in a row that the plugin's process did not survive */
    int64_t queued_ms; /* its entry in the due queue; others are stale */
    struct turn *turn; /* NULL: none under way */
    size_t index;      /* in the pipeline's list */
};

struct pipeline {
    struct pipeline_options o;
    struct setup *setup;
    struct runtime **sources;
    size_t n_sources;
    struct hash *by_name;
    struct due_queue *due;
    uv_timer_t *timer;
    struct match_scratch **scratches; /* free ones */
    size_t n_scratches;
    size_t *waiting; /* sources that poll_due has not begun yet */
    size_t n_waiting;
    size_t n_running, n_jobs;
    bool is_started, is_ending;
    const char *held; /* why nothing is polled; NULL: not held */
};

/* turn.c */
int turn_begin(struct pipeline *p, struct runtime *r);

/* pipeline.c */
void pipeline_turn_ended(struct pipeline *p, struct runtime *r);
int runtime_keep(struct runtime *r, const struct source_state *st);
struct match_scratch *pipeline_take_scratch(struct pipeline *p);
void pipeline_give_scratch(struct pipeline *p, struct match_scratch *s);

#endif
