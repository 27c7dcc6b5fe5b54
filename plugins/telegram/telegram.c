/* The telegram plugin: alerts as messages of a bot, answered by their buttons. */
#include "telegram.h"

#include <stdio.h>
#include <stdlib.h>

#include "../common/alert.h"
#include "../common/jsonfix.h"
#include "../common/query.h"

static const struct tocsin_option options[] = {
    TOCSIN_OPT_SECRET("token", struct telegram_conf, token, .required = 1,
                      .help = "token of the bot, as its maker gave it"),
    TOCSIN_OPT_STRING("chat", struct telegram_conf, chat, .required = 1,
                      .help = "id of the chat, or @name of a channel"),
    TOCSIN_OPT_URL("server", struct telegram_conf, server, .dflt = "https://api.telegram.org",
                   .help = "address of the bot API, for a server of one's own"),
};

static int
telegram_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    struct telegram *g = calloc(1, sizeof(*g));

    (void)t;
    if (!g)
        return TOCSIN_NOMEM;
    g->h = h;
    g->conf = conf;
    g->server = query_base(g->conf->server);
    *self = g;
    return TOCSIN_OK;
}

static void
telegram_close(void *self)
{
    free(self);
}

int
telegram_ask(const struct telegram *g, struct tocsin_turn *t, const char *method, uint32_t tag,
             json_t *doc)
{
    char *json = alert_dump(doc);
    const struct tocsin_part url[] = { { .text = g->server },
                                       { .text = slice_z("/bot") },
                                       { .kind = TOCSIN_PART_SECRET, .name = "token" },
                                       { .text = slice_z("/") },
                                       { .text = slice_z(method) } };
    const struct tocsin_part body = { .text = slice_z(json) };
    const struct tocsin_part type = { .text = slice_z("application/json") };
    const struct tocsin_header header = { "Content-Type", { &type, 1 } };
    const struct tocsin_request q = {
        .size = sizeof(q),
        .flags = TOCSIN_REQ_ANY_STATUS,
        .tag = tag,
        .method = "POST",
        .url = { url, sizeof(url) / sizeof(url[0]) },
        .headers = &header,
        .n_headers = 1,
        .body = { &body, 1 },
    };
    int rc = json ? g->h->request(t, &q) : TOCSIN_NOMEM;

    free(json);
    return rc;
}

static int
telegram_render(void *self, struct tocsin_turn *t, const struct tocsin_alert *a)
{
    if (a->event == TOCSIN_EVENT_PROVE)
        return telegram_ask(self, t, "getMe", 0, json_object());
    return telegram_ask(self, t, "sendMessage", 0, telegram_message(self, a));
}

/* ---- judgement ------------------------------------------------------------------- */

static int
judge_refusal(const struct telegram *g, struct tocsin_turn *t, const struct tocsin_response *r,
              const json_t *doc)
{
    const json_t *more = json_object_get(doc, "parameters");
    struct tocsin_str said = jsonfix_str(doc, "description");
    struct tocsin_response like = *r;
    int64_t chat = jsonfix_int(more, "migrate_to_chat_id", 0);

    like.status = (int32_t)jsonfix_int(doc, "error_code", r->status);
    if (like.status < 300)
        like.status = 500;
    if (chat != 0)
        return g->h->fail(t, TOCSIN_BADDATA, "the group became a supergroup: set `chat: \"%lld\"`",
                          (long long)chat);
    if (like.status == 404)
        return g->h->fail(t, TOCSIN_DENIED,
                          "Telegram knows no bot with this token (404); look at "
                          "the secret that `token` names");
    if (like.status == 403)
        return g->h->fail(t, TOCSIN_BADDATA,
                          "Telegram lets the bot not write to `chat` (403): start the bot there, "
                          "or let it into the group");
    if (like.status == 429)
        alert_wait(g->h, t, jsonfix_int(more, "retry_after", 0), "Telegram");
    return alert_judge_http(g->h, t, &like, "Telegram", said);
}

int
telegram_check(const struct telegram *g, struct tocsin_turn *t, const struct tocsin_response *r,
               const json_t *doc)
{
    if (json_is_true(json_object_get(doc, "ok")) && r->status >= 200 && r->status < 300)
        return TOCSIN_OK;
    if (json_is_object(doc))
        return judge_refusal(g, t, r, doc);
    if (r->status >= 200 && r->status < 300)
        return g->h->fail(t, TOCSIN_BADDATA,
                          "what answered is not Telegram's bot API; look at `server`");
    return alert_judge_http(g->h, t, r, "Telegram", slice_z(""));
}

static int
telegram_judge(void *self, struct tocsin_turn *t, const struct tocsin_alert *a,
               const struct tocsin_response *r)
{
    struct telegram *g = self;
    char why[160], room[24];
    json_t *doc = jsonfix_load(r->body, why, sizeof(why));
    const json_t *result = json_object_get(doc, "result");
    int rc = telegram_check(g, t, r, doc);

    (void)a;
    if (rc == TOCSIN_OK)
        rc = g->h->delivered(t, json_is_integer(json_object_get(result, "message_id"))
                                    ? jsonfix_id(json_object_get(result, "message_id"), room)
                                    : slice_z(""));
    json_decref(doc);
    return rc;
}

static int
telegram_warm_up(void)
{
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .open = telegram_open,
    .close = telegram_close,
    .render = telegram_render,
    .judge = telegram_judge,
    .poll = telegram_poll,
    .answers = telegram_answers,
};

static const char *const hosts[] = { "api.telegram.org", NULL };

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_NOTIFIER),
    .name = "telegram",
    .version = "0.1",
    .summary = "messages of a Telegram bot, answered by their buttons",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct telegram_conf),
    .ops = &notifier,
    .hosts = hosts,
    .warm_up = telegram_warm_up,
    .example = "secrets: {telegram: {file: /etc/tocsin/telegram.secret}}\n"
               "notifiers:\n"
               "  desk: {plugin: telegram, options: {token: telegram, chat: \"-1001234567890\"}}\n",
};
