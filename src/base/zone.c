/* zone - TZif tables and the POSIX rule at their end (RFC 8536). */
#include "base/zone.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"

#define ZONE_DIR "/usr/share/zoneinfo"
#define MAX_CHANGES 4096
#define MAX_TYPES 256

/* When summer time begins or ends: day `d` of week `w` of month `m`, at `s` seconds. */
struct turn {
    char kind; /* 'M', 'J' (1..365, no leap day), 'D' (0..365) */
    int m, w, d;
    int64_t s;
};
/* What holds after the last change of the table. */
struct rule {
    bool is_given, has_summer;
    int64_t std_s, summer_s; /* offsets, east positive */
    struct turn begin, end;
};
struct zone {
    size_t n;
    int64_t at_s[MAX_CHANGES];     /* from here on ... */
    int64_t offset_s[MAX_CHANGES]; /* ... this is the offset */
    int64_t before_s;              /* offset before the first change */
    struct rule rule;
};

/* ---- the rule: "GMT0BST,M3.5.0/1,M10.5.0" ----------------------------------- */

static bool
take_name(struct tocsin_str *s)
{
    size_t n = 0;

    if (s->n && s->p[0] == '<') {
        n = str_find(*s, STR_LIT(">"), 0);
        if (n == SIZE_MAX)
            return false;
        n++;
    } else {
        while (n < s->n && ((s->p[n] | 32) >= 'a' && (s->p[n] | 32) <= 'z'))
            n++;
    }
    *s = str_sub(*s, n, s->n);
    return n >= 3;
}

