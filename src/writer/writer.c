/* writer - the thread that owns the store, and the queue of jobs before it. */
#include "writer/writer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"

#define BATCH_WEIGHT 1000 /* posts in one transaction */
#define EXPIRE_ROWS 2000  /* deleted between two jobs */
#define BATCH_MS 100      /* and how long one may go on taking in more */

struct node {
    struct job job;
    int rc;
    struct err err;
    struct node *next;
};

struct queue { /* first in, first out */
    struct node *head, **tail;
};

struct writer {
    struct store *store;
    const struct clock *clock;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct queue urgent, usual, finished; /* under lock */
    size_t waiting;                       /* under lock: posted, done not called yet */
    bool is_ending;                       /* under lock */
    struct retention retention;           /* under lock */
    bool wants_expire;                    /* under lock */
    uv_async_t async;
};

static void
queue_init(struct queue *q)
{
    q->head = NULL;
    q->tail = &q->head;
}

static void
queue_put(struct queue *q, struct node *n)
{
    n->next = NULL;
    *q->tail = n;
    q->tail = &n->next;
}

static struct node *
queue_get(struct queue *q)
{
    struct node *n = q->head;

    if (n) {
        q->head = n->next;
        if (!q->head)
            q->tail = &q->head;
    }
    return n;
}

/* Urgent ones first; NULL: nothing waits. */
static struct node *
take_locked(struct writer *w)
{
    struct node *n = queue_get(&w->urgent);

    return n ? n : queue_get(&w->usual);
}

static struct node *
take_now(struct writer *w)
{
    struct node *n;

    pthread_mutex_lock(&w->lock);
    n = take_locked(w);
    pthread_mutex_unlock(&w->lock);
    return n;
}

/* Waits for a job; NULL: the writer ends and nothing is left. */
static struct node *
take_waiting(struct writer *w)
{
    struct node *n;

    pthread_mutex_lock(&w->lock);
    while (!(n = take_locked(w)) && !w->is_ending && !w->wants_expire)
        pthread_cond_wait(&w->wake, &w->lock);
    pthread_mutex_unlock(&w->lock);
    return n;
}

