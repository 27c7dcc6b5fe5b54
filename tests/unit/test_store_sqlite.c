/* test_store_sqlite - the database file under kill -9, full disks, damage and rivals. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "store/store.h"
#include "unit.h"

#define NOW INT64_C(1790000000000)

static char dir[64];

static const char *
in_dir(const char *name)
{
    static char path[4][128];
    static unsigned turn;
    char *p = path[turn++ % 4];

    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

static int
make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "sqlite-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int
remove_dir(void **state)
{
    static const char *const files[] = { "tocsin.db",   "tocsin.db-wal", "tocsin.db-shm",
                                         "writer.lock", "ballast",       "backup.db" };

    (void)state;
    for (size_t i = 0; i < N_ROWS(files); i++)
        unlink(in_dir(files[i]));
    return rmdir(dir);
}

static struct store *
open_store(enum store_mode mode)
{
    struct err err = { 0 };
    struct store *s = NULL;

    if (store_open(&s, dir, mode, &clock_system, &err) != 0)
        fail_msg("%s", err.msg);
    return s;
}

static void
refused(enum store_mode mode, enum err_code code, const char *words)
{
    struct err err = { 0 };
    struct store *s = NULL;

    assert_int_equal(store_open(&s, dir, mode, &clock_system, &err), -1);
    assert_null(s);
    if (err.code != code || !strstr(err.msg, words))
        fail_msg("%d: %s", err.code, err.msg);
}

/* One response: a post and the delivery it owes, in one transaction. -1: err says why. */
static int
commit_one(struct store *s, int n, const char *text, int64_t *id, struct err *err)
{
    char native[32];
    struct post p = { .source = STR_LIT("hn"),
                      .service = STR_LIT("hackernews"),
                      .text.text = str_z(text),
                      .rating = NAN,
                      .fingerprint = (uint64_t)n * UINT64_C(0x9e3779b97f4a7c15) };
    struct delivery d = { .alert = 1, .notifier = STR_LIT("mail"), .next_ms = NOW };
    struct post_facts facts = { 0 };
    int64_t story, delivery;

    snprintf(native, sizeof native, "n%d", n);
    p.id = str_z(native);
    if (store_begin(s, err) != 0)
        return -1;
    if (store_add_post(s, &p, &facts, NOW, id, &story, err) != 0) {
        store_rollback(s);
        return -1;
    }
    d.alert = *id;
    if (store_add_delivery(s, &d, &delivery, err) != 0 || store_commit(s, err) != 0) {
        store_rollback(s);
        return -1;
    }
    return 0;
}

static void
commit_ok(struct store *s, int n, int64_t *id)
{
    struct err err = { 0 };

    if (commit_one(s, n, "some words", id, &err) != 0)
        fail_msg("%s", err.msg);
}

static int
count_delivery(void *ctx, const struct delivery *d)
{
    int64_t *last = ctx;

    assert_int_equal(d->alert, *last + 1); /* one a post, none missing */
    *last = d->alert;
    return 0;
}

/* Every commit is whole, and those up to `acknowledged` are there. */
static int64_t
expect_whole(struct store *s, int64_t acknowledged)
{
    struct delivery_filter all = { 0 };
    struct store_counts n;
    struct err err = { 0 };
    int64_t last = 0;

    assert_int_equal(store_each_delivery(s, &all, count_delivery, &last, &err), 0);
    assert_int_equal(store_count(s, STR_NONE, 0, &n, &err), 0);
    assert_int_equal(n.posts, last);
    assert_true(last >= acknowledged);
    return last;
}

/* ---- opening ---- */

