/* The ntfy plugin: alerts as push messages, whose buttons answer through a second topic. */
#include <stdio.h>
#include <stdlib.h>

#include "../common/alert.h"
#include "../common/jsonfix.h"
#include "../common/plain.h"
#include "../common/query.h"

#define TOPIC_MAX 64
#define TITLE_MAX 200
#define MESSAGE_BYTES 3900 /* the service makes an attachment of what is over 4096 */
#define BUTTONS_MAX 3
#define ANSWERS_MAX 100
#define TOKEN_MAX 64
#define POLL_GAP_MS 9000 /* public servers allow a request each 5 s, for everything together */

struct ntfy_conf {
    const char *server, *topic, *reply_topic;
    struct tocsin_ref token;
    bool full;
};

struct ntfy {
    const struct tocsin_host *h;
    const struct ntfy_conf *conf;
    struct tocsin_str server; /* without the last slash */
    char reply_topic[TOPIC_MAX + 1];
    int64_t polled_ms;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("topic", struct ntfy_conf, topic, .required = 1,
                      .help = "topic that rings; choose a name nobody can guess"),
    TOCSIN_OPT_URL("server", struct ntfy_conf, server, .dflt = "https://ntfy.sh",
                   .help = "address of the ntfy server"),
    TOCSIN_OPT_SECRET("token", struct ntfy_conf, token, .help = "access token of the server"),
    TOCSIN_OPT_STRING("reply_topic", struct ntfy_conf, reply_topic,
                      .help = "topic to which the buttons answer; default: TOPIC-reply"),
    TOCSIN_OPT_BOOL("full", struct ntfy_conf, full, .dflt = "false",
                    .help = "send quote and history even without a token, when others may read"),
};

static bool
is_name(struct tocsin_str s, size_t max)
{
    for (size_t i = 0; i < s.n; i++)
        if (!slice_is_alpha(s.p[i]) && !slice_is_digit(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
            return false;
    return s.n > 0 && s.n <= max;
}

static int
ntfy_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    const struct ntfy_conf *c = conf;
    struct ntfy *y;
    int n;

    if (!is_name(slice_z(c->topic), TOPIC_MAX))
        return h->fail(t, TOCSIN_BADCONF,
                       "`topic` has letters, digits, - and _ only, at most %d of them", TOPIC_MAX);
    y = calloc(1, sizeof(*y));
    if (!y)
        return TOCSIN_NOMEM;
    y->h = h;
    y->conf = c;
    y->server = query_base(c->server);
    n = snprintf(y->reply_topic, sizeof(y->reply_topic), "%s%s",
                 c->reply_topic ? c->reply_topic : c->topic, c->reply_topic ? "" : "-reply");
    if (n >= (int)sizeof(y->reply_topic) || !is_name(slice_z(y->reply_topic), TOPIC_MAX)) {
        free(y);
        return h->fail(t, TOCSIN_BADCONF,
                       "`reply_topic` (or the topic and \"-reply\") has letters, digits, - and _ "
                       "only, at most %d of them",
                       TOPIC_MAX);
    }
    *self = y;
    return TOCSIN_OK;
}

static void
ntfy_close(void *self)
{
    free(self);
}

/* ---- the message ------------------------------------------------------------- */

/* A button posts its one-time token to the reply topic; nothing else is in it. */
static json_t *
make_button(const struct ntfy *y, const struct tocsin_action *act)
{
    char url[2048];

    snprintf(url, sizeof(url), "%.*s/%s", (int)y->server.n, y->server.p, y->reply_topic);
    return json_pack("{s:s, s:o, s:s, s:s, s:o, s:b}", "action", "http", "label",
                     alert_json_str(slice_z(act->label)), "url", url, "method", "POST", "body",
                     alert_json_str(slice_z(act->token)), "clear", 1);
}

static json_t *
make_buttons(const struct ntfy *y, const struct tocsin_alert *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->n_actions && i < BUTTONS_MAX; i++)
        json_array_append_new(list, make_button(y, &a->actions[i]));
    return list;
}

static bool
shows_all(const struct ntfy *y)
{
    return y->conf->token.is_set || y->conf->full;
}

