/* describe.c - starts a tocsin-host, reads its greeting, ends it. */
#include "host/describe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/utf8.h"
#include "host/check.h"
#include "wire/wire_io.h"

enum { PATIENCE_MS = 10000, MOST_WORDS = 2048 };

struct asked {
    pid_t pid;
    int socket, words; /* words: what it says on stderr */
};

static void
close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int
spawn(struct asked *h, int socket, int words, const char *program, const char *path)
{
    const char *argv[] = { "tocsin-host", "--serve", path, NULL };
    char *environment[] = { NULL };
    posix_spawn_file_actions_t f;
    sigset_t none;
    posix_spawnattr_t attr;
    int rc;

    sigemptyset(&none);
    posix_spawn_file_actions_init(&f);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_addopen(&f, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&f, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&f, words, 2);
    posix_spawn_file_actions_adddup2(&f, socket, 3);
    rc = posix_spawn(&h->pid, program, &f, &attr, (char *const *)argv, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&f);
    return rc;
}

static int
start(struct asked *h, const char *program, const char *path, struct err *err)
{
    int sockets[2] = { -1, -1 }, words[2] = { -1, -1 }, rc = -1;

    *h = (struct asked){ .pid = -1, .socket = -1, .words = -1 };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) ||
        pipe2(words, O_CLOEXEC | O_NONBLOCK)) {
        err_set(err, ERR_IO, "no socket for tocsin-host: %s", strerror(errno));
        goto out;
    }
    rc = spawn(h, sockets[1], words[1], program, path);
    if (rc) {
        rc = err_set(err, ERR_UNAVAILABLE, "%s: cannot be started: %s", program, strerror(rc));
        goto out;
    }
    h->socket = sockets[0];
    h->words = words[0];
    sockets[0] = words[0] = -1;
out:
    for (int i = 0; i < 2; i++) {
        close_fd(&sockets[i]);
        close_fd(&words[i]);
    }
    return rc;
}

static void
end(struct asked *h)
{
    close_fd(&h->socket);
    close_fd(&h->words);
    if (h->pid > 0) {
        kill(h->pid, SIGKILL);
        while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
}

/* Last words on stderr (a missing library, a sanitizer's report) as one line. */
static const char *
last_words(const struct asked *h, struct arena *a)
{
    char words[MOST_WORDS];
    ssize_t n = read(h->words, words, sizeof words);
    struct tocsin_str rest = { words, n > 0 ? (size_t)n : 0 };
    struct tocsin_str line = str_trim(str_cut(&rest, '\n'));

    return line.n && utf8_is_valid(line) ? arena_z(a, line) : NULL;
}

int
read_hello(struct hello *out, struct tocsin_str frame, const char *path, struct arena *a,
           struct err *err)
{
    enum message_kind kind = 0;
    const char *words = NULL;
    struct wire w;

    *out = (struct hello){ 0 };
    wire_reader(&w, frame, a);
    wire_kind(&w, &kind);
    if (kind == MESSAGE_REFUSED || kind == MESSAGE_FAULT) {
        wire_line(&w, &words);
        if (wire_is_complete(&w) && words && is_text(str_z(words)))
            return err_set(err, ERR_UNAVAILABLE, "%s", words);
    }
    if (kind == MESSAGE_HELLO) {
        wire_hello(&w, out);
        if (out->version != WIRE_VERSION && !w.failed)
            return err_set(err, ERR_UNAVAILABLE,
                           "tocsin-host is of another version than this "
                           "program: install both from one build");
        out->info.path = path;
        if (wire_is_complete(&w))
            return path ? check_info(&out->info, err) : 0;
    }
    return err_set(err, ERR_UNAVAILABLE, "its host did not greet as a tocsin-host does");
}

/* Frames until one is a greeting: log lines may come before. */
static int
await_hello(struct hello *out, const struct asked *h, const char *path, struct arena *a,
            struct err *err)
{
    struct buf frame;
    struct tocsin_str kept;
    int rc, got;

    buf_init(&frame, 4u << 20);
    do
        got = wire_receive(h->socket, &frame, PATIENCE_MS);
    while (got > 0 && frame.p[0] == MESSAGE_LOG);
    if (got > 0) {
        kept = arena_str(a, buf_view(&frame));
        rc = kept.p ? read_hello(out, kept, path, a, err) : err_set(err, ERR_NOMEM, "no memory");
    } else if (got < 0 && errno == ETIMEDOUT) {
        rc = err_set(err, ERR_UNAVAILABLE, "hung while it was loaded");
    } else {
        const char *words = last_words(h, a);

        rc = err_set(err, ERR_UNAVAILABLE, "died while it was loaded%s%s", words ? ": " : "",
                     words ? words : "");
    }
    buf_free(&frame);
    return rc;
}

int
describe_plugin(struct hello *out, const char *host_program, const char *path, struct arena *a,
                struct err *err)
{
    struct asked h;
    int rc = start(&h, host_program, path, err);

    if (rc == 0)
        rc = await_hello(out, &h, path, a, err);
    end(&h);
    return rc;
}
