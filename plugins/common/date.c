/* Reads dates word by word, so that order and punctuation matter only where they must. */
#include "date.h"

#define MS_DAY INT64_C(86400000)
#define MS_MIN INT64_C(60000)
#define MS_1990 INT64_C(631152000000)
#define MAX_NUMBERS 6

struct date_fields {
    int64_t number[MAX_NUMBERS]; /* in the order of writing */
    int digits[MAX_NUMBERS];
    int n_numbers;
    int month_at; /* how many numbers stood before the month's name */
    int month;
    int hour, minute, second, ms;
    int zone_min;
    char separator; /* between the first two numbers */
    bool has_time, has_zone, has_offset, is_pm, is_am;
};

/* Beginnings of month names, lower case, in the languages that feeds are written in. */
static const char *const months[12] = { "jan ene gen янв ιαν ίαν oca sty led tammi sij",
                                        "feb fév fev фев φεβ şub lut úno helmi vel",
                                        "mar mär mrz maa márc мар μαρ μάρ bře maalis ožu",
                                        "apr abr avr ápr апр απρ nis kwi dub huhti tra",
                                        "may mai mei mag maj máj май мая μαϊ μαι μάι kvě touko svi",
                                        "jun juin giu jún июн ιουν ιούν haz cze červen kesä",
                                        "jul juil lug júl июл ιουλ ιούλ tem lip červenec heinä",
                                        "aug ago aoû aou авг αυγ αύγ ağu sie srp elo kol",
                                        "sep set szept сен σεπ eyl wrz zář syys ruj",
                                        "oct okt ott out окт οκτ eki paź říj loka",
                                        "nov nóv ноя νοε kas lis marras stu",
                                        "dec dez dic déc дек δεκ ara gru pro joulu" };

struct zone {
    const char *name;
    int minutes;
};

static const struct zone zones[] = {
    { "z", 0 },      { "gmt", 0 },    { "ut", 0 },     { "utc", 0 },     { "wet", 0 },
    { "est", -300 }, { "edt", -240 }, { "cst", -360 }, { "cdt", -300 },  { "mst", -420 },
    { "mdt", -360 }, { "pst", -480 }, { "pdt", -420 }, { "akst", -540 }, { "akdt", -480 },
    { "hst", -600 }, { "ast", -240 }, { "adt", -180 }, { "nst", -210 },  { "ndt", -150 },
    { "brt", -180 }, { "bst", 60 },   { "ist", 330 },  { "west", 60 },   { "cet", 60 },
    { "met", 60 },   { "mez", 60 },   { "cest", 120 }, { "mest", 120 },  { "mesz", 120 },
    { "eet", 120 },  { "sast", 120 }, { "eest", 180 }, { "msk", 180 },   { "msd", 240 },
    { "pkt", 300 },  { "wib", 420 },  { "ict", 420 },  { "sgt", 480 },   { "hkt", 480 },
    { "awst", 480 }, { "jst", 540 },  { "kst", 540 },  { "acst", 570 },  { "acdt", 630 },
    { "aest", 600 }, { "aedt", 660 }, { "nzst", 720 }, { "nzdt", 780 },
};

/* Lower case of the letters in one word: ASCII, Latin-1, Greek and Cyrillic; the rest as is. */
static size_t
fold_word(char *to, size_t room, struct tocsin_str w)
{
    size_t n = 0;

    for (size_t i = 0; i < w.n && n < room; i++) {
        unsigned char c = (unsigned char)w.p[i];
        unsigned char d = i + 1 < w.n ? (unsigned char)w.p[i + 1] : 0;

        if (c < 0x80 || n + 2 > room || i + 1 >= w.n) {
            to[n++] = slice_lower((char)c);
            continue;
        }
        if (c == 0xc3 && d >= 0x80 && d <= 0x9e)
            d = (unsigned char)(d + 0x20);
        else if (c == 0xd0 && d >= 0x90 && d <= 0x9f)
            d = (unsigned char)(d + 0x20);
        else if (c == 0xd0 && d >= 0xa0 && d <= 0xaf) {
            c = 0xd1;
            d = (unsigned char)(d - 0x20);
        } else if (c == 0xce && d >= 0x91 && d <= 0x9f)
            d = (unsigned char)(d + 0x20);
        else if (c == 0xce && d >= 0xa0 && d <= 0xa9) {
            c = 0xcf;
            d = (unsigned char)(d - 0x20);
        }
        to[n++] = (char)c;
        to[n++] = (char)d;
        i++;
    }
    return n;
}

