/* Reads the weight file of a language. */
#include "score/weights.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/parse.h"

static const struct {
    const char *name;
    double dflt;
} SETTING[SETTINGS] = {
    [SET_POSITIVE] = { "positive", .05 },
    [SET_NEGATIVE] = { "negative", -.05 },
    [SET_WATCH] = { "watch", 25 },
    [SET_UPSET] = { "upset", 45 },
    [SET_IRATE] = { "irate", 65 },
    [SET_CRUSADE] = { "crusade", 90 },
    [SET_COMPLAINT_UPSET] = { "complaint-for-upset", .4 },
    [SET_COMPLAINT_IRATE] = { "complaint-for-irate", .6 },
};

static int
read_setting(struct weights *w, struct tocsin_str name, struct tocsin_str value, struct err *err)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (str_eq_z(name, SETTING[i].name))
            return parse_double(str_trim(value), &w->set[i])
                       ? err_set(err, ERR_CONFIG, "expected a number")
                       : 0;
    return err_set(err, ERR_CONFIG, "unknown setting \"%.*s\"", STR_FMT(name));
}

static int
add_rule(struct weights *w, struct tocsin_str id, const double v[3], struct err *err)
{
    double *copy = malloc(3 * sizeof(*copy));
    void *old = NULL;

    if (copy)
        memcpy(copy, v, 3 * sizeof(*copy));
    if (!copy || hash_set(w->rules, id, copy, &old)) {
        free(copy);
        return err_set(err, ERR_NOMEM, "no memory");
    }
    free(old);
    return 0;
}

static int
read_line(struct weights *w, struct tocsin_str line, struct err *err)
{
    struct tocsin_str name = str_cut(&line, '\t');
    double v[3];

    if (str_starts(name, STR_LIT("=")))
        return read_setting(w, str_sub(name, 1, name.n), line, err);
    for (size_t a = 0; a < 3; a++)
        if (parse_double(str_trim(str_cut(&line, '\t')), &v[a]))
            return err_set(err, ERR_CONFIG, "expected name and three numbers, parted by TABs");
    if (str_starts(name, STR_LIT("rule ")))
        return add_rule(w, str_sub(name, 5, name.n), v, err);
    for (size_t f = 0; f < FEATURES; f++)
        if (str_eq_z(name, feature_name((enum feature)f))) {
            memcpy(w->feature[f], v, sizeof(v));
            return 0;
        }
    return err_set(err, ERR_CONFIG, "unknown feature \"%.*s\"", STR_FMT(name));
}

int
weights_load(struct weights *out, const char *path, struct err *err)
{
    struct buf b;
    int rc = 0, line_no = 0;

    *out = (struct weights){ .rules = hash_new() };
    for (size_t i = 0; i < SETTINGS; i++)
        out->set[i] = SETTING[i].dflt;
    buf_init(&b, 1u << 20);
    if (!out->rules)
        rc = err_set(err, ERR_NOMEM, "%s: no memory", path);
    else
        rc = file_read(&b, path, err);
    struct tocsin_str rest = buf_view(&b);
    while (!rc && rest.n) {
        struct tocsin_str line = str_cut(&rest, '\n');
        line_no++;
        if (!line.n || line.p[0] == '#')
            continue;
        rc = read_line(out, line, err);
        if (rc)
            err_prefix(err, "%s:%d", path, line_no);
    }
    buf_free(&b);
    if (rc)
        weights_free(out);
    return rc;
}

void
weights_free(struct weights *w)
{
    hash_free(w->rules, free);
    w->rules = NULL;
}

void
weights_of_rule(const struct weights *w, const struct rule_def *r, double out[3])
{
    const double *v = w->rules ? hash_find(w->rules, str_z(r->id)) : NULL;

    out[AXIS_SENTIMENT] = v ? v[0] : r->sentiment;
    out[AXIS_COMPLAINT] = v ? v[1] : r->complaint;
    out[AXIS_IRATE] = v ? v[2] : r->irate;
}
