/* escalate - what a mention does to the alerts: opens, joins, raises, reopens one. */
#include "escalate/escalate.h"

#include <stdio.h>

#include "base/parse.h"
#include "escalate/inner.h"

static enum alert_kind
kind_of(const struct raised *r)
{
    if (r->is_drill)
        return ALERT_DRILL;
    return r->level == LEVEL_CRUSADE ? ALERT_CRUSADE : ALERT_IRATE_PERSON;
}

static struct alert_key
key_of(const struct raised *r)
{
    struct alert_key k = { .any_kind = true, .brand = r->brand };

    if (r->is_drill) {
        k.any_kind = false;
        k.kind = ALERT_DRILL;
    }
    if (r->person != 0)
        k.person = r->person;
    else
        k.story = r->story;
    return k;
}

/* Is there anybody whom the policy tells about this level? */
static bool
does_ring(const struct escalate *e, enum level level)
{
    return config_policy(e->config, level) != NULL;
}

static int
open_case(const struct escalate *e, const struct raised *r, int64_t *id, struct err *err)
{
    struct case_ c = {
        .person = r->person,
        .brand = r->brand,
        .status = CASE_OPEN,
        .opened_ms = e->now_ms,
        .about = r->about,
        .is_drill = r->is_drill,
    };

    *id = 0;
    if (r->person != 0 && !r->is_drill &&
        store_find_open_case(e->store, r->person, r->brand, id, err) != 0)
        return -1;
    return *id != 0 ? 0 : store_add_case(e->store, &c, id, err);
}

/* Storm: many alerts of one brand at once ring as one. Crusades and friends keep ringing singly. */
static int
fold_if_storm(const struct escalate *e, const struct raised *r, struct alert *al, struct err *err)
{
    bool on = false;

    if (al->next_ms == 0 || r->is_friend || r->is_drill || r->level == LEVEL_CRUSADE)
        return 0;
    if (storm_is_on(e, r->brand, &on, err) != 0)
        return -1;
    return on ? storm_fold(e, al, err) : 0;
}

static int
hold_back(const struct escalate *e, const struct raised *r, struct alert *al, struct err *err)
{
    bool held = false;

    if (r->is_drill || al->next_ms == 0)
        return 0;
    if (brand_is_held(e, r->brand, &held, err) != 0)
        return -1;
    if (held) {
        al->next_ms = 0;
        al->held_why = held_by_brand;
    }
    return 0;
}

static int
open_alert(const struct escalate *e, const struct raised *r, int64_t *id, struct err *err)
{
    struct alert al = {
        .kind = kind_of(r),
        .level = r->level,
        .state = ALERT_OPEN,
        .brand = r->brand,
        .person = r->person,
        .story = r->story,
        .post = r->post,
        .opened_ms = e->now_ms,
        .last_post_ms = e->now_ms,
        .n_posts = 1,
        .n_places = 1,
        .is_drill = r->is_drill,
        .next_ms = does_ring(e, r->level) ? e->now_ms : 0,
    };

    if (open_case(e, r, &al.case_id, err) != 0 || hold_back(e, r, &al, err) != 0 ||
        store_add_alert(e->store, &al, id, err) != 0)
        return -1;
    al.id = *id;
    if (store_add_alert_post(e->store, *id, r->post, e->now_ms, err) != 0 ||
        history_add(e, *id, NULL, "opened", err, "level %s%s%.*s", level_name(r->level),
                    al.held_why.n ? "; held: " : "", STR_FMT(al.held_why)) != 0 ||
        fold_if_storm(e, r, &al, err) != 0)
        return -1;
    return store_save_alert(e->store, &al, err);
}

struct places {
    const struct escalate *e;
    struct tocsin_str place, thread;
    int64_t post;
    bool is_known;
    bool is_same; /* the post belongs to the alert already: this is an edit */
    struct err *err;
    int rc;
};