static bool
has_beginning(struct tocsin_str word, const char *list)
{
    for (struct tocsin_str rest = slice_z(list); rest.n > 0;) {
        size_t n = slice_find_byte(rest, ' ');

        if (n <= word.n && memcmp(rest.p, word.p, n) == 0)
            return true;
        rest = slice_from(rest, n + 1);
    }
    return false;
}

static int
find_month(struct tocsin_str word)
{
    if (slice_starts_z(word, "\xc4\x8d"
                             "ervenec")) /* July; without the end it is June */
        return 7;
    for (int m = 0; m < 12; m++)
        if (has_beginning(word, months[m]))
            return m + 1;
    return 0;
}

static bool
take_word(struct date_fields *f, struct tocsin_str raw)
{
    char folded[32];
    struct tocsin_str w = slice(folded, fold_word(folded, sizeof(folded), raw));
    int month;

    if (slice_eq_z(w, "pm") || slice_eq_z(w, "p") || slice_eq_z(w, "午後") ||
        slice_eq_z(w, "下午") || slice_eq_z(w, "오후"))
        return f->is_pm = true;
    if (slice_eq_z(w, "am") || slice_eq_z(w, "a") || slice_eq_z(w, "午前") ||
        slice_eq_z(w, "上午") || slice_eq_z(w, "오전"))
        return f->is_am = true;
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        if (slice_eq_z(w, zones[i].name) && (f->has_time || f->n_numbers > 1)) {
            if (!f->has_offset) /* "+0000 (BST)": the number is meant */
                f->zone_min = zones[i].minutes;
            return f->has_zone = true;
        }
    }
    month = find_month(w);
    if (month && !(f->month && f->has_time)) {
        f->month = month;
        f->month_at = f->n_numbers;
    }
    return false;
}

/* Reads up to `max` digits. */
static size_t
digits(struct tocsin_str s, size_t max, int64_t *value)
{
    size_t n = 0;

    *value = 0;
    while (n < s.n && n < max && slice_is_digit(s.p[n])) {
        *value = *value * 10 + (s.p[n] - '0');
        n++;
    }
    return n;
}

/* ".123" after seconds */
static size_t
take_fraction(struct date_fields *f, struct tocsin_str s)
{
    int scale = 100;
    size_t n = 1;

    if (s.n < 2 || (s.p[0] != '.' && s.p[0] != ',') || !slice_is_digit(s.p[1]))
        return 0;
    for (; n < s.n && slice_is_digit(s.p[n]); n++) {
        f->ms += (s.p[n] - '0') * scale;
        scale /= 10;
    }
    return n;
}

/* hh:mm[:ss[.fff]]; 0: it is not a time */
static size_t
take_time(struct date_fields *f, struct tocsin_str s)
{
    int64_t h, m, sec = 0;
    size_t at = digits(s, 2, &h), n;

    if (at == 0 || at + 1 >= s.n || s.p[at] != ':' || f->has_time)
        return 0;
    n = digits(slice_from(s, at + 1), 2, &m);
    if (n == 0)
        return 0;
    at += 1 + n;
    if (at + 1 < s.n && s.p[at] == ':' && slice_is_digit(s.p[at + 1]))
        at += 1 + digits(slice_from(s, at + 1), 2, &sec);
    f->hour = (int)h;
    f->minute = (int)m;
    f->second = sec > 59 ? 59 : (int)sec;
    f->has_time = true;
    return at + take_fraction(f, slice_from(s, at));
}

/* hhmm or hhmmss after the T of a compact ISO date */
static size_t
take_compact_time(struct date_fields *f, struct tocsin_str s)
{
    int64_t v;
    size_t n = digits(s, 6, &v);

    if (n != 4 && n != 6 && n != 2)
        return 0;
    if (n == 6) {
        f->second = (int)(v % 100);
        v /= 100;
    }
    f->hour = (int)(n == 2 ? v : v / 100);
    f->minute = (int)(n == 2 ? 0 : v % 100);
    f->has_time = true;
    return n + take_fraction(f, slice_from(s, n));
}

/* +01:00, -0530, +2 */
static size_t
take_offset(struct date_fields *f, struct tocsin_str s)
{
    int64_t h, m = 0;
    size_t n = digits(slice_from(s, 1), 4, &h), used = 1 + n;

    if (n == 0 || (n < 4 && !f->has_time))
        return 0;
    if (n > 2) {
        m = h % 100;
        h /= 100;
    } else if (used + 2 < s.n && s.p[used] == ':' && slice_is_digit(s.p[used + 1])) {
        used += 1 + digits(slice_from(s, used + 1), 2, &m);
    }
    if (h > 15 || m > 59)
        return used;
    f->zone_min = (int)(h * 60 + m) * (s.p[0] == '-' ? -1 : 1);
    f->has_zone = f->has_offset = true;
    return used;
}

