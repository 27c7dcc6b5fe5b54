/* hostile.c - a plugin that does what its option `what` says: crash, hang, eat memory, or call
 * what no plugin may. A letter before the colon says in which call: "parse:socket". */
#include <tocsin/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct conf {
    const char *what;
};
struct hostile {
    const struct tocsin_host *h;
    const char *what;
};

static volatile int *volatile nowhere;
static volatile int zero;

static void
do_crash(void)
{
    *nowhere = 1;
}
static void
do_abort(void)
{
    abort();
}
static void
do_socket(void)
{
    zero = socket(AF_INET, SOCK_STREAM, 0);
}
static void
do_fork(void)
{
    zero = fork();
}
static void
do_ptrace(void)
{
    zero = (int)ptrace(PTRACE_ATTACH, getppid(), 0, 0);
}
static void
do_kill(void)
{
    zero = kill(getppid(), SIGTERM);
}
static void
do_exit(void)
{
    _exit(0);
}
static void
do_garbage(void)
{
    zero = (int)write(3, "\xff\xff\xff\xffgarbage", 11);
}
static void
do_lie(void)
{
    zero = (int)write(3, "\2\0\0\0\5\1", 6);
}
static void
do_close(void)
{
    zero = close(3);
    while (!zero || zero < 9)
        zero = 1;
}

static void
do_hang(void)
{
    while (!zero)
        continue;
}

static void
do_sleep(void)
{
    struct timespec t = { 60, 0 };

    nanosleep(&t, NULL);
}

static void
do_exec(void)
{
    char *argv[] = { "sh", NULL }, *env[] = { NULL };

    execve("/bin/sh", argv, env);
}

/* Until it is refused, then as if nobody had looked. */
static void
do_hog(void)
{
    for (;;) {
        char *p = malloc(8u << 20);

        if (!p)
            do_crash();
        memset(p, 1, 8u << 20);
    }
}

static void
do_open(void)
{
    int fd = open("/etc/passwd", O_RDONLY);

    if (fd >= 0 || errno != EACCES)
        do_garbage(); /* it could: the test must see that */
}

static void
do_write_code(void)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p != MAP_FAILED)
        do_garbage();
}

static const struct {
    const char *name;
    void (*deed)(void);
} deeds[] = {
    { "crash", do_crash },     { "abort", do_abort },   { "hang", do_hang },
    { "hog", do_hog },         { "socket", do_socket }, { "fork", do_fork },
    { "exec", do_exec },       { "ptrace", do_ptrace }, { "kill", do_kill },
    { "open", do_open },       { "sleep", do_sleep },   { "exit", do_exit },
    { "garbage", do_garbage }, { "lie", do_lie },       { "code", do_write_code },
    { "close", do_close },
};

/* `what` is "CALL:DEED" or "CALL:DEED on BODY". */
static void
act(const char *what, const char *call)
{
    size_t n = strlen(call);

    if (strncmp(what, call, n) != 0 || what[n] != ':')
        return;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        if (strcmp(what + n + 1, deeds[i].name) == 0)
            deeds[i].deed();
    }
}

static int
hostile_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    const struct conf *c = conf;
    struct hostile *x = calloc(1, sizeof *x);

    if (!x)
        return h->fail(t, TOCSIN_NOMEM, "no memory");
    x->h = h;
    x->what = c->what;
    *self = x;
    act(x->what, "open");
    return TOCSIN_OK;
}

static int
hostile_plan(void *self, struct tocsin_turn *t)
{
    struct hostile *x = self;

    (void)t;
    act(x->what, "plan");
    return TOCSIN_OK;
}

static int
hostile_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct hostile *x = self;
    struct tocsin_post p = { .size = sizeof p, .id = { "1", 1 }, .text = r->body };

    if (r->body.n == 6 && memcmp(r->body.p, "poison", 6) == 0)
        do_crash();
    act(x->what, "parse");
    return x->h->post(t, &p);
}

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("what", struct conf, what, .dflt = "nothing"),
};
static const struct tocsin_source ops = {
    .size = sizeof ops, .open = hostile_open, .plan = hostile_plan, .parse = hostile_parse
};

#ifdef AT_LOAD
static void __attribute__((constructor)) at_load(void)
{
    act("load:" AT_LOAD, "load");
}
#endif
#ifndef NAME
#define NAME "hostile"
#endif

TOCSIN_EXPORT const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = NAME,
    .version = "0",
    .summary = "does harm",
    .options = options,
    .n_options = 1,
    .conf_size = sizeof(struct conf),
    .ops = &ops,
};
