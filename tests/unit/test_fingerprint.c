/* test_fingerprint - copies are near, other posts are not. */
#include "dedup/fingerprint.h"
#include "normalise/normalise.h"
#include "unit.h"

static uint64_t
of_titled(const char *title, const char *text)
{
    struct arena *a = arena_new(1 << 20);
    struct err err;
    struct post p = { .title = { .text = str_z(title) }, .text = { .text = str_z(text) } };
    assert_int_equal(normalise_post(&p, a, &err), 0);
    uint64_t fp = fingerprint_post(&p);
    arena_free(a);
    return fp;
}

static uint64_t
of(const char *text)
{
    return of_titled("", text);
}

#define STORY                                                                                 \
    "Acme has recalled forty thousand mousetraps after several customers reported that the "  \
    "spring may break. The company said in a statement that it will replace every unit free " \
    "of charge and that nobody has been hurt so far, while shops were told to stop sales."

static void
test_copies(void **state)
{
    static const struct {
        const char *a, *b;
        bool is_copy;
    } rows[] = {
        { STORY, STORY, true },
        { STORY, "RT @news: " STORY, true },
        { STORY, STORY " https://t.example/abc123", true },
        { STORY,
          "ACME HAS"
          " recalled forty thousand mousetraps after several customers reported that the "
          "spring may break. The company said in a statement that it will replace every unit free "
          "of charge and that nobody has been hurt so far, while shops were told to stop sales!!",
          true },
        { STORY,
          "My order from Acme never arrived and nobody answers the telephone. I have "
          "asked for a refund three times, and each time they promise to call back.",
          false },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        uint64_t a = of(rows[i].a), b = of(rows[i].b);
        uint32_t x[FINGERPRINT_BANDS], y[FINGERPRINT_BANDS];
        int shared = 0;
        assert_int_equal(fingerprint_is_copy(a, b), rows[i].is_copy);
        fingerprint_bands(a, x);
        fingerprint_bands(b, y);
        for (int k = 0; k < FINGERPRINT_BANDS; k++)
            shared += x[k] == y[k];
        assert_true(!rows[i].is_copy || shared > 0);
    }
}

/* A long text under another title is a copy; a short one, like a link's words, is not. */
static void
test_titles(void **state)
{
    (void)state;
    assert_true(
        fingerprint_is_copy(of_titled("Recall", STORY), of_titled("Seen elsewhere", STORY)));
    assert_false(fingerprint_is_copy(
        of_titled("Acme recalls forty thousand mousetraps", "Read it on our page"),
        of_titled("Ten ways to keep a barn dry", "Read it on our page")));
}

static void
test_too_short(void **state)
{
    (void)state;
    assert_int_equal(of(""), 0);
    assert_int_equal(of("Love it!"), 0);
    assert_int_equal(of("RT @a: so true https://x.example/y"), 0);
    assert_int_not_equal(of("one two three four five six seven eight"), 0);
    assert_false(fingerprint_is_copy(0, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_too_short),
    };
    return RUN_TESTS(tests);
}
