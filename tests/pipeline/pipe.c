/* pipe - makes a folder, writes a configuration, starts and ends processes, and waits. */
#include "unit/unit.h"

#include "pipeline/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

#define PATIENCE_MS 40000
#define MAX_FEEDS 32

struct item {
    char *id, *author, *text;
    time_t at;
};

struct feed {
    char path[64];
    struct item *items;
    size_t n;
};

struct pipe {
    char dir[256];
    struct http_server *web;
    struct feed feeds[MAX_FEEDS];
    size_t n_feeds;
    pid_t daemon; /* 0: none */
    char *said, *log, *heard_now;
    pthread_mutex_t lock;
    struct buf heard; /* under lock: all requests to /hook */
};

/* ---- files ------------------------------------------------------------------------ */

static char *
read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = calloc(1, 1);
    size_t n = 0;

    while (f) {
        char chunk[8192];
        size_t got = fread(chunk, 1, sizeof chunk, f);
        if (got == 0)
            break;
        text = realloc(text, n + got + 1);
        assert_non_null(text);
        memcpy(text + n, chunk, got);
        text[n += got] = '\0';
    }
    if (f)
        fclose(f);
    return text;
}

void
pipe_write(struct pipe *p, const char *name, const char *text)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", p->dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fchmod(fileno(f), 0600);
    assert_int_equal(fclose(f), 0);
}

static void
add_expanded(struct pipe *p, struct buf *b, const char *z)
{
    const struct {
        const char *mark;
        char value[300];
    } marks[] = { { "@WEB@", "" }, { "@DIR@", "" }, { "@OWN@", "allow_private: true" } };

    while (*z) {
        size_t i = 0;
        while (i < 3 && strncmp(z, marks[i].mark, 5) != 0)
            i++;
        if (i == 0)
            buf_fmt(b, "http://127.0.0.1:%d", http_server_port(p->web));
        else if (i < 3)
            buf_z(b, i == 1 ? p->dir : marks[i].value);
        else
            buf_char(b, *z);
        z += i < 3 ? 5 : 1;
    }
}

void
pipe_config(struct pipe *p, const char *yaml)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    add_expanded(p, &b, "state_dir: @DIR@/state\nsocket: @DIR@/sock\n");
    add_expanded(p, &b, yaml);
    pipe_write(p, "tocsin.yaml", buf_cstr(&b));
    buf_free(&b);
}

void
pipe_usual_config(struct pipe *p, const char *more)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    buf_z(&b, "brands: {acme: {}}\n"
              "sources:\n"
              "  feed: {plugin: rss, @OWN@, every: 1h, options: {url: \"@WEB@/feed\"}}\n"
              "notifiers:\n"
              "  hook: {plugin: webhook, @OWN@, options: {url: \"@WEB@/hook\"}}\n"
              "staff: {ana: {notify: [hook]}}\n");
    buf_z(&b, more);
    if (!strstr(more, "escalation:"))
        buf_z(&b, "escalation: {irate: [{notify: [ana], wait: 10m}]}\n");
    pipe_config(p, buf_cstr(&b));
    buf_free(&b);
}

/* ---- feeds ------------------------------------------------------------------------- */

static struct feed *
get_feed(struct pipe *p, const char *path)
{
    for (size_t i = 0; i < p->n_feeds; i++)
        if (strcmp(p->feeds[i].path, path) == 0)
            return &p->feeds[i];
    assert_true(p->n_feeds < MAX_FEEDS);
    struct feed *f = &p->feeds[p->n_feeds++];
    snprintf(f->path, sizeof f->path, "%s", path);
    return f;
}

static void
add_item(struct pipe *p, struct buf *b, const struct item *it)
{
    char date[64];
    struct tm tm;

    gmtime_r(&it->at, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    buf_fmt(b,
            "<item><guid isPermaLink=\"false\">%s</guid><dc:creator>%s</dc:creator>"
            "<title>A word about acme by %s</title>"
            "<link>http://127.0.0.1:%d/posts/%s</link><pubDate>%s</pubDate>"
            "<description>%s</description></item>\n",
            it->id, it->author, it->author, http_server_port(p->web), it->id, date, it->text);
}

static void
publish(struct pipe *p, const struct feed *f)
{
    struct buf b;

    buf_init(&b, 16 << 20);
    buf_z(&b, "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>"
              "<title>Talk</title>\n");
    for (size_t i = f->n; i-- > 0;)
        add_item(p, &b, &f->items[i]);
    buf_z(&b, "</channel></rss>\n");
    http_server_set(p->web, f->path, &(struct http_answer){ .body = buf_cstr(&b) });
    buf_free(&b);
}

void
pipe_post(struct pipe *p, const char *path, const char *id, const char *author, const char *text)
{
    struct feed *f = get_feed(p, path);
    struct item *it = NULL;

    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->items[i].id, id) == 0)
            it = &f->items[i];
    if (!it) {
        f->items = reallocarray(f->items, f->n + 1, sizeof *f->items);
        assert_non_null(f->items);
        it = &f->items[f->n++];
        *it = (struct item){ .at = time(NULL) };
    }
    free(it->id);
    free(it->author);
    free(it->text);
    it->id = strdup(id);
    it->author = strdup(author);
    it->text = strdup(text);
    publish(p, f);
}

