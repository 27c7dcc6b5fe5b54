/* fake_host - the core as a plugin sees it, recording instead of doing.
 *
 * A test makes a turn, calls the plugin's functions with &fake_host_table, and reads
 * `turn.events`: one JSON value for each thing the plugin asked for, in order. Posts are plain
 * objects in the shape of `tocsin parse`; everything else is an object with one telling key:
 * request, session, expire, fail, partial, interval, gap, limit, spend, cursor, delivered,
 * answer, log.
 */
#ifndef TOCSIN_TESTS_FAKE_HOST_H
#define TOCSIN_TESTS_FAKE_HOST_H

#include <jansson.h>

#include <tocsin/plugin.h>

struct tocsin_turn {
    json_t *events;
    char *cursor; /* what cursor() answers; set_cursor replaces it */
    int64_t now_ms;
    size_t n_posts;
    size_t max_posts; /* 0: no end; then post() answers FULL */
    bool keeps_quiet; /* posts are counted and checked, not recorded: for benches and fuzzing */
    bool logs_are_kept;
};

extern const struct tocsin_host fake_host_table;

void fake_turn_init(struct tocsin_turn *t, const char *cursor, int64_t now_ms);
void fake_turn_free(struct tocsin_turn *t);

/* "BADDATA" for TOCSIN_BADDATA and so on; "?" for what is no status. */
const char *fake_status_name(int status);

#endif
