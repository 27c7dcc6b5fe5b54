/* Polite fetching, row by row, against a scripted server on loopback. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "lib/fetch_fix.h"

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

static void
get(const char *path, const struct validators *v, struct got *g)
{
    got_free(g);
    fix_get(&x, path, v, g);
}

static bool
was_sent(const char *path, const char *text)
{
    char *r = http_server_request(x.server, path);
    bool is_there = strstr(r, text) != NULL;
    free(r);
    return is_there;
}

/* ---- P1 to P5: validators ------------------------------------------------------- */

static void
echoes_validators_byte_for_byte(void **state)
{
    static const char *const tags[] = { "W/\"a\"", "\"b\"", "unquoted", "\"c-gzip\"",
                                        "\"\xc3\xa9 x\"" };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(tags); i++) {
        http_server_set(
            x.server, "/feed",
            &(struct http_answer){ .etag = tags[i],
                                   .body = "<rss/>",
                                   .headers = "Last-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\n" });
        get("/feed", NULL, &g);
        assert_int_equal(g.outcome, FETCH_OK);
        assert_string_equal(g.etag, tags[i]);
        struct validators v = { tags[i], "Mon, 23 Nov 2026 10:00:00 GMT" };
        get("/feed", &v, &g);
        assert_int_equal(g.outcome, FETCH_NOT_MODIFIED);
        assert_true(was_sent("/feed", "\r\nIf-Modified-Since: Mon, 23 Nov 2026 10:00:00 GMT\r\n"));
    }
    got_free(&g);
}

static void
makes_no_validators_up(void **state)
{
    struct got g = { 0 };

    (void)state;
    http_server_set(x.server, "/plain", &(struct http_answer){ .body = "<rss/>" });
    get("/plain", NULL, &g);
    assert_false(g.has_etag || g.has_last_modified);
    assert_false(was_sent("/plain", "If-None-Match"));
    assert_false(was_sent("/plain", "If-Modified-Since"));
    got_free(&g);
}

static void
adopts_the_new_etag_of_a_304(void **state)
{
    struct validators v = { "\"old\"", NULL };
    struct got g = { 0 };

    (void)state;
    http_server_set(x.server, "/n",
                    &(struct http_answer){ .status = 304, .headers = "ETag: \"new\"\r\n" });
    get("/n", &v, &g);
    assert_int_equal(g.outcome, FETCH_NOT_MODIFIED);
    assert_string_equal(g.etag, "\"new\"");
    http_server_set(x.server, "/n", &(struct http_answer){ .status = 304 });
    get("/n", &v, &g);
    assert_int_equal(g.outcome, FETCH_NOT_MODIFIED);
    assert_false(g.has_etag);
    get("/n", NULL, &g); /* a 304 that nobody asked for is no answer */
    assert_int_equal(g.outcome, FETCH_FAILED);
    got_free(&g);
}

/* ---- P6: what is cut ------------------------------------------------------------- */

static uint32_t
crc32_of(const unsigned char *p, size_t n)
{
    uint32_t c = 0xffffffff;

    for (size_t i = 0; i < n; i++) {
        c ^= p[i];
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    }
    return ~c;
}

/* gzip with one stored block. */
static size_t
stored_gzip(unsigned char *out, const char *text)
{
    size_t n = strlen(text);
    uint32_t crc = crc32_of((const unsigned char *)text, n);
    unsigned char head[15] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1 };

    head[11] = (unsigned char)n;
    head[12] = (unsigned char)(n >> 8);
    head[13] = (unsigned char)~n;
    head[14] = (unsigned char)(~n >> 8);
    memcpy(out, head, 15);
    memcpy(out + 15, text, n);
    for (int i = 0; i < 4; i++) {
        out[15 + n + (size_t)i] = (unsigned char)(crc >> (8 * i));
        out[19 + n + (size_t)i] = (unsigned char)((uint32_t)n >> (8 * i));
    }
    return n + 23;
}

