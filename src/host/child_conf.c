/* child_conf.c - option values and defaults into the fields that the table names. */
#include "host/child_conf.h"

#include "base/parse.h"

static const struct option_value *
find_value(const struct option_values *values, const char *name)
{
    for (size_t i = 0; values && i < values->n; i++) {
        if (values->v[i].name && strcmp(values->v[i].name, name) == 0)
            return &values->v[i];
    }
    return NULL;
}

/* "[a, 'b c']", "{a: b}" or "a" as words; separators are , and for maps : too. */
static int
split_default(struct word_list *out, const char *dflt, bool is_map, struct arena *a)
{
    struct tocsin_str rest = str_trim(str_z(dflt));
    const char **words = arena_array(a, rest.n + 1, sizeof *words);
    size_t n = 0;

    if (!words)
        return -1;
    if (rest.n >= 2 && (rest.p[0] == '[' || rest.p[0] == '{'))
        rest = str_trim(str_sub(rest, 1, rest.n - 1));
    while (rest.n) {
        struct tocsin_str item = str_cut(&rest, ',');

        for (int k = 0; k < (is_map ? 2 : 1); k++) {
            struct tocsin_str w = str_trim(is_map ? str_cut(&item, ':') : item);

            if (w.n >= 2 && (w.p[0] == '"' || w.p[0] == '\'') && w.p[w.n - 1] == w.p[0])
                w = str_sub(w, 1, w.n - 1);
            words[n++] = arena_z(a, w);
            if (!words[n - 1])
                return -1;
        }
    }
    *out = (struct word_list){ words, n };
    return 0;
}

/* The values lie in the turn; the conf outlives it. */
static int
keep_words(struct word_list *out, struct word_list words, struct arena *a)
{
    const char **v = arena_array(a, words.n, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < words.n; i++) {
        v[i] = arena_z(a, str_z(words.v[i]));
        if (!v[i])
            return -1;
    }
    *out = (struct word_list){ v, words.n };
    return 0;
}

static int
fill_map(struct tocsin_map *m, struct word_list words, struct arena *a)
{
    struct tocsin_pair *pairs = arena_array(a, words.n / 2, sizeof *pairs);

    if (!pairs)
        return -1;
    for (size_t i = 0; i < words.n / 2; i++)
        pairs[i] = (struct tocsin_pair){ words.v[2 * i], words.v[2 * i + 1] };
    *m = (struct tocsin_map){ words.n / 2, pairs };
    return 0;
}

/* A single value; `is_default`: written as in the file, else as the core hands it over. */
static int
fill_scalar(void *field, uint32_t type, const char *z, bool is_default)
{
    struct tocsin_str s = str_z(z);

    switch (type) {
    case TOCSIN_T_INT:
        return parse_i64(s, field);
    case TOCSIN_T_BOOL:
        return parse_bool(s, field);
    case TOCSIN_T_DURATION: {
        struct tocsin_duration *d = field;

        return is_default ? parse_duration(s, &d->ms) : parse_i64(s, &d->ms);
    }
    default:
        *(const char **)field = z;
        return 0;
    }
}

static int
fill_field(void *field, const struct tocsin_option *o, const struct option_value *v,
           struct arena *a)
{
    struct word_list words = { 0 };

    if (v && v->values.n && keep_words(&words, v->values, a))
        return -1;
    switch (o->type) {
    case TOCSIN_T_PATH:
    case TOCSIN_T_COMMAND:
    case TOCSIN_T_SECRET:
        ((struct tocsin_ref *)field)->is_set = v != NULL;
        return 0;
    case TOCSIN_T_LIST:
    case TOCSIN_T_MAP:
        if (!v && o->dflt && split_default(&words, o->dflt, o->type == TOCSIN_T_MAP, a))
            return -1;
        if (o->type == TOCSIN_T_MAP)
            return fill_map(field, words, a);
        *(struct tocsin_list *)field = (struct tocsin_list){ words.n, words.v };
        return 0;
    default:
        if (words.n)
            return fill_scalar(field, o->type, words.v[0], false);
        return o->dflt && !v ? fill_scalar(field, o->type, o->dflt, true) : 0;
    }
}

int
child_conf(void **out, const struct loaded *l, const struct option_values *values, struct arena *a,
           struct err *err)
{
    char *conf = arena_alloc(a, l->conf_size);

    if (!conf)
        return err_set(err, ERR_NOMEM, "no memory for the options");
    for (size_t i = 0; i < l->info.n_options; i++) {
        const struct tocsin_option *o = &l->info.options[i];

        if (fill_field(conf + o->offset, o, find_value(values, o->name), a))
            return err_set(err, ERR_CONFIG, "option %s: the value does not fit its type", o->name);
    }
    *out = conf;
    return 0;
}
