/* parse_time - calendar dates and RFC 3339 times, without libc's tables. */
#include "base/parse.h"

int64_t
civil_to_days(int64_t year, int month, int day)
{
    /* Years begin in March, so that the leap day is the last one; eras of 400 years. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void
civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static int
days_in_month(int64_t year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* ---- a cursor over the text ---------------------------------------------- */

static bool
peek_is(struct tocsin_str s, const char *any)
{
    return s.n && s.p[0] && strchr(any, s.p[0]);
}

static bool
take(struct tocsin_str *s, const char *any)
{
    if (!peek_is(*s, any))
        return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

/* Exactly `width` digits, between low and high. */
static int
take_digits(struct tocsin_str *s, size_t width, int low, int high, int *out)
{
    int v = 0;
    if (s->n < width)
        return -1;
    for (size_t i = 0; i < width; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return -1;
        v = v * 10 + (s->p[i] - '0');
    }
    if (v < low || v > high)
        return -1;
    *s = str_sub(*s, width, s->n);
    *out = v;
    return 0;
}

static int
take_date(struct tocsin_str *s, int64_t *ms)
{
    int year, month, day;
    if (take_digits(s, 4, 0, 9999, &year) || !take(s, "-") || take_digits(s, 2, 1, 12, &month) ||
        !take(s, "-") || take_digits(s, 2, 1, days_in_month(year, month), &day))
        return -1;
    *ms = civil_to_days(year, month, day) * MS_DAY;
    return 0;
}

static int
take_fraction(struct tocsin_str *s, int64_t *ms)
{
    int64_t scale = 100;
    size_t i = 0;
    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
        *ms += (s->p[i] - '0') * scale;
        scale /= 10;
    }
    *s = str_sub(*s, i, s->n);
    return i ? 0 : -1;
}

/* HH:MM[:SS[.fraction]]; a leap second is the second after it. */
static int
take_time(struct tocsin_str *s, int64_t *ms)
{
    int hour, minute, second;
    if (take_digits(s, 2, 0, 23, &hour) || !take(s, ":") || take_digits(s, 2, 0, 59, &minute))
        return -1;
    *ms += hour * MS_HOUR + minute * MS_MINUTE;
    if (!take(s, ":"))
        return 0;
    if (take_digits(s, 2, 0, 60, &second))
        return -1;
    *ms += second * MS_SECOND;
    return take(s, ".,") ? take_fraction(s, ms) : 0;
}

/* Z, +hh:mm, +hhmm, +hh, or nothing for UTC. */
static int
take_zone(struct tocsin_str *s, int64_t *ms)
{
    int hour, minute = 0;
    (void)take(s, " ");
    if (s->n == 0 || take(s, "Zz"))
        return 0;
    bool is_west = peek_is(*s, "-");
    if (!take(s, "+-") || take_digits(s, 2, 0, 23, &hour))
        return -1;
    if (s->n && ((void)take(s, ":"), take_digits(s, 2, 0, 59, &minute)))
        return -1;
    int64_t offset = hour * MS_HOUR + minute * MS_MINUTE;
    *ms += is_west ? offset : -offset;
    return 0;
}

int
parse_rfc3339(struct tocsin_str s, int64_t *out_ms)
{
    int64_t ms;
    if (take_date(&s, &ms))
        return -1;
    if (s.n && (!take(&s, "Tt ") || take_time(&s, &ms) || take_zone(&s, &ms) || s.n))
        return -1;
    *out_ms = ms;
    return 0;
}

int
parse_since(struct tocsin_str s, int64_t now_ms, int64_t *out_ms)
{
    int64_t ms;
    if (parse_duration(s, &ms))
        return parse_rfc3339(s, out_ms);
    *out_ms = now_ms > INT64_MIN + ms ? now_ms - ms : INT64_MIN;
    return 0;
}