static void
a_cut_body_is_a_failure(void **state)
{
    unsigned char z[512];
    size_t n = stored_gzip(z, "<rss><channel>all of it</channel></rss>");
    struct got g = { 0 };
    const char *gzip = "Content-Encoding: gzip\r\nETag: \"a\"\r\n";
    const struct http_answer whole[] = {
        { .headers = gzip, .body = (char *)z, .n_body = n },
        { .headers = gzip, .body = (char *)z, .n_body = n, .no_length = true },
        { .headers = gzip, .body = (char *)z, .n_body = n, .is_chunked = true },
    };
    const struct http_answer cut[] = {
        { .headers = gzip, .body = (char *)z, .n_body = n, .cut = 30 },
        { .headers = gzip, .body = (char *)z, .n_body = n, .cut = 30, .no_length = true },
        { .headers = gzip, .body = (char *)z, .n_body = n - 4, .no_length = true },
        { .headers = gzip, .body = (char *)z, .n_body = n - 20 }, /* cut before it was sent */
        { .headers = gzip, .body = (char *)z, .n_body = n, .cut = 30, .is_chunked = true },
        { .headers = gzip, .body = "this is not gzip" },
        { .headers = "ETag: \"a\"\r\n", .body = "<rss>half", .cut = 5 },
        { .headers = "ETag: \"a\"\r\n", .body = "<rss>half", .cut = 5, .is_chunked = true },
        { .raw = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello" },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(whole); i++) {
        http_server_set(x.server, "/z", &whole[i]);
        get("/z", NULL, &g);
        assert_int_equal(g.outcome, FETCH_OK);
        assert_string_equal(g.body, "<rss><channel>all of it</channel></rss>");
    }
    for (size_t i = 0; i < N_ROWS(cut); i++) {
        http_server_set(x.server, "/z", &cut[i]);
        get("/z", NULL, &g);
        if (g.outcome != FETCH_FAILED)
            fail_msg("row %zu: outcome %d, body %zu", i, (int)g.outcome, g.n_body);
        assert_false(g.has_etag);
        assert_int_not_equal(strlen(g.why), 0);
    }
    got_free(&g);
}

/* ---- P8, P9: when to come again ---------------------------------------------------- */

static void
says_how_long_it_is_fresh(void **state)
{
    static const struct {
        const char *headers;
        int64_t s;
    } rows[] = {
        { "", -1 },
        { "Cache-Control: max-age=600\r\n", 600 },
        { "Cache-Control: public, max-age=600\r\nAge: 100\r\n", 500 },
        { "Cache-Control: max-age=600\r\nAge: 1000\r\n", 0 },
        { "Cache-Control: max-age=\"60\"\r\n", 60 },
        { "Cache-Control: no-cache\r\n", 0 },
        { "Cache-Control: max-age=soon\r\n", -1 },
        { "Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nExpires: Mon, 23 Nov 2026 10:05:00 GMT\r\n",
          300 },
        { "Expires: 0\r\n", 0 },
        { "Cache-Control: max-age=60\r\nExpires: Mon, 23 Nov 2099 10:05:00 GMT\r\n", 60 },
    };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        http_server_set(x.server, "/age",
                        &(struct http_answer){ .body = "x", .headers = rows[i].headers });
        get("/age", NULL, &g);
        if (g.max_age_s != rows[i].s)
            fail_msg("%s: %lld", rows[i].headers, (long long)g.max_age_s);
    }
    got_free(&g);
}

static void
honours_retry_after(void **state)
{
    static const struct {
        const char *value;
        int64_t least_s, most_s; /* both 0: not said */
    } rows[] = {
        { "120", 119, 121 },
        { "5", 59, 61 },
        { "0", 59, 61 },
        { "99999999999999999999999", 86399, 86401 },
        { "Mon, 01 Jan 1990 00:00:00 GMT", 59, 61 },
        { "Fri, 01 Jan 2100 00:00:00 GMT", 86399, 86401 },
        { "soon", 0, 0 },
        { "-5", 0, 0 },
        { "", 0, 0 },
    };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        for (int status = 429; status <= 503; status += 503 - 429) {
            char line[200];
            snprintf(line, sizeof line, "Retry-After: %s\r\n", rows[i].value);
            http_server_set(x.server, "/busy",
                            &(struct http_answer){ .status = status, .headers = line });
            int64_t now = clock_wall(&clock_system);
            get("/busy", NULL, &g);
            assert_int_equal(g.outcome, FETCH_THROTTLED);
            assert_int_equal(g.status, status);
            if (!rows[i].most_s)
                assert_int_equal(g.retry_at_ms, 0);
            else
                assert_in_range(g.retry_at_ms, now + rows[i].least_s * 1000,
                                now + (rows[i].most_s + 20) * 1000);
        }
    got_free(&g);
}

