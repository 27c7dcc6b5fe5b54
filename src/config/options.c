/* Checks what stands below `options:` against the plugin's table, and makes the values. */
#include <unistd.h>

#include "base/parse.h"
#include "config/load.h"
#include "config/settings.h"

/* One option being read. */
struct reading {
    struct loader *l;
    const struct tocsin_option *o;
    const char *title; /* "source hn" */
};

static int
set_one(struct loader *l, struct option_value *v, struct tocsin_str text)
{
    const char **words = arena_array(l->keep, 1, sizeof(*words));

    if (!words || !(words[0] = arena_z(l->keep, text)))
        return load_nomem(l);
    v->values = (struct word_list){ words, 1 };
    return 0;
}

static int
set_i64(struct loader *l, struct option_value *v, int64_t n)
{
    const char *z = arena_fmt(l->tree, "%lld", (long long)n);

    return z ? set_one(l, v, str_z(z)) : load_nomem(l);
}

static int
read_number(const struct reading *r, const struct node *n, struct option_value *v)
{
    const struct tocsin_option *o = r->o;
    bool is_time = o->type == TOCSIN_T_DURATION;
    struct buf low, high;
    int64_t number;

    if (is_time ? parse_duration(n->text, &number) : parse_i64(n->text, &number))
        return load_error(r->l, n, "option \"%s\" is %s, not %s", o->name,
                          is_time ? "a duration like 90s, 5m, 1h30m or 2w" : "a whole number",
                          load_show(r->l, n->text));
    if ((!o->min && !o->max) || (number >= o->min && number <= o->max))
        return set_i64(r->l, v, number);
    buf_init(&low, 64);
    buf_init(&high, 64);
    if (is_time) {
        format_duration(&low, o->min);
        format_duration(&high, o->max);
    } else {
        buf_fmt(&low, "%lld", (long long)o->min);
        buf_fmt(&high, "%lld", (long long)o->max);
    }
    load_error(r->l, n, "option \"%s\" must be between %s and %s, not %s", o->name, buf_cstr(&low),
               buf_cstr(&high), load_show(r->l, n->text));
    buf_free(&low);
    buf_free(&high);
    return -1;
}

static int
read_bool(const struct reading *r, const struct node *n, struct option_value *v)
{
    bool b;

    if (parse_bool(n->text, &b))
        return load_error(r->l, n, "option \"%s\" is true or false, not %s", r->o->name,
                          load_show(r->l, n->text));
    return set_one(r->l, v, b ? STR_LIT("true") : STR_LIT("false"));
}

static int
read_enum(const struct reading *r, const struct node *n, struct option_value *v)
{
    struct tocsin_str rest = str_z(r->o->choices);
    const char *words[64];
    size_t i = 0;

    while (rest.n && i < 64) {
        struct tocsin_str word = str_cut(&rest, ' ');
        if (str_eq(word, n->text))
            return set_one(r->l, v, word);
        words[i] = arena_z(r->l->tree, word);
        if (!words[i++])
            return load_nomem(r->l);
    }
    return load_error(r->l, n, "option \"%s\" is one of %s, not %s%s", r->o->name,
                      r->o->choices ? r->o->choices : "nothing", load_show(r->l, n->text),
                      load_hint(r->l, n->text, words, i));
}

static int
check_length(const struct reading *r, const struct node *n, size_t count)
{
    if ((!r->o->min && !r->o->max) ||
        ((int64_t)count >= r->o->min && (!r->o->max || (int64_t)count <= r->o->max)))
        return 0;
    return load_error(r->l, n, "option \"%s\" takes %lld to %lld values, not %zu", r->o->name,
                      (long long)r->o->min, (long long)r->o->max, count);
}

static int
read_list(const struct reading *r, const struct node *n, struct option_value *v)
{
    if (load_words(r->l, n, r->o->name, &v->values))
        return -1;
    return check_length(r, n, v->values.n);
}

static int
read_map(const struct reading *r, const struct node *n, struct option_value *v)
{
    const char **words = arena_array(r->l->keep, n->n * 2 + 1, sizeof(*words));
    size_t count = 0;
    int rc = 0;

    if (n->kind != NODE_MAP)
        return load_error(r->l, n, "option \"%s\" is a map of names and values, not %s", r->o->name,
                          node_kind_name(n));
    if (!words)
        return load_nomem(r->l);
    for (const struct item *i = n->first; i; i = i->next) {
        if (i->value->kind != NODE_SCALAR) {
            rc = load_error(r->l, i->value,
                            "\"%.*s\" of option \"%s\" needs a single value, "
                            "not %s",
                            STR_FMT(i->key->text), r->o->name, node_kind_name(i->value));
            continue;
        }
        words[count] = load_text(r->l, i->key);
        words[count + 1] = load_text(r->l, i->value);
        count += 2;
    }
    v->values = (struct word_list){ words, count };
    return rc ? rc : check_length(r, n, n->n);
}

