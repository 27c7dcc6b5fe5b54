/* facts - why it rings, since when, what happened before, what to do. */
#include "deliver/facts.h"

#include <math.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "base/zone.h"

#define MAX_FACT 2000 /* bytes of one line */
#define MAX_REASONS 6

static void
add(struct fact_list *l, const struct known *k, const char *label, const struct buf *value)
{
    const char *z;

    if (value->n == 0 || value->failed || l->n == MAX_FACTS)
        return;
    z = arena_z(k->arena, buf_view(value));
    if (z)
        l->v[l->n++] = (struct tocsin_fact){ label, z };
}

/* On the receiver's clock, as far as it is known where they are. */
static void
clock_of(const struct known *k, struct buf *b, int64_t utc_ms)
{
    if (k->zone)
        format_clock_in(b, k->zone, utc_ms, k->now_ms);
    else
        format_clock(b, utc_ms, k->now_ms);
}

/* A part worth telling: it names something, and made the score higher. */
static bool
is_reason(const struct score_part *p)
{
    return p->axis == AXIS_IRATE && p->weight >= 0.5 && !str_eq_z(p->name, "base") &&
           !str_eq_z(p->name, "lexicon") && !str_eq_z(p->name, "other wording");
}

/* The strongest one that is weaker than `below`, or as strong and further on. */
static const struct score_part *
next_reason(const struct score *s, double below, size_t after)
{
    const struct score_part *best = NULL;

    for (size_t i = 0; i < s->n_parts; i++) {
        const struct score_part *p = &s->parts[i];
        bool is_next = p->weight < below || (p->weight == below && i > after);
        if (is_reason(p) && is_next && (!best || p->weight > best->weight))
            best = p;
    }
    return best;
}

void
facts_reasons(const struct score *s, size_t max, struct buf *b)
{
    const struct score_part *p;
    double below = INFINITY;
    size_t after = 0;

    for (size_t i = 0; i < max && (p = next_reason(s, below, after)); i++) {
        buf_fmt(b, "%s%.*s %+.0f", i ? ", " : "", STR_FMT(p->name), p->weight);
        if (p->text.n)
            buf_fmt(b, " (%.*s)", STR_FMT(str_clip_utf8(p->text, 60)));
        below = p->weight;
        after = (size_t)(p - s->parts);
    }
}

static void
fact_why(const struct known *k, struct fact_list *l, struct buf *b)
{
    if (k->mention.id == 0)
        return;
    buf_fmt(b, "irate %.0f of 100: ", k->mention.mention.score.irate);
    facts_reasons(&k->mention.mention.score, MAX_REASONS, b);
    add(l, k, "Why", b);
}

/* "calmed, by ana: sent a new one" */
static void
write_end(const struct known *k, struct buf *b)
{
    struct case_ c;

    if (k->alert.case_id == 0 ||
        store_get_case(k->store, k->alert.case_id, k->arena, &c, k->err) != 0)
        return;
    buf_fmt(b, "%s, by %.*s", outcome_name(c.outcome), STR_FMT(k->alert.closed_by));
    if (c.comment.n)
        buf_fmt(b, ": %.*s", STR_FMT(str_clip_utf8(c.comment, 200)));
}

static void
write_owner(const struct known *k, struct buf *b)
{
    buf_fmt(b, "%.*s has it", STR_FMT(k->alert.acked_by));
    if (k->alert.ack_comment.n)
        buf_fmt(b, ": %.*s", STR_FMT(str_clip_utf8(k->alert.ack_comment, 200)));
}

/* How it stands: who took it, how it ended, or what changed since the last ring. */
static void
fact_change(const struct known *k, struct fact_list *l, struct buf *b)
{
    if (k->delivery->event == TOCSIN_EVENT_RESOLVED)
        write_end(k, b);
    else if (k->delivery->event == TOCSIN_EVENT_TAKEN && k->alert.acked_by.n)
        write_owner(k, b);
    else
        buf_str(b, k->alert.change);
    add(l, k, "Now", b);
}

