/* fuzz_html - HTML into text: always UTF-8 for UTF-8, bounded, and never slow. */
#include "fuzz.h"

#include "base/utf8.h"
#include "host/html_text.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct html_text *h;
    struct tocsin_str html = { (const char *)data, size };
    struct buf out;

    if (!h)
        h = html_text_new();
    buf_init(&out, 64 * 1024);
    FUZZ_CHECK(html_text(h, &out, html, STR_LIT("https://example.org/a/")) == 0);
    FUZZ_CHECK(!out.failed && out.n <= out.max);
    if (utf8_is_valid(html))
        FUZZ_CHECK(utf8_is_valid(buf_view(&out)));
    buf_free(&out);
    return 0;
}
