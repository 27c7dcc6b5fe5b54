/* control - the daemon's side of the socket between CLI and daemon. */
#include "control/control.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "control/commands.h"
#include "drill.h"
#include "engine.h"

#define MAX_LINE (16 << 20)

struct control {
    struct engine *e;
    uv_pipe_t *listener;
    struct client *clients; /* all connected */
    char *path;
};

struct client {
    struct control *c; /* NULL: control was freed */
    struct client *next;
    uv_pipe_t pipe;
    struct buf in;
    bool is_busy; /* a request is under way: the client stays until it is answered */
    bool is_closed;
};

/* One request on its way. */
struct request {
    struct client *client;
    struct setup *setup;
    json_t *root;
    const char *what;
    json_t *args;
    struct buf reply; /* members of the reply object */
};

/* ---- answering ---------------------------------------------------------------------------- */

struct answer {
    uv_write_t w;
    struct buf b;
};

static void
free_client(struct client *c)
{
    if (!c->is_closed || c->is_busy)
        return;
    buf_free(&c->in);
    free(c);
}

static void
written(uv_write_t *w, int status)
{
    struct answer *a = (struct answer *)w;

    (void)status;
    buf_free(&a->b);
    free(a);
}

static void
write_answer(struct client *c, struct buf *b)
{
    struct answer *a = calloc(1, sizeof *a);
    uv_buf_t chunk;

    if (!a || b->failed || c->is_closed) {
        buf_free(b);
        free(a);
        return;
    }
    a->b = *b;
    chunk = uv_buf_init(a->b.p, (unsigned)a->b.n);
    if (uv_write(&a->w, (uv_stream_t *)&c->pipe, &chunk, 1, written) != 0)
        written(&a->w, 0);
}

static void
answer(struct request *r, const struct err *err)
{
    struct buf b;
    struct jout j;
    struct client *c = r->client;

    buf_init(&b, MAX_LINE);
    if (err) {
        jout_begin(&j, &b);
        jout_object(&j);
        jout_kbool(&j, "ok", false);
        jout_ki64(&j, "code", err->code);
        jout_kz(&j, "error", err->msg);
        jout_object_end(&j);
    } else {
        buf_z(&b, "{\"ok\":true");
        if (r->reply.n) {
            buf_char(&b, ',');
            buf_str(&b, buf_view(&r->reply));
        }
        buf_char(&b, '}');
    }
    buf_char(&b, '\n');
    write_answer(c, &b);
    buf_free(&r->reply);
    json_decref(r->root);
    setup_unref(r->setup);
    free(r);
    c->is_busy = false;
    free_client(c);
}

/* ---- requests that the loop answers -------------------------------------------------------- */

static const char *
arg_z(const struct request *r, const char *name)
{
    const char *v = json_string_value(json_object_get(r->args, name));

    return v ? v : "";
}

static int
status_source(void *ctx, const struct source_conf *conf, const struct source_state *st,
              bool is_running)
{
    struct jout *j = ctx;

    jout_object(j);
    jout_kz(j, "source", conf->name);
    jout_kz(j, "health", source_health_name(st->health));
    jout_kstr(j, "reason", st->reason);
    jout_kbool(j, "running", is_running);
    jout_ktime(j, "next", st->next_due_ms);
    jout_object_end(j);
    return 0;
}

static int
do_status(struct request *r, struct err *err)
{
    struct jout j;
    struct engine *e = r->client->c->e;

    (void)err;
    buf_fmt(&r->reply, "\"pid\":%d,\"waiting\":%zu,\"sources\":", (int)getpid(),
            writer_waiting(e->writer));
    jout_begin(&j, &r->reply);
    jout_array(&j);
    pipeline_each(e->pipeline, status_source, &j);
    jout_array_end(&j);
    return 0;
}

static int
do_reload(struct request *r, struct err *err)
{
    return engine_reload(r->client->c->e, err);
}

static int
do_stop(struct request *r, struct err *err)
{
    (void)err;
    engine_stop(r->client->c->e);
    return 0;
}

static int
do_poll(struct request *r, struct err *err)
{
    return pipeline_poll(r->client->c->e->pipeline, arg_z(r, "source"), err);
}

static int
do_pause(struct request *r, struct err *err)
{
    return pipeline_pause(r->client->c->e->pipeline, arg_z(r, "source"), true, err);
}

static int
do_resume(struct request *r, struct err *err)
{
    return pipeline_pause(r->client->c->e->pipeline, arg_z(r, "source"), false, err);
}

/* ---- requests answered later ----------------------------------------------------------------- */

static void
drilled(void *ctx, int64_t alert, const struct err *err)
{
    struct request *r = ctx;

    if (!err)
        buf_fmt(&r->reply, "\"alert\":\"%lld\"", (long long)alert);
    answer(r, err);
}

static int
later_drill(struct request *r, struct err *err)
{
    struct engine *e = r->client->c->e;
    const char *brand = arg_z(r, "brand");

    return drill_start(e->pipeline, e->setup, *brand ? brand : NULL, clock_wall(e->o.clock),
                       drilled, r, err);
}

static void
tested(void *ctx, const struct delivery_result *d)
{
    struct err err = { 0 };

    if (!d->is_delivered)
        err_set(&err, ERR_UNAVAILABLE, "%.*s", STR_FMT(d->why));
    answer(ctx, d->is_delivered ? NULL : &err);
}

static int
later_test(struct request *r, struct err *err)
{
    return deliver_test(r->client->c->e->deliver, arg_z(r, "notifier"), tested, r, err);
}

static int
run_command(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    struct request *r = arg;

    buf_reset(&r->reply);
    return command_run(r->what, r->args, s, r->setup->config, now_ms, &r->reply, err);
}

