/* hackernews - what the files of the hackernews plugin share. */
#ifndef TOCSIN_PLUGINS_HACKERNEWS_H
#define TOCSIN_PLUGINS_HACKERNEWS_H

#include <jansson.h>

#include "../common/slice.h"

struct hackernews_conf {
    const char *query, *tags, *server;
};

struct hackernews {
    const struct tocsin_host *h;
    const struct hackernews_conf *conf;
};

/* When it was written, in seconds since 1970; 0: the hit does not say, or says nonsense. */
int64_t hackernews_time(const json_t *hit, int64_t now_ms);
/* One hit as a post; what post() said, BADDATA where the hit is none. */
int hackernews_post(const struct hackernews *hn, struct tocsin_turn *t, const json_t *hit);

#endif
