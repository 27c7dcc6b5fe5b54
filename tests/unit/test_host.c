/* test_host - the plugin border with real processes: what goes through, and that each fault of
 * a plugin costs one turn of one source. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "host/host.h"
#include "host/sanitizer.h"

struct answer {
    struct turn_out out;
    unsigned n; /* how often done was called */
};

static struct {
    struct plugins *plugins;
    uv_loop_t loop;
    struct host_pool *pool;
    char program[1024], folder[1024], state[64];
    char log[65536];
} test;

static void
take_line(void *ctx, enum log_level level, const char *line)
{
    size_t n = strlen(test.log);

    (void)ctx;
    (void)level;
    snprintf(test.log + n, sizeof test.log - n, "%s\n", line);
}

static void
set_paths(void)
{
    const char *build = getenv("TOCSIN_BUILDDIR");

    if (!build)
        build = ".";
    snprintf(test.program, sizeof test.program, "%s/tocsin-host", build);
    snprintf(test.folder, sizeof test.folder, "%s/tests/plugins/.libs", build);
}

static void
new_pool(int64_t deadline_ms)
{
    struct host_options o = { .host_program = test.program,
                              .state_dir = test.state,
                              .hosts_per_plugin = 2,
                              .deadline_ms = deadline_ms,
                              .backoff_ms = 1 };
    struct err err = { 0 };

    assert_int_equal(host_pool_new(&test.pool, &test.loop, test.plugins, &o, &err), 0);
}

static int
setup(void **state)
{
    const char *folder = test.folder;
    struct err err = { 0 };

    (void)state;
    set_paths();
    snprintf(test.state, sizeof test.state, "/tmp/tocsin-test-XXXXXX");
    assert_non_null(mkdtemp(test.state));
    log_set_sink(take_line, NULL);
    test.log[0] = '\0';
    assert_int_equal(uv_loop_init(&test.loop), 0);
    assert_int_equal(
        plugins_new(&test.plugins, test.program, (struct word_list){ &folder, 1 }, &err), 0);
    new_pool(IS_SANITIZED ? 20000 : 5000);
    return 0;
}

static int
teardown(void **state)
{
    char command[128];

    (void)state;
    host_pool_free(test.pool);
    uv_run(&test.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&test.loop), 0);
    plugins_free(test.plugins);
    log_set_sink(NULL, NULL);
    snprintf(command, sizeof command, "rm -rf %s", test.state);
    return system(command);
}

static void
done(void *ctx, struct turn_out *out)
{
    struct answer *a = ctx;

    a->out = *out;
    a->n++;
}

/* ---- turns with less to write ------------------------------------------------------- */

static struct option_value
option(const char *name, const char *const *value)
{
    return (struct option_value){ .name = name, .type = TOCSIN_T_STRING, .values = { value, 1 } };
}

