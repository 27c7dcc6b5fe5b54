/* doctor - what this machine gives, and what is missing. */
#include <curl/curl.h>
#include <stdio.h>
#include <sysexits.h>

#include "cli/cli.h"
#include "control/control.h"
#include "engine.h"

static void
say(const char *what, bool good, const char *detail)
{
    printf("%-10s %-5s %s\n", what, good ? "ok" : "BAD", detail);
}

static bool
check_plugins(void)
{
    struct plugins *all = NULL;
    struct err err = { 0 };
    struct word_list names;
    char line[64];
    size_t n_bad = 0;

    if (plugins_new(&all, install_host_program(), install_plugin_folders(), &err) != 0) {
        say("plugins", false, err.msg);
        return false;
    }
    names = plugins_names(all);
    for (size_t i = 0; i < names.n; i++) {
        const struct plugin_info *p;
        if (plugins_get(all, names.v[i], &p, &err) == 0)
            continue;
        n_bad++;
        say("plugin", false, err.msg);
    }
    snprintf(line, sizeof line, "%zu found, %zu broken", names.n, n_bad);
    say("plugins", n_bad == 0 && names.n > 0, line);
    plugins_free(all);
    return n_bad == 0;
}

/* Each mechanism that keeps plugins in; a kernel without one still runs, less safely. */
static void
show_locks(void)
{
    struct plugins *all = NULL;
    struct err err = { 0 };
    struct arena *a = arena_new(1 << 20);
    const struct host_lock *locks = NULL;
    size_t n = 0;

    if (!a || plugins_new(&all, install_host_program(), install_plugin_folders(), &err) != 0 ||
        plugins_locks(all, a, &locks, &n, &err) != 0)
        say("sandbox", false, err.msg);
    for (size_t i = 0; i < n; i++)
        printf("%-10s %-5s %s%s%s\n", "sandbox", locks[i].is_in_force ? "ok" : "none",
               locks[i].name, locks[i].note[0] ? ": " : "", locks[i].note);
    if (all)
        plugins_free(all);
    arena_free(a);
}

static bool
check_state(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct buf reply;
    bool good;

    if (cli_load(&c, a, &err) != 0) {
        say("config", false, err.msg);
        return false;
    }
    say("config", true, c.config->path);
    good = store_open(&s, c.config->state_dir, STORE_READER, &clock_system, &err) == 0 &&
           store_check(s, &err) == 0;
    say("store", good, good ? c.config->state_dir : err.msg);
    store_close(s);
    buf_init(&reply, 1 << 20);
    err = (struct err){ 0 };
    if (control_ask(c.config->socket_path, "status", NULL, &reply, &err) == 0)
        say("tocsind", true, c.config->socket_path);
    else
        say("tocsind", false, err.msg);
    good = good && err.code == ERR_NONE;
    buf_free(&reply);
    cli_unload(&c);
    return good;
}

int
cmd_doctor(const struct args *a)
{
    bool good;

    say("curl", true, curl_version());
    show_locks();
    good = check_plugins();
    good = check_state(a) && good;
    return good ? EX_OK : EX_UNAVAILABLE;
}
