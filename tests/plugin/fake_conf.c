/* Fills a plugin's conf struct the way the core does, for tests. */
#include "plugin/fake_conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

static void *
own(struct fake_conf *c, void *p)
{
    void **grown = realloc(c->owned, (c->n_owned + 1) * sizeof(*grown));

    if (!grown || !p)
        abort();
    c->owned = grown;
    c->owned[c->n_owned++] = p;
    return p;
}

static const char *
own_str(struct fake_conf *c, struct tocsin_str s)
{
    return own(c, strndup(s.n ? s.p : "", s.n));
}

static size_t
count_parts(struct tocsin_str s)
{
    size_t n = s.n > 0;

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == ',';
    return n;
}

static struct tocsin_list
make_list(struct fake_conf *c, struct tocsin_str s)
{
    size_t n = count_parts(s);
    const char **v = own(c, calloc(n + 1, sizeof(*v)));

    for (size_t i = 0; i < n; i++)
        v[i] = own_str(c, str_trim(str_cut(&s, ',')));
    return (struct tocsin_list){ n, v };
}

static struct tocsin_map
make_map(struct fake_conf *c, struct tocsin_str s)
{
    size_t n = count_parts(s);
    struct tocsin_pair *v = own(c, calloc(n + 1, sizeof(*v)));

    for (size_t i = 0; i < n; i++) {
        struct tocsin_str value = str_cut(&s, ',');
        struct tocsin_str name = str_cut(&value, ':');

        v[i].name = own_str(c, str_trim(name));
        v[i].value = own_str(c, str_trim(value));
    }
    return (struct tocsin_map){ n, v };
}

static bool
is_choice(const char *choices, struct tocsin_str word)
{
    struct tocsin_str rest = str_z(choices);

    while (rest.n > 0)
        if (str_eq(str_cut(&rest, ' '), word))
            return true;
    return false;
}

static bool
is_in_range(const struct tocsin_option *o, int64_t v)
{
    return (o->min == 0 && o->max == 0) || (v >= o->min && v <= o->max);
}

static int
set_number(const struct tocsin_option *o, void *field, struct tocsin_str s)
{
    int64_t v = 0;

    if ((o->type == TOCSIN_T_INT ? parse_i64(s, &v) : parse_duration(s, &v)) < 0)
        return -1;
    if (!is_in_range(o, v))
        return -1;
    if (o->type == TOCSIN_T_INT)
        *(int64_t *)field = v;
    else
        *(struct tocsin_duration *)field = (struct tocsin_duration){ v };
    return 0;
}

static int
set_option(struct fake_conf *c, const struct tocsin_option *o, struct tocsin_str s)
{
    void *field = (char *)c->conf + o->offset;

    switch (o->type) {
    case TOCSIN_T_STRING:
    case TOCSIN_T_URL:
        *(const char **)field = own_str(c, s);
        return 0;
    case TOCSIN_T_ENUM:
        *(const char **)field = own_str(c, s);
        return is_choice(o->choices, s) ? 0 : -1;
    case TOCSIN_T_INT:
    case TOCSIN_T_DURATION:
        return set_number(o, field, s);
    case TOCSIN_T_BOOL:
        return parse_bool(s, field);
    case TOCSIN_T_LIST:
        *(struct tocsin_list *)field = make_list(c, s);
        return 0;
    case TOCSIN_T_MAP:
        *(struct tocsin_map *)field = make_map(c, s);
        return 0;
    case TOCSIN_T_PATH:
    case TOCSIN_T_COMMAND:
    case TOCSIN_T_SECRET:
        *(struct tocsin_ref *)field = (struct tocsin_ref){ s.n > 0 };
        return 0;
    default:
        return -1;
    }
}

static const struct tocsin_option *
find_option(const struct tocsin_plugin *p, struct tocsin_str name)
{
    for (size_t i = 0; i < p->n_options; i++)
        if (str_eq_z(name, p->options[i].name))
            return &p->options[i];
    return NULL;
}

static int
set_pair(struct fake_conf *c, const struct tocsin_plugin *p, const char *pair, struct err *err)
{
    struct tocsin_str value = str_z(pair), key = str_trim(str_cut(&value, '='));
    const struct tocsin_option *o = find_option(p, key);

    if (!o)
        return err_set(err, ERR_CONFIG, "%s has no option `%.*s`", p->name, STR_FMT(key));
    if (set_option(c, o, str_trim(value)) < 0)
        return err_set(err, ERR_CONFIG, "option `%s` does not take \"%.*s\"", o->name,
                       STR_FMT(value));
    return 0;
}

static bool
is_given(const struct tocsin_option *o, char *const *pairs, size_t n)
{
    size_t len = strlen(o->name);

    for (size_t i = 0; i < n; i++)
        if (strncmp(pairs[i], o->name, len) == 0 && pairs[i][len] == '=')
            return true;
    return false;
}

int
fake_conf_make(struct fake_conf *c, const struct tocsin_plugin *p, char *const *pairs,
               size_t n_pairs, struct err *err)
{
    *c = (struct fake_conf){ .conf = calloc(1, p->conf_size + 1) };
    if (!c->conf)
        return err_set(err, ERR_NOMEM, "no memory");
    for (size_t i = 0; i < p->n_options; i++) {
        const struct tocsin_option *o = &p->options[i];

        if (o->dflt && set_option(c, o, str_z(o->dflt)) < 0)
            return err_set(err, ERR_INTERNAL, "the default of option `%s` is wrong", o->name);
        if (o->required && !is_given(o, pairs, n_pairs))
            return err_set(err, ERR_CONFIG, "option `%s` must be given", o->name);
    }
    for (size_t i = 0; i < n_pairs; i++)
        if (set_pair(c, p, pairs[i], err) < 0)
            return -1;
    return 0;
}

void
fake_conf_free(struct fake_conf *c)
{
    for (size_t i = 0; i < c->n_owned; i++)
        free(c->owned[i]);
    free(c->owned);
    free(c->conf);
    *c = (struct fake_conf){ .conf = NULL };
}