static int
compare_place(void *ctx, int64_t post)
{
    struct places *p = ctx;
    struct stored_post known;
    struct arena *a;

    if (post == p->post) {
        p->is_same = true;
        return 1;
    }
    if (p->is_known)
        return 0;
    a = arena_new(1 << 20);
    p->rc = a ? store_get_post(p->e->store, post, a, &known, p->err)
              : err_set(p->err, ERR_NOMEM, "no memory for a post");
    if (p->rc != 0 && p->err->code == ERR_NOTFOUND)
        p->rc = 0; /* its text has expired: nothing to compare with */
    else if (p->rc == 0)
        p->is_known = str_eq(p->thread.n          ? known.post.thread
                             : known.post.place.n ? known.post.place
                                                  : known.post.site,
                             p->thread.n ? p->thread : p->place);
    arena_free(a);
    return p->rc != 0;
}

/* Has the complainant already written where this post stands? And is it an edit of one that the
 * alert has? */
static int
is_new_place(const struct escalate *e, const struct raised *r, int64_t alert, bool *is_new,
             bool *is_edit, struct err *err)
{
    struct places p = {
        .e = e, .place = r->place, .thread = r->thread, .post = r->post, .err = err
    };

    if (store_each_alert_post(e->store, alert, compare_place, &p, err) != 0 || p.rc != 0)
        return -1;
    *is_new = !p.is_known && !p.is_same;
    *is_edit = p.is_same;
    return 0;
}

static int
rise(const struct escalate *e, const struct raised *r, struct alert *al, char *change, size_t n,
     struct err *err)
{
    snprintf(change, n, "level rose from %s to %s", level_name(al->level), level_name(r->level));
    al->level = r->level;
    al->post = r->post;
    if (r->level == LEVEL_CRUSADE && al->kind == ALERT_IRATE_PERSON)
        al->kind = ALERT_CRUSADE;
    alert_restart(al, does_ring(e, r->level) ? e->now_ms : 0, str_z(change));
    if (hold_back(e, r, al, err) != 0 || fold_if_storm(e, r, al, err) != 0)
        return -1;
    return history_add(e, al->id, NULL, "raised", err, "%s", change);
}

static int
ring_again(const struct escalate *e, const struct raised *r, struct alert *al, const char *why,
           struct err *err)
{
    al->post = r->post;
    alert_restart(al, does_ring(e, al->level) ? e->now_ms : 0, str_z(why));
    if (hold_back(e, r, al, err) != 0)
        return -1;
    return history_add(e, al->id, NULL, "rings again", err, "%s", why);
}

/* Folded into a storm that has ended since: nobody would be told of what goes on. */
static int
is_left_over(const struct escalate *e, const struct alert *al, bool *is_left, struct err *err)
{
    int64_t storm = 0;

    *is_left = false;
    if (!al->is_storm_folded || al->state != ALERT_OPEN || al->next_ms != 0)
        return 0;
    if (storm_find(e, al->brand, &storm, err) != 0)
        return -1;
    *is_left = storm == 0;
    return 0;
}

/* What a further post of the same level does: a new place after an acknowledgement, or anger
 * after our public reply, rings again; else it joins silently. A falling level never rings. */
static int
same_level(const struct escalate *e, const struct raised *r, struct alert *al, bool is_new,
           struct err *err)
{
    bool is_falling = r->level < al->level, is_left = false;

    if (!is_falling && is_left_over(e, al, &is_left, err) != 0)
        return -1;
    if (!is_falling && al->state == ALERT_ACKED && is_new)
        return ring_again(e, r, al, "they went on in a new place", err);
    if (!is_falling && al->held_until_ms > e->now_ms)
        return ring_again(e, r, al, "still angry after our reply", err);
    if (is_left) {
        al->is_storm_folded = false;
        return ring_again(e, r, al, "the storm is over, they go on", err);
    }
    return history_add(e, al->id, NULL, "joined", err, "another post, level %s",
                       level_name(r->level));
}

static int
join_alert(const struct escalate *e, const struct raised *r, struct alert *al, struct err *err)
{
    char change[128];
    bool is_new = false, is_edit = false;
    int rc;

    if (is_new_place(e, r, al->id, &is_new, &is_edit, err) != 0 ||
        store_add_alert_post(e->store, al->id, r->post, e->now_ms, err) != 0)
        return -1;
    al->n_places += is_new;
    if (r->is_copy) {
        rc = history_add(e, al->id, NULL, "spread", err, "a copy of the story; %lld places",
                         (long long)al->n_places);
    } else {
        al->n_posts += !is_edit;
        al->last_post_ms = e->now_ms;
        rc = r->level > al->level ? rise(e, r, al, change, sizeof change, err)
                                  : same_level(e, r, al, is_new, err);
    }
    return rc != 0 ? -1 : store_save_alert(e->store, al, err);
}

