/* turn - one turn of a source: plan, fetch, parse, work, ingest, page by page, then done. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/parse.h"
#include "runtime.h"
#include "worker.h"

#define FAULTS_TO_TELL 3 /* in a row, before the plugin counts as down */
#define MAX_PAGES 20     /* requests in one turn */
#define TURN_ARENA (1 << 20)
#define BATCH_ARENA (256 << 20)
#define PARK_MS MS_DAY /* denied or misconfigured: until reloaded, at least a day */

struct pending { /* a request not sent yet; its memory is one of `kept` */
    const struct tocsin_request *request;
    struct pending *next;
};

struct kept { /* arenas of what the host said, until the turn ends */
    struct arena *arena;
    struct kept *next;
};

struct turn {
    struct pipeline *p;
    struct runtime *r;
    struct setup *setup;
    const struct source_conf *conf;
    struct arena *arena; /* of the lists below and the outcome's words */
    struct pending *todo, **todo_tail;
    struct kept *kept;
    size_t n_pages;
    struct turn_outcome outcome;
    bool was_first, was_full; /* first complete poll; the page limit was reached */

    /* of the response being worked on */
    struct source_validator validator;
    bool has_validator;
    struct batch *batch;
    struct match_scratch *scratch;
    uv_work_t work;
    struct err err;
    int work_rc;

    size_t n_read, n_new, n_mentions, n_alerts;
    bool has_irate;
};

static void next_request(struct turn *t);

/* ---- outcome ------------------------------------------------------------------- */

/* Of several responses the worst health counts; words are copied. */
static void
set_outcome(struct turn *t, enum source_health health, const char *why)
{
    if (health < t->outcome.health)
        return;
    t->outcome.health = health;
    t->outcome.why = arena_z(t->arena, str_z(why));
}

static void
defer_until(struct turn *t, int64_t at_ms)
{
    if (at_ms > t->outcome.not_before_ms)
        t->outcome.not_before_ms = at_ms;
}

static enum source_health
health_of_status(const struct turn_out *out)
{
    if (out->is_quarantined)
        return SOURCE_QUARANTINED;
    return out->status == TOCSIN_LIMITED ? SOURCE_THROTTLED : SOURCE_FAILING;
}

/* What a plan or a parse said about the source, beside its posts. */
static void
take_words(struct turn *t, const struct turn_out *out)
{
    int64_t now = clock_wall(t->p->o.clock);

    if (out->is_fault && !out->is_quarantined)
        t->r->faults++;
    if (out->status != TOCSIN_OK && out->status != TOCSIN_FULL)
        set_outcome(t, health_of_status(out), out->why);
    else if (out->partial)
        set_outcome(t, SOURCE_DEGRADED, out->partial);
    if (out->status == TOCSIN_DENIED || out->status == TOCSIN_BADCONF)
        defer_until(t, now + PARK_MS);
    if (out->interval_s > 0) {
        t->outcome.said_s = out->interval_s;
        t->outcome.said_by = arena_z(t->arena, str_z(out->interval_cause));
    }
    if (out->not_before_ms > 0) {
        defer_until(t, out->not_before_ms);
        set_outcome(t, SOURCE_THROTTLED, out->limit_why);
    }
    t->r->state.spent_day += out->spent;
    t->r->state.spent_month += out->spent;
}

/* ---- ending -------------------------------------------------------------------- */

static void
free_turn(struct turn *t)
{
    while (t->kept) {
        struct kept *k = t->kept;
        t->kept = k->next;
        arena_free(k->arena); /* k itself is in t->arena */
    }
    setup_unref(t->setup);
    arena_free(t->arena);
    free(t);
}

