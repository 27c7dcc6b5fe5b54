/* bench fetch: conditional requests a second, beside wrk against the same nginx (G8). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "bench/bench.h"
#include "fetch/fetch.h"

enum { PORT = 18093, IN_FLIGHT = 64, BENCH_MS = 4000 };

static char folder[] = "/tmp/tocsin-bench-XXXXXX";

/* ---- nginx and wrk ------------------------------------------------------------------ */

static void
write_text(const char *name, const char *text)
{
    char path[300];
    struct err err;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (file_write_atomic(path, str_z(text), 0644, &err) < 0)
        fprintf(stderr, "%s\n", err.msg);
}

static pid_t
start_nginx(void)
{
    char conf[1000], path[300];

    snprintf(conf, sizeof conf,
             "daemon off; pid %s/pid; error_log %s/errors; worker_processes 1;\n"
             "events { worker_connections 1024; }\n"
             "http { access_log off; keepalive_requests 100000000; root %s;\n"
             "client_body_temp_path %s/a; proxy_temp_path %s/b; fastcgi_temp_path %s/c;\n"
             "uwsgi_temp_path %s/d; scgi_temp_path %s/e;\n"
             "server { listen 127.0.0.1:%d; } }\n",
             folder, folder, folder, folder, folder, folder, folder, folder, PORT);
    write_text("conf", conf);
    write_text("feed.xml", "<rss/>");
    snprintf(path, sizeof path, "%s/conf", folder);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("nginx", "nginx", "-p", folder, "-e", "/dev/null", "-c", path, (char *)NULL);
        _exit(127);
    }
    usleep(500 * 1000);
    return pid;
}

static double
run_wrk(const char *etag)
{
    char command[400], line[300];
    double rate = 0;

    snprintf(command, sizeof command,
             "wrk -t1 -c%d -d%ds -H 'If-None-Match: %s' http://127.0.0.1:%d/feed.xml", IN_FLIGHT,
             BENCH_MS / 1000, etag, PORT);
    FILE *p = popen(command, "r");
    while (p && fgets(line, sizeof line, p))
        if (strncmp(line, "Requests/sec:", 13) == 0)
            parse_double(str_trim(str_z(line + 13)), &rate);
    if (p)
        pclose(p);
    return rate;
}

/* ---- ours ------------------------------------------------------------------------------ */

struct bench {
    struct fetch *f;
    struct fetch_who who;
    struct validators v;
    char etag[200];
    int64_t until_ms;
    size_t n_done, n_wrong, n_open;
};

static void send_one(struct bench *b);

static void
on_done(void *ctx, const struct fetch_result *r)
{
    struct bench *b = ctx;

    b->n_open--;
    if (r->outcome == FETCH_OK && r->validators.etag)
        snprintf(b->etag, sizeof b->etag, "%s", r->validators.etag);
    b->n_done += r->outcome == FETCH_NOT_MODIFIED;
    b->n_wrong += r->outcome != FETCH_NOT_MODIFIED;
    if (clock_mono(&clock_system) < b->until_ms)
        send_one(b);
}

static void
send_one(struct bench *b)
{
    char url[100];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/feed.xml", PORT);
    struct tocsin_part part = { .text = str_z(url) };
    struct tocsin_request r = { .size = sizeof r, .url = { &part, 1 } };

    if (fetch_send(b->f, &b->who, &r, &b->v, on_done, b, NULL) == 0)
        b->n_open++;
}

static double
run_ours(struct bench *b, uv_loop_t *loop, int64_t ms, size_t in_flight)
{
    int64_t from = clock_mono(&clock_system);

    b->n_done = b->n_wrong = 0;
    b->until_ms = from + ms;
    for (size_t i = 0; i < in_flight; i++)
        send_one(b);
    while (b->n_open)
        uv_run(loop, UV_RUN_ONCE);
    int64_t took = clock_mono(&clock_system) - from;
    return took ? (double)b->n_done * 1000 / (double)took : 0;
}

int
main(void)
{
    static const char *const hosts[] = { "127.0.0.1" };
    struct bench b = { .who = { .subject = "bench", .hosts = { hosts, 1 } } };
    uv_loop_t loop;
    struct err err;

    if (!bench_has("nginx") || !bench_has("wrk")) {
        printf("fetch: not measured: needs nginx and wrk (apt install nginx-light wrk)\n");
        return 0;
    }
    if (!mkdtemp(folder) || chmod(folder, 0755) < 0)
        return 1;
    pid_t nginx = start_nginx();
    uv_loop_init(&loop);
    struct fetch_options o = { .allow_private = true, .per_host = 512, .max_in_flight = 512 };
    if (fetch_new(&b.f, &loop, &o, &err) < 0) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    run_ours(&b, &loop, 0, 1);
    b.v.etag = b.etag;
    double ours = run_ours(&b, &loop, BENCH_MS, IN_FLIGHT);
    double limit = run_wrk(b.etag);
    run_ours(&b, &loop, 1000, 512);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("fetch: %.0f conditional requests/s (64 in flight), wrk %.0f: %.2fx (goal 0.30x); "
           "%ld MB at 512 in flight (goal 50)\n",
           ours, limit, limit > 0 ? ours / limit : 0, use.ru_maxrss / 1024);
    bench_row(&(struct bench_row){ "G8", "conditional requests, 64 in flight", "req/s", ours, "wrk",
                                   limit, limit > 0 ? ours / limit : 0, 0.3, false });
    bench_row(&(struct bench_row){ "G8", "memory at 512 in flight", "MB",
                                   (double)use.ru_maxrss / 1024, NULL, 0,
                                   (double)use.ru_maxrss / 1024, 50, true });
    if (b.n_wrong)
        printf("fetch: %zu answers were not 304\n", b.n_wrong);
    fetch_free(b.f);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    kill(nginx, SIGTERM);
    waitpid(nginx, NULL, 0);
    return 0;
}
