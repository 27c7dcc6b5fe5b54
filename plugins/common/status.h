/* status - what the HTTP status of a response means for a source plugin. */
#ifndef TOCSIN_PLUGINS_STATUS_H
#define TOCSIN_PLUGINS_STATUS_H

#include "slice.h"

/* TOCSIN_OK where the body is worth reading; else the reason was recorded: return the value. */
int status_check(const struct tocsin_host *h, struct tocsin_turn *t,
                 const struct tocsin_response *r);
/* Value of a response header, any case; empty: none. */
struct tocsin_str status_header(const struct tocsin_response *r, const char *name);

#endif