/* Within 14 days of its end a further complaint is the same trouble: reopened, with history. */
static int
reopen_alert(const struct escalate *e, const struct raised *r, struct alert *al, struct err *err)
{
    al->level = r->level;
    al->post = r->post;
    al->closed_ms = 0;
    al->closed_by = STR_NONE;
    al->n_posts++;
    al->last_post_ms = e->now_ms;
    /* That it was over, where it was not told yet, is no news any more. */
    if (store_drop_deliveries(e->store, al->id, err) != 0)
        return -1;
    if (open_case(e, r, &al->case_id, err) != 0 ||
        store_add_alert_post(e->store, al->id, r->post, e->now_ms, err) != 0 ||
        ring_again(e, r, al, "back after it was resolved", err) != 0 ||
        fold_if_storm(e, r, al, err) != 0)
        return -1;
    return store_save_alert(e->store, al, err);
}

static int
concerns(const struct escalate *e, const struct raised *r, struct alert *al, struct err *err)
{
    if (al->state != ALERT_CLOSED)
        return join_alert(e, r, al, err);
    return r->is_copy ? 0 : reopen_alert(e, r, al, err);
}

/* A copy belongs to the alert of its story, whoever carried it on. */
static int
find_concerned(const struct escalate *e, const struct raised *r, int64_t *alert, struct err *err)
{
    struct alert_key k = key_of(r), story = { .any_kind = true, .brand = r->brand };

    *alert = 0;
    story.story = r->story;
    if (r->is_copy && r->story != 0 && store_find_alert(e->store, &story, alert, err) != 0)
        return -1;
    if (*alert != 0)
        return 0;
    if (k.person == 0 && k.story == 0)
        return 0; /* an empty key would fit any alert of the brand */
    k.with_closed = !r->is_drill;
    k.closed_since_ms = e->now_ms - e->config->alerts.reopen_ms;
    return store_find_alert(e->store, &k, alert, err);
}

int
escalate_mention(const struct escalate *e, const struct raised *r, int64_t *alert, struct err *err)
{
    struct held_alert h;
    int rc;

    *alert = 0;
    if (r->level < LEVEL_UPSET || r->is_old)
        return 0;
    if (find_concerned(e, r, alert, err) != 0)
        return -1;
    if (*alert == 0)
        return r->is_copy ? 0 : open_alert(e, r, alert, err);
    if (alert_hold(e, *alert, &h, err) != 0)
        return -1;
    rc = concerns(e, r, &h.alert, err);
    alert_drop(&h);
    return rc;
}

int
escalate_notice(const struct escalate *e, enum alert_kind kind, struct tocsin_str brand,
                struct tocsin_str subject, struct tocsin_str text, int64_t *alert, struct err *err)
{
    struct alert_key k = { .kind = kind, .brand = brand, .subject = subject };
    struct alert al = {
        .kind = kind,
        .level = LEVEL_IRATE,
        .state = ALERT_OPEN,
        .brand = brand,
        .subject = subject,
        .opened_ms = e->now_ms,
        .last_post_ms = e->now_ms,
        .next_ms = e->now_ms,
        .change = text,
    };

    if (store_find_alert(e->store, &k, alert, err) != 0)
        return -1;
    if (*alert != 0)
        return history_add(e, *alert, NULL, "again", err, "%.*s",
                           STR_FMT(str_clip_utf8(text, 300)));
    if (store_add_alert(e->store, &al, alert, err) != 0)
        return -1;
    return history_add(e, *alert, NULL, "opened", err, "%s %.*s", alert_kind_name(kind),
                       STR_FMT(subject));
}

int
escalate_notice_end(const struct escalate *e, enum alert_kind kind, struct tocsin_str subject,
                    struct err *err)
{
    struct alert_key k = { .kind = kind, .subject = subject };
    int64_t id = 0;

    if (store_find_alert(e->store, &k, &id, err) != 0)
        return -1;
    if (id == 0)
        return 0;
    return escalate_resolve(e, id, STR_LIT("tocsind"), OUTCOME_CALMED, STR_LIT("it works again"),
                            err);
}
