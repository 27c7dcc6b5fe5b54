/* child_turn.c - struct tocsin_host: every function only records, within caps. */
#include "host/child_turn.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "host/check.h"
#include "host/child_copy.h"
#include "wire/messages.h"
#include "wire/wire_io.h"

void *
rows_next(struct rows *r, size_t most)
{
    if (r->n >= most)
        return NULL;
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 16;
        void *v = reallocarray(r->v, cap, r->size);

        if (!v)
            return NULL;
        r->v = v;
        r->cap = cap;
    }
    return memset((char *)r->v + r->n * r->size, 0, r->size);
}

int
child_turn_init(struct tocsin_turn *t, const struct loaded *plugin, int fd)
{
    *t = (struct tocsin_turn){
        .plugin = plugin,
        .fd = fd,
        .arena = arena_new(64u << 20),
        .html = html_text_new(),
        .posts = { .size = sizeof(struct post) },
        .requests = { .size = sizeof(struct tocsin_request) },
        .sessions = { .size = sizeof(struct tocsin_session) },
        .gaps = { .size = sizeof(struct tocsin_gap) },
        .answers = { .size = sizeof(struct tocsin_answer) },
        .expired = { .size = sizeof(const char *) },
    };
    buf_init(&t->text, TURN_MAX_ITEM);
    return t->arena && t->html ? 0 : -1;
}

void
child_turn_free(struct tocsin_turn *t)
{
    struct rows *rows[] = { &t->posts, &t->requests, &t->sessions,
                            &t->gaps,  &t->answers,  &t->expired };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        free(rows[i]->v);
    buf_free(&t->text);
    html_text_free(t->html);
    arena_free(t->arena);
}

void
child_turn_begin(struct tocsin_turn *t, const struct turn_in *in)
{
    arena_reset(t->arena);
    t->in = in;
    t->out = (struct turn_out){ 0 };
    t->posts.n = t->requests.n = t->sessions.n = t->gaps.n = t->answers.n = t->expired.n = 0;
    t->bytes = 0;
    t->n_logs = 0;
}

void
child_turn_end(struct tocsin_turn *t, int status)
{
    struct turn_out *o = &t->out;

    o->status = status <= TOCSIN_OK && status >= TOCSIN_FULL ? status : TOCSIN_RETRY;
    if (!o->why)
        o->why = "";
    o->posts = t->posts.v;
    o->n_posts = t->posts.n;
    o->requests = t->requests.v;
    o->n_requests = t->requests.n;
    o->sessions = t->sessions.v;
    o->n_sessions = t->sessions.n;
    o->gaps = t->gaps.v;
    o->n_gaps = t->gaps.n;
    o->answers = t->answers.v;
    o->n_answers = t->answers.n;
    o->expired = t->expired.v;
    o->n_expired = t->expired.n;
}

/* ---- words ---------------------------------------------------------------- */

void
child_log(struct tocsin_turn *t, int level, const char *text)
{
    enum message_kind kind = MESSAGE_LOG;
    struct log_line line = { .level = (uint8_t)level };
    struct wire w;
    struct buf b;

    if (t->n_logs++ >= TURN_MAX_LOGS || copy_line(t->arena, &line.text, text, TURN_MAX_LINE))
        return;
    if (t->fd < 0) {
        fprintf(stderr, "%s\n", line.text);
        return;
    }
    buf_init(&b, 2 * TURN_MAX_LINE);
    wire_frame_begin(&b);
    wire_writer(&w, &b);
    wire_kind(&w, &kind);
    wire_log(&w, &line);
    if (wire_is_complete(&w) && !wire_frame_end(&b))
        wire_send(t->fd, &b);
    buf_free(&b);
}

/* A formatted line in the arena; NULL: no memory. */
static const char *
line_of(struct tocsin_turn *t, const char *fmt, va_list ap)
{
    char raw[TURN_MAX_LINE];
    const char *line;

    vsnprintf(raw, sizeof raw, fmt, ap);
    return copy_line(t->arena, &line, raw, TURN_MAX_LINE) ? NULL : line;
}

static void __attribute__((format(printf, 3, 4)))
host_log(struct tocsin_turn *t, int level, const char *fmt, ...)
{
    char raw[TURN_MAX_LINE];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    child_log(t, level < TOCSIN_LOG_DEBUG || level > TOCSIN_LOG_ERROR ? TOCSIN_LOG_INFO : level,
              raw);
}

static int __attribute__((format(printf, 3, 4)))
host_fail(struct tocsin_turn *t, int status, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    t->out.why = line_of(t, fmt, ap);
    va_end(ap);
    return status;
}

static int64_t
host_now_ms(struct tocsin_turn *t)
{
    return t->in->now_ms;
}

/* ---- requests ---------------------------------------------------------------- */

static int
refuse(struct tocsin_turn *t, const struct err *err)
{
    child_log(t, TOCSIN_LOG_WARN, err->msg);
    if (!t->out.why)
        copy_line(t->arena, &t->out.why, err->msg, TURN_MAX_LINE);
    return TOCSIN_BADDATA;
}

/* Counts n more bytes of output; FULL when there is no room for them. */
static int
reserve(struct tocsin_turn *t, size_t n)
{
    if (n > TURN_MAX_OUT - t->bytes)
        return TOCSIN_FULL;
    t->bytes += n;
    return TOCSIN_OK;
}

