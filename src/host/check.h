/* check - the form that a turn's output must have.
 *
 * tocsin-host refuses what a plugin gives in another form; the core checks the same again and
 * takes a difference as a host gone wrong. Form only: whether a host is granted or a secret
 * belongs to the source is decided where requests are sent.
 */
#ifndef TOCSIN_HOST_CHECK_H
#define TOCSIN_HOST_CHECK_H

#include "base/err.h"
#include "host/turn.h"

int check_request(const struct tocsin_request *r, const struct plugin_info *p, struct err *err);
int check_session(const struct tocsin_session *s, const struct plugin_info *p, struct err *err);
/* As the host hands it over: UTF-8, web addresses or none, an id, caps. */
int check_post(const struct post *p, struct err *err);
/* Everything, and that it is what this call may yield. */
int check_turn_out(const struct turn_out *o, enum host_call call, const struct plugin_info *p,
                   struct err *err);
int check_info(const struct plugin_info *p, struct err *err);

/* UTF-8 without NUL. */
bool is_text(struct tocsin_str s);
/* A name of ours: a-z, 0-9, - and _, at most 64 bytes. */
bool is_plain_name(const char *z);

#endif
