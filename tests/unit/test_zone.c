/* Tests time zones: rules first, which need no table; then the system's, where it has them. */
#include "unit.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/parse.h"
#include "base/zone.h"

static int64_t
at(const char *time)
{
    int64_t ms = 0;

    assert_int_equal(parse_rfc3339(str_z(time), &ms), 0);
    return ms;
}

static const struct {
    const char *tz, *utc;
    int64_t hours_x4;
} offsets[] = {
    { "UTC0", "2026-07-01T00:00:00Z", 0 },
    { "IST-5:30", "2026-07-01T00:00:00Z", 22 },
    { "<+03>-3", "2026-07-01T00:00:00Z", 12 },
    { "GMT0BST,M3.5.0/1,M10.5.0", "2026-03-29T00:59:59Z", 0 },
    { "GMT0BST,M3.5.0/1,M10.5.0", "2026-03-29T01:00:00Z", 4 },
    { "GMT0BST,M3.5.0/1,M10.5.0", "2026-10-25T00:59:59Z", 4 },
    { "GMT0BST,M3.5.0/1,M10.5.0", "2026-10-25T01:00:00Z", 0 },
    { "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -20 },
    { "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -16 },
    { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 44 },
    { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01T00:00:00Z", 40 },
    { "XST0XDT,J60/0,300/0", "2028-03-01T00:00:00Z", 4 },
    { "XST0XDT,J60/0,300/0", "2028-02-29T23:00:00Z", 0 },
};

static void
test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS(offsets); i++) {
        struct zone *z = NULL;
        setenv("TZ", offsets[i].tz, 1);
        assert_int_equal(zone_load(&z, NULL, NULL), 0);
        if (zone_offset(z, at(offsets[i].utc)) != offsets[i].hours_x4 * 15 * MS_MINUTE)
            fail_msg("row %zu: %s at %s", i, offsets[i].tz, offsets[i].utc);
        zone_free(z);
    }
}

static const struct {
    const char *local, *utc;
} readings[] = {
    { "2026-01-05T09:00:00", "2026-01-05T09:00:00Z" },
    { "2026-07-06T09:00:00", "2026-07-06T08:00:00Z" },
    { "2026-03-29T01:30:00", "2026-03-29T01:30:00Z" }, /* skipped */
    { "2026-10-25T01:30:00", "2026-10-25T00:30:00Z" }, /* twice: the first */
    { "2026-10-25T02:30:00", "2026-10-25T02:30:00Z" },
};

static void
test_to_utc(void **state)
{
    struct zone *z = NULL;

    (void)state;
    setenv("TZ", "GMT0BST,M3.5.0/1,M10.5.0", 1);
    assert_int_equal(zone_load(&z, NULL, NULL), 0);
    for (size_t i = 0; i < N_ROWS(readings); i++)
        if (zone_to_utc(z, at(readings[i].local)) != at(readings[i].utc))
            fail_msg("row %zu: %s", i, readings[i].local);
    zone_free(z);
}

static void
test_system(void **state)
{
    struct zone *z = NULL;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(zone_load(&z, "No/Such", &err), -1);
    assert_int_equal(zone_load(&z, "/etc/passwd", &err), -1);
    assert_int_equal(zone_load(&z, "../../../etc/passwd", &err), -1);
    if (!file_exists("/usr/share/zoneinfo/Europe/London"))
        skip();
    assert_int_equal(zone_load(&z, "Europe/London", &err), 0);
    assert_int_equal(zone_offset(z, at("2026-01-05T09:00:00Z")), 0);
    assert_int_equal(zone_offset(z, at("2026-07-05T09:00:00Z")), MS_HOUR);
    assert_int_equal(zone_offset(z, at("2055-07-05T09:00:00Z")), MS_HOUR);
    assert_int_equal(zone_offset(z, at("1970-07-05T09:00:00Z")), MS_HOUR); /* standard time then */
    assert_int_equal(zone_to_utc(z, at("2026-07-06T09:00:00Z")), at("2026-07-06T08:00:00Z"));
    zone_free(z);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_to_utc),
        cmocka_unit_test(test_system),
    };

    return RUN_TESTS(tests);
}
