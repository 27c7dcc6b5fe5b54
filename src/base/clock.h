/* clock - what time it is; injected, so that tests make their own time. */
#ifndef TOCSIN_BASE_CLOCK_H
#define TOCSIN_BASE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(void *ctx); /* UTC milliseconds since 1970; may jump */
    int64_t (*mono_ms)(void *ctx); /* since boot, suspended time included; never falls */
    void *ctx;
};

extern const struct clock clock_system;

static inline int64_t
clock_wall(const struct clock *c)
{
    return c->wall_ms(c->ctx);
}

static inline int64_t
clock_mono(const struct clock *c)
{
    return c->mono_ms(c->ctx);
}

#endif
