/* Repairs what jansson refuses, then loads. */
#include "jsonfix.h"

#include <stdio.h>
#include <stdlib.h>

#include "utf8fix.h"

#define DEPTH_FLAGS (JSON_ALLOW_NUL | JSON_DECODE_ANY)

static int
hex4(struct tocsin_str s)
{
    int v = 0;

    if (s.n < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        char c = slice_lower(s.p[i]);

        if (slice_is_digit(c))
            v = v * 16 + (c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v * 16 + (c - 'a' + 10);
        else
            return -1;
    }
    return v;
}

static bool
is_low_surrogate_at(struct tocsin_str s)
{
    return s.n >= 6 && s.p[0] == '\\' && s.p[1] == 'u' && hex4(slice_from(s, 2)) >= 0xdc00 &&
           hex4(slice_from(s, 2)) <= 0xdfff;
}

/* s begins with a backslash; how many bytes belong together, and may they stay? */
static size_t
escape_len(struct tocsin_str s, bool *is_good)
{
    int v;

    *is_good = true;
    if (s.n < 2 || s.p[1] != 'u')
        return s.n < 2 ? s.n : 2;
    v = hex4(slice_from(s, 2));
    if (v < 0)
        return 2;
    if (v >= 0xd800 && v <= 0xdbff && is_low_surrogate_at(slice_from(s, 6)))
        return 12;
    *is_good = v != 0 && (v < 0xd800 || v > 0xdfff);
    return 6;
}

/* In place: an escape of six bytes becomes "\ufffd", a raw control in a string a space. */
static void
repair_escapes(char *p, size_t n)
{
    bool in_string = false;

    for (size_t i = 0; i < n;) {
        bool is_good = true;
        size_t len = 1;

        if (in_string && p[i] == '\\')
            len = escape_len(slice(p + i, n - i), &is_good);
        else if (p[i] == '"')
            in_string = !in_string;
        else if (in_string && (unsigned char)p[i] < 0x20)
            p[i] = ' ';
        if (!is_good)
            memcpy(p + i, "\\ufffd", 6);
        i += len;
    }
}

json_t *
jsonfix_load(struct tocsin_str body, char *why, size_t why_room)
{
    json_error_t error;
    size_t n = 0;
    char *text;
    json_t *doc;

    body = slice_trim(body);
    text = utf8fix_repair(body.p, body.n, &n);
    if (!text) {
        snprintf(why, why_room, "no memory");
        return NULL;
    }
    repair_escapes(text, n);
    doc = json_loadb(text, n, DEPTH_FLAGS, &error);
    free(text);
    if (!doc)
        snprintf(why, why_room, "line %d, column %d: %s", error.line, error.column, error.text);
    return doc;
}

struct tocsin_str
jsonfix_str(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);

    if (!json_is_string(v))
        return slice_z("");
    return slice(json_string_value(v), json_string_length(v));
}

struct tocsin_str
jsonfix_id(const json_t *value, char *room)
{
    if (json_is_string(value))
        return slice(json_string_value(value), json_string_length(value));
    if (json_is_integer(value))
        snprintf(room, 24, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        snprintf(room, 24, "%.17g", json_real_value(value));
    else
        return slice_z("");
    return slice_z(room);
}

int64_t
jsonfix_int(const json_t *object, const char *key, int64_t dflt)
{
    const json_t *v = json_object_get(object, key);
    struct tocsin_str s = jsonfix_str(object, key);
    int64_t n = 0;

    if (json_is_integer(v))
        return json_integer_value(v);
    if (s.n == 0 || s.n > 18)
        return dflt;
    for (size_t i = 0; i < s.n; i++) {
        if (!slice_is_digit(s.p[i]))
            return dflt;
        n = n * 10 + (s.p[i] - '0');
    }
    return n;
}

void
jsonfix_warm_up(void)
{
    char why[64];

    json_decref(jsonfix_load(slice_z("{\"a\":[1,1.5,\"b\"]}"), why, sizeof(why)));
}
