/* mastodon - what the files of the mastodon plugin share. */
#ifndef TOCSIN_PLUGINS_MASTODON_H
#define TOCSIN_PLUGINS_MASTODON_H

#include <jansson.h>

#include "../common/slice.h"

struct mastodon_conf {
    const char *server, *hashtag;
    struct tocsin_ref token;
};

struct mastodon {
    const struct tocsin_host *h;
    const struct mastodon_conf *conf;
    struct tocsin_str server, hashtag, host;
};

/* One status as a post. OK also for what is not public; BADDATA for what is no status. */
int mastodon_post(const struct mastodon *m, struct tocsin_turn *t, const json_t *status);

#endif
