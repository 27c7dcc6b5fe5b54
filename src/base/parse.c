/* parse - numbers, words, durations and sizes from text. */
#include "base/parse.h"

#include <locale.h>
#include <stdlib.h>

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes digits off *s; -1: none, or over UINT64_MAX. */
static int
take_u64(struct tocsin_str *s, uint64_t *out)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i < s->n && is_digit(s->p[i]); i++)
        if (__builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s->p[i] - '0'), &v))
            return -1;
    if (i == 0)
        return -1;
    *s = str_sub(*s, i, s->n);
    *out = v;
    return 0;
}

int
parse_u64(struct tocsin_str s, uint64_t *out)
{
    uint64_t v;
    if (s.n && s.p[0] == '+')
        s = str_sub(s, 1, s.n);
    if (take_u64(&s, &v) || s.n)
        return -1;
    *out = v;
    return 0;
}

int
parse_i64(struct tocsin_str s, int64_t *out)
{
    uint64_t v;
    bool is_negative = s.n && s.p[0] == '-';
    if (s.n && (is_negative || s.p[0] == '+'))
        s = str_sub(s, 1, s.n);
    if (take_u64(&s, &v) || s.n || v > (uint64_t)INT64_MAX + is_negative)
        return -1;
    *out = is_negative ? (int64_t)(0 - v) : (int64_t)v;
    return 0;
}

static size_t
skip_digits(struct tocsin_str s, size_t i)
{
    while (i < s.n && is_digit(s.p[i]))
        i++;
    return i;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit on one side of the dot. */
static bool
is_decimal(struct tocsin_str s)
{
    size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');
    size_t begin = i;
    i = skip_digits(s, i);
    size_t digits = i - begin;
    if (i < s.n && s.p[i] == '.') {
        begin = ++i;
        i = skip_digits(s, i);
        digits += i - begin;
    }
    if (digits == 0)
        return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
            i++;
        begin = i;
        i = skip_digits(s, i);
        if (i == begin)
            return false;
    }
    return i == s.n;
}

int
parse_double(struct tocsin_str s, double *out)
{
    char z[512];
    if (s.n >= sizeof(z) || !is_decimal(s))
        return -1;
    memcpy(z, s.p, s.n);
    z[s.n] = '\0';

    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (!c)
        return -1;
    double v = strtod_l(z, NULL, c);
    freelocale(c);
    if (v > 1.7976931348623157e308 || v < -1.7976931348623157e308)
        return -1;
    *out = v;
    return 0;
}

int
parse_bool(struct tocsin_str s, bool *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        { "yes", true }, { "true", true },   { "on", true },
        { "no", false }, { "false", false }, { "off", false },
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (str_eq_ascii_case(s, str_z(words[i].word))) {
            *out = words[i].value;
            return 0;
        }
    }
    return -1;
}

/* Largest first; a duration names each at most once, in this order. */
static const struct unit {
    const char *name;
    int64_t ms;
} units[] = {
    { "w", 7 * MS_DAY }, { "d", MS_DAY },    { "h", MS_HOUR },
    { "m", MS_MINUTE },  { "s", MS_SECOND }, { "ms", 1 },
};
enum { N_UNITS = sizeof(units) / sizeof(units[0]) };

static size_t
find_unit(struct tocsin_str name)
{
    size_t i = 0;
    while (i < N_UNITS && !str_eq_z(name, units[i].name))
        i++;
    return i;
}

int
parse_duration(struct tocsin_str s, int64_t *out_ms)
{
    if (str_eq_z(s, "0")) {
        *out_ms = 0;
        return 0;
    }
    int64_t total = 0;
    size_t next = 0; /* the largest unit still allowed */
    do {
        uint64_t count;
        int64_t part;
        if (take_u64(&s, &count))
            return -1;
        size_t n = 0;
        while (n < s.n && !is_digit(s.p[n]))
            n++;
        size_t unit = find_unit(str_sub(s, 0, n));
        if (unit < next || unit == N_UNITS)
            return -1;
        if (__builtin_mul_overflow(count, units[unit].ms, &part) ||
            __builtin_add_overflow(total, part, &total))
            return -1;
        next = unit + 1;
        s = str_sub(s, n, s.n);
    } while (s.n);
    *out_ms = total;
    return 0;
}

int
parse_size(struct tocsin_str s, uint64_t *out)
{
    static const char suffixes[] = "KMGT";
    uint64_t v;
    if (take_u64(&s, &v))
        return -1;
    if (s.n == 1) {
        const char *hit = memchr(suffixes, s.p[0], sizeof(suffixes) - 1);
        if (!hit || __builtin_mul_overflow(v, UINT64_C(1) << 10 * (hit - suffixes + 1), &v))
            return -1;
    } else if (s.n) {
        return -1;
    }
    *out = v;
    return 0;
}
