/* json - writes JSON text straight into a buffer. */
#include "base/json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/parse.h"
#include "base/utf8.h"

enum { DEPTH_MAX = 32 };

void
jout_begin(struct jout *j, struct buf *b)
{
    *j = (struct jout){ .b = b };
}

/* The comma before a value or a key, where one is due. */
static void
separate(struct jout *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth == 0)
        return;
    uint32_t bit = UINT32_C(1) << (j->depth - 1);
    if (j->has_items & bit)
        buf_char(j->b, ',');
    j->has_items |= bit;
}

static void
open_level(struct jout *j, char c)
{
    separate(j);
    assert(j->depth < DEPTH_MAX);
    j->has_items &= ~(UINT32_C(1) << j->depth);
    j->depth++;
    buf_char(j->b, c);
}

static void
close_level(struct jout *j, char c)
{
    assert(j->depth > 0 && !j->after_key);
    j->depth--;
    buf_char(j->b, c);
}

void
jout_object(struct jout *j)
{
    open_level(j, '{');
}

void
jout_object_end(struct jout *j)
{
    close_level(j, '}');
}

void
jout_array(struct jout *j)
{
    open_level(j, '[');
}

void
jout_array_end(struct jout *j)
{
    close_level(j, ']');
}

int
jout_escape(struct buf *b, struct tocsin_str s)
{
    static const char shorts[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    };
    size_t plain = 0; /* begin of what is not yet written */
    for (size_t at = 0; at < s.n;) {
        size_t begin = at;
        unsigned char c = (unsigned char)s.p[at];
        uint32_t cp = c < 0x80 ? (at++, c) : utf8_next(s, &at);
        bool is_plain = cp >= 0x20 && cp != '"' && cp != '\\' && cp != 0x7F && cp != 0xFFFD &&
                        cp != 0x2028 && cp != 0x2029;
        if (is_plain)
            continue;
        buf_str(b, str_sub(s, plain, begin));
        plain = at;
        if (cp == '"' || cp == '\\')
            buf_add(b, (char[]){ '\\', (char)cp }, 2);
        else if (cp < 0x20 && shorts[cp])
            buf_add(b, (char[]){ '\\', shorts[cp] }, 2);
        else if (cp == 0xFFFD)
            buf_utf8(b, cp);
        else
            buf_fmt(b, "\\u%04x", (unsigned)cp);
    }
    return buf_str(b, str_sub(s, plain, s.n));
}

static void
write_quoted(struct jout *j, struct tocsin_str s)
{
    buf_char(j->b, '"');
    jout_escape(j->b, s);
    buf_char(j->b, '"');
}

void
jout_key(struct jout *j, const char *key)
{
    assert(j->depth > 0 && !j->after_key);
    separate(j);
    write_quoted(j, str_z(key));
    buf_char(j->b, ':');
    j->after_key = true;
}

void
jout_str(struct jout *j, struct tocsin_str s)
{
    separate(j);
    write_quoted(j, s);
}

void
jout_null(struct jout *j)
{
    separate(j);
    buf_z(j->b, "null");
}

void
jout_z(struct jout *j, const char *z)
{
    if (z)
        jout_str(j, str_z(z));
    else
        jout_null(j);
}

void
jout_i64(struct jout *j, int64_t v)
{
    separate(j);
    buf_fmt(j->b, "%lld", (long long)v);
}

void
jout_id(struct jout *j, int64_t v)
{
    separate(j);
    buf_fmt(j->b, "\"%lld\"", (long long)v);
}

/* The locale may want a comma; JSON never does. */
static size_t
print_double(char *out, size_t size, double v, int decimals)
{
    int n = snprintf(out, size, "%.*f", decimals, v);
    if (n < 0 || (size_t)n >= size)
        return 0;
    size_t len = (size_t)n;
    if (decimals == 0)
        return len;
    /* Behind the sign and digits stands one decimal point, of one or more bytes. */
    size_t whole = out[0] == '-';
    while (whole < len && out[whole] >= '0' && out[whole] <= '9')
        whole++;
    size_t fraction = len - (size_t)decimals;
    memmove(out + whole + 1, out + fraction, (size_t)decimals);
    out[whole] = '.';
    len = whole + 1 + (size_t)decimals;
    while (out[len - 1] == '0')
        len--;
    return out[len - 1] == '.' ? len - 1 : len;
}

void
jout_double(struct jout *j, double v, int decimals)
{
    char out[400]; /* the largest double has 309 digits */
    if (decimals < 0)
        decimals = 0;
    if (decimals > 17)
        decimals = 17;
    size_t n = isfinite(v) ? print_double(out, sizeof(out), v, decimals) : 0;
    if (n == 0) {
        jout_null(j);
        return;
    }
    separate(j);
    if (n == 2 && out[0] == '-' && out[1] == '0')
        buf_char(j->b, '0');
    else
        buf_add(j->b, out, n);
}

void
jout_bool(struct jout *j, bool v)
{
    separate(j);
    buf_z(j->b, v ? "true" : "false");
}

void
jout_time(struct jout *j, int64_t utc_ms)
{
    if (utc_ms == 0) {
        jout_null(j);
        return;
    }
    separate(j);
    buf_char(j->b, '"');
    format_rfc3339(j->b, utc_ms);
    buf_char(j->b, '"');
}

void
jout_kstr(struct jout *j, const char *key, struct tocsin_str s)
{
    jout_key(j, key);
    jout_str(j, s);
}

void
jout_kz(struct jout *j, const char *key, const char *z)
{
    jout_key(j, key);
    jout_z(j, z);
}

void
jout_ki64(struct jout *j, const char *key, int64_t v)
{
    jout_key(j, key);
    jout_i64(j, v);
}

void
jout_kbool(struct jout *j, const char *key, bool v)
{
    jout_key(j, key);
    jout_bool(j, v);
}

void
jout_ktime(struct jout *j, const char *key, int64_t utc_ms)
{
    jout_key(j, key);
    jout_time(j, utc_ms);
}