void
writer_expire(struct writer *w, const struct retention *r)
{
    pthread_mutex_lock(&w->lock);
    w->retention = *r;
    w->wants_expire = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

/* A piece of the deleting that was asked for; false: none was. */
static bool
expire_some(struct writer *w)
{
    struct err err = { 0 };
    struct retention r;
    bool is_wanted, more = false;

    pthread_mutex_lock(&w->lock);
    is_wanted = w->wants_expire && !w->is_ending;
    r = w->retention;
    pthread_mutex_unlock(&w->lock);
    if (!is_wanted)
        return false;
    if (store_expire(w->store, &r, clock_wall(w->clock), EXPIRE_ROWS, &more, &err) != 0)
        log_err(LOG_ERROR_, "store", NULL, &err);
    pthread_mutex_lock(&w->lock);
    w->wants_expire = more;
    pthread_mutex_unlock(&w->lock);
    return true;
}

static int
run_alone(struct store *s, const struct clock *clock, const struct job *j, struct err *err)
{
    if (store_begin(s, err) != 0)
        return -1;
    if (j->run(j->arg, s, clock_wall(clock), err) != 0) {
        store_rollback(s);
        return -1;
    }
    if (store_commit(s, err) != 0) {
        store_rollback(s);
        return -1;
    }
    return 0;
}

/* A full disk refuses even an acknowledgement: what matters most goes into the reserve. */
static void
run_on_ballast(struct writer *w, struct node *n)
{
    struct err err = { 0 };

    if (store_release_ballast(w->store, &err) != 0)
        return;
    n->err = (struct err){ 0 };
    n->rc = run_alone(w->store, w->clock, &n->job, &n->err);
}

/* After a shared transaction failed: each by itself, so that only the bad one fails. */
static void
run_each_alone(struct writer *w, struct node *first)
{
    for (struct node *n = first; n; n = n->next) {
        n->err = (struct err){ 0 };
        n->rc = run_alone(w->store, w->clock, &n->job, &n->err);
        if (n->rc != 0 && n->err.code == ERR_FULL && n->job.is_urgent)
            run_on_ballast(w, n);
    }
}

/* Runs `first` and what else is waiting in one transaction; the list of all that were run. */
static struct node *
run_shared(struct writer *w, struct node *first)
{
    struct err err = { 0 };
    struct queue taken;
    size_t weight = 0;
    int64_t until = clock_mono(w->clock) + BATCH_MS;
    int rc = store_begin(w->store, &err);

    queue_init(&taken);
    for (struct node *n = first; n; n = take_now(w)) {
        queue_put(&taken, n);
        if (rc == 0)
            rc = n->job.run(n->job.arg, w->store, clock_wall(w->clock), &err);
        weight += n->job.weight;
        if (rc != 0 || weight >= BATCH_WEIGHT || clock_mono(w->clock) >= until)
            break;
    }
    if (rc == 0)
        rc = store_commit(w->store, &err);
    if (rc != 0) {
        store_rollback(w->store);
        run_each_alone(w, taken.head);
    }
    return taken.head;
}

static void
hand_back(struct writer *w, struct node *list)
{
    pthread_mutex_lock(&w->lock);
    while (list) {
        struct node *n = list;
        list = n->next;
        queue_put(&w->finished, n);
    }
    pthread_mutex_unlock(&w->lock);
    uv_async_send(&w->async);
}

static void *
writer_main(void *arg)
{
    struct writer *w = arg;
    struct node *n;

    for (;;) {
        n = take_waiting(w);
        if (n)
            hand_back(w, run_shared(w, n));
        else if (!expire_some(w))
            return NULL;
    }
}

static void
call_done(struct writer *w)
{
    struct node *list, *n;

    pthread_mutex_lock(&w->lock);
    list = w->finished.head;
    queue_init(&w->finished);
    pthread_mutex_unlock(&w->lock);
    while ((n = list)) {
        list = n->next;
        pthread_mutex_lock(&w->lock);
        w->waiting--;
        pthread_mutex_unlock(&w->lock);
        if (n->job.done)
            n->job.done(n->job.arg, n->rc, n->rc ? &n->err : NULL);
        else if (n->rc != 0)
            log_err(LOG_ERROR_, "writer", NULL, &n->err);
        free(n);
    }
}

static void
on_async(uv_async_t *h)
{
    call_done(h->data);
}

static void
on_closed(uv_handle_t *h)
{
    struct writer *w = h->data;

    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    free(w);
}

int
writer_new(struct writer **out, uv_loop_t *loop, struct store *store, const struct clock *clock,
           struct err *err)
{
    struct writer *w = calloc(1, sizeof *w);

    if (!w)
        return err_set(err, ERR_NOMEM, "no memory for the writer");
    w->store = store;
    w->clock = clock;
    queue_init(&w->urgent);
    queue_init(&w->usual);
    queue_init(&w->finished);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    uv_async_init(loop, &w->async, on_async);
    w->async.data = w;
    if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
        uv_close((uv_handle_t *)&w->async, on_closed);
        return err_set(err, ERR_IO, "cannot start the writer thread");
    }
    *out = w;
    return 0;
}

int
writer_post(struct writer *w, const struct job *j, struct err *err)
{
    struct node *n = calloc(1, sizeof *n);

    if (!n)
        return err_set(err, ERR_NOMEM, "no memory for a job of the writer");
    n->job = *j;
    pthread_mutex_lock(&w->lock);
    if (w->is_ending) {
        pthread_mutex_unlock(&w->lock);
        free(n);
        return err_set(err, ERR_BUSY, "the writer is ending");
    }
    queue_put(j->is_urgent ? &w->urgent : &w->usual, n);
    w->waiting++;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    return 0;
}

size_t
writer_waiting(const struct writer *w)
{
    struct writer *m = (struct writer *)(uintptr_t)w; /* the lock is not part of its value */
    size_t n;

    pthread_mutex_lock(&m->lock);
    n = m->waiting;
    pthread_mutex_unlock(&m->lock);
    return n;
}

void
writer_free(struct writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    call_done(w);
    store_close(w->store);
    uv_close((uv_handle_t *)&w->async, on_closed);
}

int
writer_run_once(struct store *s, const struct clock *clock, const struct job *j, struct err *err)
{
    return run_alone(s, clock, j, err);
}
