/* fuzz_api - any bytes as an answer to a source plugin, compiled once for each of them: no crash,
 * a known status, and the same bytes give the same number of posts twice. */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

#include "plugin/fake_conf.h"
#include "plugin/fake_host.h"

static size_t
parse(const uint8_t *data, size_t size, struct fake_conf *conf)
{
    const struct tocsin_source *s = tocsin_plugin.ops;
    struct tocsin_response resp = {
        .size = sizeof(resp),
        .status = size % 7 == 6 ? 429 : 200,
        .url = "https://x.example/api",
        .body = { (const char *)data, size },
    };
    struct tocsin_turn t;
    void *self = NULL;
    size_t n;

    fake_turn_init(&t, "", 0);
    t.keeps_quiet = true;
    FUZZ_CHECK(s->open(&fake_host_table, &t, conf->conf, &self) == TOCSIN_OK);
    FUZZ_CHECK(strcmp(fake_status_name(s->parse(self, &t, &resp)), "?") != 0);
    resp.tag = 1; /* the cursor that it has set, read again */
    FUZZ_CHECK(strcmp(fake_status_name(s->parse(self, &t, &resp)), "?") != 0);
    n = t.n_posts;
    s->close(self);
    fake_turn_free(&t);
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char room[16][96];
    char *pairs[16];
    struct fake_conf conf;
    size_t n = 0;

    for (size_t i = 0; i < tocsin_plugin.n_options && n < 16; i++) {
        const struct tocsin_option *o = &tocsin_plugin.options[i];

        if (!o->required)
            continue;
        snprintf(room[n], sizeof(room[n]), "%s=%s", o->name,
                 o->type == TOCSIN_T_URL ? "https://x.example/" : "1");
        pairs[n] = room[n];
        n++;
    }
    FUZZ_CHECK(fake_conf_make(&conf, &tocsin_plugin, pairs, n, NULL) == 0);
    n = parse(data, size, &conf);
    FUZZ_CHECK(parse(data, size, &conf) == n);
    fake_conf_free(&conf);
    return 0;
}
