/* pipeline - which sources there are, which are due, and the turns under way. */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/parse.h"
#include "runtime.h"
#include "worker.h"

#define STATE_ARENA (4 << 20)
#define MAX_RUNNING 256 /* turns under way at once; the rest wait their turn */

/* ---- small things shared with turn.c --------------------------------------------- */

struct match_scratch *
pipeline_take_scratch(struct pipeline *p)
{
    return p->n_scratches > 0 ? p->scratches[--p->n_scratches] : match_scratch_new();
}

void
pipeline_give_scratch(struct pipeline *p, struct match_scratch *s)
{
    struct match_scratch **v = reallocarray(p->scratches, p->n_scratches + 1, sizeof(void *));

    if (!v) {
        match_scratch_free(s);
        return;
    }
    p->scratches = v;
    p->scratches[p->n_scratches++] = s;
}

/* The state as it was committed, in memory of its own. */
int
runtime_keep(struct runtime *r, const struct source_state *st)
{
    struct arena *a = arena_new(STATE_ARENA);
    struct source_state copy;

    if (!a || source_state_copy(&copy, st, a) != 0) {
        arena_free(a);
        return -1;
    }
    arena_free(r->arena);
    r->arena = a;
    r->state = copy;
    return 0;
}

/* ---- due sources ------------------------------------------------------------------- */

static void on_timer(uv_timer_t *h);

static void
arm(struct pipeline *p)
{
    int64_t at, now = clock_wall(p->o.clock);
    size_t item;

    if (!p->is_started || p->is_ending || p->held || p->n_running >= MAX_RUNNING ||
        !due_queue_peek(p->due, &at, &item))
        return;
    /* A minute at most, so that a clock that was set back delays nobody. */
    at = at < now ? 0 : at - now;
    uv_timer_start(p->timer, on_timer, (uint64_t)(at > MS_MINUTE ? MS_MINUTE : at), 0);
}

static void
enqueue(struct pipeline *p, struct runtime *r)
{
    r->queued_ms = r->state.next_due_ms;
    if (due_queue_push(p->due, r->queued_ms, r->index) != 0)
        log_error("schedule", r->conf->name, "no memory to schedule it");
}

static bool
may_run(const struct runtime *r)
{
    return r->conf && !r->conf->is_paused && !r->turn && r->state.health != SOURCE_PAUSED;
}

/* A budget spent is a source that waits for the next day. */
static bool
is_over_budget(struct pipeline *p, struct runtime *r)
{
    int64_t now = clock_wall(p->o.clock), day = now / MS_DAY;

    if (r->state.spent_at_ms / MS_DAY != day)
        r->state.spent_day = 0;
    if (r->state.spent_at_ms / (30 * MS_DAY) != now / (30 * MS_DAY))
        r->state.spent_month = 0;
    r->state.spent_at_ms = now;
    return (r->conf->budget_day > 0 && r->state.spent_day >= r->conf->budget_day) ||
           (r->conf->budget_month > 0 && r->state.spent_month >= r->conf->budget_month);
}

static void
begin(struct pipeline *p, struct runtime *r)
{
    if (is_over_budget(p, r)) {
        log_warn("schedule", r->conf->name, "its budget is spent; next try tomorrow");
        r->state.next_due_ms = (clock_wall(p->o.clock) / MS_DAY + 1) * MS_DAY;
        enqueue(p, r);
        return;
    }
    if (turn_begin(p, r) != 0) {
        log_error("schedule", r->conf->name, "no memory to poll it; next try in a minute");
        r->state.next_due_ms = clock_wall(p->o.clock) + MS_MINUTE;
        enqueue(p, r);
    }
}

static void
on_timer(uv_timer_t *h)
{
    struct pipeline *p = h->data;
    int64_t at, now = clock_wall(p->o.clock);
    size_t item;

    while (p->n_running < MAX_RUNNING && !p->held && due_queue_peek(p->due, &at, &item) &&
           at <= now) {
        struct runtime *r = p->sources[item];
        due_queue_pop(p->due);
        if (at == r->queued_ms && may_run(r)) /* else: an entry that was replaced */
            begin(p, r);
    }
    arm(p);
}

static void begin_waiting(struct pipeline *p);

