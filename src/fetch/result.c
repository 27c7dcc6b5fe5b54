/* What the asker is told: the response with secrets masked, validators, and when to come again. */
#include "base/str.h"
#include "fetch/job.h"
#include "fetch/parts.h"

/* A masked copy in the arena where there is something to hide; else s itself. */
static struct tocsin_str
hide(struct job *j, struct tocsin_str s)
{
    struct buf b;

    if (!masks_hit(&j->masks, s))
        return s;
    buf_init(&b, 2 * s.n + 64);
    struct tocsin_str r = STR_LIT("***");
    if (masks_apply(&j->masks, s, &b) == 0) {
        struct tocsin_str copy = arena_str(j->arena, buf_view(&b));
        if (copy.p)
            r = copy;
    }
    buf_free(&b);
    return r;
}

static const char *
hide_z(struct job *j, const char *z)
{
    struct tocsin_str s = hide(j, str_z(z)); /* copies end with NUL */
    return s.p ? s.p : "";
}

static void
hide_body(struct job *j)
{
    struct buf b;

    if (!masks_hit(&j->masks, buf_view(&j->body)))
        return;
    buf_init(&b, 2 * j->body.n + 64);
    if (masks_apply(&j->masks, buf_view(&j->body), &b) < 0)
        buf_reset(&b); /* rather nothing than a secret */
    buf_free(&j->body);
    j->body = b;
}

static void
fill_response(struct job *j, struct tocsin_response *p)
{
    hide_body(j);
    for (size_t i = 0; i < j->fields.n; i++) {
        j->fields.v[i].name = hide(j, j->fields.v[i].name);
        j->fields.v[i].value = hide(j, j->fields.v[i].value);
    }
    *p = (struct tocsin_response){
        .size = sizeof *p,
        .tag = j->req->tag,
        .status = j->status,
        .fetched_ms = fetch_wall(j->f),
        .url = j->at.text ? hide_z(j, j->at.text) : "",
        .headers = j->fields.v,
        .n_headers = j->fields.n,
        .body = buf_view(&j->body),
    };
    if (!p->body.p)
        p->body.p = "";
}

static const char *
field_z(struct job *j, const char *name)
{
    struct tocsin_str v = head_find(&j->fields, name);
    return v.n ? arena_z(j->arena, v) : NULL;
}

void
result_fill(struct job *j, enum fetch_outcome outcome, const char *why, struct fetch_result *r,
            struct tocsin_response *response)
{
    bool is_answer = outcome == FETCH_OK || outcome == FETCH_NOT_MODIFIED;
    bool is_http = j->req->kind == TOCSIN_REQ_HTTP;

    *r = (struct fetch_result){
        .outcome = outcome,
        .why = hide_z(j, why),
        .retry_at_ms = j->retry_at_ms,
        .defers_domain = j->defers_domain,
        .max_age_s = -1,
        .took_ms = j->began_ms ? fetch_mono(j->f) + 1 - j->began_ms : 0,
        .status = j->status,
    };
    if (is_answer && is_http) {
        if (j->status == 200 || j->status == 304)
            r->validators = (struct validators){ field_z(j, "etag"), field_z(j, "last-modified") };
        r->max_age_s = head_max_age(&j->fields, fetch_wall(j->f));
        if (j->hops && j->is_moved && !parts_have_secret(j->req->url))
            r->moved_to = hide_z(j, j->at.text);
    }
    if (outcome != FETCH_OK)
        return;
    fill_response(j, response);
    r->response = response;
    r->body_hash = str_hash(response->body);
}

void
result_frame(struct job *j, const struct frame *fr, struct fetch_result *r,
             struct tocsin_response *p)
{
    *p = (struct tocsin_response){
        .size = sizeof *p,
        .flags = TOCSIN_RESP_FRAME,
        .tag = j->req->tag,
        .status = j->status,
        .fetched_ms = fetch_wall(j->f),
        .url = hide_z(j, j->at.text),
        .event = { fr->bytes, fr->n_event },
        .body = { fr->bytes + fr->n_event, fr->n_body },
    };
    *r = (struct fetch_result){
        .outcome = FETCH_OK,
        .why = "",
        .response = p,
        .max_age_s = -1,
        .body_hash = str_hash(p->body),
        .took_ms = fetch_mono(j->f) + 1 - j->began_ms,
        .status = j->status,
    };
}
