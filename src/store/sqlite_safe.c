/* sqlite_safe - checks, backups, and the ballast that makes room on a full disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/sqlite_db.h"

#define BALLAST_BYTES (1u << 20)

int
store_check(struct store *s, struct err *err)
{
    struct query q;
    int rc = 0;

    db_query(&q, s, err, "PRAGMA quick_check(1)", NO_VALS);
    if (db_next(&q)) {
        struct tocsin_str said = col_str(&q, NULL);
        if (!str_eq_z(said, "ok"))
            rc = err_set(err, ERR_DATA,
                         "%s/tocsin.db is damaged (%.*s); stop tocsind and run "
                         "`tocsin db restore FILE` with the newest backup",
                         s->dir, STR_FMT(str_clip_utf8(said, 200)));
    }
    return db_end(&q) != 0 ? -1 : rc;
}

/* ---- backup: a reader's view copied, so that the writer need not stop ---- */

static int
copy_pages(struct store *from, const char *path, struct err *err)
{
    sqlite3 *to = NULL;
    sqlite3_backup *b = NULL;
    int rc;

    errno = 0;
    rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        b = sqlite3_backup_init(to, "main", from->db, "main");
    if (b) {
        sqlite3_backup_step(b, -1);
        rc = sqlite3_backup_finish(b);
    } else if (rc == SQLITE_OK) {
        rc = sqlite3_extended_errcode(to);
    }
    if (rc != SQLITE_OK) {
        db_fail_as(from->dir, to, rc, err);
        err_prefix(err, "backup to %s", path);
    }
    sqlite3_close(to);
    return rc == SQLITE_OK ? 0 : -1;
}

static int
make_empty(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "%s: %s", path, strerror(errno));
    close(fd);
    return 0;
}

static int
sync_file(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd < 0 ? -1 : fsync(fd);

    if (rc != 0)
        err_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return rc;
}

static int
backup_to(struct store *reader, const char *part, const char *path, struct err *err)
{
    if (make_empty(part, err) != 0)
        return -1;
    if (copy_pages(reader, part, err) != 0 || sync_file(part, err) != 0) {
        unlink(part);
        return -1;
    }
    if (rename(part, path) != 0) {
        err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
        unlink(part);
        return -1;
    }
    return 0;
}

int
store_backup(struct store *s, const char *path, struct err *err)
{
    struct store *reader = NULL;
    struct buf part;
    int rc;

    buf_init(&part, 4096);
    buf_fmt(&part, "%s.part", path);
    if (part.failed)
        rc = err_set(err, ERR_USAGE, "the name of the backup is too long");
    else if ((rc = store_open(&reader, s->dir, STORE_READER, s->clock, err)) == 0)
        rc = backup_to(reader, buf_cstr(&part), path, err);
    store_close(reader);
    buf_free(&part);
    return rc;
}

/* ---- ballast ---- */

static int
write_ballast(const char *path)
{
    char block[4096];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool is_whole = fd >= 0;

    if (fd < 0)
        return errno == EEXIST ? 0 : -1;
    memset(block, 'b', sizeof block);
    for (size_t n = 0; is_whole && n < BALLAST_BYTES; n += sizeof block)
        is_whole = write(fd, block, sizeof block) == (ssize_t)sizeof block;
    if (!is_whole)
        unlink(path);
    close(fd);
    return is_whole ? 0 : -1;
}

/* Without it a full disk is only less comfortable, so that failing is no error. */
void
ballast_put(struct store *s)
{
    struct buf path;

    buf_init(&path, 4096);
    if (path_join(&path, s->dir, "ballast"))
        write_ballast(buf_cstr(&path));
    buf_free(&path);
}

int
store_release_ballast(struct store *s, struct err *err)
{
    struct buf path;
    int rc = 0;

    buf_init(&path, 4096);
    path_join(&path, s->dir, "ballast");
    if (unlink(buf_cstr(&path)) != 0 && errno != ENOENT)
        rc = err_set(err, ERR_IO, "%s: %s", buf_cstr(&path), strerror(errno));
    buf_free(&path);
    return rc;
}
