/* Who may start when: limits and gaps per site on a clock of our own, then over loopback. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/polite.h"
#include "lib/fetch_fix.h"

enum { N = 10 };

static struct polite *
new_polite(void)
{
    return polite_new(&(struct polite_limits){ .per_site = 2, .in_flight = 8, .gap_ms = 1000 });
}

static void
names_sites(void **state)
{
    static const struct {
        const char *host, *port, *site;
        bool is_local;
    } rows[] = {
        { "www.example.com", "443", "example.com", false },
        { "A.B.Example.CO.uk.", "80", "example.co.uk", false },
        { "alice.github.io", "443", "alice.github.io", false },
        { "github.io", "443", "github.io", false },
        { "127.0.0.1", "8080", "127.0.0.1:8080", true },
        { "[2606:4700::1]", "443", "[2606:4700::1]:443", true },
        { "localhost", "80", "localhost:80", true },
        { "printer", "80", "printer:80", true },
        { "nas.local", "80", "nas.local:80", true },
    };
    struct buf b;

    (void)state;
    buf_init(&b, 300);
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        bool is_local;
        buf_reset(&b);
        assert_int_equal(polite_site(str_z(rows[i].host), str_z(rows[i].port), &b, &is_local), 0);
        assert_string_equal(buf_cstr(&b), rows[i].site);
        assert_int_equal(is_local, rows[i].is_local);
    }
    buf_free(&b);
}

/* Adding ten sources of one host never fires ten requests at once. */
static void
spaces_requests_to_one_site(void **state)
{
    struct polite *p = new_polite();
    struct polite_ticket t[N] = { 0 };
    int64_t wait, now = 50000;

    (void)state;
    for (int i = 0; i < N; i++)
        assert_int_equal(polite_queue(p, &t[i], STR_LIT("example.com"), true, now), 0);
    for (int i = 0; i < N; i++) {
        assert_ptr_equal(polite_next(p, now, &wait), &t[i]); /* in the order asked */
        assert_null(polite_next(p, now, &wait));
        assert_int_equal(wait, i + 1 < N ? 1000 : -1);
        assert_null(polite_next(p, now + 999, &wait));
        assert_int_equal(wait, i + 1 < N ? 1 : -1);
        polite_done(p, &t[i], now + 10);
        now += 1000;
    }
    polite_free(p);
}

static void
never_more_than_two_at_a_site(void **state)
{
    struct polite *p = new_polite();
    struct polite_ticket t[4] = { 0 };
    int64_t wait;

    (void)state;
    for (int i = 0; i < 4; i++)
        polite_queue(p, &t[i], STR_LIT("127.0.0.1:80"), false, 0);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[0]);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[1]);
    assert_null(polite_next(p, 99999, &wait));
    assert_int_equal(wait, -1);
    polite_done(p, &t[1], 0);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[2]);
    polite_done(p, &t[3], 0); /* given up while it waits */
    polite_done(p, &t[0], 0);
    polite_done(p, &t[2], 0);
    assert_null(polite_next(p, 0, &wait));
    polite_free(p);
}

static void
sites_take_turns_under_the_common_limit(void **state)
{
    static const char *const sites[] = { "a.com", "b.com", "c.com" };
    struct polite *p =
        polite_new(&(struct polite_limits){ .per_site = 2, .in_flight = 3, .gap_ms = 0 });
    struct polite_ticket t[N] = { 0 };
    int64_t wait;

    (void)state;
    for (int i = 0; i < 9; i++)
        polite_queue(p, &t[i], str_z(sites[i / 3]), true, 0);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[0]);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[3]);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[6]);
    assert_null(polite_next(p, 0, &wait));
    polite_done(p, &t[3], 0);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[1]);
    polite_free(p);
}

static void
urgent_ones_go_first(void **state)
{
    struct polite *p = new_polite();
    struct polite_ticket t[4] = { 0 };
    int64_t wait;

    (void)state;
    t[2].is_urgent = t[3].is_urgent = true;
    for (int i = 0; i < 4; i++)
        polite_queue(p, &t[i], STR_LIT("example.com"), true, 0);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[2]);
    assert_ptr_equal(polite_next(p, 0, &wait), &t[3]); /* without a gap */
    polite_done(p, &t[2], 0);
    polite_done(p, &t[3], 0);
    assert_null(polite_next(p, 0, &wait));
    assert_ptr_equal(polite_next(p, 1000, &wait), &t[0]);
    polite_free(p);
}

/* A day's jump of the clock starts no stampede: P18. */
static void
a_jump_of_the_clock_is_no_stampede(void **state)
{
    struct polite *p = new_polite();
    struct polite_ticket t[N] = { 0 };
    int64_t wait;

    (void)state;
    for (int i = 0; i < N; i++)
        polite_queue(p, &t[i], STR_LIT("example.com"), true, 0);
    assert_non_null(polite_next(p, 0, &wait));
    assert_non_null(polite_next(p, 86400000, &wait));
    assert_null(polite_next(p, 86400000, &wait));
    polite_free(p);
}

