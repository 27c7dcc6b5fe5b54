/* client - the CLI's side of the control socket. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "control/commands.h"
#include "control/control.h"
#include "writer/writer.h"

#define MAX_LINE (16 << 20)

static int
connect_to(const char *path, struct err *err)
{
    struct sockaddr_un sa = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof sa.sun_path)
        return err_set(err, ERR_CONFIG, "socket path %s is too long; set a shorter `socket:`",
                       path);
    memcpy(sa.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_set(err, ERR_IO, "socket: %s", strerror(errno));
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0)
        return fd;
    err_set(err, errno == EACCES ? ERR_DENIED : ERR_UNAVAILABLE,
            "no tocsind answers at %s (%s); start it with `tocsind -f`", path, strerror(errno));
    close(fd);
    return -1;
}

static int
write_all(int fd, struct tocsin_str s, struct err *err)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ERR_IO, "cannot ask tocsind: %s", strerror(errno));
        s = str_sub(s, (size_t)n, s.n);
    }
    return 0;
}

static int
read_line(int fd, struct buf *out, struct err *err)
{
    char chunk[4096];

    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_set(err, ERR_UNAVAILABLE, "tocsind ended before it answered");
        if (buf_add(out, chunk, (size_t)n) != 0)
            return err_set(err, ERR_PROTOCOL, "tocsind's answer is too long");
        if (out->p[out->n - 1] == '\n') {
            out->n--;
            return 0;
        }
    }
}

/* An {"ok":false} becomes the caller's error. */
static int
judge(struct tocsin_str line, struct err *err)
{
    json_error_t je;
    json_t *o = json_loadb(line.p, line.n, 0, &je);
    int rc = 0;

    if (!o)
        return err_set(err, ERR_PROTOCOL, "tocsind's answer is not JSON: %s", je.text);
    if (!json_is_true(json_object_get(o, "ok"))) {
        const char *msg = json_string_value(json_object_get(o, "error"));
        rc = err_set(err, (enum err_code)json_integer_value(json_object_get(o, "code")), "%s",
                     msg ? msg : "tocsind refused");
    }
    json_decref(o);
    return rc;
}

int
control_ask(const char *socket_path, const char *what, const char *args, struct buf *reply,
            struct err *err)
{
    struct buf b;
    int fd = connect_to(socket_path, err), rc = -1;

    if (fd < 0)
        return -1;
    buf_init(&b, MAX_LINE);
    buf_fmt(&b, "{\"do\":\"%s\",\"args\":", what);
    buf_z(&b, args ? args : "{}");
    buf_z(&b, "}\n");
    if (b.failed)
        err_set(err, ERR_USAGE, "the request is too long");
    else if (write_all(fd, buf_view(&b), err) == 0 && read_line(fd, reply, err) == 0)
        rc = judge(buf_view(reply), err);
    buf_free(&b);
    close(fd);
    return rc;
}

/* ---- without a daemon ----------------------------------------------------------------------- */

struct direct {
    const char *what;
    json_t *args;
    const struct config *config;
    struct buf *reply;
};

static int
run_direct(void *arg, struct store *s, int64_t now_ms, struct err *err)
{
    struct direct *d = arg;

    return command_run(d->what, d->args, s, d->config, now_ms, d->reply, err);
}

static int
do_here(const struct config *c, const char *what, const char *args, struct buf *reply,
        struct err *err)
{
    struct store *s = NULL;
    struct direct d = {
        .what = what, .config = c, .reply = reply, .args = json_loads(args ? args : "{}", 0, NULL)
    };
    struct job job = { .run = run_direct, .arg = &d };
    int rc = -1;

    if (!d.args)
        return err_set(err, ERR_INTERNAL, "arguments of %s are not JSON", what);
    buf_z(reply, "{\"ok\":true");
    buf_char(reply, ',');
    if (store_open(&s, c->state_dir, STORE_WRITER, &clock_system, err) == 0)
        rc = writer_run_once(s, &clock_system, &job, err);
    if (reply->n > 0 && reply->p[reply->n - 1] == ',')
        reply->n--;
    buf_char(reply, '}');
    store_close(s);
    json_decref(d.args);
    return rc;
}

int
control_ask_or_do(const struct config *c, const char *what, const char *args, struct buf *reply,
                  struct err *err)
{
    if (control_ask(c->socket_path, what, args, reply, err) == 0)
        return 0;
    if (err->code != ERR_UNAVAILABLE || !command_is_known(what))
        return -1;
    *err = (struct err){ 0 };
    buf_reset(reply);
    return do_here(c, what, args, reply, err);
}
