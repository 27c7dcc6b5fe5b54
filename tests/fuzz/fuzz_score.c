/* fuzz_score - any text scores within its bounds, and the parts add up. */
#include "fuzz.h"

#include <math.h>

#include "../lib/score_fix.h"
#include "base/utf8.h"

static void
check(const struct score *s)
{
    double z = 0;

    FUZZ_CHECK(s->sentiment >= -1 && s->sentiment <= 1);
    FUZZ_CHECK(s->complaint >= 0 && s->complaint <= 1);
    FUZZ_CHECK(s->irate >= 0 && s->irate <= 100);
    for (size_t i = 0; i < s->n_parts; i++)
        if (s->parts[i].axis == AXIS_SENTIMENT)
            z += s->parts[i].weight;
    FUZZ_CHECK(fabs(s->sentiment - z / sqrt(1 + z * z)) < 1e-6);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct score_fix fix;
    struct buf text;

    if (!fix.scorer)
        score_fix_begin(&fix, "brands: {acme: {}}\n");
    buf_init(&text, 1u << 20);
    utf8_repair(&text, (struct tocsin_str){ (const char *)data, size });
    struct score s = score_fix_post_score(&fix, buf_cstr(&text), POST_POST);
    check(&s);
    struct mention m = score_fix_mention(&fix, buf_cstr(&text));
    if (m.brand.n)
        check(&m.score);
    buf_free(&text);
    return 0;
}
