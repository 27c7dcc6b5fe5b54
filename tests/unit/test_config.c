/* Tests the configuration: rows of files with what must be said of them, and where. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/manual.h"
#include "config/settings.h"
#include "lib/fake_plugins.h"

static char dir[] = "/tmp/tocsin-config-XXXXXX";

static const char *
path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static void
put_file(const char *name, struct tocsin_str text, mode_t mode)
{
    FILE *f = fopen(path_of(name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    fclose(f);
    assert_int_equal(chmod(path_of(name), mode), 0);
}

static int
set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    put_file("good.secret", STR_LIT("s3cret\n"), 0600);
    put_file("open.secret", STR_LIT("s3cret\n"), 0644);
    put_file("empty.secret", STR_LIT("\n"), 0600);
    put_file("part.yaml", STR_LIT("brands: {other: {}}\n"), 0644);
    put_file("loop.yaml", STR_LIT("include: loop.yaml\n"), 0644);
    return 0;
}

static int
tear_down(void **state)
{
    static const char *const names[] = { "good.secret",    "open.secret", "empty.secret",
                                         "part.yaml",      "loop.yaml",   "t.yaml",
                                         "rules.d/a.yaml", "rules.d" };

    (void)state;
    for (size_t i = 0; i < N_ROWS(names); i++)
        remove(path_of(names[i]));
    return rmdir(dir);
}

static int
load(struct config **out, struct tocsin_str text, struct findings *f, bool is_auto)
{
    static char data[512];
    struct config_options o = { .plugins = fake_plugins(), .state_dir = "/var/lib/x" };

    snprintf(data, sizeof(data), "%s/%s", getenv("TOCSIN_SRCDIR"), is_auto ? "etc" : "tests");
    o.data_dir = data;
    put_file("t.yaml", text, 0644);
    return config_load(out, path_of("t.yaml"), &o, f);
}

/* A configuration that must be good. */
static struct config *
good(const char *text)
{
    struct findings *f = findings_new();
    struct config *c = NULL;
    int rc = load(&c, str_z(text), f, true);
    struct buf b;

    buf_init(&b, 1u << 20);
    findings_print(f, &b);
    if (rc)
        print_message("%s", buf_cstr(&b));
    assert_int_equal(rc, 0);
    buf_free(&b);
    findings_free(f);
    return c;
}

/* ---- what is wrong, and where ------------------------------------------------- */

#define OK "brands: {acme: {}}\nnotify: mailto:a@b.example\nsources: none\n"

static const struct bad {
    const char *text;
    int line, column;
    const char *msg; /* stands in the message */
} bads[] = {
#include "test_config_bad.h"
};

static bool
has_finding(const struct findings *f, const struct bad *row)
{
    for (size_t i = 0; i < findings_count(f, false); i++) {
        const struct finding *one = findings_at(f, i);
        if (one->is_error && strstr(one->msg, row->msg) &&
            (!row->line || (one->at.line == row->line && one->at.column == row->column)))
            return true;
    }
    return false;
}

static void
test_bad(void **state)
{
    int n_failed = 0;

    (void)state;
    for (size_t i = 0; i < N_ROWS(bads); i++) {
        struct findings *f = findings_new();
        struct config *c = NULL;
        int rc = load(&c, str_z(bads[i].text), f, false);
        if (!rc || !has_finding(f, &bads[i])) {
            struct buf b;
            buf_init(&b, 1u << 20);
            findings_print(f, &b);
            print_message("row %zu: %swanted %d:%d %s, got %s\n", i, bads[i].text, bads[i].line,
                          bads[i].column, bads[i].msg, buf_cstr(&b));
            buf_free(&b);
            n_failed++;
        }
        assert_null(c);
        findings_free(f);
    }
    assert_int_equal(n_failed, 0);
}

#include "test_config_good.h"

static void
test_options_from_args(void **state)
{
    const char *const args[] = {
        "url=https://a.example/f", "limit=7", "sections=a", "sections=b", "headers=X=1",
        "token=whatever"
    };
    const char *const wrong[] = { "limti=7" };
    const struct plugin_info *p = NULL;
    struct arena *keep = arena_new(1u << 20);
    struct option_values v = { 0 };
    struct err err = { 0 };

    (void)state;
    assert_int_equal(plugins_get(fake_plugins(), "rss", &p, NULL), 0);
    assert_int_equal(options_from_args(&v, p, args, N_ROWS(args), keep, &err), 0);
    assert_int_equal(v.n, 6); /* five given, and the default of full */
    assert_int_equal(v.v[2].values.n, 2);
    assert_string_equal(v.v[3].values.v[1], "1");
    assert_int_equal(options_from_args(&v, p, wrong, 1, keep, &err), -1);
    assert_non_null(strstr(err.msg, "did you mean \"limit\"?"));
    assert_int_equal(options_from_args(&v, p, NULL, 0, keep, &err), -1);
    assert_non_null(strstr(err.msg, "needs option \"url\""));
    arena_free(keep);
}

