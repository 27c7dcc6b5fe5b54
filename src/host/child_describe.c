/* child_describe.c - prints what a plugin says of itself and which locks hold it. */
#include "host/child_describe.h"

#include <unistd.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/parse.h"

const char *
option_type_name(uint32_t type)
{
    static const char *const names[] = { "unknown", "string", "int", "bool", "duration", "enum",
                                         "url",     "list",   "map", "path", "command",  "secret" };

    return names[type < sizeof names / sizeof *names ? type : 0];
}

static const char *
kind_name(uint32_t kind)
{
    return kind == TOCSIN_KIND_SOURCE ? "source" : "notifier";
}

/* ---- JSON ------------------------------------------------------------------- */

static void
json_option(struct jout *j, const struct tocsin_option *o)
{
    jout_object(j);
    jout_kz(j, "name", o->name);
    jout_kz(j, "type", option_type_name(o->type));
    jout_kbool(j, "required", o->required);
    jout_kz(j, "default", o->dflt);
    if (o->min || o->max) {
        jout_ki64(j, "min", o->min);
        jout_ki64(j, "max", o->max);
    }
    if (o->choices)
        jout_kz(j, "choices", o->choices);
    jout_kz(j, "help", o->help);
    jout_object_end(j);
}

static void
json_plugin(struct jout *j, const struct plugin_info *p)
{
    jout_kz(j, "name", p->name);
    jout_kz(j, "kind", kind_name(p->kind));
    jout_kz(j, "version", p->version);
    jout_kz(j, "summary", p->summary);
    jout_ki64(j, "every_ms", p->every_ms);
    jout_ki64(j, "at_least_ms", p->at_least_ms);
    jout_kbool(j, "local", p->traits & TOCSIN_TRAIT_LOCAL);
    jout_key(j, "hosts");
    jout_array(j);
    for (size_t i = 0; i < p->hosts.n; i++)
        jout_z(j, p->hosts.v[i]);
    jout_array_end(j);
    jout_key(j, "options");
    jout_array(j);
    for (size_t i = 0; i < p->n_options; i++)
        json_option(j, &p->options[i]);
    jout_array_end(j);
    jout_kz(j, "example", p->example);
}

static void
json_locks(struct jout *j, const struct locks *l)
{
    jout_key(j, "locks");
    jout_array(j);
    for (size_t i = 0; i < l->n; i++) {
        jout_object(j);
        jout_kz(j, "name", l->v[i].name);
        jout_kbool(j, "in_force", l->v[i].is_in_force);
        jout_kz(j, "note", l->v[i].note);
        jout_object_end(j);
    }
    jout_array_end(j);
}

static void
as_json(struct buf *b, const struct child *c)
{
    struct jout j;

    jout_begin(&j, b);
    jout_object(&j);
    if (c->path)
        json_plugin(&j, &c->plugin.info);
    json_locks(&j, &c->locks);
    jout_object_end(&j);
    buf_char(b, '\n');
}

/* ---- text -------------------------------------------------------------------- */

static void
text_option(struct buf *b, const struct tocsin_option *o)
{
    buf_fmt(b, "  %-16s %-8s ", o->name, option_type_name(o->type));
    if (o->required)
        buf_z(b, "required  ");
    escape_terminal(b, str_z(o->help));
    if (o->dflt) {
        buf_z(b, " (");
        escape_terminal(b, str_z(o->dflt));
        buf_char(b, ')');
    }
    if (o->choices) {
        buf_z(b, " [");
        escape_terminal(b, str_z(o->choices));
        buf_char(b, ']');
    }
    buf_char(b, '\n');
}

static void
text_plugin(struct buf *b, const struct plugin_info *p)
{
    buf_fmt(b, "%s, a %s: ", p->name, kind_name(p->kind));
    escape_terminal(b, str_z(p->summary));
    buf_z(b, "\nversion: ");
    escape_terminal(b, str_z(p->version));
    if (p->every_ms) {
        buf_z(b, "\nevery: ");
        format_duration(b, p->every_ms);
    }
    buf_z(b, "\nhosts:");
    for (size_t i = 0; i < p->hosts.n; i++) {
        buf_char(b, ' ');
        escape_terminal(b, str_z(p->hosts.v[i]));
    }
    buf_z(b, "\noptions:\n");
    for (size_t i = 0; i < p->n_options; i++)
        text_option(b, &p->options[i]);
    buf_z(b, "example:\n");
    escape_terminal_lines(b, str_z(p->example));
    buf_char(b, '\n');
}

static void
text_locks(struct buf *b, const struct locks *l)
{
    buf_z(b, "locks:\n");
    for (size_t i = 0; i < l->n; i++)
        buf_fmt(b, "  %-3s %-24s %s\n", l->v[i].is_in_force ? "yes" : "no", l->v[i].name,
                l->v[i].note);
}

static void
as_text(struct buf *b, const struct child *c)
{
    if (c->path)
        text_plugin(b, &c->plugin.info);
    text_locks(b, &c->locks);
}

int
child_describe(const struct child *c, bool is_json)
{
    struct buf b;
    size_t done = 0;
    int rc;

    buf_init(&b, 4u << 20);
    (is_json ? as_json : as_text)(&b, c);
    rc = b.failed ? -1 : 0;
    while (rc == 0 && done < b.n) {
        ssize_t n = write(STDOUT_FILENO, b.p + done, b.n - done);

        if (n <= 0)
            rc = -1;
        else
            done += (size_t)n;
    }
    buf_free(&b);
    return rc;
}
