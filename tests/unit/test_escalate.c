/* test_escalate - DESIGN.md "Alert life", sentence by sentence. */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "escalate/token.h"
#include "lib/alert_fix.h"
#include "unit.h"

#define EACH_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
#define MINUTE MS_MINUTE

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

static int64_t
angry(struct alert_fix *f, const char *who, const char *place)
{
    return alert_fix_say(f, &(struct said){ .who = who, .place = place, .level = LEVEL_IRATE });
}

static int64_t
says(struct alert_fix *f, const char *who, const char *place, enum level level)
{
    return alert_fix_say(f, &(struct said){ .who = who, .place = place, .level = level });
}

static void
assert_has(struct tocsin_str s, const char *part)
{
    if (str_find(s, str_z(part), 0) == SIZE_MAX)
        fail_msg("\"%.*s\" does not say \"%s\"", STR_FMT(s), part);
}

struct seen {
    const char *what;
    size_t n;
};

static int
count_event(void *ctx, const struct alert_event *ev)
{
    struct seen *s = ctx;

    s->n += str_eq_z(ev->what, s->what);
    return 0;
}

static size_t
history(struct alert_fix *f, int64_t alert, const char *what)
{
    struct seen s = { what, 0 };

    assert_int_equal(store_each_event(f->store, alert, count_event, &s, &f->err), 0);
    return s.n;
}

static int
count_alert(void *ctx, const struct alert *al)
{
    (void)al;
    ++*(size_t *)ctx;
    return 0;
}

static size_t
alerts(struct alert_fix *f, bool only_unclosed, bool with_drills)
{
    struct alert_filter filter = { .only_unclosed = only_unclosed, .with_drills = with_drills };
    size_t n = 0;

    assert_int_equal(store_each_alert(f->store, &filter, count_alert, &n, &f->err), 0);
    return n;
}

static int64_t
open_of(struct alert_fix *f, enum alert_kind kind, const char *brand)
{
    struct alert_key k = { .kind = kind, .brand = str_z(brand) };
    int64_t id = 0;

    assert_int_equal(store_find_alert(f->store, &k, &id, &f->err), 0);
    return id;
}

/* ---- steps ---------------------------------------------------------------------------- */

static void
test_steps(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    alert_fix_go(f, 9 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0");
    alert_fix_go(f, 60 * MINUTE);
    /* the last step repeats after 15, 30, 60 ... minutes */
    assert_string_equal(alert_fix_told(f, a, 1), "ana-mail:1@10 chat:1@10 ana-mail:1@25 chat:1@25 "
                                                 "ana-mail:1@55 chat:1@55");
}

static void
test_repeat_is_bounded(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");
    size_t last;

    alert_fix_go(f, 2 * MS_DAY);
    last = f->n_told - 1;
    assert_true(f->told[last].alert == a && f->told[last].at_ms > f->now_ms - 4 * MS_HOUR - MINUTE);
    assert_true(f->told[last].at_ms - f->told[last - 2].at_ms == 4 * MS_HOUR);
}

static void
test_upset_without_policy_is_kept(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = says(f, "jane", "forum", LEVEL_UPSET);

    assert_true(a > 0);
    alert_fix_go(f, MS_DAY);
    assert_string_equal(alert_fix_told(f, 0, 0), "");
    assert_int_equal(says(f, "joe", "forum", LEVEL_WATCH), 0);
}

static void
test_upset_with_policy_rings(void **state)
{
    struct alert_fix *f = *state;

    f->config->n_policies = 3;
    says(f, "jane", "forum", LEVEL_UPSET);
    alert_fix_go(f, MS_DAY);
    assert_string_equal(alert_fix_told(f, 0, 0), "ben-ntfy:0@0");
}

static void
test_nobody_on_duty(void **state)
{
    static const char *const nobody[] = { "night-shift" };
    struct rotation_conf empty = { .name = "night-shift", .every_ms = MS_DAY };
    struct alert_fix *f = *state;

    f->config->rotations = &empty;
    f->config->n_rotations = 1;
    f->irate[0].notify = (struct word_list){ nobody, 1 };
    angry(f, "jane", "forum");
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, 0, 0), "ana-mail:1@0 chat:1@0");
    /* nobody at all: everybody */
    f->irate[1].notify = (struct word_list){ nobody, 1 };
    angry(f, "joe", "forum");
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, 0, 2), "ben-ntfy:1@1 ana-mail:1@1 chat:1@1");
}

