/* duty - rotations and quiet hours. */
#include "escalate/duty.h"

#include <time.h>

#include "base/parse.h"

#define DAY_MIN 1440

const char *
duty_on(const struct rotation_conf *r, int64_t now_ms)
{
    if (r->staff.n == 0 || r->every_ms <= 0 || now_ms < r->start_ms)
        return NULL;
    return r->staff.v[(size_t)((now_ms - r->start_ms) / r->every_ms) % r->staff.n];
}

static int
minute_of_day(int64_t now_ms)
{
    time_t t = (time_t)(now_ms / MS_SECOND);
    struct tm tm;

    localtime_r(&t, &tm);
    return tm.tm_hour * 60 + tm.tm_min;
}

int64_t
duty_quiet_until(const struct staff_conf *st, int64_t now_ms)
{
    int from = st->quiet.from_min, to = st->quiet.to_min, now, left;

    if (from == to)
        return 0;
    now = minute_of_day(now_ms);
    left = (to - now + DAY_MIN) % DAY_MIN;
    if (from < to ? now < from || now >= to : now < from && now >= to)
        return 0;
    return now_ms / MS_MINUTE * MS_MINUTE + (left ? left : DAY_MIN) * MS_MINUTE;
}
