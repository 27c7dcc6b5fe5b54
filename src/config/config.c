/* Loads a configuration in order: files, names, sections, warnings; and answers lookups. */
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/load.h"

#define KEEP_MAX (512u << 20)
#define TREE_MAX (1024u << 20)

/* ---- a loader's life ----------------------------------------------------------- */

static void
loader_end(struct loader *l)
{
    arena_free(l->tree);
    for (size_t i = 0; i < NAMES_COUNT; i++)
        hash_free(l->names[i], NULL);
    hash_free(l->plugins, NULL);
    hash_free(l->secrets, NULL);
    hash_free(l->rule_ids, NULL);
    hash_free(l->forms, NULL);
}

static int
loader_begin(struct loader *l, const struct config_options *o, struct findings *f)
{
    struct config_whole *w = calloc(1, sizeof(*w));
    bool is_short = !w;

    *l = (struct loader){ .o = o, .f = f, .whole = w };
    l->tree = arena_new(TREE_MAX);
    for (size_t i = 0; i < NAMES_COUNT; i++)
        is_short = !(l->names[i] = hash_new()) || is_short;
    for (size_t i = 0; i < SEC_COUNT; i++)
        l->tails[i] = &l->parts[i];
    l->plugins = hash_new();
    l->secrets = hash_new();
    l->rule_ids = hash_new();
    l->forms = hash_new();
    l->notifiers_tail = &l->notifiers;
    if (w) {
        w->keep = l->keep = arena_new(KEEP_MAX);
        l->c = &w->pub;
    }
    if (is_short || !l->tree || !l->keep || !l->plugins || !l->secrets || !l->rule_ids || !l->forms)
        return load_nomem(l);
    l->c->data_dir = arena_z(l->keep, str_z(o->data_dir ? o->data_dir : TOCSIN_DATA_DIR "/etc"));
    l->data_dir = l->c->data_dir;
    return l->data_dir ? 0 : load_nomem(l);
}

/* ---- names ------------------------------------------------------------------------ */

static int
collect_names(struct loader *l)
{
    static const struct {
        enum section sec;
        enum names kind;
        const char *what;
        bool is_target;
    } table[] = {
        { SEC_BRANDS, NAMES_BRANDS, "brand", false },
        { SEC_TOPICS, NAMES_BRANDS, "topic", false },
        { SEC_COMPETITORS, NAMES_BRANDS, "competitor", false },
        { SEC_SOURCES, NAMES_SOURCES, "source", false },
        { SEC_SECRETS, NAMES_SECRETS, "secret", false },
        { SEC_NOTIFIERS, NAMES_NOTIFIERS, "notifier", true },
        { SEC_STAFF, NAMES_STAFF, "member of staff", true },
        { SEC_TEAMS, NAMES_COUNT, "team", true },
        { SEC_ROTATIONS, NAMES_COUNT, "rotation", true },
    };
    int rc = 0;

    for (size_t t = 0; t < sizeof(table) / sizeof(table[0]); t++)
        for (const struct part *p = l->parts[table[t].sec]; p; p = p->next) {
            bool is_word = p->value->kind == NODE_SCALAR && table[t].sec == SEC_SOURCES;
            if (!is_word && load_want_map(l, p->value, p->key->text.p)) {
                rc = -1;
                continue;
            }
            for (const struct item *i = p->value->first; i && i->key; i = i->next) {
                bool is_free = table[t].kind == NAMES_BRANDS;
                if ((!is_free && name_check(l, i->key, table[t].what)) ||
                    (table[t].is_target && names_add(l, NAMES_TARGETS, i->key, table[t].what)) ||
                    (table[t].kind != NAMES_COUNT &&
                     names_add(l, table[t].kind, i->key, table[t].what)))
                    rc = -1;
            }
        }
    return rc;
}

/* ---- the whole ---------------------------------------------------------------------- */

static int
settle_notifiers(struct loader *l)
{
    struct notifier_conf *v = arena_array(l->keep, l->n_notifiers + 1, sizeof(*v));
    size_t n = 0;

    if (!v)
        return load_nomem(l);
    for (const struct notifier_made *m = l->notifiers; m; m = m->next) {
        v[n] = m->conf;
        v[n].who.options = &v[n].options;
        n++;
    }
    l->c->notifiers = v;
    l->c->n_notifiers = n;
    return 0;
}

static int
index_names(struct loader *l)
{
    struct config_whole *w = l->whole;

    w->sources = hash_new();
    w->notifiers = hash_new();
    if (!w->sources || !w->notifiers)
        return load_nomem(l);
    for (size_t i = 0; i < w->pub.n_sources; i++)
        if (hash_set(w->sources, str_z(w->pub.sources[i].name),
                     (void *)(uintptr_t)&w->pub.sources[i], NULL))
            return load_nomem(l);
    for (size_t i = 0; i < w->pub.n_notifiers; i++)
        if (hash_set(w->notifiers, str_z(w->pub.notifiers[i].name),
                     (void *)(uintptr_t)&w->pub.notifiers[i], NULL))
            return load_nomem(l);
    return 0;
}

static int
check_brands(struct loader *l)
{
    struct place at = { l->c->path, 1, 1 };

    if (l->c->rules.n_brands || findings_count(l->f, true))
        return 0;
    findings_add(l->f, true, &at, NULL,
                 "there is no brand to listen for: add one like `brands: {acme: {}}`");
    return -1;
}