void
pipeline_turn_ended(struct pipeline *p, struct runtime *r)
{
    if (r->conf && !p->is_ending && r->state.health != SOURCE_PAUSED)
        enqueue(p, r);
    begin_waiting(p);
    arm(p);
}

/* ---- sources of a setup --------------------------------------------------------------- */

static struct runtime *
add_runtime(struct pipeline *p, struct tocsin_str name)
{
    struct runtime **v = reallocarray(p->sources, p->n_sources + 1, sizeof *v);
    struct runtime *r = calloc(1, sizeof *r);

    if (v)
        p->sources = v;
    if (!v || !r || hash_set(p->by_name, name, r, NULL) != 0) {
        free(r);
        return NULL;
    }
    r->index = p->n_sources;
    p->sources[p->n_sources++] = r;
    return r;
}

static int
set_source(struct pipeline *p, struct setup *s, const struct source_conf *c, struct err *err)
{
    struct runtime *r = hash_find(p->by_name, str_z(c->name));
    struct source_state fresh = {
        .name = str_z(c->name),
        .plugin = str_z(c->plugin->name),
        .next_due_ms = schedule_first(c, clock_wall(p->o.clock)),
    };

    if (!r)
        r = add_runtime(p, str_z(c->name));
    if (!r)
        return err_set(err, ERR_NOMEM, "no memory for source %s", c->name);
    /* What another plugin remembered means nothing to this one. */
    if (!r->arena || !str_eq_z(r->state.plugin, c->plugin->name))
        if (runtime_keep(r, &fresh) != 0)
            return err_set(err, ERR_NOMEM, "no memory for source %s", c->name);
    setup_unref(r->setup);
    r->setup = setup_ref(s);
    r->conf = c;
    return 0;
}

static void
forget_missing(struct pipeline *p, const struct setup *s)
{
    for (size_t i = 0; i < p->n_sources; i++) {
        struct runtime *r = p->sources[i];
        if (r->setup == s)
            continue;
        r->conf = NULL;
        setup_unref(r->setup);
        r->setup = NULL;
    }
}

int
pipeline_set(struct pipeline *p, struct setup *s, struct err *err)
{
    for (size_t i = 0; i < s->config->n_sources; i++)
        if (set_source(p, s, &s->config->sources[i], err) != 0)
            return -1;
    forget_missing(p, s);
    setup_unref(p->setup);
    p->setup = setup_ref(s);
    for (size_t i = 0; i < p->n_sources; i++)
        if (may_run(p->sources[i]))
            enqueue(p, p->sources[i]);
    arm(p);
    return 0;
}

int
pipeline_restore(struct pipeline *p, const struct source_state *st, struct err *err)
{
    struct runtime *r = add_runtime(p, st->name);

    if (!r || runtime_keep(r, st) != 0)
        return err_set(err, ERR_NOMEM, "no memory for source %.*s", STR_FMT(st->name));
    return 0;
}

/* ---- asked from outside ------------------------------------------------------------------ */

static struct runtime *
get_runtime(const struct pipeline *p, const char *source, struct err *err)
{
    struct runtime *r = hash_find(p->by_name, str_z(source));

    if (r && r->conf)
        return r;
    err_set(err, ERR_NOTFOUND, "no source \"%s\"; `tocsin source list` shows them", source);
    return NULL;
}

int
pipeline_poll(struct pipeline *p, const char *source, struct err *err)
{
    struct runtime *r = get_runtime(p, source, err);

    if (!r)
        return -1;
    if (r->turn)
        return 0;
    if (r->state.health == SOURCE_PAUSED)
        return err_set(err, ERR_DATA, "source %s is paused; `tocsin source resume %s` first",
                       source, source);
    r->queued_ms = 0; /* its entry in the queue is stale */
    return turn_begin(p, r) == 0 ? 0 : err_set(err, ERR_NOMEM, "no memory to poll %s", source);
}

/* Begins what poll_due has left waiting, as far as turns are free. */
static void
begin_waiting(struct pipeline *p)
{
    while (p->n_waiting > 0 && p->n_running < MAX_RUNNING && !p->is_ending) {
        struct runtime *r = p->sources[p->waiting[--p->n_waiting]];
        r->queued_ms = 0; /* its entry in the queue is stale */
        if (!r->turn && turn_begin(p, r) != 0)
            log_error("schedule", r->conf->name, "no memory to poll it");
    }
}

