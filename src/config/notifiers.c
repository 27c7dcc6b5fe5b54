/* Reads notifiers, and makes them from short forms like mailto:me@acme.example. */
#include "base/url.h"
#include "config/load.h"
#include "config/settings.h"

struct notifier_raw {
    const struct node *plugin, *options;
    int detail;
    struct who_raw who;
};
static const struct setting notifier_keys[] = {
    S_NODE("plugin", struct notifier_raw, plugin, .required = true, .help = "the kind of notifier"),
    S_NODE("options", struct notifier_raw, options, .help = "the plugin's own options"),
    S_NODE("hosts", struct notifier_raw, who.hosts,
           .help = "hosts it may talk to beside those of its options; -name takes one away"),
    S_BOOL("allow_private", struct notifier_raw, who.allow_private,
           .help = "may talk to private and loopback addresses"),
    S_ENUM("detail", struct notifier_raw, detail, "full brief link",
           .help = "how much of a post leaves this machine"),
    S_URL("proxy", struct notifier_raw, who.proxy, .help = "HTTP proxy, http://host:port"),
    S_NODE("secret_env", struct notifier_raw, who.secret_env,
           .help = "secret options that a program gets as environment"),
};
const struct settings settings_notifier = SETTINGS("notifier", notifier_keys);

static struct notifier_made *
make_notifier(struct loader *l, const struct node *at, const char *name,
              const struct plugin_seen *p, const struct node *options, const char *title,
              const struct notifier_raw *raw)
{
    struct notifier_made *m = arena_alloc(l->tree, sizeof(*m));
    const char *subject = arena_fmt(l->keep, "notifier=%s", name);

    if (!m || !subject) {
        load_nomem(l);
        return NULL;
    }
    m->conf.name = name;
    m->conf.plugin = p->info;
    m->conf.detail = (enum detail)raw->detail;
    m->conf.reaches_only_here = (p->info->traits & TOCSIN_TRAIT_LOCAL) != 0;
    m->conf.at = node_place(at);
    if (load_options(l, p, options, at, title, &m->conf.options) ||
        load_who(l, p, &raw->who, &m->conf.options, subject, &m->conf.who))
        return NULL;
    *l->notifiers_tail = m;
    l->notifiers_tail = &m->next;
    l->n_notifiers++;
    return m;
}

static int
read_notifier(struct loader *l, const struct item *i)
{
    struct notifier_raw raw = { 0 };
    const struct plugin_seen *p;
    const char *name = load_text(l, i->key);
    const char *title = arena_fmt(l->tree, "notifier %.*s", STR_FMT(i->key->text));
    int rc;

    if (!name || !title)
        return load_nomem(l);
    rc = settings_read(l, &settings_notifier, i->value, i->key, title, &raw);
    if (!raw.plugin)
        return -1;
    if (raw.plugin->kind != NODE_SCALAR)
        return load_error(l, raw.plugin, "\"plugin\" needs a name, not %s",
                          node_kind_name(raw.plugin));
    p = load_plugin(l, raw.plugin, TOCSIN_KIND_NOTIFIER, false);
    if (!p || !make_notifier(l, i->key, name, p, raw.options, title, &raw))
        rc = -1;
    return rc;
}

int
load_notifiers(struct loader *l)
{
    int rc = 0;

    for (const struct part *p = l->parts[SEC_NOTIFIERS]; p; p = p->next)
        for (const struct item *i = p->value->first; i && i->key; i = i->next)
            if (read_notifier(l, i))
                rc = -1;
    return rc;
}

/* ---- short forms ------------------------------------------------------------- */

/* What a short form says: a plugin, and up to two of its options. */
struct form {
    const char *plugin, *name;
    const char *option[2];
    struct tocsin_str value[2];
    const char *secret; /* name that is taken for the plugin's secret, beside the plugin's own */
};

static const char *
tree_fmt(struct loader *l, const char *head, struct tocsin_str tail)
{
    return arena_fmt(l->tree, "%s%.*s", head, STR_FMT(tail));
}

