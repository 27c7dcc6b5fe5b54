/* send - one letter through its notifier. */
#include "deliver/send.h"

#include <stdlib.h>

#include "base/escape.h"

#define MAX_ROUNDS 8 /* requests for one letter */

struct sending {
    const struct deliver_options *o;
    const struct notifier_conf *n;
    const struct letter *letter;
    deliver_done done;
    void *ctx;
    struct arena *arena; /* of the requests not sent yet */
    const struct tocsin_request *requests;
    size_t n_requests, at;
    int rounds;
};

static void send_next(struct sending *s);

static void
end(struct sending *s, const struct delivery_result *r)
{
    s->done(s->ctx, r);
    arena_free(s->arena);
    free(s);
}

static void
end_retry(struct sending *s, const char *why, int64_t at_ms)
{
    end(s, &(struct delivery_result){ .why = str_z(why), .retry_at_ms = at_ms });
}

static void
end_rejected(struct sending *s, const char *why)
{
    end(s, &(struct delivery_result){ .why = str_z(why), .is_rejected = true });
}

/* What the plugin said; false: the letter's way has ended. */
static bool
take(struct sending *s, struct turn_out *out)
{
    struct err err = { 0 };

    arena_free(s->arena);
    s->arena = out->arena;
    s->requests = out->requests;
    s->n_requests = out->n_requests;
    s->at = 0;
    for (size_t i = 0; i < out->n_expired; i++)
        fetch_expire(s->o->fetch, &s->n->who, out->expired[i]);
    for (size_t i = 0; i < out->n_sessions; i++)
        if (fetch_session(s->o->fetch, &s->n->who, &out->sessions[i], &err) != 0) {
            end_retry(s, err.msg, 0);
            return false;
        }
    if (out->is_delivered) {
        end(s, &(struct delivery_result){ .is_delivered = true, .handle = out->handle });
        return false;
    }
    if (out->status == TOCSIN_OK && out->n_requests > 0)
        return true;
    if (out->status == TOCSIN_BADDATA || out->status == TOCSIN_BADCONF ||
        out->status == TOCSIN_DENIED)
        end_rejected(s, out->why);
    else
        end_retry(s, out->status == TOCSIN_OK ? "the notifier asked for nothing" : out->why,
                  out->not_before_ms);
    return false;
}

static void
on_said(void *ctx, struct turn_out *out)
{
    struct sending *s = ctx;

    if (take(s, out))
        send_next(s);
}

static void
ask(struct sending *s, enum host_call call, const struct tocsin_response *response)
{
    struct err err = { 0 };
    struct turn_in in = {
        .call = call,
        .plugin = s->n->plugin->name,
        .subject = s->n->who.subject,
        .service = s->n->plugin->name,
        .source = s->n->name,
        .options = &s->n->options,
        .now_ms = clock_wall(s->o->clock),
        .response = response,
        .alert = &s->letter->alert,
    };

    if (host_turn(s->o->hosts, &in, on_said, s, &err) != 0)
        end_retry(s, err.msg, 0);
}

static void
on_response(void *ctx, const struct fetch_result *r)
{
    struct sending *s = ctx;

    if (r->outcome == FETCH_OK)
        ask(s, CALL_JUDGE, r->response);
    else if (r->outcome == FETCH_DENIED || r->outcome == FETCH_REFUSED || r->outcome == FETCH_GONE)
        end_rejected(s, r->why);
    else
        end_retry(s, r->why, r->retry_at_ms);
}

/* A request to print needs no network: shown here, and judged like any other. */
static void
print(struct sending *s, const struct tocsin_request *r)
{
    struct buf b;
    struct tocsin_response answer = { .size = sizeof answer,
                                      .tag = r->tag,
                                      .status = 200,
                                      .fetched_ms = clock_wall(s->o->clock),
                                      .url = "" };

    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < r->body.n; i++)
        if (r->body.v[i].kind == TOCSIN_PART_TEXT)
            escape_terminal_lines(&b, r->body.v[i].text);
    if (s->o->print)
        s->o->print(s->o->ctx, buf_cstr(&b));
    buf_free(&b);
    ask(s, CALL_JUDGE, &answer);
}

static void
send_next(struct sending *s)
{
    struct err err = { 0 };
    const struct tocsin_request *r = &s->requests[s->at++];

    if (++s->rounds > MAX_ROUNDS)
        end_retry(s, "the notifier asks for one request after another", 0);
    else if (r->kind == TOCSIN_REQ_PRINT)
        print(s, r);
    else if (fetch_send(s->o->fetch, &s->n->who, r, NULL, on_response, s, &err) != 0)
        end_retry(s, err.msg, 0);
}

void
send_letter(const struct deliver_options *o, const struct notifier_conf *n,
            const struct letter *letter, deliver_done done, void *ctx)
{
    struct sending *s = calloc(1, sizeof *s);

    if (!s) {
        done(ctx, &(struct delivery_result){ .why = STR_LIT("no memory to send") });
        return;
    }
    *s = (struct sending){ .o = o, .n = n, .letter = letter, .done = done, .ctx = ctx };
    ask(s, CALL_RENDER, NULL);
}
