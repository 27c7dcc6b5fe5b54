/* Runs a program that the operator named: no shell, clean environment, limits, a deadline. */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/log.h"
#include "fetch/job.h"

enum { EXEC_HANDLES = 5, EXEC_STDERR_MAX = 64 * 1024, EXEC_ENV_MAX = 32 };

struct exec {
    struct job *job; /* NULL: given up */
    uv_loop_t *loop;
    struct fetch *f;
    uv_process_t process;
    uv_pipe_t in, out, errors;
    uv_timer_t deadline;
    uv_write_t write;
    struct buf line; /* of stderr, not yet ended */
    size_t n_errors;
    char chunk[16384];
    int open;  /* handles not yet closed */
    int waits; /* exit, stdout, stderr: the answer is there at 0 */
    bool is_running;
    int status;
};

/* ---- its end ------------------------------------------------------------------------ */

static void
on_closed(uv_handle_t *h)
{
    struct exec *x = h->data;
    struct fetch *f = x->f;

    if (--x->open == 0) {
        buf_free(&x->line);
        free(x);
    }
    fetch_handle_closed(f);
}

static void
close_handle(uv_handle_t *h)
{
    if (!uv_is_closing(h))
        uv_close(h, on_closed);
}

static void
kill_group(struct exec *x)
{
    if (x->process.pid > 0)
        kill(-x->process.pid, SIGKILL); /* it leads its own group */
}

static void
close_all(struct exec *x)
{
    close_handle((uv_handle_t *)&x->in);
    close_handle((uv_handle_t *)&x->out);
    close_handle((uv_handle_t *)&x->errors);
    close_handle((uv_handle_t *)&x->deadline);
    if (!x->is_running) /* else its exit closes it, so that no zombie stays */
        close_handle((uv_handle_t *)&x->process);
}

void
exec_stop(struct job *j)
{
    struct exec *x = j->exec;

    if (!x)
        return;
    j->exec = NULL;
    x->job = NULL;
    if (x->is_running) {
        kill_group(x);
        if (j->f->is_closing)
            x->is_running = false;
    }
    close_all(x);
}

static void
one_less(struct exec *x)
{
    struct job *j = x->job;

    if (--x->waits || !j)
        return;
    j->status = x->status;
    job_stop(j);
    job_answered(j);
    fetch_dispatch(x->f);
}

/* The exit code and the last words on stderr. */
void
exec_done(struct job *j)
{
    const struct option_value *o = local_option(j, TOCSIN_T_COMMAND);

    if (j->status == 0 || (j->req->flags & TOCSIN_REQ_ANY_STATUS))
        job_finish(j, FETCH_OK, "");
    else
        job_fail(j, FETCH_FAILED, "%s: ended with %s %d; its stderr is in the log",
                 o ? o->values.v[0] : "program", j->status > 128 ? "signal" : "exit code",
                 j->status > 128 ? j->status - 128 : j->status);
}

static void
on_exit_(uv_process_t *p, int64_t code, int sig)
{
    struct exec *x = p->data;

    x->is_running = false;
    x->status = sig ? 128 + sig : (int)code;
    kill_group(x); /* what it left behind would hold its pipes open */
    if (!x->job) {
        close_handle((uv_handle_t *)&x->process);
        return;
    }
    one_less(x);
}

static void
on_deadline(uv_timer_t *t)
{
    struct exec *x = t->data;

    if (x->job)
        job_fault(x->job, FETCH_FAILED, "the program took more than %lld s and was killed",
                  (long long)(x->f->o.timeout_ms / 1000));
    kill_group(x);
}

/* ---- its output ----------------------------------------------------------------------- */

static void
give_chunk(uv_handle_t *h, size_t hint, uv_buf_t *b)
{
    struct exec *x = h->data;

    (void)hint;
    *b = uv_buf_init(x->chunk, sizeof x->chunk);
}

static void
on_output(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct exec *x = s->data;

    if (n < 0) {
        uv_read_stop(s);
        one_less(x);
    } else if (x->job && n > 0 && buf_add(&x->job->body, b->base, (size_t)n) < 0) {
        job_fault(x->job, FETCH_FAILED, "the program wrote more than %zu KB and was killed",
                  x->f->o.max_body >> 10);
        kill_group(x);
    }
}

static void
log_line(struct exec *x)
{
    struct buf b;

    buf_init(&b, 2 * EXEC_STDERR_MAX);
    if (x->line.n && x->job && masks_apply(&x->job->masks, buf_view(&x->line), &b) == 0)
        log_info(FETCH_STAGE, x->job->asker->who->subject, "%.*s", STR_FMT(buf_view(&b)));
    buf_free(&b);
    buf_reset(&x->line);
}

static void
on_errors(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct exec *x = s->data;

    for (ssize_t i = 0; i < n && x->n_errors < EXEC_STDERR_MAX; i++, x->n_errors++) {
        if (b->base[i] == '\n' || x->line.n >= 4096)
            log_line(x);
        else
            buf_char(&x->line, b->base[i]);
    }
    if (n >= 0)
        return;
    log_line(x);
    uv_read_stop(s);
    one_less(x);
}

static void
on_written(uv_write_t *w, int status)
{
    struct exec *x = w->data;

    (void)status; /* a program need not read its input */
    close_handle((uv_handle_t *)&x->in);
}

