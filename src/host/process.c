/* process.c - one tocsin-host: spawn, greeting, a turn under its deadline, the end. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "host/check.h"
#include "host/describe.h"
#include "host/pool.h"
#include "host/reply.h"

enum {
    LOAD_MS = 10000,
    KILLED_MS = 10000,
    GRACE_MS = 50,
    DYING_MS = 1000,
    REPLY_MEMORY = 96 << 20
};

static const char *const call_names[] = { "plan()",  "parse()", "render()",
                                          "judge()", "poll()",  "answers()" };

static void on_timer(uv_timer_t *timer);

static const char *
subject_of(const struct process *p)
{
    return p->turn ? p->turn->subject : NULL;
}

static const char *
call_of(const struct process *p)
{
    return p->turn ? call_names[p->turn->in.call] : "its constructor";
}

/* ---- the end ------------------------------------------------------------------------ */

static void
on_closed(uv_handle_t *h)
{
    struct process *p = h->data;

    if (--p->open_handles)
        return;
    arena_free(p->arena);
    free(p);
}

static void
close_handle(struct process *p, void *handle)
{
    uv_handle_t *h = handle;

    (void)p;
    if (!uv_is_closing(h))
        uv_close(h, on_closed);
}

static void
close_all(struct process *p)
{
    close_handle(p, &p->timer);
    close_handle(p, &p->socket);
    close_handle(p, &p->words);
    close_handle(p, &p->child);
}

static void
start_timer(struct process *p, int64_t ms)
{
    uv_update_time(p->timer.loop);
    uv_timer_start(&p->timer, on_timer, (uint64_t)ms, 0);
    uv_ref((uv_handle_t *)&p->timer);
}

/* The first reason is the one that counts. */
static void __attribute__((format(printf, 2, 3))) kill_for(struct process *p, const char *fmt, ...)
{
    if (!p->is_fault) {
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(p->why, sizeof p->why, fmt, ap);
        va_end(ap);
    }
    p->is_fault = true;
    p->state = PROCESS_ENDING;
    uv_process_kill(&p->child, SIGKILL);
    start_timer(p, KILLED_MS);
}

static void
say_how_it_ended(struct process *p)
{
    if (p->why[0])
        return;
    if (p->signal)
        snprintf(p->why, sizeof p->why, "plugin %s, %s: killed (%s)", p->crew->name, call_of(p),
                 p->signal == SIGXCPU ? "it used up its processor time" : strsignal(p->signal));
    else
        snprintf(p->why, sizeof p->why, "plugin %s, %s: its host ended with code %d", p->crew->name,
                 call_of(p), (int)p->exit_status);
}

/* Both the exit and the last byte are there: a fault unless we ended it ourselves. */
static void
conclude(struct process *p)
{
    struct crew *c = p->crew;
    struct turn *t = p->turn;
    bool is_fault = p->is_fault || t || !p->has_greeted;
    char why[sizeof p->why];

    if (!p->has_exited || !p->has_closed || !c)
        return;
    if (is_fault)
        say_how_it_ended(p);
    memcpy(why, p->why, sizeof why);
    pool_gone(c, p);
    p->crew = NULL;
    p->turn = NULL;
    close_all(p);
    if (is_fault)
        pool_fault(c, t, why, p->has_greeted);
    pool_pump(c);
}

static void
on_ended(uv_process_t *child, int64_t status, int signal_number)
{
    struct process *p = child->data;

    p->has_exited = true;
    p->exit_status = status;
    p->signal = signal_number;
    conclude(p);
}

void
process_end(struct process *p)
{
    p->state = PROCESS_ENDING;
    p->has_closed = true;
    close_handle(p, &p->socket);
    start_timer(p, KILLED_MS);
}

void
process_abandon(struct process *p)
{
    int pid = p->child.pid;

    p->crew = NULL;
    if (!p->has_exited)
        uv_process_kill(&p->child, SIGKILL);
    close_all(p);
    if (!p->has_exited)
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            continue;
}

