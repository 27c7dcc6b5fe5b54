/* date - the dates that feeds, mails and pages really carry. */
#ifndef TOCSIN_PLUGINS_DATE_H
#define TOCSIN_PLUGINS_DATE_H

#include "slice.h"

/* RFC 822, 850, 3339, asctime, W3C and ISO 8601 (week and ordinal dates too), seconds since
 * 1970, month names in the main European languages, 2026年1月2日, 2026년 1월 2일; two-digit
 * years, 24:00, missing seconds; a missing or unknown zone is UTC. UTC milliseconds. -1 and
 * *out untouched: nothing in it reads as a date. */
int date_parse(struct tocsin_str s, int64_t *out_ms);
/* The same, 0 for no date, and never outside [1990, now + 1 day]. */
int64_t date_parse_clamped(struct tocsin_str s, int64_t now_ms);

#endif