static size_t
take_number(struct date_fields *f, struct tocsin_str s)
{
    int64_t v;
    size_t n = digits(s, 18, &v);

    if (f->n_numbers < MAX_NUMBERS) {
        f->digits[f->n_numbers] = (int)n;
        f->number[f->n_numbers++] = v;
        if (f->n_numbers == 1 && n < s.n)
            f->separator = s.p[n];
    }
    return n;
}

static bool
is_word_byte(char c)
{
    return slice_is_alpha(c) || (unsigned char)c >= 0x80;
}

/* The units of East Asian dates part numbers; 時 分 秒 and 시 분 초 carry the time. */
static size_t
take_east_asian(struct date_fields *f, struct tocsin_str s)
{
    static const char *const units[] = { "年", "月", "日", "號", "号", "년", "월", "일" };
    static const char *const clock[] = { "時", "时", "点", "點", "시", "分", "분", "秒", "초" };
    int *const into[] = { &f->hour,   &f->hour,   &f->hour,   &f->hour,  &f->hour,
                          &f->minute, &f->minute, &f->second, &f->second };

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (slice_starts_z(s, units[i]))
            return strlen(units[i]);
    for (size_t i = 0; i < sizeof(clock) / sizeof(clock[0]); i++) {
        if (!slice_starts_z(s, clock[i]) || f->n_numbers <= 3)
            continue;
        *into[i] = (int)(f->number[--f->n_numbers] % 100);
        f->has_time = true;
        return strlen(clock[i]);
    }
    return 0;
}

static size_t
take_letters(struct date_fields *f, struct tocsin_str s)
{
    size_t n = take_east_asian(f, s);

    if (n > 0)
        return n;
    while (n < s.n && is_word_byte(s.p[n]) && (n == 0 || take_east_asian(f, slice_from(s, n)) == 0))
        n++;
    if (n == 1 && slice_lower(s.p[0]) == 't' && f->n_numbers > 0 && !f->has_time && s.n > 1 &&
        slice_is_digit(s.p[1])) {
        size_t used = take_time(f, slice_from(s, 1));

        return 1 + (used ? used : take_compact_time(f, slice_from(s, 1)));
    }
    take_word(f, slice_upto(s, n));
    return n;
}

/* Is this sign the start of a zone, not a hyphen between numbers? */
static bool
is_offset_sign(const struct date_fields *f, struct tocsin_str s)
{
    return (s.p[0] == '+' || s.p[0] == '-') && (f->has_time || f->has_zone) && s.n > 1 &&
           slice_is_digit(s.p[1]);
}

static void
scan(struct date_fields *f, struct tocsin_str s)
{
    while (s.n > 0) {
        size_t n = 0;

        if (slice_is_digit(s.p[0])) {
            n = take_time(f, s);
            if (n == 0)
                n = take_number(f, s);
        } else if (is_word_byte(s.p[0])) {
            n = take_letters(f, s);
        } else if (is_offset_sign(f, s)) {
            n = take_offset(f, s);
        }
        s = slice_from(s, n ? n : 1);
    }
}

