/* test_buf - building bytes up to a maximum, and what happens beyond it. */
#include "base/buf.h"

#include <stdlib.h>

#include "unit.h"

static void
test_add(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1000);
    assert_string_equal(buf_cstr(&b), "");
    assert_int_equal(buf_z(&b, "ab"), 0);
    assert_int_equal(buf_z(&b, NULL), 0);
    assert_int_equal(buf_str(&b, STR_NONE), 0);
    assert_int_equal(buf_char(&b, 'c'), 0);
    assert_int_equal(buf_utf8(&b, 0x20AC), 0);
    assert_int_equal(buf_utf8(&b, 0xD800), 0); /* becomes U+FFFD */
    assert_int_equal(buf_fmt(&b, "-%d-%s", 7, "x"), 0);
    assert_string_equal(buf_cstr(&b), "abc\xe2\x82\xac\xef\xbf\xbd-7-x");
    assert_int_equal(buf_view(&b).n, b.n);
    buf_reset(&b);
    assert_string_equal(buf_cstr(&b), "");
    buf_free(&b);
    assert_int_equal(b.max, 1000);
}

static void
test_full(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4);
    assert_int_equal(buf_z(&b, "abcd"), 0);
    assert_int_equal(buf_char(&b, 'e'), -1);
    assert_true(b.failed);
    assert_int_equal(buf_z(&b, ""), -1); /* later ones fail too */
    assert_string_equal(buf_cstr(&b), "abcd");
    assert_null(buf_take(&b));
    buf_reset(&b);
    assert_int_equal(buf_fmt(&b, "%s", "abcde"), -1);
    assert_int_equal(b.n, 0);
    buf_free(&b);
}

static void
test_full_long_format(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 500);
    assert_int_equal(buf_fmt(&b, "%500d", 1), 0);
    assert_int_equal(b.n, 500);
    assert_int_equal(buf_fmt(&b, "%300d", 1), -1);
    buf_free(&b);
}

static void
test_room(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    char *to = buf_room(&b, 10);
    assert_non_null(to);
    memcpy(to, "0123456789", 10);
    b.n += 10;
    assert_int_equal(buf_char(&b, '!'), 0);
    assert_string_equal(buf_cstr(&b), "0123456789!");
    assert_null(buf_room(&b, SIZE_MAX));
    assert_true(b.failed);
    buf_free(&b);
}

static void
test_take(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    char *empty = buf_take(&b);
    assert_string_equal(empty, "");
    free(empty);
    buf_z(&b, "abc");
    char *taken = buf_take(&b);
    assert_string_equal(taken, "abc");
    free(taken);
    assert_int_equal(b.n, 0);
    assert_int_equal(buf_z(&b, "again"), 0);
    buf_free(&b);
}

static void
test_no_maximum(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, SIZE_MAX);
    for (int i = 0; i < 10000; i++)
        buf_z(&b, "0123456789");
    assert_int_equal(b.n, 100000);
    assert_false(b.failed);
    buf_free(&b);
    buf_init(&b, 0);
    assert_int_equal(buf_z(&b, ""), 0);
    assert_int_equal(buf_char(&b, 'a'), -1);
    buf_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add),  cmocka_unit_test(test_full),
        cmocka_unit_test(test_room), cmocka_unit_test(test_full_long_format),
        cmocka_unit_test(test_take), cmocka_unit_test(test_no_maximum),
    };
    return RUN_TESTS(tests);
}