static void
end_turn(struct turn *t)
{
    struct pipeline *p = t->p;
    struct runtime *r = t->r;
    struct turn_report report = {
        .state = &r->state,
        .n_read = t->n_read,
        .n_new = t->n_new,
        .n_mentions = t->n_mentions,
        .n_alerts = t->n_alerts,
        .was_first = t->was_first,
    };

    r->turn = NULL;
    p->n_running--;
    if (p->o.on_turn && !p->is_ending)
        p->o.on_turn(p->o.ctx, &report);
    free_turn(t);
    pipeline_turn_ended(p, r);
}

static void
free_batch(struct batch *b)
{
    arena_free(b->arena); /* the batch lives in it */
}

static void
finished(void *arg, int rc, const struct err *err)
{
    struct turn *t = arg;

    if (rc != 0) {
        log_err(LOG_ERROR_, "store", t->conf->name, err);
        if (err->code == ERR_FULL)
            pipeline_hold(t->p, "the disk is full");
        t->r->state.next_due_ms = clock_wall(t->p->o.clock) + MS_MINUTE;
    } else if (runtime_keep(t->r, &t->batch->state) != 0) {
        log_error("pipeline", t->conf->name, "no memory for the source's state");
        t->r->state.next_due_ms = clock_wall(t->p->o.clock) + MS_MINUTE;
    }
    t->n_alerts += t->batch->n_alerts;
    if (rc == 0 && t->p->o.on_alerts)
        t->p->o.on_alerts(t->p->o.ctx);
    free_batch(t->batch);
    t->batch = NULL;
    end_turn(t);
}

static int
run_ingest(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    return ingest_run(((struct turn *)arg)->batch, s, now_ms, err);
}

static struct batch *
new_batch(struct turn *t)
{
    struct arena *a = arena_new(BATCH_ARENA);
    struct batch *b = a ? arena_alloc(a, sizeof *b) : NULL;

    if (!b) {
        arena_free(a);
        return NULL;
    }
    *b = (struct batch){ .arena = a,
                         .setup = t->setup,
                         .is_first_poll = t->r->state.first_complete_ms == 0 };
    if (source_state_copy(&b->state, &t->r->state, a) == 0)
        return b;
    arena_free(a);
    return NULL;
}

static void
log_health(const struct turn *t, const struct source_state *st)
{
    enum log_level level = st->health <= SOURCE_OK ? LOG_DEBUG_ : LOG_WARN_;

    if (st->health == t->r->state.health && level != LOG_DEBUG_)
        level = LOG_INFO_;
    log_at(level, "source", t->conf->name, "%s%s%.*s", source_health_name(st->health),
           st->reason.n ? ": " : "", STR_FMT(st->reason));
}

/* What is still open when the page limit is reached is a gap. */
static void
note_page_limit(struct turn *t)
{
    struct source_gap *g = arena_alloc(t->batch->arena, sizeof *g);

    set_outcome(t, SOURCE_DEGRADED, "the page limit was reached; older posts were not read");
    if (!g)
        return;
    *g = (struct source_gap){ .source = t->batch->state.name,
                              .to_ms = t->r->state.last_ok_ms,
                              .at_ms = clock_wall(t->p->o.clock),
                              .why = STR_LIT("page limit of one turn") };
    t->batch->gaps = g;
    t->batch->n_gaps = 1;
}

