/* test_clock - the machine's clocks, and one a test makes itself. */
#include "base/clock.h"

#include "unit.h"

static int64_t
fixed(void *ctx)
{
    return *(int64_t *)ctx;
}

static void
test_injected(void **state)
{
    (void)state;
    int64_t now = 1234;
    const struct clock c = { fixed, fixed, &now };
    assert_int_equal(clock_wall(&c), 1234);
    now = 99;
    assert_int_equal(clock_mono(&c), 99);
}

static void
test_system(void **state)
{
    (void)state;
    assert_true(clock_wall(&clock_system) > INT64_C(1600000000000));
    int64_t before = clock_mono(&clock_system);
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono(&clock_system);
        assert_true(now >= before);
        before = now;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_injected),
        cmocka_unit_test(test_system),
    };
    return RUN_TESTS(tests);
}
