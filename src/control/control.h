/* control - the unix socket between CLI and daemon: one JSON object a line each way.
 *
 *   {"do":"alert.ack","args":{"id":"7","by":"ana"}}   ->   {"ok":true,"alert":"7"}
 *                                                     ->   {"ok":false,"code":4,"error":"..."}
 *
 * Changes of the store (commands.h) go to the writer as urgent jobs; the rest is answered by the
 * loop: status, reload, stop, drill, source.poll|pause|resume, notify.test.
 */
#ifndef TOCSIN_CONTROL_CONTROL_H
#define TOCSIN_CONTROL_CONTROL_H

#include "base/buf.h"
#include "base/err.h"
#include "config/config.h"

struct control;
struct engine;

/* Serves e->setup->config->socket_path, mode 0600. ERR_BUSY: somebody answers there already. */
int control_new(struct control **out, struct engine *e, struct err *err);
void control_free(struct control *c); /* NULL is fine */

/* The CLI's side; blocks. `args` is a JSON object as text, or NULL. The reply's text, without the
 * newline, goes to `reply`; ERR_UNAVAILABLE: no daemon listens there; other errors are the
 * daemon's own. */
int control_ask(const char *socket_path, const char *what, const char *args, struct buf *reply,
                struct err *err);
/* The same, but a change of the store is made here, under the writer lock, when no daemon runs. */
int control_ask_or_do(const struct config *c, const char *what, const char *args, struct buf *reply,
                      struct err *err);

#endif
