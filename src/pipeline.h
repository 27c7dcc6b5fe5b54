/* pipeline - the turns of all sources: each from due to stored.
 *
 *   schedule -> plan -> fetch -> parse -> work -> ingest -> (next page, or done)
 *
 * Loop thread. What a turn owes (alerts, deliveries) is rows when it ends; deliver sends them.
 */
#ifndef TOCSIN_PIPELINE_H
#define TOCSIN_PIPELINE_H

#include <uv.h>

#include "base/clock.h"
#include "fetch/fetch.h"
#include "host/host.h"
#include "record/source.h"
#include "setup.h"
#include "writer/ingest.h"
#include "writer/writer.h"

struct pipeline;

/* A finished turn, for whoever shows progress. */
struct turn_report {
    const struct source_state *state;
    size_t n_read, n_new, n_mentions, n_alerts;
    bool was_first; /* the first complete poll has just ended */
};

struct pipeline_options {
    uv_loop_t *loop;
    const struct clock *clock;
    struct host_pool *hosts;
    struct fetch *fetch;
    struct writer *writer;
    /* Called after something was stored that may owe a delivery. */
    void (*on_alerts)(void *ctx);
    void (*on_turn)(void *ctx, const struct turn_report *r);
    /* A mention was stored; may be NULL. */
    void (*on_mention)(void *ctx, const struct post *p, const struct mention *m);
    void *ctx;
};
int pipeline_new(struct pipeline **out, const struct pipeline_options *o, struct err *err);
/* No further turn begins, and those under way end at their next callback: free the hosts and the
 * fetch, run the loop until idle, then free. Nothing that was not committed counts as read. */
void pipeline_stop(struct pipeline *p);
void pipeline_free(struct pipeline *p); /* NULL is fine */

/* Takes the sources of a setup: at start, and at each reload. States of the store, by
 * pipeline_restore, come before; turns under way finish with the setup they began with. */
int pipeline_set(struct pipeline *p, struct setup *s, struct err *err);
int pipeline_restore(struct pipeline *p, const struct source_state *st, struct err *err);

void pipeline_start(struct pipeline *p); /* begins to poll what is due */
/* One source now; ERR_NOTFOUND. A turn under way is not doubled. */
int pipeline_poll(struct pipeline *p, const char *source, struct err *err);
/* All that are due now, or all; how many were begun. Used by `run --once`. */
size_t pipeline_poll_due(struct pipeline *p, bool ignore_due);
int pipeline_pause(struct pipeline *p, const char *source, bool paused, struct err *err);
/* Disk full and the like: no further turn begins until resumed. */
void pipeline_hold(struct pipeline *p, const char *why);
bool pipeline_is_idle(const struct pipeline *p);
/* Calls fn with each source's state; for status. */
int pipeline_each(const struct pipeline *p,
                  int (*fn)(void *ctx, const struct source_conf *, const struct source_state *,
                            bool is_running),
                  void *ctx);
/* Injects posts of our own making (drill, canary) through work and ingest. Takes the batch, which
 * lives in its own arena; done on the loop, just before the batch is freed. */
int pipeline_inject(struct pipeline *p, struct batch *b,
                    void (*done)(void *ctx, struct batch *b, const struct err *err), void *ctx,
                    struct err *err);

#endif
