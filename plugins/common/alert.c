/* Words, JSON and judgement that all notifiers share. */
#include "alert.h"

#include <stdio.h>
#include <stdlib.h>

#include "plain.h"
#include "stamp.h"
#include "status.h"
#include "utf8fix.h"

#define SAID_MAX 200
#define DAY_S 86400

static const struct {
    const char *name, *lead;
} events[] = {
    [TOCSIN_EVENT_RING] = { "ring", "" },
    [TOCSIN_EVENT_UPDATE] = { "update", "Again: " },
    [TOCSIN_EVENT_TAKEN] = { "taken", "Taken: " },
    [TOCSIN_EVENT_RESOLVED] = { "resolved", "Resolved: " },
    [TOCSIN_EVENT_DIGEST] = { "digest", "" },
    [TOCSIN_EVENT_TEST] = { "test", "" },
    [TOCSIN_EVENT_PROVE] = { "prove", "" },
};

const char *
alert_event_name(uint32_t event)
{
    return event < sizeof(events) / sizeof(events[0]) ? events[event].name : "other";
}

const char *
alert_lead(uint32_t event)
{
    return event < sizeof(events) / sizeof(events[0]) ? events[event].lead : "";
}

bool
alert_is_quiet(uint32_t event)
{
    return event == TOCSIN_EVENT_TAKEN || event == TOCSIN_EVENT_RESOLVED;
}

const char *
alert_now(const struct tocsin_alert *a)
{
    for (size_t i = 0; i < a->n_facts; i++)
        if (strcmp(a->facts[i].label, "Now") == 0)
            return a->facts[i].value;
    return "";
}

/* ---- JSON -------------------------------------------------------------------- */

json_t *
alert_json_str(struct tocsin_str s)
{
    size_t n = 0;
    char *text;
    json_t *v;

    if (s.n == 0)
        return json_string("");
    v = json_stringn(s.p, s.n);
    if (v)
        return v;
    text = utf8fix_repair(s.p, s.n, &n);
    v = text ? json_stringn(text, n) : NULL;
    free(text);
    return v;
}

static int
put_str(json_t *o, const char *key, struct tocsin_str s)
{
    return json_object_set_new(o, key, alert_json_str(s));
}

static int
put_z(json_t *o, const char *key, const char *z)
{
    return put_str(o, key, slice_z(z));
}

static int
put_time(json_t *o, const char *key, int64_t ms)
{
    char text[STAMP_ROOM];

    if (ms == 0)
        return 0;
    stamp_rfc3339(text, sizeof(text), ms);
    return put_z(o, key, text);
}

static json_t *
facts_json(const struct tocsin_alert *a)
{
    json_t *list = json_array();

    for (size_t i = 0; list && i < a->n_facts; i++) {
        json_t *o = json_object();

        put_z(o, "label", a->facts[i].label);
        put_z(o, "value", a->facts[i].value);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *
actions_json(const struct tocsin_alert *a)
{
    json_t *list = json_array();

    for (size_t i = 0; list && i < a->n_actions; i++) {
        json_t *o = json_object();

        put_z(o, "id", a->actions[i].id);
        put_z(o, "label", a->actions[i].label);
        put_z(o, "token", a->actions[i].token);
        json_array_append_new(list, o);
    }
    return list;
}

static int
put_words(json_t *o, const struct tocsin_alert *a)
{
    char id[24];

    snprintf(id, sizeof(id), "%lld", (long long)a->id);
    return put_z(o, "id", id) || put_z(o, "event", alert_event_name(a->event)) ||
           put_z(o, "key", a->key) || put_z(o, "thread", a->thread) ||
           put_z(o, "handle", a->handle) || put_z(o, "kind", a->kind) ||
           put_z(o, "level", a->level) || put_z(o, "level_word", a->level_word) ||
           put_z(o, "brand", a->brand) || put_z(o, "headline", a->headline) ||
           put_z(o, "who", a->who) || put_str(o, "quote", a->quote) || put_z(o, "url", a->url) ||
           put_str(o, "text", a->text) || put_z(o, "receiver", a->receiver);
}

static int
put_numbers(json_t *o, const struct tocsin_alert *a)
{
    return put_time(o, "first", a->first_ms) || put_time(o, "now", a->now_ms) ||
           json_object_set_new(o, "priority", json_integer(a->priority)) ||
           json_object_set_new(o, "step", json_integer(a->step)) ||
           json_object_set_new(o, "ring", json_integer(a->ring));
}

char *
alert_dump(json_t *doc)
{
    char *text = doc ? json_dumps(doc, JSON_COMPACT) : NULL;

    json_decref(doc);
    return text;
}

char *
alert_json(const struct tocsin_alert *a)
{
    json_t *o = json_object();

    if (put_words(o, a) || put_numbers(o, a) || json_object_set_new(o, "facts", facts_json(a)) ||
        json_object_set_new(o, "actions", actions_json(a))) {
        json_decref(o);
        return NULL;
    }
    return alert_dump(o);
}

/* ---- judgement ---------------------------------------------------------------- */

void
alert_wait(const struct tocsin_host *h, struct tocsin_turn *t, int64_t seconds, const char *why)
{
    if (seconds > DAY_S)
        seconds = DAY_S;
    if (seconds > 0)
        h->limit(t, h->now_ms(t) + seconds * 1000, why);
}

static int64_t
retry_after_s(const struct tocsin_response *r)
{
    struct tocsin_str v = status_header(r, "Retry-After");
    int64_t n = 0;

    if (v.n == 0 || v.n > 9)
        return 0;
    for (size_t i = 0; i < v.n; i++) {
        if (!slice_is_digit(v.p[i]))
            return 0;
        n = n * 10 + (v.p[i] - '0');
    }
    return n;
}

/* What a status means: what to return, and what to do about it. */
struct verdict {
    int status;
    const char *cure;
};

static struct verdict
find_verdict(int s)
{
    if (s == 429)
        return (struct verdict){ TOCSIN_LIMITED, "asks to send less often" };
    if (s == 401 || s == 403)
        return (struct verdict){ TOCSIN_DENIED, "refuses these credentials; look at the "
                                                "notifier's options" };
    if (s == 408 || s == 425 || s >= 500)
        return (struct verdict){ TOCSIN_RETRY, "is in trouble; it will be tried again" };
    return (struct verdict){ TOCSIN_BADDATA, "refuses the message; look at the notifier's "
                                             "options" };
}

int
alert_judge_http(const struct tocsin_host *h, struct tocsin_turn *t,
                 const struct tocsin_response *r, const char *service, struct tocsin_str said)
{
    struct sbuf words = { .max = SAID_MAX * 4 };
    struct verdict v;
    int rc;

    if (r->status >= 200 && r->status < 300)
        return TOCSIN_OK;
    v = find_verdict(r->status);
    if (v.status == TOCSIN_LIMITED || v.status == TOCSIN_RETRY)
        alert_wait(h, t, retry_after_s(r), service);
    plain_put(&words, said, 0, SAID_MAX);
    rc = h->fail(t, v.status, "%s %s (%d%s%.*s)", service, v.cure, r->status, words.n ? ": " : "",
                 (int)words.n, sbuf_get(&words).p);
    sbuf_free(&words);
    return rc;
}
