/* Keeps requests to one site few and apart, whoever asks. */
#include "fetch/polite.h"

#include <assert.h>
#include <libpsl.h>
#include <stdlib.h>

#include "base/hash.h"
#include "fetch/guard.h"

enum site_place {
    SITE_IDLE,  /* nobody waits */
    SITE_READY, /* the first in its queue may start */
    SITE_TIMED, /* the first waits for next_start_ms */
    SITE_FULL,  /* the first waits for one that runs */
    SITE_PLACES
};

struct polite_site {
    char *name;
    enum site_place place;
    struct polite_site *prev, *next; /* in the list of its place */
    struct polite_ticket *first, *last;
    unsigned running;
    bool is_spaced;
    int64_t next_start_ms, deferred_until_ms;
};

struct site_list {
    struct polite_site *first, *last;
};

struct polite {
    struct polite_limits limits;
    struct hash *sites;
    struct site_list lists[SITE_PLACES];
    unsigned running;
};

struct polite *
polite_new(const struct polite_limits *l)
{
    struct polite *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->limits = *l;
    p->sites = hash_new();
    if (!p->sites) {
        free(p);
        return NULL;
    }
    return p;
}

static void
free_site(void *v)
{
    struct polite_site *s = v;
    free(s->name);
    free(s);
}

void
polite_free(struct polite *p)
{
    if (!p)
        return;
    hash_free(p->sites, free_site);
    free(p);
}

int
polite_site(struct tocsin_str host, struct tocsin_str port, struct buf *out, bool *is_local)
{
    char name[256];

    *is_local = guard_is_local_name(host) || host.n >= sizeof name;
    if (*is_local) {
        buf_str(out, host);
        buf_char(out, ':');
        return buf_str(out, port);
    }
    for (size_t i = 0; i < host.n; i++)
        name[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] + 32 : host.p[i]);
    size_t n = host.n;
    if (n && name[n - 1] == '.')
        n--;
    name[n] = '\0';
    const psl_ctx_t *psl = psl_builtin();
    const char *domain = psl ? psl_registrable_domain(psl, name) : NULL;
    return buf_z(out, domain ? domain : name);
}

static void
list_remove(struct polite *p, struct polite_site *s)
{
    struct site_list *l = &p->lists[s->place];

    if (s->prev)
        s->prev->next = s->next;
    else
        l->first = s->next;
    if (s->next)
        s->next->prev = s->prev;
    else
        l->last = s->prev;
    s->prev = s->next = NULL;
}

static void
list_put_after(struct site_list *l, struct polite_site *s, struct polite_site *before)
{
    s->prev = before;
    s->next = before ? before->next : l->first;
    if (s->next)
        s->next->prev = s;
    else
        l->last = s;
    if (before)
        before->next = s;
    else
        l->first = s;
}

/* The timed list is in order of time; gaps are alike, so the place is near its end. */
static void
list_insert(struct polite *p, struct polite_site *s)
{
    struct site_list *l = &p->lists[s->place];
    struct polite_site *before = l->last;

    while (s->place == SITE_TIMED && before && before->next_start_ms > s->next_start_ms)
        before = before->prev;
    list_put_after(l, s, before);
}

static enum site_place
right_place(const struct polite *p, const struct polite_site *s, int64_t now_ms)
{
    if (!s->first)
        return SITE_IDLE;
    if (s->running >= p->limits.per_site)
        return SITE_FULL;
    if (s->next_start_ms > now_ms && !s->first->is_urgent)
        return SITE_TIMED;
    return SITE_READY;
}

/* A ready site stays where it is, so that sites take turns. */
static void
settle(struct polite *p, struct polite_site *s, int64_t now_ms)
{
    enum site_place to = right_place(p, s, now_ms);

    if (to == s->place && to != SITE_TIMED)
        return;
    list_remove(p, s);
    s->place = to;
    list_insert(p, s);
}

