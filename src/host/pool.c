/* pool.c - queues of turns, faults and backoff; which turn goes to which process. */
#include "host/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/parse.h"
#include "wire/messages.h"

/* A turn waits for a plugin that comes back soon; else it is answered at once. */
enum { WORTH_WAITING_MS = 10000, MAX_BACKOFF_MS = 300000 };

static int64_t
mono(void)
{
    return clock_mono(&clock_system);
}

/* ---- turns ---------------------------------------------------------------------- */

void
turn_release(struct turn *t)
{
    if (--t->holders)
        return;
    buf_free(&t->frame);
    free(t->subject);
    free(t->service);
    free(t->source);
    free(t);
}

static int
encode(struct turn *t, const struct turn_in *in)
{
    enum message_kind kind = MESSAGE_TURN;
    struct turn_in copy = *in;
    struct wire w;

    buf_init(&t->frame, WIRE_MAX_FRAME + WIRE_HEAD);
    wire_frame_begin(&t->frame);
    wire_writer(&w, &t->frame);
    wire_kind(&w, &kind);
    wire_turn_in(&w, &copy, NULL);
    return wire_is_complete(&w) && !wire_frame_end(&t->frame) ? 0 : -1;
}

static struct turn *
turn_new(const struct turn_in *in, host_done done, void *ctx, struct err *err)
{
    struct turn *t = calloc(1, sizeof *t);

    if (!t) {
        err_set(err, ERR_NOMEM, "no memory for a turn");
        return NULL;
    }
    t->holders = 1;
    t->done = done;
    t->ctx = ctx;
    t->subject = strdup(in->subject ? in->subject : "");
    t->service = strdup(in->service ? in->service : "");
    t->source = strdup(in->source ? in->source : "");
    t->in = (struct turn_in){
        .call = in->call, .subject = t->subject, .service = t->service, .source = t->source
    };
    if (encode(t, in) || !t->subject || !t->service || !t->source) {
        err_set(err, ERR_DATA, "%s: too large for one turn of a plugin", t->subject);
        turn_release(t);
        return NULL;
    }
    return t;
}

/* The response's body inside the frame, for the quarantine. */
static struct tocsin_str
body_of(const struct turn *t, struct arena *a)
{
    struct tocsin_str bytes = str_sub(buf_view(&t->frame), WIRE_HEAD, t->frame.n);
    enum message_kind kind = 0;
    struct turn_in in = { 0 };
    struct wire w;

    wire_reader(&w, bytes, a);
    wire_kind(&w, &kind);
    wire_turn_in(&w, &in, NULL);
    return wire_is_complete(&w) && in.response ? in.response->body : STR_NONE;
}

void
pool_answer(struct host_pool *pool, struct turn *t, struct turn_out *out)
{
    pool->n_turns--;
    t->done(t->ctx, out);
    turn_release(t);
}

/* An answer without a host's help. */
static void
answer_self(struct host_pool *pool, struct turn *t, int status, const char *why, bool is_held)
{
    struct turn_out out = {
        .arena = arena_new(1u << 20), .status = status, .is_fault = true, .is_quarantined = is_held
    };

    out.why = out.arena ? arena_z(out.arena, str_z(why)) : NULL;
    if (!out.why)
        out.why = "no memory";
    pool_answer(pool, t, &out);
}

/* ---- crews ---------------------------------------------------------------------- */

static struct crew *
find_crew(struct host_pool *pool, const char *name, struct err *err)
{
    struct crew *c = pool->crews;

    while (c && strcmp(c->name, name) != 0)
        c = c->next;
    if (c)
        return c;
    c = calloc(1, sizeof *c);
    if (!c || !(c->name = strdup(name))) {
        free(c);
        err_set(err, ERR_NOMEM, "no memory for plugin %s", name);
        return NULL;
    }
    c->pool = pool;
    c->next = pool->crews;
    pool->crews = c;
    return c;
}

/* A plugin that was installed anew gets new processes. */
static int
refresh_info(struct crew *c, struct err *err)
{
    const struct plugin_info *info;

    if (plugins_get(c->pool->plugins, c->name, &info, err))
        return -1;
    if (c->info && c->info != info) {
        for (struct process *p = c->processes; p; p = p->next) {
            if (p->state == PROCESS_IDLE)
                process_end(p);
            p->n_turns = c->pool->o.recycle_after; /* the busy ones after their turn */
        }
    }
    c->info = info;
    return 0;
}

