/* store_cases - what every store must do, whatever is behind the header; run against each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "store/store.h"
#include "unit.h"

#define NOW INT64_C(1790000000000)

struct fix {
    char dir[64];
    struct store *s;
    struct arena *a;
    struct err err;
};

static int64_t
wall(void *ctx)
{
    (void)ctx;
    return NOW;
}
static const struct clock test_clock = { wall, wall, NULL };

/* The call must do; its reason is shown when it does not. */
#define OK(f, call)                                  \
    do {                                             \
        (f)->err = (struct err){ 0 };                \
        if ((call) != 0)                             \
            fail_msg("%s: %s", #call, (f)->err.msg); \
    } while (0)
#define assert_str(s, z)                                        \
    do {                                                        \
        struct tocsin_str s_ = (s);                             \
        if (!str_eq_z(s_, z))                                   \
            fail_msg("\"%.*s\" is not \"%s\"", STR_FMT(s_), z); \
    } while (0)

static int
set_up(void **state)
{
    struct fix *f = calloc(1, sizeof *f);

    assert_non_null(f);
    snprintf(f->dir, sizeof f->dir, "store-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->a = arena_new(64 << 20);
    OK(f, store_open(&f->s, f->dir, STORE_WRITER, &test_clock, &f->err));
    OK(f, store_begin(f->s, &f->err));
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    struct fix *f = *state;
    static const char *const files[] = { "tocsin.db", "tocsin.db-wal", "tocsin.db-shm",
                                         "writer.lock", "ballast" };

    store_close(f->s);
    arena_free(f->a);
    for (size_t i = 0; i < N_ROWS(files); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", f->dir, files[i]);
        unlink(path);
    }
    rmdir(f->dir);
    free(f);
    return 0;
}

static struct post
a_post(const char *id, const char *text)
{
    return (struct post){
        .source = STR_LIT("hn"),
        .service = STR_LIT("hackernews"),
        .id = str_z(id),
        .text.text = str_z(text),
        .published_ms = NOW - MS_HOUR,
        .rating = NAN,
        .replies = -1,
        .reposts = -1,
        .likes = 7,
        .author.followers = -1,
    };
}

static int64_t
add(struct fix *f, const struct post *p, const struct post_facts *facts, int64_t now_ms)
{
    int64_t id = 0, story = 0;

    OK(f, store_add_post(f->s, p, facts, now_ms, &id, &story, &f->err));
    assert_true(id > 0 && story > 0);
    return id;
}

static int64_t
mention(struct fix *f, int64_t post, const char *brand, double sentiment, double complaint,
        enum level level)
{
    struct mention m = {
        .brand = str_z(brand),
        .score = { .sentiment = sentiment,
                   .complaint = complaint,
                   .level = level,
                   .irate = 20.0 * (int)level },
    };
    int64_t id = 0;

    OK(f, store_put_mention(f->s, post, &m, NOW, &id, &f->err));
    return id;
}

static int64_t
account(struct fix *f, const char *service, const char *handle, const char *link, int64_t *person)
{
    struct author au = { .handle = str_z(handle), .profile_link = str_z(link), .followers = 10 };
    int64_t id = 0;

    OK(f, store_put_account(f->s, str_z(service), &au, NOW, &id, person, &f->err));
    return id;
}

/* ---- walks that collect ---- */

struct ids {
    int64_t v[64];
    size_t n;
};

static int
take_mention(void *ctx, const struct mention_row *row)
{
    struct ids *l = ctx;
    l->v[l->n++] = row->id;
    return 0;
}

static int
take_alert(void *ctx, const struct alert *al)
{
    struct ids *l = ctx;
    l->v[l->n++] = al->id;
    return 0;
}

static int
take_id(void *ctx, int64_t id)
{
    struct ids *l = ctx;
    l->v[l->n++] = id;
    return 0;
}

static int
take_rejected(void *ctx, const struct stored_post *p)
{
    return take_id(ctx, p->id);
}

static int
take_person(void *ctx, const struct person *p)
{
    return take_id(ctx, p->id);
}

static int
take_delivery(void *ctx, const struct delivery *d)
{
    return take_id(ctx, d->id);
}

static void
expect_mentions(struct fix *f, struct mention_filter filter, size_t n, const int64_t *ids)
{
    struct ids l = { .n = 0 };

    OK(f, store_each_mention(f->s, &filter, take_mention, &l, &f->err));
    assert_int_equal(l.n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(l.v[i], ids[i]);
}
#define EXPECT(f, filter, ...)                                                       \
    expect_mentions(f, filter, sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), \
                    (int64_t[]){ __VA_ARGS__ })
#define FILTER(...) ((struct mention_filter){ __VA_ARGS__ })

/* ---- posts ---- */

static void
keeps_a_post_whole(void **state)
{
    struct fix *f = *state;
    struct tocsin_str tags[] = { STR_LIT("a\"b"), STR_LIT("c") };
    struct post p = a_post("1", "never again");
    struct stored_post got;
    int64_t person, ac = account(f, "hackernews", "ann", "", &person);

    p.title.text = STR_LIT("Title");
    p.url = STR_LIT("https://a.example/1?x");
    p.canonical_url = STR_LIT("https://a.example/1");
    p.tags = tags;
    p.n_tags = 2;
    p.rating = 2.5;
    p.kind = POST_REVIEW;
    p.raw = STR_LIT("<p>never again");
    int64_t id = add(f, &p, &(struct post_facts){ .account = ac, .keep_raw = true }, NOW);

    OK(f, store_get_post(f->s, id, f->a, &got, &f->err));
    assert_int_equal(got.id, id);
    assert_int_equal(got.story, id);
    assert_int_equal(got.person, person);
    assert_int_equal(got.first_seen_ms, NOW);
    assert_int_equal(got.revision, 1);
    assert_str(got.post.text.text, "never again");
    assert_str(got.post.title.text, "Title");
    assert_str(got.post.author.handle, "ann");
    assert_str(got.post.source, "hn");
    assert_str(got.post.raw, "<p>never again");
    assert_int_equal(got.post.n_tags, 2);
    assert_str(got.post.tags[0], "a\"b");
    assert_true(got.post.rating == 2.5);
    assert_int_equal(got.post.kind, POST_REVIEW);
    assert_int_equal(got.post.likes, 7);
    assert_int_equal(store_get_post(f->s, id + 1, f->a, &got, &f->err), -1);
    assert_int_equal(f->err.code, ERR_NOTFOUND);
}

static void
knows_a_post_again(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "one");
    struct known_post k;
    int64_t story;

    OK(f, store_find_post(f->s, &p, 0, &k, &f->err));
    assert_int_equal(k.id, 0);
    int64_t id = add(f, &p, &(struct post_facts){ 0 }, NOW);
    OK(f, store_find_post(f->s, &p, 0, &k, &f->err));
    assert_int_equal(k.id, id);
    assert_true(k.is_same_text && k.was_matched && !k.is_gone);
    p.text.text = STR_LIT("two");
    OK(f, store_find_post(f->s, &p, 0, &k, &f->err));
    assert_true(k.id == id && !k.is_same_text && k.story == id);
    p.source = STR_LIT("other");
    OK(f, store_find_post(f->s, &p, 0, &k, &f->err));
    assert_int_equal(k.id, 0);

    struct post r = a_post("2", "rejected");
    OK(f, store_add_rejected(f->s, &r, true, NOW, &story, &f->err));
    assert_true(story > id);
    OK(f, store_find_post(f->s, &r, 0, &k, &f->err));
    assert_true(k.id == story && k.is_same_text && !k.was_matched);
}

static void
knows_copies(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "text");
    struct known_post k;
    struct story st;
    struct post_facts none = { 0 };

    p.uri = STR_LIT("urn:1");
    p.canonical_url = STR_LIT("https://a.example/1");
    p.place = STR_LIT("r/one");
    int64_t id = add(f, &p, &none, NOW), id2;
    struct post q = a_post("x", "other text");
    q.source = STR_LIT("feed");
    q.uri = STR_LIT("urn:1");
    OK(f, store_find_post(f->s, &q, 0, &k, &f->err));
    assert_true(k.copy_of == id && k.story == id && k.id == 0);
    q.service = STR_LIT("rss"); /* uris are compared within a service */
    OK(f, store_find_post(f->s, &q, 0, &k, &f->err));
    assert_int_equal(k.copy_of, 0);
    q.canonical_url = p.canonical_url;
    OK(f, store_find_post(f->s, &q, 0, &k, &f->err));
    assert_int_equal(k.copy_of, id);
    OK(f, store_get_story(f->s, id, &st, &f->err));
    assert_true(st.n_posts == 1 && st.n_places == 1 && st.first_post == id);
    q.place = STR_LIT("r/two");
    id2 = add(f, &q, &(struct post_facts){ .story = id, .is_copy = true }, NOW + 5);
    OK(f, store_get_story(f->s, id, &st, &f->err));
    assert_true(st.n_posts == 2 && st.n_places == 2 && st.last_ms == NOW + 5);
    OK(f, store_find_post(f->s, &q, 0, &k, &f->err));
    assert_true(k.id == id2 && k.story == id);
}

