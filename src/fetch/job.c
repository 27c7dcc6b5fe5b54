/* One request's life: what it does next, and how it ends. */
#include "fetch/job.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/log.h"
#include "fetch/request.h"

enum { JOB_ARENA_MAX = 32 << 20 };

static void
free_job(struct job *j)
{
    while (j->frames) {
        struct frame *next = j->frames->next;
        frame_free(j->frames);
        j->frames = next;
    }
    stream_frames_free(j->stream);
    curl_slist_free_all(j->headers);
    curl_slist_free_all(j->receivers);
    buf_free(&j->out);
    buf_free(&j->head);
    buf_free(&j->body);
    masks_free(&j->masks);
    arena_free(j->arena);
    free(j);
}

static int
copy_validators(struct job *j, const struct validators *v)
{
    if (!v)
        return 0;
    if (v->etag && !(j->validators.etag = arena_z(j->arena, str_z(v->etag))))
        return -1;
    if (v->last_modified &&
        !(j->validators.last_modified = arena_z(j->arena, str_z(v->last_modified))))
        return -1;
    return 0;
}

struct job *
job_new(struct fetch *f, const struct tocsin_request *r, const struct validators *v,
        struct err *err)
{
    struct job *j = calloc(1, sizeof *j);

    if (j) {
        j->f = f;
        buf_init(&j->out, JOB_ARENA_MAX);
        buf_init(&j->head, MAX_HEAD);
        buf_init(&j->body, f->o.max_body);
        j->arena = arena_new(JOB_ARENA_MAX);
    }
    if (j && j->arena)
        j->req = request_copy(j->arena, r);
    if (!j || !j->req || copy_validators(j, v) < 0) {
        if (j)
            free_job(j);
        err_set(err, ERR_NOMEM, "fetch: no memory, or a request of more than 32 MB");
        return NULL;
    }
    j->is_stream = (j->req->flags & (TOCSIN_REQ_SSE | TOCSIN_REQ_JSONL)) != 0;
    return j;
}

/* Mail for the server of this very machine: nothing else is called localhost, it is where mail
 * goes unless told otherwise, and its answer shows nothing. */
static bool
is_own_mail(const struct job *j)
{
    return j->req->kind == TOCSIN_REQ_SMTP && j->at.host && strcmp(j->at.host, "localhost") == 0;
}

bool
job_allows_private(const struct job *j)
{
    return j->f->o.allow_private || j->asker->who->allow_private || is_own_mail(j);
}

/* ---- secrets ------------------------------------------------------------------ */

struct tocsin_str
job_find_secret(void *ctx, const char *name)
{
    const struct job *j = ctx;
    const struct fetch_who *who = j->asker->who;
    const struct session *s = session_find(j->asker, name);

    if (s && j->mints == s)
        return s->refresh && s->is_refresh ? str_z(s->refresh) : STR_NONE;
    if (s)
        return s->token ? str_z(s->token) : STR_NONE;
    for (size_t i = 0; i < who->n_secrets; i++)
        if (strcmp(who->secrets[i].option, name) == 0)
            return str_z(who->secrets[i].value);
    return STR_NONE;
}

static void
hide_known(struct job *j)
{
    const struct fetch_who *who = j->asker->who;

    for (size_t i = 0; i < who->n_secrets; i++)
        masks_add_secret(&j->masks, str_z(who->secrets[i].value));
    for (const struct session *s = j->asker->sessions; s; s = s->next) {
        masks_add_secret(&j->masks, str_z(s->token));
        masks_add_secret(&j->masks, str_z(s->refresh));
    }
}

void
job_key(struct job *j, struct buf *out)
{
    buf_fmt(out, "%s ", j->req->kind == TOCSIN_REQ_HTTP ? j->method : request_verb(j->req));
    if (j->req->kind == TOCSIN_REQ_FILE || j->req->kind == TOCSIN_REQ_EXEC) {
        buf_z(out, j->req->option ? j->req->option : "");
        return;
    }
    if (masks_apply(&j->masks, str_z(j->at.text), out) < 0)
        buf_z(out, "***");
    if (j->req->kind == TOCSIN_REQ_IMAP_LIST || j->req->kind == TOCSIN_REQ_IMAP_FETCH)
        buf_fmt(out, " %s %llu", j->req->folder ? j->req->folder : "INBOX",
                (unsigned long long)j->req->uid);
}

