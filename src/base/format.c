/* format - times and durations as text, for machines and for people. */
#include <time.h>

#include "base/parse.h"
#include "base/zone.h"

static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const day_names[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };

struct moment {
    int64_t year, days;
    int month, day, hour, minute, second, ms;
};

static struct moment
moment_of(int64_t utc_ms)
{
    struct moment m;
    int64_t ms = utc_ms % MS_DAY;
    m.days = utc_ms / MS_DAY;
    if (ms < 0) {
        ms += MS_DAY;
        m.days--;
    }
    civil_from_days(m.days, &m.year, &m.month, &m.day);
    m.hour = (int)(ms / MS_HOUR);
    m.minute = (int)(ms / MS_MINUTE % 60);
    m.second = (int)(ms / MS_SECOND % 60);
    m.ms = (int)(ms % MS_SECOND);
    return m;
}

int
format_rfc3339(struct buf *b, int64_t utc_ms)
{
    struct moment m = moment_of(utc_ms);
    buf_fmt(b, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)m.year, m.month, m.day, m.hour,
            m.minute, m.second);
    if (m.ms)
        buf_fmt(b, ".%03d", m.ms);
    return buf_char(b, 'Z');
}

static int
format_day_date(struct buf *b, int64_t utc_ms, const char *zone)
{
    struct moment m = moment_of(utc_ms);
    return buf_fmt(b, "%s, %02d %s %04lld %02d:%02d:%02d %s", day_names[(m.days % 7 + 7) % 7],
                   m.day, month_names[m.month - 1], (long long)m.year, m.hour, m.minute, m.second,
                   zone);
}

int
format_http_date(struct buf *b, int64_t utc_ms)
{
    return format_day_date(b, utc_ms, "GMT");
}

int
format_mail_date(struct buf *b, int64_t utc_ms)
{
    return format_day_date(b, utc_ms, "+0000");
}

int
format_duration(struct buf *b, int64_t ms)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {
        { "d", MS_DAY }, { "h", MS_HOUR }, { "m", MS_MINUTE }, { "s", MS_SECOND }, { "ms", 1 },
    };
    if (ms <= 0)
        return buf_z(b, "0s");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (ms >= units[i].ms)
            buf_fmt(b, "%lld%s", (long long)(ms / units[i].ms), units[i].name);
        ms %= units[i].ms;
    }
    return b->failed ? -1 : 0;
}

int
format_ago(struct buf *b, int64_t ms)
{
    if (ms < MS_SECOND)
        return buf_z(b, "0 s");
    if (ms < MS_MINUTE)
        return buf_fmt(b, "%lld s", (long long)(ms / MS_SECOND));
    if (ms < MS_HOUR)
        return buf_fmt(b, "%lld min", (long long)(ms / MS_MINUTE));
    if (ms < 2 * MS_DAY)
        return buf_fmt(b, "%lld h", (long long)(ms / MS_HOUR));
    return buf_fmt(b, "%lld days", (long long)(ms / MS_DAY));
}

static struct tm
local_time(int64_t utc_ms)
{
    struct tm tm = { 0 };
    int64_t s = utc_ms / MS_SECOND - (utc_ms % MS_SECOND < 0);
    time_t t = (time_t)s;
    (void)localtime_r(&t, &tm);
    return tm;
}

int
format_clock_in(struct buf *b, const struct zone *z, int64_t utc_ms, int64_t now_ms)
{
    struct moment then = moment_of(utc_ms + zone_offset(z, utc_ms));
    struct moment now = moment_of(now_ms + zone_offset(z, now_ms));

    if (then.days != now.days)
        buf_fmt(b, "%d %s ", then.day, month_names[then.month - 1]);
    return buf_fmt(b, "%02d:%02d", then.hour, then.minute);
}

int
format_clock(struct buf *b, int64_t utc_ms, int64_t now_ms)
{
    struct tm then = local_time(utc_ms), now = local_time(now_ms);
    if (then.tm_year != now.tm_year || then.tm_yday != now.tm_yday)
        buf_fmt(b, "%d %s ", then.tm_mday, month_names[then.tm_mon]);
    return buf_fmt(b, "%02d:%02d", then.tm_hour, then.tm_min);
}
