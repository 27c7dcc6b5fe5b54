/* child_load.c - dlopen, and the check of what a plugin says of itself. */
#include "host/child_load.h"

#include <dlfcn.h>
#include <stdalign.h>

#include "host/check.h"

enum { MAX_OPTIONS = 256, MAX_HOSTS = 256, MAX_CONF = 1 << 20 };

#define UP_TO(S, field) (offsetof(S, field) + sizeof(((S *)0)->field))

struct tocsin_str
plugin_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct tocsin_str name = str_z(slash ? slash + 1 : path);

    if (str_ends(name, STR_LIT(".so")))
        name.n -= 3;
    return name;
}

int
option_field(uint32_t type, size_t *size, size_t *align)
{
    static const struct {
        size_t size, align;
    } fields[] = {
#define FIELD(t) { sizeof(t), alignof(t) }
        [TOCSIN_T_STRING] = FIELD(const char *),
        [TOCSIN_T_INT] = FIELD(int64_t),
        [TOCSIN_T_BOOL] = FIELD(bool),
        [TOCSIN_T_DURATION] = FIELD(struct tocsin_duration),
        [TOCSIN_T_ENUM] = FIELD(const char *),
        [TOCSIN_T_URL] = FIELD(const char *),
        [TOCSIN_T_LIST] = FIELD(struct tocsin_list),
        [TOCSIN_T_MAP] = FIELD(struct tocsin_map),
        [TOCSIN_T_PATH] = FIELD(struct tocsin_ref),
        [TOCSIN_T_COMMAND] = FIELD(struct tocsin_ref),
        [TOCSIN_T_SECRET] = FIELD(struct tocsin_ref),
#undef FIELD
    };

    if (type == 0 || type >= sizeof fields / sizeof *fields)
        return -1;
    *size = fields[type].size;
    *align = fields[type].align;
    return 0;
}

/* Their table into ours: the shorter of the two lengths, the rest zero. */
static void
copy_sized(void *to, size_t ours, const void *from, size_t theirs)
{
    memset(to, 0, ours);
    memcpy(to, from, theirs < ours ? theirs : ours);
}

static int
check_option(const struct tocsin_option *o, size_t conf_size, struct err *err)
{
    size_t size, align;

    if (!is_plain_name(o->name))
        return err_set(err, ERR_UNAVAILABLE,
                       "an option has no name of the letters a-z, digits, - and _");
    if (option_field(o->type, &size, &align))
        return err_set(err, ERR_UNAVAILABLE,
                       "option %s: type %u is not known here: rebuild "
                       "tocsin, or the plugin for this version",
                       o->name, o->type);
    if (o->offset % align || o->offset > conf_size || conf_size - o->offset < size)
        return err_set(err, ERR_UNAVAILABLE,
                       "option %s: its field lies outside of conf_size: declare options with "
                       "the TOCSIN_OPT_ macros",
                       o->name);
    if (o->type == TOCSIN_T_ENUM && (!o->choices || !*o->choices))
        return err_set(err, ERR_UNAVAILABLE, "option %s: an enum without choices", o->name);
    return 0;
}

/* The option table, whose entries may be shorter or longer than ours. */
static int
copy_options(struct plugin_info *info, const struct tocsin_plugin *p, struct arena *a,
             struct err *err)
{
    const char *from = (const char *)p->options;
    struct tocsin_option *to;

    if (p->n_options > MAX_OPTIONS || (p->n_options && !p->options))
        return err_set(err, ERR_UNAVAILABLE, "%zu options: at most %d", p->n_options, MAX_OPTIONS);
    if (p->n_options && p->option_size < UP_TO(struct tocsin_option, offset))
        return err_set(err, ERR_UNAVAILABLE,
                       "option_size is missing: start the table with TOCSIN_PLUGIN_HEAD");
    to = arena_array(a, p->n_options, sizeof *to);
    if (!to)
        return err_set(err, ERR_NOMEM, "no memory for the options");
    for (size_t i = 0; i < p->n_options; i++) {
        copy_sized(&to[i], sizeof *to, from + i * p->option_size, p->option_size);
        if (check_option(&to[i], p->conf_size, err))
            return -1;
    }
    info->options = to;
    info->n_options = p->n_options;
    return 0;
}