static void
test_large(void **state)
{
    struct buf b;
    struct findings *f = findings_new();
    struct config *c = NULL;

    (void)state;
    buf_init(&b, 4u << 20);
    buf_z(&b, "brands: {acme: {}}\nnotify: mailto:a@b.example\nsources:\n");
    for (int i = 0; i < 10000; i++)
        buf_fmt(&b, "  s%d: {plugin: rss, options: {url: \"https://h%d.example/\"}}\n", i, i);
    assert_int_equal(load(&c, buf_view(&b), f, false), 0);
    assert_int_equal(c->n_sources, 10000);
    assert_ptr_equal(config_source(c, "s9999"), &c->sources[9999]);
    config_free(c);
    c = NULL;
    while (b.n <= (1u << 20))
        buf_z(&b, "# a comment\n");
    assert_int_equal(load(&c, buf_view(&b), f, false), -1);
    assert_non_null(strstr(findings_at(f, findings_count(f, false) - 1)->msg, "larger than 1 MB"));
    findings_free(f);
    buf_free(&b);
}

static void
test_all_errors(void **state)
{
    struct findings *f = findings_new();
    struct config *c = NULL;
    struct buf b;

    (void)state;
    assert_int_equal(
        load(&c, str_z("brands: {acme: {qery: x}}\nnotfy: x\nkeep: {raw: 1y}\n"), f, false), -1);
    assert_int_equal(findings_count(f, true), 3);
    buf_init(&b, 1u << 16);
    findings_print(f, &b);
    assert_non_null(strstr(buf_cstr(&b), "t.yaml:1:17: error: unknown key \"qery\" of brand acme "
                                         "(did you mean \"query\"?)\n"
                                         "    brands: {acme: {qery: x}}\n"
                                         "                    ^\n"));
    buf_free(&b);
    findings_free(f);
}

/* Every key of every table stands in the man page. */
static void
test_man_page(void **state)
{
    char path[512], item[128];
    struct err err = { 0 };
    struct buf man;

    (void)state;
    snprintf(path, sizeof(path), "%s/src/config/tocsin.yaml.5", getenv("TOCSIN_SRCDIR"));
    buf_init(&man, 1u << 20);
    assert_int_equal(file_read(&man, path, &err), 0);
    for (size_t i = 0; settings_table(i); i++)
        for (size_t k = 0; k < settings_table(i)->n; k++) {
            const struct setting *s = &settings_table(i)->v[k];
            snprintf(item, sizeof(item), ".It Cm %s%s%s%s\n", s->name,
                     s->required ? " Pq required" : "", s->dflt ? " Pq default " : "",
                     s->dflt ? s->dflt : "");
            if (!strstr(buf_cstr(&man), item))
                fail_msg("tocsin.yaml.5 says nothing of %s of %s: %s", s->name,
                         settings_table(i)->what, item);
        }
    buf_free(&man);
}

static void
test_manual(void **state)
{
    const struct plugin_info *p = NULL;
    struct buf b;

    (void)state;
    buf_init(&b, 1u << 16);
    assert_int_equal(plugins_get(fake_plugins(), "rss", &p, NULL), 0);
    manual_plugin(&b, p);
    assert_non_null(strstr(buf_cstr(&b), "url              url, required\n"));
    assert_non_null(strstr(buf_cstr(&b), "refresh          duration, 1s to 1d\n"));
    assert_non_null(strstr(buf_cstr(&b), "order            newest|oldest\n"));
    assert_non_null(strstr(buf_cstr(&b), "limit            int, 1 to 100, default 50\n"));
    buf_reset(&b);
    manual_settings(&b);
    assert_non_null(strstr(buf_cstr(&b), "ack_expires      duration, 0s to 36500d, default 4h"));
    buf_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad),        cmocka_unit_test(test_good),
        cmocka_unit_test(test_defaults),   cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_auto),       cmocka_unit_test(test_policies),
        cmocka_unit_test(test_forms),      cmocka_unit_test(test_grants),
        cmocka_unit_test(test_includes),   cmocka_unit_test(test_rules),
        cmocka_unit_test(test_rotation),   cmocka_unit_test(test_options_from_args),
        cmocka_unit_test(test_all_errors), cmocka_unit_test(test_large),
        cmocka_unit_test(test_man_page),   cmocka_unit_test(test_manual),
    };

    return cmocka_run_group_tests_name(__FILE__, tests, set_up, tear_down);
}
