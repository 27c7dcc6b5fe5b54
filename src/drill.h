/* drill - a marked synthetic complaint through every stage, to the real ways of contact. */
#ifndef TOCSIN_DRILL_H
#define TOCSIN_DRILL_H

#include "pipeline.h"

/* done on the loop with the alert's id, or 0 and err. ERR_NOTFOUND: no such brand. */
int drill_start(struct pipeline *p, struct setup *s, const char *brand, int64_t now_ms,
                void (*done)(void *ctx, int64_t alert, const struct err *err), void *ctx,
                struct err *err);

#endif
