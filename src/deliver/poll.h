/* poll - asks notifiers for answers while alerts are open: outbound only. */
#ifndef TOCSIN_DELIVER_POLL_H
#define TOCSIN_DELIVER_POLL_H

#include "deliver/deliver.h"

struct answers;
int answers_new(struct answers **out, struct deliver *d, const struct deliver_options *o,
                struct err *err);
void answers_set(struct answers *a, struct setup *s);
void answers_wake(struct answers *a); /* an alert may be open: look soon */
bool answers_is_idle(const struct answers *a);
void answers_stop(struct answers *a);
void answers_free(struct answers *a);

#endif