static void
makes_private_files(void **state)
{
    static const char *const files[] = { "tocsin.db", "tocsin.db-wal", "writer.lock", "ballast" };
    struct store *s;
    struct stat st;
    int64_t id;

    (void)state;
    chmod(dir, 0755);
    s = open_store(STORE_WRITER);
    commit_ok(s, 1, &id);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    for (size_t i = 0; i < N_ROWS(files); i++) {
        assert_int_equal(stat(in_dir(files[i]), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    store_close(s);
}

static void
lets_one_writer_in(void **state)
{
    struct store *s = open_store(STORE_WRITER);
    char pid[32];

    (void)state;
    snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    refused(STORE_WRITER, ERR_BUSY, pid);
    store_close(s);
    s = open_store(STORE_WRITER);
    store_close(s);
}

static void
lets_readers_read_only(void **state)
{
    struct store *w, *r;
    struct err err = { 0 };
    int64_t id;

    (void)state;
    refused(STORE_READER, ERR_NOTFOUND, "start tocsind");
    w = open_store(STORE_WRITER);
    commit_ok(w, 1, &id);
    r = open_store(STORE_READER);
    expect_whole(r, id);
    assert_int_equal(commit_one(r, 2, "x", &id, &err), -1);
    assert_int_equal(err.code, ERR_DENIED);
    commit_ok(w, 2, &id);
    expect_whole(r, id);
    store_close(w);
    expect_whole(r, id);
    store_close(r);
    r = open_store(STORE_READER); /* nobody else has it open */
    expect_whole(r, id);
    store_close(r);
}

static void
change_database(const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(in_dir("tocsin.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void
refuses_a_newer_database(void **state)
{
    (void)state;
    store_close(open_store(STORE_WRITER));
    change_database("PRAGMA user_version=99");
    refused(STORE_WRITER, ERR_DATA, "newer Tocsin");
    refused(STORE_READER, ERR_DATA, "newer Tocsin");
    change_database("PRAGMA user_version=0");
    refused(STORE_READER, ERR_DATA, "older Tocsin");
    change_database("PRAGMA user_version=1;PRAGMA application_id=7");
    refused(STORE_WRITER, ERR_DATA, "not a database of Tocsin");
}

static void
overwrite(const char *name, off_t at, size_t n)
{
    int fd = open(in_dir(name), O_WRONLY);

    assert_true(fd >= 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pwrite(fd, "#", 1, at + (off_t)i), 1);
    close(fd);
}

static void
says_that_it_is_damaged(void **state)
{
    struct store *s = open_store(STORE_WRITER);
    struct err err = { 0 };
    int64_t id;

    (void)state;
    for (int i = 1; i < 200; i++)
        commit_ok(s, i, &id);
    store_close(s);
    overwrite("tocsin.db", 4096 * 3, 4096 * 40);
    if (store_open(&s, dir, STORE_READER, &clock_system, &err) == 0) {
        assert_int_equal(store_check(s, &err), -1);
        store_close(s);
    }
    assert_int_equal(err.code, ERR_DATA);
    assert_non_null(strstr(err.msg, "tocsin db restore"));
    overwrite("tocsin.db", 0, 100);
    refused(STORE_WRITER, ERR_DATA, "tocsin db restore");
}

static void
backs_up_while_writing(void **state)
{
    struct store *s = open_store(STORE_WRITER);
    struct err err = { 0 };
    struct stat st;
    int64_t id;

    (void)state;
    for (int i = 1; i <= 20; i++)
        commit_ok(s, i, &id);
    assert_int_equal(store_begin(s, &err), 0); /* as a job of the writer thread */
    if (store_backup(s, in_dir("backup.db"), &err) != 0)
        fail_msg("%s", err.msg);
    store_rollback(s);
    commit_ok(s, 21, &id);
    store_close(s);
    assert_int_equal(stat(in_dir("backup.db"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(rename(in_dir("backup.db"), in_dir("tocsin.db")), 0);
    unlink(in_dir("tocsin.db-wal"));
    unlink(in_dir("tocsin.db-shm"));
    s = open_store(STORE_WRITER);
    assert_int_equal(store_check(s, &err), 0);
    assert_int_equal(expect_whole(s, 20), 20);
    store_close(s);
}

/* ---- full disks and failing writes ---- */

static void
limit_files(rlim_t bytes)
{
    struct rlimit l;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
    l.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void
survives_a_full_disk(void **state)
{
    struct store *s = open_store(STORE_WRITER);
    struct err err = { 0 };
    struct rlimit before;
    int64_t id, last = 0;
    int n = 1;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit_files(1 << 20);
    while (n < 10000 && commit_one(s, n, "words", &id, &err) == 0) {
        last = id;
        n++;
    }
    limit_files(before.rlim_cur);
    if (err.code != ERR_FULL)
        fail_msg("%s", err.msg);
    assert_false(store_is_in_transaction(s));
    assert_int_equal(store_release_ballast(s, &err), 0);
    assert_int_not_equal(access(in_dir("ballast"), F_OK), 0);
    assert_int_equal(expect_whole(s, last), last);
    commit_ok(s, n, &id);
    assert_int_equal(id, last + 1);
    store_close(s);
    s = open_store(STORE_WRITER);
    assert_int_equal(access(in_dir("ballast"), F_OK), 0);
    assert_int_equal(expect_whole(s, id), id);
    assert_int_equal(store_check(s, &err), 0);
    store_close(s);
}

/* A layer over the default VFS whose Nth write, sync or truncation fails. */
static struct {
    sqlite3_vfs vfs, *real;
    const sqlite3_io_methods *real_methods; /* of any file: these calls are the same for all */
    struct {                                /* but not the others: database, WAL, ... */
        const sqlite3_io_methods *real;
        sqlite3_io_methods ours;
    } kinds[4];
    long left; /* calls until the failure; 0: never */
    long calls;
} faulty;

static bool
fails_now(void)
{
    faulty.calls++;
    return faulty.left > 0 && --faulty.left == 0;
}

static int
faulty_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (!fails_now())
        return faulty.real_methods->xWrite(f, p, n, at);
    faulty.real_methods->xWrite(f, p, n / 2, at); /* torn */
    return SQLITE_IOERR_WRITE;
}

static int
faulty_sync(sqlite3_file *f, int flags)
{
    return fails_now() ? SQLITE_IOERR_FSYNC : faulty.real_methods->xSync(f, flags);
}

static int
faulty_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return fails_now() ? SQLITE_IOERR_TRUNCATE : faulty.real_methods->xTruncate(f, n);
}

/* The file's own methods, with three of ours. */
static const sqlite3_io_methods *
faulty_methods(const sqlite3_io_methods *real)
{
    size_t i = 0;

    while (faulty.kinds[i].real && faulty.kinds[i].real != real)
        assert_true(++i < N_ROWS(faulty.kinds));
    faulty.real_methods = faulty.kinds[i].real = real;
    faulty.kinds[i].ours = *real;
    faulty.kinds[i].ours.xWrite = faulty_write;
    faulty.kinds[i].ours.xSync = faulty_sync;
    faulty.kinds[i].ours.xTruncate = faulty_truncate;
    return &faulty.kinds[i].ours;
}

static int
faulty_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    int rc = faulty.real->xOpen(faulty.real, name, f, flags, out);

    (void)v;
    if (rc == SQLITE_OK && f->pMethods)
        f->pMethods = faulty_methods(f->pMethods);
    return rc;
}

/* The work of one round; the highest id acknowledged. */
static int64_t
work_until(int first, int n)
{
    struct err err = { 0 };
    struct store *s = NULL;
    int64_t id, last = 0;

    if (store_open(&s, dir, STORE_WRITER, &clock_system, &err) != 0)
        return 0;
    for (int i = first; i < first + n; i++)
        if (commit_one(s, i, "a few words of text", &id, &err) == 0)
            last = id;
    store_close(s);
    return last;
}

static void
survives_every_failing_write(void **state)
{
    int n = 1, every = getenv("TOCSIN_SOAK") ? 1 : 5;
    long nth = 1, of_one;
    int64_t last = 0;

    (void)state;
    faulty.real = sqlite3_vfs_find(NULL);
    faulty.vfs = *faulty.real;
    faulty.vfs.zName = "faulty";
    faulty.vfs.xOpen = faulty_open;
    faulty.vfs.pNext = NULL;
    sqlite3_vfs_register(&faulty.vfs, 1);
    work_until(n, 8);
    of_one = faulty.calls;
    for (n += 8; nth <= of_one; nth += every, n += 8) {
        struct store *s;
        int64_t got;
        faulty.left = nth;
        got = work_until(n, 8);
        faulty.left = 0;
        if (got > last)
            last = got;
        s = open_store(STORE_WRITER);
        last = expect_whole(s, last);
        store_close(s);
    }
    sqlite3_vfs_unregister(&faulty.vfs);
    print_message("# %ld failing writes, %lld commits kept\n", nth / every, (long long)last);
}

/* ---- kill -9 ---- */

static void
write_until_killed(int out, int first)
{
    struct store *s = NULL;
    struct err err;
    int64_t id;

    if (store_open(&s, dir, STORE_WRITER, &clock_system, &err) != 0)
        _exit(1);
    for (int n = first;; n++) {
        if (commit_one(s, n, "words that are written", &id, &err) != 0)
            _exit(1);
        if (write(out, &id, sizeof id) != sizeof id)
            _exit(1);
    }
}

static void
wait_a_little(unsigned *seed)
{
    struct timespec t = { 0, (long)(rand_r(seed) % 12000) * 1000 };

    nanosleep(&t, NULL);
}

/* The last id that the writer said it had committed. */
static int64_t
kill_a_writer(int first, unsigned *seed)
{
    int64_t id, last = 0;
    int fd[2], status;
    pid_t pid;

    assert_int_equal(pipe(fd), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(fd[0]);
        write_until_killed(fd[1], first);
    }
    close(fd[1]);
    if (rand_r(seed) % 4 && read(fd[0], &id, sizeof id) == sizeof id)
        last = id;
    wait_a_little(seed);
    kill(pid, SIGKILL);
    while (read(fd[0], &id, sizeof id) == sizeof id)
        last = id;
    close(fd[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    return last;
}

static void
survives_kill_9(void **state)
{
    const char *wish = getenv("TOCSIN_KILLS");
    int64_t n = 100, last = 0;
    unsigned seed = 20260101;
    struct err err = { 0 };

    (void)state;
    if (wish)
        assert_int_equal(parse_i64(str_z(wish), &n), 0);
    for (int64_t i = 0; i < n; i++) {
        int64_t acknowledged = kill_a_writer((int)last + 1, &seed);
        struct store *s = open_store(STORE_WRITER);
        last = expect_whole(s, acknowledged > last ? acknowledged : last);
        if (i % 25 == 0 && store_check(s, &err) != 0)
            fail_msg("%s", err.msg);
        store_close(s);
    }
    print_message("# %lld kills, %lld commits, none lost\n", (long long)n, (long long)last);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, make_dir, remove_dir)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(makes_private_files),     CASE(lets_one_writer_in),
        CASE(lets_readers_read_only),  CASE(refuses_a_newer_database),
        CASE(says_that_it_is_damaged), CASE(backs_up_while_writing),
        CASE(survives_a_full_disk),    CASE(survives_every_failing_write),
        CASE(survives_kill_9),
    };

    return RUN_TESTS(tests);
}
