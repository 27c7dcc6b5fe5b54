/* ask - a request to the daemon from name and value pairs. */
#include <stdio.h>
#include <sysexits.h>

#include "base/json.h"
#include "cli/cli.h"
#include "control/control.h"

static void
write_args(struct buf *b, const struct pair *pairs, size_t n)
{
    struct jout j;

    jout_begin(&j, b);
    jout_object(&j);
    for (size_t i = 0; i < n; i++)
        if (pairs[i].value.p)
            jout_kstr(&j, pairs[i].name, pairs[i].value);
    jout_object_end(&j);
}

int
cli_ask(const struct args *a, const char *what, const struct pair *pairs, size_t n, bool or_do,
        const char *done)
{
    struct cli_config c;
    struct err err = { 0 };
    struct buf args, reply;
    int rc;

    if (cli_load(&c, a, &err) != 0)
        return cli_fail(&err);
    buf_init(&args, 16 << 20);
    buf_init(&reply, 16 << 20);
    write_args(&args, pairs, n);
    if (or_do)
        rc = control_ask_or_do(c.config, what, buf_cstr(&args), &reply, &err);
    else
        rc = control_ask(c.config->socket_path, what, buf_cstr(&args), &reply, &err);
    if (rc == 0 && done)
        printf("%s\n", done);
    buf_free(&args);
    buf_free(&reply);
    cli_unload(&c);
    return rc == 0 ? EX_OK : cli_fail(&err);
}

int
cmd_reload(const struct args *a)
{
    return cli_ask(a, "reload", NULL, 0, false, "tocsind has read its configuration again");
}

int
cmd_stop(const struct args *a)
{
    return cli_ask(a, "stop", NULL, 0, false, "tocsind ends");
}

int
cmd_notify_test(const struct args *a)
{
    struct pair p = { "notifier", str_z(a->words[0]) };

    return cli_ask(a, "notify.test", &p, 1, false, "delivered");
}
