/* plugin - what plugins there are, and their manuals. */
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "config/manual.h"
#include "engine.h"

static const char *const columns[] = { "plugin", "kind", "version", "summary", "path" };
#define N_COLUMNS (sizeof columns / sizeof *columns)

static void
put_row(struct table *t, struct plugins *all, const char *name)
{
    const struct plugin_info *p = NULL;
    struct err err = { 0 };
    bool works = plugins_get(all, name, &p, &err) == 0;

    table_z(t, name);
    table_z(t, !works ? "broken" : p->kind == TOCSIN_KIND_SOURCE ? "source" : "notifier");
    table_z(t, works ? p->version : "");
    table_z(t, works ? p->summary : err.msg);
    table_z(t, works ? p->path : "");
}

int
cmd_plugin_list(const struct args *a)
{
    struct plugins *all = NULL;
    struct err err = { 0 };
    struct table *t;
    struct word_list names;
    int rc;

    if (plugins_new(&all, install_host_program(), install_plugin_folders(), &err) != 0)
        return cli_fail(&err);
    t = table_new(a->format, columns, N_COLUMNS);
    names = plugins_names(all);
    for (size_t i = 0; t && i < names.n; i++)
        put_row(t, all, names.v[i]);
    rc = t ? table_end(t, "no plugins; is Tocsin installed?") : -1;
    plugins_free(all);
    return rc == 0 ? EX_OK : EX_OSERR;
}

int
cmd_plugin_info(const struct args *a)
{
    struct plugins *all = NULL;
    struct err err = { 0 };
    const struct plugin_info *p;
    struct buf b;
    int rc;

    if (plugins_new(&all, install_host_program(), install_plugin_folders(), &err) != 0)
        return cli_fail(&err);
    rc = plugins_get(all, a->words[0], &p, &err);
    if (rc == 0) {
        buf_init(&b, 1 << 20);
        manual_plugin(&b, p);
        fputs(buf_cstr(&b), stdout);
        buf_free(&b);
    }
    plugins_free(all);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
