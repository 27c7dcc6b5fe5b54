/* test_compose - what an alert says, word for word. */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"
#include "deliver/compose.h"
#include "lib/alert_fix.h"
#include "unit.h"

/* One sign made of four people and three joiners. */
#define FAMILY "\U0001F469\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"

#define EACH_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static int
set_up(void **state)
{
    *state = alert_fix_new();
    return 0;
}

static int
tear_down(void **state)
{
    alert_fix_free(*state);
    return 0;
}

static struct letter
letter_of(struct alert_fix *f, int64_t alert, uint32_t event)
{
    struct letter l;
    struct delivery d = {
        .alert = alert,
        .notifier = STR_LIT("ben-ntfy"),
        .receiver = STR_LIT("ben"),
        .event = event,
        .step = 1,
        .key = STR_LIT("k1"),
    };

    if (compose_letter(f->store, f->config, &d, f->now_ms, f->arena, &l, &f->err) != 0)
        fail_msg("%s", f->err.msg);
    return l;
}

static const char *
text_of(struct alert_fix *f, int64_t alert, uint32_t event)
{
    struct letter l = letter_of(f, alert, event);

    return arena_z(f->arena, l.alert.text);
}

static const char *
fact(const struct letter *l, const char *label)
{
    for (size_t i = 0; i < l->alert.n_facts; i++)
        if (strcmp(l->alert.facts[i].label, label) == 0)
            return l->alert.facts[i].value;
    return "";
}

static int64_t
angry(struct alert_fix *f, const char *who)
{
    return alert_fix_say(f, &(struct said){ .who = who, .level = LEVEL_IRATE });
}

/* ---- whole messages ----------------------------------------------------------------------- */

static void
test_stranger(void **state)
{
    struct alert_fix *f = *state;
    struct said s = { .who = "Jane Roe",
                      .level = LEVEL_IRATE,
                      .text = "I wrote to them twice. Give me my money back, you thieves! Sigh.",
                      .published_ms = FIX_NOW + 2 * MS_MINUTE };
    int64_t a;

    f->now_ms = FIX_NOW + 6 * MS_MINUTE;
    a = alert_fix_say(f, &s);
    f->now_ms = FIX_NOW + 7 * MS_MINUTE;
    assert_string_equal(
        text_of(f, a, TOCSIN_EVENT_RING),
        "Irate: Jane Roe on forum.example: “Give me my money back, you thieves!”\n"
        "\n"
        "I wrote to them twice. Give me my money back, you thieves! Sigh.\n"
        "https://forum.example/p1\n"
        "\n"
        "Why: irate 60 of 100: anger words +34 (thieves)\n"
        "When: posted 14:02, seen 14:06, rung 14:07\n"
        "Who: first time seen\n"
        "Do: answer now, where they wrote, by name; then offer to go on in private\n"
        "Take it: tocsin alert ack 1\n");
}

static void
test_friend_with_history(void **state)
{
    struct alert_fix *f = *state;
    int64_t a, id;
    struct letter l;

    alert_fix_segment(f, "Jane", SEGMENT_FRIEND);
    a = angry(f, "Jane");
    alert_fix_go(f, MS_MINUTE);
    alert_fix_resolve(f, a, "ana", OUTCOME_WON_BACK);
    alert_fix_go(f, 3 * MS_DAY);
    assert_int_equal(store_add_note(f->store, alert_fix_person(f, "Jane"), STR_LIT("ana"),
                                    STR_LIT("has two children"), f->now_ms, &id, &f->err),
                     0);
    assert_int_equal(angry(f, "Jane"), a);
    l = letter_of(f, a, TOCSIN_EVENT_RING);
    assert_string_equal(l.alert.headline, "Irate: friend Jane on forum.example: “Give me my money "
                                          "back, you thieves!”");
    assert_string_equal(fact(&l, "Now"), "back after it was resolved");
    assert_string_equal(fact(&l, "Who"), "friend; 2 mentions since 23 Sep 14:00");
    assert_string_equal(fact(&l, "Last hiccup"),
                        "3 days ago: Give me my money back, you thieves!; ended won-back, "
                        "helped by ana (sent a refund)");
    assert_string_equal(fact(&l, "Note"), "has two children (ana)");
    assert_string_equal(fact(&l, "Since"), "2 posts since 23 Sep 14:00");
}

static void
test_spread(void **state)
{
    struct alert_fix *f = *state;
    struct said s = { .who = "jane", .level = LEVEL_IRATE };
    struct raised r = alert_fix_post(f, &s);
    int64_t a = alert_fix_raise(f, &r);
    struct letter l;

    l = letter_of(f, a, TOCSIN_EVENT_RING);
    assert_string_equal(fact(&l, "Spread"), "");
    s = (struct said){
        .who = "joe", .place = "digest", .level = LEVEL_IRATE, .is_copy = true, .story = r.story
    };
    alert_fix_say(f, &s);
    l = letter_of(f, a, TOCSIN_EVENT_RING);
    assert_string_equal(fact(&l, "Spread"), "1 copies, in 2 places");
}

