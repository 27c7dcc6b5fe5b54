/* turn - one call of a plugin: what goes in, what comes out.
 *
 * Shared by the core's side (pool, plugins) and by tocsin-host; no library's types in here.
 */
#ifndef TOCSIN_HOST_TURN_H
#define TOCSIN_HOST_TURN_H

#include <tocsin/plugin.h>

#include "base/arena.h"
#include "record/post.h"
#include "record/rule.h"

/* The most that one turn may yield. tocsin-host keeps to these, the core checks them again. */
enum {
    TURN_MAX_POSTS = 10000,
    TURN_MAX_REQUESTS = 64,
    TURN_MAX_SESSIONS = 8,
    TURN_MAX_EXPIRED = 8,
    TURN_MAX_GAPS = 64,
    TURN_MAX_ANSWERS = 200,
    TURN_MAX_LOGS = 100,
    TURN_MAX_HEADERS = 512,         /* of one request or response */
    TURN_MAX_PARTS = 256,           /* of one URL, header value or body */
    TURN_MAX_TAGS = 256,            /* tags of a post; links too */
    TURN_MAX_ITEM = 256 * 1024,     /* bytes of one post, all fields together */
    TURN_MAX_REQUEST = 1024 * 1024, /* bytes of one request */
    TURN_MAX_CURSOR = 64 * 1024,
    TURN_MAX_HANDLE = 1024,
    TURN_MAX_LINE = 1024, /* reasons, causes, log lines */
    TURN_MAX_URL = 4096,
    TURN_MAX_BODY = 14 * 1024 * 1024, /* of a response */
    TURN_MAX_OUT = 15 * 1024 * 1024   /* all together */
};

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

/* One mechanism of the lock-down, for `tocsin doctor`. */
struct host_lock {
    const char *name; /* "seccomp", "landlock", "no_new_privs", ... */
    bool is_in_force;
    const char *note; /* why not, or what exactly; "" */
};

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
    const char *subject; /* "source=hn", for logs */
    const char *service; /* goes into post.service */
    const char *source;  /* goes into post.source */
    const struct option_values *options;
    struct tocsin_str cursor;
    int64_t now_ms;
    const struct tocsin_response *response; /* PARSE, JUDGE, ANSWERS */
    const struct tocsin_alert *alert;       /* RENDER, JUDGE */
    bool keep_raw;                          /* fill post.raw */
};

/* Everything lives in `arena`, which the receiver owns and frees. */
struct turn_out {
    struct arena *arena;
    int status;      /* TOCSIN_* */
    const char *why; /* "" when OK */
    bool is_fault, is_quarantined;
    struct post *posts;
    size_t n_posts, n_refused; /* refused: posts without an id, or over a cap */
    const struct tocsin_request *requests;
    size_t n_requests;
    const struct tocsin_session *sessions;
    size_t n_sessions;
    const char *const *expired; /* sessions to mint again */
    size_t n_expired;
    bool has_cursor;
    struct tocsin_str cursor;
    const char *partial; /* NULL: parsed whole */
    const struct tocsin_gap *gaps;
    size_t n_gaps;
    int64_t interval_s; /* 0: not said */
    const char *interval_cause;
    int64_t not_before_ms; /* 0: not said */
    const char *limit_why;
    int64_t spent;
    bool is_delivered;
    struct tocsin_str handle;
    const struct tocsin_answer *answers;
    size_t n_answers;
};

#endif
