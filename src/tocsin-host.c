/* tocsin-host - runs plugin code, apart from everything else. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "host/child_describe.h"
#include "host/child_serve.h"
#include "host/sanitizer.h"
#include "host/trap.h"

enum { SOCKET = 3 };

#if IS_SANITIZED
/* The leak check at exit would need ptrace; leaks are looked for in the unit tests. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *
__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

static void
usage(FILE *to)
{
    fputs("usage: tocsin-host --describe [--json] PLUGIN.so\n"
          "       tocsin-host --locks\n"
          "       tocsin-host --help | --version\n"
          "\n"
          "  --describe  what the plugin says of itself: options, hosts, example\n"
          "  --locks     which mechanisms this kernel gives to lock plugins in\n"
          "\n"
          "tocsind starts it as `tocsin-host --serve [--unlocked] PLUGIN.so` with its socket\n"
          "as descriptor 3.\n",
          to);
}

/* Nothing of the parent's but the socket and stderr. */
static void
close_others(int first)
{
#ifdef SYS_close_range
    syscall(SYS_close_range, first, ~0u, 0);
#else
    for (int fd = first; fd < 1024; fd++)
        close(fd);
#endif
}

static int
serve(struct child *c)
{
    struct err err = { 0 };
    struct stat st;

    if (fstat(SOCKET, &st) || !S_ISSOCK(st.st_mode)) {
        fputs("tocsin-host: descriptor 3 is no socket: tocsind starts this program\n", stderr);
        return EX_USAGE;
    }
    close_others(SOCKET + 1);
    c->fd = SOCKET;
    if (child_start(c, &err)) {
        child_greet(c, &err);
        return EX_UNAVAILABLE;
    }
    if (child_greet(c, NULL))
        return EX_IOERR;
    return c->path ? child_serve(c) : EX_OK;
}

static int
describe(struct child *c, bool is_json)
{
    struct err err = { 0 };

    c->locks.has_output = true;
    if (child_start(c, &err)) {
        fprintf(stderr, "tocsin-host: %s\n", err.msg);
        return EX_UNAVAILABLE;
    }
    return child_describe(c, is_json) ? EX_IOERR : EX_OK;
}

/* --serve and --describe after their options; NULL: only the locks. */
static int
run(bool is_serving, bool is_json, bool is_unlocked, const char *path)
{
    struct child c = { .fd = -1, .is_unlocked = is_unlocked, .arena = arena_new(16u << 20) };
    char *real = path ? realpath(path, NULL) : NULL;
    struct tocsin_str name = real ? plugin_file_name(real) : STR_LIT("none");
    int code = EX_NOINPUT;

    if (!c.arena)
        return EX_OSERR;
    if (path && !real)
        fprintf(stderr, "tocsin-host: no plugin at %s\n", path);
    c.path = real;
    trap_install(is_serving ? SOCKET : -1, arena_z(c.arena, name));
    if (real || !path)
        code = is_serving ? serve(&c) : describe(&c, is_json);
    arena_free(c.arena);
    free(real);
    return code;
}

int
main(int argc, char **argv)
{
    bool is_serving = false, is_describing = false, is_json = false, is_unlocked = false;
    int i;

    for (i = 1; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--version") == 0)
            return puts("tocsin-host " PACKAGE_VERSION) < 0 ? EX_IOERR : EX_OK;
        if (strcmp(argv[i], "--help") == 0)
            return usage(stdout), EX_OK;
        if (strcmp(argv[i], "--serve") == 0)
            is_serving = true;
        else if (strcmp(argv[i], "--describe") == 0)
            is_describing = true;
        else if (strcmp(argv[i], "--json") == 0)
            is_json = true;
        else if (strcmp(argv[i], "--unlocked") == 0)
            is_unlocked = true;
        else if (strcmp(argv[i], "--locks") == 0 && argc == 2)
            return run(false, false, false, NULL);
        else
            return usage(stderr), EX_USAGE;
    }
    if (is_serving == is_describing || argc - i > 1 || (is_describing && argc - i != 1))
        return usage(stderr), EX_USAGE;
    return run(is_serving, is_json, is_unlocked, argv[i]);
}
