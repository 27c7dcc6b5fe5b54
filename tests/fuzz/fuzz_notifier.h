/* fuzz_notifier - any bytes as a service's answer: to a message, and to a poll for answers. */
#ifndef TOCSIN_TESTS_FUZZ_NOTIFIER_H
#define TOCSIN_TESTS_FUZZ_NOTIFIER_H

#include "fuzz.h"

#include <string.h>

#include "plugin/fake_conf.h"
#include "plugin/fake_host.h"

/* What was asked to be shown or kept is UTF-8: the fake host says so where it is not. */
static inline void
fuzz_check_events(const struct tocsin_turn *t)
{
    char *text = json_dumps(t->events, JSON_COMPACT);

    FUZZ_CHECK(text != NULL);
    FUZZ_CHECK(strstr(text, "(not UTF-8)") == NULL);
    free(text);
}

/* The first byte chooses the status, the rest is the body. */
static inline void
fuzz_notifier(const uint8_t *data, size_t size, char **pairs, size_t n_pairs)
{
    static const int statuses[] = { 200, 200, 200, 400, 403, 429, 500, 404 };
    static const struct tocsin_alert alert = { .size = sizeof(alert), .key = "k", .thread = "t" };
    const struct tocsin_notifier *n = tocsin_plugin.ops;
    struct tocsin_response r = { .size = sizeof(r), .url = "" };
    struct fake_conf conf;
    struct tocsin_turn t;
    void *self = NULL;

    if (size == 0)
        return;
    r.status = statuses[data[0] & 7];
    r.body = (struct tocsin_str){ (const char *)data + 1, size - 1 };
    FUZZ_CHECK(fake_conf_make(&conf, &tocsin_plugin, pairs, n_pairs, NULL) == 0);
    fake_turn_init(&t, "", 0);
    FUZZ_CHECK(n->open(&fake_host_table, &t, conf.conf, &self) == TOCSIN_OK);
    FUZZ_CHECK(strcmp(fake_status_name(n->judge(self, &t, &alert, &r)), "?") != 0);
    FUZZ_CHECK(strcmp(fake_status_name(n->answers(self, &t, &r)), "?") != 0);
    FUZZ_CHECK(strcmp(fake_status_name(n->poll(self, &t)), "?") != 0);
    fuzz_check_events(&t);
    n->close(self);
    fake_turn_free(&t);
    fake_conf_free(&conf);
}

#endif
