/* A small loopback HTTP server whose answers are scripted by tests. */
#include "lib/http_server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 4 << 20, PATHS_MAX = 512 };

struct path {
    char *name;
    struct http_answer answer, first;
    bool has_answer;
    int n_first, count;
    char *last; /* request */
};

struct http_server {
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t closed;
    bool is_stopping;
    struct path paths[PATHS_MAX];
    size_t n_paths;
    int open, most_open, connections, busy, most_busy, total;
    int fds[1024];
    char urls[8][512];
    unsigned next_url;
    void (*watch)(void *ctx, const char *path, const char *request, size_t n);
    void *watch_ctx;
};

struct connection {
    struct http_server *s;
    int fd;
    char *in;
    size_t n;
};

static char *
copy(const char *p, size_t n)
{
    char *c = malloc(n + 1);
    assert(c);
    memcpy(c, p, n);
    c[n] = '\0';
    return c;
}

static char *
copy_z(const char *z)
{
    return z ? copy(z, strlen(z)) : NULL;
}

/* ---- the script ---------------------------------------------------------------- */

static void
free_answer(struct http_answer *a)
{
    free((char *)a->headers);
    free((char *)a->body);
    free((char *)a->raw);
    free((char *)a->etag);
}

static void
set_answer(struct http_answer *to, const struct http_answer *a)
{
    free_answer(to);
    *to = *a;
    to->headers = copy_z(a->headers);
    to->etag = copy_z(a->etag);
    to->n_body = a->body && !a->n_body ? strlen(a->body) : a->n_body;
    to->body = a->body ? copy(a->body, to->n_body) : NULL;
    to->n_raw = a->raw && !a->n_raw ? strlen(a->raw) : a->n_raw;
    to->raw = a->raw ? copy(a->raw, to->n_raw) : NULL;
}

static struct path *
get_path(struct http_server *s, const char *name)
{
    for (size_t i = 0; i < s->n_paths; i++)
        if (strcmp(s->paths[i].name, name) == 0)
            return &s->paths[i];
    if (s->n_paths == PATHS_MAX)
        return &s->paths[PATHS_MAX - 1];
    struct path *p = &s->paths[s->n_paths++];
    p->name = copy_z(name);
    return p;
}

void
http_server_set(struct http_server *s, const char *path, const struct http_answer *a)
{
    pthread_mutex_lock(&s->lock);
    struct path *p = get_path(s, path);
    set_answer(&p->answer, a);
    p->has_answer = true;
    pthread_mutex_unlock(&s->lock);
}

void
http_server_first(struct http_server *s, const char *path, int n, const struct http_answer *a)
{
    pthread_mutex_lock(&s->lock);
    struct path *p = get_path(s, path);
    set_answer(&p->first, a);
    p->n_first = p->count + n;
    pthread_mutex_unlock(&s->lock);
}

void
http_server_watch(struct http_server *s,
                  void (*fn)(void *ctx, const char *path, const char *request, size_t n), void *ctx)
{
    s->watch = fn;
    s->watch_ctx = ctx;
}

int
http_server_count(struct http_server *s, const char *path)
{
    pthread_mutex_lock(&s->lock);
    int n = path ? get_path(s, path)->count : s->total;
    pthread_mutex_unlock(&s->lock);
    return n;
}

char *
http_server_request(struct http_server *s, const char *path)
{
    pthread_mutex_lock(&s->lock);
    const char *last = get_path(s, path)->last;
    char *r = copy_z(last ? last : "");
    pthread_mutex_unlock(&s->lock);
    return r;
}

static int
read_number(struct http_server *s, const int *n)
{
    pthread_mutex_lock(&s->lock);
    int v = *n;
    pthread_mutex_unlock(&s->lock);
    return v;
}

int
http_server_most_open(struct http_server *s)
{
    return read_number(s, &s->most_open);
}

int
http_server_connections(struct http_server *s)
{
    return read_number(s, &s->connections);
}

