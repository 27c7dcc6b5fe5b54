/* test_url - addresses taken apart, joined and canonicalised; hostile ones refused. */
#include "base/url.h"

#include "unit.h"

static void
test_split(void **state)
{
    static const struct {
        const char *text;
        int rc;
        const char *scheme, *user, *host, *port, *path, *query, *fragment;
    } rows[] = {
        { "https://example.org", 0, "https", "", "example.org", "", "", "", "" },
        { "HTTP://u:p@Example.org:8080/a?b=c#d", 0, "HTTP", "u:p", "Example.org", "8080", "/a",
          "b=c", "d" },
        { "http://[2001:db8::1]:80/", 0, "http", "", "[2001:db8::1]", "80", "/", "", "" },
        { "https://example.org?q", 0, "https", "", "example.org", "", "", "q", "" },
        { "https://example.org#?", 0, "https", "", "example.org", "", "", "", "?" },
        { "https://m\xc3\xbcnchen.example/\xc3\xa9", 0, "https", "", "m\xc3\xbcnchen.example", "",
          "/\xc3\xa9", "", "" },
        { "smtps://mail.example:465", 0, "smtps", "", "mail.example", "465", "", "", "" },
        { "https://example.org:/", 0, "https", "", "example.org", "", "/", "", "" },
        /* not absolute, no host */
        { "", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "/path", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "//example.org/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "example.org", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "mailto:me@example.org", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "javascript:alert(1)//x", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "file:///etc/passwd", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https:///path", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://:80/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "1http://example.org", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "://example.org", -1, 0, 0, 0, 0, 0, 0, 0 },
        /* white space and controls */
        { " https://example.org", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://example.org/a b", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://example.org/\r\nHost: x", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://example.org/\x7f", -1, 0, 0, 0, 0, 0, 0, 0 },
        /* read as one host here, as another there */
        { "https://evil.example\\@good.example/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://good.example\\.evil.example/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://a@b@example.org/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://ex%61mple.org/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://exa<mple.org/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://.example.org/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://[::1/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://[]/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://::1/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://example.org:65536/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://example.org:000080/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://example.org:80x/", -1, 0, 0, 0, 0, 0, 0, 0 },
        { "https://example.org:-1/", -1, 0, 0, 0, 0, 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct url u = { 0 };
        if (url_split(&u, str_z(rows[i].text)) != rows[i].rc)
            fail_msg("row %zu: %s", i, rows[i].text);
        if (rows[i].rc)
            continue;
        assert_true(str_eq_z(u.scheme, rows[i].scheme));
        assert_true(str_eq_z(u.user, rows[i].user));
        assert_true(str_eq_z(u.host, rows[i].host));
        assert_true(str_eq_z(u.port, rows[i].port));
        assert_true(str_eq_z(u.path, rows[i].path));
        assert_true(str_eq_z(u.query, rows[i].query));
        assert_true(str_eq_z(u.fragment, rows[i].fragment));
    }
}

static void
test_split_nul(void **state)
{
    (void)state;
    struct url u;
    assert_int_equal(url_split(&u, STR_LIT("https://example.org\0.evil.example/")), -1);
    assert_int_equal(url_split(&u, STR_NONE), -1);

    struct buf b; /* a NUL is no letter of a scheme */
    buf_init(&b, 100);
    assert_int_equal(url_join(&b, STR_LIT("http://a/"), STR_LIT("x\0y:z")), 0);
    assert_string_equal(buf_cstr(&b), "http://a/x%00y:z");
    buf_free(&b);
}

static void
test_web(void **state)
{
    (void)state;
    assert_true(url_is_web(str_z("https://example.org/")));
    assert_true(url_is_web(str_z("HTTP://example.org")));
    assert_false(url_is_web(str_z("ftp://example.org/")));
    assert_false(url_is_web(str_z("javascript://example.org/%0aalert(1)")));
    assert_false(url_is_web(str_z("data:text/html,x")));
    assert_false(url_is_web(STR_NONE));
}

static void
test_host(void **state)
{
    (void)state;
    struct tocsin_str s = STR_LIT("https://example.org:1/x");
    assert_true(str_eq_z(url_host(s), "example.org"));
    assert_ptr_equal(url_host(s).p, s.p + 8);
    assert_true(str_eq_z(url_host(str_z("https://EXAMPLE.Org/X")), "example.org"));
    assert_int_equal(url_host(str_z("/x")).n, 0);
}

/* The examples of RFC 3986, 5.4, against http://a/b/c/d;p?q, and what feeds hold. */
static void
test_join(void **state)
{
    static const char rfc[] = "http://a/b/c/d;p?q";
    static const struct {
        const char *base, *ref, *want; /* want NULL: -1 */
    } rows[] = {
        { rfc, "g:h", "g:h" },
        { rfc, "g", "http://a/b/c/g" },
        { rfc, "./g", "http://a/b/c/g" },
        { rfc, "g/", "http://a/b/c/g/" },
        { rfc, "/g", "http://a/g" },
        { rfc, "//g", "http://g" },
        { rfc, "?y", "http://a/b/c/d;p?y" },
        { rfc, "g?y", "http://a/b/c/g?y" },
        { rfc, "#s", "http://a/b/c/d;p?q#s" },
        { rfc, "g#s", "http://a/b/c/g#s" },
        { rfc, "g?y#s", "http://a/b/c/g?y#s" },
        { rfc, ";x", "http://a/b/c/;x" },
        { rfc, "g;x", "http://a/b/c/g;x" },
        { rfc, "g;x?y#s", "http://a/b/c/g;x?y#s" },
        { rfc, "", "http://a/b/c/d;p?q" },
        { rfc, ".", "http://a/b/c/" },
        { rfc, "./", "http://a/b/c/" },
        { rfc, "..", "http://a/b/" },
        { rfc, "../", "http://a/b/" },
        { rfc, "../g", "http://a/b/g" },
        { rfc, "../..", "http://a/" },
        { rfc, "../../", "http://a/" },
        { rfc, "../../g", "http://a/g" },
        { rfc, "../../../g", "http://a/g" },
        { rfc, "../../../../g", "http://a/g" },
        { rfc, "/./g", "http://a/g" },
        { rfc, "/../g", "http://a/g" },
        { rfc, "g.", "http://a/b/c/g." },
        { rfc, ".g", "http://a/b/c/.g" },
        { rfc, "g..", "http://a/b/c/g.." },
        { rfc, "..g", "http://a/b/c/..g" },
        { rfc, "./../g", "http://a/b/g" },
        { rfc, "./g/.", "http://a/b/c/g/" },
        { rfc, "g/./h", "http://a/b/c/g/h" },
        { rfc, "g/../h", "http://a/b/c/h" },
        { rfc, "g;x=1/./y", "http://a/b/c/g;x=1/y" },
        { rfc, "g;x=1/../y", "http://a/b/c/y" },
        { rfc, "g?y/./x", "http://a/b/c/g?y/./x" },
        { rfc, "g#s/../x", "http://a/b/c/g#s/../x" },
        { rfc, "http:g", "http:g" },
        { "http://a", "g", "http://a/g" },
        { "http://a?q", "g", "http://a/g" },
        { "http://a/b", "//h//x", "http://h//x" },
        { "http://a/b", "", "http://a/b" },
        { "http://a/b#f", "", "http://a/b" },
        /* what feeds hold */
        { "http://a/b", "  g \n", "http://a/g" },
        { "http://a/b", "g h", "http://a/g%20h" },
        { "http://a/b", "g\n\th", "http://a/gh" },
        { "http://a/b", "\"><script>", "http://a/%22%3E%3Cscript%3E" },
        { "http://a/b", "javascript:alert(1)", "javascript:alert(1)" },
        { "", "http://a/b", "http://a/b" },
        { "", "b", NULL },
        { "/a", "b", NULL },
        { "a/b", "//host", NULL },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;
        buf_init(&b, 1000);
        int rc = url_join(&b, str_z(rows[i].base), str_z(rows[i].ref));
        assert_int_equal(rc, rows[i].want ? 0 : -1);
        if (rows[i].want)
            assert_string_equal(buf_cstr(&b), rows[i].want);
        buf_free(&b);
    }
}

static void
test_join_full(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_int_equal(url_join(&b, str_z("http://example.org/"), str_z("a")), -1);
    buf_free(&b);
}

static void
test_canonical(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "https://example.org/", "https://example.org" },
        { "HTTP://WWW.Example.ORG:80/A/", "https://example.org/A" },
        { "https://example.org:443", "https://example.org" },
        { "http://example.org:8080/", "https://example.org:8080" },
        { "https://example.org:00443/", "https://example.org" },
        { "https://www.www.example.org./a", "https://example.org/a" },
        { "https://www.", "https://www" },
        { "https://u:p@example.org/a", "https://example.org/a" },
        { "ftp://example.org:80/a/", "ftp://example.org:80/a" },
        { "https://example.org/a#part", "https://example.org/a" },
        { "https://example.org/#!/a b", "https://example.org/#!/a b" }, /* refused: as it is */
        { "https://example.org/#!/topic/1", "https://example.org#!/topic/1" },
        /* tracking and sessions */
        { "https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a" },
        { "https://example.org/a?id=7&UTM_Source=x&b", "https://example.org/a?id=7&b" },
        { "https://example.org/a?utm%5Fsource=x&id=7", "https://example.org/a?id=7" },
        { "https://example.org/a?fbclid=1&gclid=2&mc_cid=3&mc_eid=4&q=5",
          "https://example.org/a?q=5" },
        { "https://example.org/v.php?sid=0123456789abcdef&t=9", "https://example.org/v.php?t=9" },
        { "https://example.org/v?PHPSESSID=1", "https://example.org/v" },
        { "https://example.org/a;jsessionid=1F?x=1", "https://example.org/a?x=1" },
        { "https://example.org/a;jsessionid=1F/b;v=2/;sid=3", "https://example.org/a/b;v=2" },
        { "https://example.org/;;;/a;sid=1;/;sid;", "https://example.org/;;;/a;/;" },
        { "https://example.org/?&&a=1&&", "https://example.org?a=1" },
        { "https://example.org/a?", "https://example.org/a" },
        { "https://example.org/?b=2&a=1", "https://example.org?b=2&a=1" },
        { "https://example.org/?utm=1&sidney=2", "https://example.org?utm=1&sidney=2" },
        /* percent codes */
        { "https://example.org/%7euser/%c3%a9", "https://example.org/~user/%C3%A9" },
        { "https://example.org/~user/\xc3\xa9", "https://example.org/~user/%C3%A9" },
        { "https://example.org/a%2fb", "https://example.org/a%2Fb" },
        { "https://example.org/100%", "https://example.org/100%25" },
        { "https://example.org/%%34%31", "https://example.org/%2541" },
        { "https://example.org/%4", "https://example.org/%254" },
        { "https://example.org/a/%2e%2e/b", "https://example.org/b" },
        { "https://example.org/..;sid=1/b", "https://example.org/b" },
        { "https://example.org/?q=a+b%20c", "https://example.org?q=a+b%20c" },
        /* paths */
        { "https://example.org/a/../b/./c//", "https://example.org/b/c" },
        { "https://example.org/../../a", "https://example.org/a" },
        { "https://example.org//a", "https://example.org//a" },
        /* no address */
        { "", "" },
        { "not an address", "not an address" },
        { "mailto:me@example.org", "mailto:me@example.org" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf once, twice;
        buf_init(&once, 1000);
        buf_init(&twice, 1000);
        assert_int_equal(url_canonical(&once, str_z(rows[i].text)), 0);
        assert_string_equal(buf_cstr(&once), rows[i].want);
        assert_int_equal(url_canonical(&twice, buf_view(&once)), 0);
        assert_string_equal(buf_cstr(&twice), rows[i].want);
        buf_free(&once);
        buf_free(&twice);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),     cmocka_unit_test(test_split_nul),
        cmocka_unit_test(test_web),       cmocka_unit_test(test_host),
        cmocka_unit_test(test_join),      cmocka_unit_test(test_join_full),
        cmocka_unit_test(test_canonical),
    };
    return RUN_TESTS(tests);
}
