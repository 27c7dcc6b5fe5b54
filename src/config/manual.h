/* manual - what the tables say, as text: for `tocsin plugin info` and `tocsin check --defaults`. */
#ifndef TOCSIN_CONFIG_MANUAL_H
#define TOCSIN_CONFIG_MANUAL_H

#include "base/buf.h"
#include "host/host.h"

/* A plugin's manual: what it is, its options, the hosts it is granted, an example. */
void manual_plugin(struct buf *out, const struct plugin_info *p);
/* All keys of tocsin.yaml with type, default and range, section by section. */
void manual_settings(struct buf *out);

#endif
