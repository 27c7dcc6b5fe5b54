/* fuzz_normalise - any bytes become valid texts, and every fold range leads back to one. */
#include "fuzz.h"

#include "base/utf8.h"
#include "dedup/fingerprint.h"
#include "normalise/normalise.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(64 << 20);
    struct text t, again, nfkc;
    struct err err;
    struct tocsin_str in = { (const char *)data, size };
    FUZZ_CHECK(normalise_text(&t, in, a, &err) == 0);
    FUZZ_CHECK(utf8_is_valid(t.text) && utf8_is_valid(t.fold));
    size_t step = t.fold.n / 64 + 1, last = 0;
    for (size_t i = 0; i < t.fold.n; i += step) {
        size_t begin, end;
        text_range(&t, i, i + 1, &begin, &end);
        FUZZ_CHECK(begin < end && end <= t.text.n && begin >= last);
        FUZZ_CHECK(utf8_is_valid(str_sub(t.text, begin, end)));
        last = begin;
    }
    FUZZ_CHECK(normalise_text(&again, t.text, a, &err) == 0);
    FUZZ_CHECK(str_eq(again.text, t.text) && str_eq(again.fold, t.fold));
    FUZZ_CHECK(normalise_nfkc(&nfkc, t.text, a, &err) == 0 && utf8_is_valid(nfkc.fold));
    struct post p = { .text = t };
    fingerprint_post(&p);
    normalise_guess_lang(t.text);
    arena_free(a);
    return 0;
}