static int
read_path(const struct reading *r, const struct node *n, struct option_value *v)
{
    const char *path = r->l->is_args ? load_text(r->l, n) : load_path(r->l, n);

    return path ? set_one(r->l, v, str_z(path)) : -1;
}

/* An argv. The program is named by its whole path: no shell looks for it. */
static int
read_command(const struct reading *r, const struct node *n, struct option_value *v)
{
    const struct node *program = n->kind == NODE_LIST ? n->first ? n->first->value : NULL : n;
    const char **words;

    if (load_words(r->l, n, r->o->name, &v->values))
        return -1;
    if (!program || !program->text.n)
        return load_error(r->l, n,
                          "option \"%s\" needs a program: [/path/to/program, "
                          "argument, ...]",
                          r->o->name);
    if (str_find(program->text, STR_LIT(" "), 0) != SIZE_MAX && n->kind != NODE_LIST)
        return load_error(r->l, n,
                          "option \"%s\" runs no shell: write the program and its "
                          "arguments as a list, [/path/to/program, argument, ...]",
                          r->o->name);
    if (str_find(program->text, STR_LIT("/"), 0) == SIZE_MAX)
        return load_error(r->l, program, "option \"%s\": give the program's whole path, not %s",
                          r->o->name, load_show(r->l, program->text));
    if (r->l->is_args)
        return 0;
    words = (const char **)(uintptr_t)v->values.v;
    words[0] = load_path(r->l, program);
    if (words[0] && access(words[0], X_OK) != 0)
        load_warn(r->l, program, "option \"%s\": %s is not there or cannot be run", r->o->name,
                  words[0]);
    return words[0] ? 0 : -1;
}

static int
read_secret(const struct reading *r, const struct node *n, struct option_value *v)
{
    if (!r->l->is_args && !load_secret(r->l, n, r->o->name))
        return -1;
    return set_one(r->l, v, n->text);
}

static int
read_option(const struct reading *r, const struct node *n, struct option_value *v)
{
    const char *z;

    v->name = r->o->name;
    v->type = r->o->type;
    v->at = node_place(n);
    switch (r->o->type) {
    case TOCSIN_T_LIST:
        return read_list(r, n, v);
    case TOCSIN_T_MAP:
        return read_map(r, n, v);
    case TOCSIN_T_COMMAND:
        return read_command(r, n, v);
    default:
        break;
    }
    if (n->kind != NODE_SCALAR)
        return load_error(r->l, n, "option \"%s\" needs a single value, not %s", r->o->name,
                          node_kind_name(n));
    switch (r->o->type) {
    case TOCSIN_T_INT:
    case TOCSIN_T_DURATION:
        return read_number(r, n, v);
    case TOCSIN_T_BOOL:
        return read_bool(r, n, v);
    case TOCSIN_T_ENUM:
        return read_enum(r, n, v);
    case TOCSIN_T_PATH:
        return read_path(r, n, v);
    case TOCSIN_T_SECRET:
        return read_secret(r, n, v);
    case TOCSIN_T_URL:
        if (settings_check_url(r->l, n, r->o->name))
            return -1;
        break;
    case TOCSIN_T_STRING:
        break;
    default:
        return load_error(r->l, n,
                          "option \"%s\" has a type this version does not know: "
                          "install a newer tocsin",
                          r->o->name);
    }
    z = load_text(r->l, n);
    return z ? set_one(r->l, v, str_z(z)) : -1;
}

static const struct tocsin_option *
find_option(const struct plugin_info *p, struct tocsin_str name)
{
    for (size_t i = 0; i < p->n_options; i++)
        if (str_eq_z(name, p->options[i].name))
            return &p->options[i];
    return NULL;
}

static int
unknown_option(struct loader *l, const struct plugin_info *p, const struct node *key)
{
    const char **words = arena_array(l->tree, p->n_options + 1, sizeof(*words));

    if (!words)
        return load_nomem(l);
    for (size_t i = 0; i < p->n_options; i++)
        words[i] = p->options[i].name;
    return load_error(l, key, "unknown option \"%.*s\" of plugin %s%s", STR_FMT(key->text), p->name,
                      load_hint(l, key->text, words, p->n_options));
}