static int
copy_hosts(struct plugin_info *info, const char *const *hosts, struct err *err)
{
    size_t n = 0;

    while (hosts && hosts[n]) {
        if (++n > MAX_HOSTS)
            return err_set(err, ERR_UNAVAILABLE, "over %d hosts: does the list end with NULL?",
                           MAX_HOSTS);
    }
    info->hosts = (struct word_list){ hosts, n };
    return 0;
}

static int
copy_calls(struct loaded *l, const struct tocsin_plugin *p, struct err *err)
{
    const uint32_t *size = p->ops; /* both kinds begin with it */

    if (!size)
        return err_set(err, ERR_UNAVAILABLE, "its table names no calls (ops)");
    if (p->kind == TOCSIN_KIND_SOURCE) {
        copy_sized(&l->source, sizeof l->source, p->ops, *size);
        if (!l->source.plan || !l->source.parse)
            return err_set(err, ERR_UNAVAILABLE, "a source needs plan and parse");
    } else if (p->kind == TOCSIN_KIND_NOTIFIER) {
        copy_sized(&l->notifier, sizeof l->notifier, p->ops, *size);
        if (!l->notifier.render || !l->notifier.judge)
            return err_set(err, ERR_UNAVAILABLE, "a notifier needs render and judge");
    } else {
        return err_set(err, ERR_UNAVAILABLE, "kind %u is neither source nor notifier", p->kind);
    }
    return 0;
}

static int
check_head(const struct tocsin_plugin *theirs, struct err *err)
{
    if (theirs->abi != TOCSIN_PLUGIN_ABI)
        return err_set(err, ERR_UNAVAILABLE,
                       "built for ABI %u, this is %u: rebuild it against this tocsin's header",
                       theirs->abi, TOCSIN_PLUGIN_ABI);
    if (theirs->size < UP_TO(struct tocsin_plugin, ops))
        return err_set(err, ERR_UNAVAILABLE,
                       "its table is too short: start it with TOCSIN_PLUGIN_HEAD");
    return 0;
}

static int
copy_tables(struct loaded *l, const struct tocsin_plugin *theirs, const char *path, struct arena *a,
            struct err *err)
{
    struct tocsin_plugin p;
    struct plugin_info *info = &l->info;

    copy_sized(&p, sizeof p, theirs, theirs->size);
    if (!is_plain_name(p.name) || !str_eq_z(plugin_file_name(path), p.name))
        return err_set(err, ERR_UNAVAILABLE, "calls itself \"%s\": name and file must agree",
                       p.name ? p.name : "");
    if (p.conf_size > MAX_CONF)
        return err_set(err, ERR_UNAVAILABLE, "conf_size is over 1 MB");
    *info = (struct plugin_info){
        .name = p.name,
        .version = p.version ? p.version : "",
        .summary = p.summary ? p.summary : "",
        .path = path,
        .example = p.example ? p.example : "",
        .kind = p.kind,
        .traits = p.traits,
        .every_ms = p.every_ms,
        .at_least_ms = p.at_least_ms,
    };
    l->conf_size = p.conf_size;
    l->warm_up = p.warm_up;
    if (copy_options(info, &p, a, err) || copy_hosts(info, p.hosts, err))
        return -1;
    return copy_calls(l, &p, err);
}

int
child_load(struct loaded *out, const char *path, struct arena *a, struct err *err)
{
    struct loaded l = { 0 };
    struct tocsin_str name = plugin_file_name(path);
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const struct tocsin_plugin *theirs;

    if (!object)
        return err_set(err, ERR_UNAVAILABLE, "plugin %.*s: %s", STR_FMT(name), dlerror());
    theirs = dlsym(object, "tocsin_plugin");
    if (!theirs)
        return err_set(err, ERR_UNAVAILABLE,
                       "plugin %.*s: %s is no tocsin plugin: it exports no tocsin_plugin",
                       STR_FMT(name), path);
    if (check_head(theirs, err) || copy_tables(&l, theirs, path, a, err))
        return err_prefix(err, "plugin %.*s", STR_FMT(name));
    *out = l;
    return 0;
}
