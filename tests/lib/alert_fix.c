/* Makes posts and lets time pass over a real store, delivering to notifiers that only note. */
#include "alert_fix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/parse.h"

static struct alert_fix *clocked; /* one at a time: a clock's context is const */

static int64_t
wall(void *ctx)
{
    (void)ctx;
    return clocked->now_ms;
}
static const struct clock turned_clock = { wall, wall, NULL };

static void
must(struct alert_fix *f, int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %s\n", what, f->err.msg);
    abort();
}
#define MUST(f, call) must(f, (call), #call)

static void
fill_config(struct alert_fix *f)
{
    static const char *const all[] = { "ben-ntfy", "ana-mail", "chat" };
    static const char *const first[] = { "ben" }, *const second[] = { "ana", "chat" };
    static const char *const everybody[] = { "*" };

    f->whole.sources = hash_new();
    f->whole.notifiers = hash_new();
    for (size_t i = 0; i < 3; i++) {
        f->notifiers[i].name = all[i];
        if (hash_set(f->whole.notifiers, str_z(all[i]), &f->notifiers[i], NULL) != 0)
            abort();
    }
    f->staff[0] = (struct staff_conf){ .name = "ben", .notify = { all, 1 } };
    f->staff[1] = (struct staff_conf){ .name = "ana", .notify = { all + 1, 1 } };
    f->irate[0] = (struct step_conf){ .notify = { first, 1 }, .wait_ms = 10 * MS_MINUTE };
    f->irate[1] = (struct step_conf){ .notify = { second, 2 }, .repeat_ms = 15 * MS_MINUTE };
    f->crusade[0] = (struct step_conf){ .notify = { everybody, 1 }, .repeat_ms = 15 * MS_MINUTE };
    f->upset[0] = (struct step_conf){ .notify = { first, 1 } };
    f->policies[0] = (struct policy_conf){ .level = LEVEL_IRATE, .steps = f->irate, .n_steps = 2 };
    f->policies[1] =
        (struct policy_conf){ .level = LEVEL_CRUSADE, .steps = f->crusade, .n_steps = 1 };
    f->policies[2] = (struct policy_conf){ .level = LEVEL_UPSET, .steps = f->upset, .n_steps = 1 };
    f->brands[0] = (struct brand_def){ .name = "acme" };
    f->brands[1] = (struct brand_def){ .name = "zest" };
    f->config = &f->whole.pub;
    *f->config = (struct config){
        .notifiers = f->notifiers,
        .n_notifiers = 3,
        .staff = f->staff,
        .n_staff = 2,
        .policies = f->policies,
        .n_policies = 2,
        .notify = { all, 3 },
        .rules = { .brands = f->brands, .n_brands = 2 },
        .alerts = { .ack_expires_ms = 4 * MS_HOUR,
                    .reopen_ms = 14 * MS_DAY,
                    .reply_hold_ms = 30 * MS_MINUTE,
                    .crusade_window_ms = 48 * MS_HOUR,
                    .crusade_posts = 3,
                    .crusade_places = 2,
                    .storm_alerts = 5,
                    .storm_window_ms = 10 * MS_MINUTE,
                    .storm_rings_hour = 10,
                    .max_age_ms = MS_DAY,
                    .held_posts_day = 200,
                    .repeat_growth_pct = 200,
                    .repeat_max_ms = 4 * MS_HOUR },
        .keep_rejected_ms = 7 * MS_DAY,
    };
}

struct alert_fix *
alert_fix_new(void)
{
    struct alert_fix *f = calloc(1, sizeof *f);

    if (!f)
        abort();
    clocked = f;
    f->now_ms = FIX_NOW;
    f->arena = arena_new(64 << 20);
    snprintf(f->dir, sizeof f->dir, "alerts-XXXXXX");
    if (!f->arena || !mkdtemp(f->dir))
        abort();
    fill_config(f);
    MUST(f, store_open(&f->store, f->dir, STORE_WRITER, &turned_clock, &f->err));
    MUST(f, store_begin(f->store, &f->err));
    return f;
}

