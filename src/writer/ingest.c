/* ingest - one response into the store, in the writer's transaction. */
#include "writer/ingest.h"

#include <math.h>

#include "base/log.h"
#include "base/parse.h"
#include "escalate/escalate.h"

#define NEAR_COPY_MS (30 * MS_DAY) /* how far back fingerprints are compared */
#define SUMMARY_MS (7 * MS_DAY)    /* what the first poll still tells about */
#define COMPLAINT 0.5              /* from here a post counts as a complaint */

/* What the functions below share for one batch. */
struct turn {
    struct batch *b;
    struct store *store;
    struct escalate esc;
    int64_t now_ms;
    struct err *err;
};

/* One post on its way in. */
struct arrival {
    const struct post *post;
    struct scored *scored;
    struct known_post known;
    struct post_facts facts;
    int64_t id, story, person;
};

static int
put_author(const struct turn *t, struct arrival *ar)
{
    const struct author *au = &ar->post->author;

    if (au->handle.n == 0)
        return 0;
    return store_put_account(t->store, au->service.n ? au->service : ar->post->service, au,
                             t->now_ms, &ar->facts.account, &ar->person, t->err);
}

/* A new post, or the new revision of a known one. */
static int
put_post(const struct turn *t, struct arrival *ar)
{
    struct stored_post now;

    if (put_author(t, ar) != 0)
        return -1;
    if (ar->known.id == 0)
        return store_add_post(t->store, ar->post, &ar->facts, t->now_ms, &ar->id, &ar->story,
                              t->err);
    ar->id = ar->known.id;
    if (store_revise_post(t->store, ar->id, ar->post, &ar->facts, t->now_ms, t->err) != 0)
        return -1;
    ar->story = ar->known.story;
    if (ar->story != 0)
        return 0;
    /* One that matched nothing before has begun a story now. */
    if (store_get_post(t->store, ar->id, t->b->arena, &now, t->err) != 0)
        return -1;
    ar->story = now.story;
    return 0;
}

static int
read_history(const struct turn *t, const struct arrival *ar, const struct mention *m,
             struct history *h)
{
    const struct alert_conf *conf = &t->b->setup->config->alerts;
    struct past past = { 0 };
    bool is_complaint = m->score.complaint >= COMPLAINT && !ar->facts.is_copy;
    struct past_query q = {
        .person = ar->person,
        .story = ar->story,
        .post = ar->id,
        .brand = m->brand,
        .place = ar->post->place,
        .thread = ar->post->thread,
        .now_ms = t->now_ms,
        .window_ms = conf->crusade_window_ms,
    };

    if (store_read_past(t->store, &q, &past, t->err) != 0)
        return -1;
    *h = (struct history){
        .person = ar->person,
        .mentions = past.mentions,
        .mood = past.mood,
        .recent_complaints = past.recent_complaints + is_complaint,
        .recent_places = past.recent_places,
        .crusade_posts = conf->crusade_posts,
        .crusade_places = conf->crusade_places,
        .unanswered_ms = past.oldest_unanswered_ms ? t->now_ms - past.oldest_unanswered_ms : 0,
        .last_outcome_ms = past.last_resolved_ms ? t->now_ms - past.last_resolved_ms : 0,
        .last_outcome = past.last_outcome,
        .story_posts = past.story.n_posts,
        .story_places = past.story.n_places,
        .followers = ar->post->author.followers,
        .is_friend = past.segment == SEGMENT_FRIEND,
        .is_customer = past.segment == SEGMENT_CUSTOMER,
    };
    return 0;
}

static const struct brand_def *
find_brand(const struct config *c, struct tocsin_str name)
{
    for (size_t i = 0; i < c->rules.n_brands; i++)
        if (str_eq_z(name, c->rules.brands[i].name))
            return &c->rules.brands[i];
    return NULL;
}

static bool
is_too_old_to_ring(const struct turn *t, const struct post *p)
{
    int64_t oldest = t->now_ms - t->b->setup->config->alerts.max_age_ms;

    return t->b->is_first_poll && (p->published_ms == 0 || p->published_ms < oldest);
}

