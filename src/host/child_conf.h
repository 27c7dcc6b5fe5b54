/* child_conf - a plugin's conf struct, filled from option values by its table. */
#ifndef TOCSIN_HOST_CHILD_CONF_H
#define TOCSIN_HOST_CHILD_CONF_H

#include "host/child_load.h"

/* *out in `a`, which must live as long as it. Options not given take their default. */
int child_conf(void **out, const struct loaded *l, const struct option_values *values,
               struct arena *a, struct err *err);

#endif
