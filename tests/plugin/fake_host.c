/* Records what a plugin asks of the core as JSON. */
#include "plugin/fake_host.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/utf8.h"

#define MESSAGE_MAX 1024

const char *
fake_status_name(int status)
{
    static const char *const names[] = { "OK",      "RETRY",   "LIMITED", "DENIED",
                                         "BADDATA", "BADCONF", "NOMEM",   "FULL" };

    if (status > 0 || status < TOCSIN_FULL)
        return "?";
    return names[-status];
}

static void
record(struct tocsin_turn *t, const char *key, json_t *value)
{
    json_t *event = json_object();

    json_object_set_new(event, key, value);
    json_array_append_new(t->events, event);
}

/* Text that is not UTF-8 shows as such: no plugin may hand it over. */
static json_t *
text(struct tocsin_str s)
{
    if (!utf8_is_valid(s))
        return json_string("(not UTF-8)");
    return json_stringn(s.n ? s.p : "", s.n);
}

static void
put_text(json_t *o, const char *key, struct tocsin_str s)
{
    if (s.n > 0)
        json_object_set_new(o, key, text(s));
}

static void
put_time(json_t *o, const char *key, int64_t ms)
{
    struct buf b;

    if (ms == 0)
        return;
    buf_init(&b, 64);
    format_rfc3339(&b, ms);
    json_object_set_new(o, key, json_string(buf_cstr(&b)));
    buf_free(&b);
}

static json_t *
format_message(const char *fmt, va_list ap)
{
    char msg[MESSAGE_MAX];

    vsnprintf(msg, sizeof(msg), fmt, ap);
    return text(str_clip_utf8(str_z(msg), sizeof(msg) - 4));
}

/* ---- what is said ---------------------------------------------------------- */

static void host_log(struct tocsin_turn *, int, const char *, ...) TOCSIN_PRINTF(3, 4);
static int host_fail(struct tocsin_turn *, int, const char *, ...) TOCSIN_PRINTF(3, 4);
static void host_partial(struct tocsin_turn *, const char *, ...) TOCSIN_PRINTF(2, 3);

static void
host_log(struct tocsin_turn *t, int level, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (t->logs_are_kept && level >= TOCSIN_LOG_INFO)
        record(t, "log", format_message(fmt, ap));
    va_end(ap);
}

static int
host_fail(struct tocsin_turn *t, int status, const char *fmt, ...)
{
    va_list ap;

    assert(status < 0);
    va_start(ap, fmt);
    record(t, "fail", format_message(fmt, ap));
    va_end(ap);
    return status;
}

static void
host_partial(struct tocsin_turn *t, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    record(t, "partial", format_message(fmt, ap));
    va_end(ap);
}

static int64_t
host_now_ms(struct tocsin_turn *t)
{
    return t->now_ms;
}

/* ---- requests ------------------------------------------------------------------ */

/* Parts in one line: {secret NAME} and its like stand for what the core fills in. */
static json_t *
show_parts(const struct tocsin_parts *parts)
{
    static const char *const encodings[] = { "", " url", " json", " base64" };
    struct buf b;
    json_t *shown;

    buf_init(&b, 1024 * 1024);
    for (size_t i = 0; i < parts->n; i++) {
        const struct tocsin_part *p = &parts->v[i];

        if (p->kind == TOCSIN_PART_TEXT)
            buf_str(&b, p->text);
        else if (p->kind == TOCSIN_PART_SECRET)
            buf_fmt(&b, "{secret %s%s}", p->name, encodings[p->enc & 3]);
        else if (p->kind == TOCSIN_PART_BASIC)
            buf_fmt(&b, "{basic %.*s %s}", STR_FMT(p->text), p->name);
        else
            buf_fmt(&b, "{hmac_sha256 %s}", p->name);
    }
    shown = text(buf_view(&b));
    buf_free(&b);
    return shown;
}

static void
put_z(json_t *o, const char *key, const char *z)
{
    if (z)
        json_object_set_new(o, key, text(str_z(z)));
}

static json_t *
show_flags(uint32_t flags)
{
    static const char *const names[] = { "until_seen", "any_status", "scrape", "sse", "jsonl" };
    json_t *list = json_array();

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (flags >> i & 1)
            json_array_append_new(list, json_string(names[i]));
    return list;
}

static json_t *
show_headers(const struct tocsin_request *q)
{
    json_t *o = json_object();

    for (size_t i = 0; i < q->n_headers; i++)
        json_object_set_new(o, q->headers[i].name, show_parts(&q->headers[i].value));
    return o;
}

