/* How sources are asked: conditionally, one at a time for a host, and whole answers only. */
#include "unit/unit.h"

#include "pipeline/pipe.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

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

#define FEED(items) "<rss version=\"2.0\"><channel><title>Talk</title>" items "</channel></rss>"
#define ITEM(id)                                                \
    "<item><guid>" id "</guid><title>acme, post " id "</title>" \
    "<link>http://talk.example/" id "</link></item>"

static bool
did_request_hold(const char *part)
{
    char *r = http_server_request(pipe_web(p), "/feed");
    bool holds = strcasestr(r, part) != NULL;

    free(r);
    return holds;
}

static void
poll_until(const char *n_posts)
{
    pipe_must(p, "run --once --now");
    if (!strstr(pipe_must(p, "source list --format jsonl"), n_posts))
        fail_msg("no %s in %s", n_posts, pipe_must(p, "source list --format jsonl"));
}

static void
second_poll_sends_the_validators(void **state)
{
    (void)state;
    pipe_usual_config(p, "");
    http_server_set(pipe_web(p), "/feed",
                    &(struct http_answer){ .body = FEED(ITEM("1") ITEM("2")), .etag = "\"v1\"" });
    poll_until("\"posts\":2");
    assert_false(did_request_hold("If-None-Match"));
    poll_until("\"posts\":2"); /* 304 */
    assert_true(did_request_hold("If-None-Match: \"v1\""));
    assert_non_null(strstr(pipe_must(p, "source list --format jsonl"), "\"health\":\"ok\""));
    http_server_set(
        pipe_web(p), "/feed",
        &(struct http_answer){ .body = FEED(ITEM("3") ITEM("1") ITEM("2")), .etag = "\"v2\"" });
    poll_until("\"posts\":3");
    assert_true(did_request_hold("If-None-Match: \"v1\""));
    poll_until("\"posts\":3");
    assert_true(did_request_hold("If-None-Match: \"v2\""));
}

/* Shorter than its Content-Length: nothing of it may be remembered as whole. */
static void
cut_answer_stores_no_validators(void **state)
{
    (void)state;
    pipe_usual_config(p, "");
    http_server_first(
        pipe_web(p), "/feed", 1,
        &(struct http_answer){ .body = FEED(ITEM("1") ITEM("2")), .etag = "\"v1\"", .cut = 110 });
    http_server_set(pipe_web(p), "/feed",
                    &(struct http_answer){ .body = FEED(ITEM("1") ITEM("2")), .etag = "\"v1\"" });
    pipe_must(p, "run --once --now");
    poll_until("\"posts\":2");
    assert_false(did_request_hold("If-None-Match"));
}

/* Whole by its length, but its XML ends early: its posts stay, its validators do not. */
static void
part_of_a_feed_stores_no_validators(void **state)
{
    (void)state;
    pipe_usual_config(p, "");
    http_server_first(pipe_web(p), "/feed", 1,
                      &(struct http_answer){ .body = "<rss version=\"2.0\"><channel>" ITEM(
                                                 "1") "<item><guid>2</guid><title>acm",
                                             .etag = "\"v1\"" });
    http_server_set(pipe_web(p), "/feed",
                    &(struct http_answer){ .body = FEED(ITEM("1") ITEM("2")), .etag = "\"v1\"" });
    pipe_must(p, "run --once --now");
    assert_non_null(strstr(pipe_must(p, "source list --format jsonl"), "\"health\":\"degraded\""));
    pipe_must(p, "run --once --now");
    assert_false(did_request_hold("If-None-Match"));
    assert_non_null(strstr(pipe_must(p, "mention list --format jsonl"), "post 2"));
    assert_non_null(strstr(pipe_must(p, "source list --format jsonl"), "\"health\":\"ok\""));
}

static void
ten_sources_of_a_host_take_turns(void **state)
{
    char yaml[4096];
    size_t n;

    (void)state;
    n = (size_t)snprintf(yaml, sizeof yaml, "brands: {acme: {}}\nnotify: terminal\nsources:\n");
    for (int i = 0; i < 10; i++) {
        char path[16];
        snprintf(path, sizeof path, "/f%d", i);
        http_server_set(pipe_web(p), path,
                        &(struct http_answer){ .body = FEED(ITEM("1")), .delay_ms = 30 });
        n += (size_t)snprintf(yaml + n, sizeof yaml - n,
                              "  s%d: {plugin: rss, @OWN@, every: 1h,"
                              " options: {url: \"@WEB@/f%d\"}}\n",
                              i, i);
    }
    pipe_config(p, yaml);
    pipe_must(p, "run --once");
    assert_int_equal(http_server_count(pipe_web(p), NULL), 10);
    if (http_server_most_busy(pipe_web(p)) > 2)
        fail_msg("%d requests at once", http_server_most_busy(pipe_web(p)));
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(second_poll_sends_the_validators),
        CASE(cut_answer_stores_no_validators),
        CASE(part_of_a_feed_stores_no_validators),
        CASE(ten_sources_of_a_host_take_turns),
    };

    return RUN_TESTS(tests);
}