static void
remembers_only_what_matters(void **state)
{
    struct polite *p = new_polite();
    struct polite_ticket t = { 0 };
    int64_t wait;

    (void)state;
    polite_defer(p, STR_LIT("slow.com"), 100000, 0);
    for (int i = 0; i < 5000; i++) {
        char name[32];
        snprintf(name, sizeof name, "s%d.com", i);
        polite_queue(p, &t, str_z(name), true, i * 10);
        assert_ptr_equal(polite_next(p, i * 10, &wait), &t);
        polite_done(p, &t, i * 10);
        assert_int_equal(polite_deferred(p, STR_LIT("slow.com"), i * 10), 100000);
    }
    assert_int_equal(polite_deferred(p, STR_LIT("slow.com"), 100000), 0);
    polite_free(p);
}

/* ---- over loopback ------------------------------------------------------------------ */

static void
two_connections_a_host(void **state)
{
    struct fetch_fix x;
    struct got g[40];

    (void)state;
    fix_open(&x, NULL);
    http_server_set(x.server, "/f", &(struct http_answer){ .body = "x", .delay_ms = 3 });
    const char *url = http_server_url(x.server, "/f");
    struct tocsin_part part = { .text = { url, strlen(url) } };
    struct tocsin_request r = { .size = sizeof r, .url = { &part, 1 } };
    for (size_t i = 0; i < N_ROWS(g); i++)
        fix_send(&x, NULL, &r, NULL, &g[i]);
    assert_int_equal(fetch_in_flight(x.f), N_ROWS(g));
    for (size_t i = 0; i < N_ROWS(g); i++) {
        fix_wait(&x, &g[i]);
        assert_int_equal(g[i].outcome, FETCH_OK);
        got_free(&g[i]);
    }
    assert_in_range(http_server_most_busy(x.server), 1, 2);
    assert_in_range(http_server_connections(x.server), 1, 2);
    fix_close(&x);
}

/* P10: the siblings of a 429 wait; those of a private host do not. */
static void
a_429_defers_the_domain(void **state)
{
    static const char *const hosts[] = { "one.example.com", "two.example.com", "127.0.0.1" };
    struct fetch_fix x;
    struct got g = { 0 };
    char url[100], proxy[100];

    (void)state;
    fix_open(&x, NULL);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", http_server_port(x.server));
    http_server_set(x.server, "/busy", &(struct http_answer){ .status = 429 });
    http_server_set(x.server, "/ok", &(struct http_answer){ .body = "x" });
    fix_get(&x, "/busy", NULL, &g);
    assert_int_equal(g.outcome, FETCH_THROTTLED);
    assert_false(g.defers_domain);
    fix_get(&x, "/ok", NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    got_free(&g);
    x.who.hosts = (struct word_list){ hosts, 3 };
    x.who.proxy = proxy; /* our server stands in for the domain */
    http_server_set(x.server, "http://one.example.com/busy",
                    &(struct http_answer){ .status = 429, .headers = "Retry-After: 300\r\n" });
    fix_get(&x, "http://one.example.com/busy", NULL, &g);
    assert_int_equal(g.outcome, FETCH_THROTTLED);
    assert_true(g.defers_domain);
    int64_t at = g.retry_at_ms;
    snprintf(url, sizeof url, "http://two.example.com/feed");
    fix_get(&x, url, NULL, &g);
    assert_int_equal(g.outcome, FETCH_THROTTLED);
    assert_in_range(g.retry_at_ms, at - 2000, at + 2000);
    assert_int_equal(http_server_count(x.server, "http://two.example.com/feed"), 0);
    x.mono_add_ms = 301 * 1000;
    http_server_set(x.server, "http://two.example.com/feed", &(struct http_answer){ .body = "x" });
    fix_get(&x, url, NULL, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    got_free(&g);
    fix_close(&x);
}

struct chain {
    struct fetch_fix *x;
    int left;
    bool is_freed;
};

static void
next_of_chain(void *ctx, const struct fetch_result *r)
{
    struct chain *c = ctx;
    struct tocsin_part part = { .text = str_z("http://127.0.0.1:1/") };
    struct tocsin_request q = { .size = sizeof q, .url = { &part, 1 } };

    assert_int_equal(r->outcome, FETCH_FAILED);
    if (c->left-- > 0)
        assert_int_equal(fetch_send(c->x->f, &c->x->who, &q, NULL, next_of_chain, c, NULL), 0);
    else
        c->is_freed = true;
}

/* A callback may send again, forget its asker, or end it all. */
static void
callbacks_may_do_anything(void **state)
{
    struct fetch_fix x;
    struct chain c = { &x, 5, false };
    struct tocsin_part part = { .text = str_z("http://127.0.0.1:1/") };
    struct tocsin_request q = { .size = sizeof q, .url = { &part, 1 } };

    (void)state;
    fix_open(&x, NULL);
    assert_int_equal(fetch_send(x.f, &x.who, &q, NULL, next_of_chain, &c, NULL), 0);
    while (!c.is_freed)
        uv_run(&x.loop, UV_RUN_ONCE);
    fix_close(&x);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_sites),
        cmocka_unit_test(spaces_requests_to_one_site),
        cmocka_unit_test(never_more_than_two_at_a_site),
        cmocka_unit_test(sites_take_turns_under_the_common_limit),
        cmocka_unit_test(urgent_ones_go_first),
        cmocka_unit_test(a_jump_of_the_clock_is_no_stampede),
        cmocka_unit_test(remembers_only_what_matters),
        cmocka_unit_test(two_connections_a_host),
        cmocka_unit_test(a_429_defers_the_domain),
        cmocka_unit_test(callbacks_may_do_anything),
    };
    return RUN_TESTS(tests);
}