/* The last message of a turn: when it is due again, and why. */
static void
finish_turn(struct turn *t)
{
    struct err err = { 0 };
    struct job job = { .run = run_ingest, .done = finished, .arg = t };
    int64_t now = clock_wall(t->p->o.clock);
    bool worked;

    t->batch = new_batch(t);
    if (!t->batch || t->p->is_ending) {
        if (t->batch)
            free_batch(t->batch);
        t->batch = NULL;
        t->r->state.next_due_ms = now + MS_MINUTE;
        end_turn(t);
        return;
    }
    if (t->outcome.health == SOURCE_NEW)
        t->outcome.health = SOURCE_OK;
    if (t->was_full)
        note_page_limit(t);
    worked = t->outcome.health == SOURCE_OK || t->outcome.health == SOURCE_DEGRADED;
    schedule_after(t->conf, &t->batch->state, &t->outcome, now, (uint32_t)random(),
                   t->batch->arena);
    if (worked && t->batch->state.first_complete_ms == 0) {
        t->batch->state.first_complete_ms = now;
        t->batch->ends_first_poll = t->was_first = true;
        t->batch->has_irate = t->has_irate;
        t->batch->n_first_mentions = t->n_mentions;
    }
    t->batch->is_lost = t->outcome.health == SOURCE_LOST && t->r->state.health != SOURCE_LOST;
    t->batch->is_plugin_down = t->r->faults == FAULTS_TO_TELL;
    if (worked)
        t->r->faults = 0;
    t->batch->is_well_again = worked && t->r->state.health > SOURCE_DEGRADED;
    log_health(t, &t->batch->state);
    if (writer_post(t->p->o.writer, &job, &err) != 0)
        finished(t, -1, &err);
}

/* ---- ingest and work ------------------------------------------------------------- */

static void
drop_until_seen(struct turn *t)
{
    struct pending **at = &t->todo;

    while (*at) {
        if ((*at)->request->flags & TOCSIN_REQ_UNTIL_SEEN)
            *at = (*at)->next;
        else
            at = &(*at)->next;
    }
    t->todo_tail = at;
}

static bool
has_irate(const struct batch *b)
{
    for (size_t i = 0; i < b->n_posts; i++)
        for (size_t k = 0; k < b->scored[i].n_stored; k++)
            if (b->scored[i].stored[k].score.level >= LEVEL_IRATE)
                return true;
    return false;
}

static void
tell_mentions(const struct pipeline *p, const struct batch *b)
{
    for (size_t i = 0; p->o.on_mention && i < b->n_posts; i++)
        for (size_t k = 0; k < b->scored[i].n_stored; k++)
            p->o.on_mention(p->o.ctx, &b->posts[i], &b->scored[i].stored[k]);
}

static void
ingested(void *arg, int rc, const struct err *err)
{
    struct turn *t = arg;
    struct batch *b = t->batch;

    t->batch = NULL;
    if (rc != 0) {
        log_err(LOG_ERROR_, "store", t->conf->name, err);
        set_outcome(t, SOURCE_FAILING, err->msg);
        if (err->code == ERR_FULL)
            pipeline_hold(t->p, "the disk is full");
        drop_until_seen(t);
    } else {
        b->state.n_posts += (int64_t)b->n_new;
        b->state.n_mentions += (int64_t)b->n_mentions;
        if (b->n_new > 0)
            b->state.last_post_ms = clock_wall(t->p->o.clock);
        if (runtime_keep(t->r, &b->state) != 0)
            set_outcome(t, SOURCE_FAILING, "no memory for the source's state");
        if (b->n_known > 0)
            drop_until_seen(t);
        t->n_read += b->n_posts;
        t->n_new += b->n_new;
        t->n_mentions += b->n_mentions;
        t->n_alerts += b->n_alerts;
        t->has_irate |= has_irate(b);
        tell_mentions(t->p, b);
        if (b->n_alerts > 0 && t->p->o.on_alerts)
            t->p->o.on_alerts(t->p->o.ctx);
    }
    free_batch(b);
    next_request(t);
}

static void
do_work(uv_work_t *w)
{
    struct turn *t = w->data;

    t->work_rc = worker_run(t->batch, t->scratch, t->conf->brands, t->conf->lang,
                            clock_wall(t->p->o.clock), &t->err);
}

static void
after_work(uv_work_t *w, int status)
{
    struct turn *t = w->data;
    struct job job = { .run = run_ingest, .done = ingested, .arg = t, .weight = t->batch->n_posts };

    pipeline_give_scratch(t->p, t->scratch);
    t->scratch = NULL;
    if (status == 0 && t->work_rc == 0 && writer_post(t->p->o.writer, &job, &t->err) == 0)
        return;
    log_err(LOG_ERROR_, "pipeline", t->conf->name, &t->err);
    set_outcome(t, SOURCE_FAILING, t->err.msg);
    free_batch(t->batch);
    t->batch = NULL;
    next_request(t);
}

