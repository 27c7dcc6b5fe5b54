/* Bad input: each a clear message with its cure, nothing lost, the other sources go on. */
#include "unit/unit.h"

#include "pipeline/pipe.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

static struct pipe *p;

static int
set_up(void **state)
{
    (void)state;
    p = pipe_new();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    pipe_free(p);
    return 0;
}

static void
assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

/* The daemon refuses to start: its exit code, and words in its log. */
static void
assert_refuses(int code, const char *part)
{
    pipe_spawn(p);
    assert_int_equal(pipe_end(p, 0), code);
    assert_holds(pipe_log(p), part);
}

static void
wrong_configuration_names_its_place(void **state)
{
    const char *said;

    (void)state;
    pipe_config(p, "brands: {acme: {}}\nnotifiy: terminal\n");
    assert_int_equal(pipe_cli(p, &said, "check"), 78);
    assert_holds(said, "tocsin.yaml:4:1: ");
    assert_holds(said, "notify");
    assert_refuses(78, "tocsin.yaml:4:1: ");
    assert_int_equal(pipe_cli(p, &said, "run --once"), 78);
}

static void
missing_plugin_is_named(void **state)
{
    const char *said;

    (void)state;
    pipe_config(p, "brands: {acme: {}}\nnotify: terminal\n"
                   "sources: {s: {plugin: rsss, options: {url: \"@WEB@/f\"}}}\n");
    assert_int_equal(pipe_cli(p, &said, "check"), 78);
    assert_holds(said, "rsss");
    assert_holds(said, "rss");
    assert_refuses(78, "rsss");
}

static void
plugin_of_another_abi_is_refused(void **state)
{
    const char *said;

    (void)state;
    pipe_config(p, "brands: {acme: {}}\nnotify: terminal\n"
                   "sources: {s: {plugin: oldabi, options: {}}}\n");
    assert_int_equal(pipe_cli(p, &said, "check"), 78);
    assert_holds(said, "oldabi");
    assert_holds(said, "ABI");
}

/* Whatever the hostile plugin does, the feed beside it is read and rings. */
static void
check_beside(const char *what)
{
    char more[1024];

    snprintf(more, sizeof more,
             "brands: {acme: {}}\n"
             "sources:\n"
             "  feed: {plugin: rss, @OWN@, every: 1h, options: {url: \"@WEB@/feed\"}}\n"
             "  bad: {plugin: hostile, every: 1h, options: {what: \"plan:%s\"}}\n"
             "notifiers:\n"
             "  hook: {plugin: webhook, @OWN@, options: {url: \"@WEB@/hook\"}}\n"
             "staff: {ana: {notify: [hook]}}\n"
             "escalation: {irate: [{notify: [ana], wait: 10m}]}\n",
             what);
    pipe_config(p, more);
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_start(p);
    pipe_must(p, "source poll bad");
    pipe_must(p, "source poll feed");
    pipe_until_count(p, "/hook", 1);
    pipe_until_says(p, "source list --format jsonl", "\"health\":\"failing\"");
    assert_holds(pipe_must(p, "source list --format jsonl"), "\"health\":\"ok\"");
    assert_holds(pipe_log(p), "source=bad");
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

static void
crashing_plugin_costs_itself_only(void **state)
{
    (void)state;
    check_beside("crash");
}

static void
hanging_plugin_costs_itself_only(void **state)
{
    (void)state;
    check_beside("hang");
}

static void
bad_answers_fail_their_source_only(void **state)
{
    static const struct {
        const char *name, *url, *why;
        struct http_answer answer;
    } rows[] = {
        { "html", "@WEB@/html", "", { .body = "<html><body><p>Sign in</p></body></html>" } },
        { "noxml", "@WEB@/noxml", "", { .body = "<rss version=\"2.0\"><channel" } },
        { "nothing", "@WEB@/nothing", "", { .status = 200 } },
        { "lost", "@WEB@/lost", "404", { .status = 404 } },
        { "ill", "@WEB@/ill", "500", { .status = 500 } },
        { "mute", "@WEB@/mute", "", { .status = -1 } },
        { "nohost", "http://no-such-host.invalid/", "no-such-host.invalid", { 0 } },
    };
    char yaml[8192], part[64];
    const char *said;
    size_t n;

    (void)state;
    n = (size_t)snprintf(yaml, sizeof yaml,
                         "brands: {acme: {}}\nnotify: terminal\nsources:\n"
                         "  feed: {plugin: rss, @OWN@, every: 1h,"
                         " options: {url: \"@WEB@/feed\"}}\n");
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        n += (size_t)snprintf(yaml + n, sizeof yaml - n,
                              "  %s: {plugin: rss, @OWN@, every: 1h, options: {url: \"%s\"}}\n",
                              rows[i].name, rows[i].url);
        if (rows[i].url[0] == '@')
            http_server_set(pipe_web(p), rows[i].url + 5, &rows[i].answer);
    }
    pipe_config(p, yaml);
    pipe_post(p, "/feed", "1", "Frida Fine", "acme made my day");
    pipe_must(p, "run --once");
    said = pipe_must(p, "source list --format jsonl");
    assert_int_equal(pipe_count(said, "\"health\":\"ok\""), 1);
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        snprintf(part, sizeof part, "{\"source\":\"%s\"", rows[i].name);
        const char *line = strstr(said, part), *reason;
        assert_non_null(line);
        reason = strstr(line, "\"reason\":\"");
        assert_non_null(reason);
        if (reason[10] == '"')
            fail_msg("no reason for %s: %s", rows[i].name, said);
        char *one = strndup(reason, strcspn(reason, "\n"));
        if (!strstr(one, rows[i].why))
            fail_msg("%s: no \"%s\" in %s", rows[i].name, rows[i].why, one);
        free(one);
    }
    assert_int_equal(pipe_count(pipe_must(p, "mention list --format jsonl"), "\n"), 1);
}

