/* test_ingest - a batch goes in, rows come out. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "dedup/fingerprint.h"
#include "lib/alert_fix.h"
#include "unit.h"
#include "writer/ingest.h"

#define EACH_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
#define MAX_POSTS 256

struct ingest_fix {
    struct alert_fix *f;
    struct setup setup;
    struct batch b;
    struct post posts[MAX_POSTS];
    struct scored scored[MAX_POSTS];
    struct mention mentions[MAX_POSTS][2];
};

static int
set_up(void **state)
{
    struct ingest_fix *x = calloc(1, sizeof *x);
    const char *src = getenv("TOCSIN_SRCDIR");
    char etc[4096];

    assert_non_null(x);
    x->f = alert_fix_new();
    snprintf(etc, sizeof etc, "%s/etc", src ? src : ".");
    if (scorer_new(&x->setup.scorer, etc, &x->f->err) != 0)
        fail_msg("%s", x->f->err.msg);
    x->setup.config = x->f->config;
    *state = x;
    return 0;
}

static int
tear_down(void **state)
{
    struct ingest_fix *x = *state;

    scorer_free(x->setup.scorer);
    alert_fix_free(x->f);
    free(x);
    return 0;
}

static void
begin_batch(struct ingest_fix *x)
{
    x->b = (struct batch){
        .arena = x->f->arena,
        .setup = &x->setup,
        .state = { .name = STR_LIT("forum"), .plugin = STR_LIT("rss"), .health = SOURCE_OK },
        .posts = x->posts,
        .scored = x->scored,
    };
}

/* A post of `who` with one mention of acme at this irate score; 0: it matched nothing. */
static struct post *
add(struct ingest_fix *x, const char *id, const char *who, const char *text, double irate)
{
    size_t i = x->b.n_posts++;
    struct mention *m = x->mentions[i];

    assert_true(i < MAX_POSTS);
    x->posts[i] = (struct post){
        .source = STR_LIT("forum"),
        .service = STR_LIT("rss"),
        .id = arena_str(x->f->arena, str_z(id)),
        .place = STR_LIT("forum.example"),
        .author = { .handle = arena_str(x->f->arena, str_z(who)), .followers = -1 },
        .text.text = arena_str(x->f->arena, str_z(text)),
        .published_ms = x->f->now_ms - MS_HOUR,
        .rating = NAN,
        .replies = -1,
        .reposts = -1,
        .likes = -1,
    };
    x->posts[i].text.fold = x->posts[i].text.text;
    x->posts[i].fingerprint = fingerprint_post(&x->posts[i]);
    for (size_t k = 0; k < 2; k++)
        m[k] = (struct mention){ .brand = k ? STR_LIT("zest") : STR_LIT("acme"),
                                 .score = { .sentiment = -0.8,
                                            .label = -1,
                                            .complaint = irate > 30 ? 0.9 : 0.1,
                                            .irate = irate,
                                            .level = irate >= 70   ? LEVEL_IRATE
                                                     : irate >= 45 ? LEVEL_UPSET
                                                                   : LEVEL_WATCH } };
    x->scored[i] = (struct scored){ .mentions = m, .n_mentions = irate > 0 };
    return &x->posts[i];
}

static void
run(struct ingest_fix *x)
{
    if (ingest_run(&x->b, x->f->store, x->f->now_ms, &x->f->err) != 0)
        fail_msg("%s", x->f->err.msg);
}

static void
take(struct ingest_fix *x, const char *id, const char *who, const char *text, double irate)
{
    begin_batch(x);
    add(x, id, who, text, irate);
    run(x);
}

struct seen {
    struct arena *arena;
    size_t n;
    struct alert last;
};

static int
see_alert(void *ctx, const struct alert *al)
{
    struct seen *s = ctx;

    if (s->n++ == 0)
        s->last = *al; /* its words are not looked at */
    return 0;
}

/* All alerts, drills too; the newest. */
static struct seen
alerts(struct ingest_fix *x)
{
    struct alert_filter filter = { .with_drills = true, .limit = 1000 };
    struct seen s = { .n = 0 };

    assert_int_equal(store_each_alert(x->f->store, &filter, see_alert, &s, &x->f->err), 0);
    return s;
}

struct rows {
    size_t n, n_copies, n_drills, n_gone;
};

static int
see_mention(void *ctx, const struct mention_row *m)
{
    struct rows *r = ctx;

    r->n++;
    r->n_copies += m->post.is_copy;
    r->n_drills += m->post.is_drill;
    r->n_gone += m->post.gone_ms != 0;
    return 0;
}