const struct option_value *
option_find(const struct option_values *o, const char *name)
{
    for (size_t i = 0; i < o->n; i++)
        if (strcmp(o->v[i].name, name) == 0)
            return &o->v[i];
    return NULL;
}

/* What was not given: the default, if there is one, or an error. */
static int
fill_missing(struct loader *l, const struct plugin_seen *p, const struct node *owner,
             const char *title, const bool *is_given, struct option_value *v, size_t *n)
{
    int rc = 0;

    for (size_t i = 0; i < p->info->n_options; i++) {
        const struct tocsin_option *o = &p->info->options[i];
        if (is_given[i])
            continue;
        if (o->required)
            rc = load_error(l, owner, "%s: plugin %s needs option \"%s\": %s", title, p->info->name,
                            o->name, o->help ? o->help : "");
        else if (p->defaults && p->defaults[i].name)
            v[(*n)++] = p->defaults[i];
    }
    return rc;
}

int
load_options(struct loader *l, const struct plugin_seen *p, const struct node *map,
             const struct node *owner, const char *title, struct option_values *out)
{
    const struct plugin_info *info = p->info;
    struct option_value *v = arena_array(l->keep, info->n_options + 1, sizeof(*v));
    bool *is_given = arena_array(l->tree, info->n_options + 1, sizeof(*is_given));
    size_t n = 0;
    int rc = load_want_map(l, map, "`options`");

    if (!v || !is_given)
        return load_nomem(l);
    if (rc)
        return rc;
    for (const struct item *i = map ? map->first : NULL; i; i = i->next) {
        struct reading r = { l, find_option(info, i->key->text), title };
        if (!r.o) {
            rc = unknown_option(l, info, i->key);
            continue;
        }
        is_given[r.o - info->options] = true;
        if (i->value->kind == NODE_NULL)
            rc = load_error(l, i->key, "option \"%s\" has no value: give one or leave it out",
                            r.o->name);
        else if (read_option(&r, i->value, &v[n]))
            rc = -1;
        else
            n++;
    }
    if (fill_missing(l, p, owner, title, is_given, v, &n))
        rc = -1;
    *out = (struct option_values){ v, n };
    return rc;
}

/* ---- plugins ------------------------------------------------------------- */

/* "a, b" or "[a, b]" is a list; all else one value. */
static struct node *
default_node(struct loader *l, const struct tocsin_option *o)
{
    struct yaml_file *file = NULL;
    const char *text = o->dflt;

    if (o->type == TOCSIN_T_LIST && text[0] != '[')
        text = arena_fmt(l->tree, "[%s]", o->dflt);
    else if (o->type == TOCSIN_T_MAP && text[0] != '{')
        text = arena_fmt(l->tree, "{%s}", o->dflt);
    else if (o->type != TOCSIN_T_LIST && o->type != TOCSIN_T_MAP) {
        static const struct yaml_file nowhere = { .path = "default" };
        const struct node like = { .file = &nowhere, .line = 0 };
        return node_make(l->tree, &like, str_z(text));
    }
    if (!text || yaml_parse(&file, "default", str_z(text), l->tree, l->keep, l->f))
        return NULL;
    return file->root;
}

/* A default that is wrong is the plugin's fault, not the operator's: it is left to the host. */
static int
make_defaults(struct loader *l, struct plugin_seen *p)
{
    struct option_value *v = arena_array(l->keep, p->info->n_options + 1, sizeof(*v));

    if (!v)
        return load_nomem(l);
    for (size_t i = 0; i < p->info->n_options; i++) {
        const struct tocsin_option *o = &p->info->options[i];
        struct reading r = { l, o, p->info->name };
        bool is_ref = o->type == TOCSIN_T_SECRET || o->type == TOCSIN_T_COMMAND;
        const struct node *n = o->dflt && !is_ref ? default_node(l, o) : NULL;
        if (n && (n->kind == NODE_SCALAR || n->kind == NODE_LIST || n->kind == NODE_MAP) &&
            read_option(&r, n, &v[i]))
            return load_error(l, n, "plugin %s: its default of option \"%s\" is wrong",
                              p->info->name, o->name);
        v[i].at = (struct place){ 0 };
    }
    p->defaults = v;
    return 0;
}

static struct plugin_seen *
see_plugin(struct loader *l, struct tocsin_str name)
{
    struct plugin_seen *p = hash_find(l->plugins, name);
    const char *z = arena_z(l->keep, name);
    struct err err = { 0 };

    if (p)
        return p;
    p = arena_alloc(l->tree, sizeof(*p));
    if (!p || !z || hash_set(l->plugins, name, p, NULL)) {
        load_nomem(l);
        return NULL;
    }
    if (!l->o->plugins || plugins_get(l->o->plugins, z, &p->info, &err)) {
        p->info = NULL;
        p->why = arena_z(l->tree, str_z(l->o->plugins ? err.msg : "no plugins are loaded"));
    } else if (make_defaults(l, p)) {
        return NULL;
    }
    return p;
}

