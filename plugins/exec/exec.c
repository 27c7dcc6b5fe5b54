/* The exec plugin: hands alerts to a program of the operator. */
#include <stdlib.h>

#include "../common/alert.h"
#include "../common/jsonfix.h"
#include "../common/utf8fix.h"

#define HANDLE_MAX 1024
#define EX_TEMPFAIL_ 75 /* sysexits.h */

struct exec_conf {
    struct tocsin_ref command;
};

struct exec {
    const struct tocsin_host *h;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_COMMAND("command", struct exec_conf, command, .required = 1,
                       .help = "program and arguments; it gets the alert as JSON on stdin"),
};

static int
exec_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    struct exec *x = malloc(sizeof(*x));

    (void)t;
    (void)conf;
    if (!x)
        return TOCSIN_NOMEM;
    x->h = h;
    *self = x;
    return TOCSIN_OK;
}

static void
exec_close(void *self)
{
    free(self);
}

static int
exec_render(void *self, struct tocsin_turn *t, const struct tocsin_alert *a)
{
    struct exec *x = self;
    char *json = alert_json(a);
    const struct tocsin_part body[] = { { .text = slice_z(json) }, { .text = slice_z("\n") } };
    const struct tocsin_request q = {
        .size = sizeof(q),
        .kind = TOCSIN_REQ_EXEC,
        .flags = TOCSIN_REQ_ANY_STATUS,
        .option = "command",
        .body = { body, 2 },
    };
    int rc = json ? x->h->request(t, &q) : TOCSIN_NOMEM;

    free(json);
    return rc;
}

/* The first line of what the program wrote. */
static struct tocsin_str
find_handle(struct tocsin_str out)
{
    struct tocsin_str line = slice_trim(slice_upto(out, slice_find_byte(out, '\n')));

    line.n = utf8fix_cut(line.p, line.n, HANDLE_MAX);
    return utf8fix_clean_prefix(line.p, line.n) == line.n ? line : slice_z("");
}

static int
exec_judge(void *self, struct tocsin_turn *t, const struct tocsin_alert *a,
           const struct tocsin_response *r)
{
    struct exec *x = self;

    (void)a;
    if (r->status == 0)
        return x->h->delivered(t, find_handle(r->body));
    if (r->status == EX_TEMPFAIL_)
        return x->h->fail(t, TOCSIN_RETRY, "the program asks to be called again (exit code 75)");
    if (r->status > 128)
        return x->h->fail(t, TOCSIN_RETRY, "the program was ended by signal %d",
                          (int)r->status - 128);
    return x->h->fail(t, TOCSIN_BADDATA,
                      "the program rejected the alert (exit code %d; 75 would have asked for "
                      "another try); its stderr is in the log",
                      (int)r->status);
}

static int
exec_warm_up(void)
{
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .open = exec_open,
    .close = exec_close,
    .render = exec_render,
    .judge = exec_judge,
};

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_NOTIFIER),
    .name = "exec",
    .version = "0.1",
    .summary = "alerts handed to a program of yours as JSON",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct exec_conf),
    .ops = &notifier,
    .warm_up = exec_warm_up,
    .example = "notifiers:\n"
               "  bell: {plugin: exec, options: {command: [/usr/local/bin/ring-bell, --loud]}}\n",
};
