/* fake_conf - a plugin's conf struct filled from its option table and key=value pairs. */
#ifndef TOCSIN_TESTS_FAKE_CONF_H
#define TOCSIN_TESTS_FAKE_CONF_H

#include "base/err.h"

#include <tocsin/plugin.h>

struct fake_conf {
    void *conf;   /* what open() gets */
    void **owned; /* strings and arrays in it */
    size_t n_owned;
};

/* `pairs`: "key=value"; a list's values are parted by commas, a map is key=name:value,name:value.
 * Defaults come first, as in the core. -1: err says which option is wrong. */
int fake_conf_make(struct fake_conf *c, const struct tocsin_plugin *p, char *const *pairs,
                   size_t n_pairs, struct err *err);
void fake_conf_free(struct fake_conf *c);

#endif