static void
ask(struct answer *a, const char *plugin, enum host_call call, const char *what, const char *body)
{
    struct option_value v = option(strcmp(plugin, "good") == 0 ? "text" : "what", &what);
    struct option_values options = { &v, what ? 1 : 0 };
    struct tocsin_response r = {
        .size = sizeof r, .status = 200, .url = "https://example.org/feed", .body = str_z(body)
    };
    struct turn_in in = { .call = call,
                          .plugin = plugin,
                          .subject = "source=test",
                          .service = plugin,
                          .source = "test",
                          .options = &options,
                          .cursor = STR_LIT("mark-1"),
                          .now_ms = 1000000,
                          .response = body ? &r : NULL,
                          .keep_raw = true };
    struct err err = { 0 };

    *a = (struct answer){ 0 };
    if (host_turn(test.pool, &in, done, a, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(a->n, 0); /* never before host_turn returns */
}

static void
wait_for(const struct answer *a)
{
    while (a->n == 0)
        assert_true(uv_run(&test.loop, UV_RUN_ONCE) || a->n);
    assert_int_equal(a->n, 1);
}

static void
call(struct answer *a, const char *plugin, enum host_call c, const char *what, const char *body)
{
    ask(a, plugin, c, what, body);
    wait_for(a);
}

static void
drop(struct answer *a)
{
    arena_free(a->out.arena);
    *a = (struct answer){ 0 };
}

static void
assert_str(struct tocsin_str s, const char *z)
{
    if (!str_eq_z(s, z))
        fail_msg("\"%.*s\" instead of \"%s\"", STR_FMT(s), z);
}

static void
assert_has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("\"%s\" does not hold \"%s\"", text ? text : "(null)", part);
}

/* ---- describe ---------------------------------------------------------------------------- */

static void
describes_a_plugin(void **state)
{
    const struct plugin_info *p, *again;
    struct err err = { 0 };

    (void)state;
    if (plugins_get(test.plugins, "good", &p, &err))
        fail_msg("%s", err.msg);
    assert_string_equal(p->name, "good");
    assert_string_equal(p->version, "1.2");
    assert_int_equal(p->kind, TOCSIN_KIND_SOURCE);
    assert_int_equal(p->n_options, 11);
    assert_string_equal(p->options[1].choices, "one two");
    assert_int_equal(p->options[3].max, 100);
    assert_int_equal(p->hosts.n, 1);
    assert_string_equal(p->hosts.v[0], "api.example.org");
    assert_int_equal(plugins_get(test.plugins, "good", &again, &err), 0);
    assert_ptr_equal(p, again); /* remembered */
}

static void
names_what_is_wrong_with_a_plugin(void **state)
{
    static const struct {
        const char *name, *message;
        enum err_code code;
    } rows[] = {
        { "oldabi",
          "plugin oldabi: built for ABI 3, this is 0: rebuild it against this "
          "tocsin's header",
          ERR_UNAVAILABLE },
        { "goood", "did you mean good?", ERR_NOTFOUND },
        { "../good", "is no name of a plugin", ERR_NOTFOUND },
        { "nothing-like-it", "no plugin \"nothing-like-it\"", ERR_NOTFOUND },
    };
    const struct plugin_info *p;

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct err err = { 0 };

        assert_int_equal(plugins_get(test.plugins, rows[i].name, &p, &err), -1);
        assert_has(err.msg, rows[i].message);
        assert_int_equal(err.code, rows[i].code);
    }
}

static void
lists_names(void **state)
{
    struct word_list names = plugins_names(test.plugins);
    bool has_good = false;

    (void)state;
    for (size_t i = 0; i < names.n; i++)
        has_good = has_good || strcmp(names.v[i], "good") == 0;
    assert_true(has_good);
}

static void
stops_constructors(void **state)
{
    static const struct {
        const char *name, *message;
    } rows[] = {
        { "atload-socket", "plugin atload-socket, its constructor: called socket(); plan a "
                           "request instead" },
        { "atload-fork", "plugin atload-fork, its constructor: called fork()" },
        { "atload-ptrace", "plugin atload-ptrace, its constructor: called ptrace()" },
        { "atload-crash", "plugin atload-crash" },
        { "atload-garbage", "plugin atload-garbage" },
    };
    const struct plugin_info *p;

    (void)state;
#ifndef HAVE_SANDBOX
    skip();
#endif
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct err err = { 0 };

        assert_int_equal(plugins_get(test.plugins, rows[i].name, &p, &err), -1);
        assert_has(err.msg, rows[i].message);
    }
}

static void
reports_locks(void **state)
{
    struct arena *a = arena_new(1u << 20);
    const struct host_lock *locks;
    size_t n;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(plugins_locks(test.plugins, a, &locks, &n, &err), 0);
    assert_true(n > 0);
    arena_free(a);
}

/* ---- what goes through ------------------------------------------------------------------- */

