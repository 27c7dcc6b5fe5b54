/* check - validates the configuration, without network. */
#include <stdio.h>
#include <sysexits.h>

#include "base/parse.h"
#include "cli/cli.h"
#include "engine.h"
#include "schedule/schedule.h"

static void
print_sources(const struct config *c)
{
    for (size_t i = 0; i < c->n_sources; i++) {
        const char *why;
        int64_t ms = schedule_interval(&c->sources[i], &why);
        struct buf b;
        buf_init(&b, 128);
        format_duration(&b, ms);
        printf("  %-24s %-12s every %s (%s)\n", c->sources[i].name, c->sources[i].plugin->name,
               buf_cstr(&b), why);
        buf_free(&b);
    }
}

static void
print_summary(const struct config *c)
{
    printf("%s is right: %zu brands, %zu sources, %zu rules, %zu notifiers\n", c->path,
           c->rules.n_brands, c->n_sources, c->rules.n_rules, c->n_notifiers);
    print_sources(c);
}

static int
check(const char *path, struct plugins *plugins, struct findings *f)
{
    struct setup *s = NULL;
    struct config_options o = { .plugins = plugins, .data_dir = install_data_dir() };
    struct buf b;
    int rc = setup_load(&s, path, &o, f);

    buf_init(&b, 4 << 20);
    findings_print(f, &b);
    fputs(buf_cstr(&b), stderr);
    buf_free(&b);
    if (rc == 0)
        print_summary(s->config);
    else
        fprintf(stderr, "%s: %zu errors\n", path, findings_count(f, true));
    setup_unref(s);
    return rc == 0 ? EX_OK : EX_CONFIG;
}

int
cmd_check(const struct args *a)
{
    struct plugins *plugins = NULL;
    struct findings *f = findings_new();
    struct err err = { 0 };
    struct buf path;
    int rc = -1;

    buf_init(&path, 4096);
    if (!f)
        err_set(&err, ERR_NOMEM, "no memory");
    else if ((a->config ? buf_z(&path, a->config) : config_find(&path, &err)) == 0 &&
             plugins_new(&plugins, install_host_program(), install_plugin_folders(), &err) == 0)
        rc = check(buf_cstr(&path), plugins, f);
    if (plugins)
        plugins_free(plugins);
    findings_free(f);
    buf_free(&path);
    return rc >= 0 ? rc : cli_fail(&err);
}