/* ---- on the way ---------------------------------------------------------------- */

static int
prepare(struct job *j, struct err *err)
{
    switch (j->req->kind) {
    case TOCSIN_REQ_HTTP:
        return http_prepare(j, err);
    case TOCSIN_REQ_SMTP:
    case TOCSIN_REQ_IMAP_LIST:
    case TOCSIN_REQ_IMAP_FETCH:
        return mail_prepare(j, err);
    case TOCSIN_REQ_EXEC:
        j->is_local = true;
        j->site = (char *)arena_fmt(j->arena, "exec:%s", j->asker->who->subject);
        return j->site ? 0 : err_set(err, ERR_NOMEM, "no memory");
    default:
        return err_set(err, ERR_DATA, "request of unknown kind %u; see TOCSIN_REQ_* in plugin.h",
                       (unsigned)j->req->kind);
    }
}

/* Tells the asker at once when its site wants to be left alone. */
static bool
is_deferred(struct job *j)
{
    struct fetch *f = j->f;
    int64_t now = fetch_mono(f), until = polite_deferred(f->polite, str_z(j->site), now);

    if (!until)
        return false;
    j->retry_at_ms = fetch_wall(f) + (until - now);
    job_fail(j, FETCH_THROTTLED, "%s has asked us to wait; this request was not sent", j->site);
    return true;
}

static void
enqueue(struct job *j)
{
    struct fetch *f = j->f;
    bool is_spaced = f->o.gap_ms > 0 && !(j->is_local && job_allows_private(j)) &&
                     j->req->kind != TOCSIN_REQ_EXEC;

    if (is_deferred(j))
        return;
    if (polite_queue(f->polite, &j->ticket, str_z(j->site), is_spaced, fetch_mono(f)) < 0)
        job_fail(j, FETCH_FAILED, "no memory");
    else
        j->state = JOB_QUEUED;
}

void
job_advance(struct job *j)
{
    struct err err = { ERR_NONE, "" };

    if (!j->began_ms) {
        j->began_ms = fetch_mono(j->f) + 1; /* 0 is not yet */
        j->ticket.is_urgent = strncmp(j->asker->who->subject, "notifier=", 9) == 0;
    }
    if (j->fault != FETCH_OK) {
        job_finish(j, j->fault, j->fault_why);
        return;
    }
    if (!session_ready(j))
        return;
    hide_known(j);
    if (j->f->replay) {
        if (j->req->kind != TOCSIN_REQ_FILE && j->req->kind != TOCSIN_REQ_EXEC &&
            prepare(j, &err) < 0)
            job_fail(j, FETCH_REFUSED, "%s", err.msg);
        else
            replay_answer(j);
        return;
    }
    if (j->req->kind == TOCSIN_REQ_FILE)
        file_run(j);
    else if (prepare(j, &err) < 0)
        job_fail(j, FETCH_REFUSED, "%s", err.msg);
    else
        enqueue(j);
}

void
job_start(struct job *j)
{
    static void (*const setups[])(struct job *) = {
        [TOCSIN_REQ_HTTP] = http_setup,
        [TOCSIN_REQ_SMTP] = smtp_setup,
        [TOCSIN_REQ_IMAP_LIST] = imap_setup,
        [TOCSIN_REQ_IMAP_FETCH] = imap_setup,
    };

    j->state = JOB_RUNNING;
    if (j->req->kind == TOCSIN_REQ_EXEC) {
        exec_run(j);
        return;
    }
    j->easy = loop_take_easy(j->f);
    if (!j->easy) {
        job_fail(j, FETCH_FAILED, "no memory");
        return;
    }
    transfer_setup(j);
    setups[j->req->kind](j);
    if (loop_start(j) < 0)
        job_fail(j, FETCH_FAILED, "libcurl does not take the request for %s", j->at.host);
}

void
job_stop(struct job *j)
{
    struct fetch *f = j->f;

    loop_stop(j);
    exec_stop(j);
    session_leave(j);
    polite_done(f->polite, &j->ticket, fetch_mono(f));
}

