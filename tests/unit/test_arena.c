/* test_arena - memory of one batch: zeroed, aligned, bounded. */
#include "base/arena.h"

#include "unit.h"

static void
test_alloc(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    assert_non_null(a);
    assert_int_equal(arena_used(a), 0);
    for (size_t n = 0; n < 3000; n += 7) {
        char *p = arena_alloc(a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAA, n);
    }
    arena_free(a);
    arena_free(NULL);
}

static void
test_maximum(void **state)
{
    (void)state;
    struct arena *a = arena_new(100);
    assert_non_null(arena_alloc(a, 64));
    assert_null(arena_alloc(a, 64));
    assert_non_null(arena_alloc(a, 16));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_array(a, SIZE_MAX / 2, 3));
    assert_null(arena_str(a, STR_LIT("longer than what is left here")).p);
    assert_null(arena_fmt(a, "%50d", 1));
    arena_free(a);
}

static void
test_reset(void **state)
{
    (void)state;
    struct arena *a = arena_new(100000);
    for (int round = 0; round < 3; round++) {
        char *p = arena_alloc(a, 90000);
        assert_non_null(p);
        assert_int_equal(p[0] | p[89999], 0);
        memset(p, 1, 90000);
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(a);
}

static void
test_copies(void **state)
{
    (void)state;
    struct arena *a = arena_new(10000);
    struct tocsin_str s = arena_str(a, STR_LIT("a\0b"));
    assert_int_equal(s.n, 3);
    assert_memory_equal(s.p, "a\0b", 4);
    assert_non_null(arena_str(a, STR_NONE).p);
    assert_string_equal(arena_z(a, STR_NONE), "");
    assert_string_equal(arena_fmt(a, "%s-%d", "x", 5), "x-5");
    assert_string_equal(arena_z(a, STR_LIT("abc")), "abc");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_copies),
    };
    return RUN_TESTS(tests);
}
