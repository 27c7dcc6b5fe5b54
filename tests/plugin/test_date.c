/* The dates that feeds carry. */
#include "unit/unit.h"

#include "../../plugins/common/date.h"
#include "base/parse.h"

struct row {
    const char *in, *want; /* NULL: no date */
};

static const struct row rows[] = {
    { "Thu, 01 Jan 2026 09:30:00 +0100", "2026-01-01T08:30:00Z" },
    { "Thu, 1 Jan 26 09:30 EST", "2026-01-01T14:30:00Z" },
    { "01 Jan 2026", "2026-01-01T00:00:00Z" },
    { "Thursday, 01-Jan-98 09:30:00 GMT", "1998-01-01T09:30:00Z" },
    { "Thu Jan  1 09:30:00 2026", "2026-01-01T09:30:00Z" },
    { "Thu Jan 01 09:30:00 PST 2026", "2026-01-01T17:30:00Z" },
    { "Thu, 01 Jan 2026 09:30:00 +0000 (BST)", "2026-01-01T09:30:00Z" },
    { "Thu, 01 Jan 2026 09:30:00 GMT+2", "2026-01-01T07:30:00Z" },
    { "Thu, 01 Jan 2026 24:00:00 GMT", "2026-01-02T00:00:00Z" },
    { "January 1, 2026, 9:30 pm", "2026-01-01T21:30:00Z" },
    { "Jan 1, 2026 12:05 AM", "2026-01-01T00:05:00Z" },
    { "2026-01-01T09:30:00Z", "2026-01-01T09:30:00Z" },
    { "2026-01-01T09:30:00.250+05:30", "2026-01-01T04:00:00.250Z" },
    { "2026-01-01 09:30:00", "2026-01-01T09:30:00Z" },
    { "2026-01-01T09:30-08:00", "2026-01-01T17:30:00Z" },
    { "20260101T093000Z", "2026-01-01T09:30:00Z" },
    { "20260101", "2026-01-01T00:00:00Z" },
    { "2026", "2026-01-01T00:00:00Z" },
    { "2026-03", "2026-03-01T00:00:00Z" },
    { "2026-032", "2026-02-01T00:00:00Z" },
    { "2026-W01-4", "2026-01-01T00:00:00Z" },
    { "1767225600", "2026-01-01T00:00:00Z" },
    { "1767225600000", "2026-01-01T00:00:00Z" },
    { "31.12.2025 10:00", "2025-12-31T10:00:00Z" },
    { "12/31/2025", "2025-12-31T00:00:00Z" },
    { "31/12/2025", "2025-12-31T00:00:00Z" },
    { "Do, 05 Mär 2026 10:00:00 +0100", "2026-03-05T09:00:00Z" },
    { "jeu., 05 févr. 2026 10:00:00 +0100", "2026-02-05T09:00:00Z" },
    { "mar, 06 ene 2026 10:00:00 +0100", "2026-01-06T09:00:00Z" },
    { "gio, 05 giu 2026", "2026-06-05T00:00:00Z" },
    { "Чт, 05 Мар 2026 10:00:00 +0300", "2026-03-05T07:00:00Z" },
    { "Πεμ, 05 Μαρ 2026", "2026-03-05T00:00:00Z" },
    { "2026年3月5日 12:34", "2026-03-05T12:34:00Z" },
    { "2026년 3월 5일 오후 3:04", "2026-03-05T15:04:00Z" },
    { "2026年3月5日 15時04分05秒", "2026-03-05T15:04:05Z" },
    { "", NULL },
    { "soon", NULL },
    { "12:30", NULL },
    { "99/99/9999", NULL },
};

static void
dates_are_read(void **state)
{
    int n_bad = 0;

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        int64_t got = 0, want = 0;
        int rc = date_parse(slice_z(rows[i].in), &got);

        if (rows[i].want)
            assert_int_equal(parse_rfc3339(str_z(rows[i].want), &want), 0);
        if (got != want || (rc == 0) != (rows[i].want != NULL)) {
            print_message("# \"%s\": %lld ms off\n", rows[i].in, (long long)(got - want));
            n_bad++;
        }
    }
    assert_int_equal(n_bad, 0);
}

static void
dates_are_clamped(void **state)
{
    const int64_t now = INT64_C(1767225600000), day = INT64_C(86400000);

    (void)state;
    assert_int_equal(date_parse_clamped(slice_z("1970-01-01"), now), INT64_C(631152000000));
    assert_int_equal(date_parse_clamped(slice_z("2099-01-01"), now), now + day);
    assert_int_equal(date_parse_clamped(slice_z("never"), now), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(dates_are_clamped),
    };

    return RUN_TESTS(tests);
}
