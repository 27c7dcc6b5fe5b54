/* From a feed to a ringing alert and its end, with real processes. */
#include "unit/unit.h"

#include "pipeline/pipe.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "lib/smtp_sink.h"

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

static void
assert_hook_holds(const char *part)
{
    char *r = http_server_request(pipe_web(p), "/hook");

    assert_holds(r, part);
    free(r);
}

/* The webhook's HMAC over the body as it arrived. */
static void
check_signature(const char *request)
{
    const char *at = strcasestr(request, "\r\nX-Tocsin-Signature: sha256=");
    const char *body = strstr(request, "\r\n\r\n");
    crypto_auth_hmacsha256_state st;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1];

    assert_non_null(at);
    assert_non_null(body);
    crypto_auth_hmacsha256_init(&st, (const unsigned char *)"swordfish", 9);
    crypto_auth_hmacsha256_update(&st, (const unsigned char *)body + 4, strlen(body + 4));
    crypto_auth_hmacsha256_final(&st, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    assert_int_equal(strncmp(at + 29, hex, 64), 0);
}

static void
signed_config(void)
{
    pipe_write(p, "secret", "swordfish\n");
    pipe_config(p, "brands: {acme: {}}\n"
                   "secrets: {hook: {file: \"@DIR@/secret\"}}\n"
                   "sources:\n"
                   "  feed: {plugin: rss, @OWN@, every: 1h, options: {url: \"@WEB@/feed\"}}\n"
                   "notifiers:\n"
                   "  hook: {plugin: webhook, @OWN@, options: {url: \"@WEB@/hook\","
                   " secret: hook}}\n"
                   "staff: {ana: {notify: [hook]}}\n"
                   "escalation: {irate: [{notify: [ana], wait: 10m}]}\n");
}

static void
run_once_rings_a_webhook(void **state)
{
    char *r;

    (void)state;
    signed_config();
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_post(p, "/feed", "2", "Frida Fine", "acme made my day, a lovely kettle, thank you!");
    pipe_post(p, "/feed", "3", "Nora None", "The weather is fine in the garden today.");
    pipe_must(p, "check");
    pipe_must(p, "run --once");
    assert_int_equal(http_server_count(pipe_web(p), "/hook"), 1);
    r = http_server_request(pipe_web(p), "/hook");
    check_signature(r);
    assert_non_null(strcasestr(r, "\r\nIdempotency-Key: "));
    assert_non_null(strstr(r, "Carla Cross"));
    assert_null(strstr(r, "swordfish"));
    free(r);
    assert_holds(pipe_must(p, "mention list --format jsonl"), "Carla Cross");
    assert_holds(pipe_must(p, "mention list --format jsonl"), "Frida Fine");
    assert_holds(pipe_must(p, "alert list --format jsonl"), "\"state\":\"open\"");
    assert_int_equal(pipe_count(pipe_must(p, "alert list --format jsonl"), "\n"), 1);

    /* Nothing is due: nothing is polled or rung again. */
    pipe_must(p, "run --once");
    assert_int_equal(http_server_count(pipe_web(p), "/feed"), 1);
    pipe_must(p, "run --once --now");
    assert_int_equal(http_server_count(pipe_web(p), "/feed"), 2);
    assert_int_equal(http_server_count(pipe_web(p), "/hook"), 1);

    /* Without a daemon the command line writes by itself. */
    pipe_must(p, "alert ack 1");
    assert_holds(pipe_must(p, "alert list --format jsonl"), "\"state\":\"acknowledged\"");
    pipe_must(p, "alert resolve 1 --outcome won-back --comment sent-a-new-kettle");
    assert_holds(pipe_must(p, "alert list --format jsonl"), "\"state\":\"closed\"");

    /* A further complaint of hers reopens it, and tells how it ended last time. */
    pipe_post(p, "/feed", "4", "Carla Cross", pipe_angry(4));
    pipe_must(p, "run --once --now");
    assert_int_equal(pipe_count(pipe_heard(p), "Idempotency-Key: "), 3); /* rang, over, again */
    assert_holds(pipe_heard(p), "ended won-back");
    assert_holds(pipe_heard(p), "sent-a-new-kettle");
    assert_holds(pipe_must(p, "alert list --format jsonl"), "\"state\":\"open\"");
    assert_int_equal(pipe_count(pipe_must(p, "alert list --format jsonl"), "\n"), 1);
}

