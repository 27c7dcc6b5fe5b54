/* test_parse - numbers, durations, sizes and times, good and hostile. */
#include "base/parse.h"

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_i64),
    };
    return RUN_TESTS(tests);
}