/* ---- a turn --------------------------------------------------------------------------- */

/* Processor time beyond what it has used: the deadline in whole seconds, and one more. */
static void
limit_cpu(const struct process *p)
{
#ifdef __linux__
    clockid_t clock;
    struct timespec used = { 0 };
    struct rlimit r = { .rlim_max = RLIM_INFINITY };

    if (clock_getcpuclockid(p->child.pid, &clock) || clock_gettime(clock, &used))
        return;
    r.rlim_cur = (rlim_t)(used.tv_sec + p->crew->pool->o.deadline_ms / 1000 + 2);
    prlimit(p->child.pid, RLIMIT_CPU, &r, NULL);
#else
    (void)p;
#endif
}

struct writing {
    uv_write_t req;
    struct turn *turn;
};

static void
on_written(uv_write_t *req, int status)
{
    struct writing *w = req->data;

    (void)status; /* a broken socket shows as its end */
    turn_release(w->turn);
    free(w);
}

void
process_give(struct process *p, struct turn *t)
{
    struct writing *w = calloc(1, sizeof *w);
    uv_buf_t bytes = uv_buf_init(t->frame.p, (unsigned)t->frame.n);

    p->turn = t;
    p->state = PROCESS_BUSY;
    p->n_lines = 0;
    p->has_grace = true;
    limit_cpu(p);
    start_timer(p, p->crew->pool->o.deadline_ms);
    if (!w) {
        kill_for(p, "no memory to send a turn");
        return;
    }
    w->turn = t;
    w->req.data = w;
    t->holders++;
    if (uv_write(&w->req, (uv_stream_t *)&p->socket, &bytes, 1, on_written)) {
        on_written(&w->req, UV_EPIPE);
        kill_for(p, "plugin %s: its host does not listen", p->crew->name);
    }
}

static bool
may_be_late(struct process *p)
{
    struct pollfd fd = { .events = POLLIN };
    bool is_waiting =
        p->has_grace && !uv_fileno((uv_handle_t *)&p->socket, &fd.fd) && poll(&fd, 1, 0) > 0;

    p->has_grace = false;
    return is_waiting;
}

/* What it waited for depends on the state. */
static void
on_timer(uv_timer_t *timer)
{
    struct process *p = timer->data;

    switch (p->state) {
    case PROCESS_IDLE:
        process_end(p);
        break;
    case PROCESS_STARTING:
        kill_for(p, "plugin %s hung while it was loaded", p->crew->name);
        break;
    case PROCESS_BUSY:
        if (may_be_late(p)) /* it is we who were late */
            start_timer(p, GRACE_MS);
        else
            kill_for(p, "plugin %s, %s: hung for %lld ms and was killed", p->crew->name, call_of(p),
                     (long long)p->crew->pool->o.deadline_ms);
        break;
    case PROCESS_ENDING:
        uv_process_kill(&p->child, SIGKILL);
        start_timer(p, KILLED_MS);
        break;
    }
}

static void
become_idle(struct process *p)
{
    p->state = PROCESS_IDLE;
    p->turn = NULL;
    start_timer(p, p->crew->pool->o.idle_ms);
    uv_unref((uv_handle_t *)&p->timer);
}

/* ---- messages from it --------------------------------------------------------------------- */

static void
take_log(struct process *p, struct tocsin_str frame)
{
    static const enum log_level levels[] = { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };
    struct log_line line = { 0 };
    enum message_kind kind;
    struct wire w;

    wire_reader(&w, frame, p->arena);
    wire_kind(&w, &kind);
    wire_log(&w, &line);
    if (!wire_is_complete(&w) || line.level > TOCSIN_LOG_ERROR || ++p->n_lines > 2 * TURN_MAX_LOGS)
        kill_for(p, "plugin %s, %s: garbage instead of log lines", p->crew->name, call_of(p));
    else if (line.text)
        log_at(levels[line.level], "host", subject_of(p), "plugin %s: %s", p->crew->name,
               line.text);
}