static void
change_store(const char *sql)
{
    char path[512];
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/state/tocsin.db", pipe_dir(p));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* A row that is gone makes one letter that cannot be written; the next one still goes out. */
static void
unwritable_letter_holds_no_other(void **state)
{
    (void)state;
    pipe_usual_config(p, "");
    http_server_set(pipe_web(p), "/hook", &(struct http_answer){ .status = 503 });
    pipe_post(p, "/feed", "1", "Clara Crown", pipe_angry(1));
    pipe_post(p, "/feed", "2", "Carla Cross", pipe_angry(2));
    pipe_must(p, "run --once");
    assert_int_equal(http_server_count(pipe_web(p), "/hook"), 2);
    change_store("PRAGMA foreign_keys = 0;"
                 "DELETE FROM person WHERE id = (SELECT person FROM alert WHERE id = 1);"
                 "UPDATE delivery SET next_ms = 0, due_ms = 0;");
    http_server_set(pipe_web(p), "/hook", &(struct http_answer){ .body = "ok" });
    pipe_must(p, "run --once");
    assert_int_equal(http_server_count(pipe_web(p), "/hook"), 3);
    assert_holds(pipe_must(p, "alert show 2"), "hook: delivered");
}

static void
newer_database_is_left_alone(void **state)
{
    (void)state;
    pipe_usual_config(p, "");
    pipe_post(p, "/feed", "1", "Frida Fine", "acme made my day");
    pipe_must(p, "run --once");
    change_store("PRAGMA user_version = 9999");
    pipe_spawn(p);
    assert_true(pipe_end(p, 0) > 0);
    assert_holds(pipe_log(p), "newer Tocsin");
}

static void
second_daemon_is_refused(void **state)
{
    const char *said;
    char line[1024];

    (void)state;
    pipe_usual_config(p, "");
    pipe_start(p);
    snprintf(line, sizeof line, "'%s/tocsind' -c '%s/tocsin.yaml' > '%s/second' 2>&1",
             getenv("TOCSIN_BUILDDIR"), pipe_dir(p), pipe_dir(p));
    assert_int_equal(WEXITSTATUS(system(line)), 75);
    assert_int_equal(pipe_cli(p, &said, "run --once"), 75);
    /* The first one is still there and answers. */
    pipe_must(p, "source poll feed");
    assert_int_equal(pipe_end(p, SIGTERM), 0);
    /* And what a killed one left behind is in nobody's way. */
    pipe_start(p);
    pipe_end(p, SIGKILL);
    pipe_start(p);
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

static void
wrong_reload_keeps_the_old_configuration(void **state)
{
    (void)state;
    pipe_usual_config(p, "");
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_start(p);
    pipe_write(p, "tocsin.yaml", "brands: {acme: {}}\nsources: [\n");
    kill(pipe_pid(p), SIGHUP);
    pipe_until_logged(p, "the old configuration stays");
    assert_holds(pipe_log(p), "tocsin.yaml:");
    /* Right again: taken over while the daemon runs. */
    pipe_usual_config(p, "rules: [{id: kettle, about: acme, query: kettle, irate: +1}]\n");
    pipe_must(p, "reload");
    pipe_must(p, "source poll feed");
    pipe_until_count(p, "/hook", 1);
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

static void
end_is_clean_and_quick_under_load(void **state)
{
    char id[32];

    (void)state;
    pipe_usual_config(p, "alerts: {storm_alerts: 10000, storm_rings_hour: 10000}\n");
    http_server_set(pipe_web(p), "/hook", &(struct http_answer){ .body = "ok", .delay_ms = 30000 });
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "p%d", i);
        pipe_post(p, "/feed", id, id, pipe_angry((unsigned)i));
    }
    pipe_start(p);
    pipe_must(p, "source poll feed");
    pipe_until_count(p, "/hook", 1); /* and hangs there */
    assert_int_equal(pipe_end(p, SIGTERM), 0);
    http_server_set(pipe_web(p), "/hook", &(struct http_answer){ .body = "ok" });
    pipe_start(p);
    pipe_until_count(p, "/hook", 100);
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(wrong_configuration_names_its_place),
        CASE(missing_plugin_is_named),
        CASE(plugin_of_another_abi_is_refused),
        CASE(crashing_plugin_costs_itself_only),
        CASE(hanging_plugin_costs_itself_only),
        CASE(bad_answers_fail_their_source_only),
        CASE(unwritable_letter_holds_no_other),
        CASE(newer_database_is_left_alone),
        CASE(second_daemon_is_refused),
        CASE(wrong_reload_keeps_the_old_configuration),
        CASE(end_is_clean_and_quick_under_load),
    };

    return RUN_TESTS(tests);
}
