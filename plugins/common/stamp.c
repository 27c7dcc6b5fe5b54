/* Writes UTC milliseconds as dates. */
#include "stamp.h"

#include <stdio.h>

#define DAY_S 86400

struct civil {
    int64_t year;
    int month, day, hour, minute, second, weekday; /* month from 1, Sunday is 0 */
};

/* Days are counted from 1 March of year 0, in eras of 400 years. */
static struct civil
civil_of(int64_t ms)
{
    int64_t s = ms >= 0 ? ms / 1000 : -((999 - ms) / 1000);
    int64_t days = s >= 0 ? s / DAY_S : -((DAY_S - 1 - s) / DAY_S), left = s - days * DAY_S;
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;

    return (struct civil){
        .year = yoe + era * 400 + (month <= 2),
        .month = (int)month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(left / 3600),
        .minute = (int)(left / 60 % 60),
        .second = (int)(left % 60),
        .weekday = (int)(((days + 4) % 7 + 7) % 7),
    };
}

void
stamp_rfc3339(char *to, size_t room, int64_t ms)
{
    struct civil c = civil_of(ms);

    snprintf(to, room, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)c.year, c.month, c.day,
             c.hour, c.minute, c.second);
}

void
stamp_rfc5322(char *to, size_t room, int64_t ms)
{
    static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    struct civil c = civil_of(ms);

    snprintf(to, room, "%s, %02d %s %04lld %02d:%02d:%02d +0000", days[c.weekday], c.day,
             months[c.month - 1], (long long)c.year, c.hour, c.minute, c.second);
}
