/* test_schedule - when a source is next due, and the heap of due times. */
#include <string.h>

#include "base/parse.h"
#include "schedule/schedule.h"
#include "unit.h"

#define NOW INT64_C(1790172000000)

struct row {
    const char *name;
    int64_t every_ms, usual_ms, least_ms; /* configured; the plugin's */
    struct turn_outcome o;
    int32_t failures; /* before */
    int64_t expect_ms;
    const char *why;
};

#define OK_(...)                                                     \
    {                                                                \
        .health = SOURCE_OK, .max_age_s = -1, .why = "", __VA_ARGS__ \
    }
#define BAD(h)                                      \
    {                                               \
        .health = (h), .max_age_s = -1, .why = "no" \
    }
#define MINUTES(n) ((n)*MS_MINUTE)

static const struct row rows[] = {
    { "nothing said", 0, 0, 0, OK_(), 0, MINUTES(15), "default" },
    { "plugin's usual", 0, MINUTES(5), 0, OK_(), 0, MINUTES(5), "the plugin's usual" },
    { "every", MINUTES(2), MINUTES(5), 0, OK_(), 0, MINUTES(2), "every:" },
    { "plugin's least", MINUTES(2), 0, MINUTES(3), OK_(), 0, MINUTES(3), "the plugin's least" },
    { "never below a minute", MS_SECOND, 0, 0, OK_(), 0, MINUTES(1), "the plugin's least" },
    { "ttl", 0, MINUTES(5), 0, OK_(.said_s = 1800, .said_by = "ttl"), 0, MINUTES(30), "ttl" },
    { "ttl may shorten", 0, MINUTES(30), 0, OK_(.said_s = 600, .said_by = "ttl"), 0, MINUTES(10),
      "ttl" },
    { "not below the least", 0, 0, MINUTES(10), OK_(.said_s = 1, .said_by = "ttl"), 0, MINUTES(10),
      "ttl" },
    { "ttl of a year", 0, 0, 0, OK_(.said_s = INT64_MAX, .said_by = "ttl"), 0, MS_DAY, "ttl" },
    { "every wins over ttl", MINUTES(5), 0, 0, OK_(.said_s = 7200, .said_by = "ttl"), 0, MINUTES(5),
      "every:" },
    { "max-age lengthens",
      MINUTES(5),
      0,
      0,
      { .health = SOURCE_OK, .why = "", .max_age_s = 600 },
      0,
      MINUTES(10),
      "max-age" },
    { "max-age up to 15 min",
      MINUTES(5),
      0,
      0,
      { .health = SOURCE_OK, .why = "", .max_age_s = INT64_MAX },
      0,
      MINUTES(15),
      "max-age" },
    { "max-age never shortens",
      MINUTES(20),
      0,
      0,
      { .health = SOURCE_OK, .why = "", .max_age_s = 60 },
      0,
      MINUTES(20),
      "every:" },
    { "broken conditionals", MINUTES(10), 0, 0, OK_(.is_broken_conditional = true), 0, MINUTES(20),
      "broken conditionals" },
    { "broken, at most an hour", MINUTES(40), 0, 0, OK_(.is_broken_conditional = true), 0,
      MINUTES(60), "broken conditionals" },
    { "broken, slow anyway", MS_DAY, 0, 0, OK_(.is_broken_conditional = true), 0, MS_DAY,
      "every:" },
    { "first failure", MINUTES(10), 0, 0, BAD(SOURCE_FAILING), 0, MINUTES(10),
      "backoff after errors" },
    { "third failure", MINUTES(10), 0, 0, BAD(SOURCE_FAILING), 2, MINUTES(40),
      "backoff after errors" },
    { "after many", MINUTES(10), 0, 0, BAD(SOURCE_FAILING), INT32_MAX - 1, 4 * MS_HOUR,
      "backoff after errors" },
    { "slower than the most", MS_DAY, 0, 0, BAD(SOURCE_FAILING), 9, MS_DAY,
      "backoff after errors" },
    { "quarantined", MINUTES(10), 0, 0, BAD(SOURCE_QUARANTINED), 1, MINUTES(20),
      "backoff after errors" },
    { "throttled", MINUTES(1), 0, 0, BAD(SOURCE_THROTTLED), 0, MINUTES(5), "throttled" },
    { "throttled again", MINUTES(1), 0, 0, BAD(SOURCE_THROTTLED), 3, MINUTES(40), "throttled" },
    { "throttled for ever", MINUTES(1), 0, 0, BAD(SOURCE_THROTTLED), 99, MS_DAY, "throttled" },
    { "lost", MINUTES(1), 0, 0, BAD(SOURCE_LOST), 0, MS_DAY, "lost" },
    { "degraded works", MINUTES(10), 0, 0, BAD(SOURCE_DEGRADED), 5, MINUTES(10), "every:" },
};