static void
put_mail_fields(json_t *o, const struct tocsin_request *q)
{
    json_t *to = json_array();

    put_z(o, "user", q->user);
    put_z(o, "password", q->password);
    put_z(o, "from", q->from);
    for (size_t i = 0; i < q->n_to; i++)
        json_array_append_new(to, json_string(q->to[i]));
    if (q->n_to > 0)
        json_object_set(o, "to", to);
    json_decref(to);
    put_z(o, "folder", q->folder);
    if (q->uid)
        json_object_set_new(o, "uid", json_integer((json_int_t)q->uid));
    if (q->limit)
        json_object_set_new(o, "limit", json_integer(q->limit));
    put_z(o, "option", q->option);
}

static json_t *
show_request(const struct tocsin_request *q)
{
    static const char *const kinds[] = { NULL,   "smtp", "imap_list", "imap_fetch",
                                         "file", "exec", "print" };
    json_t *o = json_object();

    assert(q->size == sizeof(*q));
    assert(q->kind <= TOCSIN_REQ_PRINT);
    put_z(o, "kind", kinds[q->kind]);
    put_z(o, "method", q->method);
    if (q->url.n > 0)
        json_object_set_new(o, "url", show_parts(&q->url));
    if (q->tag)
        json_object_set_new(o, "tag", json_integer(q->tag));
    if (q->flags)
        json_object_set_new(o, "flags", show_flags(q->flags));
    if (q->n_headers > 0)
        json_object_set_new(o, "headers", show_headers(q));
    if (q->body.n > 0)
        json_object_set_new(o, "body", show_parts(&q->body));
    put_mail_fields(o, q);
    return o;
}

static int
host_request(struct tocsin_turn *t, const struct tocsin_request *q)
{
    record(t, "request", show_request(q));
    return TOCSIN_OK;
}

static int
host_session(struct tocsin_turn *t, const struct tocsin_session *s)
{
    json_t *o = json_object();

    assert(s->size == sizeof(*s));
    put_z(o, "name", s->name);
    json_object_set_new(o, "mint", show_request(s->mint));
    if (s->refresh)
        json_object_set_new(o, "refresh", show_request(s->refresh));
    put_z(o, "value_at", s->value_at);
    put_z(o, "refresh_at", s->refresh_at);
    put_z(o, "lifetime_at", s->lifetime_at);
    if (s->lifetime_s)
        json_object_set_new(o, "lifetime_s", json_integer(s->lifetime_s));
    record(t, "session", o);
    return TOCSIN_OK;
}

static void
host_expire(struct tocsin_turn *t, const char *session)
{
    record(t, "expire", json_string(session));
}

/* ---- posts ------------------------------------------------------------------------ */

static json_t *
show_author(const struct tocsin_author *a)
{
    json_t *o = json_object();

    assert(a->size == sizeof(*a));
    put_text(o, "handle", a->handle);
    put_text(o, "name", a->name);
    put_text(o, "url", a->url);
    put_text(o, "avatar", a->avatar);
    put_text(o, "profile_link", a->profile_link);
    if (a->flags & TOCSIN_AUTHOR_FOLLOWERS)
        json_object_set_new(o, "followers", json_integer(a->followers));
    put_time(o, "created", a->created_ms);
    if (a->flags & TOCSIN_AUTHOR_VERIFIED)
        json_object_set_new(o, "verified", json_true());
    if (a->flags & TOCSIN_AUTHOR_BOT)
        json_object_set_new(o, "bot", json_true());
    return o;
}

static void
put_list(json_t *o, const char *key, const struct tocsin_str *v, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, text(v[i]));
    if (n > 0)
        json_object_set(o, key, list);
    json_decref(list);
}

static void
put_numbers(json_t *o, const struct tocsin_post *p)
{
    if (p->flags & TOCSIN_POST_COUNTS) {
        json_object_set_new(o, "replies", json_integer(p->replies));
        json_object_set_new(o, "reposts", json_integer(p->reposts));
        json_object_set_new(o, "likes", json_integer(p->likes));
    }
    if (p->flags & TOCSIN_POST_RATING)
        json_object_set_new(o, "rating", json_real(p->rating));
    if (p->flags & TOCSIN_POST_GONE)
        json_object_set_new(o, "gone", json_true());
    if (p->flags & TOCSIN_POST_TITLE_HTML)
        json_object_set_new(o, "title_is_html", json_true());
    if (p->flags & TOCSIN_POST_TEXT_HTML)
        json_object_set_new(o, "text_is_html", json_true());
}

