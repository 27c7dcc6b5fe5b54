/* run - the whole way of the data once, without a daemon. */
#include <stdio.h>
#include <sysexits.h>

#include "base/log.h"
#include "cli/cli.h"
#include "engine.h"

int
cmd_run(const struct args *a)
{
    struct engine *e = NULL;
    struct err err = { 0 };
    struct buf path;
    struct engine_options o = {
        .state_dir = a->state,
        .record_dir = a->record,
        .replay_dir = a->replay,
        .is_foreground = true,
        .allow_private = a->allow_private,
    };
    int rc = -1;

    if (!a->is_once) {
        err_set(&err, ERR_USAGE, "say `tocsin run --once`; to listen on, start `tocsind -f`");
        return cli_fail(&err);
    }
    if (a->is_verbose)
        log_set_level(LOG_DEBUG_);
    buf_init(&path, 4096);
    if ((a->config ? buf_z(&path, a->config) : config_find(&path, &err)) == 0) {
        o.config_path = buf_cstr(&path);
        rc = engine_new(&e, &o, &err);
        if (rc == 0)
            rc = engine_run_once(e, a->is_now, &err);
        engine_free(e);
    }
    buf_free(&path);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