static int
put_validator(struct batch *b, const struct source_validator *v, bool keep)
{
    size_t n = 0;
    struct source_validator *all = arena_array(b->arena, b->state.n_validators + 1, sizeof *all);

    if (!all)
        return -1;
    for (size_t i = 0; i < b->state.n_validators; i++)
        if (!str_eq(b->state.validators[i].url, v->url))
            all[n++] = b->state.validators[i];
    if (keep)
        all[n++] = *v;
    b->state.validators = all;
    b->state.n_validators = n;
    return 0;
}

static struct batch *
batch_of(struct turn *t, const struct turn_out *out)
{
    struct batch *b = new_batch(t);
    bool whole = out->status == TOCSIN_OK && !out->partial;

    if (!b)
        return NULL;
    b->posts = out->posts;
    b->n_posts = out->n_posts;
    if (out->has_cursor)
        b->state.cursor = out->cursor;
    b->gaps = arena_array(b->arena, out->n_gaps + 1, sizeof *b->gaps);
    for (size_t i = 0; b->gaps && i < out->n_gaps; i++)
        ((struct source_gap *)(uintptr_t)b->gaps)[b->n_gaps++] = (struct source_gap){
            .source = b->state.name,
            .at_ms = clock_wall(t->p->o.clock),
            .from_ms = out->gaps[i].from_ms,
            .to_ms = out->gaps[i].to_ms,
            .why = arena_str(b->arena, str_z(out->gaps[i].why)),
        };
    /* A response cut or parsed in part must be fetched whole next time: no validators. */
    if (t->has_validator && put_validator(b, &t->validator, whole) != 0) {
        free_batch(b);
        return NULL;
    }
    return b;
}

static void
start_work(struct turn *t, const struct turn_out *out)
{
    t->batch = batch_of(t, out);
    t->scratch = t->batch ? pipeline_take_scratch(t->p) : NULL;
    if (!t->scratch) {
        set_outcome(t, SOURCE_FAILING, "no memory for a response");
        if (t->batch)
            free_batch(t->batch);
        t->batch = NULL;
        next_request(t);
        return;
    }
    t->err = (struct err){ 0 };
    t->work.data = t;
    uv_queue_work(t->p->o.loop, &t->work, do_work, after_work);
}

/* ---- plan and parse ---------------------------------------------------------------- */

static int
keep_arena(struct turn *t, struct arena *a)
{
    struct kept *k = arena_alloc(t->arena, sizeof *k);

    if (!k) {
        arena_free(a);
        return -1;
    }
    *k = (struct kept){ a, t->kept };
    t->kept = k;
    return 0;
}

static void
add_requests(struct turn *t, const struct turn_out *out)
{
    for (size_t i = 0; i < out->n_requests; i++) {
        struct pending *n;
        if (t->n_pages + 1 > MAX_PAGES) {
            t->was_full = true;
            return;
        }
        n = arena_alloc(t->arena, sizeof *n);
        if (!n)
            return;
        *n = (struct pending){ &out->requests[i], NULL };
        *t->todo_tail = n;
        t->todo_tail = &n->next;
        t->n_pages++;
    }
}

static void
take_sessions(struct turn *t, const struct turn_out *out)
{
    struct err err = { 0 };

    for (size_t i = 0; i < out->n_sessions; i++)
        if (fetch_session(t->p->o.fetch, &t->conf->who, &out->sessions[i], &err) != 0)
            set_outcome(t, SOURCE_FAILING, err.msg);
    for (size_t i = 0; i < out->n_expired; i++)
        fetch_expire(t->p->o.fetch, &t->conf->who, out->expired[i]);
}