static void
enqueue(struct crew *c, struct turn *t)
{
    t->next = NULL;
    if (c->last)
        c->last->next = t;
    else
        c->first = t;
    c->last = t;
    c->n_waiting++;
}

static struct turn *
dequeue(struct crew *c)
{
    struct turn *t = c->first;

    if (!t)
        return NULL;
    c->first = t->next;
    if (!c->first)
        c->last = NULL;
    c->n_waiting--;
    return t;
}

static void on_timer(uv_timer_t *timer);

/* The one timer fires at the earliest thing to do. */
static void
schedule(struct host_pool *pool)
{
    int64_t soonest = pool->ready ? mono() : INT64_MAX;

    for (const struct crew *c = pool->crews; c; c = c->next) {
        if (c->first && c->retry_ms && c->retry_ms < soonest)
            soonest = c->retry_ms;
    }
    if (soonest == INT64_MAX) {
        uv_timer_stop(pool->timer);
        return;
    }
    uv_update_time(pool->loop);
    soonest -= mono();
    uv_timer_start(pool->timer, on_timer, soonest > 0 ? (uint64_t)soonest : 0, 0);
}

/* Turns of a plugin that will be down for long are answered, not kept waiting. */
static void
give_up_waiting(struct crew *c)
{
    char why[1400];
    struct turn *t;

    while ((t = dequeue(c))) {
        snprintf(why, sizeof why, "plugin %s is down for another %lld s: %s", c->name,
                 (long long)((c->retry_ms - mono()) / 1000), c->last_fault);
        answer_self(c->pool, t, TOCSIN_RETRY, why, false);
    }
}

static void
answer_ready(struct host_pool *pool)
{
    while (pool->ready) {
        struct turn *t = pool->ready;

        pool->ready = t->next;
        answer_self(pool, t, TOCSIN_BADDATA,
                    "body quarantined: the plugin failed on it three times", true);
    }
}

static void
on_timer(uv_timer_t *timer)
{
    struct host_pool *pool = timer->data;

    answer_ready(pool);
    for (struct crew *c = pool->crews; c; c = c->next)
        pool_pump(c);
    schedule(pool);
}

static unsigned
count_in(const struct crew *c, enum process_state state)
{
    unsigned n = 0;

    for (const struct process *p = c->processes; p; p = p->next)
        n += p->state == state;
    return n;
}

static void
start_one(struct crew *c)
{
    struct err err = { 0 };

    if (process_start(c, &err))
        pool_fault(c, NULL, err.msg, false);
}

void
pool_pump(struct crew *c)
{
    for (struct process *p = c->processes; p && c->first; p = p->next) {
        if (p->state == PROCESS_IDLE)
            process_give(p, dequeue(c));
    }
    if (c->retry_ms > mono()) {
        if (c->retry_ms - mono() > WORTH_WAITING_MS && count_in(c, PROCESS_BUSY) == 0)
            give_up_waiting(c);
        schedule(c->pool);
        return;
    }
    c->retry_ms = 0;
    while (c->n_waiting > count_in(c, PROCESS_STARTING) && !c->retry_ms &&
           c->n_processes - count_in(c, PROCESS_ENDING) < c->pool->o.hosts_per_plugin)
        start_one(c);
}

/* ---- faults --------------------------------------------------------------------- */

/* The first fault in a row costs no wait, the next ones 1 s, 2 s, ... 5 min. */
static void
back_off(struct crew *c)
{
    int64_t wait = c->pool->o.backoff_ms;

    for (unsigned i = 2; i < c->faults && wait < MAX_BACKOFF_MS; i++)
        wait *= 2;
    if (wait > MAX_BACKOFF_MS)
        wait = MAX_BACKOFF_MS;
    if (c->faults >= 2)
        c->retry_ms = mono() + wait;
}

static bool
count_body(struct crew *c, const struct turn *t)
{
    struct arena *a = arena_new(64u << 20);
    bool is_held = a && quarantine_fault(c->pool->quarantine, c->name, body_of(t, a));

    arena_free(a);
    return is_held;
}

