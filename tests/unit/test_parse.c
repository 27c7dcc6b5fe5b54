/* test_parse - numbers, durations, sizes and times, good and hostile. */
#include "base/parse.h"

#include <stdlib.h>
#include <time.h>

#include "unit.h"

static void
test_i64(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t want;
    } rows[] = {
        { "0", 0, 0 },
        { "-0", 0, 0 },
        { "+7", 0, 7 },
        { "007", 0, 7 },
        { "9223372036854775807", 0, INT64_MAX },
        { "-9223372036854775808", 0, INT64_MIN },
        { "9223372036854775808", -1, 0 },
        { "-9223372036854775809", -1, 0 },
        { "99999999999999999999999", -1, 0 },
        { "", -1, 0 },
        { "-", -1, 0 },
        { "+-1", -1, 0 },
        { " 1", -1, 0 },
        { "1 ", -1, 0 },
        { "1.0", -1, 0 },
        { "0x10", -1, 0 },
        { "1e3", -1, 0 },
        { "\xd9\xa1", -1, 0 }, /* an Arabic digit */
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        int64_t v = 42;
        assert_int_equal(parse_i64(str_z(rows[i].text), &v), rows[i].rc);
        assert_int_equal(v, rows[i].rc ? 42 : rows[i].want);
    }
}

static void
test_u64(void **state)
{
    uint64_t v = 42;
    (void)state;
    assert_int_equal(parse_u64(STR_LIT("18446744073709551615"), &v), 0);
    assert_true(v == UINT64_MAX);
    assert_int_equal(parse_u64(STR_LIT("18446744073709551616"), &v), -1);
    assert_int_equal(parse_u64(STR_LIT("-1"), &v), -1);
    assert_int_equal(parse_u64(STR_NONE, &v), -1);
    assert_int_equal(parse_u64(STR_LIT("1\0"), &v), -1);
    assert_true(v == UINT64_MAX);
}