static void
knows_near_copies(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "text"), q = a_post("2", "nearly text");
    struct known_post k;

    p.fingerprint = UINT64_C(0x123456789abcdef1);
    q.fingerprint = p.fingerprint ^ 1;
    int64_t id = add(f, &p, &(struct post_facts){ 0 }, NOW);
    OK(f, store_find_post(f->s, &q, NOW - MS_DAY, &k, &f->err));
    assert_true(k.is_near_copy && k.story == id && k.copy_of == 0);
    OK(f, store_find_post(f->s, &q, NOW + 2 * MS_HOUR, &k, &f->err));
    assert_false(k.is_near_copy);
    q.fingerprint = ~p.fingerprint;
    OK(f, store_find_post(f->s, &q, 0, &k, &f->err));
    assert_int_equal(k.story, 0);
    q.fingerprint = 0;
    OK(f, store_find_post(f->s, &q, 0, &k, &f->err));
    assert_int_equal(k.story, 0);
}

static void
never_lets_first_seen_fall(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "x"), q = a_post("2", "x");
    struct stored_post got;
    int64_t a = add(f, &p, &(struct post_facts){ 0 }, NOW);
    int64_t b = add(f, &q, &(struct post_facts){ 0 }, NOW - MS_DAY);

    assert_true(b > a);
    OK(f, store_get_post(f->s, b, f->a, &got, &f->err));
    assert_int_equal(got.first_seen_ms, NOW);
}