static int
host_request(struct tocsin_turn *t, const struct tocsin_request *from)
{
    struct tocsin_request *r = rows_next(&t->requests, TURN_MAX_REQUESTS);
    struct err err = { 0 };

    if (!r)
        return TOCSIN_FULL;
    if (copy_request(t->arena, r, from))
        return TOCSIN_NOMEM;
    if (check_request(r, &t->plugin->info, &err))
        return refuse(t, &err);
    if (reserve(t, request_bytes(r)))
        return TOCSIN_FULL;
    t->requests.n++;
    return TOCSIN_OK;
}

static int
host_session(struct tocsin_turn *t, const struct tocsin_session *from)
{
    struct tocsin_session *s = rows_next(&t->sessions, TURN_MAX_SESSIONS);
    struct err err = { 0 };

    if (!s)
        return TOCSIN_FULL;
    if (copy_session(t->arena, s, from))
        return TOCSIN_NOMEM;
    if (check_session(s, &t->plugin->info, &err))
        return refuse(t, &err);
    if (reserve(t, request_bytes(s->mint) + (s->refresh ? request_bytes(s->refresh) : 0)))
        return TOCSIN_FULL;
    t->sessions.n++;
    return TOCSIN_OK;
}

static void
host_expire(struct tocsin_turn *t, const char *session)
{
    const char **name = rows_next(&t->expired, TURN_MAX_EXPIRED);

    if (name && is_plain_name(session) && !copy_line(t->arena, name, session, 64))
        t->expired.n++;
}

/* ---- parse ------------------------------------------------------------------- */

static void
host_gap(struct tocsin_turn *t, const struct tocsin_gap *from)
{
    struct tocsin_gap *g = rows_next(&t->gaps, TURN_MAX_GAPS);

    if (!g)
        return;
    read_sized(g, sizeof *g, from);
    g->size = sizeof *g;
    if (!copy_line(t->arena, &g->why, g->why, TURN_MAX_LINE))
        t->gaps.n++;
}

static void __attribute__((format(printf, 2, 3)))
host_partial(struct tocsin_turn *t, const char *fmt, ...)
{
    va_list ap;

    if (t->out.partial)
        return; /* the first reason is the one to show */
    va_start(ap, fmt);
    t->out.partial = line_of(t, fmt, ap);
    va_end(ap);
}

static void
host_interval(struct tocsin_turn *t, int64_t seconds, const char *cause)
{
    if (seconds > 0 && !copy_line(t->arena, &t->out.interval_cause, cause, TURN_MAX_LINE))
        t->out.interval_s = seconds;
}

static void
host_limit(struct tocsin_turn *t, int64_t not_before_ms, const char *why)
{
    if (not_before_ms > 0 && !copy_line(t->arena, &t->out.limit_why, why, TURN_MAX_LINE))
        t->out.not_before_ms = not_before_ms;
}

static void
host_spend(struct tocsin_turn *t, int64_t units)
{
    if (units > 0 && __builtin_add_overflow(t->out.spent, units, &t->out.spent))
        t->out.spent = INT64_MAX;
}

static const char *
host_cursor(struct tocsin_turn *t)
{
    const char *z = t->in->cursor.n ? arena_z(t->arena, t->in->cursor) : "";

    return z ? z : "";
}

static int
host_set_cursor(struct tocsin_turn *t, struct tocsin_str s)
{
    if (s.n > TURN_MAX_CURSOR || !is_text(s))
        return TOCSIN_BADDATA;
    if (copy_bytes(t->arena, &t->out.cursor, s))
        return TOCSIN_NOMEM;
    t->out.has_cursor = true;
    return TOCSIN_OK;
}

/* ---- judge and answers ---------------------------------------------------------- */

static int
host_delivered(struct tocsin_turn *t, struct tocsin_str handle)
{
    if (t->in->call != CALL_JUDGE || handle.n > TURN_MAX_HANDLE || !is_text(handle))
        return TOCSIN_BADDATA;
    if (copy_bytes(t->arena, &t->out.handle, handle))
        return TOCSIN_NOMEM;
    t->out.is_delivered = true;
    return TOCSIN_OK;
}

static int
host_answer(struct tocsin_turn *t, const struct tocsin_answer *from)
{
    struct tocsin_answer *a = rows_next(&t->answers, TURN_MAX_ANSWERS);

    if (t->in->call != CALL_ANSWERS)
        return TOCSIN_BADDATA;
    if (!a)
        return TOCSIN_FULL;
    read_sized(a, sizeof *a, from);
    a->size = sizeof *a;
    if (copy_line(t->arena, &a->action, a->action, TURN_MAX_LINE) ||
        copy_line(t->arena, &a->token, a->token, TURN_MAX_LINE) ||
        copy_line(t->arena, &a->by, a->by, TURN_MAX_LINE) ||
        copy_line(t->arena, &a->comment, a->comment, 4 * TURN_MAX_LINE))
        return TOCSIN_NOMEM;
    t->answers.n++;
    return TOCSIN_OK;
}

const struct tocsin_host child_host = {
    .abi = TOCSIN_PLUGIN_ABI,
    .size = sizeof(struct tocsin_host),
    .log = host_log,
    .fail = host_fail,
    .now_ms = host_now_ms,
    .request = host_request,
    .session = host_session,
    .expire = host_expire,
    .post = child_post,
    .gap = host_gap,
    .partial = host_partial,
    .interval = host_interval,
    .limit = host_limit,
    .spend = host_spend,
    .cursor = host_cursor,
    .set_cursor = host_set_cursor,
    .delivered = host_delivered,
    .answer = host_answer,
};
