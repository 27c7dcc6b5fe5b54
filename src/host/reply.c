/* reply.c - a host's answer to a turn: hostile until every field is checked. */
#include "host/reply.h"

#include "host/check.h"
#include "wire/messages.h"

/* A reply can touch only the source that was asked. */
static void
stamp(struct turn_out *o, const struct turn_in *in)
{
    for (size_t i = 0; i < o->n_posts; i++) {
        o->posts[i].source = str_z(in->source);
        o->posts[i].service = str_z(in->service);
    }
}

int
reply_read(struct turn_out *out, struct tocsin_str frame, struct arena *a,
           const struct turn_in *in, const struct plugin_info *plugin, struct err *err)
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
    stamp(out, in);
    return 0;
}
