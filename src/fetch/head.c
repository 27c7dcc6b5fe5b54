/* Reads validators, Retry-After and freshness out of response headers. */
#include "fetch/head.h"

#include <curl/curl.h>

#include "base/parse.h"
#include "base/str.h"

int
head_read(struct head *out, struct arena *a, struct tocsin_str raw)
{
    size_t lines = 0;

    for (size_t i = 0; i < raw.n; i++)
        lines += raw.p[i] == '\n';
    out->n = 0;
    out->v = arena_array(a, lines + 1, sizeof *out->v);
    if (!out->v)
        return -1;
    while (raw.n) {
        struct tocsin_str line = str_trim(str_cut(&raw, '\n'));
        struct tocsin_str rest = line;
        struct tocsin_str name = str_cut(&rest, ':');
        if (name.n && name.n < line.n)
            out->v[out->n++] = (struct tocsin_field){ str_trim(name), str_trim(rest) };
    }
    return 0;
}

struct tocsin_str
head_find(const struct head *h, const char *name)
{
    for (size_t i = 0; i < h->n; i++)
        if (str_eq_ascii_case(h->v[i].name, str_z(name)))
            return h->v[i].value;
    return STR_NONE;
}

int
head_date(struct tocsin_str s, int64_t *out_ms)
{
    char z[64];

    s = str_trim(s);
    if (s.n < 8 || s.n >= sizeof z || memchr(s.p, '\0', s.n))
        return -1;
    memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    time_t t = curl_getdate(z, NULL);
    if (t < 0)
        return -1;
    *out_ms = (int64_t)t * 1000;
    return 0;
}

/* Digits only; what does not fit is as good as for ever. */
static int
read_seconds(struct tocsin_str s, int64_t *out)
{
    int64_t v = 0;

    if (!s.n)
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        if (v < INT64_C(1000000000000))
            v = v * 10 + (s.p[i] - '0');
    }
    *out = v;
    return 0;
}

int64_t
head_retry_at(const struct head *h, int64_t now_ms)
{
    struct tocsin_str s = str_trim(head_find(h, "retry-after"));
    int64_t seconds, at;

    if (read_seconds(s, &seconds) == 0)
        at = now_ms + (seconds > 86400 ? 86400 : seconds) * 1000;
    else if (head_date(s, &at) < 0)
        return 0;
    if (at < now_ms + MS_MINUTE)
        return now_ms + MS_MINUTE;
    return at > now_ms + MS_DAY ? now_ms + MS_DAY : at;
}

/* The smallest max-age of all Cache-Control fields; no-store and no-cache are 0. */
static int64_t
cache_max_age(const struct head *h)
{
    int64_t best = -1;

    for (size_t i = 0; i < h->n; i++) {
        if (!str_eq_ascii_case(h->v[i].name, STR_LIT("cache-control")))
            continue;
        struct tocsin_str rest = h->v[i].value;
        while (rest.n) {
            struct tocsin_str value = str_trim(str_cut(&rest, ','));
            struct tocsin_str name = str_trim(str_cut(&value, '='));
            int64_t s = -1;
            value = str_trim(value);
            if (value.n > 1 && value.p[0] == '"')
                value = str_sub(value, 1, value.n - 1);
            if (str_eq_ascii_case(name, STR_LIT("no-store")) ||
                str_eq_ascii_case(name, STR_LIT("no-cache")))
                s = 0;
            else if (!str_eq_ascii_case(name, STR_LIT("max-age")) || read_seconds(value, &s) < 0)
                continue;
            if (best < 0 || s < best)
                best = s;
        }
    }
    return best;
}

int64_t
head_max_age(const struct head *h, int64_t now_ms)
{
    int64_t age = 0, expires, date = now_ms, max_age = cache_max_age(h);

    if (max_age >= 0) {
        if (read_seconds(str_trim(head_find(h, "age")), &age) < 0)
            age = 0;
        return max_age > age ? max_age - age : 0;
    }
    struct tocsin_str e = head_find(h, "expires");
    if (!e.p)
        return -1;
    if (head_date(e, &expires) < 0)
        return 0; /* RFC 9111: an invalid date, like 0, has passed */
    head_date(head_find(h, "date"), &date);
    return expires > date ? (expires - date) / 1000 : 0;
}
