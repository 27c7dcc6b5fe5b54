/* engine - puts the parts together, runs them, and takes them apart again. */
#include "engine.h"

#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/parse.h"
#include "control/control.h"
#include "drill.h"
#include "heartbeat.h"
#include "reporter.h"

#define FIRST_EXPIRE_MS MS_MINUTE
#define EXPIRE_EVERY_MS MS_HOUR

/* ---- configuration ------------------------------------------------------------------- */

static struct config_options
config_options_of(const struct engine *e)
{
    return (struct config_options){ .plugins = e->plugins,
                                    .data_dir = install_data_dir(),
                                    .state_dir = e->o.state_dir };
}

static void
log_findings(const struct findings *f)
{
    for (size_t i = 0; i < findings_count(f, false); i++) {
        const struct finding *x = findings_at(f, i);
        enum log_level level = x->is_error ? LOG_ERROR_ : LOG_WARN_;
        const char *file = x->at.file ? x->at.file : "tocsin.yaml";
        if (x->at.line > 0)
            log_at(level, "config", NULL, "%s:%d:%d: %s", file, x->at.line, x->at.column, x->msg);
        else
            log_at(level, "config", NULL, "%s: %s", file, x->msg);
    }
}

/* The fetch knows askers by address and keeps their sessions. */
static void
forget_askers(void *ctx, struct setup *s)
{
    struct engine *e = ctx;

    for (size_t i = 0; e->fetch && s->config && i < s->config->n_sources; i++)
        fetch_forget(e->fetch, &s->config->sources[i].who);
    for (size_t i = 0; e->fetch && s->config && i < s->config->n_notifiers; i++)
        fetch_forget(e->fetch, &s->config->notifiers[i].who);
}

static int
load(struct engine *e, struct setup **out, struct err *err)
{
    struct config_options o = config_options_of(e);
    struct findings *f = findings_new();
    int rc = -1;

    if (!f)
        return err_set(err, ERR_NOMEM, "no memory for the configuration");
    rc = setup_load(out, e->o.config_path, &o, f);
    log_findings(f);
    if (rc != 0)
        err_set(err, ERR_CONFIG, "%s is wrong (%zu errors above); `tocsin check` shows them",
                e->o.config_path, findings_count(f, true));
    findings_free(f);
    if (rc == 0) {
        (*out)->on_free = forget_askers;
        (*out)->ctx = e;
    }
    return rc;
}

int
engine_reload(struct engine *e, struct err *err)
{
    struct setup *s = NULL;

    if (load(e, &s, err) != 0)
        return err_prefix(err, "not reloaded, the old configuration stays");
    if (pipeline_set(e->pipeline, s, err) != 0) {
        setup_unref(s);
        return -1;
    }
    deliver_set(e->deliver, s);
    setup_unref(e->setup);
    e->setup = s;
    log_info("config", NULL, "reloaded %s", e->o.config_path);
    return 0;
}

/* ---- making ---------------------------------------------------------------------------- */

static void
on_alerts(void *ctx)
{
    deliver_kick(((struct engine *)ctx)->deliver);
}

static void
on_turn(void *ctx, const struct turn_report *r)
{
    struct engine *e = ctx;

    if (e->reporter)
        reporter_turn(e->reporter, r);
}

static void
on_mention(void *ctx, const struct post *p, const struct mention *m)
{
    struct engine *e = ctx;

    if (e->reporter)
        reporter_mention(e->reporter, p, m);
}

static void
on_print(void *ctx, const char *text)
{
    reporter_print(((struct engine *)ctx)->reporter, text);
}

static int
restore_source(void *ctx, const struct source_state *st)
{
    struct engine *e = ctx;
    struct err err = { 0 };

    if (pipeline_restore(e->pipeline, st, &err) != 0)
        log_err(LOG_ERROR_, "store", NULL, &err);
    return 0;
}

