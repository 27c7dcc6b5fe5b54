/* The public side of fetch: takes requests, keeps their order, and lets them go in turn. */
#include "fetch/fetch.h"

#include <sodium.h>
#include <stdlib.h>

#include "fetch/job.h"
#include "fetch/request.h"

/* Where a server's operator can read what we are; `user_agent` says it better. */
#define ABOUT_URL (*PACKAGE_URL ? PACKAGE_URL : "https://tocsin.example/about")

int64_t
fetch_mono(const struct fetch *f)
{
    return clock_mono(f->o.clock);
}

int64_t
fetch_wall(const struct fetch *f)
{
    return clock_wall(f->o.clock);
}

/* ---- soon: work that must not be done where it was noticed ---------------- */

void
fetch_soon(struct job *j)
{
    struct fetch *f = j->f;

    if (j->is_soon)
        return;
    j->is_soon = true;
    j->next_soon = NULL;
    if (f->last_soon)
        f->last_soon->next_soon = j;
    else
        f->first_soon = j;
    f->last_soon = j;
}

static void
on_soon(uv_timer_t *t)
{
    struct fetch *f = t->data;
    struct job *last = f->last_soon;

    while (f->first_soon && !f->is_closing) {
        struct job *j = f->first_soon;
        f->first_soon = j->next_soon;
        if (!f->first_soon)
            f->last_soon = NULL;
        j->is_soon = false;
        bool was_last = j == last;
        if (j->state == JOB_NEW)
            job_advance(j);
        else if (j->frames)
            job_deliver(j);
        if (was_last)
            break;
    }
    fetch_dispatch(f);
}

static void
arm_soon(struct fetch *f)
{
    if (f->first_soon && !f->is_closing && !uv_is_active((uv_handle_t *)&f->soon))
        uv_timer_start(&f->soon, on_soon, 0, 0);
}

static void
on_turn(uv_timer_t *t)
{
    fetch_dispatch(t->data);
}

void
fetch_dispatch(struct fetch *f)
{
    struct polite_ticket *t;
    int64_t wait_ms = -1;

    while (!f->is_closing && (t = polite_next(f->polite, fetch_mono(f), &wait_ms)))
        job_start((struct job *)((char *)t - offsetof(struct job, ticket)));
    if (f->is_closing)
        return;
    if (wait_ms >= 0)
        uv_timer_start(&f->turn, on_turn, (uint64_t)(wait_ms > 0 ? wait_ms : 1), 0);
    arm_soon(f);
}

/* ---- life ------------------------------------------------------------------ */

static const char *
keep(struct fetch *f, const char *z)
{
    return z ? arena_z(f->arena, str_z(z)) : NULL;
}

static void
set_defaults(struct fetch *f, const struct fetch_options *o)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

    f->o = *o;
    if (o->user_agent)
        f->o.user_agent = keep(f, o->user_agent);
    else
        f->o.user_agent = arena_fmt(f->arena, "tocsin/%s (+%s%s%s)", PACKAGE_VERSION, ABOUT_URL,
                                    o->contact ? "; " : "", o->contact ? o->contact : "");
    f->o.ca_info = keep(f, o->ca_info ? o->ca_info : curl->cainfo);
    f->o.record_dir = keep(f, o->record_dir);
    f->o.replay_dir = keep(f, o->replay_dir);
    if (!f->o.max_body)
        f->o.max_body = (size_t)8 << 20;
    if (!f->o.timeout_ms)
        f->o.timeout_ms = 30000;
    if (!f->o.max_in_flight)
        f->o.max_in_flight = 256;
    if (!f->o.per_host)
        f->o.per_host = 2;
    if (!f->o.gap_ms)
        f->o.gap_ms = 1000;
    if (f->o.gap_ms < 0)
        f->o.gap_ms = 0;
    if (!f->o.clock)
        f->o.clock = &clock_system;
}

static void
free_parts(struct fetch *f)
{
    replay_close(f);
    polite_free(f->polite);
    hash_free(f->askers, NULL);
    arena_free(f->arena);
    free(f);
}

int
fetch_new(struct fetch **out, uv_loop_t *loop, const struct fetch_options *o, struct err *err)
{
    struct fetch *f = calloc(1, sizeof *f);

    if (!f)
        return err_set(err, ERR_NOMEM, "fetch: no memory");
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(f);
        return err_set(err, ERR_UNAVAILABLE, "fetch: libcurl or libsodium does not start");
    }
    f->loop = loop;
    f->arena = arena_new((size_t)1 << 20);
    if (f->arena)
        set_defaults(f, o);
    f->askers = hash_new();
    f->polite = polite_new(&(struct polite_limits){
        .per_site = f->o.per_host, .in_flight = f->o.max_in_flight, .gap_ms = f->o.gap_ms });
    if (!f->arena || !f->askers || !f->polite) {
        free_parts(f);
        return err_set(err, ERR_NOMEM, "fetch: no memory");
    }
    if (record_open(f, err) < 0 || replay_open(f, err) < 0 || loop_open(f, err) < 0) {
        free_parts(f);
        return -1;
    }
    *out = f;
    return 0;
}

