/* pipe - one installation for a test: a folder with configuration and state, a web server that
 * serves feeds and takes webhooks, and real tocsind and tocsin processes of the build tree. */
#ifndef TOCSIN_TESTS_PIPE_H
#define TOCSIN_TESTS_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/http_server.h"

struct pipe;

struct pipe *pipe_new(void); /* ends the test when it cannot */
void pipe_free(struct pipe *p);
struct http_server *pipe_web(struct pipe *p);
const char *pipe_dir(const struct pipe *p);

/* Writes DIR/tocsin.yaml after a preamble of state_dir and socket; "@WEB@" becomes the server's
 * address, "@DIR@" the folder, "@OWN@" `allow_private: true`. */
void pipe_config(struct pipe *p, const char *yaml);
/* The brand acme, one feed at /feed as source `feed`, one webhook `hook` at /hook that ana is
 * rung through; then `more`. */
void pipe_usual_config(struct pipe *p, const char *more);
void pipe_write(struct pipe *p, const char *name, const char *text);

/* Puts a post into the feed at `path`, newest first, or replaces that with the same id. */
void pipe_post(struct pipe *p, const char *path, const char *id, const char *author,
               const char *text);
/* An irate complaint about acme that resembles no other one; lives until the next call. */
const char *pipe_angry(unsigned seed);

/* `tocsin ARGS`, to its end: the exit code, and what it said; said lives until the next call. */
int pipe_cli(struct pipe *p, const char **said, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Fails the test with all that was said when the exit code is not 0. */
const char *pipe_must(struct pipe *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void pipe_start(struct pipe *p); /* the daemon, until its socket answers */
void pipe_spawn(struct pipe *p); /* the daemon, without waiting */
pid_t pipe_pid(const struct pipe *p);
int pipe_end(struct pipe *p, int signal); /* 0..255: exit code; -N: died by signal N */
const char *pipe_log(struct pipe *p);     /* all that the daemon logged, until the next call */

const char *pipe_heard(struct pipe *p); /* all requests to /hook, until the next call */

/* Tries for up to 40 s, until true; the test fails with `what` when it never is. */
void pipe_until(struct pipe *p, const char *what, bool (*is_so)(struct pipe *p, void *ctx),
                void *ctx);
void pipe_until_count(struct pipe *p, const char *path, int n);           /* n requests to path */
void pipe_until_says(struct pipe *p, const char *args, const char *part); /* `tocsin ARGS` */
void pipe_until_logged(struct pipe *p, const char *part);
size_t pipe_count(const char *text, const char *part); /* how often it stands in the text */
bool pipe_is_slow(void);                               /* under a sanitizer: less load will do */

#endif