void
alert_fix_free(struct alert_fix *f)
{
    static const char *const files[] = { "tocsin.db", "tocsin.db-wal", "tocsin.db-shm",
                                         "writer.lock", "ballast" };
    char path[128];

    store_close(f->store);
    arena_free(f->arena);
    hash_free(f->whole.sources, NULL);
    hash_free(f->whole.notifiers, NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", f->dir, files[i]);
        unlink(path);
    }
    rmdir(f->dir);
    free(f);
}

void
alert_fix_reopen(struct alert_fix *f)
{
    MUST(f, store_commit(f->store, &f->err));
    store_close(f->store);
    f->store = NULL;
    MUST(f, store_open(&f->store, f->dir, STORE_WRITER, &turned_clock, &f->err));
    MUST(f, store_begin(f->store, &f->err));
}

struct escalate
alert_fix_escalate(struct alert_fix *f)
{
    return (struct escalate){ .store = f->store, .config = f->config, .now_ms = f->now_ms };
}

static struct post
post_of(struct alert_fix *f, const struct said *s)
{
    const char *text = s->text ? s->text : "Give me my money back, you thieves!";
    char *id = arena_alloc(f->arena, 32);

    snprintf(id, 32, "p%lld", (long long)++f->n_posts);
    return (struct post){
        .source = STR_LIT("forum"),
        .service = STR_LIT("rss"),
        .id = str_z(id),
        .url = str_z(arena_fmt(f->arena, "https://forum.example/%s", id)),
        .place = str_z(s->place ? s->place : "forum.example"),
        .thread = str_z(s->thread),
        .text.text = str_z(text),
        .published_ms = s->published_ms ? s->published_ms : f->now_ms - 4 * MS_MINUTE,
        .author = { .handle = str_z(s->who), .name = str_z(s->who), .followers = -1 },
        .rating = NAN,
        .replies = -1,
        .reposts = -1,
        .likes = -1,
    };
}

static void
put_mention(struct alert_fix *f, const struct said *s, struct raised *r)
{
    static const struct score_part part = { AXIS_IRATE, false, STR_LIT("anger words"),
                                            STR_LIT("thieves"), 34 };
    struct mention m = { .brand = r->brand };

    m.score = (struct score){ .sentiment = -0.6,
                              .label = -1,
                              .complaint = 0.8,
                              .irate = s->irate > 0 ? s->irate : 20.0 * (int)s->level,
                              .level = s->level,
                              .parts = &part,
                              .n_parts = 1 };
    MUST(f, store_put_mention(f->store, r->post, &m, f->now_ms, &r->mention, &f->err));
}

struct raised
alert_fix_post(struct alert_fix *f, const struct said *s)
{
    struct post p = post_of(f, s);
    struct post_facts facts = {
        .story = s->story, .is_ours = s->is_ours, .is_copy = s->is_copy, .is_drill = s->is_drill
    };
    struct raised r = {
        .brand = str_z(s->brand ? s->brand : "acme"),
        .place = p.place,
        .thread = p.thread,
        .level = s->level,
        .is_copy = s->is_copy,
        .is_drill = s->is_drill,
        .is_old = s->is_old,
        .about = p.text.text,
    };

    if (s->who)
        MUST(f, store_put_account(f->store, p.service, &p.author, f->now_ms, &facts.account,
                                  &r.person, &f->err));
    MUST(f, store_add_post(f->store, &p, &facts, f->now_ms, &r.post, &r.story, &f->err));
    if (!s->is_ours)
        put_mention(f, s, &r);
    return r;
}

int64_t
alert_fix_raise(struct alert_fix *f, const struct raised *r)
{
    struct escalate e = alert_fix_escalate(f);
    int64_t alert = 0;

    MUST(f, escalate_mention(&e, r, &alert, &f->err));
    return alert;
}

int64_t
alert_fix_say(struct alert_fix *f, const struct said *s)
{
    struct raised r = alert_fix_post(f, s);
    struct person p;

    if (s->is_ours)
        return 0;
    if (r.person != 0) {
        MUST(f, store_get_person(f->store, r.person, f->arena, &p, &f->err));
        r.is_friend = p.segment == SEGMENT_FRIEND;
    }
    return alert_fix_raise(f, &r);
}

