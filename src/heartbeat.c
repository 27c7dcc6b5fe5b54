/* heartbeat - a canary through the pipeline, then a request outwards. */
#include "heartbeat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/parse.h"
#include "base/url.h"
#include "engine.h"

#define CANARY_ARENA (1 << 20)
#define LOOK_MS MS_MINUTE /* without a heartbeat configured: has one come with a reload? */

struct heartbeat {
    struct engine *e;
    uv_timer_t *timer;
    struct fetch_who who;
    char host[256];
    const char *hosts[1];
};

/* One canary on its way; may outlive the heartbeat when the engine ends. */
struct canary {
    struct engine *e;
    struct setup *setup;
};

static void on_timer(uv_timer_t *t);

static void
arm(struct heartbeat *h)
{
    const struct config *c = h->e->setup->config;
    int64_t wait = c->heartbeat_url ? c->heartbeat_ms : LOOK_MS;

    if (!h->e->is_ending)
        uv_timer_start(h->timer, on_timer, (uint64_t)wait, 0);
}

static void
on_answer(void *ctx, const struct fetch_result *r)
{
    (void)ctx;
    if (r->outcome != FETCH_OK)
        log_warn("heartbeat", NULL, "the heartbeat was not taken: %s", r->why);
}

static void
ping(struct heartbeat *h, const char *url)
{
    struct err err = { 0 };
    struct tocsin_part part = { .kind = TOCSIN_PART_TEXT, .text = str_z(url) };
    struct tocsin_request r = { .size = sizeof r, .url = { &part, 1 } };

    snprintf(h->host, sizeof h->host, "%.*s", STR_FMT(url_host(str_z(url))));
    h->hosts[0] = h->host;
    h->who = (struct fetch_who){ .subject = "heartbeat",
                                 .hosts = { h->hosts, 1 },
                                 .allow_private = true };
    if (fetch_send(h->e->fetch, &h->who, &r, NULL, on_answer, h, &err) != 0)
        log_err(LOG_WARN_, "heartbeat", NULL, &err);
}

static void
came_through(void *ctx, struct batch *b, const struct err *err)
{
    struct canary *c = ctx;

    (void)b;
    if (err)
        log_err(LOG_ERROR_, "heartbeat", "the canary did not come through", err);
    else if (!c->e->is_ending && c->setup->config->heartbeat_url)
        ping(c->e->heartbeat, c->setup->config->heartbeat_url);
    setup_unref(c->setup);
    free(c);
}

static struct batch *
make_canary(struct setup *s, int64_t now_ms)
{
    struct arena *a = arena_new(CANARY_ARENA);
    struct batch *b = a ? arena_alloc(a, sizeof *b) : NULL;
    struct post *p = b ? arena_alloc(a, sizeof *p) : NULL;

    if (!p) {
        arena_free(a);
        return NULL;
    }
    *p = (struct post){ .source = STR_LIT("canary"),
                        .service = STR_LIT("canary"),
                        .id = STR_LIT("canary"),
                        .lang = STR_LIT("en"),
                        .rating = NAN,
                        .published_ms = now_ms,
                        .author = { .followers = -1 } };
    p->text.text = STR_LIT("The canary sings: still waiting for my refund, this is a disgrace!");
    *b = (struct batch){ .arena = a,
                         .setup = s,
                         .posts = p,
                         .n_posts = 1,
                         .is_canary = true,
                         .state = { .name = STR_LIT("canary") } };
    return b;
}

static void
send_canary(struct heartbeat *h)
{
    struct err err = { 0 };
    struct canary *c = calloc(1, sizeof *c);
    struct batch *b = c ? make_canary(h->e->setup, clock_wall(h->e->o.clock)) : NULL;

    if (!b) {
        free(c);
        return;
    }
    *c = (struct canary){ h->e, setup_ref(h->e->setup) };
    if (pipeline_inject(h->e->pipeline, b, came_through, c, &err) == 0)
        return;
    log_err(LOG_ERROR_, "heartbeat", NULL, &err);
    arena_free(b->arena);
    setup_unref(c->setup);
    free(c);
}

static void
on_timer(uv_timer_t *t)
{
    struct heartbeat *h = t->data;

    if (h->e->setup->config->heartbeat_url)
        send_canary(h);
    arm(h);
}

int
heartbeat_new(struct heartbeat **out, struct engine *e, struct err *err)
{
    struct heartbeat *h = calloc(1, sizeof *h);

    if (h)
        h->timer = calloc(1, sizeof *h->timer);
    if (!h || !h->timer) {
        free(h);
        return err_set(err, ERR_NOMEM, "no memory for the heartbeat");
    }
    h->e = e;
    uv_timer_init(e->loop, h->timer);
    h->timer->data = h;
    *out = h;
    return 0;
}

void
heartbeat_start(struct heartbeat *h)
{
    uv_timer_start(h->timer, on_timer, 0, 0);
}

void
heartbeat_free(struct heartbeat *h)
{
    if (!h)
        return;
    uv_close((uv_handle_t *)h->timer, (uv_close_cb)free);
    if (h->e->fetch)
        fetch_forget(h->e->fetch, &h->who);
    free(h);
}
