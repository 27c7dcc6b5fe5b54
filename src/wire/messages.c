/* messages.c - one description of each message, for the writer and the reader alike. */
#include "wire/messages.h"

/* Short names of bounds used below. */
enum { WORD = 256, LINE = TURN_MAX_LINE, ITEM = TURN_MAX_ITEM, TEXT = 64 * 1024 };

static void
item_str(struct wire *w, void *item)
{
    wire_str(w, item, ITEM);
}

static void
item_line(struct wire *w, void *item)
{
    wire_z(w, item, TEXT);
}

void
wire_kind(struct wire *w, enum message_kind *kind)
{
    uint8_t k = (uint8_t)*kind;

    wire_u8(w, &k);
    if (!w->out)
        *kind = (enum message_kind)k;
}

void
wire_line(struct wire *w, const char **text)
{
    wire_z(w, text, 4 * LINE);
}

void
wire_log(struct wire *w, struct log_line *l)
{
    wire_u8(w, &l->level);
    wire_z(w, &l->text, LINE);
}

/* ---- hello ---------------------------------------------------------------- */

static void
item_lock(struct wire *w, void *item)
{
    struct host_lock *l = item;

    wire_z(w, &l->name, WORD);
    wire_bool(w, &l->is_in_force);
    wire_z(w, &l->note, LINE);
}

static void
item_option(struct wire *w, void *item)
{
    struct tocsin_option *o = item;

    wire_z(w, &o->name, WORD);
    wire_u32(w, &o->type);
    wire_u32(w, &o->required);
    wire_z(w, &o->dflt, TEXT);
    wire_i64(w, &o->min);
    wire_i64(w, &o->max);
    wire_z(w, &o->help, TEXT);
    wire_z(w, &o->choices, TEXT);
}

void
wire_hello(struct wire *w, struct hello *h)
{
    struct plugin_info *i = &h->info;

    wire_u32(w, &h->version);
    wire_z(w, &i->name, WORD);
    wire_z(w, &i->version, WORD);
    wire_z(w, &i->summary, TEXT);
    wire_z(w, &i->example, TEXT);
    wire_u32(w, &i->kind);
    wire_u64(w, &i->traits);
    wire_i64(w, &i->every_ms);
    wire_i64(w, &i->at_least_ms);
    WIRE_LIST(w, i->options, i->n_options, 256, item_option);
    WIRE_LIST(w, i->hosts.v, i->hosts.n, 256, item_line);
    WIRE_LIST(w, h->locks, h->n_locks, 64, item_lock);
}

/* ---- a turn in -------------------------------------------------------------- */

static void
item_option_value(struct wire *w, void *item)
{
    struct option_value *v = item;

    wire_z(w, &v->name, WORD);
    wire_u32(w, &v->type);
    WIRE_LIST(w, v->values.v, v->values.n, 100000, item_line);
}

static void
wire_options(struct wire *w, const struct option_values **options)
{
    struct option_values o = { 0 };

    if (w->out && *options)
        o = **options;
    WIRE_LIST(w, o.v, o.n, 1000, item_option_value);
    if (w->out || w->failed)
        return;
    *options = arena_alloc(w->arena, sizeof o);
    if (*options)
        *(struct option_values *)*options = o;
    else
        w->failed = true;
}

static void
item_field(struct wire *w, void *item)
{
    struct tocsin_field *f = item;

    wire_str(w, &f->name, TEXT);
    wire_str(w, &f->value, TEXT);
}

static void
item_response(struct wire *w, void *item)
{
    struct tocsin_response *r = item;

    if (!w->out)
        r->size = sizeof *r;
    wire_u32(w, &r->flags);
    wire_u32(w, &r->tag);
    wire_i32(w, &r->status);
    wire_i64(w, &r->fetched_ms);
    wire_z(w, &r->url, TEXT);
    WIRE_LIST(w, r->headers, r->n_headers, TURN_MAX_HEADERS, item_field);
    wire_str(w, &r->body, TURN_MAX_BODY);
    wire_str(w, &r->event, TEXT);
}

static void
item_fact(struct wire *w, void *item)
{
    struct tocsin_fact *f = item;

    wire_z(w, &f->label, TEXT);
    wire_z(w, &f->value, ITEM);
}

