/* test_file - whole files read and written, folders made, failures named. */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char folder[] = "test_file.XXXXXX";

static const char *
in_folder(const char *name)
{
    static char path[4][200];
    static int turn;
    char *p = path[turn++ % 4];
    (void)snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
    return p;
}

static void
test_write_read(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct buf b;
    struct stat st;
    const char *path = in_folder("a");
    buf_init(&b, 200000);
    assert_int_equal(file_write_atomic(path, STR_LIT("old\0bytes"), 0600, &e), 0);
    assert_int_equal(file_write_atomic(path, STR_LIT("new"), 0640, &e), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(file_read(&b, path, &e), 0);
    assert_string_equal(buf_cstr(&b), "new");
    assert_true(file_exists(path));

    static char big[150000];
    memset(big, 'x', sizeof(big));
    assert_int_equal(file_write_atomic(path, (struct tocsin_str){ big, sizeof(big) }, 0600, &e), 0);
    buf_reset(&b);
    assert_int_equal(file_read(&b, path, &e), 0);
    assert_int_equal(b.n, sizeof(big));
    buf_free(&b);
}

static void
test_too_long(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct buf b;
    const char *path = in_folder("b");
    assert_int_equal(file_write_atomic(path, STR_LIT("0123456789"), 0600, &e), 0);
    buf_init(&b, 10);
    assert_int_equal(file_read(&b, path, &e), 0);
    buf_free(&b);
    buf_init(&b, 9);
    assert_int_equal(file_read(&b, path, &e), -1);
    assert_int_equal(e.code, ERR_DATA);
    assert_non_null(strstr(e.msg, "9 bytes"));
    buf_free(&b);
}

static void
test_failures(void **state)
{
    (void)state;
    struct err e = { 0 };
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(file_read(&b, in_folder("absent"), &e), -1);
    assert_int_equal(e.code, ERR_NOTFOUND);
    assert_non_null(strstr(e.msg, "absent"));
    assert_int_equal(file_read(&b, folder, &e), -1);
    assert_int_equal(e.code, ERR_IO);
    assert_int_equal(file_write_atomic(in_folder("no/such/x"), STR_LIT("x"), 0600, &e), -1);
    assert_int_equal(e.code, ERR_NOTFOUND);
    assert_int_equal(mkdir(in_folder("full"), 0700), 0);
    assert_int_equal(file_write_atomic(in_folder("full"), STR_LIT("x"), 0600, &e), -1);
    assert_false(file_exists(in_folder("absent")));
    buf_free(&b);
}

/* Neither success nor failure leaves a temporary file. */
static void
test_no_litter(void **state)
{
    (void)state;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d));)
        assert_null(strchr(entry->d_name[0] == '.' ? "" : entry->d_name, '.'));
    closedir(d);
}

static void
test_make_dirs(void **state)
{
    (void)state;
    struct err e = { 0 };
    assert_int_equal(file_make_dirs(in_folder("x/y/z/"), 0700, &e), 0);
    assert_int_equal(file_make_dirs(in_folder("x/y"), 0700, &e), 0);
    assert_true(file_exists(in_folder("x/y/z")));
    assert_int_equal(file_make_dirs("/", 0700, &e), 0);
    assert_int_equal(file_make_dirs("", 0700, &e), -1);
    assert_int_equal(file_write_atomic(in_folder("x/file"), STR_LIT("x"), 0600, &e), 0);
    assert_int_equal(file_make_dirs(in_folder("x/file"), 0700, &e), -1);
    assert_non_null(strstr(e.msg, "no folder"));
}

static void
test_join(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    assert_string_equal(path_join(&b, "a", "b"), "a/b");
    assert_string_equal(path_join(&b, "a/", "b"), "a/b");
    assert_string_equal(path_join(&b, "/", "b"), "/b");
    assert_string_equal(path_join(&b, "", "b"), "b");
    buf_free(&b);
}

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
    static const char *const names[] = { "a", "b", "x/file", "x/y/z", "x/y", "x", "full" };
    (void)state;
    for (size_t i = 0; i < N_ROWS(names); i++)
        (void)remove(in_folder(names[i]));
    return rmdir(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_write_read), cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_failures),   cmocka_unit_test(test_no_litter),
        cmocka_unit_test(test_make_dirs),  cmocka_unit_test(test_join),
    };
    return cmocka_run_group_tests_name(__FILE__, tests, make_folder, remove_folder);
}
