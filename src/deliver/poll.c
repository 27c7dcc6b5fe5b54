/* poll - one notifier after the other is asked for answers, every few seconds while an alert
 * waits for one. */
#include "deliver/poll.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/parse.h"

#define EVERY_MS (5 * MS_SECOND)
#define ASK_ARENA (1 << 20)
#define MAX_THANKS 8

struct answers {
    struct deliver *d;
    const struct deliver_options *o;
    struct setup *setup;
    uv_timer_t *timer;
    bool is_asking, is_ending, is_armed;
    size_t at; /* which notifier of the setup */
};

/* One notifier being asked. */
struct ask {
    struct answers *a;
    struct setup *setup;
    const struct notifier_conf *n;
    struct arena *arena; /* the ask lives in it */
    struct notifier_state state;
    bool is_wanted; /* an alert waits for an answer */
    const struct tocsin_answer *answers;
    size_t n_answers;
    struct arena *said;                  /* of the answers and the thanks */
    const struct tocsin_request *thanks; /* tell the service that the answers arrived */
    size_t n_thanks, at;
};

static void ask_next(struct answers *a);

static void
end_ask(struct ask *k)
{
    struct answers *a = k->a;

    arena_free(k->said);
    setup_unref(k->setup);
    arena_free(k->arena);
    ask_next(a);
}

/* ---- thanks ------------------------------------------------------------------------------ */

static void thank_next(struct ask *k);

static void
on_thanked(void *ctx, const struct fetch_result *r)
{
    struct ask *k = ctx;

    if (r->outcome != FETCH_OK)
        log_debug("deliver", k->n->name, "cannot say that an answer arrived: %s", r->why);
    thank_next(k);
}

/* What answers() asked for, one after the other; the answers are stored by then. */
static void
thank_next(struct ask *k)
{
    struct err err = { 0 };
    const struct tocsin_request *q;

    if (k->at >= k->n_thanks || k->at >= MAX_THANKS || k->a->is_ending) {
        end_ask(k);
        return;
    }
    q = &k->thanks[k->at++];
    if (fetch_send(k->a->o->fetch, &k->n->who, q, NULL, on_thanked, k, &err) == 0)
        return;
    log_err(LOG_WARN_, "deliver", k->n->name, &err);
    end_ask(k);
}

/* ---- storing what was answered --------------------------------------------------------- */

static int
take_answer(struct ask *k, const struct tocsin_answer *an, struct store *s, int64_t now_ms,
            struct err *err)
{
    struct escalate e = { s, k->setup->config, now_ms };
    const char *by =
        arena_fmt(k->arena, "%s via %s", an->by && an->by[0] ? an->by : "somebody", k->n->name);
    int64_t alert = 0;

    if (escalate_answer(&e, str_z(an->token), str_z(by), &alert, err) == 0)
        return 0;
    if (err->code != ERR_DENIED && err->code != ERR_DATA)
        return -1;
    log_warn("deliver", k->n->name, "an answer was refused: %s", err->msg);
    err->code = ERR_NONE;
    return 0;
}

static int
run_answers(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    struct ask *k = arg;

    for (size_t i = 0; i < k->n_answers; i++)
        if (take_answer(k, &k->answers[i], s, now_ms, err) != 0)
            return -1;
    return store_put_notifier(s, &k->state, err);
}

static void
answers_stored(void *arg, int rc, const struct err *err)
{
    struct ask *k = arg;

    if (rc != 0)
        log_err(LOG_ERROR_, "deliver", k->n->name, err);
    else if (k->n_answers > 0)
        deliver_kick(k->a->d); /* the others are told who has it */
    thank_next(k);
}

static void
on_answers(void *ctx, struct turn_out *out)
{
    struct ask *k = ctx;
    struct err err = { 0 };
    struct job job = { .run = run_answers, .done = answers_stored, .arg = k, .is_urgent = true };

    arena_free(k->said);
    k->said = out->arena;
    if (out->status != TOCSIN_OK)
        log_warn("deliver", k->n->name, "cannot read its answers: %s", out->why);
    k->answers = out->answers;
    k->n_answers = out->n_answers;
    k->thanks = out->requests;
    k->n_thanks = out->n_requests;
    if (out->has_cursor)
        k->state.cursor = out->cursor;
    if (out->status != TOCSIN_OK || (out->n_answers == 0 && !out->has_cursor))
        end_ask(k);
    else if (writer_post(k->a->o->writer, &job, &err) != 0)
        answers_stored(k, -1, &err);
}

/* ---- asking ------------------------------------------------------------------------------ */

static void
call(struct ask *k, enum host_call which, const struct tocsin_response *response, host_done done)
{
    struct err err = { 0 };
    struct turn_in in = {
        .call = which,
        .plugin = k->n->plugin->name,
        .subject = k->n->who.subject,
        .service = k->n->plugin->name,
        .source = k->n->name,
        .options = &k->n->options,
        .cursor = k->state.cursor,
        .now_ms = clock_wall(k->a->o->clock),
        .response = response,
    };

    if (host_turn(k->a->o->hosts, &in, done, k, &err) == 0)
        return;
    log_err(LOG_WARN_, "deliver", k->n->name, &err);
    end_ask(k);
}