static void
test_quiet_hours_hold_one_message(void **state)
{
    struct alert_fix *f = *state;
    int64_t a;

    f->staff[0].timezone = f->staff[1].timezone = "UTC";
    f->staff[1].quiet = (struct quiet_hours){ 13 * 60, 18 * 60 };
    a = angry(f, "jane", "forum");
    alert_fix_go(f, 4 * MS_HOUR);
    /* the chat belongs to nobody: it rings all the time, ana once, when she is up */
    assert_string_equal(alert_fix_told(f, a, 0),
                        "ben-ntfy:0@0 chat:1@10 chat:1@25 chat:1@55 chat:1@115 chat:1@235 "
                        "ana-mail:1@240");
    says(f, "jane", "elsewhere", LEVEL_CRUSADE);
    f->staff[1].quiet = (struct quiet_hours){ 0, 23 * 60 + 59 };
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 7), "ben-ntfy:1@240 ana-mail:1@240 chat:1@240");
}

/* ---- joining ---------------------------------------------------------------------------- */

static void
test_one_alert_a_person_and_brand(void **state)
{
    struct alert_fix *f = *state;
    struct said zest = { .who = "jane", .brand = "zest", .level = LEVEL_IRATE };
    int64_t a = angry(f, "jane", "forum");

    assert_int_equal(angry(f, "jane", "forum"), a);
    assert_int_equal(angry(f, "jane", "blog"), a);
    assert_int_not_equal(angry(f, "joe", "forum"), a);
    assert_int_not_equal(alert_fix_say(f, &zest), a);
    assert_int_equal(alert_fix_get(f, a).n_posts, 3);
    assert_int_equal(alert_fix_get(f, a).n_places, 2);
    assert_int_equal(alerts(f, true, false), 3);
}

static void
test_same_level_joins_silently(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    alert_fix_go(f, MINUTE);
    angry(f, "jane", "forum");
    angry(f, "jane", "blog"); /* nobody has acknowledged: no new ring either */
    says(f, "jane", "forum", LEVEL_UPSET);
    alert_fix_go(f, 8 * MINUTE);
    assert_string_equal(alert_fix_told(f, 0, 0), "ben-ntfy:0@0");
    assert_int_equal(history(f, a, "joined"), 3);
}

static void
test_story_without_author(void **state)
{
    struct alert_fix *f = *state;
    struct said s = { .level = LEVEL_IRATE };
    struct raised r = alert_fix_post(f, &s);
    int64_t a = alert_fix_raise(f, &r);

    s.story = r.story;
    assert_int_equal(alert_fix_say(f, &s), a);
    s.story = 0;
    assert_int_not_equal(alert_fix_say(f, &s), a);
}

static void
test_copies_are_counted_not_rung(void **state)
{
    struct alert_fix *f = *state;
    struct said s = { .who = "jane", .place = "forum", .level = LEVEL_IRATE };
    struct raised r = alert_fix_post(f, &s);
    int64_t a = alert_fix_raise(f, &r);

    alert_fix_go(f, MINUTE);
    alert_fix_ack(f, a, "ben");
    alert_fix_go(f, MINUTE);
    /* carried on by somebody else: the story's alert, no alert of their own */
    s = (struct said){
        .who = "joe", .place = "digest", .level = LEVEL_IRATE, .is_copy = true, .story = r.story
    };
    assert_int_equal(alert_fix_say(f, &s), a);
    alert_fix_go(f, MINUTE);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_ACKED);
    assert_int_equal(alert_fix_get(f, a).n_posts, 1);
    assert_int_equal(alert_fix_get(f, a).n_places, 2);
    assert_int_equal(history(f, a, "spread"), 1);
    assert_int_equal(alerts(f, false, false), 1);
}