static void
revises_and_searches(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "the Caf\xc3\xa9 was closed"), r = a_post("2", "nothing here");
    struct stored_post got;
    int64_t rid;
    int64_t id = add(f, &p, &(struct post_facts){ 0 }, NOW);
    int64_t m = mention(f, id, "acme", 0, 0, LEVEL_WATCH);

    EXPECT(f, FILTER(.search = STR_LIT("cafe")), m);
    EXPECT(f, FILTER(.search = STR_LIT("closed CAFE")), m);
    EXPECT(f, FILTER(.search = STR_LIT("\"was closed\"")), m);
    expect_mentions(f, FILTER(.search = STR_LIT("\"closed was\"")), 0, NULL);
    expect_mentions(f, FILTER(.search = STR_LIT("cafe open")), 0, NULL);
    expect_mentions(f, FILTER(.search = STR_LIT("NOT")), 0, NULL);
    expect_mentions(f, FILTER(.search = STR_LIT("\" * ( ^ -")), 0, NULL);
    p.text.text = STR_LIT("it is open");
    OK(f, store_revise_post(f->s, id, &p, &(struct post_facts){ 0 }, NOW, &f->err));
    EXPECT(f, FILTER(.search = STR_LIT("open")), m);
    expect_mentions(f, FILTER(.search = STR_LIT("cafe")), 0, NULL);
    OK(f, store_get_post(f->s, id, f->a, &got, &f->err));
    assert_int_equal(got.revision, 2);

    OK(f, store_add_rejected(f->s, &r, true, NOW, &rid, &f->err));
    r.text.text = STR_LIT("acme here");
    OK(f, store_revise_post(f->s, rid, &r, &(struct post_facts){ 0 }, NOW, &f->err));
    OK(f, store_get_post(f->s, rid, f->a, &got, &f->err));
    assert_str(got.post.text.text, "acme here");
    assert_int_equal(got.story, rid);
    struct ids l = { .n = 0 };
    OK(f, store_each_rejected(f->s, 0, take_rejected, &l, &f->err));
    assert_int_equal(l.n, 0);
}

static void
finds_our_reply(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "help"), ours = a_post("2", "we will");
    int64_t id, at;

    p.thread = ours.thread = STR_LIT("t1");
    int64_t post = add(f, &p, &(struct post_facts){ 0 }, NOW);
    OK(f, store_find_our_reply(f->s, post, 0, &id, &at, &f->err));
    assert_int_equal(id, 0);
    int64_t reply = add(f, &ours, &(struct post_facts){ .is_ours = true }, NOW + 9);
    OK(f, store_find_our_reply(f->s, post, NOW, &id, &at, &f->err));
    assert_true(id == reply && at == NOW + 9);
    OK(f, store_find_our_reply(f->s, post, NOW + 9, &id, &at, &f->err));
    assert_int_equal(id, 0);
    struct post p2 = a_post("3", "hey"), ours2 = a_post("4", "yes?");
    ours2.parent = STR_LIT("3");
    post = add(f, &p2, &(struct post_facts){ 0 }, NOW + 10);
    reply = add(f, &ours2, &(struct post_facts){ .is_ours = true }, NOW + 11);
    OK(f, store_find_our_reply(f->s, post, NOW, &id, &at, &f->err));
    assert_int_equal(id, reply);
}

/* ---- mentions and people ---- */

static void
lists_mentions(void **state)
{
    struct fix *f = *state;
    struct post p[4] = { a_post("0", "a"), a_post("1", "b"), a_post("2", "c"), a_post("3", "d") };
    int64_t post[4], m[5];
    struct store_counts n;

    p[1].source = STR_LIT("feed");
    for (int i = 0; i < 4; i++)
        post[i] = add(f, &p[i], &(struct post_facts){ .is_drill = i == 3, .is_copy = i == 2 },
                      NOW + i * MS_HOUR);
    m[0] = mention(f, post[0], "acme", 0, 0, LEVEL_IRATE);
    m[1] = mention(f, post[1], "acme", 0, 0, LEVEL_WATCH);
    m[2] = mention(f, post[1], "bolt", 0, 0, LEVEL_UPSET);
    m[3] = mention(f, post[2], "acme", 0, 0, LEVEL_CRUSADE);
    m[4] = mention(f, post[3], "acme", 0, 0, LEVEL_IRATE);
    EXPECT(f, FILTER(0), m[3], m[2], m[1], m[0]);
    EXPECT(f, FILTER(.with_drills = true, .limit = 2), m[4], m[3]);
    EXPECT(f, FILTER(.before_id = m[2]), m[1], m[0]);
    EXPECT(f, FILTER(.brand = STR_LIT("acme")), m[3], m[1], m[0]);
    EXPECT(f, FILTER(.source = STR_LIT("feed")), m[2], m[1]);
    EXPECT(f, FILTER(.at_least = LEVEL_IRATE), m[3], m[0]);
    EXPECT(f, FILTER(.at_least = LEVEL_WATCH, .without_copies = true), m[2], m[1], m[0]);
    EXPECT(f, FILTER(.since_ms = NOW + 1), m[3], m[2], m[1]);
    EXPECT(f, FILTER(.until_ms = NOW + MS_HOUR), m[0]);
    EXPECT(f, FILTER(.by_irate = true, .limit = 2), m[3], m[0]);
    EXPECT(f, FILTER(.story = post[0]), m[0]);
    EXPECT(f, FILTER(.post = post[1]), m[2], m[1]);
    OK(f, store_count(f->s, STR_LIT("acme"), NOW, &n, &f->err));
    assert_true(n.posts == 4 && n.mentions == 3 && n.by_level[LEVEL_CRUSADE] == 1);
    assert_int_equal(n.oldest_ms, NOW - MS_HOUR);
    OK(f, store_count(f->s, STR_NONE, NOW + 1, &n, &f->err));
    assert_true(n.mentions == 3);
    OK(f, store_drop_mention(f->s, post[1], STR_LIT("acme"), &f->err));
    EXPECT(f, FILTER(.post = post[1]), m[2]);
}

