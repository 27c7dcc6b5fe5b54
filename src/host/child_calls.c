/* child_calls.c - a small cache of opened instances, and one call of the plugin. */
#include "host/child_calls.h"

#include <stdlib.h>

#include "host/child_conf.h"
#include "host/child_turn.h"
#include "host/trap.h"

enum { MAX_SELVES = 32 };

/* One opened instance; conf and the bytes of its options live in its arena. */
struct self {
    struct arena *arena;
    struct tocsin_str options;
    void *conf, *self;
    uint64_t used_at;
};

struct calls {
    const struct loaded *plugin;
    struct tocsin_turn turn;
    struct self selves[MAX_SELVES];
    size_t n_selves;
    uint64_t clock;
};

struct calls *
calls_new(const struct loaded *plugin, int fd)
{
    struct calls *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->plugin = plugin;
    if (child_turn_init(&c->turn, plugin, fd)) {
        calls_free(c);
        return NULL;
    }
    return c;
}

static void
close_self(struct calls *c, struct self *s)
{
    void (*closing)(void *) =
        c->plugin->source.close ? c->plugin->source.close : c->plugin->notifier.close;

    trap_at("close()");
    if (closing)
        closing(s->self);
    arena_free(s->arena);
}

void
calls_free(struct calls *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_selves; i++)
        close_self(c, &c->selves[i]);
    child_turn_free(&c->turn);
    free(c);
}

static struct self *
find_self(struct calls *c, struct tocsin_str options)
{
    for (size_t i = 0; i < c->n_selves; i++) {
        if (str_eq(c->selves[i].options, options))
            return &c->selves[i];
    }
    return NULL;
}

/* A free place: the one least recently used makes room. */
static struct self *
place_for_self(struct calls *c)
{
    size_t oldest = 0;

    if (c->n_selves < MAX_SELVES)
        return &c->selves[c->n_selves++];
    for (size_t i = 1; i < MAX_SELVES; i++) {
        if (c->selves[i].used_at < c->selves[oldest].used_at)
            oldest = i;
    }
    close_self(c, &c->selves[oldest]);
    return &c->selves[oldest];
}

static int
call_open(struct calls *c, struct self *s)
{
    const struct loaded *l = c->plugin;
    int (*opening)(const struct tocsin_host *, struct tocsin_turn *, const void *, void **) =
        l->source.open ? l->source.open : l->notifier.open;

    trap_at("open()");
    return opening ? opening(&child_host, &c->turn, s->conf, &s->self) : TOCSIN_OK;
}

/* 0 and *out, or the status to answer. */
static int
open_self(struct calls *c, struct self **out, const struct turn_in *in, struct tocsin_str options)
{
    struct self s = { .arena = arena_new(32u << 20) };
    struct err err = { 0 };
    int status = TOCSIN_NOMEM;

    if (!s.arena)
        return status;
    s.options = arena_str(s.arena, options);
    if (!s.options.p)
        goto fail;
    if (child_conf(&s.conf, c->plugin, in->options, s.arena, &err)) {
        child_host.fail(&c->turn, TOCSIN_BADCONF, "%s", err.msg);
        status = TOCSIN_BADCONF;
        goto fail;
    }
    status = call_open(c, &s);
    if (status)
        goto fail;
    *out = place_for_self(c);
    **out = s;
    return TOCSIN_OK;
fail:
    arena_free(s.arena);
    return status;
}

static int
call_source(struct calls *c, void *self, const struct turn_in *in)
{
    const struct tocsin_source *s = &c->plugin->source;

    if (in->call == CALL_PLAN) {
        trap_at("plan()");
        return s->plan(self, &c->turn);
    }
    if (in->call == CALL_PARSE && in->response) {
        trap_at("parse()");
        return s->parse(self, &c->turn, in->response);
    }
    return child_host.fail(&c->turn, TOCSIN_BADCONF, "a source has no such call");
}

static int
call_notifier(struct calls *c, void *self, const struct turn_in *in)
{
    const struct tocsin_notifier *n = &c->plugin->notifier;

    if (in->call == CALL_RENDER && in->alert) {
        trap_at("render()");
        return n->render(self, &c->turn, in->alert);
    }
    if (in->call == CALL_JUDGE && in->alert && in->response) {
        trap_at("judge()");
        return n->judge(self, &c->turn, in->alert, in->response);
    }
    if (in->call == CALL_POLL && n->poll && n->answers) {
        trap_at("poll()");
        return n->poll(self, &c->turn);
    }
    if (in->call == CALL_ANSWERS && n->answers && in->response) {
        trap_at("answers()");
        return n->answers(self, &c->turn, in->response);
    }
    return child_host.fail(&c->turn, TOCSIN_BADCONF, "this notifier has no such call");
}

struct turn_out *
calls_run(struct calls *c, const struct turn_in *in, struct tocsin_str options)
{
    struct self *s = find_self(c, options);
    int status = TOCSIN_OK;

    child_turn_begin(&c->turn, in);
    trap_new_turn();
    if (!s)
        status = open_self(c, &s, in, options);
    if (status == TOCSIN_OK) {
        s->used_at = ++c->clock;
        status = c->plugin->info.kind == TOCSIN_KIND_SOURCE ? call_source(c, s->self, in)
                                                            : call_notifier(c, s->self, in);
    }
    trap_at("between two calls");
    child_turn_end(&c->turn, status);
    return &c->turn.out;
}