/* Last words: the process dies now by itself. */
static void
take_fault(struct process *p, struct tocsin_str frame)
{
    enum message_kind kind;
    const char *words = NULL;
    struct wire w;

    wire_reader(&w, frame, p->arena);
    wire_kind(&w, &kind);
    wire_line(&w, &words);
    if (wire_is_complete(&w) && words && is_text(str_z(words)) && !p->why[0])
        snprintf(p->why, sizeof p->why, "%s", words);
    p->is_fault = true;
}

static void
take_hello(struct process *p, struct tocsin_str frame)
{
    struct hello hello;
    struct err err = { 0 };

    if (read_hello(&hello, frame, p->crew->info->path, p->arena, &err)) {
        kill_for(p, "%s", err.msg);
        return;
    }
    for (size_t i = 0; i < hello.n_locks; i++) {
        if (!hello.locks[i].is_in_force)
            log_debug("host", p->crew->name, "lock not in force: %s: %s", hello.locks[i].name,
                      hello.locks[i].note ? hello.locks[i].note : "");
    }
    p->has_greeted = true;
    become_idle(p);
    pool_pump(p->crew);
}

static void
take_out(struct process *p, struct tocsin_str frame)
{
    struct crew *c = p->crew;
    struct turn *t = p->turn;
    struct turn_out out;
    struct err err = { 0 };

    if (reply_read(&out, frame, p->arena, &t->in, c->info, &err)) {
        kill_for(p, "plugin %s, %s: its host answered with garbage: %s", c->name, call_of(p),
                 err.msg);
        return;
    }
    p->arena = NULL; /* the receiver's now */
    become_idle(p);
    pool_fine(c);
    if (++p->n_turns >= c->pool->o.recycle_after || out.status == TOCSIN_NOMEM)
        process_end(p);
    pool_pump(c);
    pool_answer(c->pool, t, &out);
}

static void
take_frame(struct process *p)
{
    struct tocsin_str frame = { p->frame, p->frame_n };
    enum message_kind kind = (enum message_kind)(unsigned char)p->frame[0];

    if (kind == MESSAGE_LOG)
        take_log(p, frame);
    else if (kind == MESSAGE_FAULT)
        take_fault(p, frame);
    else if (p->state == PROCESS_STARTING)
        take_hello(p, frame);
    else if (p->state == PROCESS_BUSY && kind == MESSAGE_OUT)
        take_out(p, frame);
    else if (p->state != PROCESS_ENDING)
        kill_for(p, "plugin %s: its host spoke out of turn", p->crew->name);
    arena_free(p->arena);
    p->arena = NULL;
    p->frame = NULL;
    p->n_head = 0;
}

/* The length is known: memory for the frame, in the arena that its answer will live in. */
static int
begin_frame(struct process *p)
{
    if (wire_frame_length(p->head, &p->frame_n))
        return -1;
    p->arena = arena_new(REPLY_MEMORY);
    p->frame = p->arena ? arena_alloc(p->arena, p->frame_n) : NULL;
    p->frame_got = 0;
    return p->frame ? 0 : -1;
}

/* Bytes go straight to where they belong: first the length, then the frame. */
static void
room_for_read(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    struct process *p = h->data;

    (void)suggested;
    if (p->n_head < WIRE_HEAD)
        *out = uv_buf_init((char *)p->head + p->n_head, WIRE_HEAD - (unsigned)p->n_head);
    else
        *out = uv_buf_init(p->frame + p->frame_got, (unsigned)(p->frame_n - p->frame_got));
}

static void
on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *room)
{
    struct process *p = s->data;

    (void)room;
    if (n < 0) {
        p->has_closed = true;
        uv_read_stop(s);
        if (!p->has_exited && p->crew && p->state != PROCESS_ENDING) {
            p->state = PROCESS_ENDING; /* it is dying, or else it is killed soon */
            start_timer(p, DYING_MS);
        }
        conclude(p);
        return;
    }
    if (n == 0 || !p->crew)
        return;
    if (p->n_head < WIRE_HEAD) {
        p->n_head += (size_t)n;
        if (p->n_head == WIRE_HEAD && begin_frame(p)) {
            p->n_head = 0;
            uv_read_stop(s);
            p->has_closed = true;
            kill_for(p, "plugin %s, %s: its host wrote garbage", p->crew->name, call_of(p));
        }
        return;
    }
    p->frame_got += (size_t)n;
    if (p->frame_got == p->frame_n)
        take_frame(p);
}