static int
raise_mention(const struct turn *t, const struct arrival *ar, const struct mention *m,
              int64_t mention, const struct history *h)
{
    const struct brand_def *brand = find_brand(t->b->setup->config, m->brand);
    int64_t alert = 0;
    struct tocsin_str line = ar->post->title.text.n ? ar->post->title.text : ar->post->text.text;
    struct raised r = {
        .mention = mention,
        .post = ar->id,
        .story = ar->story,
        .person = ar->person,
        .brand = m->brand,
        .place = ar->post->place.n ? ar->post->place : ar->post->site,
        .thread = ar->post->thread,
        .level = m->score.level,
        .is_copy = ar->facts.is_copy,
        .is_drill = t->b->is_drill,
        .is_old = is_too_old_to_ring(t, ar->post),
        .is_friend = h->is_friend,
        .about = str_clip_utf8(line, 200),
    };

    if (!brand || brand->is_competitor || brand->is_topic)
        return 0;
    if (escalate_mention(&t->esc, &r, &alert, t->err) != 0)
        return -1;
    t->b->n_alerts += alert != 0;
    if (t->b->is_drill)
        t->b->drill_alert = alert;
    return 0;
}

static int
hint_segment(const struct turn *t, const struct arrival *ar, const struct mention *m)
{
    struct person p;

    if (ar->person == 0 || m->segment.n == 0)
        return 0;
    if (store_get_person(t->store, ar->person, t->b->arena, &p, t->err) != 0)
        return -1;
    if (p.segment != SEGMENT_NONE || segment_parse(m->segment, &p.segment) != 0)
        return 0;
    p.segment_by = STR_LIT("rule");
    return store_save_person(t->store, &p, t->err);
}

static int
put_mention(const struct turn *t, const struct arrival *ar, const struct mention *given)
{
    struct mention m = *given; /* the job may be run again: the batch stays as it was */
    struct history h;
    int64_t id = 0;

    if (hint_segment(t, ar, &m) != 0 || read_history(t, ar, &m, &h) != 0 ||
        score_history(t->b->setup->scorer, &h, t->b->arena, &m.score, t->err) != 0 ||
        store_put_mention(t->store, ar->id, &m, t->now_ms, &id, t->err) != 0)
        return -1;
    t->b->n_mentions++;
    t->b->has_irate |= m.score.level >= LEVEL_IRATE;
    ar->scored->stored[ar->scored->n_stored++] = m;
    return raise_mention(t, ar, &m, id, &h);
}

/* ---- edits ---------------------------------------------------------------------------- */

struct stale {
    const struct arrival *ar;
    struct arena *arena;
    struct tocsin_str brands[16]; /* collected first: the walk must not see its own changes */
    size_t n;
};

static int
collect_stale(void *ctx, const struct mention_row *row)
{
    struct stale *s = ctx;

    for (size_t i = 0; i < s->ar->scored->n_mentions; i++)
        if (str_eq(row->mention.brand, s->ar->scored->mentions[i].brand))
            return 0;
    if (row->alert == 0 && s->n < sizeof s->brands / sizeof *s->brands)
        s->brands[s->n++] = arena_str(s->arena, row->mention.brand);
    return 0;
}

/* Brands that the post spoke of before it was edited. What an alert stands on is kept. */
static int
drop_stale(const struct turn *t, const struct arrival *ar)
{
    struct mention_filter f = { .post = ar->known.id, .with_drills = true };
    struct stale s = { .ar = ar, .arena = t->b->arena };

    if (ar->known.id == 0 || !ar->known.was_matched)
        return 0;
    if (store_each_mention(t->store, &f, collect_stale, &s, t->err) != 0)
        return -1;
    for (size_t i = 0; i < s.n; i++)
        if (store_drop_mention(t->store, ar->known.id, s.brands[i], t->err) != 0)
            return -1;
    return 0;
}

static int
take_matched(const struct turn *t, struct arrival *ar)
{
    ar->scored->n_stored = 0;
    ar->scored->stored =
        arena_array(t->b->arena, ar->scored->n_mentions + 1, sizeof *ar->scored->stored);
    if (!ar->scored->stored)
        return err_set(t->err, ERR_NOMEM, "no memory for a mention");
    if (put_post(t, ar) != 0 || drop_stale(t, ar) != 0)
        return -1;
    for (size_t i = 0; i < ar->scored->n_mentions && !ar->scored->is_ours; i++)
        if (put_mention(t, ar, &ar->scored->mentions[i]) != 0)
            return -1;
    return 0;
}

