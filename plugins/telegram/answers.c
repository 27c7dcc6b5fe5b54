/* What was pressed below Telegram messages: getUpdates, asked for, never pushed. */
#include <stdio.h>

#include "../common/jsonfix.h"
#include "../common/plain.h"
#include "telegram.h"

#define UPDATES_MAX 100
#define TOKEN_MAX 62
#define TAG_SEEN 1 /* tells the telephone that its press arrived */

int
telegram_poll(void *self, struct tocsin_turn *t)
{
    struct telegram *g = self;
    json_t *holder = json_pack("{s:s}", "at", g->h->cursor(t));
    int64_t offset = jsonfix_int(holder, "at", 0);
    json_t *doc = json_pack("{s:i, s:i, s:[s]}", "timeout", 0, "limit", UPDATES_MAX,
                            "allowed_updates", "callback_query");

    json_decref(holder);
    if (offset > 0)
        json_object_set_new(doc, "offset", json_integer(offset));
    return telegram_ask(g, t, "getUpdates", 0, doc);
}

/* "@name", else the first name; as text to be shown. */
static void
put_by(struct sbuf *b, const json_t *query)
{
    const json_t *from = json_object_get(query, "from");
    struct tocsin_str user = jsonfix_str(from, "username");

    if (user.n > 0)
        sbuf_char(b, '@');
    plain_put(b, user.n ? user : jsonfix_str(from, "first_name"), 0, 64);
    sbuf_put(b, "", 1);
}

static bool
is_token(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!slice_is_alpha(s.p[i]) && !slice_is_digit(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
            return false;
    return s.n > 0 && s.n <= TOKEN_MAX;
}

static int
tell_seen(const struct telegram *g, struct tocsin_turn *t, const json_t *query)
{
    struct tocsin_str id = jsonfix_str(query, "id");

    if (id.n == 0 || id.n > 64)
        return TOCSIN_OK;
    return telegram_ask(g, t, "answerCallbackQuery", TAG_SEEN,
                        json_pack("{s:s%}", "callback_query_id", id.p, id.n));
}

static int
take_query(const struct telegram *g, struct tocsin_turn *t, const json_t *query)
{
    struct tocsin_str data = jsonfix_str(query, "data"), given = slice_from(data, 2);
    const char *action = data.n > 2 && data.p[1] == ':' ? telegram_action(data.p[0]) : NULL;
    struct sbuf by = { .max = 1024 };
    char token[TOKEN_MAX + 1];
    struct tocsin_answer answer = { .size = sizeof(answer), .action = action, .token = token };
    int rc;

    if (!action || !is_token(given))
        return TOCSIN_OK; /* somebody else's button */
    snprintf(token, sizeof(token), "%.*s", (int)given.n, given.p);
    put_by(&by, query);
    answer.by = by.is_failed ? "" : by.p;
    rc = g->h->answer(t, &answer);
    sbuf_free(&by);
    return rc == TOCSIN_OK ? tell_seen(g, t, query) : rc;
}

/* Goes on behind the newest update that was taken. */
static int
take_updates(const struct telegram *g, struct tocsin_turn *t, const json_t *list)
{
    const json_t *update;
    int64_t next = 0;
    int rc = TOCSIN_OK;
    char cursor[24];
    size_t i;

    json_array_foreach(list, i, update)
    {
        int64_t id = jsonfix_int(update, "update_id", -1);

        if (i >= UPDATES_MAX || rc != TOCSIN_OK)
            break;
        if (id < 0 || id == INT64_MAX)
            continue;
        rc = take_query(g, t, json_object_get(update, "callback_query"));
        if (rc == TOCSIN_OK && id >= next)
            next = id + 1;
    }
    if (next == 0)
        return rc;
    snprintf(cursor, sizeof(cursor), "%lld", (long long)next);
    return g->h->set_cursor(t, slice_z(cursor));
}

int
telegram_answers(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct telegram *g = self;
    char why[160];
    json_t *doc;
    int rc;

    if (r->tag == TAG_SEEN)
        return TOCSIN_OK;
    doc = jsonfix_load(r->body, why, sizeof(why));
    rc = telegram_check(g, t, r, doc);
    if (rc == TOCSIN_OK)
        rc = take_updates(g, t, json_object_get(doc, "result"));
    json_decref(doc);
    return rc;
}
