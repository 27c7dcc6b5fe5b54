/* A scripted mailbox: as much IMAP as listing and fetching needs. */
#include "lib/imap_server.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/listener.h"

struct imap_server {
    struct listener *listener;
    pthread_mutex_t lock;
    const char *user, *password;
    const struct imap_mail *mails;
    size_t n;
    char log[16384];
};

static void __attribute__((format(printf, 2, 3))) say(int fd, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    int n = vasprintf(&text, fmt, ap);
    va_end(ap);
    assert(n >= 0);
    (void)!send(fd, text, (size_t)n, MSG_NOSIGNAL);
    free(text);
}

static void
note(struct imap_server *s, const char *line)
{
    pthread_mutex_lock(&s->lock);
    size_t n = strlen(s->log);
    snprintf(s->log + n, sizeof s->log - n, "%s\n", line);
    pthread_mutex_unlock(&s->lock);
}

static void
search(const struct imap_server *s, int fd, unsigned from)
{
    say(fd, "* SEARCH");
    for (size_t i = s->n; i; i--) /* not in order, and "n:*" always has the last */
        if (s->mails[i - 1].uid >= from || i == s->n)
            say(fd, " %u", s->mails[i - 1].uid);
    say(fd, "\r\n");
}

static void
fetch(const struct imap_server *s, int fd, unsigned uid)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->mails[i].uid == uid)
            say(fd, "* %zu FETCH (UID %u BODY[] {%zu}\r\n%s)\r\n", i + 1, uid,
                strlen(s->mails[i].text), s->mails[i].text);
}

static bool
command(struct imap_server *s, int fd, const char *line)
{
    char tag[16], rest[1000], login[300];
    unsigned uid;

    note(s, line);
    if (sscanf(line, "%15s %999[^\n]", tag, rest) != 2)
        return false;
    snprintf(login, sizeof login, "LOGIN %s \"%s\"", s->user, s->password);
    if (strcasecmp(rest, "CAPABILITY") == 0)
        say(fd, "* CAPABILITY IMAP4rev1\r\n");
    else if (strncasecmp(rest, "LOGIN", 5) == 0 && strcmp(rest, login) != 0) {
        say(fd, "%s NO wrong user or password\r\n", tag);
        return true;
    } else if (strncasecmp(rest, "SELECT", 6) == 0)
        say(fd, "* %zu EXISTS\r\n* OK [UIDVALIDITY 77] fine\r\n", s->n);
    else if (sscanf(rest, "UID SEARCH UID %u:*", &uid) == 1)
        search(s, fd, uid);
    else if (sscanf(rest, "UID FETCH %u (UID BODY.PEEK[])", &uid) == 1)
        fetch(s, fd, uid);
    say(fd, "%s OK done\r\n", tag);
    return strcasecmp(rest, "LOGOUT") != 0;
}

static void
serve(void *ctx, int fd)
{
    struct imap_server *s = ctx;
    char in[4096];
    size_t n = 0;

    say(fd, "* OK IMAP4rev1 ready\r\n");
    for (;;) {
        ssize_t m = recv(fd, in + n, sizeof in - 1 - n, 0);
        if (m <= 0)
            return;
        n += (size_t)m;
        in[n] = '\0';
        for (char *end; (end = strstr(in, "\r\n"));) {
            *end = '\0';
            if (!command(s, fd, in))
                return;
            n -= (size_t)(end + 2 - in);
            memmove(in, end + 2, n + 1);
        }
    }
}

struct imap_server *
imap_server_start(const char *user, const char *password, const struct imap_mail *mails, size_t n)
{
    struct imap_server *s = calloc(1, sizeof *s);

    assert(s);
    pthread_mutex_init(&s->lock, NULL);
    s->user = user;
    s->password = password;
    s->mails = mails;
    s->n = n;
    s->listener = listener_start(serve, s);
    if (!s->listener) {
        free(s);
        return NULL;
    }
    return s;
}

void
imap_server_stop(struct imap_server *s)
{
    if (!s)
        return;
    listener_stop(s->listener);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int
imap_server_port(const struct imap_server *s)
{
    return listener_port(s->listener);
}

char *
imap_server_log(struct imap_server *s)
{
    pthread_mutex_lock(&s->lock);
    char *log = strdup(s->log);
    pthread_mutex_unlock(&s->lock);
    return log;
}
