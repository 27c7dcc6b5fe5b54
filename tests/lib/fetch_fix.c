/* A fetch, a loop and a server for one test. */
#include "lib/fetch_fix.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct secret_value secrets[] = { { "token", "s3cr&t/\"valu\xc3\xa9" },
                                               { "password", "open sesame" } };
static const char *const hosts[] = { "127.0.0.1" };

static int64_t
wall(void *ctx)
{
    const struct fetch_fix *x = ctx;
    return clock_wall(&clock_system) + x->wall_add_ms;
}

static int64_t
mono(void *ctx)
{
    const struct fetch_fix *x = ctx;
    return clock_mono(&clock_system) + x->mono_add_ms;
}

void
fix_open(struct fetch_fix *x, const struct fetch_options *o)
{
    struct fetch_options defaults = { .allow_private = true };
    struct err err;

    memset(x, 0, sizeof *x);
    int rc = uv_loop_init(&x->loop);
    assert(rc == 0);
    x->server = http_server_start();
    assert(x->server);
    x->clock = (struct clock){ wall, mono, x };
    if (o)
        defaults = *o;
    if (!defaults.clock)
        defaults.clock = &x->clock;
    rc = fetch_new(&x->f, &x->loop, &defaults, &err);
    if (rc < 0)
        fprintf(stderr, "fetch_new: %s\n", err.msg);
    assert(rc == 0);
    x->who = (struct fetch_who){
        .subject = "source=test",
        .hosts = { hosts, 1 },
        .secrets = secrets,
        .n_secrets = 2,
    };
}

void
fix_close(struct fetch_fix *x)
{
    fetch_free(x->f);
    uv_run(&x->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&x->loop);
    if (rc)
        uv_print_all_handles(&x->loop, stderr);
    assert(rc == 0);
    http_server_stop(x->server);
}

static char *
append(char *to, size_t *n, const char *p, size_t m)
{
    to = realloc(to, *n + m + 1);
    assert(to);
    if (m)
        memcpy(to + *n, p, m);
    *n += m;
    to[*n] = '\0';
    return to;
}

static void
keep_frame(struct got *g, const struct tocsin_response *p)
{
    size_t n = g->frames ? strlen(g->frames) : 0;

    g->frames = append(g->frames, &n, p->event.p, p->event.n);
    g->frames = append(g->frames, &n, "|", 1);
    g->frames = append(g->frames, &n, p->body.p, p->body.n);
    g->frames = append(g->frames, &n, "\n", 1);
    g->n_frames++;
}

static void
keep_response(struct got *g, const struct tocsin_response *p)
{
    size_t n = 0;

    snprintf(g->url, sizeof g->url, "%s", p->url);
    g->body = append(NULL, &g->n_body, p->body.p, p->body.n);
    g->headers = append(NULL, &n, "", 0);
    for (size_t i = 0; i < p->n_headers; i++) {
        g->headers = append(g->headers, &n, p->headers[i].name.p, p->headers[i].name.n);
        g->headers = append(g->headers, &n, ": ", 2);
        g->headers = append(g->headers, &n, p->headers[i].value.p, p->headers[i].value.n);
        g->headers = append(g->headers, &n, "\n", 1);
    }
}

static void
done(void *ctx, const struct fetch_result *r)
{
    struct got *g = ctx;

    if (r->response && (r->response->flags & TOCSIN_RESP_FRAME)) {
        keep_frame(g, r->response);
        return;
    }
    assert(!g->is_done);
    g->is_done = true;
    g->outcome = r->outcome;
    g->status = r->status;
    snprintf(g->why, sizeof g->why, "%s", r->why);
    g->has_etag = r->validators.etag != NULL;
    g->has_last_modified = r->validators.last_modified != NULL;
    g->has_moved = r->moved_to != NULL;
    snprintf(g->etag, sizeof g->etag, "%s", g->has_etag ? r->validators.etag : "");
    snprintf(g->last_modified, sizeof g->last_modified, "%s",
             g->has_last_modified ? r->validators.last_modified : "");
    snprintf(g->moved_to, sizeof g->moved_to, "%s", g->has_moved ? r->moved_to : "");
    g->retry_at_ms = r->retry_at_ms;
    g->max_age_s = r->max_age_s;
    g->defers_domain = r->defers_domain;
    if (r->response)
        keep_response(g, r->response);
}

void
fix_send(struct fetch_fix *x, const struct fetch_who *who, const struct tocsin_request *r,
         const struct validators *v, struct got *g)
{
    struct err err;

    memset(g, 0, sizeof *g);
    int rc = fetch_send(x->f, who ? who : &x->who, r, v, done, g, &err);
    assert(rc == 0);
    assert(!g->is_done); /* later, from the loop */
}

void
fix_wait(struct fetch_fix *x, struct got *g)
{
    while (!g->is_done)
        uv_run(&x->loop, UV_RUN_ONCE);
}

void
fix_do(struct fetch_fix *x, const struct tocsin_request *r, const struct validators *v,
       struct got *g)
{
    fix_send(x, NULL, r, v, g);
    fix_wait(x, g);
}

void
fix_get(struct fetch_fix *x, const char *path, const struct validators *v, struct got *g)
{
    const char *url = strstr(path, "://") ? path : http_server_url(x->server, path);
    struct tocsin_part part = { .text = { url, strlen(url) } };
    struct tocsin_request r = { .size = sizeof r, .url = { &part, 1 }, .tag = 7 };

    fix_do(x, &r, v, g);
}

void
got_free(struct got *g)
{
    free(g->body);
    free(g->headers);
    free(g->frames);
    memset(g, 0, sizeof *g);
}
