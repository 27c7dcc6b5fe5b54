/* test_hash - the table against a plain array that does the same. */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static int
count_one(void *ctx, struct tocsin_str key, void *value)
{
    (void)key;
    *(size_t *)ctx += (size_t)(uintptr_t)value;
    return 0;
}

static int
stop_at_once(void *ctx, struct tocsin_str key, void *value)
{
    (void)key;
    (void)value;
    ++*(int *)ctx;
    return 7;
}

static void
test_basics(void **state)
{
    (void)state;
    int one, two;
    void *old = &two;
    struct hash *h = hash_new();
    assert_non_null(h);
    assert_null(hash_find(h, STR_LIT("a")));
    assert_int_equal(hash_set(h, STR_LIT("a"), &one, &old), 0);
    assert_null(old);
    assert_ptr_equal(hash_find(h, STR_LIT("a")), &one);
    assert_int_equal(hash_set(h, STR_LIT("a"), &two, &old), 0);
    assert_ptr_equal(old, &one);
    assert_int_equal(hash_count(h), 1);
    assert_int_equal(hash_set(h, STR_LIT("a\0"), &one, NULL), 0); /* another key */
    assert_int_equal(hash_set(h, STR_NONE, &one, NULL), 0);
    assert_int_equal(hash_count(h), 3);
    assert_ptr_equal(hash_remove(h, STR_LIT("a")), &two);
    assert_null(hash_remove(h, STR_LIT("a")));
    assert_ptr_equal(hash_find(h, STR_LIT("")), &one);
    int calls = 0;
    assert_int_equal(hash_each(h, stop_at_once, &calls), 7);
    assert_int_equal(calls, 1);
    hash_free(h, NULL);
    hash_free(NULL, free);
}

/* Sets and removes in an order fixed by a seed; an array knows what must be there. */
static void
test_model(void **state)
{
    enum { KEYS = 500, STEPS = 20000 };
    static uintptr_t model[KEYS];
    (void)state;
    struct hash *h = hash_new();
    uint32_t random = 12345;
    for (int step = 0; step < STEPS; step++) {
        random = random * 1664525u + 1013904223u;
        size_t k = (random >> 8) % KEYS;
        char key[16];
        struct tocsin_str name = { key, (size_t)snprintf(key, sizeof(key), "key-%zu", k) };
        if (random >> 31) {
            void *old;
            assert_int_equal(hash_set(h, name, (void *)(uintptr_t)(step + 1), &old), 0);
            assert_int_equal((uintptr_t)old, model[k]);
            model[k] = (uintptr_t)step + 1;
        } else {
            assert_int_equal((uintptr_t)hash_remove(h, name), model[k]);
            model[k] = 0;
        }
    }
    size_t count = 0, sum = 0, seen = 0;
    for (size_t k = 0; k < KEYS; k++) {
        count += model[k] != 0;
        sum += model[k];
    }
    assert_int_equal(hash_count(h), count);
    assert_int_equal(hash_each(h, count_one, &seen), 0);
    assert_int_equal(seen, sum);
    hash_free(h, NULL);
}

static void
test_free_values(void **state)
{
    (void)state;
    struct hash *h = hash_new();
    for (int i = 0; i < 100; i++) {
        char key[8];
        struct tocsin_str name = { key, (size_t)snprintf(key, sizeof(key), "%d", i) };
        assert_int_equal(hash_set(h, name, malloc(1), NULL), 0);
    }
    hash_free(h, free); /* the sanitizer sees what is left */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basics),
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_free_values),
    };
    return RUN_TESTS(tests);
}