static void
test_storm_tells_the_worst_three(void **state)
{
    struct alert_fix *f = *state;
    struct alert_key k = { .kind = ALERT_STORM, .brand = STR_LIT("acme") };
    struct letter l;
    int64_t storm = 0;
    char who[32], text[64];

    for (int i = 0; i < 9; i++) {
        snprintf(who, sizeof who, "stranger-%d", i);
        snprintf(text, sizeof text, "Number %d says: thieves!", i);
        alert_fix_say(f, &(struct said){ .who = arena_z(f->arena, str_z(who)),
                                         .text = arena_z(f->arena, str_z(text)),
                                         .level = LEVEL_IRATE,
                                         .irate = 60 + i });
    }
    assert_int_equal(store_find_alert(f->store, &k, &storm, &f->err), 0);
    l = letter_of(f, storm, TOCSIN_EVENT_RING);
    assert_string_equal(l.alert.headline, "Storm: 4 alerts about acme at once");
    assert_string_equal(fact(&l, "Worst"),
                        "stranger-8: Number 8 says: thieves!; stranger-7: Number 7 says: thieves!; "
                        "stranger-6: Number 6 says: thieves!");
}

static void
test_notices(void **state)
{
    struct alert_fix *f = *state;
    struct escalate e = alert_fix_escalate(f);
    struct letter l;
    int64_t lost = 0, summary = 0;

    assert_int_equal(escalate_notice(&e, ALERT_SOURCE_LOST, STR_NONE, STR_LIT("forum"),
                                     STR_LIT("HTTP 410: gone"), &lost, &f->err),
                     0);
    l = letter_of(f, lost, TOCSIN_EVENT_RING);
    assert_string_equal(l.alert.headline, "source-lost: forum");
    assert_string_equal(fact(&l, "Now"), "HTTP 410: gone");
    assert_string_equal(l.alert.url, "");
    assert_int_equal(l.alert.n_actions, 2); /* ack and later: there is no post to judge */
    assert_int_equal(escalate_notice(&e, ALERT_SUMMARY, STR_LIT("acme"), STR_LIT("forum"),
                                     STR_LIT("jane: thieves"), &summary, &f->err),
                     0);
    l = letter_of(f, summary, TOCSIN_EVENT_RING);
    assert_string_equal(l.alert.headline,
                        "Found in forum: irate posts about acme of the last 7 days");
    assert_int_equal(l.alert.n_actions, 0);
}

/* ---- headlines -------------------------------------------------------------------------------- */

static void
test_headlines(void **state)
{
    static const struct {
        const char *who, *place, *text, *expect; /* expect NULL: only that it is bounded */
    } rows[] = {
        { "jane", "forum", "thieves", "Irate: jane on forum: “thieves”" },
        { "jane\nroe\t\x1b[31m", "forum", "thieves", "Irate: jane roe [31m on forum: “thieves”" },
        /* a name that turns the reading order around does not */
        { "\u202Eenaj\u202C", "forum", "thieves", "Irate: enaj on forum: “thieves”" },
        { "مرحبا", "forum", "thieves", "Irate: مرحبا on forum: “thieves”" },
        { "a name that is much longer than anybody's ought to be", "forum", "thieves",
          "Irate: a name that is much lon… on forum: “thieves”" },
        { FAMILY FAMILY FAMILY FAMILY FAMILY, "forum", "thieves", NULL },
        { "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"
          "e\u0301",
          "forum", "thieves",
          "Irate: e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301… "
          "on forum: “thieves”" },
        { "joe", "forum",
          "thieves thieves thieves thieves thieves thieves thieves thieves thieves thieves thieves "
          "thieves thieves",
          NULL },
        { "max", "forum", "  \n thieves   and \r\n robbers ",
          "Irate: max on forum: “thieves and”" },
        { "mary", "forum", "", "Irate: mary on forum" },
        { "%s%n", "%d", "100% thieves", "Irate: %s%n on %d: “100% thieves”" },
    };
    struct alert_fix *f = *state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct said s = {
            .who = rows[i].who, .place = rows[i].place, .text = rows[i].text, .level = LEVEL_IRATE
        };
        struct letter l = letter_of(f, alert_fix_say(f, &s), TOCSIN_EVENT_RING);
        struct tocsin_str h = str_z(l.alert.headline);
        if (rows[i].expect)
            assert_string_equal(l.alert.headline, rows[i].expect);
        assert_true(utf8_is_valid(h) && utf8_count(h) <= 90);
        assert_null(strchr(l.alert.headline, '\n'));
        assert_null(strstr(l.alert.text.p, "(null)"));
    }
}

