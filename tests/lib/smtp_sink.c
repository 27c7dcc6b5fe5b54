/* A small mail server, a thread for each connection, that stores what it is given. */
#include "lib/smtp_sink.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/listener.h"

enum { MESSAGES_MAX = 4096, LINE_MAX_ = 8192 };

struct smtp_sink {
    struct listener *listener;
    pthread_mutex_t lock;
    struct smtp_sink_options o;
    char *messages[MESSAGES_MAX];
    size_t n;
    int logins;
};

/* One connection. */
struct talk {
    struct smtp_sink *s;
    struct smtp_sink_options o;
    int fd;
    char in[LINE_MAX_];
    size_t n_in;
    char *text; /* envelope and message so far */
    size_t n;
    bool is_logged_in;
};

static void
add(struct talk *t, const char *p, size_t n)
{
    t->text = realloc(t->text, t->n + n + 1);
    assert(t->text);
    memcpy(t->text + t->n, p, n);
    t->n += n;
    t->text[t->n] = '\0';
}

static void
say(struct talk *t, const char *line)
{
    char out[1024];
    int n = snprintf(out, sizeof out, "%s\r\n", line);
    (void)!send(t->fd, out, (size_t)n, MSG_NOSIGNAL);
}

static bool
get_line(struct talk *t, char *line)
{
    for (;;) {
        char *end = memchr(t->in, '\n', t->n_in);
        if (end) {
            size_t n = (size_t)(end - t->in);
            memcpy(line, t->in, n);
            line[n && line[n - 1] == '\r' ? n - 1 : n] = '\0';
            t->n_in -= n + 1;
            memmove(t->in, end + 1, t->n_in);
            return true;
        }
        if (t->n_in == sizeof t->in)
            return false;
        ssize_t n = recv(t->fd, t->in + t->n_in, sizeof t->in - t->n_in, 0);
        if (n <= 0)
            return false;
        t->n_in += (size_t)n;
    }
}

/* ---- AUTH --------------------------------------------------------------------- */

static size_t
base64(const char *in, unsigned char *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0;
    int have = 0;
    size_t n = 0;

    for (; *in && *in != '='; in++) {
        const char *at = strchr(alphabet, *in);
        if (!at)
            continue;
        bits = bits << 6 | (unsigned)(at - alphabet);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (unsigned char)(bits >> have);
        }
    }
    out[n] = '\0';
    return n;
}

static void
check_login(struct talk *t, const char *user, const char *password)
{
    t->is_logged_in = strcmp(user, t->o.user) == 0 && strcmp(password, t->o.password) == 0;
    say(t, t->is_logged_in ? "235 welcome" : "535 5.7.8 wrong user or password");
    pthread_mutex_lock(&t->s->lock);
    t->s->logins += t->is_logged_in;
    pthread_mutex_unlock(&t->s->lock);
}

static bool
auth(struct talk *t, const char *how)
{
    char line[LINE_MAX_];
    unsigned char a[LINE_MAX_], b[LINE_MAX_];

    if (strncasecmp(how, "LOGIN", 5) == 0) {
        say(t, "334 VXNlcm5hbWU6");
        if (!get_line(t, line))
            return false;
        base64(line, a);
        say(t, "334 UGFzc3dvcmQ6");
        if (!get_line(t, line))
            return false;
        base64(line, b);
        check_login(t, (char *)a, (char *)b);
        return true;
    }
    const char *first = strchr(how, ' ');
    if (!first) {
        say(t, "334 ");
        if (!get_line(t, line))
            return false;
        first = line;
    }
    size_t n = base64(first, a);
    const char *user = memchr(a, '\0', n + 1);
    const char *password = user && user < (char *)a + n ? user + 1 + strlen(user + 1) + 1 : "";
    check_login(t, user && user < (char *)a + n ? user + 1 : "", password);
    return true;
}

/* ---- commands ------------------------------------------------------------------- */

static void
in_angles(struct talk *t, const char *line, const char *end)
{
    const char *from = strchr(line, '<'), *to = from ? strchr(from, '>') : NULL;

    if (to)
        add(t, from + 1, (size_t)(to - from - 1));
    add(t, end, 1);
}

static bool
is_refused(struct talk *t, const char *line)
{
    return t->o.at_rcpt && (!t->o.refuse_to || strstr(line, t->o.refuse_to));
}

