/* test_log - what a line holds, and that threads do not mix lines. */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "unit.h"

static char last[9000];
static int lines;

static void
keep(void *ctx, enum log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)snprintf(last, sizeof(last), "%s", line);
    lines++;
}

static void
test_line(void **state)
{
    (void)state;
    log_set_sink(keep, NULL);
    log_info("fetch", "source=hn", "got %d posts\n", 7);
    assert_string_equal(last, "fetch  source=hn  got 7 posts");
    log_warn("store", NULL, "foreign: %s", "\x1b[2J\r\n2026 forged\xe2\x80\xae");
    assert_string_equal(last, "store  foreign: \\x1B[2J\\x0D\\x0A2026 forged\\u{202E}");
    struct err e;
    err_set(&e, ERR_DATA, "bad");
    errno = EIO;
    log_err(LOG_ERROR_, "fetch", NULL, &e);
    assert_int_equal(errno, EIO);
    assert_string_equal(last, "fetch  bad");
    log_set_sink(NULL, NULL);
}

static void
test_long(void **state)
{
    static char text[100000];
    (void)state;
    log_set_sink(keep, NULL);
    memset(text, 'x', sizeof(text) - 1);
    log_info("fetch", NULL, "%s", text);
    assert_true(strlen(last) > 4000 && strlen(last) < 4200);
    assert_string_equal(last + strlen(last) - 5, "x ...");
    memset(text, '\x1b', sizeof(text) - 1);
    log_info("fetch", NULL, "%s", text);
    assert_true(strlen(last) > 1000 && strlen(last) < 8200);
    assert_null(strchr(last, '\x1b'));
    log_set_sink(NULL, NULL);
}

static void
test_levels(void **state)
{
    (void)state;
    enum log_level level = LOG_ERROR_;
    log_set_sink(keep, NULL);
    lines = 0;
    log_debug("fetch", NULL, "no");
    assert_int_equal(lines, 0);
    assert_int_equal(log_level_parse("debug", &level), 0);
    log_set_level(level);
    log_debug("fetch", NULL, "yes");
    assert_int_equal(lines, 1);
    assert_int_equal(log_level_parse("loud", &level), -1);
    assert_int_equal(log_level_parse(NULL, &level), -1);
    log_set_level(LOG_INFO_);
    assert_int_equal(log_level(), LOG_INFO_);
    log_set_sink(NULL, NULL);
}

enum { THREADS = 4, EACH = 100 };

static void *
write_lines(void *ctx)
{
    for (int i = 0; i < EACH; i++)
        log_info("test", NULL, "%s", (const char *)ctx);
    return NULL;
}

/* Everything on stderr goes into a pipe; each line must be one thread's own. */
static void
test_threads(void **state)
{
    static char texts[THREADS][64];
    static char got[THREADS * EACH * 120];
    pthread_t threads[THREADS];
    FILE *file = tmpfile();
    (void)state;
    assert_non_null(file);
    int saved = dup(STDERR_FILENO);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    for (size_t t = 0; t < THREADS; t++) {
        memset(texts[t], (int)('a' + t), sizeof(texts[t]) - 1);
        assert_int_equal(pthread_create(&threads[t], NULL, write_lines, texts[t]), 0);
    }
    for (size_t t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    rewind(file);
    size_t n = fread(got, 1, sizeof(got), file);
    (void)fclose(file);
    struct tocsin_str rest = { got, n };
    int count = 0;
    for (; rest.n; count++) {
        struct tocsin_str line = str_cut(&rest, '\n');
        assert_true(line.n > 63);
        struct tocsin_str tail = str_sub(line, line.n - 63, line.n);
        for (size_t i = 0; i < tail.n; i++)
            assert_int_equal(tail.p[i], tail.p[0]);
        assert_true(str_find(line, STR_LIT("Z info   test  "), 0) == 19);
    }
    assert_int_equal(count, THREADS * EACH);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_threads),
    };
    return RUN_TESTS(tests);
}