static struct rows
mentions(struct ingest_fix *x, const char *brand)
{
    struct mention_filter filter = { .brand = str_z(brand), .with_drills = true, .limit = 1000 };
    struct rows r = { 0 };

    assert_int_equal(store_each_mention(x->f->store, &filter, see_mention, &r, &x->f->err), 0);
    return r;
}

#define RAGE "They took my money, never answered and laugh at me, these are thieves and robbers"

static void
test_new_and_known(void **state)
{
    struct ingest_fix *x = *state;

    take(x, "p1", "jane", RAGE, 90);
    assert_int_equal(x->b.n_new, 1);
    assert_int_equal(x->b.n_known, 0);
    assert_int_equal(x->b.n_mentions, 1);
    assert_int_equal(x->b.n_alerts, 1);
    assert_int_equal(x->scored[0].n_stored, 1);
    take(x, "p1", "jane", RAGE, 90);
    assert_int_equal(x->b.n_new, 0);
    assert_int_equal(x->b.n_known, 1);
    assert_int_equal(x->b.n_mentions, 0);
    assert_int_equal(alerts(x).n, 1);
    assert_int_equal(alerts(x).last.n_posts, 1);
    assert_int_equal(mentions(x, "acme").n, 1);
}

static void
test_edit_raises(void **state)
{
    struct ingest_fix *x = *state;

    take(x, "p1", "jane", "I am not happy with them at all and wait for an answer", 55);
    assert_int_equal(alerts(x).last.level, LEVEL_UPSET);
    x->f->now_ms += MS_HOUR;
    take(x, "p1", "jane", RAGE, 95);
    assert_int_equal(alerts(x).n, 1);
    assert_int_equal(alerts(x).last.level, LEVEL_IRATE);
    assert_int_equal(alerts(x).last.n_posts, 1);
    assert_int_equal(mentions(x, "acme").n, 1);
    /* an edit that takes it back never rings, and the evidence of an alert stays */
    take(x, "p1", "jane", "It was all my own fault, I am sorry", 0);
    assert_int_equal(alerts(x).last.level, LEVEL_IRATE);
    assert_int_equal(mentions(x, "acme").n, 1);
}

static void
test_edit_that_matches_no_more(void **state)
{
    struct ingest_fix *x = *state;

    take(x, "p1", "jane", "acme is a shop", 10);
    assert_int_equal(mentions(x, "acme").n, 1);
    take(x, "p1", "jane", "some shop is a shop", 0);
    assert_int_equal(mentions(x, "acme").n, 0);
}

static void
test_gone(void **state)
{
    struct ingest_fix *x = *state;

    take(x, "p1", "jane", RAGE, 90);
    begin_batch(x);
    add(x, "p1", "jane", "", 0)->is_gone = true;
    add(x, "never-seen", "jane", "", 0)->is_gone = true;
    run(x);
    assert_int_equal(mentions(x, "acme").n_gone, 1);
    assert_int_equal(alerts(x).n, 1);
}

static void
test_copies(void **state)
{
    struct ingest_fix *x = *state;
    struct post *p;

    begin_batch(x);
    p = add(x, "p1", "jane", RAGE, 55);
    p->uri = STR_LIT("https://social.example/1");
    p->url = p->canonical_url = STR_LIT("https://forum.example/1");
    run(x);
    begin_batch(x);
    p = add(x, "p2", "joe", "by its uri: robbers", 90);
    p->uri = STR_LIT("https://social.example/1");
    p = add(x, "p3", "mary", "by its address: robbers", 90);
    p->url = p->canonical_url = STR_LIT("https://forum.example/1");
    add(x, "p4", "max", RAGE, 90); /* by its words */
    run(x);
    assert_int_equal(mentions(x, "acme").n, 4);
    assert_int_equal(mentions(x, "acme").n_copies, 3);
    assert_int_equal(alerts(x).n, 1);
    assert_int_equal(alerts(x).last.n_posts, 1);
    /* the first one does not become a copy of its copies by being edited */
    begin_batch(x);
    p = add(x, "p1", "jane", RAGE ", says everybody", 90);
    p->uri = STR_LIT("https://social.example/1");
    p->url = p->canonical_url = STR_LIT("https://forum.example/1");
    run(x);
    assert_int_equal(mentions(x, "acme").n_copies, 3);
    assert_int_equal(alerts(x).last.level, LEVEL_IRATE);
    /* nor does a copy become a complaint of its own */
    take(x, "p4", "max", "Copied from Jane, who has more to say about them", 90);
    assert_int_equal(alerts(x).n, 1);
}

