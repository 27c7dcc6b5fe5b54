/* ingest - one response into the store, in the writer's transaction.
 *
 *   text score -> [dedup -> history score -> store -> escalate] -> deliver
 *
 * The posts, the source's new cursor and validators, the people and stories they touch, the
 * alerts they raise and the deliveries these owe: all or nothing.
 */
#ifndef TOCSIN_WRITER_INGEST_H
#define TOCSIN_WRITER_INGEST_H

#include "base/arena.h"
#include "record/mention.h"
#include "record/post.h"
#include "record/source.h"
#include "setup.h"
#include "store/store.h"

struct scored { /* one post after the workers */
    struct mention *mentions;
    size_t n_mentions;
    bool is_ours;
    /* set by ingest_run: those that were stored, with history in their scores */
    struct mention *stored;
    size_t n_stored;
};

struct batch {
    struct arena *arena; /* of everything below */
    struct setup *setup;
    struct source_state state; /* as it is to be after this response */
    /* The source's state became worth an alert, or is so no more. */
    bool is_lost, is_plugin_down, is_well_again;
    const struct source_gap *gaps;
    size_t n_gaps;
    struct post *posts;
    struct scored *scored; /* one a post */
    size_t n_posts;
    bool is_first_poll;   /* alert_max_age gates */
    bool ends_first_poll; /* its last response: the summary is due */
    bool is_drill;
    bool has_irate;          /* ends_first_poll: that poll brought irate mentions */
    size_t n_first_mentions; /* ends_first_poll: and how many in all */
    bool is_canary;          /* proves the way: nothing of it is kept but when it came through */
    const char *drill_brand;

    /* set by ingest_run */
    size_t n_new, n_known, n_mentions, n_alerts;
    int64_t drill_alert;
};

int ingest_run(struct batch *b, struct store *s, int64_t now_ms, struct err *err);

#endif
