/* quarantine - bodies on which a plugin failed three times: kept, and not tried again. */
#ifndef TOCSIN_HOST_QUARANTINE_H
#define TOCSIN_HOST_QUARANTINE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum { QUARANTINE_FAULTS = 3 };

struct quarantine;

/* Bodies go to state_dir/quarantine/PLUGIN-HASH and stay until somebody removes the file;
 * `state_dir` NULL: only remembered. */
int quarantine_new(struct quarantine **out, const char *state_dir, struct err *err);
void quarantine_free(struct quarantine *q);
bool quarantine_holds(const struct quarantine *q, const char *plugin, struct tocsin_str body);
/* Counts a fault; true: from now on it is held. */
bool quarantine_fault(struct quarantine *q, const char *plugin, struct tocsin_str body);

#endif
