/* fuzz_utf8 - what was repaired is valid, and escaped text cannot steer a terminal. */
#include "fuzz.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/utf8.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tocsin_str s = { (const char *)data, size };
    struct buf b;
    buf_init(&b, SIZE_MAX);
    FUZZ_CHECK(utf8_repair(&b, s) == 0);
    FUZZ_CHECK(utf8_is_valid(buf_view(&b)));
    FUZZ_CHECK(utf8_count(s) <= size);

    for (size_t max = 0; max < 8; max++)
        FUZZ_CHECK(utf8_is_valid(str_clip_utf8(buf_view(&b), max)));

    buf_reset(&b);
    FUZZ_CHECK(escape_terminal(&b, s) == 0);
    for (size_t i = 0; i < b.n; i++)
        FUZZ_CHECK((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7F);

    buf_reset(&b);
    FUZZ_CHECK(jout_escape(&b, s) == 0);
    FUZZ_CHECK(utf8_is_valid(buf_view(&b)));

    buf_reset(&b);
    FUZZ_CHECK(encode_base64(&b, s) == 0);
    struct buf back;
    buf_init(&back, SIZE_MAX);
    FUZZ_CHECK(decode_base64(&back, buf_view(&b)) == 0 && str_eq(buf_view(&back), s));
    (void)decode_base64(&back, s);
    buf_free(&back);
    buf_free(&b);
    return 0;
}