size_t
pipeline_poll_due(struct pipeline *p, bool ignore_due)
{
    int64_t now = clock_wall(p->o.clock);
    size_t *v = reallocarray(p->waiting, p->n_sources + 1, sizeof *v), n;

    if (!v)
        return 0;
    p->waiting = v;
    p->n_waiting = 0;
    for (size_t i = 0; i < p->n_sources; i++) {
        struct runtime *r = p->sources[i];
        bool is_new = r->state.last_poll_ms == 0;
        if (may_run(r) && (ignore_due || is_new || r->state.next_due_ms <= now))
            p->waiting[p->n_waiting++] = i;
    }
    n = p->n_waiting;
    begin_waiting(p);
    return n;
}

/* ---- a state changed by hand --------------------------------------------------------------- */

struct save {
    struct arena *arena; /* the save lives in it */
    struct source_state state;
};

static int
run_save(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    (void)now_ms;
    return store_put_source(s, &((struct save *)arg)->state, err);
}

static void
saved(void *arg, int rc, const struct err *err)
{
    if (rc != 0)
        log_err(LOG_ERROR_, "store", NULL, err);
    arena_free(((struct save *)arg)->arena);
}

static int
save_state(struct pipeline *p, const struct runtime *r, struct err *err)
{
    struct arena *a = arena_new(STATE_ARENA);
    struct save *sv = a ? arena_alloc(a, sizeof *sv) : NULL;
    struct job job = { .run = run_save, .done = saved, .arg = sv, .is_urgent = true };

    if (!sv || source_state_copy(&sv->state, &r->state, a) != 0) {
        arena_free(a);
        return err_set(err, ERR_NOMEM, "no memory for the source's state");
    }
    sv->arena = a;
    if (writer_post(p->o.writer, &job, err) == 0)
        return 0;
    arena_free(a);
    return -1;
}

int
pipeline_pause(struct pipeline *p, const char *source, bool paused, struct err *err)
{
    struct runtime *r = get_runtime(p, source, err);

    if (!r)
        return -1;
    if (paused == (r->state.health == SOURCE_PAUSED))
        return 0;
    r->state.health = paused ? SOURCE_PAUSED : SOURCE_NEW;
    r->state.since_ms = clock_wall(p->o.clock);
    r->state.reason = paused ? STR_LIT("paused by hand") : STR_NONE;
    if (!paused) {
        enqueue(p, r);
        arm(p);
    }
    return save_state(p, r, err);
}

/* ---- a disk that is full ------------------------------------------------------------------ */

#define PROBE_MS (15 * MS_SECOND)

static int
run_probe(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    char text[32];

    (void)arg;
    snprintf(text, sizeof text, "%lld", (long long)now_ms);
    return store_put_fact(s, "probe", str_z(text), err);
}

static void
probed(void *arg, int rc, const struct err *err)
{
    struct pipeline *p = arg;

    (void)err;
    p->n_jobs--;
    if (p->is_ending)
        return;
    if (rc == 0)
        pipeline_hold(p, NULL);
    else
        pipeline_hold(p, p->held);
}

static void
on_probe(uv_timer_t *h)
{
    struct pipeline *p = h->data;
    struct err err = { 0 };
    struct job job = { .run = run_probe, .done = probed, .arg = p };

    p->n_jobs++;
    if (writer_post(p->o.writer, &job, &err) != 0)
        p->n_jobs--;
}

/* While held the timer that begins turns tries instead whether the store can be written again. */
void
pipeline_hold(struct pipeline *p, const char *why)
{
    if (why && !p->held)
        log_error("pipeline", NULL, "nothing is polled until it can be stored: %s", why);
    if (!why && p->held)
        log_info("pipeline", NULL, "the store can be written again: polling goes on");
    p->held = why;
    if (why)
        uv_timer_start(p->timer, on_probe, PROBE_MS, 0);
    else
        arm(p);
}

bool
pipeline_is_idle(const struct pipeline *p)
{
    return p->n_running == 0 && p->n_jobs == 0 && (p->n_waiting == 0 || p->is_ending);
}