static void
test_an_edit_is_no_further_post(void **state)
{
    struct alert_fix *f = *state;
    struct said s = { .who = "jane", .place = "forum", .level = LEVEL_IRATE };
    struct raised r = alert_fix_post(f, &s);
    int64_t a = alert_fix_raise(f, &r);

    alert_fix_go(f, MINUTE);
    alert_fix_ack(f, a, "ben");
    assert_int_equal(alert_fix_raise(f, &r), a);
    alert_fix_go(f, MINUTE);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_ACKED);
    assert_int_equal(alert_fix_get(f, a).n_posts, 1);
    assert_int_equal(alert_fix_get(f, a).n_places, 1);
    r.level = LEVEL_CRUSADE;
    assert_int_equal(alert_fix_raise(f, &r), a);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_OPEN);
}

/* ---- rising and falling ----------------------------------------------------------------- */

static void
test_rise_rings_from_step_one(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");
    struct alert al;

    alert_fix_go(f, 12 * MINUTE);
    alert_fix_ack(f, a, "ana");
    alert_fix_go(f, 3 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 3), "ben-ntfy:2@12 ana-mail:2@12 chat:2@12");
    assert_int_equal(says(f, "jane", "forum", LEVEL_CRUSADE), a);
    al = alert_fix_get(f, a);
    assert_int_equal(al.state, ALERT_OPEN);
    assert_int_equal(al.step, 0);
    assert_int_equal(al.kind, ALERT_CRUSADE);
    assert_has(al.change, "level rose from irate to crusade");
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 6), "ben-ntfy:1@15 ana-mail:1@15 chat:1@15");
}

static void
test_falling_never_rings(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    f->config->n_policies = 3;
    alert_fix_go(f, MINUTE);
    alert_fix_ack(f, a, "ben");
    alert_fix_go(f, MINUTE);
    assert_int_equal(says(f, "jane", "blog", LEVEL_UPSET), a);
    alert_fix_go(f, MINUTE);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_ACKED);
    assert_int_equal(alert_fix_get(f, a).level, LEVEL_IRATE);
    assert_string_equal(alert_fix_told(f, a, 1), "ben-ntfy:2@1");
}

static void
test_new_place_after_ack(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    alert_fix_go(f, MINUTE);
    alert_fix_ack(f, a, "ben");
    alert_fix_go(f, MINUTE);
    assert_int_equal(angry(f, "jane", "forum"), a); /* the same place: silent */
    assert_int_equal(alert_fix_get(f, a).state, ALERT_ACKED);
    assert_int_equal(angry(f, "jane", "blog"), a);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_OPEN);
    assert_has(alert_fix_get(f, a).change, "new place");
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 1), "ben-ntfy:2@1 ben-ntfy:1@2");
}

/* ---- acknowledging ------------------------------------------------------------------------ */

static void
test_ack_stops_and_expires(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    alert_fix_go(f, MINUTE);
    alert_fix_ack(f, a, "ben");
    alert_fix_go(f, 4 * MS_HOUR - MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0 ben-ntfy:2@1");
    alert_fix_go(f, 2 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 2), "ben-ntfy:1@241");
    assert_int_equal(history(f, a, "acknowledgement expired"), 1);
    assert_has(alert_fix_get(f, a).change, "expired");
}

static void
test_ack_before_delivery_drops_it(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    f->failing = "ben-ntfy";
    alert_fix_go(f, 0);
    alert_fix_ack(f, a, "ana");
    f->failing = NULL;
    alert_fix_go(f, MS_HOUR);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0!");
}

static void
test_later(void **state)
{
    struct alert_fix *f = *state;
    struct escalate e;
    int64_t a = angry(f, "jane", "forum");

    alert_fix_go(f, MINUTE);
    e = alert_fix_escalate(f);
    assert_int_equal(escalate_later(&e, a, STR_LIT("ben"), MS_HOUR, &f->err), 0);
    alert_fix_go(f, 59 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0");
    alert_fix_go(f, 2 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 1), "ben-ntfy:1@61");
    assert_has(alert_fix_get(f, a).change, "put off by ben");
}

static int
give_token(struct alert_fix *f, int64_t alert, const char *action, char text[TOKEN_TEXT])
{
    char hash[TOKEN_HASH];
    struct token_row row = { .alert = alert,
                             .action = str_z(action),
                             .notifier = STR_LIT("ben-ntfy"),
                             .expires_ms = f->now_ms + MS_DAY };

    token_make(text);
    token_hash(hash, str_z(text));
    return store_add_token(f->store, str_z(hash), &row, &f->err);
}

