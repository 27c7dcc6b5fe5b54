/* Reads sources, and makes the automatic ones from etc/auto-sources.yaml. */
#include "base/escape.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "config/load.h"
#include "config/settings.h"

struct source_raw {
    const struct node *plugin, *options, *budget, *brands;
    int64_t every;
    const char *lang;
    bool is_paused;
    struct who_raw who;
};
static const struct setting source_keys[] = {
    S_NODE("plugin", struct source_raw, plugin, .required = true, .help = "the kind of source"),
    S_DURATION("every", struct source_raw, every, .min = MS_SECOND, .max = 31 * MS_DAY,
               .help = "how often to look; left out: the plugin's or the source's own choice"),
    S_NODE("options", struct source_raw, options, .help = "the plugin's own options"),
    S_NODE("hosts", struct source_raw, who.hosts,
           .help = "hosts it may talk to beside those of its options; -name takes one away"),
    S_BOOL("allow_private", struct source_raw, who.allow_private,
           .help = "may talk to private and loopback addresses"),
    S_NODE("budget", struct source_raw, budget,
           .help = "units it may spend: {day: N, month: N}, or N a day"),
    S_NODE("brands", struct source_raw, brands, .help = "listen for these only; left out: all"),
    S_STRING("lang", struct source_raw, lang,
             .help = "language of its posts where they do not say"),
    S_URL("proxy", struct source_raw, who.proxy, .help = "HTTP proxy, http://host:port"),
    S_NODE("secret_env", struct source_raw, who.secret_env,
           .help = "secret options that a program gets as environment"),
    S_BOOL("paused", struct source_raw, is_paused, .help = "do not poll it"),
};
const struct settings settings_source = SETTINGS("source", source_keys);

static const struct setting budget_keys[] = {
    S_INT("day", struct source_conf, budget_day, .min = 1, .max = 1000000000,
          .help = "units a day"),
    S_INT("month", struct source_conf, budget_month, .min = 1, .max = 1000000000,
          .help = "units a month"),
};
const struct settings settings_budget = SETTINGS("budget", budget_keys);

static int
read_budget(struct loader *l, const struct node *n, struct source_conf *s)
{
    struct node map, key, value;
    struct item one;

    if (!n)
        return 0;
    if (n->kind != NODE_SCALAR)
        return settings_read(l, &settings_budget, n, n, "`budget`", s);
    map = key = value = *n;
    map.kind = NODE_MAP;
    key.text = STR_LIT("day");
    one = (struct item){ &key, &value, NULL };
    map.first = &one;
    map.n = 1;
    return settings_read(l, &settings_budget, &map, n, "`budget`", s);
}

static int
read_brands(struct loader *l, const struct node *n, struct word_list *out)
{
    if (!n)
        return 0;
    return load_words(l, n, "brands", out) || names_check(l, NAMES_BRANDS, n, "brand") ? -1 : 0;
}

static int
fill_source(struct loader *l, const struct node *key, const struct source_raw *raw,
            const struct plugin_seen *p, const char *title, struct source_conf *s)
{
    const char *subject = arena_fmt(l->keep, "source=%s", s->name);
    int rc = 0;

    if (!subject)
        return load_nomem(l);
    s->plugin = p->info;
    s->every_ms = raw->every;
    s->lang = raw->lang;
    s->is_paused = raw->is_paused;
    if (load_options(l, p, raw->options, key, title, &s->options) ||
        load_who(l, p, &raw->who, &s->options, subject, &s->who))
        rc = -1;
    if (read_budget(l, raw->budget, s) || read_brands(l, raw->brands, &s->brands))
        rc = -1;
    if (s->every_ms && s->every_ms < p->info->at_least_ms) {
        struct buf b;
        buf_init(&b, 64);
        format_duration(&b, p->info->at_least_ms);
        load_warn(l, key, "%s looks more often than plugin %s allows: it will look every %s", title,
                  p->info->name, buf_cstr(&b));
        buf_free(&b);
    }
    return rc;
}

static int
read_source(struct loader *l, const struct item *i, struct source_conf *s)
{
    struct source_raw raw = { 0 };
    const struct plugin_seen *p;
    const char *title = arena_fmt(l->tree, "source %.*s", STR_FMT(i->key->text));
    int rc;

    s->name = load_text(l, i->key);
    s->at = node_place(i->key);
    if (!title || !s->name)
        return load_nomem(l);
    rc = settings_read(l, &settings_source, i->value, i->key, title, &raw);
    if (!raw.plugin)
        return -1;
    if (raw.plugin->kind != NODE_SCALAR)
        return load_error(l, raw.plugin, "\"plugin\" needs a name, not %s",
                          node_kind_name(raw.plugin));
    p = load_plugin(l, raw.plugin, TOCSIN_KIND_SOURCE, false);
    if (!p || fill_source(l, i->key, &raw, p, title, s))
        rc = -1;
    return rc;
}