static int
read_mailto(struct loader *l, struct tocsin_str rest, struct form *f)
{
    *f =
        (struct form){ .plugin = "email", .option = { "to" }, .value = { rest }, .secret = "smtp" };
    f->name = tree_fmt(l, "", rest);
    return str_find(rest, STR_LIT("@"), 0) != SIZE_MAX ? 0 : -1;
}

static int
read_ntfy(struct loader *l, struct tocsin_str rest, struct form *f)
{
    *f = (struct form){ .plugin = "ntfy", .option = { "topic" } };
    if (str_starts(rest, STR_LIT("//"))) {
        struct tocsin_str topic = str_sub(rest, 2, rest.n), server = str_cut(&topic, '/');
        f->option[1] = "server";
        f->value[1] = str_z(tree_fmt(l, "https://", server));
        rest = topic;
    }
    f->value[0] = rest;
    f->name = tree_fmt(l, "ntfy-", rest);
    return rest.n && str_find(rest, STR_LIT("/"), 0) == SIZE_MAX ? 0 : -1;
}

static int
read_webhook(struct loader *l, struct tocsin_str url, struct form *f)
{
    *f = (struct form){ .plugin = "webhook", .option = { "url" }, .value = { url } };
    f->name = tree_fmt(l, "webhook-", url_host(url));
    return url_is_web(url) ? 0 : -1;
}

static int
read_telegram(struct loader *l, struct tocsin_str rest, struct form *f)
{
    *f = (struct form){ .plugin = "telegram", .option = { "chat" }, .value = { rest } };
    f->name = tree_fmt(l, "telegram-", rest);
    return rest.n ? 0 : -1;
}

static int
read_terminal(struct loader *l, struct tocsin_str rest, struct form *f)
{
    (void)l;
    *f = (struct form){ .plugin = "terminal", .name = "terminal" };
    return rest.n ? -1 : 0;
}

static const struct {
    const char *head;
    bool is_whole; /* the head belongs to the value */
    int (*read)(struct loader *, struct tocsin_str, struct form *);
} forms[] = {
    { "mailto:", false, read_mailto },     { "ntfy:", false, read_ntfy },
    { "https://", true, read_webhook },    { "http://", true, read_webhook },
    { "telegram:", false, read_telegram }, { "terminal", false, read_terminal },
};

static int
read_form(struct loader *l, struct tocsin_str s, struct form *f)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct tocsin_str head = str_z(forms[i].head);
        if (str_starts(s, head))
            return forms[i].read(l, forms[i].is_whole ? s : str_sub(s, head.n, s.n), f);
    }
    return -1;
}

static int
put(struct loader *l, const struct node *at, struct node *map, const char *key,
    struct tocsin_str value)
{
    struct item *i = arena_alloc(l->tree, sizeof(*i));

    if (!i || !(i->key = node_make(l->tree, at, str_z(key))) ||
        !(i->value = node_make(l->tree, at, value)))
        return load_nomem(l);
    i->next = map->first;
    map->first = i;
    map->n++;
    return 0;
}

/* A short form's secrets are those named PLUGIN-OPTION, else PLUGIN (for mail also: smtp). */
static int
put_secrets(struct loader *l, const struct node *at, const struct plugin_seen *p, const char *other,
            struct node *map)
{
    for (size_t i = 0; i < p->info->n_options; i++) {
        const struct tocsin_option *o = &p->info->options[i];
        const char *names[3] = { NULL, p->info->name, other };
        if (o->type != TOCSIN_T_SECRET)
            continue;
        names[0] = arena_fmt(l->tree, "%s-%s", p->info->name, o->name);
        for (size_t k = 0; k < 3; k++) {
            if (!names[k] || !hash_find(l->secrets, str_z(names[k])))
                continue;
            if (put(l, at, map, o->name, str_z(names[k])))
                return -1;
            break;
        }
    }
    return 0;
}

