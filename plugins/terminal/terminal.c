/* The terminal plugin: alerts on the terminal of the daemon. */
#include <stdlib.h>

#include "../common/alert.h"

struct terminal {
    const struct tocsin_host *h;
};

static int
terminal_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    struct terminal *term = malloc(sizeof(*term));

    (void)t;
    (void)conf;
    if (!term)
        return TOCSIN_NOMEM;
    term->h = h;
    *self = term;
    return TOCSIN_OK;
}

static void
terminal_close(void *self)
{
    free(self);
}

/* The core makes what is printed harmless: nothing in it reaches the terminal as a command. */
static int
terminal_render(void *self, struct tocsin_turn *t, const struct tocsin_alert *a)
{
    struct terminal *term = self;
    const char *now = alert_now(a);
    bool is_quiet = alert_is_quiet(a->event);
    const struct tocsin_part body[] = {
        { .text = slice_z(alert_lead(a->event)) },
        { .text = is_quiet ? slice_z(a->headline) : a->text },
        { .text = slice_z(is_quiet && now[0] ? "\n" : "") },
        { .text = slice_z(is_quiet ? now : "") },
    };
    const struct tocsin_request q = {
        .size = sizeof(q),
        .kind = TOCSIN_REQ_PRINT,
        .body = { body, sizeof(body) / sizeof(body[0]) },
    };

    if (a->event == TOCSIN_EVENT_PROVE)
        return term->h->delivered(t, slice_z(""));
    return term->h->request(t, &q);
}

static int
terminal_judge(void *self, struct tocsin_turn *t, const struct tocsin_alert *a,
               const struct tocsin_response *r)
{
    struct terminal *term = self;

    (void)a;
    if (r->status != 200)
        return term->h->fail(t, TOCSIN_RETRY, "nothing was printed (%d)", (int)r->status);
    return term->h->delivered(t, slice_z(""));
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .open = terminal_open,
    .close = terminal_close,
    .render = terminal_render,
    .judge = terminal_judge,
};

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_NOTIFIER),
    .name = "terminal",
    .version = "0.1",
    .summary = "alerts on the terminal of the daemon",
    .conf_size = sizeof(struct terminal),
    .ops = &notifier,
    .example = "notifiers:\n"
               "  here: {plugin: terminal}\n",
    .traits = TOCSIN_TRAIT_LOCAL,
};