static bool
take_int(struct tocsin_str *s, int max, int *out)
{
    int v = 0;
    size_t n = 0;

    while (n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9')
        v = v * 10 + (s->p[n++] - '0');
    *s = str_sub(*s, n, s->n);
    *out = v;
    return n && v <= max;
}

static bool
take_char(struct tocsin_str *s, char c)
{
    if (!s->n || s->p[0] != c)
        return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

/* [+-]h[:mm[:ss]] */
static bool
take_time(struct tocsin_str *s, int64_t *out)
{
    int h = 0, m = 0, sec = 0;
    bool is_minus = take_char(s, '-');

    if (!is_minus)
        take_char(s, '+');
    if (!take_int(s, 167, &h) || (take_char(s, ':') && !take_int(s, 59, &m)) ||
        (take_char(s, ':') && !take_int(s, 59, &sec)))
        return false;
    *out = (int64_t)h * 3600 + m * 60 + sec;
    if (is_minus)
        *out = -*out;
    return true;
}

static bool
take_turn(struct tocsin_str *s, struct turn *t)
{
    t->s = 2 * 3600;
    if (!take_char(s, ','))
        return false;
    if (take_char(s, 'M')) {
        t->kind = 'M';
        if (!take_int(s, 12, &t->m) || !take_char(s, '.') || !take_int(s, 5, &t->w) ||
            !take_char(s, '.') || !take_int(s, 6, &t->d) || !t->m || !t->w)
            return false;
    } else {
        t->kind = take_char(s, 'J') ? 'J' : 'D';
        if (!take_int(s, 365, &t->d))
            return false;
    }
    return !take_char(s, '/') || take_time(s, &t->s);
}

static int
parse_rule(struct tocsin_str s, struct rule *r)
{
    int64_t west;

    if (!take_name(&s) || !take_time(&s, &west))
        return -1;
    r->std_s = -west;
    r->is_given = true;
    if (!s.n)
        return 0;
    if (!take_name(&s))
        return -1;
    r->summer_s = r->std_s + 3600;
    if (s.n && s.p[0] != ',') {
        if (!take_time(&s, &west))
            return -1;
        r->summer_s = -west;
    }
    r->has_summer = true;
    return take_turn(&s, &r->begin) && take_turn(&s, &r->end) && !s.n ? 0 : -1;
}

/* The turn's instant in that year, seconds of the wall clock that holds before it. */
static int64_t
turn_at(const struct turn *t, int64_t year)
{
    int64_t first = civil_to_days(year, 1, 1), days;
    bool is_leap = civil_to_days(year + 1, 1, 1) - first == 366;

    if (t->kind == 'D') {
        days = first + t->d;
    } else if (t->kind == 'J') {
        days = first + t->d - 1 + (is_leap && t->d >= 60);
    } else {
        int64_t month = civil_to_days(year, t->m, 1);
        int64_t next =
            t->m == 12 ? civil_to_days(year + 1, 1, 1) : civil_to_days(year, t->m + 1, 1);
        int64_t weekday = ((month + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        days = month + (t->d - weekday + 7) % 7 + 7 * (t->w - 1);
        if (days >= next)
            days -= 7;
    }
    return days * 86400 + t->s;
}

static int64_t
rule_offset(const struct rule *r, int64_t utc_s)
{
    int64_t year, begin, end;
    int month, day;

    if (!r->has_summer)
        return r->std_s;
    civil_from_days((utc_s + r->std_s) / 86400, &year, &month, &day);
    begin = turn_at(&r->begin, year) - r->std_s;
    end = turn_at(&r->end, year) - r->summer_s;
    if (begin < end)
        return utc_s >= begin && utc_s < end ? r->summer_s : r->std_s;
    return utc_s >= begin || utc_s < end ? r->summer_s : r->std_s;
}

/* ---- the table ------------------------------------------------------------------ */

static int64_t
big_endian(const char *p, size_t n)
{
    uint64_t v = (unsigned char)p[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return (int64_t)v;
}

struct counts {
    size_t isut, isstd, leap, time, type, chars;
};

static int
read_head(struct tocsin_str s, struct counts *c)
{
    size_t *const fields[] = { &c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars };

    if (s.n < 44 || memcmp(s.p, "TZif", 4) != 0)
        return -1;
    for (size_t i = 0; i < 6; i++) {
        int64_t v = big_endian(s.p + 20 + i * 4, 4);
        if (v < 0 || v > 65536)
            return -1;
        *fields[i] = (size_t)v;
    }
    return c->time <= MAX_CHANGES && c->type >= 1 && c->type <= MAX_TYPES ? 0 : -1;
}

static size_t
block_size(const struct counts *c, size_t time_size)
{
    return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
           c->isstd + c->isut;
}

static int
read_block(struct zone *z, struct tocsin_str s, const struct counts *c, size_t time_size)
{
    const char *times = s.p, *indexes = times + c->time * time_size, *types = indexes + c->time;

    if (s.n < block_size(c, time_size))
        return -1;
    z->n = c->time;
    z->before_s = big_endian(types, 4);
    for (size_t i = 0; i < c->time; i++) {
        size_t type = (unsigned char)indexes[i];
        if (type >= c->type)
            return -1;
        z->at_s[i] = big_endian(times + i * time_size, time_size);
        z->offset_s[i] = big_endian(types + type * 6, 4);
        if (i && z->at_s[i] <= z->at_s[i - 1])
            return -1;
    }
    return 0;
}

static int
parse_table(struct zone *z, struct tocsin_str s)
{
    struct counts c;
    struct tocsin_str footer;
    size_t skip;

    if (read_head(s, &c))
        return -1;
    if (s.p[4] < '2')
        return read_block(z, str_sub(s, 44, s.n), &c, 4);
    skip = 44 + block_size(&c, 4);
    s = str_sub(s, skip, s.n);
    if (read_head(s, &c) || read_block(z, str_sub(s, 44, s.n), &c, 8))
        return -1;
    footer = str_sub(s, 44 + block_size(&c, 8), s.n);
    if (!take_char(&footer, '\n'))
        return -1;
    footer = str_cut(&footer, '\n');
    return footer.n ? parse_rule(footer, &z->rule) : 0;
}

/* ---- the public part --------------------------------------------------------------- */

static bool
is_zone_name(struct tocsin_str s)
{
    if (!s.n || s.n > 128 || s.p[0] == '/' || str_find(s, STR_LIT(".."), 0) != SIZE_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7F)
            return false;
    return true;
}

static int
read_table(struct zone *z, const char *path, const char *name, struct err *err)
{
    struct buf b;
    int rc = -1;

    buf_init(&b, 256u << 10);
    if (file_exists(path) && !file_read(&b, path, err)) {
        rc = parse_table(z, buf_view(&b));
        if (rc)
            err_set(err, ERR_DATA, "time zone %s: %s is broken: install tzdata again", name, path);
    } else {
        err_set(err, ERR_NOTFOUND,
                "unknown time zone %s: write it like Europe/London (and is "
                "tzdata installed?)",
                name);
    }
    buf_free(&b);
    return rc;
}

static int
load_named(struct zone *z, const char *name, struct err *err)
{
    char path[256];

    if (strcmp(name, "UTC") == 0 || strcmp(name, "UTC0") == 0 || !*name)
        return 0;
    if (!is_zone_name(str_z(name)))
        return err_set(err, ERR_CONFIG, "a time zone is written like Europe/London");
    snprintf(path, sizeof(path), ZONE_DIR "/%s", name);
    return read_table(z, path, name, err);
}

/* TZ may hold a name, ":name", a path, or a rule of its own. */
static int
load_local(struct zone *z, struct err *err)
{
    const char *tz = getenv("TZ");

    if (!tz)
        return file_exists("/etc/localtime")
                   ? read_table(z, "/etc/localtime", "of this machine", err)
                   : 0;
    if (*tz == ':')
        tz++;
    if (*tz == '/')
        return read_table(z, tz, tz, err);
    if (!parse_rule(str_z(tz), &z->rule))
        return 0;
    memset(&z->rule, 0, sizeof(z->rule));
    return load_named(z, tz, err);
}

int
zone_load(struct zone **out, const char *name, struct err *err)
{
    struct zone *z = calloc(1, sizeof(*z));

    if (!z)
        return err_set(err, ERR_NOMEM, "no memory for a time zone");
    if (name ? load_named(z, name, err) : load_local(z, err)) {
        free(z);
        return -1;
    }
    *out = z;
    return 0;
}

void
zone_free(struct zone *z)
{
    free(z);
}

int64_t
zone_offset(const struct zone *z, int64_t utc_ms)
{
    int64_t s = utc_ms >= 0 ? utc_ms / 1000 : -((-utc_ms + 999) / 1000);
    size_t low = 0, high = z->n; /* the first change after s */

    if (z->rule.is_given && (!z->n || s >= z->at_s[z->n - 1]))
        return rule_offset(&z->rule, s) * 1000;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (z->at_s[mid] <= s)
            low = mid + 1;
        else
            high = mid;
    }
    return (low ? z->offset_s[low - 1] : z->before_s) * 1000;
}

int64_t
zone_to_utc(const struct zone *z, int64_t local_ms)
{
    int64_t early = zone_offset(z, local_ms - MS_DAY), late = zone_offset(z, local_ms + MS_DAY);

    if (zone_offset(z, local_ms - early) == early)
        return local_ms - early;
    if (zone_offset(z, local_ms - late) == late)
        return local_ms - late;
    return local_ms - early; /* skipped: as if the change had not come */
}
