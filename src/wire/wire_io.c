/* wire_io.c - blocking transport of frames; read, write, poll and a clock are all it calls. */
#include "wire/wire_io.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "wire/wire.h"

int
wire_send(int fd, const struct buf *b)
{
    size_t done = 0;

    while (done < b->n) {
        ssize_t n = write(fd, b->p + done, b->n - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}

/* 0 when there is something to read; a wait without end is left to read itself. */
static int
wait_readable(int fd, int64_t until_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int rc;

    if (until_ms < 0)
        return 0;
    do {
        int64_t left_ms = until_ms - clock_mono(&clock_system);

        rc = poll(&p, 1, left_ms > 0 ? (int)left_ms : 0);
    } while (rc < 0 && errno == EINTR);
    if (rc == 0)
        errno = ETIMEDOUT;
    return rc > 0 ? 0 : -1;
}

/* n bytes to p. Returns how many came before the end, or -1. */
static ssize_t
read_all(int fd, void *p, size_t n, int64_t until_ms)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got;

        if (wait_readable(fd, until_ms))
            return -1;
        got = read(fd, (char *)p + done, n - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

int
wire_receive(int fd, struct buf *out, int64_t timeout_ms)
{
    int64_t until_ms = timeout_ms < 0 ? -1 : clock_mono(&clock_system) + timeout_ms;
    unsigned char head[WIRE_HEAD];
    ssize_t got = read_all(fd, head, sizeof head, until_ms);
    size_t n;
    char *p;

    if (got <= 0)
        return (int)got;
    errno = EPROTO;
    if (got < (ssize_t)sizeof head || wire_frame_length(head, &n))
        return -1;
    buf_reset(out);
    p = buf_room(out, n);
    if (!p) {
        errno = ENOMEM;
        return -1;
    }
    got = read_all(fd, p, n, until_ms);
    if (got < 0)
        return -1;
    if ((size_t)got < n) {
        errno = EPROTO;
        return -1;
    }
    out->n += n;
    return 1;
}