static int
answer(struct alert_fix *f, const char *token, int64_t *alert)
{
    struct escalate e = alert_fix_escalate(f);

    return escalate_answer(&e, str_z(token), STR_LIT("ben via ben-ntfy"), alert, &f->err);
}

static void
test_tokens(void **state)
{
    struct alert_fix *f = *state;
    char ack[TOKEN_TEXT], later[TOKEN_TEXT], wrong[TOKEN_TEXT], late[TOKEN_TEXT];
    int64_t a = angry(f, "jane", "forum"), told = 0;

    alert_fix_go(f, MINUTE);
    assert_int_equal(give_token(f, a, "ack", ack), 0);
    assert_int_equal(give_token(f, a, "later", later), 0);
    assert_int_equal(give_token(f, a, "not-about-us", wrong), 0);
    assert_int_equal(give_token(f, a, "ack", late), 0);
    assert_int_equal(answer(f, "never-made", &told), -1);
    assert_int_equal(f->err.code, ERR_DENIED);
    assert_int_equal(answer(f, ack, &told), 0);
    assert_int_equal(told, a);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_ACKED);
    assert_has(alert_fix_get(f, a).acked_by, "ben via ben-ntfy");
    assert_int_equal(answer(f, ack, &told), -1); /* one time */
    assert_has(str_z(f->err.msg), "used already");
    assert_int_equal(answer(f, later, &told), 0);
    assert_int_equal(alert_fix_get(f, a).next_ms, f->now_ms + MS_HOUR);
    assert_int_equal(answer(f, wrong, &told), 0);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_CLOSED);
    f->now_ms += 2 * MS_DAY;
    assert_int_equal(answer(f, late, &told), -1);
    assert_has(str_z(f->err.msg), "too late");
}

/* ---- resolving and reopening ---------------------------------------------------------------- */

static void
test_resolve_becomes_last_hiccup(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");
    struct escalate e;
    struct case_ c;
    bool found = false;

    alert_fix_go(f, MINUTE);
    alert_fix_resolve(f, a, "ana", OUTCOME_WON_BACK);
    alert_fix_go(f, MS_DAY);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0 ben-ntfy:3@1");
    assert_int_equal(alert_fix_get(f, a).state, ALERT_CLOSED);
    assert_int_equal(
        store_find_last_hiccup(f->store, alert_fix_get(f, a).person, f->arena, &c, &found, &f->err),
        0);
    assert_true(found && c.outcome == OUTCOME_WON_BACK);
    assert_has(c.helper, "ana");
    assert_has(c.comment, "refund");
    e = alert_fix_escalate(f);
    assert_int_equal(escalate_resolve(&e, a, STR_LIT("x"), OUTCOME_CALMED, STR_NONE, &f->err), -1);
    assert_int_equal(f->err.code, ERR_DATA);
}

static void
test_reopen_within_14_days(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum"), first_case;
    size_t n;

    alert_fix_go(f, MINUTE);
    first_case = alert_fix_get(f, a).case_id;
    alert_fix_resolve(f, a, "ana", OUTCOME_CALMED);
    alert_fix_go(f, 13 * MS_DAY);
    n = f->n_told;
    assert_int_equal(angry(f, "jane", "forum"), a);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_OPEN);
    assert_int_not_equal(alert_fix_get(f, a).case_id, first_case);
    assert_has(alert_fix_get(f, a).change, "back after it was resolved");
    alert_fix_go(f, MINUTE);
    assert_int_equal(f->n_told, n + 1);
    alert_fix_resolve(f, a, "ana", OUTCOME_CALMED);
    alert_fix_go(f, 15 * MS_DAY);
    assert_int_not_equal(angry(f, "jane", "forum"), a);
}

/* ---- our reply -------------------------------------------------------------------------------- */

static void
test_our_reply_holds(void **state)
{
    struct alert_fix *f = *state;
    struct said angry_post = { .who = "jane", .thread = "t1", .level = LEVEL_IRATE };
    struct said reply = { .who = "acme", .thread = "t1", .is_ours = true };
    int64_t a = alert_fix_say(f, &angry_post);

    alert_fix_go(f, 5 * MINUTE);
    alert_fix_say(f, &reply);
    alert_fix_go(f, 20 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0"); /* step 2 was due at 10 */
    assert_has(alert_fix_get(f, a).held_why, "replied");
    alert_fix_say(f, &angry_post); /* a further angry post */
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 1), "ben-ntfy:1@25");
    assert_has(alert_fix_get(f, a).change, "after our reply");
}

