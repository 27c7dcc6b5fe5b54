/* writer - the one thread that changes the store.
 *
 * Whoever wants a change posts a job: `run` is called on the writer thread inside a transaction,
 * `done` on the loop thread after it was committed (or has failed). Jobs that wait share a
 * transaction, at most 100 ms or 1,000 posts; a job that fails is rolled back alone and the
 * others are run again, so `run` must not keep what it did outside the store. Urgent jobs
 * (acknowledgements) go before posts.
 */
#ifndef TOCSIN_WRITER_WRITER_H
#define TOCSIN_WRITER_WRITER_H

#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/store.h"

struct writer;

struct job {
    int (*run)(void *arg, struct store *s, int64_t now_ms, struct err *err); /* writer thread */
    void (*done)(void *arg, int rc, const struct err *err);                  /* loop thread */
    void *arg;
    size_t weight; /* posts in it */
    bool is_urgent;
};

/* Takes the store over: from now on only the writer thread touches it. */
int writer_new(struct writer **out, uv_loop_t *loop, struct store *store, const struct clock *clock,
               struct err *err);
/* Any number may wait; copied. Loop thread. -1 only when there is no memory. */
int writer_post(struct writer *w, const struct job *j, struct err *err);
/* Deletes what is older than allowed, some rows at a time between other jobs. */
void writer_expire(struct writer *w, const struct retention *r);
size_t writer_waiting(const struct writer *w);
/* Runs what waits, ends the thread, closes the store. `done` of the last jobs is called before it
 * returns. Run the loop once more. */
void writer_free(struct writer *w);

/* The same for a program without a loop: one job in one transaction, at once. */
int writer_run_once(struct store *s, const struct clock *clock, const struct job *j,
                    struct err *err);

#endif
