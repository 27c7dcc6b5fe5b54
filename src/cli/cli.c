/* cli - opening things for a command, and telling what went wrong. */
#include "cli/cli.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "engine.h"

int
cli_fail(const struct err *err)
{
    fprintf(stderr, "tocsin: %s\n", err->msg);
    return err_exit_code(err) ? err_exit_code(err) : EX_SOFTWARE;
}

static void
print_errors(const struct findings *f)
{
    struct buf b;

    if (findings_count(f, true) == 0)
        return;
    buf_init(&b, 1 << 20);
    findings_print(f, &b);
    fputs(buf_cstr(&b), stderr);
    buf_free(&b);
}

static int
load_file(struct cli_config *out, const char *path, const struct args *a, struct err *err)
{
    struct findings *f = findings_new();
    struct config_options o = { .data_dir = install_data_dir(), .state_dir = a->state };
    int rc = -1;

    if (!f)
        return err_set(err, ERR_NOMEM, "no memory for the configuration");
    if (plugins_new(&out->plugins, install_host_program(), install_plugin_folders(), err) == 0) {
        o.plugins = out->plugins;
        o.without_secrets = true; /* the daemon reads them; a command needs none */
        rc = config_load(&out->config, path, &o, f);
        print_errors(f);
        if (rc != 0)
            err_set(err, ERR_CONFIG, "%s is wrong", path);
    }
    findings_free(f);
    return rc;
}

int
cli_load(struct cli_config *out, const struct args *a, struct err *err)
{
    struct buf path;
    int rc;

    *out = (struct cli_config){ 0 };
    buf_init(&path, 4096);
    rc = a->config ? buf_z(&path, a->config) : config_find(&path, err);
    if (rc == 0)
        rc = load_file(out, buf_cstr(&path), a, err);
    buf_free(&path);
    if (rc != 0)
        cli_unload(out);
    return rc;
}

void
cli_unload(struct cli_config *c)
{
    config_free(c->config);
    if (c->plugins)
        plugins_free(c->plugins);
    *c = (struct cli_config){ 0 };
}

int
cli_open(struct cli_config *c, struct store **s, const struct args *a, struct err *err)
{
    *s = NULL;
    if (cli_load(c, a, err) != 0)
        return -1; /* what was loaded has been freed */
    if (store_open(s, c->config->state_dir, STORE_READER, &clock_system, err) == 0)
        return 0;
    if (err->code == ERR_NOTFOUND)
        err_set(err, ERR_NOTFOUND, "nothing is stored in %s yet; start `tocsind -f -c %s`",
                c->config->state_dir, c->config->path);
    cli_unload(c);
    return -1;
}

void
cli_close(struct cli_config *c, struct store *s)
{
    store_close(s);
    cli_unload(c);
}

struct tocsin_str
cli_by(const struct args *a)
{
    const struct passwd *pw;

    if (a->by)
        return str_z(a->by);
    pw = getpwuid(getuid());
    return str_z(pw ? pw->pw_name : "somebody");
}

int
cli_id(const char *word, int64_t *out, struct err *err)
{
    if (parse_i64(str_z(word), out) == 0 && *out > 0)
        return 0;
    return err_set(err, ERR_USAGE, "\"%s\" is no id: ids are whole numbers, as the lists show them",
                   word);
}

bool
cli_has_colour(void)
{
    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}
