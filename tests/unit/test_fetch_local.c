/* Files, programs, streams, records and replay, and who may start when. */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "fetch/polite.h"
#include "fetch/replay.h"
#include "lib/fetch_fix.h"

static struct fetch_fix x;
static char folder[] = "/tmp/tocsin-test-XXXXXX";
static char logged[4096];

static void
keep_log(void *ctx, enum log_level level, const char *line)
{
    size_t n = strlen(logged);

    (void)ctx;
    (void)level;
    snprintf(logged + n, sizeof logged - n, "%s\n", line);
}

static int
setup(void **state)
{
    (void)state;
    fix_open(&x, NULL);
    logged[0] = '\0';
    log_set_sink(keep_log, NULL);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    fix_close(&x);
    log_set_sink(NULL, NULL);
    return 0;
}

static const char *
write_file(const char *name, const char *text)
{
    static char path[300];
    struct err err;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(file_write_atomic(path, str_z(text), 0600, &err), 0);
    return path;
}

/* Runs or reads option `name`, whose value is `words`. */
static void
local(uint32_t kind, uint32_t type, const char *const *words, size_t n, const char *input,
      uint32_t flags, struct got *g)
{
    struct option_value o = { .name = "opt", .type = type, .values = { words, n } };
    struct option_values all = { &o, 1 };
    struct tocsin_part body[] = { { .text = { input, strlen(input) } } };
    struct tocsin_request r = {
        .size = sizeof r, .kind = kind, .flags = flags, .option = "opt", .body = PARTS(body)
    };

    x.who.options = &all;
    got_free(g);
    fix_do(&x, &r, NULL, g);
    x.who.options = NULL;
}

static void
sh(const char *script, const char *input, uint32_t flags, struct got *g)
{
    const char *const argv[] = { "/bin/sh", "-c", script };
    local(TOCSIN_REQ_EXEC, TOCSIN_T_COMMAND, argv, 3, input, flags, g);
}

/* ---- files -------------------------------------------------------------------------- */

