/* fuzz_url - canonical twice is canonical once; joining gives no control characters. */
#include "fuzz.h"

#include "base/url.h"

static void
check_canonical(struct tocsin_str s)
{
    struct buf once, twice;
    buf_init(&once, SIZE_MAX);
    buf_init(&twice, SIZE_MAX);
    FUZZ_CHECK(url_canonical(&once, s) == 0);
    FUZZ_CHECK(url_canonical(&twice, buf_view(&once)) == 0);
    FUZZ_CHECK(str_eq(buf_view(&once), buf_view(&twice)));
    buf_free(&once);
    buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tocsin_str ref = { (const char *)data, size };
    struct tocsin_str base = str_cut(&ref, '\n');
    struct url u;
    check_canonical(base);
    if (url_split(&u, base) == 0)
        FUZZ_CHECK(u.host.n > 0 && u.scheme.n > 0 && url_host(base).n == u.host.n);

    struct buf joined;
    buf_init(&joined, SIZE_MAX);
    if (url_join(&joined, base, ref) == 0)
        for (size_t i = 0; i < joined.n; i++)
            FUZZ_CHECK((unsigned char)joined.p[i] > 0x20 && joined.p[i] != 0x7F);
    check_canonical(buf_view(&joined));
    buf_free(&joined);
    return 0;
}