static void
command_done(void *arg, int rc, const struct err *err)
{
    struct request *r = arg;

    if (rc == 0 && r->client->c)
        deliver_kick(r->client->c->e->deliver);
    answer(r, rc != 0 ? err : NULL);
}

static int
later_command(struct request *r, struct err *err)
{
    struct job job = { .run = run_command, .done = command_done, .arg = r, .is_urgent = true };

    return writer_post(r->client->c->e->writer, &job, err);
}

static const struct {
    const char *name;
    int (*now)(struct request *, struct err *);
    int (*later)(struct request *, struct err *);
} requests[] = {
    { "status", do_status, NULL },      { "reload", do_reload, NULL },
    { "stop", do_stop, NULL },          { "source.poll", do_poll, NULL },
    { "source.pause", do_pause, NULL }, { "source.resume", do_resume, NULL },
    { "drill", NULL, later_drill },     { "notify.test", NULL, later_test },
};

static void
serve(struct request *r)
{
    struct err err = { 0 };
    int (*now)(struct request *, struct err *) = NULL;
    int (*later)(struct request *, struct err *) = NULL;

    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (strcmp(requests[i].name, r->what) == 0) {
            now = requests[i].now;
            later = requests[i].later;
        }
    if (command_is_known(r->what))
        later = later_command;
    if (!now && !later) {
        err_set(&err, ERR_USAGE, "unknown request \"%s\": CLI and daemon differ in version",
                r->what);
        answer(r, &err);
    } else if (now) {
        answer(r, now(r, &err) != 0 ? &err : NULL);
    } else if (later(r, &err) != 0) {
        answer(r, &err);
    }
}

/* ---- connections -------------------------------------------------------------------------------- */

static void
on_closed(uv_handle_t *h)
{
    struct client *c = h->data;

    c->is_closed = true;
    free_client(c);
}

static void
close_client(struct client *c)
{
    struct client **at;

    if (uv_is_closing((uv_handle_t *)&c->pipe))
        return;
    for (at = c->c ? &c->c->clients : NULL; at && *at; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            break;
        }
    uv_close((uv_handle_t *)&c->pipe, on_closed);
}

static void
take_line(struct client *c, struct tocsin_str line)
{
    struct request *r = calloc(1, sizeof *r);
    json_error_t je;

    if (!r) {
        close_client(c);
        return;
    }
    r->client = c;
    r->setup = setup_ref(c->c->e->setup);
    buf_init(&r->reply, MAX_LINE);
    c->is_busy = true;
    r->root = json_loadb(line.p, line.n, 0, &je);
    r->what = json_string_value(json_object_get(r->root, "do"));
    r->args = json_object_get(r->root, "args");
    if (!r->what)
        r->what = "";
    serve(r);
}

static void
on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *chunk)
{
    struct client *c = s->data;
    struct tocsin_str all;
    size_t end;

    if (n < 0 || (n > 0 && buf_add(&c->in, chunk->base, (size_t)n) != 0)) {
        free(chunk->base);
        close_client(c);
        return;
    }
    free(chunk->base);
    all = buf_view(&c->in);
    end = str_find(all, STR_LIT("\n"), 0);
    if (c->is_busy || end == SIZE_MAX)
        return;
    take_line(c, str_sub(all, 0, end));
    buf_reset(&c->in); /* one request a connection at a time; the CLI waits for its answer */
}

static void
on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *out)
{
    (void)h;
    *out = uv_buf_init(malloc(wanted), (unsigned)wanted);
    if (!out->base)
        out->len = 0;
}

static void
on_connection(uv_stream_t *listener, int status)
{
    struct control *control = listener->data;
    struct client *c = status == 0 ? calloc(1, sizeof *c) : NULL;

    if (!c)
        return;
    c->c = control;
    buf_init(&c->in, MAX_LINE);
    uv_pipe_init(listener->loop, &c->pipe, 0);
    c->pipe.data = c;
    c->next = control->clients;
    control->clients = c;
    if (uv_accept(listener, (uv_stream_t *)&c->pipe) != 0 ||
        uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) != 0)
        close_client(c);
}

/* ---- life --------------------------------------------------------------------------------------- */

/* The writer lock is ours, so a socket that is there was left by one that died. */
static int
bind_socket(struct control *c, struct err *err)
{
    mode_t old = umask(0177);
    int rc;

    unlink(c->path);
    rc = uv_pipe_bind(c->listener, c->path);
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)c->listener, 16, on_connection);
    umask(old);
    if (rc == 0)
        return 0;
    return err_set(err, ERR_IO, "cannot listen on %s: %s; set another `socket:`", c->path,
                   uv_strerror(rc));
}

int
control_new(struct control **out, struct engine *e, struct err *err)
{
    struct control *c = calloc(1, sizeof *c);

    if (c) {
        c->listener = calloc(1, sizeof *c->listener);
        c->path = strdup(e->setup->config->socket_path);
    }
    if (!c || !c->listener || !c->path) {
        if (c) {
            free(c->listener);
            free(c->path);
        }
        free(c);
        return err_set(err, ERR_NOMEM, "no memory for the control socket");
    }
    c->e = e;
    uv_pipe_init(e->loop, c->listener, 0);
    c->listener->data = c;
    *out = c; /* freed by control_free also when binding fails */
    return bind_socket(c, err);
}

void
control_free(struct control *c)
{
    if (!c)
        return;
    while (c->clients) {
        struct client *first = c->clients;
        close_client(first);
        first->c = NULL;
    }
    uv_close((uv_handle_t *)c->listener, (uv_close_cb)free);
    unlink(c->path);
    free(c->path);
    free(c);
}
