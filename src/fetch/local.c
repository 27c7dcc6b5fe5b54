/* Requests that need no network: a file that the operator named. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/job.h"

const struct option_value *
local_option(const struct job *j, uint32_t type)
{
    const struct option_values *o = j->asker->who->options;

    for (size_t i = 0; o && j->req->option && i < o->n; i++)
        if (o->v[i].type == type && strcmp(o->v[i].name, j->req->option) == 0)
            return o->v[i].values.n ? &o->v[i] : NULL;
    return NULL;
}

/* 0, or an errno; EFBIG: over the cap. */
static int
read_all(int fd, struct buf *out)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return EINVAL;
    for (;;) {
        char chunk[65536];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return errno;
        if (n > 0 && buf_add(out, chunk, (size_t)n) < 0)
            return EFBIG;
    }
}

void
file_run(struct job *j)
{
    const struct option_value *o = local_option(j, TOCSIN_T_PATH);

    if (!o) {
        job_fail(j, FETCH_REFUSED,
                 "asks for the file of option \"%s\", which is not a path given "
                 "to it",
                 j->req->option ? j->req->option : "");
        return;
    }
    const char *path = o->values.v[0];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a FIFO must not hold us */
    int e = fd < 0 ? errno : read_all(fd, &j->body);
    if (fd >= 0)
        close(fd);
    if (e == ENOENT)
        job_fail(j, FETCH_GONE, "%s: no such file", path);
    else if (e == EACCES || e == EPERM)
        job_fail(j, FETCH_DENIED, "%s: not readable for the user tocsind runs as", path);
    else if (e == EINVAL)
        job_fail(j, FETCH_REFUSED, "%s: not an ordinary file", path);
    else if (e == EFBIG)
        job_fail(j, FETCH_FAILED, "%s: larger than %zu KB", path, j->f->o.max_body >> 10);
    else if (e)
        job_fail(j, FETCH_FAILED, "%s: %s", path, uv_strerror(-e));
    else {
        j->status = 200;
        job_answered(j);
    }
}