/* Each section is read even after errors in another, so that all are told at once. */
static int
read_sections(struct loader *l)
{
    static int (*const sections[])(struct loader *) = {
        load_secrets, load_brands,   load_rules,  load_notifiers, load_notify,
        load_staff,   load_policies, load_alerts, load_general,   load_sources,
    };
    int rc = 0;

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
        if (sections[i](l))
            rc = -1;
    return rc;
}

static int
load_all(struct loader *l, const char *path)
{
    const char *rules = arena_fmt(l->tree, "%s/rules", l->data_dir);
    int rc;

    l->c->path = arena_z(l->keep, str_z(path));
    if (!rules || !l->c->path)
        return load_nomem(l);
    rc = load_rule_dir(l, rules);
    l->n_files = 0;
    if (load_files(l, path) || collect_names(l) || rc)
        rc = -1;
    if (l->n_unread)
        return -1; /* what refers to an unread file would only be noise */
    if (read_sections(l) || check_brands(l))
        rc = -1;
    if (settle_notifiers(l) || index_names(l))
        rc = -1;
    if (!rc && !findings_count(l->f, true))
        load_warnings(l);
    return rc || findings_count(l->f, true) ? -1 : 0;
}

static int
load_either(struct config **out, const char *path, struct tocsin_str text,
            const struct config_options *o, struct findings *f)
{
    struct loader l;
    int rc = loader_begin(&l, o, f);

    l.text = text;
    if (!rc)
        rc = load_all(&l, path);
    loader_end(&l);
    if (rc)
        config_free(l.whole ? &l.whole->pub : NULL);
    else
        *out = &l.whole->pub;
    return rc;
}

int
config_load(struct config **out, const char *path, const struct config_options *o,
            struct findings *f)
{
    return load_either(out, path, STR_NONE, o, f);
}

int
config_load_text(struct config **out, struct tocsin_str text, const struct config_options *o,
                 struct findings *f)
{
    if (!text.p)
        text.p = "";
    return load_either(out, "text", text, o, f);
}

void
config_free(struct config *c)
{
    struct config_whole *w = (struct config_whole *)c;

    if (!w)
        return;
    for (size_t i = 0; i < w->n_secrets; i++)
        if (w->secrets[i].value)
            explicit_bzero(w->secrets[i].value, strlen(w->secrets[i].value));
    hash_free(w->sources, NULL);
    hash_free(w->notifiers, NULL);
    arena_free(w->keep);
    free(w);
}

/* ---- rules alone ------------------------------------------------------------------------ */

struct rules_file {
    struct config_whole *whole;
};

static int
read_rule_files(struct loader *l, const char *const *paths, size_t n)
{
    const char *shipped = arena_fmt(l->tree, "%s/rules", l->data_dir);
    int rc = shipped ? load_rule_dir(l, shipped) : load_nomem(l);

    for (size_t i = 0; i < n; i++)
        if (load_one_file(l, paths[i], 0))
            rc = -1;
    if (collect_names(l) || load_brands(l) || load_rules(l))
        rc = -1;
    return rc || findings_count(l->f, true) ? -1 : 0;
}

int
rules_read(struct rules_file **out, const char *const *paths, size_t n, const char *data_dir,
           struct findings *f)
{
    const struct config_options o = { .data_dir = data_dir };
    struct rules_file *r = calloc(1, sizeof(*r));
    struct loader l;
    int rc = loader_begin(&l, &o, f);

    if (!r)
        rc = load_nomem(&l);
    if (!rc)
        rc = read_rule_files(&l, paths, n);
    loader_end(&l);
    if (rc) {
        config_free(l.whole ? &l.whole->pub : NULL);
        free(r);
        return -1;
    }
    r->whole = l.whole;
    *out = r;
    return 0;
}

void
rules_free(struct rules_file *r)
{
    if (!r)
        return;
    config_free(&r->whole->pub);
    free(r);
}

const struct rule_defs *
rules_defs(const struct rules_file *r)
{
    return &r->whole->pub.rules;
}

/* ---- where the file is --------------------------------------------------------------------- */

static bool
try_path(struct buf *path, const char *dir, const char *name)
{
    buf_reset(path);
    path_join(path, dir, name);
    return file_exists(buf_cstr(path));
}

int
config_find(struct buf *path, struct err *err)
{
    const char *given = getenv("TOCSIN_CONFIG"), *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    struct buf dir;
    bool is_found;

    if (given && *given) {
        if (!file_exists(given))
            return err_set(err, ERR_NOTFOUND,
                           "TOCSIN_CONFIG names %s, which is not there: "
                           "correct it, or run `tocsin init BRAND`",
                           given);
        buf_reset(path);
        return buf_z(path, given) ? err_set(err, ERR_NOMEM, "no memory") : 0;
    }
    buf_init(&dir, 4096);
    if (xdg && xdg[0] == '/')
        buf_fmt(&dir, "%s/tocsin", xdg);
    else
        buf_fmt(&dir, "%s/.config/tocsin", home ? home : "");
    is_found = try_path(path, ".", "tocsin.yaml") ||
               try_path(path, buf_cstr(&dir), "tocsin.yaml") ||
               try_path(path, TOCSIN_CONF_DIR, "tocsin.yaml");
    if (!is_found)
        err_set(err, ERR_NOTFOUND,
                "no configuration: looked for ./tocsin.yaml, "
                "%s/tocsin.yaml and %s/tocsin.yaml; `tocsin init BRAND` "
                "writes one",
                buf_cstr(&dir), TOCSIN_CONF_DIR);
    buf_free(&dir);
    return is_found ? 0 : -1;
}
