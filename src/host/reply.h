/* reply - what a host answered, decoded and checked: from here on its form may be trusted. */
#ifndef TOCSIN_HOST_REPLY_H
#define TOCSIN_HOST_REPLY_H

#include "base/arena.h"
#include "base/err.h"
#include "host/turn.h"

/* `frame` lives in `a`; *out points into both. Takes no ownership. -1: the host is not sound. */
int reply_read(struct turn_out *out, struct tocsin_str frame, struct arena *a,
               const struct turn_in *in, const struct plugin_info *plugin, struct err *err);

#endif