void
fetch_handle_closed(struct fetch *f)
{
    if (--f->open_handles == 0 && f->is_closing)
        free_parts(f);
}

static void
cancel_all(struct asker *a, const char *why)
{
    a->is_forgotten = true;
    while (a->jobs)
        job_finish(a->jobs, FETCH_FAILED, why);
    while (a->sessions) {
        struct session *s = a->sessions;
        a->sessions = s->next;
        session_free(s);
    }
    free(a);
}

static int
any_asker(void *ctx, struct tocsin_str key, void *value)
{
    (void)key;
    *(struct asker **)ctx = value;
    return 1;
}

static void
remove_asker(struct fetch *f, const struct fetch_who *who, const char *why)
{
    struct asker *a = hash_remove(f->askers, (struct tocsin_str){ (char *)&who, sizeof who });

    if (a)
        cancel_all(a, why);
}

void
fetch_free(struct fetch *f)
{
    struct asker *a = NULL;

    if (!f || f->is_closing)
        return;
    f->is_closing = true;
    while (hash_each(f->askers, any_asker, &a))
        remove_asker(f, a->who, "stopped: the daemon is ending");
    loop_close(f);
}

void
fetch_forget(struct fetch *f, const struct fetch_who *who)
{
    remove_asker(f, who, "stopped: its source or notifier is gone");
    fetch_dispatch(f);
}

/* ---- requests --------------------------------------------------------------- */

static struct asker *
get_asker(struct fetch *f, const struct fetch_who *who)
{
    struct tocsin_str key = { (char *)&who, sizeof who };
    struct asker *a = hash_find(f->askers, key);

    if (a)
        return a;
    a = calloc(1, sizeof *a);
    if (!a || hash_set(f->askers, key, a, NULL) < 0) {
        free(a);
        return NULL;
    }
    a->f = f;
    a->who = who;
    return a;
}

struct job *
fetch_add(struct asker *a, const struct tocsin_request *r, const struct validators *v,
          fetch_done done, void *ctx, struct err *err)
{
    struct job *j = job_new(a->f, r, v, err);

    if (!j)
        return NULL;
    j->asker = a;
    j->done = done;
    j->ctx = ctx;
    j->next = a->jobs;
    if (j->next)
        j->next->prev = j;
    a->jobs = j;
    a->f->n_jobs++;
    fetch_soon(j);
    arm_soon(a->f);
    return j;
}

int
fetch_send(struct fetch *f, const struct fetch_who *who, const struct tocsin_request *r,
           const struct validators *v, fetch_done done, void *ctx, struct err *err)
{
    struct asker *a = f->is_closing ? NULL : get_asker(f, who);

    if (!a)
        return err_set(err, f->is_closing ? ERR_BUSY : ERR_NOMEM, "fetch: %s",
                       f->is_closing ? "the daemon is ending" : "no memory");
    return fetch_add(a, r, v, done, ctx, err) ? 0 : -1;
}

int
fetch_session(struct fetch *f, const struct fetch_who *who, const struct tocsin_session *decl,
              struct err *err)
{
    struct asker *a = f->is_closing ? NULL : get_asker(f, who);
    struct arena *arena = arena_new((size_t)1 << 20);
    const struct tocsin_session *copy = arena && a ? session_copy(arena, decl) : NULL;

    if (!copy || !copy->name || !copy->mint || !copy->value_at) {
        arena_free(arena);
        return err_set(err, copy ? ERR_DATA : ERR_NOMEM,
                       copy ? "a session needs name, mint and value_at" : "fetch: no memory");
    }
    struct session *s = session_find(a, copy->name);
    if (!s) {
        s = calloc(1, sizeof *s);
        if (!s) {
            arena_free(arena);
            return err_set(err, ERR_NOMEM, "fetch: no memory");
        }
        s->asker = a;
        s->next = a->sessions;
        a->sessions = s;
    }
    arena_free(s->arena);
    s->arena = arena;
    s->decl = copy;
    return 0;
}

void
fetch_expire(struct fetch *f, const struct fetch_who *who, const char *name)
{
    struct asker *a = hash_find(f->askers, (struct tocsin_str){ (char *)&who, sizeof who });
    struct session *s = a ? session_find(a, name) : NULL;

    if (s)
        s->expires_ms = 1; /* long ago */
}

size_t
fetch_in_flight(const struct fetch *f)
{
    return f->n_jobs;
}
