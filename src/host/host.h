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

#include "base/err.h"
#include "host/turn.h"

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
/* Which mechanisms this kernel gives to lock plugins in, for `tocsin doctor`; *out in `a`. */
int plugins_locks(struct plugins *p, struct arena *a, const struct host_lock **out, size_t *n,
                  struct err *err);

/* ---- turns ---------------------------------------------------------------- */

struct host_pool;
/* `state_dir` for quarantined bodies; NULL: none are kept. The lock-down is left out only
 * with `is_debug` (tocsin plugin test --debug). */
struct host_options {
    const char *host_program, *state_dir;
    unsigned hosts_per_plugin; /* 0: number of cores */
    int64_t deadline_ms;       /* 0: 2000 */
    int64_t idle_ms;           /* 0: 60000 */
    int64_t backoff_ms;        /* after the second fault in a row, doubling; 0: 1000 */
    int64_t recycle_after;     /* turns of one process; 0: 10000 */
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
