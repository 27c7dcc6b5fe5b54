/* test_table - rows in each of the four forms; foreign text does no harm in any. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/table.h"
#include "unit.h"

static const char *const columns[] = { "id", "who", "n_posts", "score", "is_open", "at" };

static void
fill(struct table *t)
{
    table_id(t, 7);
    table_str(t, STR_LIT("=cmd|' /C calc'!A0,\"x\"\x1b[31m\n\xe2\x80\xae"));
    table_i64(t, -3);
    table_double(t, 0.25, 1);
    table_bool(t, true);
    table_time(t, INT64_C(1790172000000));
    table_id(t, 0);
    table_z(t, NULL);
    table_i64(t, 0);
    table_double(t, NAN, 1);
    table_bool(t, false);
    table_time(t, 0);
}

/* What was printed to stdout meanwhile. */
static void
print(enum format format, void (*rows)(struct table *), char *out, size_t size)
{
    FILE *to = tmpfile();
    int saved = dup(STDOUT_FILENO), rc;
    struct table *t = table_new(format, columns, N_ROWS(columns));
    size_t n;

    assert_non_null(t);
    fflush(stdout);
    assert_true(dup2(fileno(to), STDOUT_FILENO) >= 0);
    if (rows)
        rows(t);
    rc = table_end(t, NULL);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    rewind(to);
    n = fread(out, 1, size - 1, to);
    out[n] = '\0';
    fclose(to);
    assert_int_equal(rc, 0);
}

static void
test_json(void **state)
{
    char out[4096];

    (void)state;
    print(FORMAT_JSON, fill, out, sizeof out);
    assert_string_equal(
        out, "[\n {\"id\":\"7\",\"who\":\"=cmd|' /C calc'!A0,\\\"x\\\"\\u001b[31m\\n\xe2\x80\xae\","
             "\"n_posts\":-3,\"score\":0.2,\"is_open\":true,\"at\":\"2026-09-23T14:00:00Z\"},\n"
             " {\"id\":\"\",\"who\":\"\",\"n_posts\":0,\"score\":null,\"is_open\":false,"
             "\"at\":null}\n]\n");
    print(FORMAT_JSON, NULL, out, sizeof out);
    assert_string_equal(out, "[]\n");
}

static void
test_jsonl(void **state)
{
    char out[4096];

    (void)state;
    print(FORMAT_JSONL, fill, out, sizeof out);
    assert_true(strncmp(out, "{\"id\":\"7\"", 9) == 0);
    assert_true(strchr(out, '\n') == strstr(out, "\n{"));
    print(FORMAT_JSONL, NULL, out, sizeof out);
    assert_string_equal(out, "");
}

static void
test_csv(void **state)
{
    char out[4096];

    (void)state;
    print(FORMAT_CSV, fill, out, sizeof out);
    assert_non_null(strstr(out, "id,who,n_posts,score,is_open,at\r\n"));
    /* no spreadsheet runs it */
    assert_non_null(strstr(out, "7,\"'=cmd|' /C calc'!A0,\"\"x\"\""));
    assert_non_null(strstr(out, ",-3,0.2,yes,2026-09-23T14:00:00Z\r\n,,0,,no,\r\n"));
}

static void
test_table(void **state)
{
    char out[4096];

    (void)state;
    print(FORMAT_TABLE, fill, out, sizeof out);
    assert_true(strncmp(out, "ID  WHO", 7) == 0);
    assert_non_null(strstr(out, "N POSTS"));
    /* nothing steers the terminal, and a row stays a line */
    assert_null(strchr(out, '\x1b'));
    assert_non_null(strstr(out, "\\x1B[31m\\x0A\\u{202E}"));
    print(FORMAT_TABLE, NULL, out, sizeof out);
    assert_string_equal(out, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_table),
    };

    return RUN_TESTS(tests);
}
