/* bench e2e: real processes against nginx on loopback: posts a CPU-second end to end (G10), and
 * memory, idle CPU and the time to poll many sources (G11). */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"

enum { PORT = 18095, ITEMS = 100, N_RULES = 1000, SOURCES_A_FILE = 2000 };

static char folder[] = "/tmp/tocsin-bench-XXXXXX";

static void
die(const char *why)
{
    fprintf(stderr, "bench_e2e: %s\n", why);
    exit(1);
}

static void
write_file(const char *name, const struct buf *b)
{
    char path[300];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "w");
    if (!f || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0)
        die("cannot write into /tmp");
}

/* ---- the site ---------------------------------------------------------------------------- */

static pid_t
start_nginx(void)
{
    struct buf b;
    char path[300];
    pid_t pid;

    buf_init(&b, 4096);
    buf_fmt(&b,
            "daemon off; pid %s/pid; error_log /dev/null; worker_processes 1;\n"
            "events { worker_connections 4096; }\n"
            "http { access_log off; keepalive_requests 1000000; root %s;\n"
            "client_body_temp_path %s/a; proxy_temp_path %s/b; fastcgi_temp_path %s/c;\n"
            "uwsgi_temp_path %s/d; scgi_temp_path %s/e;\n"
            "server { listen 127.0.0.1:%d; } }\n",
            folder, folder, folder, folder, folder, folder, folder, PORT);
    write_file("conf", &b);
    buf_free(&b);
    snprintf(path, sizeof path, "%s/conf", folder);
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execlp("nginx", "nginx", "-p", folder, "-e", "/dev/null", "-c", path, (char *)NULL);
        _exit(127);
    }
    usleep(500 * 1000);
    return pid;
}

static void
write_feeds(const char *prefix, int64_t n, size_t items, unsigned first)
{
    char name[64];

    for (int64_t i = 0; i < n; i++) {
        struct buf b;
        buf_init(&b, 16 << 20);
        bench_feed(&b, first + (unsigned)i, items);
        snprintf(name, sizeof name, "%s%lld.xml", prefix, (long long)i);
        write_file(name, &b);
        buf_free(&b);
    }
}

/* 60 keywords, 30 phrases and 10 regexes in a hundred. */
static void
put_rules(struct buf *b)
{
    buf_z(b, "rules:\n");
    for (unsigned i = 0; i < N_RULES; i++) {
        const char *w = bench_word(9000 + 7 * i), *v = bench_word(20 + i % 300);
        if (i % 10 < 6)
            buf_fmt(b, "  - {id: r%u, about: acme, query: '%sen', irate: +2}\n", i, w);
        else if (i % 10 < 9)
            buf_fmt(b, "  - {id: r%u, about: acme, query: '\"%s %s\"', irate: +2}\n", i, w, v);
        else
            buf_fmt(b, "  - {id: r%u, about: acme, regex: '/\\b%s\\w*\\s+%s/i', irate: +2}\n", i, w,
                    v);
    }
}

/* A file of the configuration is of one megabyte at most: many sources stand in several. */
static void
write_sources(const char *config, const char *prefix, int64_t n)
{
    char name[100];

    for (int64_t i = 0; i < n;) {
        struct buf b;
        buf_init(&b, 1 << 20);
        buf_z(&b, "sources:\n");
        snprintf(name, sizeof name, "%s.d-%lld.yaml", config, (long long)i);
        for (int64_t end = i + SOURCES_A_FILE; i < end && i < n; i++)
            buf_fmt(&b,
                    "  s%lld: {plugin: rss, allow_private: true, every: 1d, options: {url: "
                    "\"http://127.0.0.1:%d/%s%lld.xml\"}}\n",
                    (long long)i, PORT, prefix, (long long)i);
        write_file(name, &b);
        buf_free(&b);
    }
}

static void
write_config(const char *name, const char *prefix, int64_t n, const char *state)
{
    struct buf b;

    write_sources(name, prefix, n);
    buf_init(&b, 64 << 20);
    buf_fmt(&b,
            "include: [%s/%s.d-*.yaml]\n"
            "state_dir: %s/%s\nsocket: %s/sock\nbrands: {acme: {}}\nnotifiers:\n"
            "  term: {plugin: terminal}\nstaff: {ana: {notify: [term]}}\n",
            folder, name, folder, state, folder);
    put_rules(&b);
    write_file(name, &b);
    buf_free(&b);
}

/* ---- our programs -------------------------------------------------------------------------- */

static pid_t
spawn(const char *program, const char *config, bool is_once)
{
    char path[1024], conf[300], log[300];
    pid_t pid;

    snprintf(path, sizeof path, "%s/%s", getenv("TOCSIN_BUILDDIR"), program);
    snprintf(conf, sizeof conf, "%s/%s", folder, config);
    snprintf(log, sizeof log, "%s/log", folder);
    pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    if (is_once)
        execl(path, path, "run", "--once", "-c", conf, (char *)NULL);
    else
        execl(path, path, "-c", conf, (char *)NULL);
    _exit(127);
}