int
pipeline_each(const struct pipeline *p,
              int (*fn)(void *ctx, const struct source_conf *, const struct source_state *,
                        bool is_running),
              void *ctx)
{
    for (size_t i = 0; i < p->n_sources; i++) {
        const struct runtime *r = p->sources[i];
        int rc = r->conf ? fn(ctx, r->conf, &r->state, r->turn != NULL) : 0;
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* ---- posts of our own making ----------------------------------------------------------------- */

struct injected {
    struct pipeline *p;
    struct batch *batch;
    struct match_scratch *scratch;
    uv_work_t work;
    int rc;
    struct err err;
    void (*done)(void *ctx, struct batch *b, const struct err *err);
    void *ctx;
};

static void
end_injected(struct injected *in, const struct err *err)
{
    in->p->n_jobs--;
    in->done(in->ctx, in->batch, err);
    if (!err && in->batch->n_alerts > 0 && in->p->o.on_alerts)
        in->p->o.on_alerts(in->p->o.ctx);
    arena_free(in->batch->arena);
    free(in);
}

static int
ingest_injected(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    return ingest_run(((struct injected *)arg)->batch, s, now_ms, err);
}

static void
injected_stored(void *arg, int rc, const struct err *err)
{
    end_injected(arg, rc != 0 ? err : NULL);
}

static void
work_injected(uv_work_t *w)
{
    struct injected *in = w->data;

    in->rc = worker_run(in->batch, in->scratch, (struct word_list){ 0 }, NULL,
                        clock_wall(in->p->o.clock), &in->err);
}

static void
injected_worked(uv_work_t *w, int status)
{
    struct injected *in = w->data;
    struct job job = { .run = ingest_injected,
                       .done = injected_stored,
                       .arg = in,
                       .weight = in->batch->n_posts,
                       .is_urgent = true };

    pipeline_give_scratch(in->p, in->scratch);
    if (status != 0 || in->rc != 0 || writer_post(in->p->o.writer, &job, &in->err) != 0)
        end_injected(in, &in->err);
}

int
pipeline_inject(struct pipeline *p, struct batch *b,
                void (*done)(void *ctx, struct batch *b, const struct err *err), void *ctx,
                struct err *err)
{
    struct injected *in = calloc(1, sizeof *in);

    if (in)
        in->scratch = pipeline_take_scratch(p);
    if (!in || !in->scratch) {
        free(in);
        return err_set(err, ERR_NOMEM, "no memory for posts");
    }
    in->p = p;
    in->batch = b;
    in->done = done;
    in->ctx = ctx;
    in->work.data = in;
    p->n_jobs++;
    uv_queue_work(p->o.loop, &in->work, work_injected, injected_worked);
    return 0;
}

/* ---- life ------------------------------------------------------------------------------------- */

int
pipeline_new(struct pipeline **out, const struct pipeline_options *o, struct err *err)
{
    struct pipeline *p = calloc(1, sizeof *p);

    if (p) {
        p->o = *o;
        p->by_name = hash_new();
        p->due = due_queue_new();
        p->timer = calloc(1, sizeof *p->timer);
    }
    if (!p || !p->by_name || !p->due || !p->timer) {
        if (p) {
            hash_free(p->by_name, NULL);
            due_queue_free(p->due);
            free(p->timer);
        }
        free(p);
        return err_set(err, ERR_NOMEM, "no memory for the pipeline");
    }
    uv_timer_init(o->loop, p->timer);
    p->timer->data = p;
    *out = p;
    return 0;
}

void
pipeline_start(struct pipeline *p)
{
    p->is_started = true;
    arm(p);
}

void
pipeline_stop(struct pipeline *p)
{
    p->is_ending = true;
    uv_timer_stop(p->timer);
}

void
pipeline_free(struct pipeline *p)
{
    if (!p)
        return;
    uv_close((uv_handle_t *)p->timer, (uv_close_cb)free);
    for (size_t i = 0; i < p->n_sources; i++) {
        setup_unref(p->sources[i]->setup);
        arena_free(p->sources[i]->arena);
        free(p->sources[i]);
    }
    for (size_t i = 0; i < p->n_scratches; i++)
        match_scratch_free(p->scratches[i]);
    free(p->scratches);
    free(p->waiting);
    free(p->sources);
    hash_free(p->by_name, NULL);
    due_queue_free(p->due);
    setup_unref(p->setup);
    free(p);
}