static void
item_action(struct wire *w, void *item)
{
    struct tocsin_action *a = item;

    wire_z(w, &a->id, TEXT);
    wire_z(w, &a->label, TEXT);
    wire_z(w, &a->token, TEXT);
}

static void
item_alert(struct wire *w, void *item)
{
    struct tocsin_alert *a = item;

    if (!w->out)
        a->size = sizeof *a;
    wire_u32(w, &a->event);
    wire_i64(w, &a->id);
    wire_z(w, &a->key, TEXT);
    wire_z(w, &a->thread, TEXT);
    wire_z(w, &a->handle, TEXT);
    wire_z(w, &a->kind, TEXT);
    wire_z(w, &a->level, TEXT);
    wire_z(w, &a->brand, TEXT);
    wire_z(w, &a->headline, TEXT);
    wire_z(w, &a->who, TEXT);
    wire_str(w, &a->quote, ITEM);
    wire_z(w, &a->url, TEXT);
    WIRE_LIST(w, a->facts, a->n_facts, 1000, item_fact);
    wire_str(w, &a->text, 4 * ITEM);
    WIRE_LIST(w, a->actions, a->n_actions, 100, item_action);
    wire_z(w, &a->receiver, TEXT);
    wire_i64(w, &a->first_ms);
    wire_i64(w, &a->now_ms);
    wire_u32(w, &a->priority);
    wire_u32(w, &a->step);
    wire_u32(w, &a->ring);
    wire_z(w, &a->level_word, TEXT);
}

void
wire_turn_in(struct wire *w, struct turn_in *in, struct tocsin_str *options_bytes)
{
    uint8_t call = (uint8_t)in->call;
    size_t begin;

    wire_u8(w, &call);
    if (call > CALL_ANSWERS)
        w->failed = true;
    if (!w->out)
        in->call = (enum host_call)call;
    begin = w->at;
    wire_options(w, &in->options);
    if (options_bytes)
        *options_bytes = str_sub(w->in, begin, w->at);
    wire_str(w, &in->cursor, TURN_MAX_CURSOR);
    wire_i64(w, &in->now_ms);
    wire_bool(w, &in->keep_raw);
    WIRE_OPTIONAL(w, in->response, item_response);
    WIRE_OPTIONAL(w, in->alert, item_alert);
}

/* ---- a turn out --------------------------------------------------------------- */

static void
wire_author(struct wire *w, struct author *a)
{
    wire_str(w, &a->handle, ITEM);
    wire_str(w, &a->name, ITEM);
    wire_str(w, &a->url, ITEM);
    wire_str(w, &a->avatar, ITEM);
    wire_str(w, &a->profile_link, ITEM);
    wire_i64(w, &a->followers);
    wire_i64(w, &a->created_ms);
    wire_bool(w, &a->is_verified);
    wire_bool(w, &a->is_bot);
}

static void
item_post(struct wire *w, void *item)
{
    struct post *p = item;
    uint8_t kind = (uint8_t)p->kind;

    wire_str(w, &p->id, ITEM);
    wire_str(w, &p->uri, ITEM);
    wire_str(w, &p->url, ITEM);
    wire_str(w, &p->parent, ITEM);
    wire_str(w, &p->thread, ITEM);
    wire_str(w, &p->place, ITEM);
    wire_str(w, &p->lang, ITEM);
    wire_u8(w, &kind);
    if (kind > POST_ARTICLE)
        w->failed = true;
    if (!w->out)
        p->kind = (enum post_kind)kind;
    wire_author(w, &p->author);
    wire_i64(w, &p->published_ms);
    wire_i64(w, &p->edited_ms);
    wire_i64(w, &p->replies);
    wire_i64(w, &p->reposts);
    wire_i64(w, &p->likes);
    wire_f64(w, &p->rating);
    WIRE_LIST(w, p->tags, p->n_tags, TURN_MAX_TAGS, item_str);
    WIRE_LIST(w, p->links, p->n_links, TURN_MAX_TAGS, item_str);
    wire_str(w, &p->raw, ITEM);
    wire_bool(w, &p->is_gone);
    wire_str(w, &p->title.text, ITEM);
    wire_str(w, &p->text.text, ITEM);
}