static void
write_message(const struct ntfy *y, const struct tocsin_alert *a, struct sbuf *b)
{
    char id[64];

    if (shows_all(y) && alert_is_quiet(a->event)) {
        plain_put_z(b, alert_now(a), 0, 500);
    } else if (shows_all(y)) {
        if (a->quote.n) {
            plain_put(b, a->quote, PLAIN_LINES, 1000);
            sbuf_z(b, "\n\n");
        }
        for (size_t i = 0; i < a->n_facts; i++) {
            plain_put_z(b, a->facts[i].label, 0, 40);
            sbuf_z(b, ": ");
            plain_put_z(b, a->facts[i].value, 0, 300);
            sbuf_char(b, '\n');
        }
    }
    if (b->n == 0) {
        snprintf(id, sizeof(id), "Alert %lld", (long long)a->id);
        sbuf_z(b, id);
    }
}

static const char *
find_tag(const struct tocsin_alert *a)
{
    if (a->event == TOCSIN_EVENT_TAKEN || a->event == TOCSIN_EVENT_RESOLVED)
        return "white_check_mark";
    return a->priority >= 5 ? "rotating_light" : a->priority >= 3 ? "bell" : "eyes";
}

static json_t *
make_text(const struct ntfy *y, const struct tocsin_alert *a)
{
    struct sbuf b = { .max = 64 * 1024 };
    struct tocsin_str text;
    json_t *v;

    write_message(y, a, &b);
    text = slice_trim(sbuf_get(&b));
    text.n = plain_cut(text, MESSAGE_BYTES);
    v = b.is_failed ? NULL : alert_json_str(text);
    sbuf_free(&b);
    return v;
}

static json_t *
make_title(const struct tocsin_alert *a)
{
    struct sbuf b = { .max = 4096 };
    json_t *v;

    sbuf_z(&b, alert_lead(a->event));
    plain_put_z(&b, a->headline, 0, TITLE_MAX);
    v = b.is_failed ? NULL : alert_json_str(sbuf_get(&b));
    sbuf_free(&b);
    return v;
}

static char *
make_body(const struct ntfy *y, const struct tocsin_alert *a)
{
    int priority = a->priority >= 1 && a->priority <= 5 ? (int)a->priority : 3;
    json_t *o = json_pack("{s:s, s:o, s:o, s:i, s:[s]}", "topic", y->conf->topic, "title",
                          make_title(a), "message", make_text(y, a), "priority",
                          alert_is_quiet(a->event) ? 2 : priority, "tags", find_tag(a));

    if (!o)
        return NULL;
    if (plain_is_link(slice_z(a->url)))
        json_object_set_new(o, "click", json_string(a->url));
    if (a->n_actions > 0 && !alert_is_quiet(a->event))
        json_object_set_new(o, "actions", make_buttons(y, a));
    return alert_dump(o);
}

/* ---- requests -------------------------------------------------------------------- */

/* `json` NULL: GET. */
static int
ask(const struct ntfy *y, struct tocsin_turn *t, const char *path, const char *json)
{
    const struct tocsin_part url[] = { { .text = y->server }, { .text = slice_z(path) } };
    const struct tocsin_part body = { .text = slice_z(json) };
    const struct tocsin_part type = { .text = slice_z("application/json") };
    const struct tocsin_part login[] = { { .text = slice_z("Bearer ") },
                                         { .kind = TOCSIN_PART_SECRET, .name = "token" } };
    struct tocsin_header headers[2];
    size_t n = 0;
    struct tocsin_request q = { .size = sizeof(q), .flags = TOCSIN_REQ_ANY_STATUS };

    if (json)
        headers[n++] = (struct tocsin_header){ "Content-Type", { &type, 1 } };
    if (y->conf->token.is_set)
        headers[n++] = (struct tocsin_header){ "Authorization", { login, 2 } };
    q.method = json ? "POST" : NULL;
    q.url = (struct tocsin_parts){ url, 2 };
    q.headers = headers;
    q.n_headers = n;
    q.body = (struct tocsin_parts){ &body, json ? 1 : 0 };
    return y->h->request(t, &q);
}

static int
ntfy_render(void *self, struct tocsin_turn *t, const struct tocsin_alert *a)
{
    struct ntfy *y = self;
    char *json;
    int rc;

    if (a->event == TOCSIN_EVENT_PROVE)
        return ask(y, t, "/v1/health", NULL);
    json = make_body(y, a);
    rc = json ? ask(y, t, "/", json) : TOCSIN_NOMEM;
    free(json);
    return rc;
}

