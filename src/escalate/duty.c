/* duty - rotations and quiet hours. */
#include "escalate/duty.h"

#include "base/parse.h"
#include "base/zone.h"

#define DAY_MIN 1440

/* The zone's clock at that instant; a zone that cannot be read counts as UTC (config refused it
 * already, so only its table can have gone since). */
static int64_t
local_of(const char *zone, int64_t utc_ms)
{
    struct zone *z = NULL;
    struct err ignored = { 0 };
    int64_t offset = 0;

    if (zone_load(&z, zone, &ignored) == 0)
        offset = zone_offset(z, utc_ms);
    zone_free(z);
    return utc_ms + offset;
}

const char *
duty_on(const struct rotation_conf *r, int64_t now_ms)
{
    int64_t local, start;

    if (r->staff.n == 0 || r->every_ms <= 0 || now_ms < r->start_ms)
        return NULL;
    /* Counted on the wall clock, so that nine o'clock stays nine o'clock in summer. */
    local = local_of(r->timezone, now_ms);
    start = local_of(r->timezone, r->start_ms);
    return r->staff.v[(size_t)((local - start) / r->every_ms) % r->staff.n];
}

int64_t
duty_quiet_until(const struct staff_conf *st, int64_t now_ms)
{
    int from = st->quiet.from_min, to = st->quiet.to_min, now, left;

    if (from == to)
        return 0;
    now = (int)(local_of(st->timezone, now_ms) / MS_MINUTE % DAY_MIN);
    left = (to - now + DAY_MIN) % DAY_MIN;
    if (from < to ? now < from || now >= to : now < from && now >= to)
        return 0;
    return now_ms / MS_MINUTE * MS_MINUTE + (left ? left : DAY_MIN) * MS_MINUTE;
}
