/* Classifies one JSON line: parse, normalise, match, score, print. */
#include "score/classify.h"

#include <jansson.h>
#include <math.h>

#include "base/json.h"
#include "base/utf8.h"
#include "normalise/normalise.h"

#define BECAUSE_MAX 12

static struct tocsin_str
string_at(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    return json_is_string(v) ? (struct tocsin_str){ json_string_value(v), json_string_length(v) }
                             : STR_LIT("");
}

/* Ids may be strings or whole numbers. */
static struct tocsin_str
id_of(const json_t *o, struct arena *a)
{
    const json_t *v = json_object_get(o, "id");

    if (json_is_integer(v))
        return str_z(arena_fmt(a, "%lld", (long long)json_integer_value(v)));
    return string_at(o, "id");
}

static int
bad_line(struct err *err, size_t line_no, const char *what)
{
    return err_set(err, ERR_DATA, "line %zu: %s; expected {\"id\": \"1\", \"text\": \"...\"}",
                   line_no, what);
}

static void
read_author(struct post *p, const json_t *o)
{
    const json_t *author = json_object_get(o, "author");
    const json_t *followers = json_object_get(o, "followers");

    p->author.handle = string_at(o, "author");
    p->author.followers = -1;
    if (json_is_object(author)) {
        p->author.handle = string_at(author, "handle");
        p->author.name = string_at(author, "name");
        if (!followers)
            followers = json_object_get(author, "followers");
    }
    if (json_is_integer(followers))
        p->author.followers = json_integer_value(followers);
}

static int
read_post(struct post *p, const json_t *o, size_t line_no, struct arena *a, struct err *err)
{
    struct tocsin_str kind = string_at(o, "kind");

    if (!json_is_object(o))
        return bad_line(err, line_no, "not an object");
    *p = (struct post){ .replies = -1, .reposts = -1, .likes = -1, .rating = NAN };
    p->id = id_of(o, a);
    if (!p->id.n)
        return bad_line(err, line_no, "no id");
    if (!json_is_string(json_object_get(o, "text")) && !string_at(o, "title").n)
        return bad_line(err, line_no, "no text");
    p->text.text = string_at(o, "text");
    p->title.text = string_at(o, "title");
    p->url = string_at(o, "url");
    p->lang = string_at(o, "lang");
    p->source = STR_LIT("");
    if (kind.n && post_kind_parse(kind, &p->kind))
        return bad_line(err, line_no, "unknown kind");
    read_author(p, o);
    return 0;
}

static void
put_scores(struct jout *j, const struct score *s)
{
    static const char *const LABEL[] = { "neg", "neu", "pos" };

    jout_key(j, "sentiment");
    jout_object(j);
    jout_kz(j, "label", LABEL[s->label + 1]);
    jout_key(j, "score");
    jout_double(j, s->sentiment, 4);
    jout_object_end(j);
    jout_key(j, "complaint");
    jout_object(j);
    jout_key(j, "score");
    jout_double(j, s->complaint, 4);
    jout_object_end(j);
    jout_key(j, "irate");
    jout_object(j);
    jout_key(j, "score");
    jout_double(j, s->irate, 2);
    jout_kz(j, "level", level_name(s->level));
    jout_object_end(j);
}

/* Sentiment is worth 100 from end to end of its half, the others are points already. */
static double
size_of(const struct score_part *p)
{
    return fabs(p->weight) * (p->axis == AXIS_SENTIMENT ? 40 : 1);
}

/* The parts that weigh most, heaviest first. */
static size_t
heaviest(const struct score *s, const struct score_part *top[BECAUSE_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_parts; i++) {
        const struct score_part *p = &s->parts[i];
        size_t at = n;
        if (str_eq_z(p->name, "base") || str_eq_z(p->name, "other signs"))
            continue;
        while (at > 0 && size_of(top[at - 1]) < size_of(p))
            at--;
        if (at == BECAUSE_MAX)
            continue;
        if (n < BECAUSE_MAX)
            n++;
        for (size_t k = n - 1; k > at; k--)
            top[k] = top[k - 1];
        top[at] = p;
    }
    return n;
}

static void
put_because(struct jout *j, const struct score *s)
{
    const struct score_part *top[BECAUSE_MAX];
    size_t n = heaviest(s, top);

    jout_key(j, "because");
    jout_array(j);
    for (size_t i = 0; i < n; i++) {
        jout_object(j);
        jout_kstr(j, "rule", top[i]->name);
        jout_kstr(j, "text", top[i]->text);
        jout_key(j, "weight");
        jout_double(j, top[i]->weight, 3);
        jout_kz(j, "of", axis_name(top[i]->axis));
        jout_object_end(j);
    }
    jout_array_end(j);
}

static void
put_rules(struct jout *j, const struct rule_defs *defs, const struct match_result *m)
{
    jout_key(j, "rules");
    jout_array(j);
    for (size_t i = 0; i < m->n; i++)
        if (!m->v[i].is_brand)
            jout_z(j, defs->rules[m->v[i].index].id);
    jout_array_end(j);
}

static void
put_brands(struct jout *j, const struct mention *v, size_t n)
{
    jout_key(j, "brands");
    jout_array(j);
    for (size_t i = 0; i < n; i++) {
        jout_object(j);
        jout_kstr(j, "brand", v[i].brand);
        put_scores(j, &v[i].score);
        jout_object_end(j);
    }
    jout_array_end(j);
}

static int
classify_post(const struct classify *c, struct post *p, struct buf *out, struct err *err)
{
    const struct rule_defs *defs = ruleset_defs(c->rules);
    struct match_result m;
    struct score score;
    struct mention *mentions;
    struct jout j;
    size_t n, before = out->n;

    if (normalise_post(p, c->arena, err) ||
        match_post(c->rules, c->scratch, p, c->now_ms, c->arena, &m, err) ||
        score_post(c->scorer, p, defs, &m, c->arena, &score, err) ||
        score_mentions(c->scorer, p, defs, &m, c->arena, &mentions, &n, err))
        return -1;
    jout_begin(&j, out);
    jout_object(&j);
    jout_kstr(&j, "id", p->id);
    put_scores(&j, &score);
    put_because(&j, &score);
    put_rules(&j, defs, &m);
    put_brands(&j, mentions, n);
    jout_object_end(&j);
    if (buf_char(out, '\n')) {
        out->n = before;
        return err_set(err, ERR_NOMEM, "no memory to print the scores");
    }
    return 0;
}

int
classify_line(const struct classify *c, struct tocsin_str line, size_t line_no, struct buf *out,
              struct err *err)
{
    json_error_t why;
    struct post p;
    int rc;

    line = str_trim(line);
    if (!line.n)
        return 0;
    arena_reset(c->arena);
    json_t *o = json_loadb(line.p, line.n, JSON_ALLOW_NUL, &why);
    if (!o)
        return err_set(err, ERR_DATA, "line %zu, column %d: no JSON: %s", line_no, why.column,
                       why.text);
    rc = read_post(&p, o, line_no, c->arena, err);
    if (!rc && classify_post(c, &p, out, err))
        rc = err_prefix(err, "line %zu", line_no);
    json_decref(o);
    return rc;
}