static void
test_repost(void **state)
{
    struct ingest_fix *x = *state;

    begin_batch(x);
    add(x, "p1", "jane", RAGE, 90);
    add(x, "p2", "joe", RAGE, 90)->kind = POST_REPOST;
    run(x);
    assert_int_equal(mentions(x, "acme").n_copies, 1);
    assert_int_equal(alerts(x).n, 1);
    /* of a post that we never saw: somebody must be told of it */
    begin_batch(x);
    add(x, "p3", "mary", "A quite different story of broken glass and unanswered letters", 90)
        ->kind = POST_REPOST;
    run(x);
    assert_int_equal(alerts(x).n, 2);
}

static void
test_ours_and_unmatched(void **state)
{
    struct ingest_fix *x = *state;

    begin_batch(x);
    add(x, "p1", "acme", RAGE, 90);
    x->scored[0].is_ours = true;
    add(x, "p2", "joe", "nothing of interest", 0);
    run(x);
    assert_int_equal(x->b.n_new, 2);
    assert_int_equal(x->b.n_mentions, 0);
    assert_int_equal(alerts(x).n, 0);
    take(x, "p2", "joe", "nothing of interest", 0);
    assert_int_equal(x->b.n_known, 1);
    /* an edit makes it one, each without an author of its own */
    take(x, "p3", "", "nothing of interest either", 0);
    take(x, "p2", "", "I never got my money back from them, nor a single answer", 90);
    take(x, "p3", "", "And the shop around the corner sold me broken glass, the liars", 90);
    assert_int_equal(mentions(x, "acme").n, 2);
    assert_int_equal(alerts(x).n, 2);
}

static void
test_two_brands(void **state)
{
    struct ingest_fix *x = *state;

    begin_batch(x);
    add(x, "p1", "jane", RAGE, 90);
    x->scored[0].n_mentions = 2;
    run(x);
    assert_int_equal(mentions(x, "acme").n, 1);
    assert_int_equal(mentions(x, "zest").n, 1);
    assert_int_equal(alerts(x).n, 2);
    x->f->brands[1].is_competitor = true;
    begin_batch(x);
    add(x, "p2", "joe", "Another long story of the money that was never paid back", 90);
    x->scored[0].n_mentions = 2;
    run(x);
    assert_int_equal(alerts(x).n, 3);
}

static void
test_segment_hint(void **state)
{
    struct ingest_fix *x = *state;
    struct person p;
    int64_t id;

    begin_batch(x);
    add(x, "p1", "jane", "my order number is 17", 20);
    x->mentions[0][0].segment = STR_LIT("customer");
    run(x);
    id = alert_fix_person(x->f, "jane");
    assert_int_equal(store_get_person(x->f->store, id, x->f->arena, &p, &x->f->err), 0);
    assert_int_equal(p.segment, SEGMENT_CUSTOMER);
    /* what a person has decided stays */
    alert_fix_segment(x->f, "jane", SEGMENT_FRIEND);
    begin_batch(x);
    add(x, "p2", "jane", "my order number is 18", 20);
    x->mentions[0][0].segment = STR_LIT("customer");
    run(x);
    assert_int_equal(store_get_person(x->f->store, id, x->f->arena, &p, &x->f->err), 0);
    assert_int_equal(p.segment, SEGMENT_FRIEND);
}

static void
test_crusade(void **state)
{
    struct ingest_fix *x = *state;

    take(x, "p1", "jane", RAGE, 80);
    take(x, "p2", "jane", "And now they do not even answer the telephone, shame on them all", 80);
    assert_int_equal(alerts(x).last.level, LEVEL_IRATE);
    begin_batch(x);
    add(x, "p3", "jane", "Warn your families: whoever buys there will lose all of it", 80)->place =
        STR_LIT("blog.example");
    run(x);
    assert_int_equal(alerts(x).n, 1);
    assert_int_equal(alerts(x).last.level, LEVEL_CRUSADE);
    assert_int_equal(alerts(x).last.kind, ALERT_CRUSADE);
}

