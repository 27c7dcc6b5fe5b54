/* parse - the one checked way from text to numbers, durations, sizes and times, and back. */
#ifndef TOCSIN_BASE_PARSE_H
#define TOCSIN_BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)

/* 0 and *out set, or -1 and *out untouched: empty, trailing bytes, out of range. Decimal,
 * optional sign, no white space. Floats never look at the locale. */
int parse_i64(struct tocsin_str s, int64_t *out);
int parse_u64(struct tocsin_str s, uint64_t *out);
int parse_double(struct tocsin_str s, double *out);
/* yes no true false on off */
int parse_bool(struct tocsin_str s, bool *out);
/* "90s" "5m" "1h30m" "400d" "2w" "250ms"; a bare 0 is 0. Milliseconds, never negative. */
int parse_duration(struct tocsin_str s, int64_t *out_ms);
/* "512" "64K" "8M" "2G", powers of 1024. */
int parse_size(struct tocsin_str s, uint64_t *out);

/* RFC 3339 and its near relations: date only, space for T, no zone (taken as UTC), comma or
 * dot before fractions. UTC milliseconds. */
int parse_rfc3339(struct tocsin_str s, int64_t *out_ms);
/* The --since argument: a duration before now, or an RFC 3339 time. */
int parse_since(struct tocsin_str s, int64_t now_ms, int64_t *out_ms);

/* Days since 1970-01-01 of a Gregorian date, month 1..12. */
int64_t civil_to_days(int64_t year, int month, int day);
void civil_from_days(int64_t days, int64_t *year, int *month, int *day);

int format_rfc3339(struct buf *b, int64_t utc_ms);   /* 2026-11-24T09:05:00Z; ms only if not 0 */
int format_http_date(struct buf *b, int64_t utc_ms); /* RFC 9110 IMF-fixdate */
int format_mail_date(struct buf *b, int64_t utc_ms); /* RFC 5322, +0000 */
int format_duration(struct buf *b, int64_t ms);      /* "1h30m", "250ms", "0s" */
int format_ago(struct buf *b, int64_t ms);           /* for people: "3 min", "2 h", "5 days" */
/* Local time of this machine: "14:02", or "23 Nov 14:02" when not on now's day. */
int format_clock(struct buf *b, int64_t utc_ms, int64_t now_ms);
struct zone;
/* The same on the clocks of that zone. */
int format_clock_in(struct buf *b, const struct zone *z, int64_t utc_ms, int64_t now_ms);

#endif
