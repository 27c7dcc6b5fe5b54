/* fetch - every request of every plugin, sent by the core.
 *
 *   plan -> [fetch] -> parse          render -> [fetch] -> judge
 *
 * One libuv loop with libcurl multi. Fills parts and sessions in on the way out and at each
 * redirect (which it follows itself), only for the asker's own secrets and granted hosts;
 * masks the values in logs, recordings, errors and the response handed back. Caps, timeouts,
 * at most 2 connections a host, polite spacing per registrable domain, SSRF guard on every
 * connect. Loop thread only.
 */
#ifndef TOCSIN_FETCH_FETCH_H
#define TOCSIN_FETCH_FETCH_H

#include <uv.h>

#include <tocsin/plugin.h>

#include "base/clock.h"
#include "base/err.h"
#include "host/host.h"

struct secret_value {
    const char *option; /* name of the SECRET option */
    const char *value;
};

/* Who asks: one source or notifier. Must live, unmoved, until fetch_forget. */
struct fetch_who {
    const char *subject;    /* "source=hn" */
    struct word_list hosts; /* granted; "*.example.org" covers subdomains */
    bool allow_private;
    const struct secret_value *secrets;
    size_t n_secrets;
    const struct option_values *options; /* FILE and EXEC look their option up here */
    struct word_list secret_env;         /* EXEC: secret options granted as environment */
    const char *proxy;                   /* NULL: none */
};

/* Conditional requests: sent verbatim, never made up. NULL: none. */
struct validators {
    const char *etag, *last_modified;
};

enum fetch_outcome {
    FETCH_OK,           /* a response for the plugin: 2xx, or any with ANY_STATUS */
    FETCH_NOT_MODIFIED, /* 304: nothing to parse */
    FETCH_THROTTLED, /* 429, 503: retry_at_ms says when; 403 after success is the caller's to see */
    FETCH_DENIED,    /* 401, 403 */
    FETCH_GONE,      /* 404, 410 */
    FETCH_FAILED,    /* DNS, TLS, timeout, reset, other 4xx and 5xx, cut body */
    FETCH_REFUSED    /* by us: host not granted, private address, bad scheme, loop */
};

struct fetch_result {
    enum fetch_outcome outcome;
    const char *why;                        /* cause and cure; "" when OK */
    const struct tocsin_response *response; /* OK: until the callback returns */
    struct validators validators;           /* of a 200, or a 304's new ETag; until it returns */
    int64_t retry_at_ms;  /* THROTTLED: clamped 60 s .. 24 h from now; 0: not said */
    bool defers_domain;   /* 429: siblings on the registrable domain wait as well */
    int64_t max_age_s;    /* Cache-Control max-age less Age, or Expires; -1: not said */
    const char *moved_to; /* after only 301/308: where; else NULL */
    uint64_t body_hash;
    int64_t took_ms;
    int status;
};

struct fetch;
struct fetch_options {
    const char *user_agent; /* NULL: tocsin/VERSION (+url; contact) */
    const char *contact;    /* NULL: none */
    const char *ca_info;    /* NULL: the system's bundle; CAPATH is never set */
    size_t max_body;        /* 0: 8 MB, decoded */
    int64_t timeout_ms;     /* 0: 30 s */
    unsigned max_in_flight; /* 0: 256 */
    unsigned per_host;      /* 0: 2; counted per registrable domain, streams that are open aside */
    int64_t gap_ms;         /* between starts at one registrable domain; 0: 1 s; -1: none */
    const char *record_dir; /* every exchange is written there, secrets masked; NULL: none */
    const char *replay_dir; /* answers come from there, no network; NULL: none */
    bool allow_private;     /* for every asker: demo, tests */
    const struct clock *clock;
};
int fetch_new(struct fetch **out, uv_loop_t *loop, const struct fetch_options *o, struct err *err);
/* Cancels what is under way (callbacks with FETCH_FAILED come before it returns). Run the loop
 * once more, so that handles close. */
void fetch_free(struct fetch *f);

typedef void (*fetch_done)(void *ctx, const struct fetch_result *r);
/* Copies the request. done is called later from the loop, exactly once. For a stream
 * (TOCSIN_REQ_SSE, _JSONL) it is called for each frame with outcome OK and a response marked
 * TOCSIN_RESP_FRAME, and a last time with another outcome (FETCH_FAILED, status 200, when the
 * server ended it in good order). */
int fetch_send(struct fetch *f, const struct fetch_who *who, const struct tocsin_request *r,
               const struct validators *v, fetch_done done, void *ctx, struct err *err);
/* Declares a session of `who`; a request that names it waits for its token. Declared again it
 * keeps its token. In `refresh` a part that names the session itself is its refresh value. */
int fetch_session(struct fetch *f, const struct fetch_who *who, const struct tocsin_session *s,
                  struct err *err);
void fetch_expire(struct fetch *f, const struct fetch_who *who, const char *session);
/* Cancels who's requests (callbacks with FETCH_FAILED come before it returns) and forgets its
 * sessions; from then on `who` is not looked at. */
void fetch_forget(struct fetch *f, const struct fetch_who *who);
size_t fetch_in_flight(const struct fetch *f);

#endif