static void
keeps_a_mention_whole(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "never refund");
    struct hit hits[] = { { STR_LIT("acme"), FIELD_TEXT, 0, 5, false },
                          { STR_LIT("r2"), FIELD_TITLE, 1, 9, true } };
    struct score_part parts[] = { { AXIS_IRATE, true, STR_LIT("third complaint"), STR_LIT(""),
                                    12.25 } };
    struct tocsin_str tags[] = { STR_LIT("billing") };
    struct mention given = {
        .brand = STR_LIT("acme"),
        .hits = hits,
        .n_hits = 2,
        .tags = tags,
        .n_tags = 1,
        .segment = STR_LIT("customer"),
        .is_unsure = true,
        .score = { .sentiment = -0.5,
                   .label = -1,
                   .complaint = 0.75,
                   .irate = 61,
                   .level = LEVEL_IRATE,
                   .parts = parts,
                   .n_parts = 1 },
    };
    struct mention_row row;
    int64_t id, again, person, ac = account(f, "hackernews", "ann", "", &person);
    int64_t post = add(f, &p, &(struct post_facts){ .account = ac }, NOW);

    OK(f, store_put_mention(f->s, post, &given, NOW, &id, &f->err));
    OK(f, store_get_mention(f->s, id, f->a, &row, &f->err));
    assert_int_equal(row.mention.n_hits, 2);
    assert_str(row.mention.hits[1].rule, "r2");
    assert_true(row.mention.hits[1].is_unsure && row.mention.hits[1].end == 9);
    assert_int_equal(row.mention.score.n_parts, 1);
    assert_true(row.mention.score.parts[0].weight == 12.25);
    assert_true(row.mention.score.parts[0].is_history);
    assert_str(row.mention.tags[0], "billing");
    assert_str(row.mention.segment, "customer");
    assert_true(row.mention.score.label == -1 && row.mention.score.irate == 61);
    assert_str(row.person_name, "ann");
    assert_str(row.post.post.text.text, "never refund");
    given.n_hits = 0;
    OK(f, store_put_mention(f->s, post, &given, NOW, &again, &f->err));
    assert_int_equal(again, id);
    OK(f, store_get_mention(f->s, id, f->a, &row, &f->err));
    assert_int_equal(row.mention.n_hits, 0);
}

static void
counts_into_the_person(void **state)
{
    struct fix *f = *state;
    struct person p;
    struct post a = a_post("1", "a"), b = a_post("2", "b"), c = a_post("3", "c");
    int64_t person, ac = account(f, "hackernews", "ann", "", &person);
    int64_t x = add(f, &a, &(struct post_facts){ .account = ac }, NOW);
    int64_t y = add(f, &b, &(struct post_facts){ .account = ac }, NOW);
    int64_t z = add(f, &c, &(struct post_facts){ .account = ac, .is_drill = true }, NOW);

    mention(f, x, "acme", -1, 0, LEVEL_WATCH);
    mention(f, y, "acme", 0.5, 0, LEVEL_WATCH);
    mention(f, z, "acme", -1, 0, LEVEL_WATCH);
    OK(f, store_get_person(f->s, person, f->a, &p, &f->err));
    assert_true(p.n_mentions == 2 && fabs(p.mood + 0.25) < 1e-9);
    mention(f, x, "acme", 0.5, 0, LEVEL_WATCH);
    OK(f, store_get_person(f->s, person, f->a, &p, &f->err));
    assert_true(p.n_mentions == 2 && fabs(p.mood - 0.5) < 1e-9);
    OK(f, store_drop_mention(f->s, x, STR_LIT("acme"), &f->err));
    OK(f, store_get_person(f->s, person, f->a, &p, &f->err));
    assert_int_equal(p.n_mentions, 1);
}

static void
joins_accounts_by_link(void **state)
{
    struct fix *f = *state;
    int64_t p1, p2, p3, found;
    struct person p;
    struct ids l = { .n = 0 };

    account(f, "hackernews", "ann", "https://ann.example", &p1);
    account(f, "mastodon", "@ann@m.example", "https://ann.example", &p2);
    assert_int_equal(p1, p2);
    account(f, "reddit", "zed", "", &p3);
    assert_int_not_equal(p3, p1);
    OK(f, store_get_person(f->s, p3, f->a, &p, &f->err));
    p.segment = SEGMENT_FRIEND;
    p.segment_by = STR_LIT("hand:ana");
    OK(f, store_save_person(f->s, &p, &f->err));
    account(f, "reddit", "zed", "https://ann.example", &p3); /* shown later: two become one */
    assert_int_equal(p3, p1);
    OK(f, store_get_person(f->s, p1, f->a, &p, &f->err));
    assert_int_equal(p.segment, SEGMENT_FRIEND);
    OK(f, store_find_person(f->s, STR_LIT("reddit:zed"), &found, &f->err));
    assert_int_equal(found, p1);
    OK(f, store_find_person(f->s, STR_LIT("ANN@m.example"), &found, &f->err));
    assert_int_equal(found, p1);
    OK(f, store_find_person(f->s, STR_LIT("nobody"), &found, &f->err));
    assert_int_equal(found, 0);
    account(f, "reddit", "ann", "", &p3);
    assert_int_equal(store_find_person(f->s, STR_LIT("ann"), &found, &f->err), -1);
    assert_int_equal(f->err.code, ERR_DATA);
    OK(f, store_find_person(f->s, STR_LIT("reddit:ann"), &found, &f->err));
    assert_int_equal(found, p3);
    struct person_filter filter = { .segment = SEGMENT_FRIEND };
    OK(f, store_each_person(f->s, &filter, take_person, &l, &f->err));
    assert_true(l.n == 1 && l.v[0] == p1);
    filter = (struct person_filter){ .search = STR_LIT("ZE") };
    l.n = 0;
    OK(f, store_each_person(f->s, &filter, take_person, &l, &f->err));
    assert_true(l.n == 1 && l.v[0] == p1);
}