/* ---- the automatic ones ------------------------------------------------------------- */

/* What {name} in etc/auto-sources.yaml stands for. */
struct fill_in {
    struct tocsin_str brand, query, query_url, hashtag;
};

static bool
is_word_byte(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* The brand as one word: for a source's name with dashes, for a hashtag with nothing. */
static const char *
one_word(struct loader *l, struct tocsin_str s, bool is_tag)
{
    char *z = arena_alloc(l->tree, s.n + 6);
    size_t n = 0;

    if (!z)
        return NULL;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_word_byte(c) || (is_tag && c == '_'))
            z[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        else if (!is_tag && n && z[n - 1] != '-')
            z[n++] = '-';
    }
    while (n && z[n - 1] == '-')
        n--;
    z[n] = 0;
    return n ? z : is_tag ? "" : "brand";
}

static int
make_fill_in(struct loader *l, const struct brand_def *b, const char *search, struct fill_in *f)
{
    struct tocsin_str name = str_z(b->name);
    bool has_space = str_find(name, STR_LIT(" "), 0) != SIZE_MAX;
    const char *slug = one_word(l, str_clip_utf8(name, 40), false);
    const char *tag = one_word(l, name, true);
    const char *query = search      ? search
                        : has_space ? arena_fmt(l->tree, "\"%s\"", b->name)
                                    : b->name;
    const char *url;
    struct buf bytes;

    buf_init(&bytes, 4096);
    if (query)
        escape_url(&bytes, str_z(query));
    url = arena_z(l->tree, buf_view(&bytes));
    buf_free(&bytes);
    if (!slug || !tag || !query || !url)
        return load_nomem(l);
    *f = (struct fill_in){ str_z(slug), str_z(query), str_z(url), str_z(tag) };
    return 0;
}

static int
fill_text(struct loader *l, struct node *n, const struct fill_in *f)
{
    const struct {
        struct tocsin_str name, value;
    } words[] = {
        { STR_LIT("{brand}"), f->brand },
        { STR_LIT("{query}"), f->query },
        { STR_LIT("{query_url}"), f->query_url },
        { STR_LIT("{hashtag}"), f->hashtag },
    };
    struct tocsin_str s = n->text;
    struct buf b;
    size_t at = 0;

    buf_init(&b, 8192);
    while (at < s.n) {
        size_t k = 0;
        while (k < 4 && !str_starts(str_sub(s, at, s.n), words[k].name))
            k++;
        if (k == 4) {
            buf_char(&b, s.p[at++]);
        } else {
            buf_str(&b, words[k].value);
            at += words[k].name.n;
        }
    }
    n->text = arena_str(l->tree, buf_view(&b));
    at = b.failed;
    buf_free(&b);
    return at || !n->text.p ? load_nomem(l) : 0;
}

/* A copy of the tree with the words filled in; NULL: no memory. */
static struct node *
fill_tree(struct loader *l, const struct node *from, const struct fill_in *f)
{
    struct node *n = arena_alloc(l->tree, sizeof(*n));
    struct item **tail;

    if (!n)
        return NULL;
    *n = *from;
    if (n->kind == NODE_SCALAR)
        return fill_text(l, n, f) ? NULL : n;
    tail = &n->first;
    for (const struct item *i = from->first; i; i = i->next) {
        struct item *copy = arena_alloc(l->tree, sizeof(*copy));
        if (!copy)
            return NULL;
        *copy = *i;
        copy->value = fill_tree(l, i->value, f);
        if (!copy->value)
            return NULL;
        *tail = copy;
        tail = &copy->next;
    }
    return n;
}

static const struct node *
auto_list(struct loader *l)
{
    const char *path = arena_fmt(l->tree, "%s/auto-sources.yaml", l->data_dir);
    struct yaml_file *file = NULL;

    if (!path) {
        load_nomem(l);
        return NULL;
    }
    if (!file_exists(path)) {
        load_warn(l, NULL,
                  "%s is missing, so `sources: auto` makes none: install tocsin again, "
                  "or list your own sources",
                  path);
        return NULL;
    }
    if (yaml_read(&file, path, l->tree, l->keep, l->f))
        return NULL;
    if (file->root->kind != NODE_LIST) {
        load_error(l, file->root, "the automatic sources are a list of {name, plugin, options}");
        return NULL;
    }
    return file->root;
}

