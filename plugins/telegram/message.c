/* An alert as a Telegram message: HTML within its limit, and buttons. */
#include <stdio.h>

#include "../common/alert.h"
#include "../common/jsonfix.h"
#include "../common/link.h"
#include "../common/plain.h"
#include "telegram.h"

#define TEXT_UNITS 4096 /* UTF-16, after the markup was taken out */
#define QUOTE_UNITS 2000
#define DATA_MAX 64
#define HTML_MAX (128 * 1024)

/* Text with what is left of its room. */
struct text {
    struct sbuf b;
    size_t left;
};

static void
put(struct text *x, struct tocsin_str s, unsigned flags, size_t max)
{
    x->left -= plain_put(&x->b, s, flags | PLAIN_HTML, max < x->left ? max : x->left);
}

static void
put_z(struct text *x, const char *z, size_t max)
{
    put(x, slice_z(z), 0, max);
}

/* Our own line feeds. */
static void
put_lines(struct text *x, size_t n)
{
    for (; n > 0 && x->left > 0; n--, x->left--)
        sbuf_char(&x->b, '\n');
}

static void
put_headline(struct text *x, const struct tocsin_alert *a)
{
    sbuf_z(&x->b, "<b>");
    put_z(x, alert_lead(a->event), 40);
    put_z(x, a->headline, 300);
    sbuf_z(&x->b, "</b>");
}

static void
put_quote(struct text *x, const struct tocsin_alert *a)
{
    if (a->quote.n == 0)
        return;
    put_lines(x, 1);
    sbuf_z(&x->b, "<blockquote>");
    put(x, a->quote, PLAIN_LINES, QUOTE_UNITS);
    sbuf_z(&x->b, "</blockquote>");
}

static void
put_link(struct text *x, const struct tocsin_alert *a)
{
    struct tocsin_str url = slice_z(a->url);

    if (url.n > 2000 || !plain_is_link(url))
        return;
    put_lines(x, 1);
    sbuf_z(&x->b, "<a href=\"");
    plain_put(&x->b, url, PLAIN_HTML, url.n);
    sbuf_z(&x->b, "\">Open the post on ");
    x->left -= x->left < 17 ? x->left : 17;
    put(x, link_host(url), 0, 100);
    sbuf_z(&x->b, "</a>");
}

static void
put_facts(struct text *x, const struct tocsin_alert *a)
{
    if (a->n_facts > 0)
        put_lines(x, 1);
    for (size_t i = 0; i < a->n_facts && x->left > 100; i++) {
        put_lines(x, 1);
        sbuf_z(&x->b, "<b>");
        put_z(x, a->facts[i].label, 40);
        sbuf_z(&x->b, "</b>: ");
        x->left -= 2;
        put_z(x, a->facts[i].value, 400);
    }
}

static json_t *
make_text(const struct tocsin_alert *a)
{
    struct text x = { { .max = HTML_MAX }, TEXT_UNITS };
    json_t *v;

    put_headline(&x, a);
    if (alert_is_quiet(a->event)) {
        put_lines(&x, alert_now(a)[0] ? 1 : 0);
        put_z(&x, alert_now(a), 300);
    } else {
        put_quote(&x, a);
        put_link(&x, a);
        put_facts(&x, a);
    }
    v = x.b.is_failed ? NULL : alert_json_str(sbuf_get(&x.b));
    sbuf_free(&x.b);
    return v;
}

/* ---- buttons ------------------------------------------------------------------- */

static const struct {
    char letter;
    const char *action;
} letters[] = {
    { 'a', "ack" },
    { 'l', "later" },
    { 'f', "false-alarm" },
    { 'n', "not-about-us" },
};

char
telegram_letter(const char *action)
{
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        if (strcmp(letters[i].action, action) == 0)
            return letters[i].letter;
    return 0;
}

const char *
telegram_action(char letter)
{
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        if (letters[i].letter == letter)
            return letters[i].action;
    return NULL;
}

static void
add_button(json_t *rows, const struct tocsin_action *act)
{
    char data[DATA_MAX + 1], letter = telegram_letter(act->id);
    json_t *row = json_array_get(rows, json_array_size(rows) - 1);

    if (letter == 0 ||
        snprintf(data, sizeof(data), "%c:%s", letter, act->token) >= (int)sizeof(data))
        return;
    if (!row || json_array_size(row) == 2) {
        row = json_array();
        json_array_append_new(rows, row);
    }
    json_array_append_new(row, json_pack("{s:o, s:s}", "text", alert_json_str(slice_z(act->label)),
                                         "callback_data", data));
}

static json_t *
make_buttons(const struct tocsin_alert *a)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < a->n_actions; i++)
        add_button(rows, &a->actions[i]);
    return rows;
}

/* Later messages of an alert answer its first one. */
static void
put_reply(json_t *o, const struct tocsin_alert *a)
{
    json_t *holder = json_pack("{s:s}", "id", a->handle ? a->handle : "");
    int64_t id = jsonfix_int(holder, "id", 0);

    json_decref(holder);
    if (id > 0)
        json_object_set_new(o, "reply_parameters",
                            json_pack("{s:I, s:b}", "message_id", (json_int_t)id,
                                      "allow_sending_without_reply", 1));
}

json_t *
telegram_message(const struct telegram *g, const struct tocsin_alert *a)
{
    json_t *o = json_pack("{s:o, s:o, s:s, s:{s:b}}", "chat_id",
                          alert_json_str(slice_z(g->conf->chat)), "text", make_text(a),
                          "parse_mode", "HTML", "link_preview_options", "is_disabled", 1);

    if (!o)
        return NULL;
    if (alert_is_quiet(a->event) || a->event == TOCSIN_EVENT_DIGEST)
        json_object_set_new(o, "disable_notification", json_true());
    else if (a->n_actions > 0)
        json_object_set_new(o, "reply_markup",
                            json_pack("{s:o}", "inline_keyboard", make_buttons(a)));
    put_reply(o, a);
    return o;
}