static void
fact_times(const struct known *k, struct fact_list *l, struct buf *b)
{
    int64_t posted = k->mention.id ? k->mention.post.post.published_ms : 0;
    int64_t seen = k->mention.id ? k->mention.post.first_seen_ms : k->alert.opened_ms;

    if (posted) {
        buf_z(b, "posted ");
        clock_of(k, b, posted);
        buf_z(b, ", ");
    }
    buf_z(b, "seen ");
    clock_of(k, b, seen);
    buf_z(b, ", rung ");
    clock_of(k, b, k->now_ms);
    add(l, k, "When", b);
}

static void
fact_since(const struct known *k, struct fact_list *l, struct buf *b)
{
    const struct alert *al = &k->alert;

    if (al->n_posts < 2 && al->n_places < 2)
        return;
    buf_fmt(b, "%lld posts", (long long)al->n_posts);
    if (al->n_places > 1)
        buf_fmt(b, " in %lld places", (long long)al->n_places);
    buf_z(b, " since ");
    clock_of(k, b, al->opened_ms);
    add(l, k, "Since", b);
}

static int
fact_story(const struct known *k, struct fact_list *l, struct buf *b)
{
    struct story st;

    if (k->mention.id == 0 || k->mention.post.story == 0)
        return 0;
    if (store_get_story(k->store, k->mention.post.story, &st, k->err) != 0)
        return -1;
    if (st.n_posts > 1) {
        buf_fmt(b, "%lld copies", (long long)st.n_posts - 1);
        if (st.n_places > 1)
            buf_fmt(b, ", in %lld places", (long long)st.n_places);
        add(l, k, "Spread", b);
    }
    return 0;
}

static void
person_line(const struct known *k, struct buf *b)
{
    const struct person *p = &k->person;

    if (p->segment != SEGMENT_NONE)
        buf_fmt(b, "%s; ", segment_name(p->segment));
    if (p->n_mentions <= 1) {
        buf_z(b, "first time seen");
        return;
    }
    buf_fmt(b, "%lld mentions since ", (long long)p->n_mentions);
    clock_of(k, b, p->first_seen_ms);
    if (k->mention.post.post.author.followers >= 0)
        buf_fmt(b, "; %lld followers", (long long)k->mention.post.post.author.followers);
}

static int
fact_person(const struct known *k, struct fact_list *l, struct buf *b)
{
    struct case_ c;
    bool found = false;

    if (k->person.id == 0)
        return 0;
    person_line(k, b);
    add(l, k, "Who", b);
    if (store_find_last_hiccup(k->store, k->person.id, k->arena, &c, &found, k->err) != 0)
        return -1;
    if (!found)
        return 0;
    buf_reset(b);
    format_ago(b, k->now_ms - c.resolved_ms);
    buf_fmt(b, " ago: %.*s; ended %s", STR_FMT(str_clip_utf8(c.about, 100)),
            outcome_name(c.outcome));
    if (c.helper.n)
        buf_fmt(b, ", helped by %.*s", STR_FMT(c.helper));
    if (c.comment.n)
        buf_fmt(b, " (%.*s)", STR_FMT(str_clip_utf8(c.comment, 200)));
    add(l, k, "Last hiccup", b);
    return 0;
}

struct newest_note {
    const struct known *k;
    struct buf *b;
};

static int
take_note(void *ctx, const struct note *n)
{
    struct newest_note *x = ctx;

    buf_fmt(x->b, "%.*s (%.*s)", STR_FMT(str_clip_utf8(n->text, 300)), STR_FMT(n->by));
    return 1; /* the newest is enough */
}

static int
fact_note(const struct known *k, struct fact_list *l, struct buf *b)
{
    struct newest_note x = { k, b };

    if (k->person.id == 0)
        return 0;
    if (store_each_note(k->store, k->person.id, take_note, &x, k->err) != 0)
        return -1;
    add(l, k, "Note", b);
    return 0;
}

static int
worst_of_storm(void *ctx, const struct mention_row *m)
{
    struct newest_note *x = ctx;

    buf_fmt(x->b, "%s%.*s: %.*s", x->b->n ? "; " : "", STR_FMT(m->person_name),
            STR_FMT(str_clip_utf8(facts_angriest_clause(m), 100)));
    return 0;
}