static void
reads_the_past(void **state)
{
    struct fix *f = *state;
    struct post p[4] = { a_post("0", "a"), a_post("1", "b"), a_post("2", "c"), a_post("3", "d") };
    int64_t person, ac = account(f, "hackernews", "ann", "", &person), id = 0, case_id;
    struct past past;
    struct case_ c = { .person = person, .brand = STR_LIT("acme"), .opened_ms = NOW - MS_DAY };

    for (int i = 0; i < 4; i++) {
        p[i].place = i == 1 ? STR_LIT("r/two") : STR_LIT("r/one");
        p[i].thread = i == 0 ? STR_LIT("t0") : STR_LIT("t1");
        id = add(f, &p[i], &(struct post_facts){ .account = ac, .is_copy = i == 2 }, NOW + i);
        mention(f, id, "acme", -0.5, 0.9, LEVEL_IRATE);
    }
    struct past_query q = { .person = person,
                            .story = id,
                            .post = id,
                            .brand = STR_LIT("acme"),
                            .place = STR_LIT("r/one"),
                            .thread = STR_LIT("t1"),
                            .now_ms = NOW + 4,
                            .window_ms = MS_DAY };
    OK(f, store_read_past(f->s, &q, &past, &f->err));
    assert_int_equal(past.mentions, 3);
    assert_true(fabs(past.mood + 0.5) < 1e-9);
    assert_int_equal(past.recent_complaints, 2);
    assert_int_equal(past.recent_places, 3);
    assert_int_equal(past.oldest_unanswered_ms, NOW);
    assert_int_equal(past.story.n_posts, 1);
    assert_int_equal(past.last_resolved_ms, 0);
    struct post ours = a_post("9", "sorry");
    ours.thread = STR_LIT("t0");
    add(f, &ours, &(struct post_facts){ .is_ours = true }, NOW + 5);
    OK(f, store_add_case(f->s, &c, &case_id, &f->err));
    c.id = case_id;
    c.status = CASE_RESOLVED;
    c.resolved_ms = NOW;
    c.outcome = OUTCOME_CALMED;
    OK(f, store_save_case(f->s, &c, &f->err));
    OK(f, store_read_past(f->s, &q, &past, &f->err));
    assert_int_equal(past.oldest_unanswered_ms, NOW + 1);
    assert_true(past.last_resolved_ms == NOW && past.last_outcome == OUTCOME_CALMED);
    q.window_ms = 3;
    OK(f, store_read_past(f->s, &q, &past, &f->err));
    assert_int_equal(past.recent_complaints, 1);
}

static void
keeps_cases(void **state)
{
    struct fix *f = *state;
    int64_t person, id, found;
    struct case_ got;
    bool is_there;

    account(f, "hackernews", "ann", "", &person);
    struct case_ c = {
        .person = person, .brand = STR_LIT("acme"), .opened_ms = NOW, .about = STR_LIT("no refund")
    };
    OK(f, store_add_case(f->s, &c, &id, &f->err));
    OK(f, store_find_open_case(f->s, person, STR_LIT("acme"), &found, &f->err));
    assert_int_equal(found, id);
    OK(f, store_find_open_case(f->s, person, STR_LIT("bolt"), &found, &f->err));
    assert_int_equal(found, 0);
    OK(f, store_find_last_hiccup(f->s, person, f->a, &got, &is_there, &f->err));
    assert_false(is_there);
    c.id = id;
    c.status = CASE_RESOLVED;
    c.resolved_ms = NOW + 5;
    c.outcome = OUTCOME_WON_BACK;
    c.helper = STR_LIT("ben");
    OK(f, store_save_case(f->s, &c, &f->err));
    OK(f, store_find_open_case(f->s, person, STR_LIT("acme"), &found, &f->err));
    assert_int_equal(found, 0);
    OK(f, store_find_last_hiccup(f->s, person, f->a, &got, &is_there, &f->err));
    assert_true(is_there && got.outcome == OUTCOME_WON_BACK);
    assert_str(got.helper, "ben");
    assert_str(got.about, "no refund");
    c.outcome = OUTCOME_FALSE_ALARM;
    OK(f, store_save_case(f->s, &c, &f->err));
    OK(f, store_find_last_hiccup(f->s, person, f->a, &got, &is_there, &f->err));
    assert_false(is_there);
}

static int
take_note(void *ctx, const struct note *n)
{
    assert_str(n->by, "ana");
    assert_str(n->text, "called back");
    return take_id(ctx, n->id);
}

static void
keeps_notes(void **state)
{
    struct fix *f = *state;
    int64_t person, id;
    struct ids l = { .n = 0 };

    account(f, "hackernews", "ann", "", &person);
    OK(f, store_add_note(f->s, person, STR_LIT("ana"), STR_LIT("called back"), NOW, &id, &f->err));
    OK(f, store_each_note(f->s, person, take_note, &l, &f->err));
    assert_true(l.n == 1 && l.v[0] == id);
}

/* ---- alerts and deliveries ---- */

static int64_t
alert(struct fix *f, struct alert al)
{
    int64_t id = 0;

    OK(f, store_add_alert(f->s, &al, &id, &f->err));
    return id;
}

