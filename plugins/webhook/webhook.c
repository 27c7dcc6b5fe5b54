/* The webhook plugin: alerts as signed JSON to a URL. */
#include <stdlib.h>

#include "../common/alert.h"
#include "../common/jsonfix.h"

#define OWN_HEADERS 4
#define MAX_HEADERS 32

struct webhook_conf {
    const char *url, *method;
    struct tocsin_ref secret;
    struct tocsin_map headers;
};

struct webhook {
    const struct tocsin_host *h;
    const struct webhook_conf *conf;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("url", struct webhook_conf, url, .required = 1,
                   .help = "address that gets the alerts"),
    TOCSIN_OPT_SECRET("secret", struct webhook_conf, secret,
                      .help = "signs the body: X-Tocsin-Signature: sha256=HEX (HMAC-SHA256)"),
    TOCSIN_OPT_MAP("headers", struct webhook_conf, headers,
                   .help = "further headers, name: value; secrets do not belong here"),
    TOCSIN_OPT_ENUM("method", struct webhook_conf, method, "POST PUT", .dflt = "POST",
                    .help = "HTTP method"),
};

static int
webhook_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    const struct webhook_conf *c = conf;
    struct webhook *w;

    if (c->headers.n > MAX_HEADERS - OWN_HEADERS)
        return h->fail(t, TOCSIN_BADCONF, "`headers` has more than %d entries",
                       MAX_HEADERS - OWN_HEADERS);
    w = malloc(sizeof(*w));
    if (!w)
        return TOCSIN_NOMEM;
    w->h = h;
    w->conf = conf;
    *self = w;
    return TOCSIN_OK;
}

static void
webhook_close(void *self)
{
    free(self);
}

/* Our headers stand last; the operator's own have the same form. */
static size_t
add_own_headers(const struct webhook *w, struct tocsin_header *headers, struct tocsin_part *parts)
{
    size_t n = 0;

    for (size_t i = 0; i < w->conf->headers.n; i++, n++) {
        parts[n] = (struct tocsin_part){ .text = slice_z(w->conf->headers.v[i].value) };
        headers[n] = (struct tocsin_header){ w->conf->headers.v[i].name, { &parts[n], 1 } };
    }
    return n;
}

static int
webhook_render(void *self, struct tocsin_turn *t, const struct tocsin_alert *a)
{
    struct webhook *w = self;
    char *json = alert_json(a);
    const struct tocsin_part url = { .text = slice_z(w->conf->url) };
    const struct tocsin_part body = { .text = slice_z(json) };
    const struct tocsin_part type = { .text = slice_z("application/json") };
    const struct tocsin_part key = { .text = slice_z(a->key) };
    const struct tocsin_part event = { .text = slice_z(alert_event_name(a->event)) };
    const struct tocsin_part signature[] = {
        { .text = slice_z("sha256=") }, { .kind = TOCSIN_PART_HMAC_SHA256, .name = "secret" }
    };
    struct tocsin_part values[MAX_HEADERS];
    struct tocsin_header headers[MAX_HEADERS];
    size_t n = add_own_headers(w, headers, values);
    struct tocsin_request q = { .size = sizeof(q) };
    int rc;

    headers[n++] = (struct tocsin_header){ "Content-Type", { &type, 1 } };
    headers[n++] = (struct tocsin_header){ "Idempotency-Key", { &key, 1 } };
    headers[n++] = (struct tocsin_header){ "X-Tocsin-Event", { &event, 1 } };
    if (w->conf->secret.is_set)
        headers[n++] = (struct tocsin_header){ "X-Tocsin-Signature", { signature, 2 } };
    q.flags = TOCSIN_REQ_ANY_STATUS;
    q.method = w->conf->method;
    q.url = (struct tocsin_parts){ &url, 1 };
    q.headers = headers;
    q.n_headers = n;
    q.body = (struct tocsin_parts){ &body, 1 };
    rc = json ? w->h->request(t, &q) : TOCSIN_NOMEM;
    free(json);
    return rc;
}

static int
webhook_judge(void *self, struct tocsin_turn *t, const struct tocsin_alert *a,
              const struct tocsin_response *r)
{
    struct webhook *w = self;
    struct tocsin_str said = slice_upto(r->body, slice_find_byte(r->body, '\n'));
    int rc;

    (void)a;
    if (said.n > 0 && said.p[0] == '<') /* a page for people */
        said.n = 0;
    rc = alert_judge_http(w->h, t, r, "the webhook", said);
    return rc == TOCSIN_OK ? w->h->delivered(t, slice_z("")) : rc;
}

static int
webhook_warm_up(void)
{
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .open = webhook_open,
    .close = webhook_close,
    .render = webhook_render,
    .judge = webhook_judge,
};

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_NOTIFIER),
    .name = "webhook",
    .version = "0.1",
    .summary = "alerts as signed JSON to a URL",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct webhook_conf),
    .ops = &notifier,
    .warm_up = webhook_warm_up,
    .example = "secrets: {hook: {file: /etc/tocsin/hook.secret}}\n"
               "notifiers:\n"
               "  desk: {plugin: webhook, options: {url: https://desk.example/in, secret: hook}}\n",
};