static json_t *
show_post(const struct tocsin_post *p)
{
    static const char *const kinds[] = { "post", "reply", "repost", "quote", "review", "article" };
    json_t *o = json_object();

    assert(p->size == sizeof(*p));
    assert(p->kind <= TOCSIN_ARTICLE);
    put_text(o, "id", p->id);
    put_text(o, "uri", p->uri);
    put_text(o, "url", p->url);
    put_text(o, "base", p->base);
    put_text(o, "title", p->title);
    put_text(o, "text", p->text);
    if (p->author)
        json_object_set_new(o, "author", show_author(p->author));
    put_time(o, "published", p->published_ms);
    put_time(o, "edited", p->edited_ms);
    put_text(o, "lang", p->lang);
    json_object_set_new(o, "kind", json_string(kinds[p->kind]));
    put_text(o, "parent", p->parent);
    put_text(o, "thread", p->thread);
    put_text(o, "place", p->place);
    put_list(o, "tags", p->tags, p->n_tags);
    put_list(o, "links", p->links, p->n_links);
    put_numbers(o, p);
    return o;
}

static int
host_post(struct tocsin_turn *t, const struct tocsin_post *p)
{
    if (p->id.n == 0) {
        record(t, "refused", json_string("a post without an id"));
        return TOCSIN_BADDATA;
    }
    if (t->max_posts && t->n_posts >= t->max_posts)
        return TOCSIN_FULL;
    t->n_posts++;
    if (t->keeps_quiet)
        assert(utf8_is_valid(p->text) && utf8_is_valid(p->title) && utf8_is_valid(p->url));
    else
        json_array_append_new(t->events, show_post(p));
    return TOCSIN_OK;
}

static void
host_gap(struct tocsin_turn *t, const struct tocsin_gap *g)
{
    json_t *o = json_object();

    assert(g->size == sizeof(*g));
    put_time(o, "from", g->from_ms);
    put_time(o, "to", g->to_ms);
    put_z(o, "why", g->why);
    record(t, "gap", o);
}

static void
host_interval(struct tocsin_turn *t, int64_t seconds, const char *cause)
{
    json_t *o = json_object();

    json_object_set_new(o, "seconds", json_integer(seconds));
    put_z(o, "cause", cause);
    record(t, "interval", o);
}

static void
host_limit(struct tocsin_turn *t, int64_t not_before_ms, const char *why)
{
    json_t *o = json_object();

    put_time(o, "not_before", not_before_ms);
    put_z(o, "why", why);
    record(t, "limit", o);
}

static void
host_spend(struct tocsin_turn *t, int64_t units)
{
    record(t, "spend", json_integer(units));
}

/* ---- cursor, notifiers ------------------------------------------------------------------ */

static const char *
host_cursor(struct tocsin_turn *t)
{
    return t->cursor ? t->cursor : "";
}

static int
host_set_cursor(struct tocsin_turn *t, struct tocsin_str s)
{
    char *copy = malloc(s.n + 1);

    assert(s.n <= 64 * 1024);
    if (!copy)
        return TOCSIN_NOMEM;
    memcpy(copy, s.n ? s.p : "", s.n);
    copy[s.n] = '\0';
    free(t->cursor);
    t->cursor = copy;
    record(t, "cursor", text(s));
    return TOCSIN_OK;
}

static int
host_delivered(struct tocsin_turn *t, struct tocsin_str handle)
{
    assert(handle.n <= 1024);
    record(t, "delivered", text(handle));
    return TOCSIN_OK;
}

static int
host_answer(struct tocsin_turn *t, const struct tocsin_answer *a)
{
    json_t *o = json_object();

    assert(a->size == sizeof(*a));
    put_z(o, "action", a->action);
    put_z(o, "token", a->token);
    put_z(o, "by", a->by);
    put_z(o, "comment", a->comment);
    record(t, "answer", o);
    return TOCSIN_OK;
}

const struct tocsin_host fake_host_table = {
    .abi = TOCSIN_PLUGIN_ABI,
    .size = sizeof(struct tocsin_host),
    .log = host_log,
    .fail = host_fail,
    .now_ms = host_now_ms,
    .request = host_request,
    .session = host_session,
    .expire = host_expire,
    .post = host_post,
    .gap = host_gap,
    .partial = host_partial,
    .interval = host_interval,
    .limit = host_limit,
    .spend = host_spend,
    .cursor = host_cursor,
    .set_cursor = host_set_cursor,
    .delivered = host_delivered,
    .answer = host_answer,
};

void
fake_turn_init(struct tocsin_turn *t, const char *cursor, int64_t now_ms)
{
    *t = (struct tocsin_turn){ .events = json_array(), .now_ms = now_ms };
    t->cursor = strdup(cursor ? cursor : "");
}

void
fake_turn_free(struct tocsin_turn *t)
{
    json_decref(t->events);
    free(t->cursor);
    *t = (struct tocsin_turn){ .events = NULL };
}