static void
test_our_reply_holds_only_so_long(void **state)
{
    struct alert_fix *f = *state;
    struct said angry_post = { .who = "jane", .thread = "t1", .level = LEVEL_IRATE };
    struct said reply = { .who = "acme", .thread = "t1", .is_ours = true };
    int64_t a = alert_fix_say(f, &angry_post);

    alert_fix_go(f, 5 * MINUTE);
    alert_fix_say(f, &reply);
    alert_fix_go(f, 31 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 1), "ana-mail:1@35 chat:1@35");
}

/* ---- storms -------------------------------------------------------------------------------------- */

static void
storm_of(struct alert_fix *f, size_t n)
{
    char who[32];

    for (size_t i = 0; i < n; i++) {
        snprintf(who, sizeof who, "stranger-%zu", i);
        angry(f, who, "forum");
    }
}

static void
test_storm(void **state)
{
    struct alert_fix *f = *state;
    int64_t storm, friend_, crusade;

    storm_of(f, 200);
    storm = open_of(f, ALERT_STORM, "acme");
    assert_true(storm > 0);
    assert_int_equal(alert_fix_get(f, storm).n_posts, 195);
    alert_fix_segment(f, "old-friend", SEGMENT_FRIEND);
    friend_ = angry(f, "old-friend", "forum");
    crusade = says(f, "crusader", "forum", LEVEL_CRUSADE);
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, storm, 0), "ben-ntfy:0@0");
    assert_string_equal(alert_fix_told(f, friend_, 0), "ben-ntfy:0@0");
    assert_string_equal(alert_fix_told(f, crusade, 0), "ben-ntfy:0@0 ana-mail:0@0 chat:0@0");
    assert_int_equal(f->n_told, 5 + 1 + 1 + 3);
    alert_fix_go(f, 10 * MINUTE); /* and it escalates as one */
    assert_string_equal(alert_fix_told(f, storm, 0), "ben-ntfy:0@0 ana-mail:1@10 chat:1@10");
}

static void
test_storm_goes_on_and_ends(void **state)
{
    struct alert_fix *f = *state;
    int64_t storm, folded;
    size_t n;

    storm_of(f, 6);
    folded = angry(f, "stranger-5", "forum");
    storm = open_of(f, ALERT_STORM, "acme");
    alert_fix_go(f, MINUTE);
    alert_fix_ack(f, storm, "ben");
    alert_fix_go(f, MINUTE);
    assert_true(alert_fix_get(f, folded).is_storm_folded);
    alert_fix_resolve(f, storm, "ben", OUTCOME_CALMED);
    alert_fix_go(f, MINUTE);
    n = f->n_told;
    assert_int_equal(angry(f, "stranger-5", "forum"), folded);
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, folded, n), "ben-ntfy:1@3");
}

static void
test_rings_of_one_member_fold(void **state)
{
    struct alert_fix *f = *state;
    char who[32];
    int64_t a = 0;

    f->config->alerts.storm_alerts = 1000;
    for (int i = 0; i < 12; i++) {
        snprintf(who, sizeof who, "stranger-%d", i);
        a = angry(f, who, "forum");
        alert_fix_go(f, 30 * MS_SECOND);
        alert_fix_ack(f, a, "ana");
    }
    assert_true(open_of(f, ALERT_STORM, "acme") > 0);
    assert_true(alert_fix_get(f, a).is_storm_folded);
    alert_fix_segment(f, "old-friend", SEGMENT_FRIEND);
    a = angry(f, "old-friend", "forum");
    alert_fix_go(f, MINUTE);
    assert_false(alert_fix_get(f, a).is_storm_folded);
    assert_true(alert_fix_told(f, a, 0)[0] != '\0');
}

/* ---- what does not ring ---------------------------------------------------------------------------- */

static void
test_old_posts_do_not_ring(void **state)
{
    struct alert_fix *f = *state;
    struct said s = { .who = "jane", .level = LEVEL_IRATE, .is_old = true };

    assert_int_equal(alert_fix_say(f, &s), 0);
    alert_fix_go(f, MS_DAY);
    assert_int_equal(f->n_told, 0);
}

