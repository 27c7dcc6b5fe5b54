/* IMAP: lists a folder's mails and fetches one, without marking it read. */
#include "fetch/imap_answer.h"
#include "fetch/job.h"

/* libcurl gives every line to the header callback, those of a literal too. */
static size_t
on_line(char *p, size_t size, size_t n, void *ctx)
{
    struct job *j = ctx;

    if (buf_add(&j->body, p, size * n) < 0) {
        job_fault(j, FETCH_FAILED, "%s: a mail or list of more than %zu KB", j->at.host,
                  j->f->o.max_body >> 10);
        return 0;
    }
    return size * n;
}

static size_t
drop(char *p, size_t size, size_t n, void *ctx)
{
    (void)p;
    (void)ctx;
    return size * n;
}

void
imap_setup(struct job *j)
{
    CURL *c = j->easy;
    unsigned long long uid = j->req->uid;
    bool is_list = j->req->kind == TOCSIN_REQ_IMAP_LIST;
    const char *command = is_list ? arena_fmt(j->arena, "UID SEARCH UID %llu:*", uid + 1)
                                  : arena_fmt(j->arena, "UID FETCH %llu (UID BODY.PEEK[])", uid);

    mail_setup(j);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, command ? command : "NOOP");
    curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 512L * 1024); /* longer lines would lose their end */
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, j);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
    if (is_list) { /* UIDVALIDITY comes with SELECT, which an old connection leaves out */
        curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    }
}

static int
read_answer(struct job *j, struct buf *out)
{
    struct tocsin_str raw = buf_view(&j->body), mail;

    if (j->req->kind == TOCSIN_REQ_IMAP_LIST)
        return imap_answer_list(out, raw, j->req->uid, j->req->limit);
    int rc = imap_answer_mail(&mail, raw);
    if (rc == 1)
        job_fault(j, FETCH_GONE, "%s: no mail %llu in %s", j->at.host,
                  (unsigned long long)j->req->uid, j->req->folder ? j->req->folder : "INBOX");
    return rc == 0 ? buf_str(out, mail) : -1;
}

void
imap_done(struct job *j)
{
    struct buf out;

    buf_init(&out, j->body.max);
    if (read_answer(j, &out) < 0)
        job_fault(j, FETCH_FAILED, "%s: the answer was cut short", j->at.host);
    buf_free(&j->body);
    j->body = out;
    j->status = 200;
}