/* Whatever is written, a headline is one line of at most 90 characters. */
static void
test_any_headline(void **state)
{
    static const uint32_t kinds[] = { 'a',   ' ',     '\n',   0x1B,    0x301,  0x202E,
                                      0x5D0, 0x1F600, 0x200D, 0x1F3FB, 0x4E00, 0xFFFD,
                                      '.',   '!',     0x85,   0x7F };
    struct alert_fix *f = *state;
    uint64_t random = 7;

    for (int i = 0; i < 300; i++) {
        struct buf b[3];
        for (size_t k = 0; k < 3; k++) {
            buf_init(&b[k], 4096);
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            for (uint64_t n = (random >> 33) % 200; n > 0; n--) {
                random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
                buf_utf8(&b[k], kinds[(random >> 33) % N_ROWS(kinds)]);
            }
        }
        struct person p = { .id = 1, .name = buf_view(&b[0]), .segment = SEGMENT_FRIEND };
        struct mention_row m = { .id = 1 };
        struct alert al = { .level = LEVEL_CRUSADE, .is_drill = i % 2 };
        m.post.post.place = buf_view(&b[1]);
        m.post.post.text.text = buf_view(&b[2]);
        const char *h = compose_headline(&al, &p, &m, 90, f->arena);
        assert_true(utf8_is_valid(str_z(h)) && utf8_count(str_z(h)) <= 90);
        for (const char *c = h; *c; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
        for (size_t k = 0; k < 3; k++)
            buf_free(&b[k]);
    }
}

/* ---- for whom ------------------------------------------------------------------------------------ */

static void
test_times_in_the_receivers_zone(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane");
    struct letter l;

    f->staff[0].timezone = "Europe/Berlin"; /* summer: two hours ahead */
    l = letter_of(f, a, TOCSIN_EVENT_RING);
    assert_string_equal(fact(&l, "When"), "posted 15:56, seen 16:00, rung 16:00");
    f->staff[0].timezone = "Asia/Tokyo";
    f->now_ms += 2 * MS_HOUR; /* past their midnight */
    l = letter_of(f, a, TOCSIN_EVENT_RING);
    assert_string_equal(fact(&l, "When"), "posted 23 Sep 22:56, seen 23 Sep 23:00, rung 01:00");
}

static void
test_detail(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane");
    struct letter l;

    f->notifiers[0].detail = DETAIL_BRIEF;
    l = letter_of(f, a, TOCSIN_EVENT_RING);
    assert_int_equal(l.alert.n_facts, 0);
    assert_int_equal(l.alert.quote.n, 0);
    assert_non_null(strstr(l.alert.headline, "jane"));
    assert_non_null(strstr(l.alert.text.p, "https://forum.example/p1"));
    f->notifiers[0].detail = DETAIL_LINK;
    l = letter_of(f, a, TOCSIN_EVENT_RING);
    assert_string_equal(l.alert.headline, "Irate: alert 1");
    assert_string_equal(l.alert.who, "");
    assert_null(strstr(l.alert.text.p, "jane"));
}

static void
test_events(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane");
    struct letter l = letter_of(f, a, TOCSIN_EVENT_RING);

    assert_int_equal(l.alert.n_actions, 4);
    assert_true(strlen(l.alert.actions[0].token) == 22);
    assert_string_equal(l.alert.thread, "tocsin-alert-1");
    alert_fix_ack(f, a, "ana");
    l = letter_of(f, a, TOCSIN_EVENT_TAKEN);
    assert_string_equal(fact(&l, "Now"), "ana has it");
    assert_string_equal(fact(&l, "Take it"), "");
    assert_int_equal(l.alert.n_actions, 0);
    alert_fix_resolve(f, a, "ana", OUTCOME_CALMED);
    l = letter_of(f, a, TOCSIN_EVENT_RESOLVED);
    assert_string_equal(fact(&l, "Now"), "calmed, by ana: sent a refund");
    assert_string_equal(fact(&l, "Do"), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EACH_TEST(test_stranger),     EACH_TEST(test_friend_with_history),
        EACH_TEST(test_spread),       EACH_TEST(test_storm_tells_the_worst_three),
        EACH_TEST(test_notices),      EACH_TEST(test_headlines),
        EACH_TEST(test_any_headline), EACH_TEST(test_times_in_the_receivers_zone),
        EACH_TEST(test_detail),       EACH_TEST(test_events),
    };

    return RUN_TESTS(tests);
}