static void
test_double(void **state)
{
    static const struct {
        const char *text;
        int rc;
        double want;
    } rows[] = {
        { "0", 0, 0 },      { "-1.5", 0, -1.5 }, { "+.5", 0, 0.5 },  { "5.", 0, 5 },
        { "1e3", 0, 1000 }, { "1E-2", 0, 0.01 }, { "1e-400", 0, 0 }, { "1e400", -1, 0 },
        { "", -1, 0 },      { ".", -1, 0 },      { "-", -1, 0 },     { "1e", -1, 0 },
        { "1e+", -1, 0 },   { "1,5", -1, 0 },    { "nan", -1, 0 },   { "inf", -1, 0 },
        { "0x1p3", -1, 0 }, { " 1", -1, 0 },     { "1 ", -1, 0 },    { "1.2.3", -1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        double v = 42;
        assert_int_equal(parse_double(str_z(rows[i].text), &v), rows[i].rc);
        assert_true(v == (rows[i].rc ? 42 : rows[i].want));
    }
}

static void
test_bool(void **state)
{
    static const struct {
        const char *text;
        int rc;
        bool want;
    } rows[] = {
        { "yes", 0, true }, { "True", 0, true }, { "on", 0, true },
        { "no", 0, false }, { "off", 0, false }, { "false", 0, false },
        { "1", -1, 0 },     { "", -1, 0 },       { "yess", -1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        bool v = !rows[i].want;
        assert_int_equal(parse_bool(str_z(rows[i].text), &v), rows[i].rc);
        if (!rows[i].rc)
            assert_int_equal(v, rows[i].want);
    }
}

static void
test_duration(void **state)
{
    static const struct {
        const char *text;
        int64_t want; /* -1: refused */
    } rows[] = {
        { "0", 0 },
        { "0s", 0 },
        { "90s", 90000 },
        { "5m", 300000 },
        { "1h30m", 5400000 },
        { "400d", 400 * MS_DAY },
        { "2w", 14 * MS_DAY },
        { "250ms", 250 },
        { "1w2d3h4m5s6ms", 9 * MS_DAY + 3 * MS_HOUR + 4 * MS_MINUTE + 5006 },
        { "", -1 },
        { "5", -1 },
        { "m", -1 },
        { "-5m", -1 },
        { "5 m", -1 },
        { "5M", -1 },
        { "1.5h", -1 },
        { "30m1h", -1 },
        { "1h1h", -1 },
        { "5m5", -1 },
        { "1y", -1 },
        { "9223372036854775807ms", INT64_MAX },
        { "9223372036854775808ms", -1 },
        { "99999999999w", -1 },
        { "15250284452w9999999999999d", -1 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        int64_t v = -1;
        int rc = parse_duration(str_z(rows[i].text), &v);
        assert_int_equal(rc, rows[i].want < 0 ? -1 : 0);
        assert_true(v == rows[i].want);
    }
}

static void
test_size(void **state)
{
    static const struct {
        const char *text;
        int rc;
        uint64_t want;
    } rows[] = {
        { "0", 0, 0 },
        { "512", 0, 512 },
        { "64K", 0, 65536 },
        { "8M", 0, 8 << 20 },
        { "2G", 0, UINT64_C(2) << 30 },
        { "K", -1, 0 },
        { "1KB", -1, 0 },
        { "1k", -1, 0 },
        { "-1", -1, 0 },
        { "1.5M", -1, 0 },
        { "18446744073709551615K", -1, 0 },
        { "", -1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        uint64_t v = 42;
        assert_int_equal(parse_size(str_z(rows[i].text), &v), rows[i].rc);
        assert_true(v == (rows[i].rc ? 42 : rows[i].want));
    }
}

static void
test_rfc3339(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t want;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0, 0 },
        { "2026-11-24T09:05:00Z", 0, INT64_C(1795511100000) },
        { "2026-11-24t09:05:00z", 0, INT64_C(1795511100000) },
        { "2026-11-24T10:05:00+01:00", 0, INT64_C(1795511100000) },
        { "2026-11-24T03:35:00-0530", 0, INT64_C(1795511100000) },
        { "2026-11-24 09:05:00", 0, INT64_C(1795511100000) },
        { "2026-11-24 09:05", 0, INT64_C(1795511100000) },
        { "2026-11-24 09:05:00 +00", 0, INT64_C(1795511100000) },
        { "2026-11-24T09:05:00.123456Z", 0, INT64_C(1795511100123) },
        { "2026-11-24T09:05:00,5Z", 0, INT64_C(1795511100500) },
        { "2026-11-24", 0, INT64_C(1795478400000) },
        { "2000-02-29", 0, INT64_C(951782400000) },
        { "1969-12-31T23:59:59.999Z", 0, -1 },
        { "2016-12-31T23:59:60Z", 0, INT64_C(1483228800000) },
        { "0000-01-01T00:00:00Z", 0, INT64_C(-62167219200000) },
        { "9999-12-31T23:59:59Z", 0, INT64_C(253402300799000) },
        { "1900-02-29", -1, 0 },
        { "2026-02-30", -1, 0 },
        { "2026-13-01", -1, 0 },
        { "2026-00-01", -1, 0 },
        { "2026-01-00", -1, 0 },
        { "2026-1-1", -1, 0 },
        { "20261124", -1, 0 },
        { "2026-11-24T", -1, 0 },
        { "2026-11-24T09", -1, 0 },
        { "2026-11-24T24:00:00Z", -1, 0 },
        { "2026-11-24T09:60:00Z", -1, 0 },
        { "2026-11-24T09:05:61Z", -1, 0 },
        { "2026-11-24T09:05:00.Z", -1, 0 },
        { "2026-11-24T09:05:00+1", -1, 0 },
        { "2026-11-24T09:05:00+01:", -1, 0 },
        { "2026-11-24T09:05:00+25:00", -1, 0 },
        { "2026-11-24T09:05:00Zx", -1, 0 },
        { "2026-11-24T09:05:00  Z", -1, 0 },
        { "-2026-11-24", -1, 0 },
        { "", -1, 0 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        int64_t v = 42;
        if (parse_rfc3339(str_z(rows[i].text), &v) != rows[i].rc)
            fail_msg("row %zu: %s", i, rows[i].text);
        assert_int_equal(v, rows[i].rc ? 42 : rows[i].want);
    }
}

static void
test_since(void **state)
{
    int64_t v;
    (void)state;
    assert_int_equal(parse_since(STR_LIT("1h"), MS_DAY, &v), 0);
    assert_int_equal(v, MS_DAY - MS_HOUR);
    assert_int_equal(parse_since(STR_LIT("1970-01-02"), 0, &v), 0);
    assert_int_equal(v, MS_DAY);
    assert_int_equal(parse_since(STR_LIT("yesterday"), 0, &v), -1);
}

/* Every day of 800 years there and back, counted by hand. */
static void
test_civil(void **state)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t days = civil_to_days(1600, 1, 1);
    (void)state;
    assert_int_equal(days, -135140);
    for (int64_t year = 1600; year < 2400; year++) {
        bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap);
            for (int day = 1; day <= length; day++, days++) {
                int64_t y;
                int m, d;
                civil_from_days(days, &y, &m, &d);
                if (civil_to_days(year, month, day) != days || y != year || m != month || d != day)
                    fail_msg("%d-%d-%d", (int)year, month, day);
            }
        }
    }
}