int64_t
alert_fix_person(struct alert_fix *f, const char *who)
{
    struct author au = { .handle = str_z(who), .name = str_z(who), .followers = -1 };
    int64_t account, person = 0;

    MUST(f,
         store_put_account(f->store, STR_LIT("rss"), &au, f->now_ms, &account, &person, &f->err));
    return person;
}

void
alert_fix_segment(struct alert_fix *f, const char *who, enum segment segment)
{
    struct person p;

    MUST(f, store_get_person(f->store, alert_fix_person(f, who), f->arena, &p, &f->err));
    p.segment = segment;
    p.segment_by = STR_LIT("hand:test");
    MUST(f, store_save_person(f->store, &p, &f->err));
}

/* ---- time ------------------------------------------------------------------------------ */

static void
hand_over(struct alert_fix *f, const struct delivery *d)
{
    struct escalate e = alert_fix_escalate(f);
    struct told *t = &f->told[f->n_told++];
    struct delivery_result r = { .is_delivered = true, .handle = STR_LIT("h1") };

    if (f->n_told == MAX_TOLD) {
        fprintf(stderr, "too many messages\n");
        abort();
    }
    if ((f->failing && str_eq_z(d->notifier, f->failing)) ||
        (f->rejecting && str_eq_z(d->notifier, f->rejecting)))
        r = (struct delivery_result){ .why = STR_LIT("connection refused") };
    if (f->rejecting && str_eq_z(d->notifier, f->rejecting))
        r.is_rejected = true;
    *t = (struct told){
        .alert = d->alert, .at_ms = f->now_ms, .event = d->event, .is_ok = r.is_delivered
    };
    snprintf(t->notifier, sizeof t->notifier, "%.*s", STR_FMT(d->notifier));
    MUST(f, escalate_delivered(&e, d, &r, &f->err));
}

static void
do_due(struct alert_fix *f, int64_t *next_ms)
{
    struct escalate e = alert_fix_escalate(f);
    struct delivery *due = NULL;
    struct arena *a = arena_new(16 << 20);
    size_t n = 0;

    MUST(f, escalate_tick(&e, next_ms, &f->err));
    MUST(f, store_claim_deliveries(f->store, f->now_ms, MS_MINUTE, 100, a, &due, &n, &f->err));
    for (size_t i = 0; i < n; i++)
        hand_over(f, &due[i]);
    MUST(f, store_next_timer(f->store, next_ms, &f->err));
    arena_free(a);
}

void
alert_fix_go(struct alert_fix *f, int64_t ms)
{
    int64_t end = f->now_ms + ms, next = f->now_ms;

    for (int turns = 0; next <= end; turns++) {
        if (turns > 20000) {
            fprintf(stderr, "the timers stand still at minute %lld\n",
                    (long long)((f->now_ms - FIX_NOW) / MS_MINUTE));
            abort();
        }
        if (next > f->now_ms)
            f->now_ms = next;
        do_due(f, &next);
    }
    f->now_ms = end;
}

void
alert_fix_ack(struct alert_fix *f, int64_t alert, const char *by)
{
    struct escalate e = alert_fix_escalate(f);

    MUST(f, escalate_ack(&e, alert, str_z(by), STR_NONE, &f->err));
}

void
alert_fix_resolve(struct alert_fix *f, int64_t alert, const char *by, enum outcome outcome)
{
    struct escalate e = alert_fix_escalate(f);

    MUST(f, escalate_resolve(&e, alert, str_z(by), outcome, STR_LIT("sent a refund"), &f->err));
}

struct alert
alert_fix_get(struct alert_fix *f, int64_t alert)
{
    struct alert al;

    MUST(f, store_get_alert(f->store, alert, f->arena, &al, &f->err));
    return al;
}

const char *
alert_fix_told(struct alert_fix *f, int64_t alert, size_t from)
{
    struct buf b;
    const char *z;

    buf_init(&b, 1 << 16);
    for (size_t i = from; i < f->n_told; i++) {
        const struct told *t = &f->told[i];
        if (alert == 0 || t->alert == alert)
            buf_fmt(&b, "%s%s:%u@%lld%s", b.n ? " " : "", t->notifier, t->event,
                    (long long)((t->at_ms - FIX_NOW) / MS_MINUTE), t->is_ok ? "" : "!");
    }
    z = arena_z(f->arena, buf_view(&b));
    buf_free(&b);
    return z;
}
