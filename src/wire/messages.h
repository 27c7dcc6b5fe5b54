/* messages - what the core and tocsin-host say to each other, a message a frame.
 *
 *   tocsin-host                               core
 *   HELLO: tables, locks in force  --->       (or REFUSED: why it could not load)
 *                                  <---       TURN
 *   LOG, any number                --->
 *   OUT                            --->       (or FAULT: last words before dying)
 */
#ifndef TOCSIN_WIRE_MESSAGES_H
#define TOCSIN_WIRE_MESSAGES_H

#include "host/turn.h"
#include "wire/wire.h"

/* Both programs are built together; another number is another build. */
#define WIRE_VERSION 1u

enum message_kind {
    MESSAGE_HELLO = 1,
    MESSAGE_REFUSED,
    MESSAGE_TURN,
    MESSAGE_LOG,
    MESSAGE_OUT,
    MESSAGE_FAULT
};

struct hello {
    uint32_t version;
    struct plugin_info info;
    const struct host_lock *locks;
    size_t n_locks;
};
struct log_line {
    uint8_t level; /* TOCSIN_LOG_* */
    const char *text;
};

void wire_kind(struct wire *w, enum message_kind *kind);
void wire_hello(struct wire *w, struct hello *h);
void wire_line(struct wire *w, const char **text); /* REFUSED, FAULT */
void wire_log(struct wire *w, struct log_line *l);
/* Everything of it but plugin and subject. `options_bytes` (may be NULL) is set to the bytes
 * that hold the options: equal bytes are equal options. */
void wire_turn_in(struct wire *w, struct turn_in *in, struct tocsin_str *options_bytes);
/* Everything of it but arena, is_fault and is_quarantined, and source and service of posts. */
void wire_turn_out(struct wire *w, struct turn_out *out);

#endif