struct cost {
    double wall, cpu;
    long rss_kb; /* the largest process */
};

static void
show_log(void)
{
    char command[400];

    snprintf(command, sizeof command, "tail -5 %s/log >&2", folder);
    if (system(command) != 0)
        fprintf(stderr, "bench_e2e: no log\n");
}

/* `tocsin run --once`: all that is due, its plugins' processes included. */
static struct cost
run_once(const char *config)
{
    double from = bench_wall_s();
    struct rusage u;
    int status;
    pid_t pid = spawn("tocsin", config, true);

    if (pid < 0 || wait4(pid, &status, 0, &u) != pid || status != 0) {
        show_log();
        die("`tocsin run --once` failed");
    }
    return (struct cost){ bench_wall_s() - from,
                          (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
                              (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6,
                          u.ru_maxrss };
}

static long
read_status_kb(pid_t pid, const char *key)
{
    char path[64], line[200];
    long kb = 0;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            kb = strtol(line + strlen(key), NULL, 10);
    if (f)
        fclose(f);
    return kb;
}

static double
read_cpu_s(pid_t pid)
{
    char path[64], text[1000];
    const char *rest;
    unsigned long user = 0, sys = 0;
    size_t n;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "r");
    if (!f)
        return 0;
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    rest = strrchr(text, ')');
    if (rest)
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys);
    return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

/* ---- G10 ------------------------------------------------------------------------------------- */

static void
bench_posts(void)
{
    int64_t n = bench_size("BENCH_E2E_FEEDS", 300);
    double posts = (double)(n * ITEMS);
    struct cost all, nothing;

    write_feeds("f", n, ITEMS, 1);
    write_config("posts.yaml", "f", n, "posts");
    all = run_once("posts.yaml");
    nothing = run_once("posts.yaml");
    printf("e2e: %.0f posts in %.2f s, %.2f CPU-s; starting and ending alone %.2f s, %.2f CPU-s\n",
           posts, all.wall, all.cpu, nothing.wall, nothing.cpu);
    double cpu_rate = posts / (all.cpu - nothing.cpu);
    bench_row(&(struct bench_row){ "G10", "end to end, 1,000 rules, 10 % stored", "posts/CPU-s",
                                   cpu_rate, "goal's own", 30000, cpu_rate / 30000, 1, false });
    bench_row(&(struct bench_row){ "-", "the same by the wall", "posts/s",
                                   posts / (all.wall - nothing.wall), NULL, 0, 0, 0, false });
}

/* ---- G11 ------------------------------------------------------------------------------------- */

static void
bench_sources(int64_t n, bool is_last)
{
    double from, idle_s = 8;
    struct cost poll;
    char what[80];
    pid_t pid;
    long kb;
    int status;

    const char *config = is_last ? "many.yaml" : "some.yaml";
    write_config(config, "m", n, is_last ? "many" : "some");
    poll = run_once(config);
    pid = spawn("tocsind", config, false);
    sleep(4);
    from = read_cpu_s(pid);
    usleep((useconds_t)(idle_s * 1e6));
    double idle = (read_cpu_s(pid) - from) / idle_s * 100;
    kb = read_status_kb(pid, "VmRSS:");
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    if (kb == 0)
        show_log();
    snprintf(what, sizeof what, "memory with %lld sources", (long long)n);
    bench_row(&(struct bench_row){ "G11", what, "MB", (double)kb / 1024, NULL, 0, (double)kb / 1024,
                                   is_last ? 150 : 0, true });
    snprintf(what, sizeof what, "largest while polling all %lld", (long long)n);
    bench_row(&(struct bench_row){ "G11", what, "MB", (double)poll.rss_kb / 1024, NULL, 0,
                                   (double)poll.rss_kb / 1024, is_last ? 150 : 0, true });
    snprintf(what, sizeof what, "first poll of %lld sources", (long long)n);
    bench_row(&(struct bench_row){ "G11", what, "s", poll.wall, NULL, 0, poll.wall,
                                   is_last ? 120 : 0, true });
    snprintf(what, sizeof what, "idle with %lld sources", (long long)n);
    bench_row(&(struct bench_row){ "G11", what, "% of a core", idle, NULL, 0,
                                   idle > 0 ? idle : 0.001, is_last ? 1 : 0, true });
}

int
main(void)
{
    int64_t many = bench_size("BENCH_SOURCES", 10000);
    char command[300];
    pid_t nginx;

    if (!bench_has("nginx")) {
        printf("e2e: not measured: needs nginx (apt install nginx-light)\n");
        return 0;
    }
    bench_environment();
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!mkdtemp(folder) || chmod(folder, 0755) < 0)
        die("cannot make a folder in /tmp");
    nginx = start_nginx();
    bench_posts();
    write_feeds("m", many, 1, 1000000);
    if (many > 1000)
        bench_sources(1000, false);
    bench_sources(many, true);
    kill(nginx, SIGTERM);
    waitpid(nginx, NULL, 0);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
