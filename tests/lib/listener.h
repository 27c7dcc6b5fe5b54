/* listener - a loopback port with a thread for each connection, for scripted servers. */
#ifndef TOCSIN_TESTS_LISTENER_H
#define TOCSIN_TESTS_LISTENER_H

struct listener;

/* `serve` talks on fd and returns; the listener closes it. NULL: no socket. */
struct listener *listener_start(void (*serve)(void *ctx, int fd), void *ctx);
void listener_stop(struct listener *l); /* returns when all connections have ended */
int listener_port(const struct listener *l);

#endif