int
http_server_most_busy(struct http_server *s)
{
    return read_number(s, &s->most_busy);
}

int
http_server_port(const struct http_server *s)
{
    return s->port;
}

const char *
http_server_url(struct http_server *s, const char *path)
{
    char *to = s->urls[s->next_url++ % 8];
    snprintf(to, sizeof s->urls[0], "http://127.0.0.1:%d%s", s->port, path);
    return to;
}

/* ---- answering -------------------------------------------------------------------- */

static bool
send_all(struct connection *c, const char *p, size_t n)
{
    while (n) {
        ssize_t done = send(c->fd, p, n, MSG_NOSIGNAL);
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

/* Header lines and raw answers, with the port put in. */
static bool
send_scripted(struct connection *c, const char *p, size_t n)
{
    static const char mark[] = "@PORT@";
    char port[16];

    snprintf(port, sizeof port, "%d", c->s->port);
    for (size_t i = 0; i < n;) {
        size_t m = i;
        while (m < n && !(n - m >= 6 && memcmp(p + m, mark, 6) == 0))
            m++;
        if (!send_all(c, p + i, m - i) || (m < n && !send_all(c, port, strlen(port))))
            return false;
        i = m < n ? m + 6 : m;
    }
    return true;
}

/* False when the server is to stop meanwhile. */
static bool
wait_ms(struct connection *c, int ms)
{
    for (int at = 0; at < ms; at += 10) {
        struct pollfd p = { c->fd, POLLRDHUP, 0 };
        if (poll(&p, 1, ms - at < 10 ? ms - at : 10) > 0)
            return false;
        pthread_mutex_lock(&c->s->lock);
        bool stop = c->s->is_stopping;
        pthread_mutex_unlock(&c->s->lock);
        if (stop)
            return false;
    }
    return true;
}

struct bits {
    unsigned char bytes[16384];
    size_t n;
};

/* Huffman codes go out with their highest bit first. */
static void
put_bits(struct bits *b, unsigned code, int n)
{
    while (n--) {
        b->bytes[b->n / 8] |= (unsigned char)(((code >> n) & 1) << (b->n % 8));
        b->n++;
    }
}

/* Zeros in gzip, made by hand: one literal, then matches of 258 bytes at distance 1. */
static bool
send_bomb(struct connection *c, size_t mb)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                               "Connection: close\r\n\r\n"
                               "\x1f\x8b\x08\0\0\0\0\0\0\x03";
    struct bits b = { .n = 0 };

    put_bits(&b, 2, 3);    /* not the last block, fixed codes */
    put_bits(&b, 0x30, 8); /* literal 0 */
    for (int i = 0; i < 9; i++)
        put_bits(&b, 0x18a0, 13); /* length 258, distance 1 */
    size_t n = b.n / 8 - 13;      /* bytes before the pattern of 13 bytes begins */
    unsigned char all[1300 * 5];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = b.bytes[n + i % 13];
    if (!send_all(c, head, sizeof head - 1) || !send_all(c, (char *)b.bytes, n))
        return false;
    for (size_t i = 0; i < mb; i++) /* 500 patterns of 8 matches are a little over a megabyte */
        if (!send_all(c, (char *)all, sizeof all))
            return false;
    return false;
}

static bool
send_body(struct connection *c, const struct http_answer *a, const char *body, size_t n)
{
    if (a->cut && a->cut < n)
        n = a->cut;
    if (a->drip_ms) {
        for (size_t i = 0; i < n; i++)
            if (!send_all(c, body + i, 1) || !wait_ms(c, a->drip_ms))
                return false;
    } else if (a->is_chunked) {
        char size[32];
        snprintf(size, sizeof size, "%zx\r\n", n);
        if (!send_all(c, size, strlen(size)) || !send_all(c, body, n) ||
            (!a->cut && !send_all(c, "\r\n0\r\n\r\n", 7)))
            return false;
    } else if (!send_all(c, body, n)) {
        return false;
    }
    if (a->holds_open)
        while (wait_ms(c, 1000))
            ;
    return !a->cut && !a->no_length && !a->holds_open;
}

static bool
send_head(struct connection *c, const struct http_answer *a, int status, size_t n)
{
    char line[256];

    snprintf(line, sizeof line, "HTTP/1.1 %d X\r\n", status);
    if (!send_all(c, line, strlen(line)))
        return false;
    if (a->headers && !send_scripted(c, a->headers, strlen(a->headers)))
        return false;
    if (a->etag) {
        if (!send_all(c, "ETag: ", 6) || !send_all(c, a->etag, strlen(a->etag)) ||
            !send_all(c, "\r\n", 2))
            return false;
    }
    for (size_t i = 0; i < a->header_kb; i++) {
        char filler[1024];
        memset(filler, 'x', sizeof filler);
        memcpy(filler, "X-Fill: ", 8);
        memcpy(filler + 1022, "\r\n", 2);
        if (!send_all(c, filler, sizeof filler))
            return false;
    }
    if (a->is_chunked)
        return send_all(c, "Transfer-Encoding: chunked\r\n\r\n", 30);
    if (a->no_length || a->holds_open)
        return send_all(c, "Connection: close\r\n\r\n", 21);
    snprintf(line, sizeof line, "Content-Length: %zu\r\n\r\n", n);
    return send_all(c, line, strlen(line));
}

/* True: the connection may be used again. */
static bool
answer(struct connection *c, const struct http_answer *a, const char *request)
{
    if (a->delay_ms && !wait_ms(c, a->delay_ms))
        return false;
    if (a->status < 0)
        return false;
    if (a->raw) {
        send_scripted(c, a->raw, a->n_raw);
        return false;
    }
    if (a->bomb_mb)
        return send_bomb(c, a->bomb_mb);
    int status = a->status ? a->status : 200;
    if (a->etag) {
        const char *match = strcasestr(request, "\r\nIf-None-Match: ");
        size_t n = strlen(a->etag);
        if (match && strncmp(match + 17, a->etag, n) == 0 && match[17 + n] == '\r')
            status = 304;
    }
    bool has_body = status != 204 && status != 304 && strncmp(request, "HEAD ", 5) != 0;
    size_t n = has_body ? a->n_body : 0;
    return send_head(c, a, status, n) && (!has_body || send_body(c, a, a->body ? a->body : "", n));
}

static void
copy_answer(struct http_answer *to, const struct http_answer *from)
{
    *to = (struct http_answer){ 0 };
    set_answer(to, from);
}

static bool
handle(struct connection *c, const char *request, size_t n)
{
    struct http_server *s = c->s;
    struct http_answer a = { 0 };
    char name[1024] = "/";
    const char *from = strchr(request, ' ');

    if (from)
        snprintf(name, sizeof name, "%.*s", (int)strcspn(from + 1, " ?"), from + 1);
    pthread_mutex_lock(&s->lock);
    struct path *p = get_path(s, name);
    p->count++;
    s->total++;
    free(p->last);
    p->last = copy(request, n);
    if (s->watch)
        s->watch(s->watch_ctx, name, request, n);
    if (++s->busy > s->most_busy)
        s->most_busy = s->busy;
    if (p->count <= p->n_first)
        copy_answer(&a, &p->first);
    else if (p->has_answer)
        copy_answer(&a, &p->answer);
    else if (strcmp(name, "/echo") == 0)
        copy_answer(&a, &(struct http_answer){ .body = request, .n_body = n });
    else
        copy_answer(&a, &(struct http_answer){ .status = 404 });
    pthread_mutex_unlock(&s->lock);
    bool again = answer(c, &a, request);
    free_answer(&a);
    pthread_mutex_lock(&s->lock);
    s->busy--;
    pthread_mutex_unlock(&s->lock);
    return again;
}

/* Bytes of the first whole request in c->in, or 0. */
static size_t
whole_request(const struct connection *c)
{
    const char *end = c->n ? strstr(c->in, "\r\n\r\n") : NULL;

    if (!end)
        return 0;
    size_t n = (size_t)(end - c->in) + 4;
    const char *length = strcasestr(c->in, "\r\nContent-Length:");
    if (length && length < end)
        n += strtoul(length + 17, NULL, 10);
    return n <= c->n ? n : 0;
}

static bool
read_more(struct connection *c)
{
    if (c->n + 65536 > REQUEST_MAX)
        return false;
    ssize_t n = recv(c->fd, c->in + c->n, 65535, 0);
    if (n <= 0)
        return false;
    c->n += (size_t)n;
    c->in[c->n] = '\0';
    return true;
}

static void
leave(struct connection *c)
{
    struct http_server *s = c->s;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < sizeof s->fds / sizeof *s->fds; i++)
        if (s->fds[i] == c->fd)
            s->fds[i] = -1;
    close(c->fd);
    s->open--;
    pthread_cond_broadcast(&s->closed);
    pthread_mutex_unlock(&s->lock);
    free(c->in);
    free(c);
}