static void
finds_alerts(void **state)
{
    struct fix *f = *state;
    struct ids l = { .n = 0 };
    struct alert got;
    int64_t id, n;
    int64_t a = alert(f, (struct alert){ .brand = STR_LIT("acme"),
                                         .person = 5,
                                         .opened_ms = NOW,
                                         .change = STR_LIT("rose") });
    int64_t b = alert(f, (struct alert){ .kind = ALERT_CRUSADE,
                                         .brand = STR_LIT("acme"),
                                         .person = 5,
                                         .state = ALERT_CLOSED,
                                         .closed_ms = NOW,
                                         .opened_ms = NOW });
    int64_t c = alert(
        f, (struct alert){ .kind = ALERT_SOURCE_LOST, .subject = STR_LIT("hn"), .opened_ms = NOW });

    OK(f, store_get_alert(f->s, a, f->a, &got, &f->err));
    assert_true(got.person == 5 && got.opened_ms == NOW);
    assert_str(got.change, "rose");
    struct alert_key k = { .any_kind = true, .brand = STR_LIT("acme"), .person = 5 };
    OK(f, store_find_alert(f->s, &k, &id, &f->err));
    assert_int_equal(id, a);
    got.state = ALERT_CLOSED;
    got.closed_ms = NOW - 5;
    OK(f, store_save_alert(f->s, &got, &f->err));
    OK(f, store_find_alert(f->s, &k, &id, &f->err));
    assert_int_equal(id, 0);
    k.with_closed = true;
    k.closed_since_ms = NOW - 10;
    OK(f, store_find_alert(f->s, &k, &id, &f->err));
    assert_int_equal(id, b);
    k.any_kind = false;
    OK(f, store_find_alert(f->s, &k, &id, &f->err));
    assert_int_equal(id, a);
    k = (struct alert_key){ .kind = ALERT_SOURCE_LOST, .subject = STR_LIT("hn") };
    OK(f, store_find_alert(f->s, &k, &id, &f->err));
    assert_int_equal(id, c);
    k.subject = STR_LIT("other");
    OK(f, store_find_alert(f->s, &k, &id, &f->err));
    assert_int_equal(id, 0);
    OK(f, store_count_alerts(f->s, STR_LIT("acme"), NOW, &n, &f->err));
    assert_int_equal(n, 2);
    struct alert_filter filter = { .only_unclosed = true };
    OK(f, store_each_alert(f->s, &filter, take_alert, &l, &f->err));
    assert_true(l.n == 1 && l.v[0] == c);
}

static void
joins_posts_to_alerts(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "x"), q = a_post("2", "y");
    struct mention_row row;
    struct ids l = { .n = 0 };
    int64_t x = add(f, &p, &(struct post_facts){ 0 }, NOW);
    int64_t y = add(f, &q, &(struct post_facts){ 0 }, NOW);
    int64_t m = mention(f, y, "acme", 0, 0, LEVEL_IRATE);
    int64_t a = alert(f, (struct alert){ .brand = STR_LIT("acme") });
    int64_t storm = alert(f, (struct alert){ .brand = STR_LIT("acme"), .kind = ALERT_STORM });

    OK(f, store_add_alert_post(f->s, a, x, NOW, &f->err));
    OK(f, store_add_alert_post(f->s, a, y, NOW, &f->err));
    OK(f, store_add_alert_post(f->s, a, y, NOW, &f->err));
    OK(f, store_add_alert_post(f->s, storm, y, NOW, &f->err));
    OK(f, store_each_alert_post(f->s, a, take_id, &l, &f->err));
    assert_true(l.n == 2 && l.v[0] == y && l.v[1] == x);
    OK(f, store_get_mention(f->s, m, f->a, &row, &f->err));
    assert_int_equal(row.alert, a);
}

static void
keeps_timers(void **state)
{
    struct fix *f = *state;
    struct alert *due;
    size_t n;
    int64_t at, id;

    OK(f, store_next_timer(f->s, &at, &f->err));
    assert_true(at == INT64_MAX);
    int64_t a = alert(f, (struct alert){ .next_ms = NOW + 5 });
    int64_t b = alert(f, (struct alert){ .state = ALERT_ACKED, .ack_expires_ms = NOW + 3 });
    alert(f, (struct alert){ .state = ALERT_CLOSED, .next_ms = NOW });
    OK(f, store_next_timer(f->s, &at, &f->err));
    assert_int_equal(at, NOW + 3);
    OK(f, store_due_alerts(f->s, NOW + 4, f->a, 10, &due, &n, &f->err));
    assert_true(n == 1 && due[0].id == b);
    OK(f, store_due_alerts(f->s, NOW + 5, f->a, 10, &due, &n, &f->err));
    assert_true(n == 2 && due[0].id == a);
    struct delivery d = { .alert = a, .next_ms = NOW + 1 };
    OK(f, store_add_delivery(f->s, &d, &id, &f->err));
    OK(f, store_next_timer(f->s, &at, &f->err));
    assert_int_equal(at, NOW + 1);
}

static void
claims_deliveries(void **state)
{
    struct fix *f = *state;
    struct delivery d = { .alert = 1,
                          .notifier = STR_LIT("mail"),
                          .receiver = STR_LIT("ana"),
                          .next_ms = NOW,
                          .created_ms = NOW },
                    *due;
    struct tocsin_str handle;
    struct ids l = { .n = 0 };
    size_t n;
    int64_t id, id2, rings;

    OK(f, store_add_delivery(f->s, &d, &id, &f->err));
    d.notifier = STR_LIT("ntfy");
    OK(f, store_add_delivery(f->s, &d, &id2, &f->err));
    OK(f, store_count_rings(f->s, STR_LIT("ana"), NOW, &rings, &f->err));
    assert_int_equal(rings, 1); /* one ring, two ways */
    OK(f, store_claim_deliveries(f->s, NOW - 1, 60, 10, f->a, &due, &n, &f->err));
    assert_int_equal(n, 0);
    OK(f, store_claim_deliveries(f->s, NOW, 60, 1, f->a, &due, &n, &f->err));
    assert_true(n == 1 && due[0].id == id && due[0].state == DELIVERY_SENDING);
    d = due[0];
    OK(f, store_claim_deliveries(f->s, NOW, 60, 10, f->a, &due, &n, &f->err));
    assert_true(n == 1 && due[0].id == id2);
    OK(f, store_claim_deliveries(f->s, NOW + 60, 60, 10, f->a, &due, &n, &f->err));
    assert_int_equal(n, 2); /* the leases ran out */
    OK(f, store_claim_deliveries(f->s, NOW + 60, 60, 10, f->a, &due, &n, &f->err));
    assert_int_equal(n, 0);
    OK(f, store_free_claims(f->s, &f->err));
    OK(f, store_claim_deliveries(f->s, NOW + 60, 60, 10, f->a, &due, &n, &f->err));
    assert_int_equal(n, 2); /* who held them has ended */
    OK(f, store_find_handle(f->s, 1, STR_LIT("mail"), f->a, &handle, &f->err));
    assert_int_equal(handle.n, 0);
    d.state = DELIVERY_DELIVERED;
    d.handle = STR_LIT("<m1>");
    OK(f, store_save_delivery(f->s, &d, &f->err));
    OK(f, store_find_handle(f->s, 1, STR_LIT("mail"), f->a, &handle, &f->err));
    assert_str(handle, "<m1>");
    d = due[1];
    d.state = DELIVERY_PENDING;
    OK(f, store_save_delivery(f->s, &d, &f->err));
    OK(f, store_drop_deliveries(f->s, 1, &f->err));
    OK(f, store_claim_deliveries(f->s, NOW + MS_DAY, 60, 10, f->a, &due, &n, &f->err));
    assert_int_equal(n, 0);
    struct delivery_filter filter = { .alert = 1 };
    OK(f, store_each_delivery(f->s, &filter, take_delivery, &l, &f->err));
    assert_int_equal(l.n, 2);
    filter.only_undone = true;
    OK(f, store_each_delivery(f->s, &filter, take_delivery, &l, &f->err));
    assert_int_equal(l.n, 2);
}

