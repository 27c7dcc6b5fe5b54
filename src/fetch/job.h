/* job - one request on its way, from fetch_send to its callback.
 *
 *   NEW -> (WAITING for a session's token) -> QUEUED -> RUNNING -> over
 *             ^                                 ^  |
 *             +------------- 401 ---------------+--+ redirect
 *
 * Internal to src/fetch. Nothing here calls the asker from within libcurl.
 */
#ifndef TOCSIN_FETCH_JOB_H
#define TOCSIN_FETCH_JOB_H

#include <curl/curl.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "fetch/address.h"
#include "fetch/fetch.h"
#include "fetch/head.h"
#include "fetch/mask.h"
#include "fetch/polite.h"

#define FETCH_STAGE "fetch"

enum { MAX_HOPS = 5, MAX_HEAD = 64 * 1024 };

enum job_state {
    JOB_NEW,     /* will be looked at soon */
    JOB_WAITING, /* a session's token is being minted */
    JOB_QUEUED,  /* waits for its site's turn */
    JOB_RUNNING, /* on the wire, or its program runs */
    JOB_OVER     /* its callback is being called, or was */
};

struct asker;
struct session;
struct exec;
struct frame;
struct stream;

struct job {
    struct fetch *f;
    struct asker *asker;
    struct job *prev, *next; /* of the asker */
    struct job *next_soon;
    bool is_soon;
    int busy; /* its asker is being called with a frame: free it later */
    enum job_state state;
    struct arena *arena;
    const struct tocsin_request *req;
    struct validators validators; /* to send */
    fetch_done done;
    void *ctx;
    struct masks masks;
    int64_t began_ms; /* monotonic; 0: not yet */

    struct session *mints; /* this request is its login */
    struct session *waits; /* state WAITING: for this one */
    struct job *next_waiting;
    uint64_t generation; /* tokens up to this one were used */
    bool has_renewed;    /* a 401 was answered by a new token once */

    /* this hop */
    struct polite_ticket ticket;
    struct address at;
    char *site; /* in arena */
    bool is_local;
    const char *method;
    bool sends_secrets;          /* granted, and no step down from https */
    const char *user, *password; /* mail; in arena */
    struct buf out;              /* body to send */
    size_t n_sent;
    int pool; /* which connections it may use */
    CURL *easy;
    struct curl_slist *headers, *receivers;
    const char *refused_address; /* by the guard */
    char curl_error[CURL_ERROR_SIZE];
    int hops;
    bool is_moved; /* every hop was permanent */
    const char *visited[MAX_HOPS + 1];

    /* received */
    int status;
    struct buf head, body;
    bool is_gzip, is_chunked;
    size_t n_head; /* all header bytes, those of 1xx too */
    struct head fields;
    size_t n_raw; /* gzip bytes seen, and the last four of them */
    unsigned char raw_tail[4];
    enum fetch_outcome fault; /* why we stopped it ourselves: FETCH_OK is none */
    const char *fault_why;
    int64_t retry_at_ms;
    bool defers_domain;

    bool is_stream; /* frames are given as they come */
    size_t n_frames;
    struct frame *frames, *last_frame;
    struct stream *stream; /* the frame being read */
    struct exec *exec;
};

struct session {
    struct session *next;
    struct asker *asker;
    struct arena *arena;
    const struct tocsin_session *decl;
    char *token, *refresh; /* NULL: none held */
    int64_t expires_ms;    /* monotonic; 0: until refused */
    uint64_t generation;   /* of the token */
    struct job *minting;
    bool is_refresh; /* minting is the refresh request */
    struct job *waiting;
};

struct asker {
    struct fetch *f;
    const struct fetch_who *who;
    struct job *jobs;
    struct session *sessions;
    bool is_forgotten;
};

enum { POOL_PUBLIC, POOL_PRIVATE, POOLS }; /* connections are never shared between them */

/* One curl multi handle on the uv loop. */
struct pool {
    struct fetch *f;
    CURLM *multi;
    uv_timer_t timer;
};

struct fetch {
    uv_loop_t *loop;
    struct fetch_options o; /* defaults filled in; strings in `arena` */
    struct arena *arena;
    struct hash *askers; /* by the address of fetch_who */
    struct polite *polite;
    struct pool pools[POOLS];
    uv_timer_t soon, turn;
    struct job *first_soon, *last_soon;
    CURL *spare[64];
    size_t n_spare;
    size_t n_jobs;
    struct replay *replay;
    unsigned n_recorded;
    uint64_t generation; /* tokens minted */
    int open_handles;    /* freed when the last is closed */
    bool is_closing;
};