const struct plugin_seen *
load_plugin(struct loader *l, const struct node *n, uint32_t kind, bool is_quiet)
{
    const struct plugin_seen *p = see_plugin(l, n->text);

    if (!p)
        return NULL;
    if (!p->info) {
        if (!is_quiet)
            load_error(l, n, "%s", p->why ? p->why : "no such plugin");
        return NULL;
    }
    if (p->info->kind != kind) {
        load_error(l, n, "plugin %s is a %s, not a %s: it belongs under `%s:`", p->info->name,
                   kind == TOCSIN_KIND_SOURCE ? "notifier" : "source",
                   kind == TOCSIN_KIND_SOURCE ? "source" : "notifier",
                   kind == TOCSIN_KIND_SOURCE ? "notifiers" : "sources");
        return NULL;
    }
    return p;
}

/* ---- a command line's options ------------------------------------------------- */

/* K=V, several of the same K make a list; a map's V is NAME=VALUE. */
static int
add_arg(struct loader *l, const struct plugin_info *p, struct node *map, const char *arg,
        struct err *err)
{
    struct tocsin_str value = str_z(arg), key = str_cut(&value, '='), name;
    const struct tocsin_option *o = find_option(p, key);
    struct item *i = arena_alloc(l->tree, sizeof(*i)), **tail = &map->first;
    struct node *inner = NULL;

    if (key.n == strlen(arg))
        return err_set(err, ERR_USAGE, "--option %s: write NAME=VALUE", arg);
    while (*tail && !str_eq((*tail)->key->text, key))
        tail = &(*tail)->next;
    if (!i || !(i->key = node_make(l->tree, map, key)))
        return err_set(err, ERR_NOMEM, "no memory");
    if (!o ||
        (o->type != TOCSIN_T_LIST && o->type != TOCSIN_T_MAP && o->type != TOCSIN_T_COMMAND)) {
        if (*tail)
            return err_set(err, ERR_USAGE, "--option %.*s is given twice", STR_FMT(key));
        i->value = node_make(l->tree, map, value);
        *tail = i;
        map->n++;
        return i->value ? 0 : err_set(err, ERR_NOMEM, "no memory");
    }
    if (!*tail) {
        if (!(i->value = node_make(l->tree, map, STR_NONE)))
            return err_set(err, ERR_NOMEM, "no memory");
        i->value->kind = o->type == TOCSIN_T_MAP ? NODE_MAP : NODE_LIST;
        *tail = i;
        map->n++;
    }
    inner = (*tail)->value;
    i = arena_alloc(l->tree, sizeof(*i));
    name = o->type == TOCSIN_T_MAP ? str_cut(&value, '=') : STR_NONE;
    if (!i || !(i->key = node_make(l->tree, map, name)) ||
        !(i->value = node_make(l->tree, map, value)))
        return err_set(err, ERR_NOMEM, "no memory");
    for (tail = &inner->first; *tail;)
        tail = &(*tail)->next;
    *tail = i;
    inner->n++;
    return 0;
}

static const char *
first_error(const struct findings *f)
{
    for (size_t i = 0; i < findings_count(f, false); i++)
        if (findings_at(f, i)->is_error)
            return findings_at(f, i)->msg;
    return "wrong";
}

int
options_from_args(struct option_values *out, const struct plugin_info *p, const char *const *args,
                  size_t n, struct arena *keep, struct err *err)
{
    struct yaml_file file = { .path = "--option" };
    struct node map = { .kind = NODE_MAP, .file = &file };
    struct plugin_seen seen = { .info = p };
    struct config_options none = { 0 };
    struct loader l = {
        .keep = keep, .tree = arena_new(4u << 20), .f = findings_new(), .o = &none, .is_args = true
    };
    int rc = -1;

    if (!l.tree || !l.f) {
        err_set(err, ERR_NOMEM, "no memory");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        if (add_arg(&l, p, &map, args[i], err))
            goto out;
    rc = make_defaults(&l, &seen);
    if (!rc)
        rc = load_options(&l, &seen, &map, &map, "--option", out);
    if (rc)
        err_set(err, ERR_USAGE, "%s", first_error(l.f));
out:
    arena_free(l.tree);
    findings_free(l.f);
    return rc;
}