static void
test_first_poll(void **state)
{
    struct ingest_fix *x = *state;
    struct post *p;

    begin_batch(x);
    x->b.is_first_poll = x->b.ends_first_poll = true;
    p = add(x, "old", "jane", RAGE, 90);
    p->published_ms = x->f->now_ms - 3 * MS_DAY;
    p = add(x, "undated", "joe", "Where is my parcel, you liars, where is my parcel now", 90);
    p->published_ms = 0;
    p = add(x, "ancient", "mary", "I have been waiting for a refund since the spring, thieves", 90);
    p->published_ms = x->f->now_ms - 300 * MS_DAY;
    run(x);
    assert_int_equal(mentions(x, "acme").n, 3);
    assert_int_equal(alerts(x).n, 1); /* the summary, once */
    assert_int_equal(alerts(x).last.kind, ALERT_SUMMARY);
    alert_fix_go(x->f, MS_HOUR);
    assert_string_equal(alert_fix_told(x->f, 0, 0), "ben-ntfy:0@0");
    begin_batch(x);
    x->b.is_first_poll = true;
    add(x, "young", "max", "This very morning they lied to my face again and again", 90);
    run(x);
    assert_int_equal(alerts(x).last.kind, ALERT_IRATE_PERSON);
    /* after it, age does not matter: it is new to us */
    begin_batch(x);
    add(x, "late", "moe", "Last year they sold me a broken clock and kept the money", 90)
        ->published_ms = x->f->now_ms - 300 * MS_DAY;
    run(x);
    assert_int_equal(alerts(x).n, 3);
}

static void
test_flood_is_held(void **state)
{
    struct ingest_fix *x = *state;
    char id[16], who[16];

    begin_batch(x);
    x->b.is_first_poll = x->b.ends_first_poll = true;
    for (int i = 0; i < 220; i++) {
        snprintf(id, sizeof id, "p%d", i);
        snprintf(who, sizeof who, "w%d", i);
        add(x, id, who, id, 90);
    }
    run(x);
    alert_fix_go(x->f, MS_DAY);
    assert_int_equal(x->f->n_told, 0);
}

static void
test_drill(void **state)
{
    struct ingest_fix *x = *state;
    struct store_counts n;

    take(x, "p1", "jane", RAGE, 90);
    begin_batch(x);
    x->b.is_drill = true;
    x->b.drill_brand = "acme";
    add(x, "drill", "drill", RAGE, 90); /* the words of a real one: no copy of it */
    run(x);
    assert_true(x->b.drill_alert != 0);
    assert_int_equal(alerts(x).n, 2);
    assert_int_equal(alerts(x).last.kind, ALERT_DRILL);
    assert_int_equal(mentions(x, "acme").n_drills, 1);
    assert_int_equal(mentions(x, "acme").n_copies, 0);
    assert_int_equal(store_count(x->f->store, STR_LIT("acme"), 0, &n, &x->f->err), 0);
    assert_int_equal(n.mentions, 1);
}

static void
test_health(void **state)
{
    struct ingest_fix *x = *state;

    begin_batch(x);
    x->b.is_lost = true;
    x->b.state.reason = STR_LIT("HTTP 410");
    run(x);
    assert_int_equal(alerts(x).last.kind, ALERT_SOURCE_LOST);
    begin_batch(x);
    x->b.is_well_again = true;
    run(x);
    assert_int_equal(alerts(x).last.state, ALERT_CLOSED);
}

/* A job that shared its transaction with one that failed is run again. */
static void
test_twice_is_once(void **state)
{
    struct ingest_fix *x = *state;
    struct score before;

    begin_batch(x);
    add(x, "p1", "jane", RAGE, 75);
    add(x, "p2", "jane", "And now they do not even answer the telephone, shame on them all", 75);
    add(x, "p3", "joe", "nothing of interest", 0);
    before = x->mentions[1][0].score;
    alert_fix_reopen(x->f); /* so that only what follows is rolled back */
    run(x);
    store_rollback(x->f->store);
    assert_int_equal(store_begin(x->f->store, &x->f->err), 0);
    assert_int_equal(alerts(x).n, 0);
    assert_memory_equal(&before, &x->mentions[1][0].score, sizeof before);
    run(x);
    assert_int_equal(x->b.n_new, 3);
    assert_int_equal(x->b.n_mentions, 2);
    assert_int_equal(x->scored[0].n_stored, 1);
    assert_int_equal(alerts(x).n, 1);
    assert_int_equal(alerts(x).last.n_posts, 2);
    assert_int_equal(mentions(x, "acme").n, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EACH_TEST(test_new_and_known),
        EACH_TEST(test_edit_raises),
        EACH_TEST(test_edit_that_matches_no_more),
        EACH_TEST(test_gone),
        EACH_TEST(test_copies),
        EACH_TEST(test_repost),
        EACH_TEST(test_ours_and_unmatched),
        EACH_TEST(test_two_brands),
        EACH_TEST(test_segment_hint),
        EACH_TEST(test_crusade),
        EACH_TEST(test_first_poll),
        EACH_TEST(test_flood_is_held),
        EACH_TEST(test_drill),
        EACH_TEST(test_health),
        EACH_TEST(test_twice_is_once),
    };

    return RUN_TESTS(tests);
}