/* ---- stderr -------------------------------------------------------------------------------- */

static char words_room[4096]; /* read and logged at once */

static void
room_for_words(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
    (void)h;
    (void)suggested;
    *out = uv_buf_init(words_room, sizeof words_room);
}

static void
on_words(uv_stream_t *s, ssize_t n, const uv_buf_t *room)
{
    struct process *p = s->data;
    struct tocsin_str rest = { room->base, n > 0 ? (size_t)n : 0 };

    if (n < 0)
        uv_read_stop(s);
    while (rest.n && p->crew) {
        struct tocsin_str line = str_trim(str_cut(&rest, '\n'));

        if (line.n && ++p->n_lines <= TURN_MAX_LOGS)
            log_warn("host", subject_of(p), "plugin %s says: %.*s", p->crew->name, STR_FMT(line));
    }
}

/* ---- start ------------------------------------------------------------------------------------ */

static int
spawn(struct process *p, int socket)
{
    struct crew *c = p->crew;
    char *argv[] = { "tocsin-host", "--serve", NULL, NULL, NULL };
    char *environment[] = { NULL };
    uv_stdio_container_t io[4] = {
        { .flags = UV_IGNORE },
        { .flags = UV_IGNORE },
        { .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&p->words },
        { .flags = UV_INHERIT_FD, .data.fd = socket },
    };
    uv_process_options_t o = { .file = c->pool->host_program,
                               .args = argv,
                               .env = environment,
                               .stdio = io,
                               .stdio_count = 4,
                               .exit_cb = on_ended };

    if (c->pool->o.is_debug)
        argv[2] = "--unlocked";
    argv[c->pool->o.is_debug ? 3 : 2] = (char *)c->info->path;
    return uv_spawn(c->pool->loop, &p->child, &o);
}

static void
init_handles(struct process *p, uv_loop_t *loop)
{
    uv_pipe_init(loop, &p->socket, 0);
    uv_pipe_init(loop, &p->words, 0);
    uv_timer_init(loop, &p->timer);
    p->socket.data = p->words.data = p->timer.data = p->child.data = p;
    p->open_handles = 4;
}

static void
begin(struct process *p, int socket)
{
    struct crew *c = p->crew;

    uv_pipe_open(&p->socket, socket);
    uv_read_start((uv_stream_t *)&p->socket, room_for_read, on_read);
    uv_read_start((uv_stream_t *)&p->words, room_for_words, on_words);
    uv_unref((uv_handle_t *)&p->socket);
    uv_unref((uv_handle_t *)&p->words);
    uv_unref((uv_handle_t *)&p->child);
    start_timer(p, LOAD_MS);
    p->next = c->processes;
    c->processes = p;
    c->n_processes++;
}

int
process_start(struct crew *c, struct err *err)
{
    struct process *p = calloc(1, sizeof *p);
    int sockets[2], rc;

    if (!p)
        return err_set(err, ERR_NOMEM, "no memory for a tocsin-host");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) {
        free(p);
        return err_set(err, ERR_IO, "no socket for tocsin-host: %s", strerror(errno));
    }
    p->crew = c;
    p->state = PROCESS_STARTING;
    init_handles(p, c->pool->loop);
    rc = spawn(p, sockets[1]);
    close(sockets[1]);
    if (rc) {
        close(sockets[0]);
        p->crew = NULL;
        close_all(p);
        return err_set(err, ERR_UNAVAILABLE, "%s: cannot be started: %s", c->pool->host_program,
                       uv_strerror(rc));
    }
    begin(p, sockets[0]);
    return 0;
}