static void
uses_tokens_once(void **state)
{
    struct fix *f = *state;
    struct token_row t = { .alert = 3, .action = STR_LIT("ack"), .expires_ms = NOW }, got;
    bool found;

    OK(f, store_add_token(f->s, STR_LIT("h1"), &t, &f->err));
    OK(f, store_find_token(f->s, STR_LIT("h2"), f->a, &got, &found, &f->err));
    assert_false(found);
    OK(f, store_use_token(f->s, STR_LIT("h1"), NOW, &f->err));
    OK(f, store_use_token(f->s, STR_LIT("h1"), NOW + 1, &f->err));
    OK(f, store_find_token(f->s, STR_LIT("h1"), f->a, &got, &found, &f->err));
    assert_true(found && got.used_ms == NOW && got.alert == 3);
    assert_str(got.action, "ack");
}

/* ---- sources, facts, transactions ---- */

static int
take_gap(void *ctx, const struct source_gap *g)
{
    assert_str(g->why, "limit");
    return take_id(ctx, g->at_ms);
}

static void
keeps_sources(void **state)
{
    struct fix *f = *state;
    struct source_validator v[] = { { STR_LIT("https://a.example/f"), STR_LIT("W/\"a\""),
                                      STR_LIT(""), UINT64_C(0xfedcba9876543210) } };
    struct source_state st = { .name = STR_LIT("hn"),
                               .plugin = STR_LIT("hackernews"),
                               .cursor = STR_LIT("c1"),
                               .validators = v,
                               .n_validators = 1,
                               .health = SOURCE_DEGRADED,
                               .next_due_ms = NOW,
                               .spent_at_ms = 4 };
    struct source_state got;
    struct ids l = { .n = 0 };
    bool found;

    OK(f, store_put_source(f->s, &st, &f->err));
    OK(f, store_find_source(f->s, STR_LIT("hn"), f->a, &got, &found, &f->err));
    assert_true(found && got.n_validators == 1 && got.health == SOURCE_DEGRADED);
    assert_str(got.cursor, "c1");
    assert_str(got.validators[0].etag, "W/\"a\"");
    assert_true(got.validators[0].body_hash == UINT64_C(0xfedcba9876543210));
    assert_true(got.next_due_ms == NOW && got.spent_at_ms == 4);
    OK(f,
       store_add_gap(
           f->s, &(struct source_gap){ .at_ms = NOW, .source = st.name, .why = STR_LIT("limit") },
           &f->err));
    OK(f, store_each_gap(f->s, NOW, take_gap, &l, &f->err));
    assert_int_equal(l.n, 1);
    OK(f, store_each_gap(f->s, NOW + 1, take_gap, &l, &f->err));
    assert_int_equal(l.n, 1);
    OK(f, store_remove_source(f->s, STR_LIT("hn"), &f->err));
    OK(f, store_find_source(f->s, STR_LIT("hn"), f->a, &got, &found, &f->err));
    assert_false(found);
}

static void
keeps_facts_and_notifiers(void **state)
{
    struct fix *f = *state;
    struct notifier_state n = { .name = STR_LIT("mail"), .cursor = STR_LIT("7"), .failures = 2 };
    struct notifier_state got;
    struct tocsin_str v;
    bool found;

    OK(f, store_get_fact(f->s, "boot", f->a, &v, &found, &f->err));
    assert_false(found);
    OK(f, store_put_fact(f->s, "boot", STR_LIT("a"), &f->err));
    OK(f, store_put_fact(f->s, "boot", STR_LIT("b"), &f->err));
    OK(f, store_get_fact(f->s, "boot", f->a, &v, &found, &f->err));
    assert_true(found);
    assert_str(v, "b");
    OK(f, store_put_notifier(f->s, &n, &f->err));
    OK(f, store_find_notifier(f->s, STR_LIT("mail"), f->a, &got, &found, &f->err));
    assert_true(found && got.failures == 2);
    assert_str(got.cursor, "7");
}