static int
ntfy_judge(void *self, struct tocsin_turn *t, const struct tocsin_alert *a,
           const struct tocsin_response *r)
{
    struct ntfy *y = self;
    char why[160];
    json_t *doc = jsonfix_load(r->body, why, sizeof(why));
    struct tocsin_str id = jsonfix_str(doc, "id");
    int rc = alert_judge_http(y->h, t, r, "the ntfy server", jsonfix_str(doc, "error"));

    if (rc == TOCSIN_OK && a->event == TOCSIN_EVENT_PROVE)
        rc = json_is_true(json_object_get(doc, "healthy"))
                 ? y->h->delivered(t, slice_z(""))
                 : y->h->fail(t, TOCSIN_RETRY, "the ntfy server says that it is not healthy");
    else if (rc == TOCSIN_OK && is_name(id, TOKEN_MAX))
        rc = y->h->delivered(t, id);
    else if (rc == TOCSIN_OK)
        rc = y->h->fail(t, TOCSIN_BADDATA,
                        "what answered is no ntfy server: its message has no id; look at `server`");
    json_decref(doc);
    return rc;
}

/* ---- answers ------------------------------------------------------------------------ */

static int
ntfy_poll(void *self, struct tocsin_turn *t)
{
    struct ntfy *y = self;
    struct tocsin_str since = slice_z(y->h->cursor(t));
    int64_t now = y->h->now_ms(t);
    char path[256];

    if (y->polled_ms && now >= y->polled_ms && now - y->polled_ms < POLL_GAP_MS)
        return TOCSIN_OK;
    y->polled_ms = now;
    if (!is_name(since, TOKEN_MAX))
        since = slice_z("all");
    snprintf(path, sizeof(path), "/%s/json?poll=1&since=%.*s", y->reply_topic, (int)since.n,
             since.p);
    return ask(y, t, path, NULL);
}

/* A line of the reply topic. Gives the id of the message, empty for what is none. */
static struct tocsin_str
read_line(const struct ntfy *y, struct tocsin_turn *t, const json_t *doc, int *rc)
{
    struct tocsin_str text = slice_trim(jsonfix_str(doc, "message"));
    struct tocsin_str id = jsonfix_str(doc, "id");
    char token[TOKEN_MAX + 1];
    const struct tocsin_answer answer = { .size = sizeof(answer), .token = token };

    if (!slice_eq_z(jsonfix_str(doc, "event"), "message") || !is_name(id, TOKEN_MAX))
        return slice_z("");
    if (is_name(text, TOKEN_MAX)) { /* anybody may write there: the rest is not for us */
        snprintf(token, sizeof(token), "%.*s", (int)text.n, text.p);
        *rc = y->h->answer(t, &answer);
    }
    return id;
}

static int
ntfy_answers(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct ntfy *y = self;
    struct tocsin_str rest = r->body;
    char last[TOKEN_MAX + 1] = "", why[160];
    int rc = alert_judge_http(y->h, t, r, "the ntfy server", slice_z(""));

    for (int n = 0; rc == TOCSIN_OK && rest.n > 0 && n < ANSWERS_MAX; n++) {
        size_t at = slice_find_byte(rest, '\n');
        json_t *doc = jsonfix_load(slice_upto(rest, at), why, sizeof(why));
        struct tocsin_str id = read_line(y, t, doc, &rc);

        if (rc == TOCSIN_OK && id.n > 0)
            snprintf(last, sizeof(last), "%.*s", (int)id.n, id.p);
        json_decref(doc);
        rest = slice_from(rest, at + 1);
    }
    if (last[0] && (rc == TOCSIN_OK || rc == TOCSIN_FULL))
        return y->h->set_cursor(t, slice_z(last));
    return rc;
}

static int
ntfy_warm_up(void)
{
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .open = ntfy_open,
    .close = ntfy_close,
    .render = ntfy_render,
    .judge = ntfy_judge,
    .poll = ntfy_poll,
    .answers = ntfy_answers,
};

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_NOTIFIER),
    .name = "ntfy",
    .version = "0.1",
    .summary = "push messages through an ntfy server, answered by their buttons",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct ntfy_conf),
    .ops = &notifier,
    .warm_up = ntfy_warm_up,
    .example = "notifiers:\n"
               "  ana-phone: {plugin: ntfy, options: {topic: acme-bell-4f81c2}}\n",
};