/* One source of the list for one brand; none where its plugin is not installed. */
static int
auto_one(struct loader *l, const struct node *template, const struct fill_in *f, const char *brand)
{
    struct source_raw raw = { 0 };
    struct source_conf *s = &((struct source_conf *)(uintptr_t)l->c->sources)[l->c->n_sources];
    struct node *n = fill_tree(l, template, f);
    struct node *name = node_get(n, "name"), *plugin = node_get(n, "plugin");
    const struct plugin_seen *p;
    struct node copy;
    struct item **at;

    if (!n || !name || !plugin || plugin->kind != NODE_SCALAR || name->kind != NODE_SCALAR)
        return load_error(l, template, "an automatic source needs `name` and `plugin`");
    p = load_plugin(l, plugin, TOCSIN_KIND_SOURCE, true);
    if (!p)
        return 0;
    for (at = &n->first; (*at)->value != name;)
        at = &(*at)->next;
    *at = (*at)->next; /* the name is the key of other sources */
    copy = *name;
    for (int i = 2; names_find(l, NAMES_SOURCES, name->text); i++)
        name->text = str_z(arena_fmt(l->tree, "%.*s-%d", STR_FMT(copy.text), i));
    if (name_check(l, name, "source") || names_add(l, NAMES_SOURCES, name, "source"))
        return -1;
    if (settings_read(l, &settings_source, n, name, "an automatic source", &raw))
        return -1;
    s->name = load_text(l, name);
    s->at = node_place(name);
    s->is_auto = true;
    l->c->n_sources++;
    (void)brand;
    return s->name ? fill_source(l, name, &raw, p, s->name, s) : -1;
}

static bool
wants_auto(const struct loader *l, const struct brand_def *b, const struct node **search)
{
    static const enum section secs[] = { SEC_BRANDS, SEC_TOPICS, SEC_COMPETITORS };
    bool wants = !b->is_competitor;

    for (size_t s = 0; s < 3; s++)
        for (const struct part *p = l->parts[secs[s]]; p; p = p->next) {
            const struct node *map = node_get(p->value, b->name);
            const struct node *n = node_get(map, "auto");
            if (n)
                parse_bool(n->text, &wants);
            if (map)
                *search = node_get(map, "search");
        }
    return wants;
}

static int
auto_all(struct loader *l, const struct node *list)
{
    int rc = 0;

    for (size_t i = 0; i < l->c->rules.n_brands; i++) {
        const struct brand_def *b = &l->c->rules.brands[i];
        const struct node *search = NULL;
        struct fill_in f;
        if (!b->name || !wants_auto(l, b, &search))
            continue;
        if (make_fill_in(l, b, search && search->kind == NODE_SCALAR ? search->text.p : NULL, &f))
            return -1;
        for (const struct item *k = list->first; k; k = k->next) {
            const struct node *options = node_get(k->value, "options");
            if (!f.hashtag.n && node_get(options, "hashtag"))
                continue; /* a name without a letter makes no hashtag */
            if (auto_one(l, k->value, &f, b->name))
                rc = -1;
        }
    }
    return rc;
}

/* ---- all ------------------------------------------------------------------------------ */

/* Whether the automatic ones are wanted: by default, as `sources: auto`, or as a key. */
static int
is_auto_wanted(struct loader *l, bool *out)
{
    int rc = 0;

    *out = !l->parts[SEC_SOURCES];
    for (const struct part *p = l->parts[SEC_SOURCES]; p; p = p->next) {
        const struct node *n = p->value;
        if (n->kind == NODE_SCALAR && str_eq_z(n->text, "auto"))
            *out = true;
        else if (n->kind == NODE_SCALAR && !str_eq_z(n->text, "none"))
            rc = load_error(l, n, "`sources` is auto, none, or a map of sources, not %s",
                            load_show(l, n->text));
        else if (n->kind == NODE_LIST)
            rc = load_error(l, n, "`sources` is a map, NAME: {plugin: ...}, not a list");
        n = node_get(n, "auto");
        if (n && (n->kind != NODE_SCALAR || parse_bool(n->text, out)))
            rc = load_error(l, n, "\"auto\" of `sources` is true or false");
    }
    return rc;
}

/* Rules that name their sources were read before; now all names are known. */
static int
check_rule_sources(struct loader *l)
{
    int rc = 0;

    for (const struct part *p = l->parts[SEC_RULES]; p; p = p->next)
        for (const struct item *i = p->value->first; i && !i->key; i = i->next)
            if (names_check(l, NAMES_SOURCES, node_get(i->value, "sources"), "source"))
                rc = -1;
    return rc;
}

int
load_sources(struct loader *l)
{
    bool is_auto = false;
    int rc = is_auto_wanted(l, &is_auto);
    const struct node *list = is_auto && !rc ? auto_list(l) : NULL;
    size_t max = load_count(l->parts[SEC_SOURCES]) + (list ? list->n * l->c->rules.n_brands : 0);
    struct source_conf *v = arena_array(l->keep, max + 1, sizeof(*v));

    if (!v)
        return load_nomem(l);
    l->c->sources = v;
    for (const struct part *p = l->parts[SEC_SOURCES]; p; p = p->next)
        for (const struct item *i = p->value->first; i && i->key; i = i->next)
            if (!str_eq_z(i->key->text, "auto") && read_source(l, i, &v[l->c->n_sources++]))
                rc = -1;
    if (list && auto_all(l, list))
        rc = -1;
    return check_rule_sources(l) ? -1 : rc;
}