void
job_again(struct job *j)
{
    buf_reset(&j->head);
    buf_reset(&j->body);
    buf_reset(&j->out);
    j->n_sent = j->n_raw = 0;
    j->n_head = 0;
    j->status = 0;
    j->is_gzip = j->is_chunked = false;
    j->fields = (struct head){ 0 };
    j->state = JOB_NEW;
    fetch_soon(j);
}

void
job_answered(struct job *j)
{
    if (j->mints && j->fault == FETCH_OK)
        session_take(j);
    if (j->f->o.record_dir && j->fault == FETCH_OK && !j->is_stream)
        record_write(j);
    if (j->is_stream) {
        j->busy++;
        stream_end(j);
        j->busy--;
        if (j->state == JOB_OVER) {
            free_job(j);
            return;
        }
    }
    if (j->fault != FETCH_OK)
        job_finish(j, j->fault, j->fault_why);
    else if (j->req->kind == TOCSIN_REQ_HTTP)
        http_done(j);
    else if (j->req->kind == TOCSIN_REQ_SMTP)
        smtp_done(j);
    else if (j->req->kind == TOCSIN_REQ_EXEC)
        exec_done(j);
    else
        job_finish(j, FETCH_OK, "");
}

void
job_transferred(struct job *j, CURLcode code)
{
    long status = 0;

    curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &status);
    j->status = (int)status;
    const char *why = code == CURLE_OK ? "" : transfer_why(j, code);
    job_stop(j);
    bool has_reply = j->req->kind == TOCSIN_REQ_SMTP && j->status >= 400;
    if (code != CURLE_OK && !has_reply)
        job_fault(j, code == CURLE_LOGIN_DENIED ? FETCH_DENIED : FETCH_FAILED, "%s", why);
    else if (j->req->kind == TOCSIN_REQ_IMAP_LIST || j->req->kind == TOCSIN_REQ_IMAP_FETCH)
        imap_done(j);
    job_answered(j);
}

/* ---- its end -------------------------------------------------------------------- */

static void
leave_soon(struct job *j)
{
    struct fetch *f = j->f;
    struct job **at = &f->first_soon, *before = NULL;

    if (!j->is_soon)
        return;
    for (; *at != j; at = &(*at)->next_soon)
        before = *at;
    *at = j->next_soon;
    if (f->last_soon == j)
        f->last_soon = before;
    j->is_soon = false;
}

static void
leave(struct job *j)
{
    leave_soon(j);
    if (j->prev)
        j->prev->next = j->next;
    else
        j->asker->jobs = j->next;
    if (j->next)
        j->next->prev = j->prev;
    j->prev = j->next = NULL;
    j->f->n_jobs--;
}

void
job_finish(struct job *j, enum fetch_outcome outcome, const char *why)
{
    struct tocsin_response response;
    struct fetch_result r;

    if (j->state == JOB_OVER)
        return;
    job_stop(j);
    j->state = JOB_OVER;
    result_fill(j, outcome, why, &r, &response);
    leave(j);
    j->done(j->ctx, &r);
    if (!j->busy)
        free_job(j);
}

void
job_fail(struct job *j, enum fetch_outcome outcome, const char *fmt, ...)
{
    struct err err;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(err.msg, sizeof err.msg, fmt, ap);
    va_end(ap);
    job_finish(j, outcome, err.msg);
}

void
job_fault(struct job *j, enum fetch_outcome outcome, const char *fmt, ...)
{
    struct err err;
    va_list ap;

    if (j->fault != FETCH_OK)
        return;
    va_start(ap, fmt);
    vsnprintf(err.msg, sizeof err.msg, fmt, ap);
    va_end(ap);
    j->fault = outcome;
    j->fault_why = arena_z(j->arena, str_z(err.msg));
    if (!j->fault_why)
        j->fault_why = "no memory";
}

void
job_deliver(struct job *j)
{
    while (j->frames && j->state != JOB_OVER) {
        struct frame *fr = j->frames;
        struct tocsin_response response;
        struct fetch_result r;

        j->frames = fr->next;
        if (!j->frames)
            j->last_frame = NULL;
        result_frame(j, fr, &r, &response);
        j->busy++;
        j->done(j->ctx, &r);
        j->busy--;
        frame_free(fr);
    }
    if (j->state == JOB_OVER && !j->busy)
        free_job(j);
}
