/* test_utf8 - good and bad UTF-8: decoded, counted, repaired. */
#include "base/utf8.h"

#include "unit.h"

#define FFFD "\xef\xbf\xbd"

static const struct {
    const char *text, *repaired;
    size_t count;
    bool is_valid;
} rows[] = {
    { "", "", 0, true },
    { "abc", "abc", 3, true },
    { "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 3, true },
    { "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", 3,
      true },
    { "a\xff"
      "b",
      "a" FFFD "b", 3, false },
    { "\x80", FFFD, 1, false },
    /* overlong */
    { "\xc0\xaf", FFFD FFFD, 2, false },
    { "\xe0\x80\xaf", FFFD FFFD FFFD, 3, false },
    { "\xf0\x80\x80\xaf", FFFD FFFD FFFD FFFD, 4, false },
    { "\xc1\xbf", FFFD FFFD, 2, false },
    /* surrogates, beyond U+10FFFF */
    { "\xed\xa0\x80", FFFD FFFD FFFD, 3, false },
    { "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD, 4, false },
    { "\xf8\x88\x80\x80\x80", FFFD FFFD FFFD FFFD FFFD, 5, false },
    /* cut off: one for the maximal part */
    { "\xe2\x82", FFFD, 1, false },
    { "\xf0\x9f\x98", FFFD, 1, false },
    { "\xf0\x9f\x98"
      "a",
      FFFD "a", 2, false },
    { "\xe2\x82\xe2\x82\xac", FFFD "\xe2\x82\xac", 2, false },
    /* controls */
    { "a\x01\x1b[0mb\x7f\t\r\n", "a[0mb\x7f\t\r\n", 11, true },
};

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct tocsin_str s = str_z(rows[i].text);
        struct buf b;
        buf_init(&b, 100);
        assert_int_equal(utf8_is_valid(s), rows[i].is_valid);
        assert_int_equal(utf8_count(s), rows[i].count);
        assert_int_equal(utf8_repair(&b, s), 0);
        assert_string_equal(buf_cstr(&b), rows[i].repaired);
        buf_free(&b);
    }
}

static void
test_nul(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(utf8_repair(&b, STR_LIT("a\0b")), 0);
    assert_string_equal(buf_cstr(&b), "ab");
    buf_free(&b);
    buf_init(&b, 2);
    assert_int_equal(utf8_repair(&b, STR_LIT("abc")), -1);
    buf_free(&b);
}

static void
test_round_trip(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x110100; cp += cp < 0x3000 ? 1 : 13) {
        char c[4];
        size_t n = utf8_put(c, cp), at = 0;
        bool is_scalar = cp < 0x110000 && (cp < 0xD800 || cp > 0xDFFF);
        assert_int_equal(n > 0, is_scalar);
        if (!n)
            continue;
        assert_int_equal(utf8_next((struct tocsin_str){ c, n }, &at), cp);
        assert_int_equal(at, n);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_round_trip),
    };
    return RUN_TESTS(tests);
}
