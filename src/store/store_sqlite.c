/* store_sqlite - the database file: opened, locked, and changed in transactions. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/sqlite_db.h"

#define BUSY_MS 10000

static int
path_in(const struct store *s, const char *name, struct buf *out, struct err *err)
{
    buf_init(out, 4096);
    path_join(out, s->dir, name);
    return out->failed ? err_set(err, ERR_CONFIG, "state_dir is too long: %.100s...", s->dir) : 0;
}

/* ---- the writer's lock ---- */

static int
say_who_has_it(const struct store *s, int fd, struct err *err)
{
    char pid[24] = "";
    ssize_t n = pread(fd, pid, sizeof pid - 1, 0);

    while (n > 0 && (pid[n - 1] < '0' || pid[n - 1] > '9'))
        n--;
    return err_set(err, ERR_BUSY,
                   "%s is in use by process %.*s; stop that one first "
                   "(is tocsind running already?)",
                   s->dir, n > 0 ? (int)n : 7, n > 0 ? pid : "unknown");
}

static int
write_pid(int fd)
{
    char pid[24];
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n)
        return errno == ENOSPC ? 0 : -1; /* the lock counts, the pid is for the message */
    return 0;
}

static int
take_lock(struct store *s, struct err *err)
{
    struct buf path;
    int rc = path_in(s, "writer.lock", &path, err);

    if (rc == 0)
        s->lock_fd = open(buf_cstr(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (rc == 0 && s->lock_fd < 0)
        rc = err_set(err, errno == ENOSPC ? ERR_FULL : ERR_DENIED,
                     "%s: %s; check the owner and "
                     "mode of the folder",
                     buf_cstr(&path), strerror(errno));
    buf_free(&path);
    if (rc != 0)
        return -1;
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? say_who_has_it(s, s->lock_fd, err)
                   : err_set(err, ERR_IO, "%s: cannot lock: %s", s->dir, strerror(errno));
    if (write_pid(s->lock_fd) != 0)
        return err_set(err, ERR_IO, "%s/writer.lock: %s", s->dir, strerror(errno));
    return 0;
}

/* ---- opening ---- */

static int
make_dir(const struct store *s, struct err *err)
{
    if (file_make_dirs(s->dir, 0700, err) != 0)
        return -1;
    if (chmod(s->dir, 0700) != 0 && errno != EPERM)
        return err_set(err, ERR_DENIED, "%s: %s", s->dir, strerror(errno));
    return 0;
}

/* SQLite makes its files with the mode of the database; so that comes first. */
static int
make_file(const char *path, struct err *err)
{
    int fd;

    if (file_exists(path)) /* closing it again would drop SQLite's locks */
        return 0;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(err, errno == ENOSPC ? ERR_FULL : ERR_DENIED, "%s: %s", path,
                       strerror(errno));
    close(fd);
    return 0;
}

static int
connect_file(struct store *s, const char *path, struct err *err)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int rc;

    flags |= s->mode == STORE_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    errno = 0;
    rc = sqlite3_open_v2(path, &s->db, flags, NULL);
    if (rc != SQLITE_OK)
        return db_fail_as(s->dir, s->db, rc, err);
    sqlite3_busy_timeout(s->db, BUSY_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (s->mode == STORE_READER)
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return 0;
}

static int
set_up(struct store *s, struct err *err)
{
    if (db_exec(s, err, "PRAGMA cache_size=-32768;PRAGMA temp_store=MEMORY") != 0)
        return -1;
    if (s->mode == STORE_READER)
        return schema_check(s, err);
    if (db_exec(s, err,
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA wal_autocheckpoint=4000;PRAGMA journal_size_limit=67108864") != 0)
        return -1;
    return schema_migrate(s, err);
}

static int
open_database(struct store *s, struct err *err)
{
    struct buf path;
    int rc = path_in(s, "tocsin.db", &path, err);

    if (rc == 0 && s->mode == STORE_WRITER)
        rc = make_file(buf_cstr(&path), err);
    else if (rc == 0 && !file_exists(buf_cstr(&path)))
        rc = err_set(err, ERR_NOTFOUND, "%s: nothing is stored yet; start tocsind first",
                     buf_cstr(&path));
    if (rc == 0)
        rc = connect_file(s, buf_cstr(&path), err);
    buf_free(&path);
    return rc != 0 ? -1 : set_up(s, err);
}

static struct store *
new_store(const char *dir, enum store_mode mode, const struct clock *clock)
{
    struct store *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->lock_fd = -1;
    s->mode = mode;
    s->clock = clock;
    s->dir = strdup(dir);
    for (size_t i = 0; i < sizeof s->json / sizeof *s->json; i++)
        buf_init(&s->json[i], JSON_COLUMN_MAX);
    if (!s->dir) {
        store_close(s);
        return NULL;
    }
    return s;
}

int
store_open(struct store **out, const char *state_dir, enum store_mode mode,
           const struct clock *clock, struct err *err)
{
    struct store *s = new_store(state_dir, mode, clock);
    int rc = -1;

    if (!s)
        return err_set(err, ERR_NOMEM, "%s: no memory", state_dir);
    if (mode == STORE_WRITER && (make_dir(s, err) != 0 || take_lock(s, err) != 0))
        goto out;
    if (open_database(s, err) != 0)
        goto out;
    if (mode == STORE_WRITER)
        ballast_put(s);
    *out = s;
    s = NULL;
    rc = 0;
out:
    store_close(s);
    return rc;
}

void
store_close(struct store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < DB_STATEMENTS; i++)
        sqlite3_finalize(s->cache[i].stmt);
    for (size_t i = 0; i < sizeof s->json / sizeof *s->json; i++)
        buf_free(&s->json[i]);
    sqlite3_close(s->db); /* rolls back, and as the last one folds the WAL into the file */
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free(s->dir);
    free(s);
}

/* ---- transactions ---- */

int
store_begin(struct store *s, struct err *err)
{
    return db_run(s, err, "BEGIN IMMEDIATE", NO_VALS);
}

int
store_commit(struct store *s, struct err *err)
{
    if (db_run(s, err, "COMMIT", NO_VALS) == 0)
        return 0;
    store_rollback(s);
    return -1;
}

void
store_rollback(struct store *s)
{
    s->knows_newest = false;
    s->near_first = 0;
    if (store_is_in_transaction(s))
        db_run(s, NULL, "ROLLBACK", NO_VALS);
}

bool
store_is_in_transaction(const struct store *s)
{
    return !sqlite3_get_autocommit(s->db);
}
