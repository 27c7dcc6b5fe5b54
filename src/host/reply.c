/* reply.c - a host's answer to a turn: hostile until every field is checked. */
#include "host/reply.h"

#include "host/check.h"
#include "wire/messages.h"

/* A reply can touch only the source that was asked. */
static int
stamp(struct turn_out *o, const struct turn_in *in)
{
    struct tocsin_str source = arena_str(o->arena, str_z(in->source));
    struct tocsin_str service = arena_str(o->arena, str_z(in->service));

    if (!source.p || !service.p)
        return -1;
    for (size_t i = 0; i < o->n_posts; i++) {
        o->posts[i].source = source;
        o->posts[i].service = service;
    }
    return 0;
}

int
reply_read(struct turn_out *out, struct tocsin_str frame, struct arena *a, const struct turn_in *in,
           const struct plugin_info *plugin, struct err *err)
{
    enum message_kind kind = 0;
    struct wire w;

    *out = (struct turn_out){ .arena = a };
    wire_reader(&w, frame, a);
    wire_kind(&w, &kind);
    if (kind != MESSAGE_OUT)
        return err_set(err, ERR_PROTOCOL, "message %d is no answer", (int)kind);
    wire_turn_out(&w, out);
    if (!wire_is_complete(&w))
        return err_set(err, ERR_PROTOCOL, "an answer that cannot be decoded");
    if (check_turn_out(out, in->call, plugin, err))
        return -1;
    if (!out->why)
        out->why = "";
    return stamp(out, in) ? err_set(err, ERR_NOMEM, "no memory for an answer") : 0;
}
