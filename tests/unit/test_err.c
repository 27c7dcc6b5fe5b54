/* test_err - reasons set, prefixed, turned into exit codes. */
#include "base/err.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "unit.h"

static void
test_set_prefix(void **state)
{
    (void)state;
    struct err e = { 0 };
    assert_int_equal(err_set(&e, ERR_DATA, "bad %s", "item"), -1);
    assert_int_equal(e.code, ERR_DATA);
    assert_int_equal(err_prefix(&e, "%s:%d", "file.yaml", 7), -1);
    assert_string_equal(e.msg, "file.yaml:7: bad item");
    assert_int_equal(e.code, ERR_DATA);
    /* its own message as an argument */
    err_set(&e, ERR_IO, "again: %s", e.msg);
    assert_string_equal(e.msg, "again: file.yaml:7: bad item");
    assert_int_equal(err_set(NULL, ERR_DATA, "x"), -1);
    assert_int_equal(err_prefix(NULL, "x"), -1);
    assert_int_equal(err_set_errno(NULL, ENOENT, "x"), -1);
}

static void
test_long(void **state)
{
    (void)state;
    struct err e = { 0 };
    char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    err_set(&e, ERR_DATA, "%s", text);
    assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
    err_prefix(&e, "where");
    assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
    assert_memory_equal(e.msg, "where: x", 8);
    err_prefix(&e, "%s", text);
    assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
}

static void
test_errno(void **state)
{
    static const struct {
        int errnum;
        enum err_code want;
    } rows[] = {
        { ENOENT, ERR_NOTFOUND }, { EACCES, ERR_DENIED }, { ENOSPC, ERR_FULL },
        { ENOMEM, ERR_NOMEM },    { EAGAIN, ERR_BUSY },   { EIO, ERR_IO },
        { 99999, ERR_IO },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct err e = { 0 };
        assert_int_equal(err_set_errno(&e, rows[i].errnum, "%s", "/x"), -1);
        assert_int_equal(e.code, rows[i].want);
        assert_memory_equal(e.msg, "/x: ", 4);
        assert_true(strlen(e.msg) > 4);
    }
}

static void
test_exit_code(void **state)
{
    static const struct {
        enum err_code code;
        int want;
    } rows[] = {
        { ERR_NONE, 0 },
        { ERR_NOMEM, EX_OSERR },
        { ERR_USAGE, EX_USAGE },
        { ERR_CONFIG, EX_CONFIG },
        { ERR_DATA, EX_DATAERR },
        { ERR_NOTFOUND, EX_NOINPUT },
        { ERR_IO, EX_IOERR },
        { ERR_FULL, EX_IOERR },
        { ERR_BUSY, EX_TEMPFAIL },
        { ERR_DENIED, EX_NOPERM },
        { ERR_PROTOCOL, EX_PROTOCOL },
        { ERR_UNAVAILABLE, EX_UNAVAILABLE },
        { ERR_INTERNAL, EX_SOFTWARE },
        { (enum err_code)1000, EX_SOFTWARE },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct err e = { .code = rows[i].code };
        assert_int_equal(err_exit_code(&e), rows[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set_prefix),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_errno),
        cmocka_unit_test(test_exit_code),
    };
    return RUN_TESTS(tests);
}
