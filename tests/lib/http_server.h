/* http_server - a scripted HTTP server on loopback, in a thread of its own, for tests.
 *
 * Each path has an answer: raw bytes, in which "@PORT@" becomes the server's port, with ways
 * to misbehave. "/echo" is built in: it answers with the request as received. A path that is
 * not set is a 404.
 */
#ifndef TOCSIN_TESTS_HTTP_SERVER_H
#define TOCSIN_TESTS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct http_server;

struct http_answer {
    int status;          /* 0: 200; -1: close without a word */
    const char *headers; /* lines, each ended by \r\n; NULL: none */
    const char *body;    /* NULL: empty */
    size_t n_body;       /* 0: strlen(body) */
    const char *raw;     /* the whole answer instead of all above */
    size_t n_raw;        /* 0: strlen(raw) */
    size_t cut;          /* closes after this many bytes of the body; 0: never */
    bool no_length;      /* ended by closing, without Content-Length */
    bool is_chunked;
    int delay_ms;     /* before the answer */
    int drip_ms;      /* between two bytes of the body */
    size_t bomb_mb;   /* body: so many MB of zeros in gzip */
    size_t header_kb; /* so many KB of headers more */
    const char *etag; /* 304 to an If-None-Match with exactly this, else sent along */
    bool holds_open;  /* stays open after the body, as a stream does */
};

/* NULL: no socket. Listens on a port of the system's choice. */
struct http_server *http_server_start(void);
void http_server_stop(struct http_server *s);
int http_server_port(const struct http_server *s);
/* "http://127.0.0.1:PORT" + path, into a buffer of the server's; eight live at a time. */
const char *http_server_url(struct http_server *s, const char *path);

/* The answer to `path` (without its query), from now on; strings are copied. */
void http_server_set(struct http_server *s, const char *path, const struct http_answer *a);
/* The first `n` requests get this, later ones what http_server_set says. */
void http_server_first(struct http_server *s, const char *path, int n, const struct http_answer *a);

/* Called with each request to any path, as received, before it is answered; in the server's
 * threads, one at a time. Set before the first request. */
void http_server_watch(struct http_server *s,
                       void (*fn)(void *ctx, const char *path, const char *request, size_t n),
                       void *ctx);

int http_server_count(struct http_server *s, const char *path); /* requests so far; NULL: all */
/* The last request to the path as received, header and body; "" when there was none. To free. */
char *http_server_request(struct http_server *s, const char *path);
/* The most connections that were open at one time, and all that were ever opened. */
int http_server_most_open(struct http_server *s);
int http_server_connections(struct http_server *s);
/* Requests in flight at once, at most. */
int http_server_most_busy(struct http_server *s);

#endif