static struct turn_in
call_of(const struct turn *t, enum host_call call)
{
    return (struct turn_in){
        .call = call,
        .plugin = t->conf->plugin->name,
        .subject = t->conf->who.subject,
        .service = t->conf->plugin->name,
        .source = t->conf->name,
        .options = &t->conf->options,
        .cursor = t->r->state.cursor,
        .now_ms = clock_wall(t->p->o.clock),
        .keep_raw = t->setup->config->keep_raw_ms != 0,
    };
}

static void
on_parsed(void *ctx, struct turn_out *out)
{
    struct turn *t = ctx;

    take_words(t, out);
    if (keep_arena(t, out->arena) != 0 || t->p->is_ending) {
        finish_turn(t);
        return;
    }
    take_sessions(t, out);
    add_requests(t, out);
    start_work(t, out);
}

static void
on_planned(void *ctx, struct turn_out *out)
{
    struct turn *t = ctx;

    take_words(t, out);
    if (keep_arena(t, out->arena) != 0 || out->status != TOCSIN_OK || t->p->is_ending) {
        finish_turn(t);
        return;
    }
    take_sessions(t, out);
    add_requests(t, out);
    next_request(t);
}

/* ---- fetch --------------------------------------------------------------------------- */

/* An address as it is remembered: secrets by name only. */
static struct tocsin_str
address_of(struct turn *t, const struct tocsin_request *r)
{
    struct buf b;
    struct tocsin_str s;

    buf_init(&b, 16384);
    for (size_t i = 0; i < r->url.n; i++) {
        const struct tocsin_part *p = &r->url.v[i];
        if (p->kind == TOCSIN_PART_TEXT)
            buf_str(&b, p->text);
        else
            buf_fmt(&b, "{%s}", p->name);
    }
    s = arena_str(t->arena, buf_view(&b));
    buf_free(&b);
    return s;
}

static const struct source_validator *
known_validator(const struct turn *t, struct tocsin_str address)
{
    const struct source_state *st = &t->r->state;

    for (size_t i = 0; i < st->n_validators; i++)
        if (str_eq(st->validators[i].url, address))
            return &st->validators[i];
    return NULL;
}

static void
note_move(struct turn *t, const char *moved_to)
{
    struct source_state *st = &t->r->state;

    if (!moved_to || str_eq_z(st->moved_to, moved_to)) {
        st->moved_hits += moved_to != NULL;
        return;
    }
    st->moved_to = arena_str(t->r->arena, str_z(moved_to));
    st->moved_since_ms = clock_wall(t->p->o.clock);
    st->moved_hits = 1;
    log_warn("source", t->conf->name, "moved for good to %s; change its url: in the configuration",
             moved_to);
}

static void
note_validator(struct turn *t, const struct fetch_result *r)
{
    t->validator.etag = arena_str(t->arena, str_z(r->validators.etag));
    t->validator.last_modified = arena_str(t->arena, str_z(r->validators.last_modified));
    t->validator.body_hash = r->body_hash;
    t->has_validator = true;
}

static void
parse_response(struct turn *t, const struct fetch_result *r)
{
    struct err err = { 0 };
    struct turn_in in = call_of(t, CALL_PARSE);
    const struct source_validator *known = known_validator(t, t->validator.url);

    t->outcome.is_broken_conditional =
        known && (known->etag.n || known->last_modified.n) && known->body_hash == r->body_hash;
    t->outcome.max_age_s = r->max_age_s;
    note_move(t, r->moved_to);
    note_validator(t, r);
    in.response = r->response;
    if (host_turn(t->p->o.hosts, &in, on_parsed, t, &err) == 0)
        return;
    set_outcome(t, SOURCE_FAILING, err.msg);
    finish_turn(t);
}