/* Forgets up to two sites that nobody asked for longest and that have nothing to remember. */
static void
forget_idle(struct polite *p, int64_t now_ms)
{
    for (int i = 0; i < 2 && p->lists[SITE_IDLE].first; i++) {
        struct polite_site *s = p->lists[SITE_IDLE].first;
        list_remove(p, s);
        if (s->running || s->next_start_ms > now_ms || s->deferred_until_ms > now_ms) {
            list_insert(p, s);
            continue;
        }
        hash_remove(p->sites, str_z(s->name));
        free_site(s);
    }
}

static struct polite_site *
get_site(struct polite *p, struct tocsin_str name, int64_t now_ms)
{
    struct polite_site *s = hash_find(p->sites, name);

    if (s)
        return s;
    forget_idle(p, now_ms);
    s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->name = malloc(name.n + 1);
    if (!s->name)
        goto fail;
    memcpy(s->name, name.p, name.n);
    s->name[name.n] = '\0';
    if (hash_set(p->sites, name, s, NULL) < 0)
        goto fail;
    s->place = SITE_IDLE;
    list_insert(p, s);
    return s;
fail:
    free_site(s);
    return NULL;
}

int
polite_queue(struct polite *p, struct polite_ticket *t, struct tocsin_str site, bool is_spaced,
             int64_t now_ms)
{
    struct polite_site *s = get_site(p, site, now_ms);

    assert(!t->is_queued && !t->is_running);
    if (!s)
        return -1;
    s->is_spaced = is_spaced;
    t->site = s;
    t->is_queued = true;
    struct polite_ticket *before = s->last;
    while (t->is_urgent && before && !before->is_urgent)
        before = before->prev;
    t->prev = before;
    t->next = before ? before->next : s->first;
    *(before ? &before->next : &s->first) = t;
    *(t->next ? &t->next->prev : &s->last) = t;
    settle(p, s, now_ms);
    return 0;
}

static void
unqueue(struct polite_ticket *t)
{
    struct polite_site *s = t->site;

    *(t->prev ? &t->prev->next : &s->first) = t->next;
    *(t->next ? &t->next->prev : &s->last) = t->prev;
    t->prev = t->next = NULL;
    t->is_queued = false;
}

static void
wake_timed(struct polite *p, int64_t now_ms)
{
    struct polite_site *s;

    while ((s = p->lists[SITE_TIMED].first) && s->next_start_ms <= now_ms)
        settle(p, s, now_ms);
}

struct polite_ticket *
polite_next(struct polite *p, int64_t now_ms, int64_t *wait_ms)
{
    *wait_ms = -1;
    wake_timed(p, now_ms);
    struct polite_site *s = p->lists[SITE_READY].first;
    if (!s || p->running >= p->limits.in_flight) {
        if (p->running < p->limits.in_flight && p->lists[SITE_TIMED].first)
            *wait_ms = p->lists[SITE_TIMED].first->next_start_ms - now_ms;
        return NULL;
    }
    struct polite_ticket *t = s->first;
    unqueue(t);
    t->is_running = true;
    s->running++;
    p->running++;
    if (s->is_spaced)
        s->next_start_ms = now_ms + p->limits.gap_ms;
    list_remove(p, s); /* to the end of its list: sites take turns */
    s->place = right_place(p, s, now_ms);
    list_insert(p, s);
    return t;
}

void
polite_done(struct polite *p, struct polite_ticket *t, int64_t now_ms)
{
    struct polite_site *s = t->site;

    if (!s)
        return;
    if (t->is_queued)
        unqueue(t);
    if (t->is_running) {
        assert(s->running && p->running);
        s->running--;
        p->running--;
        t->is_running = false;
    }
    t->site = NULL;
    settle(p, s, now_ms);
}

int
polite_defer(struct polite *p, struct tocsin_str site, int64_t until_ms, int64_t now_ms)
{
    struct polite_site *s = get_site(p, site, now_ms);

    if (!s)
        return -1;
    if (s->deferred_until_ms < until_ms)
        s->deferred_until_ms = until_ms;
    return 0;
}

int64_t
polite_deferred(const struct polite *p, struct tocsin_str site, int64_t now_ms)
{
    const struct polite_site *s = hash_find(p->sites, site);

    return s && s->deferred_until_ms > now_ms ? s->deferred_until_ms : 0;
}
