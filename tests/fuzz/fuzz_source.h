/* fuzz_source - any bytes as a service's answer to a source: no crash, texts handed over are
 * UTF-8, and what is read twice is the same. */
#ifndef TOCSIN_TESTS_FUZZ_SOURCE_H
#define TOCSIN_TESTS_FUZZ_SOURCE_H

#include "fuzz.h"

#include <string.h>

#include "plugin/fake_conf.h"
#include "plugin/fake_host.h"

static inline size_t
fuzz_parse(const uint8_t *data, size_t size, const struct fake_conf *conf, const char *cursor)
{
    const struct tocsin_source *s = tocsin_plugin.ops;
    const struct tocsin_response r = {
        .size = sizeof(r), .status = 200, .url = "", .body = { (const char *)data, size }
    };
    struct tocsin_turn t;
    void *self = NULL;
    size_t n;

    fake_turn_init(&t, cursor, 0);
    t.keeps_quiet = true;
    FUZZ_CHECK(s->open(&fake_host_table, &t, conf->conf, &self) == TOCSIN_OK);
    FUZZ_CHECK(strcmp(fake_status_name(s->parse(self, &t, &r)), "?") != 0);
    FUZZ_CHECK(s->plan(self, &t) == TOCSIN_OK);
    n = t.n_posts;
    s->close(self);
    fake_turn_free(&t);
    return n;
}

/* First poll, and one that goes on from `cursor`. */
static inline void
fuzz_source(const uint8_t *data, size_t size, char **pairs, size_t n_pairs, const char *cursor)
{
    struct fake_conf conf;
    size_t n;

    FUZZ_CHECK(fake_conf_make(&conf, &tocsin_plugin, pairs, n_pairs, NULL) == 0);
    n = fuzz_parse(data, size, &conf, "");
    FUZZ_CHECK(fuzz_parse(data, size, &conf, cursor) == n);
    fake_conf_free(&conf);
}

#endif
