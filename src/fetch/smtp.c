/* SMTP: one message to its receivers; delivered means the final 250. */
#include "base/log.h"
#include "fetch/job.h"

static size_t
read_mail(char *to, size_t size, size_t n, void *ctx)
{
    struct job *j = ctx;
    size_t left = j->out.n - j->n_sent, room = size * n;

    if (left > room)
        left = room;
    if (left)
        memcpy(to, j->out.p + j->n_sent, left);
    j->n_sent += left;
    return left;
}

/* The server's replies are kept: they are the body of the answer. */
static size_t
on_reply(char *p, size_t size, size_t n, void *ctx)
{
    struct job *j = ctx;

    j->n_head += size * n;
    if (j->n_head > MAX_HEAD) {
        job_fault(j, FETCH_FAILED, "%s: more than 64 KB of replies", j->at.host);
        return 0;
    }
    buf_add(&j->body, p, size * n);
    if (size * n > 3 && p[0] == '5')
        log_warn(FETCH_STAGE, j->asker->who->subject, "mail server %s: %.*s", j->at.host,
                 (int)(size * n < 200 ? size * n : 200), p);
    return size * n;
}

static size_t
drop(char *p, size_t size, size_t n, void *ctx)
{
    (void)p;
    (void)ctx;
    return size * n;
}

static const char *
in_angles(struct job *j, const char *mailbox)
{
    const char *z = arena_fmt(j->arena, "<%s>", mailbox);
    return z ? z : "<>";
}

void
smtp_setup(struct job *j)
{
    CURL *c = j->easy;

    curl_slist_free_all(j->receivers);
    j->receivers = NULL;
    for (size_t i = 0; i < j->req->n_to; i++) {
        struct curl_slist *l = curl_slist_append(j->receivers, in_angles(j, j->req->to[i]));
        if (l)
            j->receivers = l;
        else
            job_fault(j, FETCH_FAILED, "no memory");
    }
    mail_setup(j);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_MAIL_FROM, in_angles(j, j->req->from));
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, j->receivers);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_mail);
    curl_easy_setopt(c, CURLOPT_READDATA, j);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_reply);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, j);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
}

/* The last reply line, for the operator. */
static struct tocsin_str
last_line(const struct job *j)
{
    struct tocsin_str s = str_trim(buf_view(&j->body));

    for (size_t i = s.n; i; i--)
        if (s.p[i - 1] == '\n')
            return str_sub(s, i, s.n);
    return s;
}

void
smtp_done(struct job *j)
{
    int s = j->status;
    struct tocsin_str line = last_line(j);

    if (s == 250 || (s >= 400 && (j->req->flags & TOCSIN_REQ_ANY_STATUS)))
        job_finish(j, FETCH_OK, "");
    else if (s == 530 || s == 534 || s == 535)
        job_fail(j, FETCH_DENIED,
                 "mail server %s refused the login: %.*s; look at user and password", j->at.host,
                 STR_FMT(line));
    else if (s >= 500)
        job_fail(j, FETCH_FAILED, "mail server %s refused the mail: %.*s", j->at.host,
                 STR_FMT(line));
    else
        job_fail(j, FETCH_FAILED, "mail server %s: %.*s; it will be tried again", j->at.host,
                 STR_FMT(line));
}
