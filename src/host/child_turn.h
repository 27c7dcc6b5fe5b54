/* child_turn - one call of the plugin: the table of what it may call, and what it recorded. */
#ifndef TOCSIN_HOST_CHILD_TURN_H
#define TOCSIN_HOST_CHILD_TURN_H

#include "base/buf.h"
#include "host/child_load.h"
#include "host/html_text.h"

/* A growing array whose memory is kept between turns. */
struct rows {
    void *v;
    size_t n, cap, size;
};

struct tocsin_turn {
    const struct loaded *plugin;
    const struct turn_in *in;
    struct turn_out out;
    struct arena *arena; /* emptied before each turn */
    struct html_text *html;
    struct buf text; /* HTML being turned into text, addresses being joined */
    struct rows posts, requests, sessions, gaps, answers, expired;
    size_t bytes; /* of the output so far, about */
    unsigned n_logs;
    int fd; /* log lines go out at once; below 0: to stderr */
};

extern const struct tocsin_host child_host;

int child_turn_init(struct tocsin_turn *t, const struct loaded *plugin, int fd);
void child_turn_free(struct tocsin_turn *t);
/* Empties everything for the next call. */
void child_turn_begin(struct tocsin_turn *t, const struct turn_in *in);
/* Points t->out at the rows. */
void child_turn_end(struct tocsin_turn *t, int status);
/* The next zeroed row, not yet counted; NULL: no memory, or over `most`. */
void *rows_next(struct rows *r, size_t most);
void child_log(struct tocsin_turn *t, int level, const char *text);
/* tocsin_host.post */
int child_post(struct tocsin_turn *t, const struct tocsin_post *from);

#endif