static void
keep(struct talk *t)
{
    pthread_mutex_lock(&t->s->lock);
    if (t->s->n < MESSAGES_MAX) {
        t->s->messages[t->s->n++] = t->text;
        t->text = NULL;
    }
    pthread_mutex_unlock(&t->s->lock);
    free(t->text);
    t->text = NULL;
    t->n = 0;
}

static bool
data(struct talk *t)
{
    char line[LINE_MAX_];

    if (t->o.at_data) {
        say(t, t->o.at_data);
        return true;
    }
    say(t, "354 go on");
    add(t, "\n", 1);
    for (;;) {
        if (!get_line(t, line))
            return false;
        if (strcmp(line, ".") == 0)
            break;
        const char *p = line[0] == '.' ? line + 1 : line;
        add(t, p, strlen(p));
        add(t, "\n", 1);
    }
    if (t->o.drops_at_end)
        return false;
    if (t->o.at_end) {
        say(t, t->o.at_end);
        t->n = 0;
        return true;
    }
    keep(t);
    say(t, "250 2.0.0 taken");
    return true;
}

static bool
command(struct talk *t, const char *line)
{
    if (strncasecmp(line, "EHLO", 4) == 0) {
        say(t, "250-sink");
        if (t->o.user)
            say(t, "250-AUTH PLAIN LOGIN");
        say(t, "250 8BITMIME");
    } else if (strncasecmp(line, "AUTH ", 5) == 0 && t->o.user) {
        return auth(t, line + 5);
    } else if (strncasecmp(line, "MAIL ", 5) == 0 && t->o.user && !t->is_logged_in) {
        say(t, "530 5.7.0 log in first");
    } else if (strncasecmp(line, "MAIL ", 5) == 0) {
        t->n = 0;
        in_angles(t, line, "\n");
        say(t, t->o.at_mail ? t->o.at_mail : "250 ok");
    } else if (strncasecmp(line, "RCPT ", 5) == 0 && is_refused(t, line)) {
        say(t, t->o.at_rcpt);
    } else if (strncasecmp(line, "RCPT ", 5) == 0) {
        in_angles(t, line, " ");
        say(t, "250 ok");
    } else if (strncasecmp(line, "DATA", 4) == 0) {
        return data(t);
    } else if (strncasecmp(line, "QUIT", 4) == 0) {
        say(t, "221 bye");
        return false;
    } else {
        say(t, "250 ok");
    }
    return true;
}

static void
serve(void *ctx, int fd)
{
    struct smtp_sink *s = ctx;
    struct talk t = { .s = s, .fd = fd };
    char line[LINE_MAX_];

    pthread_mutex_lock(&s->lock);
    t.o = s->o;
    pthread_mutex_unlock(&s->lock);
    say(&t, "220 sink ready");
    while (get_line(&t, line) && command(&t, line)) {
        pthread_mutex_lock(&s->lock);
        t.o = s->o;
        pthread_mutex_unlock(&s->lock);
    }
    free(t.text);
}

/* ---- life --------------------------------------------------------------------- */

struct smtp_sink *
smtp_sink_start(const struct smtp_sink_options *o)
{
    struct smtp_sink *s = calloc(1, sizeof *s);

    assert(s);
    pthread_mutex_init(&s->lock, NULL);
    if (o)
        s->o = *o;
    s->listener = listener_start(serve, s);
    if (!s->listener) {
        free(s);
        return NULL;
    }
    return s;
}

void
smtp_sink_stop(struct smtp_sink *s)
{
    if (!s)
        return;
    listener_stop(s->listener);
    for (size_t i = 0; i < s->n; i++)
        free(s->messages[i]);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int
smtp_sink_port(const struct smtp_sink *s)
{
    return listener_port(s->listener);
}

void
smtp_sink_script(struct smtp_sink *s, const struct smtp_sink_options *o)
{
    pthread_mutex_lock(&s->lock);
    s->o = *o;
    pthread_mutex_unlock(&s->lock);
}

size_t
smtp_sink_count(struct smtp_sink *s)
{
    pthread_mutex_lock(&s->lock);
    size_t n = s->n;
    pthread_mutex_unlock(&s->lock);
    return n;
}

char *
smtp_sink_message(struct smtp_sink *s, size_t i)
{
    pthread_mutex_lock(&s->lock);
    char *m = i < s->n ? strdup(s->messages[i]) : NULL;
    pthread_mutex_unlock(&s->lock);
    return m;
}

int
smtp_sink_logins(struct smtp_sink *s)
{
    pthread_mutex_lock(&s->lock);
    int n = s->logins;
    pthread_mutex_unlock(&s->lock);
    return n;
}
