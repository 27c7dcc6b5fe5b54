/* reporter - readable progress for whoever runs tocsind in the foreground. */
#ifndef TOCSIN_REPORTER_H
#define TOCSIN_REPORTER_H

#include "pipeline.h"

struct reporter;

/* Not in the foreground only alerts that are printed (notifier terminal) go to the log. */
struct reporter *reporter_new(bool is_foreground);
void reporter_free(struct reporter *r);
void reporter_started(struct reporter *r, const struct config *c);
void reporter_ended(struct reporter *r, const struct config *c);
void reporter_turn(struct reporter *r, const struct turn_report *t);
void reporter_mention(struct reporter *r, const struct post *p, const struct mention *m);
void reporter_print(struct reporter *r, const char *text); /* harmless already */

#endif