static void
on_response(void *ctx, const struct fetch_result *r)
{
    struct ask *k = ctx;

    if (r->outcome == FETCH_OK) {
        call(k, CALL_ANSWERS, r->response, on_answers);
        return;
    }
    if (r->outcome != FETCH_NOT_MODIFIED)
        log_warn("deliver", k->n->name, "cannot ask for answers: %s", r->why);
    end_ask(k);
}

static void
on_planned(void *ctx, struct turn_out *out)
{
    struct ask *k = ctx;
    struct err err = { 0 };

    arena_free(k->said);
    k->said = out->arena;
    if (out->status != TOCSIN_OK || out->n_requests == 0) {
        end_ask(k); /* most notifiers have no way back */
        return;
    }
    if (fetch_send(k->a->o->fetch, &k->n->who, &out->requests[0], NULL, on_response, k, &err) == 0)
        return;
    log_err(LOG_WARN_, "deliver", k->n->name, &err);
    end_ask(k);
}

/* Is there an alert that somebody may still answer? */
static int
take_open(void *ctx, const struct alert *al)
{
    struct ask *k = ctx;

    k->is_wanted = al->step > 0;
    return k->is_wanted;
}

static int
run_look(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    struct ask *k = arg;
    struct alert_filter f = { .only_unclosed = true, .with_drills = true, .limit = 50 };
    bool found = false;

    (void)now_ms;
    if (store_each_alert(s, &f, take_open, k, err) != 0 ||
        store_find_notifier(s, str_z(k->n->name), k->arena, &k->state, &found, err) != 0)
        return -1;
    if (!found)
        k->state = (struct notifier_state){ .name = str_z(k->n->name) };
    return 0;
}

static void
looked(void *arg, int rc, const struct err *err)
{
    struct ask *k = arg;

    if (rc != 0)
        log_err(LOG_ERROR_, "deliver", k->n->name, err);
    if (rc != 0 || k->a->is_ending) {
        end_ask(k);
    } else if (!k->is_wanted) {
        k->a->at = SIZE_MAX; /* nobody need be asked */
        end_ask(k);
    } else {
        k->a->is_armed = true;
        call(k, CALL_POLL, NULL, on_planned);
    }
}

static bool
start_ask(struct answers *a, const struct notifier_conf *n)
{
    struct err err = { 0 };
    struct arena *arena = arena_new(ASK_ARENA);
    struct ask *k = arena ? arena_alloc(arena, sizeof *k) : NULL;
    struct job job = { .run = run_look, .done = looked, .arg = k };

    if (!k) {
        arena_free(arena);
        return false;
    }
    *k = (struct ask){ .a = a, .setup = setup_ref(a->setup), .n = n, .arena = arena };
    if (writer_post(a->o->writer, &job, &err) == 0)
        return true;
    setup_unref(k->setup);
    arena_free(arena);
    return false;
}

static void on_timer(uv_timer_t *h);

static void
ask_next(struct answers *a)
{
    while (!a->is_ending && a->at < a->setup->config->n_notifiers) {
        const struct notifier_conf *n = &a->setup->config->notifiers[a->at++];
        if (!n->reaches_only_here && start_ask(a, n))
            return;
    }
    a->is_asking = false;
    if (a->is_armed && !a->is_ending)
        uv_timer_start(a->timer, on_timer, EVERY_MS, 0);
}

static void
begin(struct answers *a)
{
    if (a->is_asking || a->is_ending || !a->setup)
        return;
    a->is_asking = true;
    a->is_armed = false;
    a->at = 0;
    ask_next(a);
}

static void
on_timer(uv_timer_t *h)
{
    begin(h->data);
}

/* ---- life ---------------------------------------------------------------------------------- */

int
answers_new(struct answers **out, struct deliver *d, const struct deliver_options *o,
            struct err *err)
{
    struct answers *a = calloc(1, sizeof *a);

    if (a)
        a->timer = calloc(1, sizeof *a->timer);
    if (!a || !a->timer) {
        free(a);
        return err_set(err, ERR_NOMEM, "no memory to ask for answers");
    }
    a->d = d;
    a->o = o;
    uv_timer_init(o->loop, a->timer);
    a->timer->data = a;
    *out = a;
    return 0;
}

void
answers_set(struct answers *a, struct setup *s)
{
    setup_unref(a->setup);
    a->setup = setup_ref(s);
}

void
answers_wake(struct answers *a)
{
    if (!a->is_asking && !a->is_ending && !uv_is_active((uv_handle_t *)a->timer))
        uv_timer_start(a->timer, on_timer, EVERY_MS, 0);
}

bool
answers_is_idle(const struct answers *a)
{
    return !a->is_asking;
}

void
answers_stop(struct answers *a)
{
    a->is_ending = true;
    uv_timer_stop(a->timer);
}

void
answers_free(struct answers *a)
{
    if (!a)
        return;
    uv_close((uv_handle_t *)a->timer, (uv_close_cb)free);
    setup_unref(a->setup);
    free(a);
}
