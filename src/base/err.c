/* err - fills the reason why something failed, and turns it into an exit code. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    if (!e)
        return -1;
    /* The arguments may point into e->msg itself. */
    char msg[sizeof(e->msg)];
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(msg, sizeof(msg), fmt, ap) < 0)
        msg[0] = '\0';
    va_end(ap);
    memcpy(e->msg, msg, sizeof(msg));
    e->code = code;
    return -1;
}

int
err_prefix(struct err *e, const char *fmt, ...)
{
    if (!e)
        return -1;
    char msg[sizeof(e->msg)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    if (n < 0)
        return -1;
    size_t at = strlen(msg);
    size_t room = sizeof(msg) - at;
    if (room > 1)
        (void)snprintf(msg + at, room, ": %.*s", (int)room, e->msg);
    memcpy(e->msg, msg, sizeof(msg));
    return -1;
}

static enum err_code
code_of_errno(int errnum)
{
    switch (errnum) {
    case ENOMEM:
        return ERR_NOMEM;
    case ENOENT:
    case ENOTDIR:
        return ERR_NOTFOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
        return ERR_FULL;
    case EAGAIN:
    case EBUSY:
        return ERR_BUSY;
    default:
        return ERR_IO;
    }
}

int
err_set_errno(struct err *e, int errnum, const char *fmt, ...)
{
    if (!e)
        return -1;
    char msg[sizeof(e->msg)];
    char text[128];
    va_list ap;
    va_start(ap, fmt);
    if (vsnprintf(msg, sizeof(msg), fmt, ap) < 0)
        msg[0] = '\0';
    va_end(ap);
    return err_set(e, code_of_errno(errnum), "%s: %s", msg, strerror_r(errnum, text, sizeof(text)));
}

static const int exit_codes[] = {
    [ERR_NONE] = EX_OK,           [ERR_NOMEM] = EX_OSERR,       [ERR_USAGE] = EX_USAGE,
    [ERR_CONFIG] = EX_CONFIG,     [ERR_DATA] = EX_DATAERR,      [ERR_NOTFOUND] = EX_NOINPUT,
    [ERR_IO] = EX_IOERR,          [ERR_FULL] = EX_IOERR,        [ERR_BUSY] = EX_TEMPFAIL,
    [ERR_DENIED] = EX_NOPERM,     [ERR_PROTOCOL] = EX_PROTOCOL, [ERR_UNAVAILABLE] = EX_UNAVAILABLE,
    [ERR_INTERNAL] = EX_SOFTWARE,
};

int
err_exit_code(const struct err *e)
{
    size_t code = (size_t)e->code;
    if (code >= sizeof(exit_codes) / sizeof(exit_codes[0]))
        return EX_SOFTWARE;
    return exit_codes[code];
}