static int
take_unmatched(const struct turn *t, struct arrival *ar)
{
    bool keep_text = t->b->setup->config->keep_rejected_ms > 0;

    if (ar->known.id != 0 && ar->known.was_matched)
        return put_post(t, ar) != 0 ? -1 : drop_stale(t, ar);
    if (ar->known.id != 0)
        return 0;
    return store_add_rejected(t->store, ar->post, keep_text, t->now_ms, &ar->id, t->err);
}

/* A post that was stored as what it is stays it, whatever came after it. */
static int
judge_copy(const struct turn *t, const struct arrival *ar, bool *is_copy)
{
    struct stored_post was;

    *is_copy = false;
    if (t->b->is_drill)
        return 0;
    if (ar->known.id == 0 || !ar->known.was_matched) {
        *is_copy = ar->known.copy_of != 0 || ar->known.is_near_copy;
        return 0;
    }
    if (store_get_post(t->store, ar->known.id, t->b->arena, &was, t->err) == 0) {
        *is_copy = was.is_copy;
        return 0;
    }
    if (t->err->code != ERR_NOTFOUND)
        return -1;
    *t->err = (struct err){ 0 }; /* its text has expired */
    return 0;
}

static int
take_post(const struct turn *t, size_t i)
{
    struct arrival ar = { .post = &t->b->posts[i], .scored = &t->b->scored[i] };

    if (store_find_post(t->store, ar.post, t->now_ms - NEAR_COPY_MS, &ar.known, t->err) != 0)
        return -1;
    if (ar.known.id != 0)
        t->b->n_known++;
    if (ar.post->is_gone)
        return ar.known.id ? store_mark_gone(t->store, ar.known.id, t->now_ms, t->err) : 0;
    ar.scored->n_stored = 0;
    if (ar.known.id != 0 && ar.known.is_same_text)
        return 0;
    if (ar.known.id == 0)
        t->b->n_new++;
    ar.facts = (struct post_facts){
        .story = t->b->is_drill ? 0 : ar.known.story,
        .is_ours = ar.scored->is_ours,
        .is_drill = t->b->is_drill,
        .keep_raw = t->b->setup->config->keep_raw_ms != 0,
    };
    if (judge_copy(t, &ar, &ar.facts.is_copy) != 0)
        return -1;
    if (ar.scored->n_mentions > 0 || ar.scored->is_ours)
        return take_matched(t, &ar);
    return take_unmatched(t, &ar);
}

/* ---- what the first poll found --------------------------------------------- */

struct found {
    size_t n;
    int64_t since_ms;
    struct buf lines;
};

static int
count_found(void *ctx, const struct mention_row *row)
{
    struct found *f = ctx;
    const struct post *p = &row->post.post;

    if (row->alert != 0 || row->post.is_copy || p->published_ms < f->since_ms)
        return 0;
    if (f->n++ < 5)
        buf_fmt(&f->lines, "%s%.*s: %.*s %.*s", f->n > 1 ? "\n" : "", STR_FMT(row->person_name),
                STR_FMT(str_clip_utf8(p->text.text, 120)), STR_FMT(p->url));
    return 0;
}

/* Irate posts younger than a week that were too old to ring: told once, as one message. */
static int
summarise(const struct turn *t, const char *brand)
{
    struct found f = { .since_ms = t->now_ms - SUMMARY_MS };
    struct mention_filter filter = {
        .brand = str_z(brand),
        .source = t->b->state.name,
        .at_least = LEVEL_IRATE,
        .by_irate = true,
        .limit = 1000,
    };
    int64_t alert = 0;
    int rc;

    buf_init(&f.lines, 8192);
    rc = store_each_mention(t->store, &filter, count_found, &f, t->err);
    if (rc == 0 && f.n > 0)
        rc = escalate_notice(&t->esc, ALERT_SUMMARY, str_z(brand), t->b->state.name,
                             buf_view(&f.lines), &alert, t->err);
    buf_free(&f.lines);
    return rc;
}

/* Counting a day's mentions is work, and thousands of sources may begin at once: once a minute is
 * enough, but where this source alone brought much. */
