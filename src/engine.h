/* engine - all that a listening Tocsin consists of, put together: what tocsind runs until it is
 * told to end, and `tocsin run --once` until nothing is left to do.
 */
#ifndef TOCSIN_ENGINE_H
#define TOCSIN_ENGINE_H

#include <uv.h>

#include "deliver/deliver.h"
#include "pipeline.h"
#include "setup.h"

struct engine_options {
    const char *config_path;
    const char *state_dir; /* NULL: as configured */
    const char *record_dir, *replay_dir;
    bool is_foreground;        /* readable progress on stdout */
    bool allow_private;        /* demo and tests: every source may talk to this machine */
    bool with_control;         /* serve the control socket */
    const struct clock *clock; /* NULL: the system's */
};

struct engine { /* the parts; owned */
    struct engine_options o;
    uv_loop_t *loop;
    struct plugins *plugins;
    struct setup *setup;
    struct host_pool *hosts;
    struct fetch *fetch;
    struct writer *writer;
    struct pipeline *pipeline;
    struct deliver *deliver;
    struct control *control;
    struct heartbeat *heartbeat;
    struct reporter *reporter;
    bool is_ending;
};

/* Findings of the configuration are printed to stderr. */
int engine_new(struct engine **out, const struct engine_options *o, struct err *err);
/* SIGHUP: 0, or -1 and the old configuration stays; findings go to the log. */
int engine_reload(struct engine *e, struct err *err);
/* Polls, delivers, answers until engine_stop (SIGTERM, SIGINT). */
int engine_run(struct engine *e, struct err *err);
/* Polls what is due (or everything), processes, delivers what can be delivered now, and ends. */
int engine_run_once(struct engine *e, bool ignore_due, struct err *err);
void engine_stop(struct engine *e);
void engine_free(struct engine *e); /* NULL is fine */

/* Where programs and data stand: the build tree's when TOCSIN_BUILDDIR is set, for tests. */
const char *install_host_program(void);
struct word_list install_plugin_folders(void);
const char *install_data_dir(void);

#endif