static void
daemon_rings_and_hears_the_answer(void **state)
{
    (void)state;
    signed_config();
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_start(p);
    pipe_must(p, "source poll feed");
    pipe_until_count(p, "/hook", 1);
    pipe_until_says(p, "alert show 1", "hook: delivered");
    pipe_must(p, "alert ack 1");
    assert_holds(pipe_must(p, "alert list --format jsonl"), "\"state\":\"acknowledged\"");
    pipe_until_count(p, "/hook", 2); /* who was rung hears that it is taken */
    assert_holds(pipe_heard(p), "taken");
    pipe_must(p, "alert resolve 1 --outcome won-back --comment new-kettle");
    assert_holds(pipe_must(p, "alert list --format jsonl"), "\"state\":\"closed\"");
    pipe_post(p, "/feed", "2", "Carla Cross", pipe_angry(2));
    pipe_must(p, "source poll feed");
    pipe_until_says(p, "alert list --format jsonl", "\"state\":\"open\"");
    pipe_until_says(p, "alert show 1", "new-kettle");
    assert_int_not_equal(pipe_cli(p, NULL, "alert ack 77"), 0);
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

static void
email_reaches_the_mail_server(void **state)
{
    struct smtp_sink *sink =
        smtp_sink_start(&(struct smtp_sink_options){ .user = "tocsin", .password = "letmein" });
    char yaml[2048], *m;

    (void)state;
    assert_non_null(sink);
    pipe_write(p, "secret", "letmein");
    snprintf(yaml, sizeof yaml,
             "brands: {acme: {}}\n"
             "secrets: {smtp: {file: \"@DIR@/secret\"}}\n"
             "sources:\n"
             "  feed: {plugin: rss, @OWN@, every: 1h, options: {url: \"@WEB@/feed\"}}\n"
             "notifiers:\n"
             "  mail: {plugin: email, @OWN@, options: {to: ana@acme.example, user: tocsin,"
             " url: \"smtp://127.0.0.1:%d\", password: smtp}}\n"
             "staff: {ana: {notify: [mail]}}\n"
             "escalation: {irate: [{notify: [ana], wait: 10m}]}\n",
             smtp_sink_port(sink));
    pipe_config(p, yaml);
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_must(p, "run --once");
    if (smtp_sink_count(sink) != 1)
        fail_msg("no mail: %s", pipe_must(p, "alert show 1"));
    m = smtp_sink_message(sink, 0);
    assert_holds(m, "ana@acme.example");
    assert_holds(m, "SXJhdGU6IENhcmxhIENyb3Nz"); /* Irate: Carla Cross */
    assert_holds(m, "Message-ID: <");
    assert_holds(m, "multipart/alternative");
    free(m);
    assert_holds(pipe_must(p, "alert show 1"), "mail: delivered");
    smtp_sink_stop(sink);
}

static void
escalation_reaches_the_second_step(void **state)
{
    (void)state;
    pipe_config(p, "brands: {acme: {}}\n"
                   "sources:\n"
                   "  feed: {plugin: rss, @OWN@, every: 1h, options: {url: \"@WEB@/feed\"}}\n"
                   "notifiers:\n"
                   "  a: {plugin: webhook, @OWN@, options: {url: \"@WEB@/a\"}}\n"
                   "  b: {plugin: webhook, @OWN@, options: {url: \"@WEB@/b\"}}\n"
                   "staff: {ana: {notify: [a]}, ben: {notify: [b]}}\n"
                   "escalation:\n"
                   "  irate: [{notify: [ana], wait: 1s}, {notify: [ben], repeat: 1s}]\n");
    http_server_set(pipe_web(p), "/a", &(struct http_answer){ .body = "ok" });
    http_server_set(pipe_web(p), "/b", &(struct http_answer){ .body = "ok" });
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_start(p);
    pipe_must(p, "source poll feed");
    pipe_until_count(p, "/b", 2); /* the second step, and once more */
    assert_int_equal(http_server_count(pipe_web(p), "/a"), 1);
    pipe_must(p, "alert ack 1");
    pipe_until_count(p, "/a", 2);
    char *r = http_server_request(pipe_web(p), "/a");
    assert_holds(r, "taken");
    free(r);
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

static void
drill_rings_until_it_is_acknowledged(void **state)
{
    char line[2048];
    const char *said;

    (void)state;
    pipe_usual_config(p, "");
    http_server_set(pipe_web(p), "/feed", &(struct http_answer){ .status = 404 });
    pipe_start(p);
    snprintf(line, sizeof line,
             "'%s/tocsin' drill --for 1m -c '%s/tocsin.yaml' > '%s/drilled' 2>&1 &",
             getenv("TOCSIN_BUILDDIR"), pipe_dir(p), pipe_dir(p));
    assert_int_equal(system(line), 0);
    pipe_until_count(p, "/hook", 1);
    assert_hook_holds("DRILL");
    pipe_until_says(p, "alert show 1", "hook: delivered");
    usleep(300000);
    pipe_must(p, "alert ack 1");
    snprintf(line, sizeof line, "%s/drilled", pipe_dir(p));
    for (int i = 0; i < 1000; i++) {
        FILE *f = fopen(line, "r");
        char text[4096] = "";
        size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
        text[n] = '\0';
        if (f)
            fclose(f);
        if (strstr(text, "acknowledged after")) {
            assert_non_null(strstr(text, "rang after"));
            break;
        }
        if (i == 999)
            fail_msg("the drill said: %s", text);
        usleep(20000);
    }
    said = pipe_must(p, "mention list --format jsonl");
    assert_null(strstr(said, "DRILL")); /* stays out of reports */
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

static void
edited_post_is_matched_again(void **state)
{
    (void)state;
    pipe_usual_config(p, "");
    pipe_post(p, "/feed", "1", "Carla Cross", "acme sent my kettle on tuesday.");
    pipe_must(p, "run --once");
    assert_int_equal(http_server_count(pipe_web(p), "/hook"), 0);
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_must(p, "run --once --now");
    assert_int_equal(http_server_count(pipe_web(p), "/hook"), 1);
    assert_int_equal(pipe_count(pipe_must(p, "mention list --format jsonl"), "\n"), 1);
    /* The same text again, and the same anger in other words: silently. */
    pipe_must(p, "run --once --now");
    pipe_post(p, "/feed", "2", "Carla Cross", pipe_angry(2));
    pipe_must(p, "run --once --now");
    assert_int_equal(http_server_count(pipe_web(p), "/hook"), 1);
    assert_int_equal(pipe_count(pipe_must(p, "alert list --format jsonl"), "\n"), 1);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(run_once_rings_a_webhook),
        CASE(daemon_rings_and_hears_the_answer),
        CASE(email_reaches_the_mail_server),
        CASE(escalation_reaches_the_second_step),
        CASE(drill_rings_until_it_is_acknowledged),
        CASE(edited_post_is_matched_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
