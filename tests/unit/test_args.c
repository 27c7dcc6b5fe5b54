/* test_args - the command line by its table. */
#include <string.h>

#include "base/parse.h"
#include "cli/args.h"
#include "unit.h"

#define MAX_WORDS 160

/* Reads words parted by spaces. */
static int
read_line(struct args *a, const char *line, const char *accepted, struct err *err)
{
    static char text[4096];
    static char *argv[MAX_WORDS];
    int argc = 0;

    *err = (struct err){ 0 };
    assert_true(strlen(line) < sizeof text);
    memcpy(text, line, strlen(line) + 1);
    for (char *at = text; *at && argc < MAX_WORDS;) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at)
            *at++ = '\0';
    }
    return args_read(a, argc, argv, accepted, err);
}

static void
test_good(void **state)
{
    struct args a;
    struct err err;

    (void)state;
    assert_int_equal(read_line(&a, "--brand acme 12 --limit=5 --all x", "brand limit all", &err),
                     0);
    assert_string_equal(a.brand, "acme");
    assert_int_equal(a.max_rows, 5);
    assert_true(a.is_all);
    assert_int_equal(a.n_words, 2);
    assert_string_equal(a.words[0], "12");
    assert_string_equal(a.words[1], "x");
    assert_int_equal(a.format, FORMAT_TABLE);
    assert_int_equal(read_line(&a, "-c t.yaml --format jsonl -h", "format", &err), 0);
    assert_string_equal(a.config, "t.yaml");
    assert_int_equal(a.format, FORMAT_JSONL);
    assert_true(a.is_help);
    assert_int_equal(read_line(&a, "--since 2h", "since", &err), 0);
    assert_int_equal(a.since_ms, a.now_ms - 2 * MS_HOUR);
    assert_int_equal(read_line(&a, "--option a=b --option=c=d", "option", &err), 0);
    assert_int_equal(a.options.n, 2);
    assert_string_equal(a.options.v[1], "c=d");
    assert_int_equal(read_line(&a, "--comment= x", "comment", &err), 0);
    assert_string_equal(a.comment, "");
}

static void
test_words(void **state)
{
    struct args a;
    struct err err;

    (void)state;
    assert_int_equal(read_line(&a, "- --all -- --brand -x", "all", &err), 0);
    assert_true(a.is_all);
    assert_int_equal(a.n_words, 3);
    assert_string_equal(a.words[0], "-"); /* standard input */
    assert_string_equal(a.words[1], "--brand");
    assert_string_equal(a.words[2], "-x");
    assert_int_equal(read_line(&a, "", "all", &err), 0);
    assert_int_equal(a.n_words, 0);
}

static void
test_bad(void **state)
{
    static const struct {
        const char *line, *says;
    } rows[] = {
        { "--brnad x", "did you mean --brand?" },
        { "--once", "unknown option --once; --help shows" }, /* there is one, not here */
        { "--zzzzzzz", "unknown option --zzzzzzz" },
        { "--", "" },
        { "--=x", "unknown option --" },
        { "-x", "unknown option -x" },
        { "-c", "option -c needs FILE" },
        { "--brand", "option --brand needs B" },
        { "--all=yes", "option --all takes no value" },
        { "--limit 0", "say a number from 1" },
        { "--limit many", "say a number from 1" },
        { "--limit 99999999999999999999", "say a number from 1" },
        { "--format xml", "say table, json, jsonl or csv" },
        { "--since yesterday", "--since yesterday: say" },
    };
    struct args a;
    struct err err;

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        int rc = read_line(&a, rows[i].line, "brand all limit format since", &err);
        assert_int_equal(rc, rows[i].says[0] ? -1 : 0);
        if (rc != 0 && !strstr(err.msg, rows[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.msg, rows[i].says);
        if (rc != 0)
            assert_int_equal(err.code, ERR_USAGE);
    }
}

static void
test_too_often(void **state)
{
    char line[10 * (MAX_REPEATED + 1) + 1];
    struct args a;
    struct err err;

    (void)state;
    for (size_t i = 0; i <= MAX_REPEATED; i++)
        memcpy(line + 10 * i, "--rules=f ", 11);
    assert_int_equal(read_line(&a, line, "rules", &err), -1);
    assert_non_null(strstr(err.msg, "more than 64 times"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_too_often),
    };

    return RUN_TESTS(tests);
}
