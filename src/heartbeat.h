/* heartbeat - tells a dead-man service outside that posts still come through.
 *
 * A canary post goes through normalise, match, score and a transaction of the writer; only when it
 * came out at the other end the configured address is asked for. So the service rings when the
 * machine, the daemon, its workers or its store stand still. Loop thread.
 */
#ifndef TOCSIN_HEARTBEAT_H
#define TOCSIN_HEARTBEAT_H

#include "base/err.h"

struct engine;
struct heartbeat;

int heartbeat_new(struct heartbeat **out, struct engine *e, struct err *err);
void heartbeat_start(struct heartbeat *h);
void heartbeat_free(struct heartbeat *h); /* before the fetch; NULL is fine */

#endif
