/* Tests that what `tocsin init` writes is short, and is read back as it was meant. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "config/init.h"
#include "config/load.h"
#include "lib/fake_plugins.h"

static struct config *
read_back(struct tocsin_str text)
{
    char data[512];
    struct config_options o = {
        .plugins = fake_plugins(), .without_secrets = true, .state_dir = "/x", .data_dir = data
    };
    struct findings *f = findings_new();
    struct config *c = NULL;
    struct buf b;

    snprintf(data, sizeof(data), "%s/etc", getenv("TOCSIN_SRCDIR"));
    buf_init(&b, 1u << 20);
    if (config_load_text(&c, text, &o, f)) {
        findings_print(f, &b);
        fail_msg("%.*s%s", STR_FMT(text), buf_cstr(&b));
    }
    buf_free(&b);
    findings_free(f);
    return c;
}

static void
test_names(void **state)
{
    static const char *const names[] = {
        "acme",
        "A & B: \"x\"",
        "it's",
        "#1",
        "- x",
        "null",
        "yes",
        "1984",
        "{x}, [y]",
        "back\\slash",
        "caf\xC3\xA9",
        "a #b",
        "a: b",
        "?",
        "*star &and",
        "100%",
        "@home",
        " lead",
        "trail ",
        ("a\xE2\x80\xA8"
         "b"),
        "~",
        "!bang",
        "ends:",
        "|",
        "a  b",
        "\xF0\x9F\x98\xA0",
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(names); i++) {
        for (int with_site = 0; with_site < 2; with_site++) {
            const struct init_options o = { .brands = { &names[i], 1 },
                                            .site =
                                                with_site ? "https://www.acme.example/x" : NULL };
            struct err err = { 0 };
            struct config *c;
            struct buf b;
            buf_init(&b, 1u << 16);
            assert_int_equal(init_write(&b, &o, &err), 0);
            c = read_back(buf_view(&b));
            assert_int_equal(c->rules.n_brands, 1);
            assert_string_equal(c->rules.brands[0].name, names[i]);
            if (with_site)
                assert_non_null(strstr(c->rules.brands[0].query, " OR \"acme.example\""));
            config_free(c);
            buf_free(&b);
        }
    }
}

static void
test_whole(void **state)
{
    static const char *const names[] = { "acme", "mouse traps" };
    const struct init_options o = {
        .brands = { names, 2 },
        .site = "acme.example",
        .mail = "me@acme.example",
        .mail_secret = "/etc/tocsin/smtp.secret",
        .ntfy = "https://p.example/t",
        .telegram_chat = "-10042",
        .telegram_secret = "/etc/tocsin/telegram.secret",
    };
    struct err err = { 0 };
    struct config *c;
    struct buf b;
    size_t n_lines = 0;

    (void)state;
    buf_init(&b, 1u << 16);
    assert_int_equal(init_write(&b, &o, &err), 0);
    for (size_t i = 0; i < b.n; i++)
        n_lines += b.p[i] == '\n';
    assert_in_range(n_lines, 1, INIT_MAX_LINES);
    c = read_back(buf_view(&b));
    assert_int_equal(c->n_notifiers, 4);
    assert_non_null(config_notifier(c, "mail"));
    assert_non_null(config_notifier(c, "telegram--10042"));
    assert_string_equal(config_notifier(c, "ntfy-t")->who.hosts.v[0], "p.example");
    assert_true(config_reaches_anybody(c, "acme"));
    config_free(c);
    buf_free(&b);
}

static void
test_refused(void **state)
{
    static const char *const one[] = { "acme" }, *const twice[] = { "acme", "acme" },
                             *const bell[] = { "a\ab" }, *const bytes[] = { "a\xFF" };
    static const struct {
        struct init_options o;
        const char *msg;
    } rows[] = {
        { { .mail = NULL }, "needs at least one name" },
        { { .brands = { twice, 2 } }, "given twice" },
        { { .brands = { bell, 1 } }, "control character" },
        { { .brands = { bytes, 1 } }, "not UTF-8" },
        { { .brands = { one, 1 }, .mail = "me" }, "has an @" },
        { { .brands = { one, 1 }, .site = "ftp://x/" }, "write https://" },
        { { .brands = { one, 1 }, .telegram_chat = "1" }, "token" },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct err err = { 0 };
        struct buf b;
        buf_init(&b, 1u << 16);
        assert_int_equal(init_write(&b, &rows[i].o, &err), -1);
        if (!strstr(err.msg, rows[i].msg))
            fail_msg("row %zu: %s", i, err.msg);
        buf_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_refused),
    };

    return RUN_TESTS(tests);
}