static void
item_part(struct wire *w, void *item)
{
    struct tocsin_part *p = item;

    wire_u32(w, &p->kind);
    wire_u32(w, &p->enc);
    wire_str(w, &p->text, TURN_MAX_REQUEST);
    wire_z(w, &p->name, WORD);
}

static void
wire_parts(struct wire *w, struct tocsin_parts *p)
{
    WIRE_LIST(w, p->v, p->n, TURN_MAX_PARTS, item_part);
}

static void
item_header(struct wire *w, void *item)
{
    struct tocsin_header *h = item;

    wire_z(w, &h->name, WORD);
    wire_parts(w, &h->value);
}

static void
item_request(struct wire *w, void *item)
{
    struct tocsin_request *r = item;

    if (!w->out)
        r->size = sizeof *r;
    wire_u32(w, &r->kind);
    wire_u32(w, &r->flags);
    wire_u32(w, &r->tag);
    wire_z(w, &r->method, WORD);
    wire_parts(w, &r->url);
    WIRE_LIST(w, r->headers, r->n_headers, TURN_MAX_HEADERS, item_header);
    wire_parts(w, &r->body);
    wire_z(w, &r->user, LINE);
    wire_z(w, &r->password, WORD);
    wire_z(w, &r->from, LINE);
    WIRE_LIST(w, r->to, r->n_to, 1000, item_line);
    wire_z(w, &r->folder, LINE);
    wire_u64(w, &r->uid);
    wire_u32(w, &r->limit);
    wire_z(w, &r->option, WORD);
}

static void
item_session(struct wire *w, void *item)
{
    struct tocsin_session *s = item;

    if (!w->out)
        s->size = sizeof *s;
    wire_u32(w, &s->lifetime_s);
    wire_z(w, &s->name, WORD);
    WIRE_OPTIONAL(w, s->mint, item_request);
    WIRE_OPTIONAL(w, s->refresh, item_request);
    wire_z(w, &s->value_at, LINE);
    wire_z(w, &s->refresh_at, LINE);
    wire_z(w, &s->lifetime_at, LINE);
}

static void
item_gap(struct wire *w, void *item)
{
    struct tocsin_gap *g = item;

    if (!w->out)
        g->size = sizeof *g;
    wire_i64(w, &g->from_ms);
    wire_i64(w, &g->to_ms);
    wire_z(w, &g->why, LINE);
}

static void
item_answer(struct wire *w, void *item)
{
    struct tocsin_answer *a = item;

    if (!w->out)
        a->size = sizeof *a;
    wire_z(w, &a->action, LINE);
    wire_z(w, &a->token, LINE);
    wire_z(w, &a->by, LINE);
    wire_z(w, &a->comment, 4 * LINE);
}

void
wire_turn_out(struct wire *w, struct turn_out *o)
{
    int32_t status = o->status;

    wire_i32(w, &status);
    if (!w->out)
        o->status = status;
    wire_z(w, &o->why, LINE);
    WIRE_LIST(w, o->posts, o->n_posts, TURN_MAX_POSTS, item_post);
    wire_size(w, &o->n_refused);
    WIRE_LIST(w, o->requests, o->n_requests, TURN_MAX_REQUESTS, item_request);
    WIRE_LIST(w, o->sessions, o->n_sessions, TURN_MAX_SESSIONS, item_session);
    WIRE_LIST(w, o->expired, o->n_expired, TURN_MAX_EXPIRED, item_line);
    wire_bool(w, &o->has_cursor);
    wire_str(w, &o->cursor, TURN_MAX_CURSOR);
    wire_z(w, &o->partial, LINE);
    WIRE_LIST(w, o->gaps, o->n_gaps, TURN_MAX_GAPS, item_gap);
    wire_i64(w, &o->interval_s);
    wire_z(w, &o->interval_cause, LINE);
    wire_i64(w, &o->not_before_ms);
    wire_z(w, &o->limit_why, LINE);
    wire_i64(w, &o->spent);
    wire_bool(w, &o->is_delivered);
    wire_str(w, &o->handle, TURN_MAX_HANDLE);
    WIRE_LIST(w, o->answers, o->n_answers, TURN_MAX_ANSWERS, item_answer);
}
