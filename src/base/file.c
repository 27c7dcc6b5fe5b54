/* file - reads files whole, writes them so that a crash leaves the old or the new one. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 65536, PATH_MAX_BYTES = 8192 };

static int
read_all(struct buf *out, int fd, const char *path, struct err *err)
{
    size_t begin = out->n;
    for (;;) {
        size_t left = out->max - out->n;
        size_t step = left < STEP ? left : STEP;
        char spare;
        char *to = step ? buf_room(out, step) : &spare;
        if (!to)
            return err_set(err, ERR_NOMEM, "%s: no memory", path);
        ssize_t n = read(fd, to, step ? step : 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, errno, "%s", path);
        if (n == 0)
            return 0;
        if (step == 0)
            return err_set(err, ERR_DATA, "%s: longer than the %zu bytes allowed", path,
                           out->max - begin);
        out->n += (size_t)n;
    }
}

int
file_read(struct buf *out, const char *path, struct err *err)
{
    if (strcmp(path, "-") == 0)
        return read_all(out, STDIN_FILENO, "standard input", err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, errno, "%s", path);
    int rc = read_all(out, fd, path, err);
    close(fd);
    return rc;
}

static int
write_all(int fd, struct tocsin_str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
    return 0;
}

/* The folder part of a path; "." where there is none. */
static const char *
folder_of(struct buf *b, const char *path)
{
    const char *slash = strrchr(path, '/');
    buf_reset(b);
    if (!slash)
        buf_z(b, ".");
    else
        buf_add(b, path, slash == path ? 1 : (size_t)(slash - path));
    return buf_cstr(b);
}

static int
sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd);
    int saved = errno;
    close(fd);
    errno = saved;
    /* Some file systems cannot sync a folder; the rename is as safe as they make it. */
    return rc && saved != EINVAL ? -1 : 0;
}

int
file_write_atomic(const char *path, struct tocsin_str bytes, mode_t mode, struct err *err)
{
    struct buf name;
    buf_init(&name, PATH_MAX_BYTES);
    int fd = -1, rc = -1;
    buf_fmt(&name, "%s.XXXXXX", path);
    char *temporary = buf_take(&name);
    if (!temporary) {
        err_set(err, ERR_NOMEM, "%s: no memory, or the path is too long", path);
        goto out;
    }
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        err_set_errno(err, errno, "%s", path);
        goto out;
    }
    bool is_written = !fchmod(fd, mode) && !write_all(fd, bytes) && !fsync(fd);
    int saved = errno;
    if (close(fd) && is_written) {
        is_written = false;
        saved = errno;
    }
    if (!is_written || rename(temporary, path)) {
        saved = is_written ? errno : saved;
        (void)unlink(temporary);
        err_set_errno(err, saved, "%s", path);
        goto out;
    }
    if (sync_folder(folder_of(&name, path))) {
        err_set_errno(err, errno, "%s", buf_cstr(&name));
        goto out;
    }
    rc = 0;
out:
    free(temporary);
    buf_free(&name);
    return rc;
}

static int
make_dir(const char *path, mode_t mode, struct err *err)
{
    struct stat st;
    if (mkdir(path, mode) == 0)
        return 0;
    if (errno != EEXIST)
        return err_set_errno(err, errno, "%s", path);
    if (stat(path, &st))
        return err_set_errno(err, errno, "%s", path);
    if (!S_ISDIR(st.st_mode))
        return err_set(err, ERR_IO, "%s: is there, but is no folder; move it away", path);
    return 0;
}

int
file_make_dirs(const char *path, mode_t mode, struct err *err)
{
    char part[PATH_MAX_BYTES];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof(part))
        return err_set(err, ERR_IO, "folder name of %zu bytes: 1 to %zu are possible", n,
                       sizeof(part) - 1);
    memcpy(part, path, n + 1);
    for (size_t i = 1; i < n; i++) {
        if (part[i] != '/')
            continue;
        part[i] = '\0';
        if (make_dir(part, mode, err))
            return -1;
        part[i] = '/';
    }
    return make_dir(part, mode, err);
}

bool
file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

const char *
path_join(struct buf *b, const char *dir, const char *name)
{
    size_t n = strlen(dir);
    buf_reset(b);
    buf_z(b, dir);
    if (n && dir[n - 1] != '/')
        buf_char(b, '/');
    buf_z(b, name);
    return buf_cstr(b);
}
