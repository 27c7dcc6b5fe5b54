/* Prints the tables of settings and of plugin options as a manual. */
#include "config/manual.h"

#include "base/escape.h"
#include "base/parse.h"
#include "config/settings.h"

/* One key of either kind of table. */
struct key {
    const char *name, *type, *dflt, *choices, *help;
    int64_t min, max;
    bool is_required, is_time;
};

static void
put_number(struct buf *out, const struct key *k, int64_t v)
{
    if (k->is_time)
        format_duration(out, v);
    else
        buf_fmt(out, "%lld", (long long)v);
}

static void
put_key(struct buf *out, const struct key *k)
{
    buf_fmt(out, "    %-16s ", k->name);
    if (k->choices) {
        for (struct tocsin_str rest = str_z(k->choices); rest.n;) {
            escape_terminal(out, str_cut(&rest, ' '));
            buf_z(out, rest.n ? "|" : "");
        }
    } else {
        buf_z(out, k->type);
    }
    if (k->is_required)
        buf_z(out, ", required");
    if (k->min || k->max) {
        buf_z(out, ", ");
        put_number(out, k, k->min);
        buf_z(out, " to ");
        if (k->max)
            put_number(out, k, k->max);
        else
            buf_z(out, "any");
    }
    if (k->dflt) {
        buf_z(out, ", default ");
        escape_terminal(out, str_z(k->dflt));
    }
    buf_char(out, '\n');
    if (k->help && k->help[0]) {
        buf_fmt(out, "    %-16s ", "");
        escape_terminal(out, str_z(k->help));
        buf_char(out, '\n');
    }
}

static const char *
option_type(uint32_t type)
{
    static const char *const names[] = { "?",   "string", "int", "bool", "duration", "one of",
                                         "url", "list",   "map", "path", "command",  "secret" };

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "?";
}

/* Lines of the example, set in. */
static void
put_example(struct buf *out, const char *example)
{
    struct tocsin_str rest = str_z(example);

    buf_z(out, "\nExample\n");
    while (rest.n) {
        buf_z(out, "    ");
        escape_terminal(out, str_cut(&rest, '\n'));
        buf_char(out, '\n');
    }
}

static void
put_hosts(struct buf *out, const struct plugin_info *p)
{
    bool has_url = false;

    for (size_t i = 0; i < p->n_options; i++)
        has_url = has_url || p->options[i].type == TOCSIN_T_URL;
    buf_z(out, "\nHosts it may talk to\n");
    for (size_t i = 0; i < p->hosts.n; i++) {
        buf_z(out, "    ");
        escape_terminal(out, str_z(p->hosts.v[i]));
        buf_char(out, '\n');
    }
    if (has_url)
        buf_z(out, "    those of its options of type url\n");
    if (!has_url && !p->hosts.n)
        buf_z(out, "    none\n");
    buf_z(out, "    and what `hosts:` adds\n");
}

void
manual_plugin(struct buf *out, const struct plugin_info *p)
{
    bool is_source = p->kind == TOCSIN_KIND_SOURCE;

    escape_terminal(out, str_z(p->name));
    buf_z(out, p->version ? " " : "");
    escape_terminal(out, str_z(p->version));
    buf_fmt(out, " - a %s\n", is_source ? "source" : "notifier");
    if (p->summary) {
        escape_terminal(out, str_z(p->summary));
        buf_char(out, '\n');
    }
    if (is_source && p->every_ms) {
        buf_z(out, "Looks every ");
        format_duration(out, p->every_ms);
        if (p->at_least_ms) {
            buf_z(out, ", at most every ");
            format_duration(out, p->at_least_ms);
        }
        buf_z(out, "; `every:` says otherwise\n");
    }
    buf_z(out, "\nOptions\n");
    for (size_t i = 0; i < p->n_options; i++) {
        const struct tocsin_option *o = &p->options[i];
        put_key(out, &(struct key){ .name = o->name,
                                    .type = option_type(o->type),
                                    .dflt = o->dflt,
                                    .choices = o->choices,
                                    .help = o->help,
                                    .min = o->min,
                                    .max = o->max,
                                    .is_required = o->required != 0,
                                    .is_time = o->type == TOCSIN_T_DURATION });
    }
    if (!p->n_options)
        buf_z(out, "    none\n");
    put_hosts(out, p);
    if (p->example)
        put_example(out, p->example);
}

void
manual_settings(struct buf *out)
{
    static const char *const types[] = {
        [SET_STRING] = "string", [SET_URL] = "url",           [SET_PATH] = "path",
        [SET_INT] = "int",       [SET_DURATION] = "duration", [SET_TIME] = "time",
        [SET_NUMBER] = "number", [SET_BOOL] = "bool",         [SET_ENUM] = "one of",
        [SET_WORDS] = "list",    [SET_NODE] = "value",
    };

    for (size_t i = 0; settings_table(i); i++) {
        const struct settings *t = settings_table(i);
        buf_fmt(out, "%s%s\n", i ? "\n" : "", t->what);
        for (size_t k = 0; k < t->n; k++) {
            const struct setting *s = &t->v[k];
            put_key(out, &(struct key){ .name = s->name,
                                        .type = types[s->type],
                                        .dflt = s->dflt,
                                        .choices = s->choices,
                                        .help = s->help,
                                        .min = s->min,
                                        .max = s->max,
                                        .is_required = s->required,
                                        .is_time = s->type == SET_DURATION });
        }
    }
}