const char *
pipe_angry(unsigned seed)
{
    static const char *const words[] = {
        "kettle", "parcel",  "tuesday", "window",  "invoice", "manual",  "colour",  "battery",
        "garden", "phone",   "courier", "receipt", "morning", "plastic", "spring",  "hinge",
        "street", "counter", "branch",  "ticket",  "letter",  "summer",  "kitchen", "pocket",
        "bottle", "engine",  "screen",  "pillow",  "carpet",  "pencil",  "basket",  "ladder",
    };
    static char text[1024];
    uint64_t x = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    size_t n = (size_t)snprintf(
        text, sizeof text, "acme are thieves and liars, I am furious! Disgusting, never again. ");

    for (int i = 0; i < 40; i++) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u ", words[x >> 59],
                              (unsigned)(x >> 40) % 1000);
    }
    snprintf(text + n, sizeof text - n, "I want my money back and I will sue.");
    return text;
}

/* ---- processes ----------------------------------------------------------------------- */

static const char *
get_env(const char *name)
{
    const char *v = getenv(name);

    if (!v)
        fail_msg("%s is not set: run this by `make check TESTS=...`", name);
    return v;
}

static void
set_environment(void)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/tocsin-host", get_env("TOCSIN_BUILDDIR"));
    setenv("TOCSIN_HOST", path, 1);
    snprintf(path, sizeof path, "%s/etc", get_env("TOCSIN_SRCDIR"));
    setenv("TOCSIN_DATA", path, 1);
    snprintf(path, sizeof path, "%s/plugins/all:%s/tests/plugins/.libs", get_env("TOCSIN_BUILDDIR"),
             get_env("TOCSIN_BUILDDIR"));
    setenv("TOCSIN_PLUGIN_PATH", path, 1);
    unsetenv("http_proxy");
}

