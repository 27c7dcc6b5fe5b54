/* Parts, sessions, masks, granted hosts and private addresses: what leaves, and what is shown. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "fetch/guard.h"
#include "fetch/mask.h"
#include "lib/fetch_fix.h"

#define RAW "s3cr&t/\"valu\xc3\xa9"
#define AS_URL "s3cr%26t%2F%22valu%C3%A9"
#define AS_JSON "s3cr&t/\\\"valu\xc3\xa9"
#define AS_BASE64 "czNjciZ0LyJ2YWx1w6k="

static struct fetch_fix x;

static int
setup(void **state)
{
    (void)state;
    fix_open(&x, NULL);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    fix_close(&x);
    return 0;
}

/* "http://127.0.0.1:PORT/path" as a part. */
static struct tocsin_part
url_part(const char *path)
{
    const char *z = http_server_url(x.server, path);
    return (struct tocsin_part){ .text = { z, strlen(z) } };
}

static bool
was_sent(const char *path, const char *text)
{
    char *r = http_server_request(x.server, path);
    bool is_there = strstr(r, text) != NULL;
    free(r);
    return is_there;
}

/* ---- parts ---------------------------------------------------------------------- */

static void
fills_parts_for_their_place(void **state)
{
    struct tocsin_part url[] = { url_part("/echo?k="), PART_SECRET("token", TOCSIN_ENC_URL) };
    struct tocsin_part raw[] = { PART_TEXT("Bearer "), PART_SECRET("token", TOCSIN_ENC_RAW) };
    struct tocsin_part b64[] = { PART_SECRET("token", TOCSIN_ENC_BASE64) };
    struct tocsin_part basic[] = {
        PART_TEXT("Basic "),
        { .kind = TOCSIN_PART_BASIC, .text = { "me", 2 }, .name = "password" },
    };
    struct tocsin_part hmac[] = { PART_TEXT("sha256="),
                                  { .kind = TOCSIN_PART_HMAC_SHA256, .name = "password" } };
    struct tocsin_part body[] = { PART_TEXT("{\"t\":\""), PART_SECRET("token", TOCSIN_ENC_JSON),
                                  PART_TEXT("\"}") };
    struct tocsin_header headers[] = { { "X-Raw", PARTS(raw) },
                                       { "X-Base64", PARTS(b64) },
                                       { "Authorization", PARTS(basic) },
                                       { "X-Signature", PARTS(hmac) } };
    struct tocsin_request r = { .size = sizeof r,
                                .method = "POST",
                                .url = PARTS(url),
                                .headers = headers,
                                .n_headers = 4,
                                .body = PARTS(body) };
    struct got g = { 0 };

    (void)state;
    fix_do(&x, &r, NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_true(was_sent("/echo", "POST /echo?k=" AS_URL " HTTP/1.1\r\n"));
    assert_true(was_sent("/echo", "\r\nX-Raw: Bearer " RAW "\r\n"));
    assert_true(was_sent("/echo", "\r\nX-Base64: " AS_BASE64 "\r\n"));
    assert_true(was_sent("/echo", "\r\nAuthorization: Basic bWU6b3BlbiBzZXNhbWU=\r\n"));
    assert_true(was_sent("/echo", "\r\n\r\n{\"t\":\"" AS_JSON "\"}"));
    /* HMAC-SHA256 of that body under "open sesame" */
    assert_true(was_sent("/echo", "\r\nX-Signature: sha256="
                                  "1bf57c81a7fcef2d06b7c75c403e0fde77bc51085c604a34fcc96355118cc22e"
                                  "\r\n"));
    /* the echo comes back with all of it hidden */
    assert_null(strstr(g.body, RAW));
    assert_null(strstr(g.body, AS_URL));
    assert_null(strstr(g.body, AS_JSON));
    assert_null(strstr(g.body, AS_BASE64));
    assert_null(strstr(g.body, "bWU6b3BlbiBzZXNhbWU="));
    assert_non_null(strstr(g.body, "X-Raw: Bearer ***\r\n"));
    assert_null(strstr(g.url, "s3cr"));
    assert_non_null(strstr(g.url, "k=***"));
    got_free(&g);
}

static void
refuses_what_is_not_the_askers(void **state)
{
    struct tocsin_part url[] = { url_part("/echo") };
    struct tocsin_part other[] = { PART_SECRET("somebody-elses", TOCSIN_ENC_RAW) };
    struct tocsin_part split[] = { PART_TEXT("a\r\nX-Evil: b") };
    struct tocsin_part nul[] = { PART_TEXT("a\0b") };
    struct tocsin_part ok[] = { PART_TEXT("b") };
    struct tocsin_part in_body[] = { { .kind = TOCSIN_PART_HMAC_SHA256, .name = "token" } };
    const struct tocsin_header bad[] = {
        { "X-Key", PARTS(other) }, { "X-Key", PARTS(split) },
        { "X-Key", PARTS(nul) },   { "X Key", PARTS(ok) },
        { "X\r\nY", PARTS(ok) },   { "Host", PARTS(ok) },
        { "", PARTS(ok) },         { "transfer-encoding", PARTS(ok) },
    };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(bad); i++) {
        struct tocsin_request r = {
            .size = sizeof r, .url = PARTS(url), .headers = &bad[i], .n_headers = 1
        };
        fix_do(&x, &r, NULL, &g);
        if (g.outcome != FETCH_REFUSED)
            fail_msg("row %zu: outcome %d", i, (int)g.outcome);
        got_free(&g);
    }
    struct tocsin_request r = {
        .size = sizeof r, .method = "POST", .url = PARTS(url), .body = PARTS(in_body)
    };
    fix_do(&x, &r, NULL, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    assert_int_equal(http_server_count(x.server, NULL), 0);
    got_free(&g);
}

static void
masks_every_form(void **state)
{
    struct masks m = { 0 };
    struct buf b;
    const char *text = "a " RAW " b " AS_URL " c " AS_JSON " d " AS_BASE64 " e";

    (void)state;
    buf_init(&b, 1000);
    masks_add_secret(&m, str_z(RAW));
    masks_add_secret(&m, str_z("abc")); /* too short: would hide ordinary text */
    assert_int_equal(masks_apply(&m, str_z(text), &b), 0);
    assert_string_equal(buf_cstr(&b), "a *** b *** c *** d *** e");
    buf_reset(&b);
    masks_add(&m, str_z("abcdef"));
    masks_add(&m, str_z("abcd"));
    assert_int_equal(masks_apply(&m, str_z("abcdefabcdabc"), &b), 0);
    assert_string_equal(buf_cstr(&b), "******abc");
    assert_false(masks_hit(&m, str_z("nothing here")));
    buf_free(&b);
    masks_free(&m);
}

/* ---- granted hosts ------------------------------------------------------------------ */

static void
knows_granted_hosts(void **state)
{
    static const char *const words[] = { "example.org", "*.example.net", "127.0.0.1:8080",
                                         "[::1]:99", "::2" };
    static const struct {
        const char *host, *port;
        bool is_granted;
    } rows[] = {
        { "example.org", "443", true },
        { "EXAMPLE.org.", "1", true },
        { "a.example.org", "443", false },
        { "notexample.org", "443", false },
        { "example.org.evil.com", "443", false },
        { "a.example.net", "443", true },
        { "a.b.example.net", "443", true },
        { "example.net", "443", false },
        { "evilexample.net", "443", false },
        { "127.0.0.1", "8080", true },
        { "127.0.0.1", "80", false },
        { "[::1]", "99", true },
        { "[::1]", "98", false },
        { "[::2]", "98", true },
        { "", "443", false },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        if (guard_is_granted((struct word_list){ words, N_ROWS(words) }, str_z(rows[i].host),
                             str_z(rows[i].port)) != rows[i].is_granted)
            fail_msg("%s:%s", rows[i].host, rows[i].port);
}

static void
knows_private_addresses(void **state)
{
    static const char *const private[] = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "::1",
        "::",
        "[::1]",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "::127.0.0.1",
        "fec0::1",
    };
    static const char *const public[] = { "1.1.1.1",
                                          "8.8.8.8",
                                          "172.32.0.1",
                                          "192.169.0.1",
                                          "100.128.0.1",
                                          "2606:4700::1111",
                                          "64:ff9b::101:101",
                                          "2002:101:101::",
                                          "example.org",
                                          "1.2.3",
                                          "" };

    (void)state;
    for (size_t i = 0; i < N_ROWS(private); i++)
        if (!guard_is_private_literal(str_z(private[i])))
            fail_msg("%s", private[i]);
    for (size_t i = 0; i < N_ROWS(public); i++)
        if (guard_is_private_literal(str_z(public[i])))
            fail_msg("%s", public[i]);
}

static void
sends_only_to_granted_hosts(void **state)
{
    char url[200];
    struct got g = { 0 };

    (void)state;
    snprintf(url, sizeof url, "http://localhost:%d/echo", http_server_port(x.server));
    fix_get(&x, url, NULL, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    assert_non_null(strstr(g.why, "localhost"));
    assert_non_null(strstr(g.why, "hosts:"));
    assert_int_equal(http_server_count(x.server, NULL), 0);
    got_free(&g);
}

/* Sends a request full of secrets to /from, which redirects to `to`. */
static void
send_secrets(const char *method, int status, const char *to, struct got *g)
{
    char line[300];
    struct tocsin_part url[] = { url_part("/from") };
    struct tocsin_part key[] = { PART_SECRET("token", TOCSIN_ENC_RAW) };
    struct tocsin_part plain[] = { PART_TEXT("plain") };
    struct tocsin_part body[] = { PART_TEXT("the body") };
    struct tocsin_header headers[] = { { "X-Api-Key", PARTS(key) },
                                       { "X-Plain", PARTS(plain) },
                                       { "Accept", PARTS(plain) } };
    struct tocsin_request r = {
        .size = sizeof r, .method = method, .url = PARTS(url), .headers = headers, .n_headers = 3
    };
    struct validators v = { "\"tag\"", "Mon, 23 Nov 2026 10:00:00 GMT" };

    if (strcmp(method, "GET") != 0)
        r.body = (struct tocsin_parts)PARTS(body);
    snprintf(line, sizeof line, "Location: %s\r\n", to);
    http_server_set(x.server, "/from", &(struct http_answer){ .status = status, .headers = line });
    http_server_set(x.server, "/to", &(struct http_answer){ .body = "there" });
    got_free(g);
    fix_do(&x, &r, &v, g);
}

static void
keeps_secrets_on_granted_hosts(void **state)
{
    struct got g = { 0 };

    (void)state;
    send_secrets("GET", 302, "/to", &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_true(was_sent("/to", "X-Api-Key: " RAW));
    assert_true(was_sent("/to", "If-None-Match: \"tag\""));
    send_secrets("POST", 307, "/to", &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_true(was_sent("/to", "POST /to "));
    assert_true(was_sent("/to", "\r\n\r\nthe body"));
    send_secrets("POST", 303, "/to", &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_true(was_sent("/to", "GET /to "));
    got_free(&g);
}

static void
leaves_granted_hosts_without_secrets(void **state)
{
    const char *away = "http://localhost:@PORT@/to";
    struct got g = { 0 };

    (void)state;
    for (int status = 301; status <= 308; status++) {
        if (status > 303 && status < 307)
            continue;
        send_secrets("GET", status, away, &g);
        assert_int_equal(g.outcome, FETCH_OK);
        assert_false(was_sent("/to", "X-Api-Key"));
        assert_false(was_sent("/to", "X-Plain"));
        assert_false(was_sent("/to", "If-None-Match"));
        assert_false(was_sent("/to", "If-Modified-Since"));
        assert_true(was_sent("/to", "Accept: plain"));
    }
    int before = http_server_count(x.server, "/to");
    send_secrets("POST", 307, away, &g); /* a GET in its place would look like success */
    assert_int_equal(g.outcome, FETCH_REFUSED);
    assert_int_equal(http_server_count(x.server, "/to"), before);
    send_secrets("POST", 303, away, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_true(was_sent("/to", "GET /to "));
    assert_false(was_sent("/to", "the body"));
    got_free(&g);
}

/* P16: refused before a connection is made. */
static void
refuses_private_addresses(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "localhost", "*.example.org" };
    static const char *const to[] = { "http://169.254.169.254/latest",
                                      "http://10.0.0.1/",
                                      "http://[::1]/",
                                      "http://[::ffff:127.0.0.1]/",
                                      "http://2130706433/",
                                      "http://0x7f.1/",
                                      "http://127.1/" };
    char url[200];
    struct got g = { 0 };

    (void)state;
    fix_close(&x);
    fix_open(&x, &(struct fetch_options){ .gap_ms = -1 });
    x.who.hosts = (struct word_list){ hosts, 3 };
    fix_get(&x, "/echo", NULL, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    assert_non_null(strstr(g.why, "allow_private"));
    snprintf(url, sizeof url, "http://localhost:%d/echo", http_server_port(x.server));
    fix_get(&x, url, NULL, &g); /* by name: seen when the socket is opened */
    assert_int_equal(g.outcome, FETCH_REFUSED);
    assert_non_null(strstr(g.why, "allow_private"));
    assert_int_equal(http_server_connections(x.server), 0);
    x.who.allow_private = true;
    fix_get(&x, "/echo", NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    got_free(&g);
    struct fetch_who other = x.who; /* its open connection is not another's way in */
    other.allow_private = false;
    struct tocsin_part part = { .text = { url, strlen(url) } };
    struct tocsin_request r = { .size = sizeof r, .url = { &part, 1 } };
    fix_send(&x, &other, &r, NULL, &g);
    fix_wait(&x, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    x.who.allow_private = false;
    for (size_t i = 0; i < N_ROWS(to); i++) {
        fix_get(&x, to[i], NULL, &g);
        assert_int_equal(g.outcome, FETCH_REFUSED);
        got_free(&g);
    }
}

/* ---- sessions -------------------------------------------------------------------------- */

static struct tocsin_part mint_url[1], mint_body[3], refresh_url[1], bearer[2], use_url[1];
static struct tocsin_header bearer_header;
static struct tocsin_request mint, refresh, use;

static void
declare(uint32_t lifetime_s)
{
    struct err err;

    mint_url[0] = url_part("/login");
    mint_body[0] = (struct tocsin_part)PART_TEXT("{\"password\":\"");
    mint_body[1] = (struct tocsin_part)PART_SECRET("password", TOCSIN_ENC_JSON);
    mint_body[2] = (struct tocsin_part)PART_TEXT("\"}");
    refresh_url[0] = url_part("/refresh");
    use_url[0] = url_part("/use");
    bearer[0] = (struct tocsin_part)PART_TEXT("Bearer ");
    bearer[1] = (struct tocsin_part)PART_SECRET("session", TOCSIN_ENC_RAW);
    bearer_header = (struct tocsin_header){ "Authorization", PARTS(bearer) };
    mint = (struct tocsin_request){
        .size = sizeof mint, .method = "POST", .url = PARTS(mint_url), .body = PARTS(mint_body)
    };
    refresh = (struct tocsin_request){ .size = sizeof refresh,
                                       .method = "POST",
                                       .url = PARTS(refresh_url),
                                       .headers = &bearer_header,
                                       .n_headers = 1 };
    use = (struct tocsin_request){
        .size = sizeof use, .url = PARTS(use_url), .headers = &bearer_header, .n_headers = 1
    };
    struct tocsin_session s = { .size = sizeof s,
                                .name = "session",
                                .mint = &mint,
                                .refresh = &refresh,
                                .value_at = "/data/access~1token",
                                .refresh_at = "/data/refresh",
                                .lifetime_at = "/life",
                                .lifetime_s = lifetime_s };
    assert_int_equal(fetch_session(x.f, &x.who, &s, &err), 0);
}

static void
set_login(const char *path, const char *token)
{
    char body[300];

    snprintf(body, sizeof body,
             "{\"data\":{\"access/token\":\"%s\",\"refresh\":\"refresh-%s\"},\"life\":1000}", token,
             token);
    http_server_set(x.server, path, &(struct http_answer){ .body = body });
}

static void
mints_once_for_all_who_wait(void **state)
{
    struct got g[4] = { { 0 } };

    (void)state;
    set_login("/login", "token-one");
    http_server_set(x.server, "/use", &(struct http_answer){ .body = "you sent token-one" });
    declare(0);
    for (int i = 0; i < 4; i++)
        fix_send(&x, NULL, &use, NULL, &g[i]);
    for (int i = 0; i < 4; i++) {
        fix_wait(&x, &g[i]);
        assert_int_equal(g[i].outcome, FETCH_OK);
        assert_string_equal(g[i].body, "you sent ***");
        got_free(&g[i]);
    }
    assert_int_equal(http_server_count(x.server, "/login"), 1);
    assert_true(was_sent("/login", "{\"password\":\"open sesame\"}"));
    assert_true(was_sent("/use", "\r\nAuthorization: Bearer token-one\r\n"));
    declare(0); /* again: the token is kept */
    fix_do(&x, &use, NULL, &g[0]);
    assert_int_equal(http_server_count(x.server, "/login"), 1);
    got_free(&g[0]);
}

static void
renews_on_401_once(void **state)
{
    struct got g = { 0 };

    (void)state;
    set_login("/login", "token-one");
    set_login("/refresh", "token-two");
    http_server_first(x.server, "/use", 1, &(struct http_answer){ .status = 401 });
    http_server_set(x.server, "/use", &(struct http_answer){ .body = "welcome" });
    declare(0);
    fix_do(&x, &use, NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_true(was_sent("/refresh", "\r\nAuthorization: Bearer refresh-token-one\r\n"));
    assert_true(was_sent("/use", "Bearer token-two"));
    assert_int_equal(http_server_count(x.server, "/use"), 2);
    http_server_set(x.server, "/use", &(struct http_answer){ .status = 401 });
    got_free(&g);
    fix_do(&x, &use, NULL, &g);
    assert_int_equal(g.outcome, FETCH_DENIED);
    assert_int_equal(http_server_count(x.server, "/use"), 4);
    got_free(&g);
}

static void
mints_anew_when_refresh_fails(void **state)
{
    struct got g = { 0 };

    (void)state;
    set_login("/login", "token-one");
    http_server_set(x.server, "/refresh", &(struct http_answer){ .status = 400 });
    http_server_set(x.server, "/use", &(struct http_answer){ .body = "welcome" });
    declare(0);
    fix_do(&x, &use, NULL, &g);
    got_free(&g);
    fetch_expire(x.f, &x.who, "session");
    fix_do(&x, &use, NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(http_server_count(x.server, "/refresh"), 1);
    assert_int_equal(http_server_count(x.server, "/login"), 2);
    got_free(&g);
}

static void
a_token_lives_as_long_as_it_says(void **state)
{
    struct got g = { 0 };

    (void)state;
    set_login("/login", "token-one");
    set_login("/refresh", "token-two");
    http_server_set(x.server, "/use", &(struct http_answer){ .body = "welcome" });
    declare(0);
    fix_do(&x, &use, NULL, &g);
    got_free(&g);
    x.mono_add_ms = 900 * 1000;
    fix_do(&x, &use, NULL, &g);
    assert_int_equal(http_server_count(x.server, "/refresh"), 0);
    got_free(&g);
    x.mono_add_ms = 950 * 1000; /* a minute early */
    fix_do(&x, &use, NULL, &g);
    assert_int_equal(http_server_count(x.server, "/refresh"), 1);
    got_free(&g);
}

static void
a_failed_login_fails_who_waits(void **state)
{
    static const struct http_answer answers[] = {
        { .status = 403 },
        { .body = "<html>login</html>" },
        { .body = "{\"data\":{\"access/token\":5}}" },
        { .body = "{\"data\":[]}" },
        { .body = "{\"data\":{\"access/token\":\"a\\u0000b\"}}" },
    };
    struct got a = { 0 }, b = { 0 };

    (void)state;
    declare(0);
    for (size_t i = 0; i < N_ROWS(answers); i++) {
        http_server_set(x.server, "/login", &answers[i]);
        fix_send(&x, NULL, &use, NULL, &a);
        fix_send(&x, NULL, &use, NULL, &b);
        fix_wait(&x, &a);
        fix_wait(&x, &b);
        assert_int_equal(a.outcome, FETCH_DENIED);
        assert_int_equal(b.outcome, FETCH_DENIED);
        assert_non_null(strstr(a.why, "login \"session\""));
        assert_int_equal(http_server_count(x.server, "/use"), 0);
    }
    struct tocsin_session circle = {
        .size = sizeof circle, .name = "session", .mint = &use, .value_at = "/x"
    };
    struct err err;
    assert_int_equal(fetch_session(x.f, &x.who, &circle, &err), 0);
    fix_do(&x, &use, NULL, &a); /* a login that needs itself */
    assert_int_equal(a.outcome, FETCH_REFUSED);
}

static void
forgetting_ends_all_of_it(void **state)
{
    struct got g[3] = { { 0 } };

    (void)state;
    http_server_set(x.server, "/login", &(struct http_answer){ .delay_ms = 5000 });
    declare(0);
    for (int i = 0; i < 3; i++)
        fix_send(&x, NULL, &use, NULL, &g[i]);
    for (int i = 0; i < 20; i++)
        uv_run(&x.loop, UV_RUN_NOWAIT);
    fetch_forget(x.f, &x.who);
    for (int i = 0; i < 3; i++) {
        assert_true(g[i].is_done);
        assert_int_equal(g[i].outcome, FETCH_FAILED);
    }
    assert_int_equal(fetch_in_flight(x.f), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(fills_parts_for_their_place),
        T(refuses_what_is_not_the_askers),
        T(masks_every_form),
        T(knows_granted_hosts),
        T(knows_private_addresses),
        T(sends_only_to_granted_hosts),
        T(keeps_secrets_on_granted_hosts),
        T(leaves_granted_hosts_without_secrets),
        T(refuses_private_addresses),
        T(mints_once_for_all_who_wait),
        T(renews_on_401_once),
        T(mints_anew_when_refresh_fails),
        T(a_token_lives_as_long_as_it_says),
        T(a_failed_login_fails_who_waits),
        T(forgetting_ends_all_of_it),
    };
    return RUN_TESTS(tests);
}
