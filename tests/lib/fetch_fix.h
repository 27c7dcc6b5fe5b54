/* fetch_fix - a fetch on its own loop beside a scripted server, and requests in one line. */
#ifndef TOCSIN_TESTS_FETCH_FIX_H
#define TOCSIN_TESTS_FETCH_FIX_H

#include "fetch/fetch.h"
#include "lib/http_server.h"

struct fetch_fix {
    uv_loop_t loop;
    struct fetch *f;
    struct http_server *server;
    struct fetch_who who; /* granted: 127.0.0.1; secret token */
    struct clock clock;   /* the system's, but for what is added to it */
    int64_t wall_add_ms, mono_add_ms;
};

/* A result that outlives its callback. */
struct got {
    bool is_done;
    enum fetch_outcome outcome;
    int status;
    char why[1024], etag[256], last_modified[256], moved_to[1024], url[1024];
    bool has_etag, has_last_modified, has_moved;
    int64_t retry_at_ms, max_age_s;
    bool defers_domain;
    char *body;
    size_t n_body;
    char *headers; /* "name: value\n" */
    size_t n_frames;
    char *frames; /* "event|body\n" */
};

void fix_open(struct fetch_fix *x, const struct fetch_options *o); /* o NULL: allow_private */
void fix_close(struct fetch_fix *x);
/* Sends and returns at once. */
void fix_send(struct fetch_fix *x, const struct fetch_who *who, const struct tocsin_request *r,
              const struct validators *v, struct got *g);
void fix_wait(struct fetch_fix *x, struct got *g);
/* Sends and waits for the end. */
void fix_do(struct fetch_fix *x, const struct tocsin_request *r, const struct validators *v,
            struct got *g);
void fix_get(struct fetch_fix *x, const char *path, const struct validators *v, struct got *g);
void got_free(struct got *g);

#define PART_TEXT(s)                                              \
    {                                                             \
        .kind = TOCSIN_PART_TEXT, .text = { "" s, sizeof(s) - 1 } \
    }
#define PART_SECRET(nm, e)                                   \
    {                                                        \
        .kind = TOCSIN_PART_SECRET, .enc = (e), .name = (nm) \
    }
#define PARTS(array)                             \
    {                                            \
        (array), sizeof(array) / sizeof *(array) \
    }

#endif