static void *
serve(void *arg)
{
    struct connection *c = arg;
    bool again = true;

    while (again) {
        size_t n = whole_request(c);
        if (!n) {
            again = read_more(c);
            continue;
        }
        char *request = copy(c->in, n);
        memmove(c->in, c->in + n, c->n - n + 1);
        c->n -= n;
        again = handle(c, request, n);
        free(request);
    }
    leave(c);
    return NULL;
}

/* ---- life --------------------------------------------------------------------------- */

static bool
enter(struct http_server *s, int fd)
{
    pthread_mutex_lock(&s->lock);
    bool ok = false;
    for (size_t i = 0; i < sizeof s->fds / sizeof *s->fds && !ok; i++)
        if (s->fds[i] < 0) {
            s->fds[i] = fd;
            ok = true;
        }
    if (ok) {
        s->connections++;
        if (++s->open > s->most_open)
            s->most_open = s->open;
    }
    pthread_mutex_unlock(&s->lock);
    return ok;
}

static void *
accept_all(void *arg)
{
    struct http_server *s = arg;
    pthread_attr_t detached;

    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&detached, 256 * 1024);
    for (;;) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0)
            break;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
        struct connection *c = calloc(1, sizeof *c);
        assert(c);
        *c = (struct connection){ .s = s, .fd = fd, .in = calloc(1, REQUEST_MAX) };
        pthread_t t;
        if (!enter(s, fd)) {
            close(fd);
            free(c->in);
            free(c);
        } else if (pthread_create(&t, &detached, serve, c) != 0) {
            leave(c);
        }
    }
    pthread_attr_destroy(&detached);
    return NULL;
}

struct http_server *
http_server_start(void)
{
    struct http_server *s = calloc(1, sizeof *s);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;

    assert(s);
    memset(s->fds, 0xff, sizeof s->fds);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->closed, NULL);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(s->fd, 512) < 0 ||
        getsockname(s->fd, (struct sockaddr *)&a, &n) < 0 ||
        pthread_create(&s->thread, NULL, accept_all, s) != 0) {
        if (s->fd >= 0)
            close(s->fd);
        free(s);
        return NULL;
    }
    s->port = ntohs(a.sin_port);
    return s;
}

void
http_server_stop(struct http_server *s)
{
    if (!s)
        return;
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    pthread_mutex_lock(&s->lock);
    s->is_stopping = true;
    for (size_t i = 0; i < sizeof s->fds / sizeof *s->fds; i++)
        if (s->fds[i] >= 0)
            shutdown(s->fds[i], SHUT_RDWR);
    while (s->open)
        pthread_cond_wait(&s->closed, &s->lock);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < s->n_paths; i++) {
        free(s->paths[i].name);
        free(s->paths[i].last);
        free_answer(&s->paths[i].answer);
        free_answer(&s->paths[i].first);
    }
    pthread_cond_destroy(&s->closed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