void
pool_fault(struct crew *c, struct turn *t, const char *why, bool has_started)
{
    bool is_held = t && count_body(c, t);

    if (!t && !has_started)
        t = dequeue(c);
    c->faults++;
    snprintf(c->last_fault, sizeof c->last_fault, "%s", why);
    back_off(c);
    log_error("host", t ? t->subject : NULL, "%s", why);
    if (t)
        answer_self(c->pool, t, TOCSIN_RETRY, why, is_held);
}

void
pool_fine(struct crew *c)
{
    c->faults = 0;
    c->retry_ms = 0;
}

void
pool_gone(struct crew *c, struct process *p)
{
    struct process **at = &c->processes;

    while (*at && *at != p)
        at = &(*at)->next;
    if (*at) {
        *at = p->next;
        c->n_processes--;
    }
}

/* ---- the pool --------------------------------------------------------------------- */

static void
set_defaults(struct host_options *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (!o->hosts_per_plugin)
        o->hosts_per_plugin = cores > 0 ? (unsigned)cores : 1;
    if (!o->deadline_ms)
        o->deadline_ms = 2000;
    if (!o->idle_ms)
        o->idle_ms = 60000;
    if (!o->backoff_ms)
        o->backoff_ms = 1000;
    if (!o->recycle_after)
        o->recycle_after = 10000;
}

int
host_pool_new(struct host_pool **out, uv_loop_t *loop, struct plugins *plugins,
              const struct host_options *o, struct err *err)
{
    struct host_pool *pool = calloc(1, sizeof *pool);

    if (!pool)
        return err_set(err, ERR_NOMEM, "no memory for the host pool");
    pool->loop = loop;
    pool->plugins = plugins;
    pool->o = *o;
    set_defaults(&pool->o);
    pool->host_program = strdup(o->host_program);
    pool->timer = calloc(1, sizeof *pool->timer);
    if (!pool->host_program || !pool->timer ||
        quarantine_new(&pool->quarantine, o->state_dir, err)) {
        free(pool->timer);
        free(pool->host_program);
        free(pool);
        return err_set(err, ERR_NOMEM, "no memory for the host pool");
    }
    uv_timer_init(loop, pool->timer);
    pool->timer->data = pool;
    *out = pool;
    return 0;
}

static void
free_timer(uv_handle_t *h)
{
    free(h);
}

/* Takes everything from the crews first, because `done` may call back. */
void
host_pool_free(struct host_pool *pool)
{
    if (!pool)
        return;
    uv_timer_stop(pool->timer);
    answer_ready(pool);
    for (struct crew *c = pool->crews; c; c = c->next) {
        struct turn *t;

        while (c->processes) {
            struct process *p = c->processes;

            t = p->turn;
            p->turn = NULL;
            c->processes = p->next;
            process_abandon(p);
            if (t)
                answer_self(pool, t, TOCSIN_RETRY, "tocsin is stopping", false);
        }
        while ((t = dequeue(c)))
            answer_self(pool, t, TOCSIN_RETRY, "tocsin is stopping", false);
    }
    while (pool->crews) {
        struct crew *c = pool->crews;

        pool->crews = c->next;
        free(c->name);
        free(c);
    }
    uv_close((uv_handle_t *)pool->timer, free_timer);
    quarantine_free(pool->quarantine);
    free(pool->host_program);
    free(pool);
}

int
host_turn(struct host_pool *pool, const struct turn_in *in, host_done done, void *ctx,
          struct err *err)
{
    struct crew *c = find_crew(pool, in->plugin, err);
    struct turn *t;

    if (!c || refresh_info(c, err))
        return -1;
    t = turn_new(in, done, ctx, err);
    if (!t)
        return -1;
    pool->n_turns++;
    if (in->response && quarantine_holds(pool->quarantine, c->name, in->response->body)) {
        t->next = pool->ready;
        pool->ready = t;
        schedule(pool);
        return 0;
    }
    enqueue(c, t);
    /* never answered before we return: the timer does what is left */
    c->retry_ms = c->retry_ms ? c->retry_ms : mono();
    schedule(pool);
    return 0;
}

size_t
host_pool_waiting(const struct host_pool *pool)
{
    return pool->n_turns;
}
