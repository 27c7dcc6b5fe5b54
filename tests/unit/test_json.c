/* test_json - JSON written without a tree. */
#include "base/json.h"

#include <math.h>

#include "unit.h"

static void
test_document(void **state)
{
    (void)state;
    struct buf b;
    struct jout j;
    buf_init(&b, 1000);
    jout_begin(&j, &b);
    jout_object(&j);
    jout_kz(&j, "a", "x");
    jout_kz(&j, "none", NULL);
    jout_kstr(&j, "s", STR_LIT("y"));
    jout_key(&j, "list");
    jout_array(&j);
    jout_i64(&j, INT64_MIN);
    jout_id(&j, INT64_MAX);
    jout_object(&j);
    jout_object_end(&j);
    jout_array(&j);
    jout_array_end(&j);
    jout_bool(&j, true);
    jout_null(&j);
    jout_array_end(&j);
    jout_ki64(&j, "n", 0);
    jout_kbool(&j, "b", false);
    jout_ktime(&j, "t", 1500);
    jout_ktime(&j, "t0", 0);
    jout_object_end(&j);
    assert_string_equal(buf_cstr(&b),
                        "{\"a\":\"x\",\"none\":null,\"s\":\"y\",\"list\":[-9223372036854775808,"
                        "\"9223372036854775807\",{},[],true,null],\"n\":0,\"b\":false,"
                        "\"t\":\"1970-01-01T00:00:01.500Z\",\"t0\":null}");
    buf_free(&b);
}

static void
test_strings(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "", "" },
        { "plain \xc3\xa9 \xf0\x9f\x98\x80", "plain \xc3\xa9 \xf0\x9f\x98\x80" },
        { "\"\\/", "\\\"\\\\/" },
        { "\b\f\n\r\t", "\\b\\f\\n\\r\\t" },
        { "\x01\x1f\x7f", "\\u0001\\u001f\\u007f" },
        { "a\xff"
          "b",
          "a\xef\xbf\xbd"
          "b" },
        { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
        { "\xe2\x80\xa8", "\\u2028" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;
        buf_init(&b, 100);
        assert_int_equal(jout_escape(&b, str_z(rows[i].text)), 0);
        assert_string_equal(buf_cstr(&b), rows[i].want);
        buf_free(&b);
    }
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(jout_escape(&b, STR_LIT("a\0")), 0);
    assert_string_equal(buf_cstr(&b), "a\\u0000");
    buf_free(&b);
}

static void
test_doubles(void **state)
{
    static const struct {
        double v;
        int decimals;
        const char *want;
    } rows[] = {
        { 0, 3, "0" },
        { -0.0, 3, "0" },
        { 1, 3, "1" },
        { 0.5, 3, "0.5" },
        { -1.25, 2, "-1.25" },
        { 0.1234, 2, "0.12" },
        { 100, 0, "100" },
        { 100, 2, "100" },
        { -0.001, 2, "0" },
        { NAN, 2, "null" },
        { INFINITY, 2, "null" },
        { 1e20, 1, "100000000000000000000" },
        { 0.3, 99, "0.29999999999999999" },
        { 7, -1, "7" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;
        struct jout j;
        buf_init(&b, 400);
        jout_begin(&j, &b);
        jout_double(&j, rows[i].v, rows[i].decimals);
        assert_string_equal(buf_cstr(&b), rows[i].want);
        buf_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_doubles),
    };
    return RUN_TESTS(tests);
}
