/* source - what is remembered of a configured source between two polls. */
#ifndef TOCSIN_RECORD_SOURCE_H
#define TOCSIN_RECORD_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum source_health {
    SOURCE_NEW, /* never polled */
    SOURCE_OK,
    SOURCE_DEGRADED,
    SOURCE_THROTTLED,
    SOURCE_FAILING,
    SOURCE_LOST,
    SOURCE_QUARANTINED,
    SOURCE_PAUSED
};
const char *source_health_name(enum source_health h);

/* Conditional request state of one address of the source. */
struct source_validator {
    struct tocsin_str url, etag, last_modified;
    uint64_t body_hash;
};

struct source_state {
    struct tocsin_str name, plugin;
    struct tocsin_str cursor;
    const struct source_validator *validators;
    size_t n_validators;
    enum source_health health;
    struct tocsin_str reason;
    int64_t since_ms; /* of this health */
    int64_t next_due_ms;
    int64_t last_poll_ms, last_ok_ms, last_post_ms;
    int64_t first_complete_ms; /* 0: the first complete poll is still to come */
    int64_t interval_ms;       /* effective */
    struct tocsin_str interval_why;
    int32_t failures;  /* in a row */
    int32_t unchanged; /* 200s in a row with the same body */
    int64_t n_posts, n_mentions;
    struct tocsin_str moved_to; /* seen by permanent redirects */
    int64_t moved_since_ms;
    int32_t moved_hits;
    int64_t spent_day, spent_month; /* units of the budget */
    int64_t spent_at_ms;            /* when these were last counted */
};

struct source_gap {
    int64_t id, at_ms, from_ms, to_ms; /* from, to: 0 unknown */
    struct tocsin_str source, why;
};

#endif