static int
exit_code(int status)
{
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
become(struct pipe *p, char **argv, const char *log, int flags)
{
    char path[512];
    int fd;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(path, sizeof path, "%s/%s", p->dir, log);
    fd = open(path, O_WRONLY | O_CREAT | flags, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    if (chdir(p->dir) == 0)
        execv(argv[0], argv);
    _exit(127);
}

static int
run_cli(struct pipe *p, const char *fmt, va_list va)
{
    char line[2048], program[1024], config[512], *argv[40], *rest = line;
    size_t n = 0;
    int status;
    pid_t pid;

    vsnprintf(line, sizeof line, fmt, va);
    snprintf(program, sizeof program, "%s/tocsin", get_env("TOCSIN_BUILDDIR"));
    snprintf(config, sizeof config, "%s/tocsin.yaml", p->dir);
    argv[n++] = program;
    while (rest && n < 36)
        argv[n++] = strsep(&rest, " ");
    argv[n++] = (char[]){ "-c" };
    argv[n++] = config;
    argv[n] = NULL;
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        become(p, argv, "said", O_TRUNC);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    snprintf(line, sizeof line, "%s/said", p->dir);
    free(p->said);
    p->said = read_all(line);
    return exit_code(status);
}

int
pipe_cli(struct pipe *p, const char **said, const char *fmt, ...)
{
    va_list va;
    int rc;

    va_start(va, fmt);
    rc = run_cli(p, fmt, va);
    va_end(va);
    if (said)
        *said = p->said;
    return rc;
}

const char *
pipe_must(struct pipe *p, const char *fmt, ...)
{
    va_list va;
    int rc;

    va_start(va, fmt);
    rc = run_cli(p, fmt, va);
    va_end(va);
    if (rc != 0)
        fail_msg("`tocsin %s` ended with %d and said: %s\ndaemon: %s", fmt, rc, p->said,
                 pipe_log(p));
    return p->said;
}

void
pipe_spawn(struct pipe *p)
{
    char program[1024], config[512];
    char *argv[] = { program, (char[]){ "-c" }, config, NULL };

    assert_int_equal(p->daemon, 0);
    snprintf(program, sizeof program, "%s/tocsind", get_env("TOCSIN_BUILDDIR"));
    snprintf(config, sizeof config, "%s/tocsin.yaml", p->dir);
    p->daemon = fork();
    assert_true(p->daemon >= 0);
    if (p->daemon == 0)
        become(p, argv, "log", O_APPEND);
}

pid_t
pipe_pid(const struct pipe *p)
{
    return p->daemon;
}

static bool
does_answer(struct pipe *p, void *ctx)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok;

    (void)ctx;
    if (waitpid(p->daemon, NULL, WNOHANG) != 0)
        fail_msg("tocsind ended: %s", pipe_log(p));
    if ((size_t)snprintf(sa.sun_path, sizeof sa.sun_path, "%s/sock", p->dir) >= sizeof sa.sun_path)
        fail_msg("%s is too long for a socket", p->dir);
    ok = connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0;
    close(fd);
    return ok;
}

void
pipe_start(struct pipe *p)
{
    pipe_spawn(p);
    pipe_until(p, "tocsind answers", does_answer, NULL);
}

int
pipe_end(struct pipe *p, int signal)
{
    int status = 0;

    assert_true(p->daemon > 0);
    if (signal)
        kill(p->daemon, signal);
    assert_int_equal(waitpid(p->daemon, &status, 0), p->daemon);
    p->daemon = 0;
    return exit_code(status);
}

const char *
pipe_log(struct pipe *p)
{
    char path[512];

    snprintf(path, sizeof path, "%s/log", p->dir);
    free(p->log);
    p->log = read_all(path);
    return p->log;
}

/* ---- waiting ---------------------------------------------------------------------------- */

void
pipe_until(struct pipe *p, const char *what, bool (*is_so)(struct pipe *p, void *ctx), void *ctx)
{
    int64_t until = clock_mono(&clock_system) + PATIENCE_MS;

    while (clock_mono(&clock_system) < until) {
        if (is_so(p, ctx))
            return;
        usleep(20000);
    }
    fail_msg("never so: %s\nsaid: %s\ndaemon: %s", what, p->said ? p->said : "", pipe_log(p));
}

struct wanted {
    const char *what, *part;
    int n;
};

static bool
is_counted(struct pipe *p, void *ctx)
{
    struct wanted *w = ctx;

    return http_server_count(p->web, w->what) >= w->n;
}

void
pipe_until_count(struct pipe *p, const char *path, int n)
{
    pipe_until(p, path, is_counted, &(struct wanted){ path, NULL, n });
}

static bool
is_said(struct pipe *p, void *ctx)
{
    struct wanted *w = ctx;
    const char *said;

    usleep(50000);
    return pipe_cli(p, &said, "%s", w->what) == 0 && strstr(said, w->part);
}

void
pipe_until_says(struct pipe *p, const char *args, const char *part)
{
    pipe_until(p, part, is_said, &(struct wanted){ args, part, 0 });
}

static bool
is_logged(struct pipe *p, void *ctx)
{
    return strstr(pipe_log(p), ((struct wanted *)ctx)->part) != NULL;
}

void
pipe_until_logged(struct pipe *p, const char *part)
{
    pipe_until(p, part, is_logged, &(struct wanted){ NULL, part, 0 });
}

size_t
pipe_count(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

bool
pipe_is_slow(void)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    return true;
#else
    return false;
#endif
}

/* ---- life --------------------------------------------------------------------------------- */

struct http_server *
pipe_web(struct pipe *p)
{
    return p->web;
}

const char *
pipe_dir(const struct pipe *p)
{
    return p->dir;
}

static void
listen_to_hook(void *ctx, const char *path, const char *request, size_t n)
{
    struct pipe *p = ctx;

    if (strcmp(path, "/hook") != 0)
        return;
    pthread_mutex_lock(&p->lock);
    buf_add(&p->heard, request, n);
    buf_char(&p->heard, '\n');
    pthread_mutex_unlock(&p->lock);
}

const char *
pipe_heard(struct pipe *p)
{
    pthread_mutex_lock(&p->lock);
    free(p->heard_now);
    p->heard_now = strdup(buf_cstr(&p->heard));
    pthread_mutex_unlock(&p->lock);
    return p->heard_now;
}

struct pipe *
pipe_new(void)
{
    struct pipe *p = calloc(1, sizeof *p);
    const char *tmp = getenv("TMPDIR");

    assert_non_null(p);
    set_environment();
    snprintf(p->dir, sizeof p->dir, "%s/tocsin-pipe-XXXXXX",
             tmp && strlen(tmp) < 60 ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    p->web = http_server_start();
    assert_non_null(p->web);
    pthread_mutex_init(&p->lock, NULL);
    buf_init(&p->heard, 64 << 20);
    http_server_watch(p->web, listen_to_hook, p);
    http_server_set(p->web, "/hook", &(struct http_answer){ .body = "ok" });
    return p;
}

static void
free_feed(struct feed *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->items[i].id);
        free(f->items[i].author);
        free(f->items[i].text);
    }
    free(f->items);
}

void
pipe_free(struct pipe *p)
{
    char line[512];

    if (p->daemon > 0)
        pipe_end(p, SIGKILL);
    http_server_stop(p->web);
    for (size_t i = 0; i < p->n_feeds; i++)
        free_feed(&p->feeds[i]);
    snprintf(line, sizeof line, "rm -rf '%s'", p->dir);
    if (!getenv("TOCSIN_KEEP") && system(line) != 0)
        fprintf(stderr, "left behind: %s\n", p->dir);
    free(p->said);
    free(p->log);
    free(p->heard_now);
    buf_free(&p->heard);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
