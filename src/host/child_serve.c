/* child_serve.c - start, greeting, and turn after turn until the core closes the socket. */
#include "host/child_serve.h"

#include <stdlib.h>
#include <sysexits.h>

#include "host/child_calls.h"
#include "host/trap.h"
#include "host/warm_up.h"
#include "wire/messages.h"
#include "wire/wire_io.h"

static int
load_plugin(struct child *c, struct err *err)
{
    trap_at("its constructor");
    if (child_load(&c->plugin, c->path, c->arena, err))
        return -1;
    trap_at("warm_up()");
    if (c->plugin.warm_up && c->plugin.warm_up())
        return err_set(err, ERR_UNAVAILABLE, "plugin %s: warm_up() failed", c->plugin.info.name);
    return 0;
}

int
child_start(struct child *c, struct err *err)
{
    trap_at("start");
    if (c->is_unlocked)
        lock_report(&c->locks, "sandbox", false, "left out for debugging");
    else
        lock_first(&c->locks, c->path);
    if (c->path && load_plugin(c, err))
        return -1;
    trap_at("start");
    warm_up();
    if (!c->is_unlocked)
        lock_second(&c->locks);
    return 0;
}

int
child_greet(struct child *c, const struct err *why)
{
    enum message_kind kind = why ? MESSAGE_REFUSED : MESSAGE_HELLO;
    struct hello hello = {
        .version = WIRE_VERSION, .info = c->plugin.info, .locks = c->locks.v, .n_locks = c->locks.n
    };
    const char *words = why ? why->msg : NULL;
    struct wire w;
    struct buf b;
    int rc = -1;

    buf_init(&b, WIRE_MAX_FRAME);
    wire_frame_begin(&b);
    wire_writer(&w, &b);
    wire_kind(&w, &kind);
    if (why)
        wire_line(&w, &words);
    else
        wire_hello(&w, &hello);
    if (wire_is_complete(&w) && !wire_frame_end(&b))
        rc = wire_send(c->fd, &b);
    buf_free(&b);
    return rc;
}

static int
send_out(int fd, struct buf *b, struct turn_out *out)
{
    enum message_kind kind = MESSAGE_OUT;
    struct wire w;

    wire_frame_begin(b);
    wire_writer(&w, b);
    wire_kind(&w, &kind);
    wire_turn_out(&w, out);
    if (!wire_is_complete(&w) || wire_frame_end(b))
        return -1;
    return wire_send(fd, b);
}

/* One frame that holds a turn; its slices point into `frame` and `a`. */
static int
read_turn(struct turn_in *in, struct tocsin_str *options, const struct buf *frame, struct arena *a)
{
    enum message_kind kind = 0;
    struct wire w;

    arena_reset(a);
    wire_reader(&w, buf_view(frame), a);
    wire_kind(&w, &kind);
    if (kind != MESSAGE_TURN)
        return -1;
    wire_turn_in(&w, in, options);
    return wire_is_complete(&w) ? 0 : -1;
}

/* A large turn's memory goes back at once, a usual one's is kept. */
static void
shrink(struct buf *b)
{
    enum { USUAL = 1 << 20 };

    if (b->cap > USUAL)
        buf_free(b);
}

int
child_serve(struct child *c)
{
    struct arena *a = arena_new(64u << 20);
    struct calls *calls = calls_new(&c->plugin, c->fd);
    struct turn_in in = { 0 };
    struct tocsin_str options;
    struct buf frame, reply;
    int code = EX_OSERR, got;

    buf_init(&frame, WIRE_MAX_FRAME);
    buf_init(&reply, WIRE_MAX_FRAME + WIRE_HEAD);
    if (!a || !calls)
        goto out;
    code = EX_PROTOCOL;
    while ((got = wire_receive(c->fd, &frame, -1)) > 0) {
        in = (struct turn_in){ 0 };
        if (read_turn(&in, &options, &frame, a) ||
            send_out(c->fd, &reply, calls_run(calls, &in, options)))
            goto out;
        shrink(&frame);
        shrink(&reply);
    }
    code = got == 0 ? EX_OK : EX_PROTOCOL;
out:
    buf_free(&frame);
    buf_free(&reply);
    calls_free(calls);
    arena_free(a);
    return code;
}
