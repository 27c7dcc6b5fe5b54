/* libcurl's sockets and timers on the libuv loop. */
#include <stdlib.h>

#include "fetch/job.h"

/* A socket that libcurl watches. */
struct watch {
    struct pool *pool;
    curl_socket_t fd;
    uv_poll_t poll;
};

static void
collect(struct pool *p)
{
    struct fetch *f = p->f;
    CURLMsg *m;
    int left;

    while (!f->is_closing && (m = curl_multi_info_read(p->multi, &left))) {
        struct job *j = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &j);
        job_transferred(j, code);
    }
    fetch_dispatch(f);
}

static void
on_socket_ready(uv_poll_t *h, int status, int events)
{
    struct watch *w = h->data;
    struct pool *p = w->pool;
    int flags = 0, running;

    if (status < 0) /* let it read what is wrong: a reset of a kept connection is tried again */
        flags = CURL_CSELECT_IN | CURL_CSELECT_OUT;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(p->multi, w->fd, flags, &running);
    collect(p);
}

static void
on_timeout(uv_timer_t *t)
{
    struct pool *p = t->data;
    int running;

    curl_multi_socket_action(p->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(p);
}

static void
free_watch(uv_handle_t *h)
{
    struct watch *w = h->data;
    struct fetch *f = w->pool->f;

    free(w);
    fetch_handle_closed(f);
}

static struct watch *
new_watch(struct pool *p, curl_socket_t fd)
{
    struct watch *w = calloc(1, sizeof *w);

    if (!w)
        return NULL;
    w->pool = p;
    w->fd = fd;
    if (uv_poll_init_socket(p->f->loop, &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->poll.data = w;
    p->f->open_handles++;
    curl_multi_assign(p->multi, fd, w);
    return w;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *of_socket)
{
    struct pool *p = ctx;
    struct watch *w = of_socket;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            uv_poll_stop(&w->poll);
            uv_close((uv_handle_t *)&w->poll, free_watch);
            curl_multi_assign(p->multi, fd, NULL);
        }
        return 0;
    }
    if (!w)
        w = new_watch(p, fd);
    if (!w)
        return -1;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&w->poll, events, on_socket_ready) < 0 ? -1 : 0;
}

static int
on_timer(CURLM *multi, long ms, void *ctx)
{
    struct pool *p = ctx;

    (void)multi;
    if (p->f->is_closing)
        return 0;
    if (ms < 0)
        uv_timer_stop(&p->timer);
    else
        uv_timer_start(&p->timer, on_timeout, (uint64_t)ms, 0);
    return 0;
}

static void
open_timer(struct fetch *f, uv_timer_t *t, void *data)
{
    uv_timer_init(f->loop, t);
    t->data = data;
    f->open_handles++;
}

int
loop_open(struct fetch *f, struct err *err)
{
    for (int i = 0; i < POOLS; i++) {
        struct pool *p = &f->pools[i];
        p->f = f;
        p->multi = curl_multi_init();
        if (!p->multi) {
            while (i--)
                curl_multi_cleanup(f->pools[i].multi);
            return err_set(err, ERR_NOMEM, "fetch: no memory");
        }
        curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
        curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
        curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, on_timer);
        curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
        curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, (long)f->o.max_in_flight);
    }
    for (int i = 0; i < POOLS; i++)
        open_timer(f, &f->pools[i].timer, &f->pools[i]);
    open_timer(f, &f->soon, f);
    open_timer(f, &f->turn, f);
    return 0;
}

static void
on_timer_closed(uv_handle_t *h)
{
    fetch_handle_closed(h->data);
}

void
loop_close(struct fetch *f)
{
    for (int i = 0; i < POOLS; i++) {
        curl_multi_cleanup(f->pools[i].multi);
        f->pools[i].multi = NULL;
    }
    while (f->n_spare)
        curl_easy_cleanup(f->spare[--f->n_spare]);
    for (int i = 0; i < POOLS; i++) {
        f->pools[i].timer.data = f;
        uv_close((uv_handle_t *)&f->pools[i].timer, on_timer_closed);
    }
    uv_close((uv_handle_t *)&f->soon, on_timer_closed);
    uv_close((uv_handle_t *)&f->turn, on_timer_closed);
}

CURL *
loop_take_easy(struct fetch *f)
{
    return f->n_spare ? f->spare[--f->n_spare] : curl_easy_init();
}

int
loop_start(struct job *j)
{
    return curl_multi_add_handle(j->f->pools[j->pool].multi, j->easy) == CURLM_OK ? 0 : -1;
}

void
loop_stop(struct job *j)
{
    struct fetch *f = j->f;

    if (!j->easy)
        return;
    curl_multi_remove_handle(f->pools[j->pool].multi, j->easy);
    if (f->n_spare < sizeof f->spare / sizeof *f->spare) {
        curl_easy_reset(j->easy);
        f->spare[f->n_spare++] = j->easy;
    } else {
        curl_easy_cleanup(j->easy);
    }
    j->easy = NULL;
}