static void
test_held_brand(void **state)
{
    struct alert_fix *f = *state;
    struct escalate e = alert_fix_escalate(f);
    int64_t before = angry(f, "joe", "forum"), a; /* raised in the same transaction */

    assert_int_equal(escalate_hold(&e, STR_LIT("acme"), true, &f->err), 0);
    a = angry(f, "jane", "forum");
    alert_fix_go(f, MS_HOUR);
    assert_int_equal(f->n_told, 0);
    assert_has(alert_fix_get(f, a).held_why, "held");
    e = alert_fix_escalate(f);
    assert_int_equal(escalate_hold(&e, STR_LIT("acme"), false, &f->err), 0);
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, before, 0), "ben-ntfy:0@60");
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@60");
    /* released by hand stays released */
    e = alert_fix_escalate(f);
    assert_int_equal(escalate_hold(&e, STR_LIT("acme"), true, &f->err), 0);
    a = angry(f, "mary", "forum");
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@61");
}

static void
test_dry_run(void **state)
{
    struct alert_fix *f = *state;
    int64_t a;

    f->config->dry_run = true;
    a = angry(f, "jane", "forum");
    alert_fix_go(f, 12 * MINUTE);
    assert_int_equal(f->n_told, 0);
    assert_int_equal(history(f, a, "would ring"), 2);
}