static int
make_io(struct engine *e, struct err *err)
{
    struct host_options ho = { .host_program = install_host_program(),
                               .state_dir = e->setup->config->state_dir };
    struct fetch_options fo = {
        .contact = e->setup->config->contact,
        .clock = e->o.clock,
        .record_dir = e->o.record_dir,
        .replay_dir = e->o.replay_dir,
        .allow_private = e->o.allow_private,
    };

    if (host_pool_new(&e->hosts, e->loop, e->plugins, &ho, err) != 0)
        return -1;
    return fetch_new(&e->fetch, e->loop, &fo, err);
}

static int
make_pipeline(struct engine *e, struct store *store, struct err *err)
{
    struct pipeline_options po = {
        .loop = e->loop,
        .clock = e->o.clock,
        .hosts = e->hosts,
        .fetch = e->fetch,
        .writer = e->writer,
        .on_alerts = on_alerts,
        .on_turn = on_turn,
        .on_mention = on_mention,
        .ctx = e,
    };

    if (pipeline_new(&e->pipeline, &po, err) != 0)
        return -1;
    /* Before the writer thread has anything to do: the store is still ours. */
    return store_each_source(store, restore_source, e, err);
}

static int
make_deliver(struct engine *e, struct err *err)
{
    struct deliver_options d = { .loop = e->loop,
                                 .clock = e->o.clock,
                                 .hosts = e->hosts,
                                 .fetch = e->fetch,
                                 .writer = e->writer,
                                 .print = on_print,
                                 .ctx = e };

    return deliver_new(&e->deliver, &d, err);
}

/* The store, and what a killed process was sending given free. */
static int
open_store(struct store **out, const struct engine *e, struct err *err)
{
    if (store_open(out, e->setup->config->state_dir, STORE_WRITER, e->o.clock, err) != 0)
        return -1;
    if (store_free_claims(*out, err) == 0)
        return 0;
    store_close(*out);
    return -1;
}

static int
make_all(struct engine *e, struct err *err)
{
    struct store *store = NULL;

    if (plugins_new(&e->plugins, install_host_program(), install_plugin_folders(), err) != 0 ||
        load(e, &e->setup, err) != 0)
        return -1;
    e->reporter = reporter_new(e->o.is_foreground);
    if (!e->reporter)
        return err_set(err, ERR_NOMEM, "no memory to report");
    if (make_io(e, err) != 0 || open_store(&store, e, err) != 0)
        return -1;
    if (writer_new(&e->writer, e->loop, store, e->o.clock, err) != 0) {
        store_close(store);
        return -1;
    }
    if (make_pipeline(e, store, err) != 0 || heartbeat_new(&e->heartbeat, e, err) != 0 ||
        make_deliver(e, err) != 0 || pipeline_set(e->pipeline, e->setup, err) != 0)
        return -1;
    deliver_set(e->deliver, e->setup);
    return e->o.with_control ? control_new(&e->control, e, err) : 0;
}