static int
fact_storm(const struct known *k, struct fact_list *l, struct buf *b)
{
    struct newest_note x = { k, b };
    struct mention_filter f = {
        .brand = k->alert.brand,
        .at_least = LEVEL_UPSET,
        .by_irate = true,
        .limit = 3,
        .since_ms = k->alert.opened_ms - k->config->alerts.storm_window_ms,
        .without_copies = true,
    };

    if (k->alert.kind != ALERT_STORM)
        return 0;
    if (store_each_mention(k->store, &f, worst_of_storm, &x, k->err) != 0)
        return -1;
    add(l, k, "Worst", b);
    return 0;
}

static void
fact_next(const struct known *k, struct fact_list *l, struct buf *b)
{
    static const char *const advice[] = {
        [LEVEL_NONE] = "",
        [LEVEL_WATCH] = "",
        [LEVEL_UPSET] = "answer today, where they wrote",
        [LEVEL_IRATE] = "answer now, where they wrote, by name; then offer to go on in private",
        [LEVEL_CRUSADE] = ("one human takes this over, speaks to them in person, and says "
                           "publicly what is being done"),
    };
    bool is_about_person = k->mention.id != 0;

    if (k->alert.state == ALERT_CLOSED)
        return;
    if (is_about_person && k->person.preference == PREFER_NOTHING)
        buf_z(b, "they asked not to be contacted: mend the cause, do not write to them");
    else if (is_about_person)
        buf_z(b, advice[k->alert.level]);
    add(l, k, "Do", b);
    if (k->alert.id == 0 || k->alert.state == ALERT_ACKED)
        return;
    buf_reset(b);
    buf_fmt(b, "tocsin alert ack %lld", (long long)k->alert.id);
    add(l, k, "Take it", b);
}

int
facts_collect(const struct known *k, struct fact_list *out)
{
    static int (*const reading[])(const struct known *, struct fact_list *, struct buf *) = {
        fact_person,
        fact_note,
        fact_story,
        fact_storm,
    };
    static void (*const plain[])(const struct known *, struct fact_list *, struct buf *) = {
        fact_change,
        fact_why,
        fact_times,
        fact_since,
    };
    struct buf b;
    int rc = 0;

    out->n = 0;
    buf_init(&b, MAX_FACT);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        buf_reset(&b);
        plain[i](k, out, &b);
    }
    for (size_t i = 0; rc == 0 && i < sizeof reading / sizeof *reading; i++) {
        buf_reset(&b);
        rc = reading[i](k, out, &b);
    }
    buf_reset(&b);
    fact_next(k, out, &b);
    buf_free(&b);
    return rc;
}

/* ---- the angriest clause ------------------------------------------------------ */

static bool
ends_clause(char c)
{
    return c == '.' || c == '!' || c == '?' || c == ';' || c == '\n';
}

static struct tocsin_str
clause_around(struct tocsin_str text, size_t begin, size_t end)
{
    while (begin > 0 && !ends_clause(text.p[begin - 1]))
        begin--;
    while (end < text.n && !ends_clause(text.p[end]))
        end++;
    if (end < text.n && text.p[end] != '\n')
        end++;
    return str_trim(str_sub(text, begin, end));
}

struct tocsin_str
facts_angriest_clause(const struct mention_row *m)
{
    struct tocsin_str text =
        m->post.post.text.text.n ? m->post.post.text.text : m->post.post.title.text;
    const struct score *s = &m->mention.score;
    const struct score_part *best = NULL;
    size_t at;

    for (size_t i = 0; i < s->n_parts; i++)
        if (s->parts[i].axis == AXIS_IRATE && s->parts[i].text.n > 0 && !s->parts[i].is_history &&
            (!best || s->parts[i].weight > best->weight))
            best = &s->parts[i];
    at = best ? str_find(text, best->text, 0) : SIZE_MAX;
    return at == SIZE_MAX ? str_trim(text) : clause_around(text, at, at + best->text.n);
}