/* Days since 1970-01-01, after Howard Hinnant's formula for the Gregorian calendar. */
static int64_t
days_from_civil(int64_t y, int64_t m, int64_t d)
{
    int64_t era, yoe, doy;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t
full_year(int64_t y, int n_digits)
{
    if (n_digits > 2 || y > 99)
        return y;
    return y < 70 ? 2000 + y : 1900 + y;
}

struct ymd {
    int64_t y, m, d;
};

static bool
by_name(const struct date_fields *f, struct ymd *t)
{
    int day = 0, year = 1;

    if (f->n_numbers == 0)
        return false;
    if (f->n_numbers == 1) { /* "March 2004" */
        *t = (struct ymd){ full_year(f->number[0], f->digits[0]), f->month, 1 };
        return f->digits[0] == 4;
    }
    if (f->digits[0] > 2) { /* 2004-Mar-07 */
        day = 1;
        year = 0;
    }
    *t = (struct ymd){ full_year(f->number[year], f->digits[year]), f->month, f->number[day] };
    return true;
}

static bool
by_numbers(const struct date_fields *f, struct ymd *t)
{
    int64_t a = f->number[0], b = f->number[1], c = f->number[2];

    if (f->digits[0] == 4) {
        *t = (struct ymd){ a, f->n_numbers > 1 ? b : 1, f->n_numbers > 2 ? c : 1 };
        return true;
    }
    if (f->n_numbers < 3)
        return false;
    if (f->digits[2] < 4 && f->digits[0] == 2 && f->separator == '-' && b <= 12) {
        *t = (struct ymd){ full_year(a, 2), b, c }; /* 03-12-31 */
        return true;
    }
    if (f->separator == '/' && a <= 12)
        *t = (struct ymd){ full_year(c, f->digits[2]), a, b }; /* 12/31/2003 */
    else
        *t = (struct ymd){ full_year(c, f->digits[2]), b, a };
    return true;
}

/* 20031231, 2003365, seconds or milliseconds since 1970 */
static int
by_one_number(const struct date_fields *f, int64_t *days, int64_t *epoch_ms)
{
    int64_t v = f->number[0];

    switch (f->digits[0]) {
    case 8:
        if (v / 100 % 100 < 1 || v / 100 % 100 > 12)
            return -1;
        *days = days_from_civil(v / 10000, v / 100 % 100, v % 100);
        return 0;
    case 7:
        *days = days_from_civil(v / 1000, 1, 1) + v % 1000 - 1;
        return 0;
    case 9:
    case 10:
        *epoch_ms = v * 1000;
        return 1;
    case 13:
        *epoch_ms = v;
        return 1;
    case 14: /* 20031231235959 */
        *epoch_ms =
            days_from_civil(v / 10000000000, v / 100000000 % 100, v / 1000000 % 100) * MS_DAY +
            (v / 10000 % 100 * 3600 + v / 100 % 100 * 60 + v % 100) * 1000;
        return 1;
    default:
        return -1;
    }
}

/* 2003-W52-3 and 2003-365 */
static bool
by_week_or_ordinal(const struct date_fields *f, struct tocsin_str s, int64_t *days)
{
    if (f->n_numbers >= 2 && f->digits[0] == 4 && s.n > 5 && slice_lower(s.p[5]) == 'w' &&
        f->number[1] <= 53) {
        int64_t jan4 = days_from_civil(f->number[0], 1, 4);
        int64_t monday = jan4 - (jan4 + 3) % 7; /* 1970-01-01 was a Thursday */
        int64_t day = f->n_numbers > 2 && f->number[2] >= 1 && f->number[2] <= 7 ? f->number[2] : 1;

        *days = monday + (f->number[1] - 1) * 7 + day - 1;
        return true;
    }
    if (f->n_numbers == 2 && f->digits[0] == 4 && f->digits[1] == 3 && f->number[1] <= 366) {
        *days = days_from_civil(f->number[0], 1, 1) + f->number[1] - 1;
        return true;
    }
    return false;
}

static bool
find_day(const struct date_fields *f, struct tocsin_str s, int64_t *days)
{
    struct ymd t = { 0 };

    if (by_week_or_ordinal(f, s, days))
        return true;
    if (!(f->month ? by_name(f, &t) : by_numbers(f, &t)))
        return false;
    if (t.m > 12 && t.d >= 1 && t.d <= 12) { /* day and month changed places */
        int64_t m = t.m;

        t.m = t.d;
        t.d = m;
    }
    if (t.m < 1 || t.m > 12 || t.d < 1 || t.d > 31 || t.y > 9999)
        return false;
    *days = days_from_civil(t.y, t.m, t.d);
    return true;
}

static int64_t
time_of_day(const struct date_fields *f)
{
    int hour = f->hour;

    if (f->is_pm && hour < 12)
        hour += 12;
    if (f->is_am && hour == 12)
        hour = 0;
    if (hour > 24 || f->minute > 59)
        return 0;
    return ((hour * INT64_C(3600)) + f->minute * 60 + f->second) * 1000 + f->ms;
}

int
date_parse(struct tocsin_str s, int64_t *out_ms)
{
    struct date_fields f = { 0 };
    int64_t days = 0, epoch_ms = 0;
    int rc = 0;

    s = slice_upto(slice_trim(s), 128);
    scan(&f, s);
    if (f.n_numbers == 0)
        return -1;
    if (f.n_numbers == 1 && !f.month && f.digits[0] > 6)
        rc = by_one_number(&f, &days, &epoch_ms);
    else if (!find_day(&f, s, &days))
        rc = -1;
    if (rc < 0)
        return -1;
    *out_ms = rc == 1 ? epoch_ms : days * MS_DAY + time_of_day(&f) - f.zone_min * MS_MIN;
    return 0;
}

int64_t
date_parse_clamped(struct tocsin_str s, int64_t now_ms)
{
    int64_t ms;

    if (date_parse(s, &ms) < 0)
        return 0;
    if (ms < MS_1990)
        return MS_1990;
    return now_ms > 0 && ms > now_ms + MS_DAY ? now_ms + MS_DAY : ms;
}
