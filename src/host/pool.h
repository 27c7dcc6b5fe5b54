/* pool - inside of the host pool: turns wait for hosts, hosts are processes.
 *
 *   host_turn -> [waiting] -> host of this plugin (idle, or started now) -> [reply] -> done
 *
 * pool.c holds the queues and decides, process.c holds one process.
 */
#ifndef TOCSIN_HOST_POOL_H
#define TOCSIN_HOST_POOL_H

#include "base/buf.h"
#include "host/host.h"
#include "host/quarantine.h"
#include "wire/wire.h"

struct crew;

/* A turn from host_turn to done. Freed when it is answered and no write holds its frame. */
struct turn {
    struct turn *next;
    struct turn_in in; /* only call and the strings below */
    char *subject, *service, *source;
    struct buf frame; /* the whole message */
    host_done done;
    void *ctx;
    unsigned holders;
};

enum process_state {
    PROCESS_STARTING, /* spawned, has not greeted */
    PROCESS_IDLE,
    PROCESS_BUSY,  /* `turn` is with it */
    PROCESS_ENDING /* killed, or its socket closed: waits for the end */
};

struct process {
    struct process *next;
    struct crew *crew; /* NULL: the pool is gone */
    enum process_state state;
    struct turn *turn;
    uv_process_t child;
    uv_pipe_t socket, words;
    uv_timer_t timer;
    unsigned open_handles;
    bool has_greeted, has_exited, has_closed, is_fault, has_grace;
    int64_t exit_status;
    int signal;
    int64_t n_turns;
    unsigned n_lines; /* log lines during this turn */
    char why[1200];   /* of the fault; "" */
    /* the frame being read */
    unsigned char head[WIRE_HEAD];
    size_t n_head, frame_n, frame_got;
    char *frame;
    struct arena *arena;
};

/* All hosts of one plugin. */
struct crew {
    struct crew *next;
    struct host_pool *pool;
    char *name;
    const struct plugin_info *info;
    struct process *processes;
    unsigned n_processes;
    struct turn *first, *last; /* waiting */
    size_t n_waiting;
    unsigned faults;  /* in a row */
    int64_t retry_ms; /* no start before this, by mono clock */
    char last_fault[1200];
};

struct host_pool {
    uv_loop_t *loop;
    struct plugins *plugins;
    struct host_options o;
    char *host_program;
    struct quarantine *quarantine;
    struct crew *crews;
    struct turn *ready; /* to be answered from the loop: held, or down */
    uv_timer_t *timer;  /* starts after a backoff, and `ready`; closes by itself */
    size_t n_turns;
};

/* process.c */
int process_start(struct crew *c, struct err *err);
void process_give(struct process *p, struct turn *t); /* IDLE becomes BUSY */
void process_end(struct process *p);                  /* by closing its socket */
void process_abandon(struct process *p);              /* kills it at once; the crew goes */

/* pool.c, called by process.c */
void pool_answer(struct host_pool *pool, struct turn *t, struct turn_out *out);
/* t (may be NULL) is answered. A host that did not even start costs the next one waiting. */
void pool_fault(struct crew *c, struct turn *t, const char *why, bool has_started);
void pool_fine(struct crew *c); /* a turn went well: faults are forgotten */
void pool_gone(struct crew *c, struct process *p);
void pool_pump(struct crew *c);
void turn_release(struct turn *t);

#endif