/* fetch.c */
int64_t fetch_mono(const struct fetch *f);
int64_t fetch_wall(const struct fetch *f);
struct job *fetch_add(struct asker *a, const struct tocsin_request *r, const struct validators *v,
                      fetch_done done, void *ctx, struct err *err);
void fetch_soon(struct job *j);
void fetch_dispatch(struct fetch *f);
void fetch_handle_closed(struct fetch *f);

/* job.c */
struct job *job_new(struct fetch *f, const struct tocsin_request *r, const struct validators *v,
                    struct err *err);
void job_advance(struct job *j);
void job_start(struct job *j); /* its turn has come */
void job_stop(struct job *j);  /* off the wire and out of every queue */
void job_again(struct job *j); /* a new hop, or the same with a new token */
void job_transferred(struct job *j, CURLcode code);
void job_answered(struct job *j); /* status, head and body are there */
void job_deliver(struct job *j);  /* frames that came in */
/* Ends it: the callback is called, the job is freed. */
void job_finish(struct job *j, enum fetch_outcome outcome, const char *why);
void job_fail(struct job *j, enum fetch_outcome outcome, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* From within a libcurl callback: what job_transferred will say. */
void job_fault(struct job *j, enum fetch_outcome outcome, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool job_allows_private(const struct job *j);
struct tocsin_str job_find_secret(void *job, const char *name);
/* Appends the name by which the request is recorded: "GET http://...", secrets masked. */
void job_key(struct job *j, struct buf *out);

/* loop.c: libcurl on libuv */
int loop_open(struct fetch *f, struct err *err);
void loop_close(struct fetch *f);
CURL *loop_take_easy(struct fetch *f);
int loop_start(struct job *j);
void loop_stop(struct job *j); /* the easy handle goes back */

/* transfer.c: what all protocols have in common */
void transfer_setup(struct job *j);
const char *transfer_why(struct job *j, CURLcode code); /* cause and cure; in the arena */
int transfer_place(struct job *j, struct err *err);     /* site and pool of j->at; the guard */
int transfer_fill(struct job *j, struct buf *out, struct tocsin_parts p, bool is_body,
                  struct err *err);
/* result.c */
void result_fill(struct job *j, enum fetch_outcome outcome, const char *why, struct fetch_result *r,
                 struct tocsin_response *response);
void result_frame(struct job *j, const struct frame *fr, struct fetch_result *r,
                  struct tocsin_response *response);
/* http.c */
int http_prepare(struct job *j, struct err *err); /* address, body and headers of this hop */
void http_setup(struct job *j);
void http_done(struct job *j);
/* redirect.c: the next hop, or the end */
void redirect_follow(struct job *j, struct tocsin_str location);
/* mail.c, smtp.c, imap.c */
int mail_prepare(struct job *j, struct err *err);
void mail_setup(struct job *j);
void smtp_setup(struct job *j);
void smtp_done(struct job *j);
void imap_setup(struct job *j);
void imap_done(struct job *j);
/* local.c, exec.c */
const struct option_value *local_option(const struct job *j, uint32_t type);
void file_run(struct job *j);
void exec_run(struct job *j);
void exec_done(struct job *j);
void exec_stop(struct job *j);
/* stream.c */
int stream_feed(struct job *j, struct tocsin_str bytes);
void stream_end(struct job *j);
void stream_frames_free(struct stream *s);
struct frame {
    struct frame *next;
    char *bytes; /* event, then body */
    size_t n_event, n_body;
};
void frame_free(struct frame *fr);
/* session.c */
bool session_ready(struct job *j); /* else it waits, or is over */
bool session_renew(struct job *j); /* after a 401: true when it will be sent again */
void session_take(struct job *j);  /* the answer to a login */
void session_free(struct session *s);
struct session *session_find(const struct asker *a, const char *name);
void session_leave(struct job *j);
/* record.c, replay.c */
int record_open(struct fetch *f, struct err *err);
void record_write(struct job *j);
struct replay;
int replay_open(struct fetch *f, struct err *err);
void replay_close(struct fetch *f);
void replay_answer(struct job *j);

#endif