/* ---- P11, P14, P20: statuses ---------------------------------------------------------- */

static void
maps_statuses(void **state)
{
    static const struct {
        int status;
        enum fetch_outcome outcome;
    } rows[] = {
        { 200, FETCH_OK },     { 201, FETCH_OK },        { 204, FETCH_OK },
        { 206, FETCH_FAILED }, { 300, FETCH_FAILED },    { 400, FETCH_FAILED },
        { 401, FETCH_DENIED }, { 403, FETCH_DENIED },    { 404, FETCH_GONE },
        { 410, FETCH_GONE },   { 418, FETCH_FAILED },    { 429, FETCH_THROTTLED },
        { 500, FETCH_FAILED }, { 503, FETCH_THROTTLED }, { 599, FETCH_FAILED },
    };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        http_server_set(x.server, "/s", &(struct http_answer){ .status = rows[i].status });
        get("/s", NULL, &g);
        if (g.outcome != rows[i].outcome || g.status != rows[i].status)
            fail_msg("%d: outcome %d", rows[i].status, (int)g.outcome);
    }
    got_free(&g);
}

static void
gives_errors_to_who_asks_for_them(void **state)
{
    struct got g = { 0 };
    const char *url = http_server_url(x.server, "/any");
    struct tocsin_part part = { .text = { url, strlen(url) } };
    struct tocsin_request r = { .size = sizeof r,
                                .flags = TOCSIN_REQ_ANY_STATUS,
                                .url = { &part, 1 } };

    (void)state;
    http_server_set(x.server, "/any",
                    &(struct http_answer){ .status = 429,
                                           .headers = "Retry-After: 300\r\n",
                                           .body = "{\"error\":\"slow\"}" });
    fix_do(&x, &r, NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(g.status, 429);
    assert_string_equal(g.body, "{\"error\":\"slow\"}");
    assert_int_not_equal(g.retry_at_ms, 0);
    got_free(&g);
}

/* ---- P12, P13, P15, P16: redirects ------------------------------------------------------ */

static void
redirect(const char *from, int status, const char *to)
{
    char line[300];

    snprintf(line, sizeof line, "Location: %s\r\n", to);
    http_server_set(x.server, from, &(struct http_answer){ .status = status, .headers = line });
}

static void
follows_redirects(void **state)
{
    static const struct {
        int first, second;
        bool is_moved;
    } rows[] = { { 301, 308, true },  { 308, 308, true },  { 301, 302, false },
                 { 302, 301, false }, { 307, 307, false }, { 303, 301, false } };
    struct got g = { 0 };

    (void)state;
    http_server_set(x.server, "/c", &(struct http_answer){ .body = "there", .etag = "\"e\"" });
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        redirect("/a", rows[i].first, "/b");
        redirect("/b", rows[i].second, "http://127.0.0.1:@PORT@/c#part");
        get("/a", NULL, &g);
        assert_int_equal(g.outcome, FETCH_OK);
        assert_string_equal(g.body, "there");
        assert_string_equal(g.etag, "\"e\"");
        assert_string_equal(g.url, http_server_url(x.server, "/c"));
        assert_int_equal(g.has_moved, rows[i].is_moved);
        if (g.has_moved)
            assert_string_equal(g.moved_to, http_server_url(x.server, "/c"));
    }
    got_free(&g);
}

