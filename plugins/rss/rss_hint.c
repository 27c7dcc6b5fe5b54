/* Tells the core what a feed says of its own refresh. */
#include <stdio.h>

#include "rss.h"

#define HOUR_S INT64_C(3600)
#define DAY_S (24 * HOUR_S)

static int64_t
read_number(struct tocsin_str s)
{
    int64_t n = 0;

    for (size_t i = 0; i < s.n && i < 9 && slice_is_digit(s.p[i]); i++)
        n = n * 10 + (s.p[i] - '0');
    return n;
}

static int64_t
period_s(struct tocsin_str s)
{
    static const struct {
        const char *name;
        int64_t s;
    } rows[] = { { "hourly", HOUR_S },
                 { "daily", DAY_S },
                 { "weekly", 7 * DAY_S },
                 { "monthly", 30 * DAY_S },
                 { "yearly", 365 * DAY_S } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (slice_case_eq_z(s, rows[i].name))
            return rows[i].s;
    return 0;
}

static bool
is_skipped(const struct feed_head *head, int64_t at_s)
{
    int64_t hour = at_s / HOUR_S % 24, day = (at_s / DAY_S + 4) % 7; /* 1970 began on a Thursday */

    return (head->skip_hours >> hour & 1) || (head->skip_days >> day & 1);
}

/* Seconds until the first whole hour that the feed does not ask to skip; 0: now is good. */
static int64_t
skip_s(const struct feed_head *head, int64_t now_s)
{
    int64_t at = now_s;

    if (!head->skip_hours && !head->skip_days)
        return 0;
    for (int i = 0; i < 24 * 8 && is_skipped(head, at); i++)
        at = (at / HOUR_S + 1) * HOUR_S;
    return is_skipped(head, at) ? 0 : at - now_s;
}

void
rss_hint(const struct rss *rss, struct tocsin_turn *t, int64_t now_ms, const struct feed_head *head)
{
    int64_t ttl = read_number(head->ttl) * 60, period = period_s(head->period);
    int64_t skip = skip_s(head, now_ms / 1000), times = read_number(head->frequency);

    if (times > 1)
        period /= times;
    if (skip > ttl && skip > period)
        rss->h->interval(t, skip, "skipHours, skipDays");
    else if (ttl > 0)
        rss->h->interval(t, ttl, "ttl");
    else if (period > 0)
        rss->h->interval(t, period, "sy:updatePeriod");
}