/* The name of the notifier that the short form makes, the same for the same form. */
static const char *
make_form(struct loader *l, const struct node *n, const struct form *f)
{
    const struct notifier_raw raw = { 0 };
    struct node plugin = *n, *options = node_make(l->tree, n, STR_NONE);
    const struct plugin_seen *p;
    const char *title, *name = arena_z(l->keep, str_z(f->name));

    plugin.text = str_z(f->plugin);
    p = load_plugin(l, &plugin, TOCSIN_KIND_NOTIFIER, false);
    if (!p || !options || !name)
        return NULL;
    options->kind = NODE_MAP;
    for (size_t i = 0; i < 2; i++)
        if (f->option[i] && put(l, n, options, f->option[i], f->value[i]))
            return NULL;
    title = arena_fmt(l->tree, "notifier %s", name);
    if (!title || put_secrets(l, n, p, f->secret, options))
        return NULL;
    return make_notifier(l, n, name, p, options, title, &raw) ? name : NULL;
}

/* Another form under the same name gets a number behind it. */
static int
settle_name(struct loader *l, const struct node *n, struct form *f)
{
    const char *base = f->name;

    for (int i = 2; f->name && names_find(l, NAMES_TARGETS, str_z(f->name)); i++)
        f->name = arena_fmt(l->tree, "%s-%d", base, i);
    if (!f->name || hash_set(l->names[NAMES_TARGETS], str_z(f->name), (void *)(uintptr_t)n, NULL) ||
        hash_set(l->names[NAMES_NOTIFIERS], str_z(f->name), (void *)(uintptr_t)n, NULL))
        return load_nomem(l);
    return 0;
}

const char *
load_receiver(struct loader *l, const struct node *n, enum names kind)
{
    struct form f = { 0 };
    const char *name;

    if (n->kind != NODE_SCALAR) {
        load_error(l, n, "\"notify\" needs names, not %s", node_kind_name(n));
        return NULL;
    }
    if (names_find(l, kind, n->text))
        return load_text(l, n);
    name = hash_find(l->forms, n->text);
    if (name)
        return name;
    if (read_form(l, n->text, &f)) {
        load_error(l, n,
                   "%s is neither the name of a notifier nor one of mailto:ADDRESS, "
                   "ntfy:TOPIC, ntfy://SERVER/TOPIC, https://..., telegram:CHAT and "
                   "terminal%s",
                   load_show(l, n->text), names_hint(l, kind, n->text));
        return NULL;
    }
    if (settle_name(l, n, &f))
        return NULL;
    name = make_form(l, n, &f);
    if (name && hash_set(l->forms, n->text, (void *)(uintptr_t)name, NULL))
        load_nomem(l);
    return name;
}

/* One or many receivers, short forms made into notifiers. */
int
load_receivers(struct loader *l, const struct node *n, enum names kind, struct word_list *out)
{
    const struct item one = { .value = (struct node *)(uintptr_t)n };
    const struct item *first = n->kind == NODE_LIST ? n->first : &one;
    const char **v = arena_array(l->keep, (n->kind == NODE_LIST ? n->n : 1) + 1, sizeof(*v));
    int rc = 0;

    if (!v)
        return load_nomem(l);
    out->v = v;
    out->n = 0;
    for (const struct item *i = first; i; i = i->next) {
        const char *name = load_receiver(l, i->value, kind);
        if (name)
            v[out->n++] = name;
        else
            rc = -1;
    }
    return rc;
}

/* The top-level `notify:` of all files, joined. */
int
load_notify(struct loader *l)
{
    struct word_list all = { 0 };
    const char **v;
    size_t max = 0;
    int rc = 0;

    for (const struct part *p = l->parts[SEC_NOTIFY]; p; p = p->next)
        max += p->value->kind == NODE_LIST ? p->value->n : 1;
    v = arena_array(l->keep, max + 1, sizeof(*v));
    if (!v)
        return load_nomem(l);
    for (const struct part *p = l->parts[SEC_NOTIFY]; p; p = p->next) {
        if (load_receivers(l, p->value, NAMES_NOTIFIERS, &all))
            rc = -1;
        for (size_t i = 0; i < all.n; i++)
            v[l->c->notify.n++] = all.v[i];
    }
    l->c->notify.v = v;
    return rc;
}