static void
rolls_back(void **state)
{
    struct fix *f = *state;
    struct post p = a_post("1", "x"), q = a_post("2", "y");
    struct stored_post got;
    int64_t a = add(f, &p, &(struct post_facts){ 0 }, NOW);

    OK(f, store_commit(f->s, &f->err));
    assert_false(store_is_in_transaction(f->s));
    OK(f, store_begin(f->s, &f->err));
    assert_true(store_is_in_transaction(f->s));
    int64_t b = add(f, &q, &(struct post_facts){ 0 }, NOW + MS_DAY);
    store_rollback(f->s);
    assert_int_equal(store_get_post(f->s, b, f->a, &got, &f->err), -1);
    OK(f, store_begin(f->s, &f->err));
    b = add(f, &q, &(struct post_facts){ 0 }, NOW + 1);
    OK(f, store_get_post(f->s, b, f->a, &got, &f->err));
    assert_true(b > a && got.first_seen_ms == NOW + 1);
}

/* ---- retention ---- */

static void
expire(struct fix *f, struct retention r, int64_t now_ms)
{
    bool more = true;

    OK(f, store_commit(f->s, &f->err));
    for (int i = 0; i < 100 && more; i++)
        OK(f, store_expire(f->s, &r, now_ms, 2, &more, &f->err));
    assert_false(more);
    OK(f, store_begin(f->s, &f->err));
}

static const struct retention keep_all = { -1, -1, -1, -1, -1 };

static void
expires_each_kind(void **state)
{
    struct fix *f = *state;
    struct post p[5];
    int64_t id[5], rid, closed, event_alert, m;
    struct retention r = keep_all;
    struct stored_post got;
    struct alert al;
    struct known_post k;
    struct ids l = { .n = 0 };
    static const char *const names[] = { "0", "1", "2", "3", "4" };

    for (int i = 0; i < 5; i++) {
        p[i] = a_post(names[i], "words to find");
        p[i].raw = STR_LIT("<b>");
        id[i] = add(f, &p[i], &(struct post_facts){ .keep_raw = true }, NOW + i * MS_DAY);
    }
    m = mention(f, id[0], "acme", 0, 0, LEVEL_WATCH);
    struct post rej = a_post("r", "no");
    OK(f, store_add_rejected(f->s, &rej, true, NOW + 4 * MS_DAY, &rid, &f->err));
    int64_t open_case;
    struct case_ c = { .brand = STR_LIT("acme"), .opened_ms = NOW };
    OK(f, store_add_case(f->s, &c, &open_case, &f->err));
    event_alert = alert(f, (struct alert){ .brand = STR_LIT("acme"), .case_id = open_case });
    OK(f, store_add_alert_post(f->s, event_alert, id[1], NOW, &f->err));
    closed = alert(f, (struct alert){ .state = ALERT_CLOSED, .closed_ms = NOW });

    expire(f, keep_all, NOW + 1000 * MS_DAY);
    OK(f, store_get_post(f->s, id[0], f->a, &got, &f->err));
    assert_str(got.post.raw, "<b>");

    r.raw_ms = 2 * MS_DAY;
    expire(f, r, NOW + 4 * MS_DAY);
    OK(f, store_get_post(f->s, id[1], f->a, &got, &f->err));
    assert_int_equal(got.post.raw.n, 0);
    OK(f, store_get_post(f->s, id[2], f->a, &got, &f->err));
    assert_str(got.post.raw, "<b>");

    OK(f, store_mark_gone(f->s, id[4], NOW, &f->err));
    r.deleted_ms = MS_DAY;
    expire(f, r, NOW + MS_DAY);
    assert_int_equal(store_get_post(f->s, id[4], f->a, &got, &f->err), -1);

    r.mentions_ms = 2 * MS_DAY; /* 0 and 1 are too old, 1 is of an open case */
    expire(f, r, NOW + 4 * MS_DAY);
    assert_int_equal(store_get_post(f->s, id[0], f->a, &got, &f->err), -1);
    OK(f, store_get_post(f->s, id[1], f->a, &got, &f->err));
    OK(f, store_get_post(f->s, id[2], f->a, &got, &f->err));
    struct mention_row row;
    assert_int_equal(store_get_mention(f->s, m, f->a, &row, &f->err), -1);
    expect_mentions(f, FILTER(.search = STR_LIT("words")), 0, NULL);

    OK(f, store_each_rejected(f->s, 0, take_rejected, &l, &f->err));
    assert_int_equal(l.n, 1);
    r.rejected_ms = 0;
    expire(f, r, NOW + 4 * MS_DAY);
    OK(f, store_each_rejected(f->s, 0, take_rejected, &l, &f->err));
    assert_int_equal(l.n, 1);
    OK(f, store_find_post(f->s, &rej, 0, &k, &f->err));
    assert_int_equal(k.id, rid); /* known by its ids all the same */

    r.alerts_ms = MS_DAY;
    expire(f, r, NOW + 4 * MS_DAY);
    assert_int_equal(store_get_alert(f->s, closed, f->a, &al, &f->err), -1);
    OK(f, store_get_alert(f->s, event_alert, f->a, &al, &f->err));
    OK(f, store_check(f->s, &f->err));
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(keeps_a_post_whole),
        CASE(knows_a_post_again),
        CASE(knows_copies),
        CASE(knows_near_copies),
        CASE(never_lets_first_seen_fall),
        CASE(revises_and_searches),
        CASE(finds_our_reply),
        CASE(lists_mentions),
        CASE(keeps_a_mention_whole),
        CASE(counts_into_the_person),
        CASE(joins_accounts_by_link),
        CASE(reads_the_past),
        CASE(keeps_cases),
        CASE(keeps_notes),
        CASE(finds_alerts),
        CASE(joins_posts_to_alerts),
        CASE(keeps_timers),
        CASE(claims_deliveries),
        CASE(uses_tokens_once),
        CASE(keeps_sources),
        CASE(keeps_facts_and_notifiers),
        CASE(rolls_back),
        CASE(expires_each_kind),
    };

    return RUN_TESTS(tests);
}
