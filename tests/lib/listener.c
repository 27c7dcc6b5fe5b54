/* Accepts on loopback and hands each connection to a thread. */
#include "lib/listener.h"

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 64 };

struct listener {
    int fd, port;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t closed;
    int clients[CLIENTS_MAX], open;
    void (*serve)(void *ctx, int fd);
    void *ctx;
};

struct guest {
    struct listener *l;
    int slot;
};

static void *
serve_guest(void *arg)
{
    struct guest g = *(struct guest *)arg;
    struct listener *l = g.l;

    free(arg);
    l->serve(l->ctx, l->clients[g.slot]);
    pthread_mutex_lock(&l->lock);
    close(l->clients[g.slot]);
    l->clients[g.slot] = -1;
    l->open--;
    pthread_cond_broadcast(&l->closed);
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

static void
welcome(struct listener *l, int fd)
{
    struct guest *g = malloc(sizeof *g);
    pthread_t t;
    int slot = -1;

    assert(g);
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < CLIENTS_MAX && slot < 0; i++)
        if (l->clients[i] < 0)
            slot = i;
    assert(slot >= 0);
    l->clients[slot] = fd;
    l->open++;
    pthread_mutex_unlock(&l->lock);
    *g = (struct guest){ l, slot };
    int rc = pthread_create(&t, NULL, serve_guest, g);
    assert(rc == 0);
    (void)rc;
    pthread_detach(t);
}

static void *
accept_all(void *arg)
{
    struct listener *l = arg;

    for (;;) {
        int fd = accept(l->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        welcome(l, fd);
    }
}

struct listener *
listener_start(void (*serve)(void *ctx, int fd), void *ctx)
{
    struct listener *l = calloc(1, sizeof *l);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;

    assert(l);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->closed, NULL);
    memset(l->clients, 0xff, sizeof l->clients);
    l->serve = serve;
    l->ctx = ctx;
    l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd < 0 || bind(l->fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(l->fd, 64) < 0 ||
        getsockname(l->fd, (struct sockaddr *)&a, &n) < 0 ||
        pthread_create(&l->thread, NULL, accept_all, l) != 0) {
        if (l->fd >= 0)
            close(l->fd);
        free(l);
        return NULL;
    }
    l->port = ntohs(a.sin_port);
    return l;
}

void
listener_stop(struct listener *l)
{
    if (!l)
        return;
    shutdown(l->fd, SHUT_RDWR);
    pthread_join(l->thread, NULL);
    pthread_mutex_lock(&l->lock);
    for (int i = 0; i < CLIENTS_MAX; i++)
        if (l->clients[i] >= 0)
            shutdown(l->clients[i], SHUT_RDWR);
    while (l->open)
        pthread_cond_wait(&l->closed, &l->lock);
    pthread_mutex_unlock(&l->lock);
    close(l->fd);
    pthread_cond_destroy(&l->closed);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

int
listener_port(const struct listener *l)
{
    return l->port;
}
