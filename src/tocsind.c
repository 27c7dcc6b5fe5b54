/* tocsind - the daemon: listens until it is told to end. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/log.h"
#include "engine.h"

static const char usage[] =
    "usage: tocsind [-c FILE] [-f] [-v]\n"
    "  -c, --config FILE   configuration (default: see tocsind(8))\n"
    "  -f, --foreground    readable progress on this terminal\n"
    "  -v, --verbose       log more\n"
    "      --record DIR    write every exchange to DIR, secrets masked\n"
    "      --allow-private let every source talk to this machine (demo, tests)\n"
    "      --version, --help\n";

enum { OPT_RECORD = 256, OPT_PRIVATE, OPT_VERSION };

static const struct option options[] = {
    { "config", required_argument, NULL, 'c' },
    { "foreground", no_argument, NULL, 'f' },
    { "verbose", no_argument, NULL, 'v' },
    { "record", required_argument, NULL, OPT_RECORD },
    { "allow-private", no_argument, NULL, OPT_PRIVATE },
    { "version", no_argument, NULL, OPT_VERSION },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

/* -1: go on; else the exit code. */
static int
read_args(int argc, char **argv, struct engine_options *o)
{
    int c;

    while ((c = getopt_long(argc, argv, "c:fvh", options, NULL)) != -1) {
        switch (c) {
        case 'c':
            o->config_path = optarg;
            break;
        case 'f':
            o->is_foreground = true;
            break;
        case 'v':
            log_set_level(LOG_DEBUG_);
            break;
        case OPT_RECORD:
            o->record_dir = optarg;
            break;
        case OPT_PRIVATE:
            o->allow_private = true;
            break;
        case OPT_VERSION:
            puts("tocsind " PACKAGE_VERSION);
            return EX_OK;
        case 'h':
            fputs(usage, stdout);
            return EX_OK;
        default:
            fputs(usage, stderr);
            return EX_USAGE;
        }
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "tocsind: what is \"%s\"?\n%s", argv[optind], usage);
    return EX_USAGE;
}

static int
listen_until_told(const struct engine_options *o)
{
    struct engine *e = NULL;
    struct err err = { 0 };
    int rc = engine_new(&e, o, &err);

    if (rc == 0)
        rc = engine_run(e, &err);
    engine_free(e);
    if (rc == 0)
        return EX_OK;
    log_err(LOG_ERROR_, "tocsind", NULL, &err);
    return err_exit_code(&err);
}

int
main(int argc, char **argv)
{
    struct engine_options o = { .with_control = true };
    struct err err = { 0 };
    struct buf path;
    int rc = read_args(argc, argv, &o);

    if (rc >= 0)
        return rc;
    buf_init(&path, 4096);
    if (!o.config_path && config_find(&path, &err) != 0) {
        fprintf(stderr, "tocsind: %s\n", err.msg);
        return err_exit_code(&err);
    }
    if (!o.config_path)
        o.config_path = buf_cstr(&path);
    /* Whoever watches gets the readable lines; the log keeps what is wrong. */
    if (o.is_foreground && log_level() > LOG_DEBUG_)
        log_set_level(LOG_WARN_);
    rc = listen_until_told(&o);
    buf_free(&path);
    return rc;
}
