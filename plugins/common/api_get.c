/* Fields of JSON answers by path, and requests to an API. */
#include "api.h"

#include "jsonfix.h"
#include "query.h"

/* ---- fields ------------------------------------------------------------------------------ */

json_t *
api_at(const json_t *o, const char *path)
{
    struct tocsin_str rest = slice_z(path);

    while (rest.n > 0 && o) {
        size_t n = slice_find_byte(rest, '.');

        o = json_object_getn(o, rest.p, n);
        rest = slice_from(rest, n + 1);
    }
    return (json_t *)(uintptr_t)o;
}

struct tocsin_str
api_str(const json_t *o, const char *path)
{
    const json_t *v = api_at(o, path);

    return json_is_string(v) ? slice(json_string_value(v), json_string_length(v)) : slice_z("");
}

int64_t
api_int(const json_t *o, const char *path, int64_t dflt)
{
    const json_t *v = api_at(o, path);
    struct tocsin_str s = api_str(o, path);
    int64_t n = 0;

    if (json_is_integer(v))
        return json_integer_value(v);
    if (json_is_real(v) && json_real_value(v) > -9e18 && json_real_value(v) < 9e18)
        return (int64_t)json_real_value(v);
    if (s.n == 0 || s.n > 18)
        return dflt;
    for (size_t i = 0; i < s.n; i++) {
        if (!slice_is_digit(s.p[i]))
            return dflt;
        n = n * 10 + (s.p[i] - '0');
    }
    return n;
}

bool
api_is(const json_t *o, const char *path)
{
    const json_t *v = api_at(o, path);

    return json_is_true(v) || (json_is_integer(v) && json_integer_value(v) != 0);
}

bool
api_has(const json_t *o, const char *path)
{
    const json_t *v = api_at(o, path);

    return v && !json_is_null(v);
}

/* ---- requests ------------------------------------------------------------------------------- */

void
api_url(struct sbuf *b, const char *server, const char *path)
{
    *b = (struct sbuf){ .max = 16384 };
    sbuf_str(b, query_base(server));
    sbuf_z(b, path);
}

void
api_escape(struct sbuf *b, struct tocsin_str s)
{
    query_put(b, s);
}

void
api_arg(struct sbuf *b, const char *name, struct tocsin_str value)
{
    sbuf_char(b, slice_find_byte(sbuf_get(b), '?') < b->n ? '&' : '?');
    sbuf_z(b, name);
    sbuf_char(b, '=');
    api_escape(b, value);
}

void
api_arg_z(struct sbuf *b, const char *name, const char *value)
{
    if (value && value[0])
        api_arg(b, name, slice_z(value));
}

void
api_arg_int(struct sbuf *b, const char *name, int64_t value)
{
    char room[24];

    snprintf(room, sizeof(room), "%lld", (long long)value);
    api_arg(b, name, slice_z(room));
}

int
api_get_with(const struct api *api, struct tocsin_turn *t, struct sbuf *b, uint32_t tag,
             const struct tocsin_header *headers, size_t n_headers)
{
    const struct tocsin_part where = { .text = sbuf_get(b) };
    const struct tocsin_request q = {
        .size = sizeof(q),
        .flags = TOCSIN_REQ_ANY_STATUS,
        .tag = tag,
        .url = { &where, 1 },
        .headers = headers,
        .n_headers = n_headers,
    };
    int rc = b->is_failed ? TOCSIN_NOMEM : api->h->request(t, &q);

    sbuf_free(b);
    return rc;
}

int
api_get_key(const struct api *api, struct tocsin_turn *t, struct sbuf *b, uint32_t tag,
            const char *arg, const char *secret)
{
    bool has_args = slice_find_byte(sbuf_get(b), '?') < b->n;
    const struct tocsin_part where[] = {
        { .text = sbuf_get(b) },
        { .text = slice_z(has_args ? "&" : "?") },
        { .text = slice_z(arg) },
        { .text = slice_z("=") },
        { .kind = TOCSIN_PART_SECRET, .enc = TOCSIN_ENC_URL, .name = secret },
    };
    const struct tocsin_request q = {
        .size = sizeof(q),
        .flags = TOCSIN_REQ_ANY_STATUS,
        .tag = tag,
        .url = { where, 5 },
    };
    int rc = b->is_failed ? TOCSIN_NOMEM : api->h->request(t, &q);

    sbuf_free(b);
    return rc;
}

int
api_get(const struct api *api, struct tocsin_turn *t, struct sbuf *b, uint32_t tag,
        const char *bearer)
{
    const struct tocsin_part accept = { .text = slice_z("application/json") };
    const struct tocsin_part login[] = {
        { .text = slice_z("Bearer ") },
        { .kind = TOCSIN_PART_SECRET, .name = bearer },
    };
    const struct tocsin_header headers[] = { { "Accept", { &accept, 1 } },
                                             { "Authorization", { login, 2 } } };

    return api_get_with(api, t, b, tag, headers, bearer ? 2 : 1);
}