static void
reads_the_file_of_an_option(void **state)
{
    const char *path[] = { write_file("in.txt", "one two") };
    const char *no_file[] = { "/nonexistent/file" }, *dir[] = { "/tmp" };
    struct got g = { 0 };

    (void)state;
    local(TOCSIN_REQ_FILE, TOCSIN_T_PATH, path, 1, "", 0, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(g.status, 200);
    assert_string_equal(g.body, "one two");
    local(TOCSIN_REQ_FILE, TOCSIN_T_STRING, path, 1, "", 0, &g); /* not a path */
    assert_int_equal(g.outcome, FETCH_REFUSED);
    local(TOCSIN_REQ_FILE, TOCSIN_T_PATH, no_file, 1, "", 0, &g);
    assert_int_equal(g.outcome, FETCH_GONE);
    local(TOCSIN_REQ_FILE, TOCSIN_T_PATH, dir, 1, "", 0, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    char fifo[300];
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    const char *pipe[] = { fifo };
    local(TOCSIN_REQ_FILE, TOCSIN_T_PATH, pipe, 1, "", 0, &g); /* never waits */
    assert_int_equal(g.outcome, FETCH_REFUSED);
    got_free(&g);
}

/* ---- programs ------------------------------------------------------------------------ */

static void
runs_the_command_of_an_option(void **state)
{
    const char *none[] = { "/nonexistent/program" };
    struct got g = { 0 };

    (void)state;
    sh("cat; echo; echo to the log >&2", "the input", 0, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(g.status, 0);
    assert_string_equal(g.body, "the input\n");
    assert_non_null(strstr(logged, "to the log"));
    sh("exit 7", "never read", 0, &g);
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_int_equal(g.status, 7);
    sh("echo so; exit 7", "", TOCSIN_REQ_ANY_STATUS, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(g.status, 7);
    assert_string_equal(g.body, "so\n");
    sh("kill -9 $$", "", 0, &g);
    assert_int_equal(g.status, 128 + 9);
    local(TOCSIN_REQ_EXEC, TOCSIN_T_COMMAND, none, 1, "", 0, &g);
    assert_int_equal(g.outcome, FETCH_FAILED);
    local(TOCSIN_REQ_EXEC, TOCSIN_T_PATH, none, 1, "", 0, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    got_free(&g);
}

static void
gives_a_clean_environment(void **state)
{
    static const char *const granted[] = { "password", "not-there" };
    struct got g = { 0 };

    (void)state;
    setenv("TOCSIN_TEST_LEAK", "leaks", 1);
    sh("env; echo \"len ${#TOCSIN_PASSWORD}\"; pwd; ls /proc/self/fd | wc -l", "", 0, &g);
    assert_null(strstr(g.body, "leaks"));
    assert_null(strstr(g.body, "TOCSIN_PASSWORD"));
    assert_non_null(strstr(g.body, "PATH=/"));
    assert_non_null(strstr(g.body, "\n/\n"));
    x.who.secret_env = (struct word_list){ granted, 2 };
    sh("echo \"len ${#TOCSIN_PASSWORD} $TOCSIN_PASSWORD\"; echo $TOCSIN_PASSWORD >&2", "", 0, &g);
    assert_string_equal(g.body, "len 11 ***\n");
    assert_null(strstr(logged, "sesame"));
    got_free(&g);
}

static void
stops_programs_that_do_too_much(void **state)
{
    struct got g = { 0 };

    (void)state;
    sh("yes", "", 0, &g); /* for ever */
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_non_null(strstr(g.why, "8192 KB"));
    fix_close(&x);
    fix_open(&x, &(struct fetch_options){ .allow_private = true, .timeout_ms = 200 });
    sh("sleep 100 & sleep 100", "", 0, &g); /* its children too */
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_non_null(strstr(g.why, "killed"));
    sh("echo left behind; sleep 100 & exit 0", "", 0, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_string_equal(g.body, "left behind\n");
    got_free(&g);
}

static void
ends_programs_with_their_source(void **state)
{
    static const char *const argv[] = { "/bin/sleep", "100" };
    static struct option_value o = { .name = "opt",
                                     .type = TOCSIN_T_COMMAND,
                                     .values = { argv, 2 } };
    static struct option_values all = { &o, 1 };
    struct tocsin_request r = { .size = sizeof r, .kind = TOCSIN_REQ_EXEC, .option = "opt" };
    static struct got g;

    (void)state;
    x.who.options = &all;
    fix_send(&x, NULL, &r, NULL, &g);
    for (int i = 0; i < 10; i++)
        uv_run(&x.loop, UV_RUN_NOWAIT);
    fetch_forget(x.f, &x.who);
    assert_int_equal(g.outcome, FETCH_FAILED);
    fix_send(&x, NULL, &r, NULL, &g); /* and with fetch itself, in teardown */
    for (int i = 0; i < 10; i++)
        uv_run(&x.loop, UV_RUN_NOWAIT);
}

/* ---- streams --------------------------------------------------------------------------- */

static void
stream(const char *path, uint32_t flag, struct got *g)
{
    const char *url = http_server_url(x.server, path);
    struct tocsin_part part = { .text = { url, strlen(url) } };
    struct tocsin_request r = { .size = sizeof r, .flags = flag, .url = { &part, 1 } };

    got_free(g);
    fix_send(&x, NULL, &r, NULL, g);
}

static void
gives_frames_one_by_one(void **state)
{
    struct got g = { 0 };

    (void)state;
    http_server_set(x.server, "/sse",
                    &(struct http_answer){ .no_length = true,
                                           .body = ": hello\n\nevent: update\ndata: {\"a\":1}\n\n"
                                                   "data: two\r\ndata:lines\r\n\r\nid: 5\n\n"
                                                   "event: none\n\ndata\n\ndata: not ended" });
    stream("/sse", TOCSIN_REQ_SSE, &g);
    fix_wait(&x, &g);
    assert_string_equal(g.frames, "update|{\"a\":1}\n|two\nlines\n|\n");
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_int_equal(g.status, 200);
    http_server_set(
        x.server, "/jsonl",
        &(struct http_answer){ .body = "{\"a\":1}\r\n\n{\"b\":\"s3cr&t/\\\"valu\xc3\xa9\"}\n{}" });
    stream("/jsonl", TOCSIN_REQ_JSONL, &g);
    fix_wait(&x, &g);
    assert_string_equal(g.frames, "|{\"a\":1}\n|{\"b\":\"***\"}\n|{}\n");
    http_server_set(x.server, "/jsonl", &(struct http_answer){ .status = 503 });
    stream("/jsonl", TOCSIN_REQ_JSONL, &g);
    fix_wait(&x, &g);
    assert_int_equal(g.outcome, FETCH_THROTTLED);
    got_free(&g);
}

static void
an_open_stream_is_not_in_the_way(void **state)
{
    struct got g[4] = { { 0 } }, other = { 0 };

    (void)state;
    http_server_set(x.server, "/sse",
                    &(struct http_answer){ .body = "data: x\n\n", .holds_open = true });
    for (int i = 0; i < 4; i++)
        stream("/sse", TOCSIN_REQ_SSE, &g[i]);
    for (int i = 0; i < 4; i++)
        while (!g[i].n_frames)
            uv_run(&x.loop, UV_RUN_ONCE);
    fix_get(&x, "/echo", NULL, &other);
    assert_int_equal(other.outcome, FETCH_OK);
    fetch_forget(x.f, &x.who);
    for (int i = 0; i < 4; i++) {
        assert_true(g[i].is_done);
        got_free(&g[i]);
    }
    got_free(&other);
}

static void
a_frame_has_a_limit(void **state)
{
    struct got g = { 0 };
    char *big = malloc(300001);

    (void)state;
    memset(big, 'x', 300000);
    big[300000] = '\0';
    http_server_set(x.server, "/jsonl", &(struct http_answer){ .body = big });
    stream("/jsonl", TOCSIN_REQ_JSONL, &g);
    fix_wait(&x, &g);
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_non_null(strstr(g.why, "256 KB"));
    free(big);
    got_free(&g);
}

/* ---- records ----------------------------------------------------------------------------- */

static void
replays_what_it_recorded(void **state)
{
    char dir[300];
    struct got a = { 0 }, b = { 0 };
    struct buf text;
    struct err err;

    (void)state;
    snprintf(dir, sizeof dir, "%s/rec", folder);
    fix_close(&x);
    fix_open(&x, &(struct fetch_options){ .allow_private = true, .record_dir = dir });
    http_server_set(x.server, "/old",
                    &(struct http_answer){ .status = 301, .headers = "Location: /new\r\n" });
    http_server_set(x.server, "/new",
                    &(struct http_answer){ .body = "body with open sesame in it\r\n\r\nend",
                                           .etag = "\"e\"",
                                           .is_chunked = true });
    fix_get(&x, "/old", NULL, &a);
    assert_int_equal(a.outcome, FETCH_OK);
    buf_init(&text, 100000);
    char file[400];
    snprintf(file, sizeof file, "%s/0002-source-test.response", dir);
    assert_int_equal(file_read(&text, file, &err), 0);
    assert_string_equal(buf_cstr(&text),
                        "HTTP/1.1 200\nETag: \"e\"\n\nbody with *** in it\r\n\r\nend");
    buf_free(&text);
    char url[200];
    snprintf(url, sizeof url, "%s", http_server_url(x.server, "/old"));
    fix_close(&x);
    fix_open(&x, &(struct fetch_options){ .allow_private = true, .replay_dir = dir });
    for (int i = 0; i < 2; i++) {
        fix_get(&x, url, NULL, &b);
        assert_int_equal(b.outcome, FETCH_OK);
        assert_string_equal(b.body, a.body);
        assert_string_equal(b.etag, "\"e\"");
        assert_string_equal(b.url, a.url);
        assert_string_equal(b.moved_to, a.moved_to);
        got_free(&b);
    }
    fix_get(&x, "/old", NULL, &b);
    assert_int_equal(b.outcome, FETCH_FAILED);
    assert_non_null(strstr(b.why, "no recorded answer"));
    assert_int_equal(http_server_count(x.server, NULL), 0);
    got_free(&a);
}

static void
splits_recorded_answers(void **state)
{
    static const struct {
        const char *file, *head, *body;
        int status; /* -1: refused */
    } rows[] = {
        { "HTTP/1.1 200 OK\nA: b\n\nbody", "A: b\n", "body", 200 },
        { "404\n\nbody", "", "body", 404 },
        { "HTTP/2 200\r\nA: b\r\nC: d\r\n\r\nb\n\nc", "A: b\r\nC: d\r\n", "b\n\nc", 200 },
        { "200", "", "", 200 },
        { "", "", "", -1 },
        { "HTTP/1.1\n\n", "", "", -1 },
        { "<rss/>", "", "", -1 },
        { "99999\n", "", "", -1 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        int status = -1;
        struct tocsin_str head, body;
        int rc = replay_split(str_z(rows[i].file), &status, &head, &body);
        assert_int_equal(rc, rows[i].status < 0 ? -1 : 0);
        if (rc < 0)
            continue;
        assert_int_equal(status, rows[i].status);
        assert_true(str_eq_z(head, rows[i].head));
        assert_true(str_eq_z(body, rows[i].body));
    }
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(reads_the_file_of_an_option),      T(runs_the_command_of_an_option),
        T(gives_a_clean_environment),        T(stops_programs_that_do_too_much),
        T(ends_programs_with_their_source),  T(gives_frames_one_by_one),
        T(an_open_stream_is_not_in_the_way), T(a_frame_has_a_limit),
        T(replays_what_it_recorded),         cmocka_unit_test(splits_recorded_answers),
    };
    if (!mkdtemp(folder))
        return 1;
    return RUN_TESTS(tests);
}