static void
plans(void **state)
{
    struct answer a;
    const struct tocsin_request *r;

    (void)state;
    call(&a, "good", CALL_PLAN, "words", NULL);
    assert_int_equal(a.out.status, TOCSIN_OK);
    assert_int_equal(a.out.n_requests, 1);
    r = a.out.requests;
    assert_int_equal(r->tag, 7);
    assert_int_equal(r->url.n, 2);
    assert_str(r->url.v[1].text, "mark-1");
    assert_string_equal(r->headers[0].name, "Authorization");
    assert_int_equal(r->headers[0].value.v[1].kind, TOCSIN_PART_SECRET);
    assert_string_equal(r->headers[0].value.v[1].name, "secret");
    assert_int_equal(a.out.spent, 3);
    assert_int_equal(a.out.not_before_ms, 1001000);
    assert_has(test.log, "planned for words");
    drop(&a);
}

static void
parses(void **state)
{
    struct answer a;
    const struct post *p;

    (void)state;
    call(&a, "good", CALL_PARSE, "words", "<p>It <b>broke</b>.</p><script>x</script>");
    assert_int_equal(a.out.n_posts, 2);
    assert_int_equal(a.out.n_refused, 1);
    p = a.out.posts;
    assert_str(p->source, "test");
    assert_str(p->service, "good");
    assert_str(p->text.text, "It broke.");
    assert_str(p->raw, "<p>It <b>broke</b>.</p><script>x</script>");
    assert_str(p->url, "https://example.org/posts/1");
    assert_str(p->author.handle, "ana");
    assert_str(p->author.url, ""); /* javascript: is no web address */
    assert_int_equal(p->author.followers, -1);
    assert_int_equal(p->likes, -1);
    assert_int_equal(p->n_tags, 1);
    assert_str(p[1].text.text, "words|two|https://example.org/|42|1|90000|2:b c|1:k=v|000");
    assert_true(a.out.has_cursor);
    assert_str(a.out.cursor, "mark");
    assert_string_equal(a.out.partial, "one of 3 items");
    assert_int_equal(a.out.n_gaps, 1);
    assert_int_equal(a.out.interval_s, 3600);
    drop(&a);
}

static void
keeps_an_instance_per_options(void **state)
{
    struct answer a;

    (void)state;
    call(&a, "good", CALL_PARSE, "one", "x");
    drop(&a);
    call(&a, "good", CALL_PARSE, "one", "x");
    assert_str(a.out.posts[1].uri, "2");
    drop(&a);
    call(&a, "good", CALL_PARSE, "other", "x");
    assert_str(a.out.posts[1].uri, "1");
    drop(&a);
}

/* The second turn lies elsewhere in memory; what the first one brought must still be there. */
static void
keeps_options_while_an_instance_lives(void **state)
{
    static char body[65536];
    struct answer a;

    (void)state;
    memset(body, 'y', sizeof body - 1);
    call(&a, "good", CALL_PLAN, "kept", NULL);
    drop(&a);
    for (int i = 0; i < 3; i++) {
        call(&a, "good", CALL_PARSE, "kept", body);
        assert_int_equal(a.out.n_posts, 2);
        assert_true(str_starts(a.out.posts[1].text.text, STR_LIT("kept|two|")));
        drop(&a);
    }
}

static void
tells_wrong_options(void **state)
{
    struct answer a;

    (void)state;
    call(&a, "good", CALL_PLAN, "contradiction", NULL);
    assert_int_equal(a.out.status, TOCSIN_BADCONF);
    assert_string_equal(a.out.why, "text and text contradict each other");
    assert_false(a.out.is_fault);
    drop(&a);
}

static void
reads_shorter_tables(void **state)
{
    struct answer a;

    (void)state;
    call(&a, "short", CALL_PARSE, NULL, "x");
    assert_int_equal(a.out.status, TOCSIN_OK);
    assert_int_equal(a.out.n_posts, 1);
    assert_str(a.out.posts[0].id, "abc");
    drop(&a);
}