static void
test_format(void **state)
{
    static const struct {
        int (*fn)(struct buf *, int64_t);
        int64_t ms;
        const char *want;
    } rows[] = {
        { format_rfc3339, 0, "1970-01-01T00:00:00Z" },
        { format_rfc3339, INT64_C(1795511100000), "2026-11-24T09:05:00Z" },
        { format_rfc3339, INT64_C(1795511100007), "2026-11-24T09:05:00.007Z" },
        { format_rfc3339, -1, "1969-12-31T23:59:59.999Z" },
        { format_http_date, INT64_C(784111777000), "Sun, 06 Nov 1994 08:49:37 GMT" },
        { format_http_date, -MS_DAY, "Wed, 31 Dec 1969 00:00:00 GMT" },
        { format_mail_date, INT64_C(1795511100000), "Tue, 24 Nov 2026 09:05:00 +0000" },
        { format_duration, 0, "0s" },
        { format_duration, -5, "0s" },
        { format_duration, 5400000, "1h30m" },
        { format_duration, 250, "250ms" },
        { format_duration, 8 * MS_DAY + 1, "8d1ms" },
        { format_ago, 0, "0 s" },
        { format_ago, 59999, "59 s" },
        { format_ago, 3 * MS_MINUTE, "3 min" },
        { format_ago, 2 * MS_HOUR, "2 h" },
        { format_ago, 47 * MS_HOUR, "47 h" },
        { format_ago, 5 * MS_DAY, "5 days" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;
        buf_init(&b, 100);
        assert_int_equal(rows[i].fn(&b, rows[i].ms), 0);
        assert_string_equal(buf_cstr(&b), rows[i].want);
        buf_free(&b);
    }
}

static void
test_format_clock(void **state)
{
    const int64_t t = INT64_C(1795511100000); /* Tuesday 24 November 2026, 09:05 */
    struct buf b;
    (void)state;
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    buf_init(&b, 100);
    format_clock(&b, t, t + MS_HOUR);
    buf_char(&b, '|');
    format_clock(&b, t, t + MS_DAY);
    (void)setenv("TZ", "EAST-3", 1);
    tzset();
    buf_char(&b, '|');
    format_clock(&b, t, t);
    assert_string_equal(buf_cstr(&b), "09:05|24 Nov 09:05|12:05");
    buf_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_i64),          cmocka_unit_test(test_u64),
        cmocka_unit_test(test_double),       cmocka_unit_test(test_bool),
        cmocka_unit_test(test_duration),     cmocka_unit_test(test_size),
        cmocka_unit_test(test_rfc3339),      cmocka_unit_test(test_since),
        cmocka_unit_test(test_civil),        cmocka_unit_test(test_format),
        cmocka_unit_test(test_format_clock),
    };
    return RUN_TESTS(tests);
}