static int
is_count_due(const struct turn *t, const char *brand, bool *due)
{
    const char *key = arena_fmt(t->b->arena, "counted:%s", brand);
    const char *now = arena_fmt(t->b->arena, "%lld", (long long)t->now_ms);
    size_t brought = t->b->n_first_mentions + t->b->n_mentions;
    struct tocsin_str last = STR_NONE;
    int64_t last_ms = 0;
    bool found = false;

    if (!key || !now)
        return err_set(t->err, ERR_NOMEM, "no memory to count mentions");
    if (store_get_fact(t->store, key, t->b->arena, &last, &found, t->err) != 0)
        return -1;
    if (found && parse_i64(last, &last_ms) != 0)
        last_ms = 0;
    *due = brought > 0 && (t->now_ms - last_ms >= MS_MINUTE ||
                           (int64_t)brought * 20 > t->b->setup->config->alerts.held_posts_day);
    return *due ? store_put_fact(t->store, key, str_z(now), t->err) : 0;
}

/* A brand that matches too many posts a day starts with its alerts held. */
static int
hold_if_flooded(const struct turn *t, const char *brand)
{
    const struct alert_conf *conf = &t->b->setup->config->alerts;
    struct store_counts n;
    bool due = false;
    double days;

    if (is_count_due(t, brand, &due) != 0)
        return -1;
    if (!due || escalate_is_held(t->store, str_z(brand)))
        return 0;
    if (store_count(t->store, str_z(brand), t->now_ms - MS_DAY, &n, t->err) != 0)
        return -1;
    days = n.oldest_ms ? (double)(t->now_ms - n.oldest_ms) / (double)MS_DAY : 1;
    if ((double)n.mentions <= (double)conf->held_posts_day * fmax(days, 1.0 / 24))
        return 0;
    log_warn("ingest", brand,
             "more than %lld mentions a day: its alerts are held until "
             "`tocsin alert release --brand %s`; `tocsin preview` helps to narrow the query",
             (long long)conf->held_posts_day, brand);
    return escalate_hold(&t->esc, str_z(brand), true, t->err);
}

static int
end_first_poll(const struct turn *t)
{
    const struct rule_defs *defs = &t->b->setup->config->rules;

    for (size_t i = 0; i < defs->n_brands; i++) {
        if (defs->brands[i].is_competitor || defs->brands[i].is_topic)
            continue;
        if (hold_if_flooded(t, defs->brands[i].name) != 0 ||
            (t->b->has_irate && summarise(t, defs->brands[i].name) != 0))
            return -1;
    }
    return 0;
}

static int
put_source(const struct turn *t)
{
    struct source_state st = t->b->state;

    for (size_t i = 0; i < t->b->n_gaps; i++)
        if (store_add_gap(t->store, &t->b->gaps[i], t->err) != 0)
            return -1;
    st.n_posts += (int64_t)t->b->n_new;
    st.n_mentions += (int64_t)t->b->n_mentions;
    if (t->b->n_new > 0)
        st.last_post_ms = t->now_ms;
    return store_put_source(t->store, &st, t->err);
}

/* Alerts about the source itself; they end by themselves when it works again. */
static int
tell_health(const struct turn *t)
{
    const struct source_state *st = &t->b->state;
    int64_t alert = 0;

    if (t->b->is_lost && escalate_notice(&t->esc, ALERT_SOURCE_LOST, STR_NONE, st->name, st->reason,
                                         &alert, t->err) != 0)
        return -1;
    if (t->b->is_plugin_down && escalate_notice(&t->esc, ALERT_PLUGIN_DOWN, STR_NONE, st->plugin,
                                                st->reason, &alert, t->err) != 0)
        return -1;
    if (!t->b->is_well_again)
        return 0;
    if (escalate_notice_end(&t->esc, ALERT_SOURCE_LOST, st->name, t->err) != 0)
        return -1;
    return escalate_notice_end(&t->esc, ALERT_PLUGIN_DOWN, st->plugin, t->err);
}

int
ingest_run(struct batch *b, struct store *s, int64_t now_ms, struct err *err)
{
    struct turn t = {
        .b = b,
        .store = s,
        .now_ms = now_ms,
        .err = err,
        .esc = { .store = s, .config = b->setup->config, .now_ms = now_ms },
    };

    if (b->is_canary)
        return store_put_fact(s, "canary", str_z(arena_fmt(b->arena, "%lld", (long long)now_ms)),
                              err);
    b->n_new = b->n_known = b->n_mentions = b->n_alerts = 0;
    b->drill_alert = 0;
    for (size_t i = 0; i < b->n_posts; i++)
        if (take_post(&t, i) != 0)
            return -1;
    if (b->ends_first_poll && end_first_poll(&t) != 0)
        return -1;
    if (b->is_drill)
        return 0;
    return tell_health(&t) != 0 ? -1 : put_source(&t);
}