static void
refuses_loops_and_long_chains(void **state)
{
    struct got g = { 0 };

    (void)state;
    redirect("/l1", 302, "/l2");
    redirect("/l2", 302, "/l1");
    get("/l1", NULL, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    for (int i = 0; i < 10; i++) {
        char from[16], to[16];
        snprintf(from, sizeof from, "/h%d", i);
        snprintf(to, sizeof to, "/h%d", i + 1);
        redirect(from, 302, to);
    }
    get("/h0", NULL, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    assert_int_equal(http_server_count(x.server, "/h5"), 1);
    assert_int_equal(http_server_count(x.server, "/h6"), 0);
    http_server_set(x.server, "/h5", &(struct http_answer){ .body = "five hops" });
    get("/h0", NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    got_free(&g);
}

static void
refuses_other_schemes(void **state)
{
    static const char *const to[] = { "file:///etc/passwd", "gopher://127.0.0.1:25/x",
                                      "ftp://127.0.0.1/x", "javascript:1", "dict://127.0.0.1/" };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(to); i++) {
        redirect("/r", 302, to[i]);
        get("/r", NULL, &g);
        assert_true(g.outcome == FETCH_REFUSED || g.outcome == FETCH_FAILED);
        get(to[i], NULL, &g);
        assert_true(g.outcome == FETCH_REFUSED || g.outcome == FETCH_FAILED);
    }
    got_free(&g);
}

/* ---- P19 ------------------------------------------------------------------------------- */

static void
introduces_itself(void **state)
{
    struct got g = { 0 };

    (void)state;
    http_server_set(x.server, "/me",
                    &(struct http_answer){ .body = "x", .headers = "Set-Cookie: a=b\r\n" });
    get("/me", NULL, &g);
    get("/me", NULL, &g);
    assert_true(was_sent("/me", "\r\nUser-Agent: tocsin/"));
    assert_true(was_sent("/me", " (+http"));
    assert_true(was_sent("/me", "\r\nAccept: */*\r\n"));
    assert_true(was_sent("/me", "\r\nAccept-Encoding: "));
    assert_true(was_sent("/me", "gzip"));
    assert_false(was_sent("/me", "\r\nCookie:"));
    assert_false(was_sent("/me", "\r\nReferer:"));
    assert_int_equal(http_server_connections(x.server), 1); /* kept and used again */
    got_free(&g);
}

/* ---- limits ---------------------------------------------------------------------------- */

static void
caps_bodies_and_headers(void **state)
{
    struct got g = { 0 };

    (void)state;
    http_server_set(x.server, "/bomb", &(struct http_answer){ .bomb_mb = 200 });
    get("/bomb", NULL, &g);
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_non_null(strstr(g.why, "8192 KB"));
    http_server_set(x.server, "/heads", &(struct http_answer){ .body = "x", .header_kb = 70 });
    get("/heads", NULL, &g);
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_non_null(strstr(g.why, "64 KB"));
    http_server_set(x.server, "/heads", &(struct http_answer){ .body = "x", .header_kb = 60 });
    get("/heads", NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    got_free(&g);
}

static void
survives_bad_servers(void **state)
{
    static const struct {
        const char *raw;
        enum fetch_outcome outcome;
    } rows[] = {
        { "just garbage, no status line\n", FETCH_FAILED },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
          "chunked\r\n\r\n5\r\nhello\r\nFFFFFFFFFFFFFFFFFF\r\nx",
          FETCH_FAILED },
        { "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", FETCH_FAILED },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\n\r\nx",
          FETCH_FAILED },
        { "HTTP/1.1 302 F\r\nLocation:\r\nContent-Length: 0\r\n\r\n", FETCH_FAILED },
        { "HTTP/1.1 302 F\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n", FETCH_FAILED },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", FETCH_OK },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", FETCH_OK },
        { "HTTP/1.0 200 OK\r\n\r\nok", FETCH_OK },
    };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        http_server_set(x.server, "/bad", &(struct http_answer){ .raw = rows[i].raw });
        get("/bad", NULL, &g);
        if (g.outcome != rows[i].outcome)
            fail_msg("row %zu: outcome %d %s", i, (int)g.outcome, g.why);
        if (g.outcome == FETCH_OK)
            assert_string_equal(g.body, "ok");
    }
    http_server_set(x.server, "/bad", &(struct http_answer){ .status = -1 });
    get("/bad", NULL, &g);
    assert_int_equal(g.outcome, FETCH_FAILED);
    get("http://127.0.0.1:1/", NULL, &g);
    assert_int_equal(g.outcome, FETCH_FAILED);
    assert_non_null(strstr(g.why, "nobody answers"));
    got_free(&g);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(echoes_validators_byte_for_byte),
        T(makes_no_validators_up),
        T(adopts_the_new_etag_of_a_304),
        T(a_cut_body_is_a_failure),
        T(says_how_long_it_is_fresh),
        T(honours_retry_after),
        T(maps_statuses),
        T(gives_errors_to_who_asks_for_them),
        T(follows_redirects),
        T(refuses_loops_and_long_chains),
        T(refuses_other_schemes),
        T(introduces_itself),
        T(caps_bodies_and_headers),
        T(survives_bad_servers),
    };
    return RUN_TESTS(tests);
}