int
engine_new(struct engine **out, const struct engine_options *o, struct err *err)
{
    struct engine *e = calloc(1, sizeof *e);

    if (!e)
        return err_set(err, ERR_NOMEM, "no memory");
    e->o = *o;
    if (!e->o.clock)
        e->o.clock = &clock_system;
    e->loop = calloc(1, sizeof *e->loop);
    if (!e->loop || uv_loop_init(e->loop) != 0) {
        free(e->loop);
        free(e);
        return err_set(err, ERR_NOMEM, "no memory for the event loop");
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (make_all(e, err) != 0) {
        engine_free(e);
        return -1;
    }
    *out = e;
    return 0;
}

/* ---- running ------------------------------------------------------------------------------ */

struct signals {
    uv_signal_t hup, term, intr;
    uv_timer_t expire;
    struct engine *e;
};

static void
on_signal(uv_signal_t *h, int number)
{
    struct engine *e = ((struct signals *)h->data)->e;
    struct err err = { 0 };

    if (number != SIGHUP)
        engine_stop(e);
    else if (engine_reload(e, &err) != 0)
        log_err(LOG_ERROR_, "config", NULL, &err);
}

static void
on_expire(uv_timer_t *h)
{
    struct engine *e = ((struct signals *)h->data)->e;
    const struct config *c = e->setup->config;
    struct retention r = { .mentions_ms = c->keep_mentions_ms,
                           .raw_ms = c->keep_raw_ms,
                           .rejected_ms = c->keep_rejected_ms,
                           .deleted_ms = c->keep_deleted_ms,
                           .alerts_ms = c->keep_alerts_ms };

    writer_expire(e->writer, &r);
}

static void
start_signal(struct signals *s, uv_signal_t *h, int number)
{
    uv_signal_init(s->e->loop, h);
    h->data = s;
    uv_signal_start(h, on_signal, number);
}

void
engine_stop(struct engine *e)
{
    if (e->is_ending)
        return;
    e->is_ending = true;
    uv_stop(e->loop);
}

int
engine_run(struct engine *e, struct err *err)
{
    struct signals s = { .e = e };

    (void)err;
    start_signal(&s, &s.hup, SIGHUP);
    start_signal(&s, &s.term, SIGTERM);
    start_signal(&s, &s.intr, SIGINT);
    uv_timer_init(e->loop, &s.expire);
    s.expire.data = &s;
    uv_timer_start(&s.expire, on_expire, FIRST_EXPIRE_MS, EXPIRE_EVERY_MS);
    pipeline_start(e->pipeline);
    heartbeat_start(e->heartbeat);
    reporter_started(e->reporter, e->setup->config);
    while (!e->is_ending)
        uv_run(e->loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&s.hup, NULL);
    uv_close((uv_handle_t *)&s.term, NULL);
    uv_close((uv_handle_t *)&s.intr, NULL);
    uv_close((uv_handle_t *)&s.expire, NULL);
    uv_run(e->loop, UV_RUN_NOWAIT);
    reporter_ended(e->reporter, e->setup->config);
    return 0;
}

/* Polls and sends until neither has anything under way. */
static bool
is_idle(const struct engine *e)
{
    return pipeline_is_idle(e->pipeline) && deliver_is_idle(e->deliver) &&
           writer_waiting(e->writer) == 0;
}

int
engine_run_once(struct engine *e, bool ignore_due, struct err *err)
{
    (void)err;
    pipeline_poll_due(e->pipeline, ignore_due);
    while (!pipeline_is_idle(e->pipeline) || writer_waiting(e->writer) > 0)
        uv_run(e->loop, UV_RUN_ONCE);
    deliver_kick(e->deliver);
    while (!is_idle(e))
        uv_run(e->loop, UV_RUN_ONCE);
    return 0;
}

/* ---- taking apart --------------------------------------------------------------------------- */

/* Hosts and fetch are ended first, so that what waits for them is called back and ends. */
static void
stop_work(struct engine *e)
{
    if (e->pipeline)
        pipeline_stop(e->pipeline);
    if (e->deliver)
        deliver_stop(e->deliver);
    host_pool_free(e->hosts);
    if (e->fetch)
        fetch_free(e->fetch);
    e->fetch = NULL;
    while (e->pipeline && e->deliver && e->writer && !is_idle(e))
        uv_run(e->loop, UV_RUN_ONCE);
}

void
engine_free(struct engine *e)
{
    if (!e)
        return;
    e->is_ending = true;
    control_free(e->control);
    heartbeat_free(e->heartbeat);
    stop_work(e);
    writer_free(e->writer);
    deliver_free(e->deliver);
    pipeline_free(e->pipeline);
    reporter_free(e->reporter);
    uv_run(e->loop, UV_RUN_DEFAULT); /* handles close */
    if (uv_loop_close(e->loop) != 0)
        log_debug("engine", NULL, "a handle was left open");
    free(e->loop);
    setup_unref(e->setup);
    plugins_free(e->plugins);
    free(e);
}
