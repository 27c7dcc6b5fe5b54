/* sqlite_json - short lists kept as JSON text in one column: hits, parts of scores, tags, links. */
#include <jansson.h>

#include "base/json.h"
#include "store/sqlite_db.h"

/* ---- writing: an array of arrays, fields in a fixed order ---- */

static struct tocsin_str
finished(struct jout *j, struct buf *b)
{
    jout_array_end(j);
    return b->failed ? STR_NONE : buf_view(b);
}

static void
started(struct jout *j, struct buf *b)
{
    buf_reset(b);
    jout_begin(j, b);
    jout_array(j);
}

struct tocsin_str
json_of_strs(struct buf *b, const struct tocsin_str *v, size_t n)
{
    struct jout j;

    if (n == 0)
        return STR_NONE;
    started(&j, b);
    for (size_t i = 0; i < n; i++)
        jout_str(&j, v[i]);
    return finished(&j, b);
}

struct tocsin_str
json_of_hits(struct buf *b, const struct hit *v, size_t n)
{
    struct jout j;

    if (n == 0)
        return STR_NONE;
    started(&j, b);
    for (size_t i = 0; i < n; i++) {
        jout_array(&j);
        jout_str(&j, v[i].rule);
        jout_i64(&j, v[i].field);
        jout_i64(&j, v[i].begin);
        jout_i64(&j, v[i].end);
        jout_i64(&j, v[i].is_unsure);
        jout_array_end(&j);
    }
    return finished(&j, b);
}

struct tocsin_str
json_of_parts(struct buf *b, const struct score_part *v, size_t n)
{
    struct jout j;

    if (n == 0)
        return STR_NONE;
    started(&j, b);
    for (size_t i = 0; i < n; i++) {
        jout_array(&j);
        jout_i64(&j, v[i].axis);
        jout_i64(&j, v[i].is_history);
        jout_str(&j, v[i].name);
        jout_str(&j, v[i].text);
        jout_double(&j, v[i].weight, 6);
        jout_array_end(&j);
    }
    return finished(&j, b);
}

struct tocsin_str
json_of_validators(struct buf *b, const struct source_validator *v, size_t n)
{
    struct jout j;

    if (n == 0)
        return STR_NONE;
    started(&j, b);
    for (size_t i = 0; i < n; i++) {
        jout_array(&j);
        jout_str(&j, v[i].url);
        jout_str(&j, v[i].etag);
        jout_str(&j, v[i].last_modified);
        jout_i64(&j, (int64_t)v[i].body_hash);
        jout_array_end(&j);
    }
    return finished(&j, b);
}

/* ---- reading ---- */

/* The array; NULL: none. *bad: it is not what was written. */
static json_t *
load(struct tocsin_str text, bool *bad)
{
    json_t *list;

    *bad = false;
    if (text.n == 0)
        return NULL;
    list = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    *bad = !json_is_array(list);
    if (*bad) {
        json_decref(list);
        return NULL;
    }
    return list;
}

static struct tocsin_str
str_of(const json_t *v, struct arena *a, bool *bad)
{
    struct tocsin_str s = { json_string_value(v), json_string_length(v) };

    if (!s.p || !(s = arena_str(a, s)).p)
        *bad = true;
    return s;
}

static struct tocsin_str
str_at(const json_t *row, size_t i, struct arena *a, bool *bad)
{
    return str_of(json_array_get(row, i), a, bad);
}

static int64_t
int_at(const json_t *row, size_t i)
{
    return json_integer_value(json_array_get(row, i));
}

/* Room for as many as the list has. */
static void *
room(const json_t *list, struct arena *a, size_t size, size_t *n, bool *bad)
{
    void *v;

    *n = json_array_size(list);
    if (*n == 0)
        return NULL;
    v = arena_array(a, *n, size);
    if (!v)
        *bad = true;
    return v;
}

int
json_to_strs(struct tocsin_str text, struct arena *a, const struct tocsin_str **out, size_t *n)
{
    bool bad;
    json_t *list = load(text, &bad);
    struct tocsin_str *v = room(list, a, sizeof *v, n, &bad);

    for (size_t i = 0; !bad && i < *n; i++)
        v[i] = str_of(json_array_get(list, i), a, &bad);
    json_decref(list);
    *out = v;
    return bad ? -1 : 0;
}

int
json_to_hits(struct tocsin_str text, struct arena *a, const struct hit **out, size_t *n)
{
    bool bad;
    json_t *list = load(text, &bad);
    struct hit *v = room(list, a, sizeof *v, n, &bad);

    for (size_t i = 0; !bad && i < *n; i++) {
        const json_t *row = json_array_get(list, i);
        v[i] = (struct hit){
            .rule = str_at(row, 0, a, &bad),
            .field = (enum hit_field)int_at(row, 1),
            .begin = (uint32_t)int_at(row, 2),
            .end = (uint32_t)int_at(row, 3),
            .is_unsure = int_at(row, 4) != 0,
        };
    }
    json_decref(list);
    *out = v;
    return bad ? -1 : 0;
}

int
json_to_parts(struct tocsin_str text, struct arena *a, const struct score_part **out, size_t *n)
{
    bool bad;
    json_t *list = load(text, &bad);
    struct score_part *v = room(list, a, sizeof *v, n, &bad);

    for (size_t i = 0; !bad && i < *n; i++) {
        const json_t *row = json_array_get(list, i);
        v[i] = (struct score_part){
            .axis = (enum axis)int_at(row, 0),
            .is_history = int_at(row, 1) != 0,
            .name = str_at(row, 2, a, &bad),
            .text = str_at(row, 3, a, &bad),
            .weight = json_number_value(json_array_get(row, 4)),
        };
    }
    json_decref(list);
    *out = v;
    return bad ? -1 : 0;
}

int
json_to_validators(struct tocsin_str text, struct arena *a, const struct source_validator **out,
                   size_t *n)
{
    bool bad;
    json_t *list = load(text, &bad);
    struct source_validator *v = room(list, a, sizeof *v, n, &bad);

    for (size_t i = 0; !bad && i < *n; i++) {
        const json_t *row = json_array_get(list, i);
        v[i] = (struct source_validator){
            .url = str_at(row, 0, a, &bad),
            .etag = str_at(row, 1, a, &bad),
            .last_modified = str_at(row, 2, a, &bad),
            .body_hash = (uint64_t)int_at(row, 3),
        };
    }
    json_decref(list);
    *out = v;
    return bad ? -1 : 0;
}
