/* fuzz_parse - what can be parsed and written again reads the same. */
#include "fuzz.h"

#include "base/parse.h"

static void
check_time(struct tocsin_str s)
{
    int64_t ms, again;
    struct buf b;
    buf_init(&b, 100);
    /* A zone can lead out of the four-digit years; those cannot be read back. */
    if (parse_rfc3339(s, &ms) == 0 && ms >= INT64_C(-62167219200000) &&
        ms <= INT64_C(253402300799999)) {
        FUZZ_CHECK(format_rfc3339(&b, ms) == 0);
        FUZZ_CHECK(parse_rfc3339(buf_view(&b), &again) == 0 && again == ms);
    }
    buf_free(&b);
}

static void
check_duration(struct tocsin_str s)
{
    int64_t ms, again;
    struct buf b;
    buf_init(&b, 100);
    if (parse_duration(s, &ms) == 0) {
        FUZZ_CHECK(ms >= 0 && format_duration(&b, ms) == 0);
        FUZZ_CHECK(parse_duration(buf_view(&b), &again) == 0 && again == ms);
    }
    buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tocsin_str s = { (const char *)data, size };
    int64_t i;
    uint64_t u;
    double d;
    bool is_on;
    check_time(s);
    check_duration(s);
    if (parse_i64(s, &i) == 0 && i >= 0)
        FUZZ_CHECK(parse_u64(s, &u) == 0 || s.p[0] == '-');
    if (parse_double(s, &d) == 0)
        FUZZ_CHECK(d == d);
    (void)parse_size(s, &u);
    (void)parse_bool(s, &is_on);
    (void)parse_since(s, 0, &i);
    return 0;
}
