/* findings - errors and warnings collected while a configuration is read. */
#ifndef TOCSIN_CONFIG_FINDINGS_H
#define TOCSIN_CONFIG_FINDINGS_H

#include "config/config.h"

/* Past this many the rest is counted, not kept. */
#define FINDINGS_MAX 200

/* As findings_add; an empty line is not shown. */
void findings_vadd(struct findings *f, bool is_error, const struct place *at,
                   struct tocsin_str line, const char *fmt, va_list ap)
    __attribute__((format(printf, 5, 0)));

#endif
