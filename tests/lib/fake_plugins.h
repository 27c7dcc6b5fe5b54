/* fake_plugins - a handful of plugin tables without a host. */
#ifndef TOCSIN_TESTS_FAKE_PLUGINS_H
#define TOCSIN_TESTS_FAKE_PLUGINS_H

#include "host/host.h"

struct plugins *fake_plugins(void);

#endif