/* ---- its start ------------------------------------------------------------------------ */

static const char *
granted_value(const struct fetch_who *who, const char *option)
{
    for (size_t i = 0; i < who->n_secrets; i++)
        if (strcmp(who->secrets[i].option, option) == 0)
            return who->secrets[i].value;
    return NULL;
}

/* TOCSIN_ and the option's name in capitals. */
static char *
env_line(struct job *j, const char *option, const char *value)
{
    char *z = (char *)arena_fmt(j->arena, "TOCSIN_%s=%s", option, value);

    for (char *p = z ? z + 7 : NULL; p && *p != '='; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p == '-' ? '_' : *p);
    return z;
}

static void
fill_env(struct job *j, char **env)
{
    const struct fetch_who *who = j->asker->who;
    size_t n = 0;

    env[n++] = (char *)"PATH=/usr/local/bin:/usr/bin:/bin";
    env[n++] = (char *)"LANG=C.UTF-8";
    for (size_t i = 0; i < who->secret_env.n && n < EXEC_ENV_MAX; i++) {
        const char *value = granted_value(who, who->secret_env.v[i]);
        char *line = value ? env_line(j, who->secret_env.v[i], value) : NULL;
        if (line)
            env[n++] = line;
    }
    env[n] = NULL;
}

static void
set_limits(const struct exec *x)
{
    static const struct {
        int what;
        rlim_t most;
    } limits[] = {
        { RLIMIT_CORE, 0 },
        { RLIMIT_FSIZE, 64 << 20 },
        { RLIMIT_NOFILE, 256 },
#ifndef __SANITIZE_ADDRESS__
        { RLIMIT_AS, (rlim_t)4 << 30 },
#endif
    };
    struct rlimit cpu = { (rlim_t)(x->f->o.timeout_ms / 1000 + 1),
                          (rlim_t)(x->f->o.timeout_ms / 1000 + 2) };

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit r = { limits[i].most, limits[i].most };
        prlimit(x->process.pid, limits[i].what, &r, NULL);
    }
    prlimit(x->process.pid, RLIMIT_CPU, &cpu, NULL);
}

static struct exec *
new_exec(struct job *j)
{
    struct exec *x = calloc(1, sizeof *x);

    if (!x)
        return NULL;
    x->job = j;
    x->f = j->f;
    buf_init(&x->line, EXEC_STDERR_MAX);
    uv_pipe_init(j->f->loop, &x->in, 0);
    uv_pipe_init(j->f->loop, &x->out, 0);
    uv_pipe_init(j->f->loop, &x->errors, 0);
    uv_timer_init(j->f->loop, &x->deadline);
    x->in.data = x->out.data = x->errors.data = x->deadline.data = x->process.data = x;
    x->write.data = x;
    x->open = EXEC_HANDLES;
    j->f->open_handles += EXEC_HANDLES;
    j->exec = x;
    return x;
}

static int
spawn(struct exec *x, char **argv, char **env)
{
    uv_stdio_container_t io[3] = {
        { .flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&x->in },
        { .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&x->out },
        { .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&x->errors },
    };
    uv_process_options_t o = {
        .exit_cb = on_exit_,
        .file = argv[0],
        .args = argv,
        .env = env,
        .cwd = "/",
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = 3,
        .stdio = io,
    };
    return uv_spawn(x->f->loop, &x->process, &o);
}

static char **
copy_argv(struct job *j, const struct word_list *words)
{
    char **argv = arena_array(j->arena, words->n + 1, sizeof *argv);

    for (size_t i = 0; argv && i < words->n; i++)
        argv[i] = (char *)words->v[i];
    return argv;
}

void
exec_run(struct job *j)
{
    const struct option_value *o = local_option(j, TOCSIN_T_COMMAND);
    char *env[EXEC_ENV_MAX + 1];
    struct err err = { ERR_NONE, "" };

    if (!o) {
        job_fail(j, FETCH_REFUSED, "asks to run option \"%s\", which is not a command given to it",
                 j->req->option ? j->req->option : "");
        return;
    }
    buf_reset(&j->out);
    if (transfer_fill(j, &j->out, j->req->body, true, &err) < 0) {
        job_fail(j, FETCH_REFUSED, "%s", err.msg);
        return;
    }
    char **argv = copy_argv(j, &o->values);
    struct exec *x = argv ? new_exec(j) : NULL;
    if (!x) {
        job_fail(j, FETCH_FAILED, "no memory");
        return;
    }
    fill_env(j, env);
    int rc = spawn(x, argv, env);
    if (rc < 0) {
        job_fail(j, FETCH_FAILED, "%s: %s; look at the path and its permissions", argv[0],
                 uv_strerror(rc));
        return;
    }
    x->is_running = true;
    x->waits = 3;
    set_limits(x);
    uv_timer_start(&x->deadline, on_deadline, (uint64_t)j->f->o.timeout_ms, 0);
    uv_read_start((uv_stream_t *)&x->out, give_chunk, on_output);
    uv_read_start((uv_stream_t *)&x->errors, give_chunk, on_errors);
    uv_buf_t in = uv_buf_init(j->out.p, (unsigned)j->out.n);
    if (!j->out.n || uv_write(&x->write, (uv_stream_t *)&x->in, &in, 1, on_written) < 0)
        close_handle((uv_handle_t *)&x->in);
}