static void
not_modified(struct turn *t, const struct fetch_result *r)
{
    const struct source_validator *known = known_validator(t, t->validator.url);

    set_outcome(t, SOURCE_OK, "");
    t->outcome.is_unchanged = true;
    t->outcome.max_age_s = r->max_age_s;
    if (known && r->validators.etag && !str_eq_z(known->etag, r->validators.etag))
        ((struct source_validator *)(uintptr_t)known)->etag =
            arena_str(t->r->arena, str_z(r->validators.etag));
    next_request(t);
}

static enum source_health
health_of_outcome(const struct turn *t, const struct fetch_result *r)
{
    bool worked_before = t->r->state.last_ok_ms > 0;

    switch (r->outcome) {
    case FETCH_THROTTLED:
        return SOURCE_THROTTLED;
    case FETCH_DENIED: /* many services answer 403 to who asks too often */
        return r->status == 403 && worked_before ? SOURCE_THROTTLED : SOURCE_FAILING;
    case FETCH_GONE:
        return r->status == 410 && t->r->state.failures > 0 ? SOURCE_LOST : SOURCE_FAILING;
    default:
        return SOURCE_FAILING;
    }
}

static void
on_fetched(void *ctx, const struct fetch_result *r)
{
    struct turn *t = ctx;

    if (t->p->is_ending) {
        finish_turn(t);
        return;
    }
    if (r->outcome == FETCH_OK) {
        parse_response(t, r);
        return;
    }
    if (r->outcome == FETCH_NOT_MODIFIED) {
        not_modified(t, r);
        return;
    }
    set_outcome(t, health_of_outcome(t, r), r->why);
    defer_until(t, r->retry_at_ms);
    finish_turn(t);
}

static void
next_request(struct turn *t)
{
    struct err err = { 0 };
    struct pending *n = t->todo;
    const struct source_validator *known;
    char etag[1024], modified[256];
    struct validators v = { 0 };

    if (!n || t->p->is_ending) {
        finish_turn(t);
        return;
    }
    t->todo = n->next;
    if (!t->todo)
        t->todo_tail = &t->todo;
    t->has_validator = false;
    t->validator = (struct source_validator){ .url = address_of(t, n->request) };
    known = known_validator(t, t->validator.url);
    if (known && known->etag.n && known->etag.n < sizeof etag) {
        snprintf(etag, sizeof etag, "%.*s", STR_FMT(known->etag));
        v.etag = etag;
    }
    if (known && known->last_modified.n && known->last_modified.n < sizeof modified) {
        snprintf(modified, sizeof modified, "%.*s", STR_FMT(known->last_modified));
        v.last_modified = modified;
    }
    if (fetch_send(t->p->o.fetch, &t->conf->who, n->request, &v, on_fetched, t, &err) == 0)
        return;
    set_outcome(t, SOURCE_FAILING, err.msg);
    finish_turn(t);
}

/* ---- begin --------------------------------------------------------------------------- */

static struct turn *
new_turn(struct pipeline *p, struct runtime *r)
{
    struct turn *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->arena = arena_new(TURN_ARENA);
    if (!t->arena) {
        free(t);
        return NULL;
    }
    t->p = p;
    t->r = r;
    t->setup = setup_ref(r->setup);
    t->conf = r->conf;
    t->todo_tail = &t->todo;
    t->outcome = (struct turn_outcome){ .health = SOURCE_NEW, .why = "", .max_age_s = -1 };
    return t;
}

/* 0: the turn runs, pipeline_turn_ended will be called; -1: it could not begin. */
int
turn_begin(struct pipeline *p, struct runtime *r)
{
    struct err err = { 0 };
    struct turn *t = new_turn(p, r);
    struct turn_in in;

    if (!t)
        return -1;
    r->turn = t;
    p->n_running++;
    in = call_of(t, CALL_PLAN);
    if (host_turn(p->o.hosts, &in, on_planned, t, &err) != 0) {
        set_outcome(t, SOURCE_FAILING, err.msg);
        finish_turn(t);
    }
    return 0;
}
