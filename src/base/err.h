/* err - why something failed, carried on the caller's stack.
 *
 * Who notices fills it, each level may prefix where, only the top prints it.
 */
#ifndef TOCSIN_BASE_ERR_H
#define TOCSIN_BASE_ERR_H

#include <stdarg.h>

enum err_code {
    ERR_NONE = 0,
    ERR_NOMEM,       /* EX_OSERR */
    ERR_USAGE,       /* EX_USAGE: the command line */
    ERR_CONFIG,      /* EX_CONFIG: tocsin.yaml, rules, secrets */
    ERR_DATA,        /* EX_DATAERR: bytes from outside are not what they should be */
    ERR_NOTFOUND,    /* EX_NOINPUT: a named thing is not there */
    ERR_IO,          /* EX_IOERR: the system refused to read or write */
    ERR_FULL,        /* EX_IOERR: disk full */
    ERR_BUSY,        /* EX_TEMPFAIL: somebody else holds it; again later */
    ERR_DENIED,      /* EX_NOPERM */
    ERR_PROTOCOL,    /* EX_PROTOCOL: the other side broke its own rules */
    ERR_UNAVAILABLE, /* EX_UNAVAILABLE: a service, host or plugin cannot be used */
    ERR_INTERNAL     /* EX_SOFTWARE */
};

struct err {
    enum err_code code;
    char msg[1024]; /* cause and cure, one line, no trailing newline */
};

/* Both return -1, so that `return err_set(...)` reads well. `e` may be NULL. */
int err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the code that fits errnum and its text behind: "fmt: No such file". */
int err_set_errno(struct err *e, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Puts "fmt: " before what is there. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The sysexits code to leave with; 0 for ERR_NONE. */
int err_exit_code(const struct err *e);

#endif
