/* host - plugin code, in processes of its own.
 *
 *   schedule -> [plan] -> fetch -> [parse] -> normalise ...      deliver -> [render] -> fetch -> [judge]
 *
 * A pool per plugin: at most one tocsin-host a core, started when needed, ended when idle,
 * one turn at a time. Each turn carries options and cursor, so any host serves any source.
 * What a host says is hostile: counts, lengths, UTF-8 and URL schemes are checked here, so
 * whoever receives a struct turn_out may trust its form (never its truth).
 *
 * A host that crashes, hangs past the deadline or eats memory costs this turn only: the
 * result has status TOCSIN_RETRY, `is_fault` set and the reason in why; the pool restarts it
 * with backoff (1 s .. 5 min). Three faults on one body: `is_quarantined`, and the bytes are
 * kept under the state folder. Loop thread only.
 */
#ifndef TOCSIN_HOST_HOST_H
#define TOCSIN_HOST_HOST_H

#include <uv.h>

#include <tocsin/plugin.h>

#include "base/arena.h"
#include "base/err.h"
#include "record/post.h"
#include "record/rule.h"

/* ---- what a plugin says of itself --------------------------------------- */

struct plugin_info {
    const char *name, *version, *summary, *path, *example;
    uint32_t kind; /* TOCSIN_KIND_* */
    uint64_t traits;
    int64_t every_ms, at_least_ms;
    const struct tocsin_option *options; /* .offset is meaningless here */
    size_t n_options;
    struct word_list hosts;
};

/* Finds plugins by name in the folders given (the first that has NAME.so wins; names hold no
 * "/", files are not writable by others), asks a locked tocsin-host for their tables, and
 * remembers them by path, mtime and size. Blocks for some milliseconds per new plugin. */
struct plugins;
int plugins_new(struct plugins **out, const char *host_program, struct word_list folders,
                struct err *err);
void plugins_free(struct plugins *p);
/* 0 and *out valid until plugins_free. ERR_NOTFOUND names the nearest one; ERR_UNAVAILABLE
 * says what is wrong with it (ABI, crash, not a plugin). */
int plugins_get(struct plugins *p, const char *name, const struct plugin_info **out,
                struct err *err);
/* Names of all NAME.so found, sorted; valid until plugins_free. */
struct word_list plugins_names(struct plugins *p);

/* ---- option values ------------------------------------------------------- */

/* One configured option, already checked against the table. Lists have many values, maps
 * alternate name and value; durations are in ms, bools "true" or "false". PATH, COMMAND and
 * SECRET options carry no value to the host, only that they are set. */
struct option_value {
    const char *name;
    uint32_t type;
    struct word_list values;
    struct place at;
};
struct option_values {
    const struct option_value *v;
    size_t n;
};

/* ---- turns ---------------------------------------------------------------- */

enum host_call { CALL_PLAN, CALL_PARSE, CALL_RENDER, CALL_JUDGE, CALL_POLL, CALL_ANSWERS };

struct turn_in {
    enum host_call call;
    const char *plugin;
    const char *subject;  /* "source=hn", for logs */
    const char *service;  /* goes into post.service */
    const char *source;   /* goes into post.source */
    const struct option_values *options;
    struct tocsin_str cursor;
    int64_t now_ms;
    const struct tocsin_response *response; /* PARSE, JUDGE, ANSWERS */
    const struct tocsin_alert *alert;       /* RENDER, JUDGE */
    bool keep_raw;        /* fill post.raw */
};

/* Everything lives in `arena`, which the receiver owns and frees. */
struct turn_out {
    struct arena *arena;
    int status;                   /* TOCSIN_* */
    const char *why;              /* "" when OK */
    bool is_fault, is_quarantined;
    struct post *posts;
    size_t n_posts, n_refused;    /* refused: posts without an id, or over a cap */
    const struct tocsin_request *requests;
    size_t n_requests;
    const struct tocsin_session *sessions;
    size_t n_sessions;
    const char *const *expired;   /* sessions to mint again */
    size_t n_expired;
    bool has_cursor;
    struct tocsin_str cursor;
    const char *partial;          /* NULL: parsed whole */
    const struct tocsin_gap *gaps;
    size_t n_gaps;
    int64_t interval_s;           /* 0: not said */
    const char *interval_cause;
    int64_t not_before_ms;        /* 0: not said */
    const char *limit_why;
    int64_t spent;
    bool is_delivered;
    struct tocsin_str handle;
    const struct tocsin_answer *answers;
    size_t n_answers;
};

struct host_pool;
/* `state_dir` for quarantined bodies; NULL: none are kept. The lock-down is left out only
 * with `is_debug` (tocsin plugin test --debug). */
struct host_options {
    const char *host_program, *state_dir;
    unsigned hosts_per_plugin; /* 0: number of cores */
    int64_t deadline_ms;       /* 0: 2000 */
    int64_t idle_ms;           /* 0: 60000 */
    bool is_debug;
};
int host_pool_new(struct host_pool **out, uv_loop_t *loop, struct plugins *plugins,
                  const struct host_options *o, struct err *err);
/* Ends the hosts; pending turns are answered with TOCSIN_RETRY before it returns. Run the loop
 * once more afterwards so that handles close. */
void host_pool_free(struct host_pool *p);

typedef void (*host_done)(void *ctx, struct turn_out *out); /* takes out->arena */
/* Copies what it needs before returning; done is called later from the loop, exactly once. */
int host_turn(struct host_pool *p, const struct turn_in *in, host_done done, void *ctx,
              struct err *err);
size_t host_pool_waiting(const struct host_pool *p); /* turns queued or running */

#endif
