/* test_str - slices compared, searched, cut; the hash that is stored. */
#include "base/str.h"

#include "unit.h"

static void
test_eq(void **state)
{
    (void)state;
    assert_true(str_eq(STR_NONE, STR_LIT("")));
    assert_true(str_eq_z(STR_LIT("a"), "a"));
    assert_false(str_eq_z(STR_LIT("a"), "A"));
    assert_false(str_eq(STR_LIT("a\0b"), STR_LIT("a\0c")));
    assert_true(str_eq_ascii_case(STR_LIT("aZ[\xc3\x84"), STR_LIT("Az[\xc3\x84")));
    assert_false(str_eq_ascii_case(STR_LIT("["), STR_LIT("{")));
    assert_true(str_eq_z(STR_NONE, NULL));
}

static void
test_cmp(void **state)
{
    (void)state;
    assert_int_equal(str_cmp(STR_NONE, STR_NONE), 0);
    assert_int_equal(str_cmp(STR_LIT("a"), STR_LIT("ab")), -1);
    assert_int_equal(str_cmp(STR_LIT("b"), STR_LIT("ab")), 1);
    assert_int_equal(str_cmp(STR_LIT("\xff"), STR_LIT("a")), 1);
}

static void
test_starts_ends(void **state)
{
    (void)state;
    assert_true(str_starts(STR_LIT("abc"), STR_LIT("ab")));
    assert_true(str_starts(STR_LIT("abc"), STR_NONE));
    assert_false(str_starts(STR_LIT("a"), STR_LIT("ab")));
    assert_true(str_ends(STR_LIT("abc"), STR_LIT("bc")));
    assert_false(str_ends(STR_NONE, STR_LIT("c")));
}

static void
test_find(void **state)
{
    static const struct {
        const char *text, *needle;
        size_t from, want;
    } rows[] = {
        { "abcabc", "bc", 0, 1 },       { "abcabc", "bc", 2, 4 },
        { "abc", "x", 0, SIZE_MAX },    { "abc", "", 3, 3 },
        { "abc", "", 4, SIZE_MAX },     { "", "a", 0, SIZE_MAX },
        { "abc", "abcd", 0, SIZE_MAX }, { "abc", "c", SIZE_MAX, SIZE_MAX },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        assert_true(str_find(str_z(rows[i].text), str_z(rows[i].needle), rows[i].from) ==
                    rows[i].want);
}

static void
test_sub_trim_cut(void **state)
{
    (void)state;
    assert_true(str_eq_z(str_sub(STR_LIT("abc"), 1, 2), "b"));
    assert_true(str_eq_z(str_sub(STR_LIT("abc"), 1, SIZE_MAX), "bc"));
    assert_int_equal(str_sub(STR_LIT("abc"), 9, 2).n, 0);
    assert_int_equal(str_sub(STR_NONE, 1, 2).n, 0);
    assert_true(str_eq_z(str_trim(STR_LIT(" \t\r\n\v\fa b ")), "a b"));
    assert_int_equal(str_trim(STR_LIT("  ")).n, 0);

    struct tocsin_str rest = STR_LIT("a,,b");
    assert_true(str_eq_z(str_cut(&rest, ','), "a"));
    assert_true(str_eq_z(str_cut(&rest, ','), ""));
    assert_true(str_eq_z(str_cut(&rest, ','), "b"));
    assert_int_equal(rest.n, 0);
    assert_int_equal(str_cut(&rest, ',').n, 0);
}

static void
test_clip(void **state)
{
    static const struct {
        const char *text;
        size_t max, want;
    } rows[] = {
        { "abc", 5, 3 },
        { "abc", 2, 2 },
        { "\xc3\xa9x", 1, 0 },
        { "a\xe2\x82\xac", 3, 1 },
        { "a\xe2\x82\xac", 4, 4 },
        { "\xf0\x9f\x98\x80", 3, 0 },
        { "\x80\x80\x80\x80\x80\x80", 5, 5 }, /* no UTF-8: cut anywhere */
        { "", 0, 0 },
        { "abc", 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        assert_int_equal(str_clip_utf8(str_z(rows[i].text), rows[i].max).n, rows[i].want);
}

static void
test_nearest(void **state)
{
    static const char *const words[] = { "every", "plugin", "options", "url", "hosts" };
    static const struct {
        const char *word, *want;
    } rows[] = {
        { "plugn", "plugin" },    { "plguin", "plugin" },
        { "Options", "options" }, { "opptoins", "options" },
        { "evrey", "every" },     { "ulr", "url" },
        { "uxy", NULL },          { "abc", NULL },
        { "host", "hosts" },      { "", NULL },
        { "completely", NULL },   { "u", NULL },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        const char *got = str_nearest(str_z(rows[i].word), words, N_ROWS(words));
        if (rows[i].want)
            assert_string_equal(got ? got : "(none)", rows[i].want);
        else
            assert_null(got);
    }
    char longest[200];
    memset(longest, 'a', sizeof(longest));
    assert_null(str_nearest((struct tocsin_str){ longest, sizeof(longest) }, words, N_ROWS(words)));
    assert_null(str_nearest(STR_LIT("url"), words, 0));
}

/* Hashes are stored: these values may never change. */
static void
test_hash(void **state)
{
    (void)state;
    assert_true(str_hash(STR_NONE) == UINT64_C(0xefd01f60ba992926));
    assert_true(str_hash(STR_LIT("tocsin")) == UINT64_C(0x0caad902c6ad6fc2));
    assert_true(str_hash(STR_LIT("a\0")) != str_hash(STR_LIT("a")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eq),           cmocka_unit_test(test_cmp),
        cmocka_unit_test(test_starts_ends),  cmocka_unit_test(test_find),
        cmocka_unit_test(test_sub_trim_cut), cmocka_unit_test(test_clip),
        cmocka_unit_test(test_nearest),      cmocka_unit_test(test_hash),
    };
    return RUN_TESTS(tests);
}