static void
takes_a_large_body(void **state)
{
    size_t n = 8u << 20;
    char *body = malloc(n + 1);
    struct answer a;

    (void)state;
    memset(body, 'x', n);
    body[n] = '\0';
    call(&a, "good", CALL_PARSE, "words", body);
    assert_int_equal(a.out.status, TOCSIN_OK);
    assert_true(a.out.posts[0].text.text.n <= TURN_MAX_ITEM);
    drop(&a);
    free(body);
}

/* ---- faults ----------------------------------------------------------------------------------- */

static void
each_fault_costs_one_turn(void **state)
{
    static const struct {
        const char *what, *why;
        enum host_call call;
        bool needs_sandbox, not_sanitized;
    } rows[] = {
        { "parse:crash", "plugin hostile, parse(): crashed (SIGSEGV)", CALL_PARSE, 0, 1 },
        { "parse:abort", "plugin hostile, parse(): crashed (SIGABRT)", CALL_PARSE, 0, 1 },
        { "open:crash", "plugin hostile, open(): crashed (SIGSEGV)", CALL_PLAN, 0, 1 },
        { "plan:exit", "plugin hostile, plan(): its host ended with code 0", CALL_PLAN, 0, 0 },
        { "plan:garbage", "plugin hostile, plan(): its host wrote garbage", CALL_PLAN, 0, 0 },
        { "plan:lie", "garbage", CALL_PLAN, 0, 0 },
        { "plan:close", "plugin hostile, plan()", CALL_PLAN, 0, 0 },
        { "parse:hog", "plugin hostile, parse(): crashed", CALL_PARSE, 1, 1 },
        { "parse:socket", "plugin hostile, parse(): called socket(); plan a request instead",
          CALL_PARSE, 1, 0 },
        { "plan:fork", "plugin hostile, plan(): called fork(); plan an exec request instead",
          CALL_PLAN, 1, 0 },
        { "plan:exec", "plugin hostile, plan(): called execve(); plan an exec request instead",
          CALL_PLAN, 1, 0 },
        { "parse:ptrace", "plugin hostile, parse(): called ptrace()", CALL_PARSE, 1, 0 },
        { "parse:kill", "plugin hostile, parse(): called kill()", CALL_PARSE, 1, 0 },
        { "parse:sleep", "plugin hostile, parse(): called sleep(); say limit() and return",
          CALL_PARSE, 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct answer bad, next;

        if (rows[i].not_sanitized && IS_SANITIZED)
            continue;
#ifndef HAVE_SANDBOX
        if (rows[i].needs_sandbox)
            continue;
#endif
        call(&bad, "hostile", rows[i].call, rows[i].what,
             rows[i].call == CALL_PARSE ? rows[i].what : NULL);
        assert_int_equal(bad.out.status, TOCSIN_RETRY);
        assert_true(bad.out.is_fault);
        assert_has(bad.out.why, rows[i].why);
        assert_has(test.log, "source=test"); /* told with its source's name */
        assert_int_equal(bad.out.n_posts, 0);
        drop(&bad);
        call(&next, "hostile", CALL_PARSE, "nothing", "x");
        assert_int_equal(next.out.status, TOCSIN_OK);
        assert_int_equal(next.out.n_posts, 1);
        drop(&next);
    }
}

static void
refuses_files_and_code_quietly(void **state)
{
    struct answer a;

    (void)state;
#ifndef HAVE_SANDBOX
    skip();
#endif
    call(&a, "hostile", CALL_PARSE, "parse:open", "x");
    assert_int_equal(a.out.status, TOCSIN_OK);
    if (!IS_SANITIZED)
        assert_has(test.log, "plugin hostile, parse(): called open(); plan a file request");
    drop(&a);
    if (IS_SANITIZED)
        return;
    call(&a, "hostile", CALL_PARSE, "parse:code", "x");
    assert_int_equal(a.out.status, TOCSIN_OK);
    drop(&a);
}

static void
a_hang_is_killed_and_others_go_on(void **state)
{
    struct answer hung, other[5];

    (void)state;
    host_pool_free(test.pool);
    new_pool(IS_SANITIZED ? 3000 : 500);
    ask(&hung, "hostile", CALL_PARSE, "parse:hang", "hang");
    for (size_t i = 0; i < N_ROWS(other); i++)
        ask(&other[i], "hostile", CALL_PARSE, "nothing", "x");
    for (size_t i = 0; i < N_ROWS(other); i++) {
        wait_for(&other[i]);
        assert_int_equal(other[i].out.status, TOCSIN_OK);
        assert_int_equal(hung.n, 0); /* they did not wait for it */
        drop(&other[i]);
    }
    assert_int_equal(host_pool_waiting(test.pool), 1);
    wait_for(&hung);
    assert_has(hung.out.why, "plugin hostile, parse(): hung for");
    assert_true(hung.out.is_fault);
    drop(&hung);
    call(&other[0], "hostile", CALL_PARSE, "nothing", "x");
    assert_int_equal(other[0].out.status, TOCSIN_OK);
    drop(&other[0]);
}

static void
a_body_is_quarantined_after_three_faults(void **state)
{
    struct answer a;
    struct buf command;

    (void)state;
    for (int i = 1; i <= 3; i++) {
        call(&a, "hostile", CALL_PARSE, "nothing", "poison");
        assert_true(a.out.is_fault);
        assert_int_equal(a.out.is_quarantined, i == 3);
        drop(&a);
        call(&a, "hostile", CALL_PARSE, "nothing", "healthy");
        assert_int_equal(a.out.status, TOCSIN_OK);
        drop(&a);
    }
    call(&a, "hostile", CALL_PARSE, "nothing", "poison");
    assert_int_equal(a.out.status, TOCSIN_BADDATA);
    assert_true(a.out.is_quarantined);
    drop(&a);
    buf_init(&command, 256);
    buf_fmt(&command, "test \"$(cat %s/quarantine/hostile-*)\" = poison", test.state);
    assert_int_equal(system(buf_cstr(&command)), 0); /* the bytes are kept */
    buf_free(&command);

    host_pool_free(test.pool); /* and known after a restart */
    new_pool(5000);
    call(&a, "hostile", CALL_PARSE, "nothing", "poison");
    assert_true(a.out.is_quarantined);
    drop(&a);
}

static void
pending_turns_are_answered_at_the_end(void **state)
{
    struct answer running, waiting[4];

    (void)state;
    ask(&running, "hostile", CALL_PARSE, "parse:hang", "x");
    for (size_t i = 0; i < N_ROWS(waiting); i++)
        ask(&waiting[i], "hostile", CALL_PARSE, "parse:hang", "x");
    uv_run(&test.loop, UV_RUN_ONCE);
    host_pool_free(test.pool);
    assert_int_equal(running.n, 1);
    assert_int_equal(running.out.status, TOCSIN_RETRY);
    drop(&running);
    for (size_t i = 0; i < N_ROWS(waiting); i++) {
        assert_int_equal(waiting[i].n, 1);
        drop(&waiting[i]);
    }
    new_pool(5000);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(describes_a_plugin),
        TEST(names_what_is_wrong_with_a_plugin),
        TEST(lists_names),
        TEST(stops_constructors),
        TEST(reports_locks),
        TEST(plans),
        TEST(parses),
        TEST(keeps_an_instance_per_options),
        TEST(keeps_options_while_an_instance_lives),
        TEST(tells_wrong_options),
        TEST(reads_shorter_tables),
        TEST(takes_a_large_body),
        TEST(each_fault_costs_one_turn),
        TEST(refuses_files_and_code_quietly),
        TEST(a_hang_is_killed_and_others_go_on),
        TEST(a_body_is_quarantined_after_three_faults),
        TEST(pending_turns_are_answered_at_the_end),
    };

    return RUN_TESTS(tests);
}