static void
test_drill(void **state)
{
    struct alert_fix *f = *state;
    struct said s = { .who = "drill", .level = LEVEL_IRATE, .is_drill = true };
    int64_t a = alert_fix_say(f, &s), n = 0;

    alert_fix_go(f, 11 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:5@0 ana-mail:5@10 chat:5@10");
    alert_fix_ack(f, a, "ben");
    alert_fix_go(f, MS_DAY);
    assert_string_equal(alert_fix_told(f, a, 3), "ben-ntfy:2@11 ana-mail:2@11 chat:2@11");
    assert_int_equal(alerts(f, false, false), 0);
    assert_int_equal(alerts(f, false, true), 1);
    assert_int_equal(store_count_alerts(f->store, STR_LIT("acme"), 0, &n, &f->err), 0);
    assert_int_equal(n, 0);
}

/* ---- notices ------------------------------------------------------------------------------------------ */

static int64_t
notice(struct alert_fix *f, enum alert_kind kind, const char *subject)
{
    struct escalate e = alert_fix_escalate(f);
    int64_t a = 0;

    assert_int_equal(
        escalate_notice(&e, kind, STR_NONE, str_z(subject), STR_LIT("HTTP 410"), &a, &f->err), 0);
    return a;
}

static void
test_notice_joins_and_ends(void **state)
{
    struct alert_fix *f = *state;
    struct escalate e;
    int64_t a = notice(f, ALERT_SOURCE_LOST, "forum");

    assert_int_equal(notice(f, ALERT_SOURCE_LOST, "forum"), a);
    assert_int_not_equal(notice(f, ALERT_SOURCE_LOST, "blog"), a);
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0");
    e = alert_fix_escalate(f);
    assert_int_equal(escalate_notice_end(&e, ALERT_SOURCE_LOST, STR_LIT("forum"), &f->err), 0);
    alert_fix_go(f, MINUTE);
    assert_int_equal(alert_fix_get(f, a).state, ALERT_CLOSED);
    assert_string_equal(alert_fix_told(f, a, 1), "ben-ntfy:3@1");
}

static void
test_summary_is_told_once(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = notice(f, ALERT_SUMMARY, "forum");

    alert_fix_go(f, 2 * MS_DAY);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0");
    alert_fix_ack(f, a, "ben");
    alert_fix_go(f, 2 * MS_DAY);
    assert_string_equal(alert_fix_told(f, a, 1), "ben-ntfy:2@2880");
}

/* ---- notifiers that fail ------------------------------------------------------------------------------- */

static void
test_rejected_means_another_way_at_once(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum"), failing;

    f->rejecting = "ben-ntfy";
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0! ana-mail:1@0 chat:1@0");
    failing = open_of(f, ALERT_NOTIFIER_FAILING, "");
    assert_true(failing > 0);
    assert_string_equal(alert_fix_told(f, failing, 0), "ben-ntfy:0@0! ana-mail:1@0 chat:1@0");
    /* the dead letter is tried daily, and a success ends the notice */
    f->rejecting = NULL;
    alert_fix_ack(f, failing, "ana");
    alert_fix_go(f, MS_DAY);
    assert_int_equal(open_of(f, ALERT_NOTIFIER_FAILING, ""), 0);
    assert_true(strstr(alert_fix_told(f, a, 3), "ben-ntfy:0@1440") != NULL);
}

static void
test_last_step_fails(void **state)
{
    static const char *const ben[] = { "ben" };
    struct alert_fix *f = *state;
    int64_t a;

    f->policies[0].n_steps = 1;
    f->irate[0] = (struct step_conf){ .notify = { ben, 1 } };
    f->rejecting = "ben-ntfy";
    a = angry(f, "jane", "forum");
    alert_fix_go(f, MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0! ana-mail:0@0 chat:0@0");
}

static void
test_retries_back_off(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    f->failing = "ben-ntfy";
    alert_fix_go(f, 45 * MS_SECOND);
    /* 0 s, 10 s, 40 s: the third failure hurries the next step */
    assert_string_equal(alert_fix_told(f, a, 0),
                        "ben-ntfy:0@0! ben-ntfy:0@0! ben-ntfy:0@0! ana-mail:1@0 chat:1@0");
    f->failing = NULL;
    alert_fix_go(f, 2 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 5), "ben-ntfy:0@1");
}

static void
test_timers_survive(void **state)
{
    struct alert_fix *f = *state;
    int64_t a = angry(f, "jane", "forum");

    alert_fix_reopen(f);
    alert_fix_go(f, MINUTE);
    alert_fix_reopen(f);
    alert_fix_go(f, 10 * MINUTE);
    assert_string_equal(alert_fix_told(f, a, 0), "ben-ntfy:0@0 ana-mail:1@10 chat:1@10");
    alert_fix_ack(f, a, "ben");
    alert_fix_go(f, 0);
    alert_fix_reopen(f);
    f->now_ms += 6 * MS_HOUR; /* the machine slept */
    alert_fix_go(f, 0);
    assert_string_equal(alert_fix_told(f, a, 6), "ben-ntfy:1@371");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        EACH_TEST(test_steps),
        EACH_TEST(test_repeat_is_bounded),
        EACH_TEST(test_upset_without_policy_is_kept),
        EACH_TEST(test_upset_with_policy_rings),
        EACH_TEST(test_nobody_on_duty),
        EACH_TEST(test_quiet_hours_hold_one_message),
        EACH_TEST(test_one_alert_a_person_and_brand),
        EACH_TEST(test_same_level_joins_silently),
        EACH_TEST(test_story_without_author),
        EACH_TEST(test_copies_are_counted_not_rung),
        EACH_TEST(test_an_edit_is_no_further_post),
        EACH_TEST(test_rise_rings_from_step_one),
        EACH_TEST(test_falling_never_rings),
        EACH_TEST(test_new_place_after_ack),
        EACH_TEST(test_ack_stops_and_expires),
        EACH_TEST(test_ack_before_delivery_drops_it),
        EACH_TEST(test_later),
        EACH_TEST(test_tokens),
        EACH_TEST(test_resolve_becomes_last_hiccup),
        EACH_TEST(test_reopen_within_14_days),
        EACH_TEST(test_our_reply_holds),
        EACH_TEST(test_our_reply_holds_only_so_long),
        EACH_TEST(test_storm),
        EACH_TEST(test_storm_goes_on_and_ends),
        EACH_TEST(test_rings_of_one_member_fold),
        EACH_TEST(test_old_posts_do_not_ring),
        EACH_TEST(test_held_brand),
        EACH_TEST(test_dry_run),
        EACH_TEST(test_drill),
        EACH_TEST(test_notice_joins_and_ends),
        EACH_TEST(test_summary_is_told_once),
        EACH_TEST(test_rejected_means_another_way_at_once),
        EACH_TEST(test_last_step_fails),
        EACH_TEST(test_retries_back_off),
        EACH_TEST(test_timers_survive),
    };

    return RUN_TESTS(tests);
}
