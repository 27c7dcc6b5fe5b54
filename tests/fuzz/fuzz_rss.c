/* fuzz_rss - any bytes as a feed: no crash, every text handed over is UTF-8, and what a reader of
 * the same bytes gets twice is the same. */
#include "fuzz.h"

#include <string.h>

#include "plugin/fake_conf.h"
#include "plugin/fake_host.h"

static size_t
parse(const uint8_t *data, size_t size, struct fake_conf *conf)
{
    static const struct tocsin_field type = { { "Content-Type", 12 }, { "text/xml", 8 } };
    const struct tocsin_source *s = tocsin_plugin.ops;
    const struct tocsin_response resp = {
        .size = sizeof(resp),
        .status = 200,
        .url = "https://x.example/feed",
        .headers = &type,
        .n_headers = 1,
        .body = { (const char *)data, size },
    };
    struct tocsin_turn t;
    void *self = NULL;
    size_t n;

    fake_turn_init(&t, "", 0);
    t.keeps_quiet = true;
    FUZZ_CHECK(s->open(&fake_host_table, &t, conf->conf, &self) == TOCSIN_OK);
    FUZZ_CHECK(strcmp(fake_status_name(s->parse(self, &t, &resp)), "?") != 0);
    n = t.n_posts;
    s->close(self);
    fake_turn_free(&t);
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char url[] = "url=https://x.example/feed", follow[] = "follow=true";
    char *pairs[] = { url, follow };
    struct fake_conf conf;
    size_t n;

    FUZZ_CHECK(fake_conf_make(&conf, &tocsin_plugin, pairs, 2, NULL) == 0);
    n = parse(data, size, &conf);
    FUZZ_CHECK(parse(data, size, &conf) == n);
    fake_conf_free(&conf);
    return 0;
}