static void
try_row(const struct row *r, uint32_t random, struct arena *a)
{
    struct plugin_info plugin = { .every_ms = r->usual_ms, .at_least_ms = r->least_ms };
    struct source_conf c = { .name = "s", .plugin = &plugin, .every_ms = r->every_ms };
    struct source_state st = { .health = SOURCE_OK, .failures = r->failures, .since_ms = 1 };
    bool works = r->o.health == SOURCE_OK || r->o.health == SOURCE_DEGRADED;
    int64_t wait, least = r->least_ms ? r->least_ms : MS_MINUTE;

    schedule_after(&c, &st, &r->o, NOW, random, a);
    if (st.interval_ms != r->expect_ms || !str_eq_z(st.interval_why, r->why))
        fail_msg("%s: every %lld ms because of %.*s", r->name, (long long)st.interval_ms,
                 STR_FMT(st.interval_why));
    wait = st.next_due_ms - NOW;
    assert_true(wait >= r->expect_ms - r->expect_ms / 10 && wait <= r->expect_ms * 11 / 10);
    assert_true(wait >= least);
    assert_int_equal(st.failures, works ? 0 : r->failures + 1);
    assert_int_equal(st.last_poll_ms, NOW);
    assert_int_equal(st.last_ok_ms, works ? NOW : 0);
    assert_int_equal(st.since_ms, r->o.health == SOURCE_OK ? 1 : NOW);
}

static void
test_intervals(void **state)
{
    static const uint32_t randoms[] = { 0, 1, 12345, UINT32_MAX };
    struct arena *a = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        for (size_t k = 0; k < N_ROWS(randoms); k++)
            try_row(&rows[i], randoms[k], a);
    arena_free(a);
}

static void
test_not_before(void **state)
{
    struct plugin_info plugin = { 0 };
    struct source_conf c = { .name = "s", .plugin = &plugin, .every_ms = MINUTES(5) };
    struct source_state st = { 0 };
    struct turn_outcome o = BAD(SOURCE_THROTTLED);
    struct arena *a = arena_new(1 << 20);

    (void)state;
    o.not_before_ms = NOW + 3 * MS_DAY;
    schedule_after(&c, &st, &o, NOW, 7, a);
    assert_int_equal(st.next_due_ms, NOW + 3 * MS_DAY);
    o.not_before_ms = NOW + MS_SECOND; /* sooner than our own patience */
    st.failures = 0;
    schedule_after(&c, &st, &o, NOW, 7, a);
    assert_true(st.next_due_ms >= NOW + MINUTES(4));
    arena_free(a);
}

static void
test_first_times_are_spread(void **state)
{
    struct source_conf c = { .name = "a" }, d = { .name = "b" };

    (void)state;
    assert_true(schedule_first(&c, NOW) >= NOW && schedule_first(&c, NOW) <= NOW + MS_MINUTE);
    assert_true(schedule_first(&c, NOW) != schedule_first(&d, NOW));
    assert_true(schedule_first(&c, NOW) == schedule_first(&c, NOW));
}

/* ---- the heap --------------------------------------------------------------------------------- */

static void
test_queue_is_in_order(void **state)
{
    struct due_queue *q = due_queue_new();
    bool taken[2000] = { false };
    int64_t times[2000], at, last = INT64_MIN;
    uint64_t random = 3;
    size_t item;

    (void)state;
    assert_false(due_queue_peek(q, &at, &item));
    due_queue_pop(q); /* nothing to take is no harm */
    for (size_t i = 0; i < N_ROWS(times); i++) {
        random = random * UINT64_C(6364136223846793005) + 1;
        times[i] = (int64_t)(random >> 33) % 500; /* many equal */
        assert_int_equal(due_queue_push(q, times[i], i), 0);
    }
    assert_int_equal(due_queue_count(q), N_ROWS(times));
    while (due_queue_peek(q, &at, &item)) {
        assert_true(at >= last && times[item] == at && !taken[item]);
        taken[item] = true;
        last = at;
        due_queue_pop(q);
    }
    for (size_t i = 0; i < N_ROWS(times); i++)
        assert_true(taken[i]);
    due_queue_free(q);
    due_queue_free(NULL);
}

/* Pushes between pops, as the loop does it. */
static void
test_queue_in_use(void **state)
{
    struct due_queue *q = due_queue_new();
    uint64_t random = 11;
    int64_t at = 0, now = 0;
    size_t item;

    (void)state;
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(due_queue_push(q, (int64_t)i, i), 0);
    for (int i = 0; i < 5000; i++) {
        assert_true(due_queue_peek(q, &at, &item));
        assert_true(at >= now); /* time does not run backwards */
        now = at;
        due_queue_pop(q);
        random = random * UINT64_C(6364136223846793005) + 1;
        assert_int_equal(due_queue_push(q, now + (int64_t)(random >> 33) % 100, item), 0);
    }
    assert_int_equal(due_queue_count(q), 100);
    due_queue_free(q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_not_before),
        cmocka_unit_test(test_first_times_are_spread),
        cmocka_unit_test(test_queue_is_in_order),
        cmocka_unit_test(test_queue_in_use),
    };

    return RUN_TESTS(tests);
}
