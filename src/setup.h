/* setup - one configuration with all that is compiled from it.
 *
 * Never changes once made and is counted, so that workers and the writer go on with the one a
 * batch began with while a reload has already put a new one in place.
 */
#ifndef TOCSIN_SETUP_H
#define TOCSIN_SETUP_H

#include "config/config.h"
#include "match/match.h"
#include "score/score.h"

struct setup {
    struct config *config;
    struct ruleset *ruleset;
    struct scorer *scorer;
    int refs; /* atomic */
    /* Called when the last reference goes, before anything is freed: whoever keeps pointers into
     * the configuration lets them go. */
    void (*on_free)(void *ctx, struct setup *s);
    void *ctx;
};

/* Loads the file and compiles it. -1 with errors among the findings. One reference. */
int setup_load(struct setup **out, const char *path, const struct config_options *o,
               struct findings *f);
struct setup *setup_ref(struct setup *s);
void setup_unref(struct setup *s); /* NULL is fine */

#endif
