/* What SMTP and IMAP have in common: address, login, TLS. */
#include "base/escape.h"
#include "fetch/guard.h"
#include "fetch/job.h"
#include "fetch/parts.h"

static int
read_address(struct job *j, struct err *err)
{
    const char *family = j->req->kind == TOCSIN_REQ_SMTP ? "smtp" : "imap";
    struct buf url;
    int rc = -1;

    buf_init(&url, 4096);
    if (transfer_fill(j, &url, j->req->url, false, err) < 0)
        goto out;
    if (address_read(&j->at, j->arena, NULL, buf_cstr(&url), err) < 0) {
        err_prefix(err, "URL \"%.200s\"", buf_cstr(&url));
        goto out;
    }
    if (strncmp(j->at.scheme, family, 4) != 0 || (j->at.scheme[4] && strcmp(j->at.scheme + 4, "s")))
        err_set(err, ERR_DENIED, "%s: must be %s or %ss here", j->at.scheme, family, family);
    else if (!guard_is_granted(j->asker->who->hosts, str_z(j->at.host), str_z(j->at.port)))
        err_set(err, ERR_DENIED,
                "host %s is not granted to it; add it to `hosts:` there if it is "
                "meant",
                j->at.host);
    else
        rc = 0;
out:
    buf_free(&url);
    return rc;
}

static int
read_login(struct job *j, struct err *err)
{
    const struct tocsin_request *r = j->req;

    j->user = r->user && *r->user ? r->user : NULL;
    j->password = NULL;
    if (!r->password || !*r->password)
        return 0;
    struct tocsin_str value = job_find_secret(j, r->password);
    if (!value.p)
        return err_set(err, ERR_DENIED,
                       "asks for the secret \"%s\", which it does not have; give "
                       "that option",
                       r->password);
    masks_add_secret(&j->masks, value);
    struct buf plain; /* as AUTH PLAIN sends it */
    buf_init(&plain, 8192);
    buf_fmt(&plain, "%c%s%c", 0, j->user ? j->user : "", 0);
    buf_str(&plain, value);
    struct buf b64;
    buf_init(&b64, 16384);
    if (encode_base64(&b64, buf_view(&plain)) == 0)
        masks_add(&j->masks, buf_view(&b64));
    buf_free(&plain);
    buf_free(&b64);
    j->password = arena_z(j->arena, value);
    return j->password ? 0 : err_set(err, ERR_NOMEM, "no memory");
}

/* Bare line feeds become CRLF, as the protocols want it. */
static int
read_message(struct job *j, struct err *err)
{
    struct buf raw;

    buf_init(&raw, j->out.max);
    buf_reset(&j->out);
    int rc = transfer_fill(j, &raw, j->req->body, true, err);
    for (size_t i = 0; i < raw.n && rc == 0; i++) {
        if (raw.p[i] == '\n' && (i == 0 || raw.p[i - 1] != '\r'))
            buf_char(&j->out, '\r');
        buf_char(&j->out, raw.p[i]);
    }
    buf_free(&raw);
    if (rc == 0 && j->out.failed)
        return err_set(err, ERR_DATA, "a message of more than 32 MB");
    return rc;
}

static bool
is_mailbox(const char *z)
{
    for (; *z; z++)
        if ((unsigned char)*z <= ' ' || *z == '<' || *z == '>' || *z == 0x7f)
            return false;
    return true;
}

static int
check_envelope(struct job *j, struct err *err)
{
    const struct tocsin_request *r = j->req;

    if (!r->from || !is_mailbox(r->from))
        return err_set(err, ERR_DATA, "the sender \"%s\" is no mail address",
                       r->from ? r->from : "");
    if (!r->n_to)
        return err_set(err, ERR_DATA, "a mail without receivers; give `to`");
    for (size_t i = 0; i < r->n_to; i++)
        if (!r->to[i] || !*r->to[i] || !is_mailbox(r->to[i]))
            return err_set(err, ERR_DATA, "the receiver \"%s\" is no mail address",
                           r->to[i] ? r->to[i] : "");
    return 0;
}

static int
folder_address(struct job *j, struct err *err)
{
    struct buf b;

    buf_init(&b, 8192);
    buf_fmt(&b, "%s://%s:%s/", j->at.scheme, j->at.host, j->at.port);
    escape_url(&b, str_z(j->req->folder && *j->req->folder ? j->req->folder : "INBOX"));
    j->at.text = b.failed ? NULL : arena_z(j->arena, buf_view(&b));
    buf_free(&b);
    return j->at.text ? 0 : err_set(err, ERR_DATA, "the folder's name is too long");
}

int
mail_prepare(struct job *j, struct err *err)
{
    if (read_address(j, err) < 0 || read_login(j, err) < 0)
        return -1;
    if (j->req->kind == TOCSIN_REQ_SMTP) {
        if (check_envelope(j, err) < 0 || read_message(j, err) < 0)
            return -1;
    } else if (folder_address(j, err) < 0) {
        return -1;
    }
    return transfer_place(j, err);
}

/* A password goes out without TLS only to a private address that the operator allowed. */
void
mail_setup(struct job *j)
{
    bool may_be_plain = !j->password || (job_allows_private(j) && j->is_local);

    curl_easy_setopt(j->easy, CURLOPT_USE_SSL,
                     (long)(may_be_plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (j->user)
        curl_easy_setopt(j->easy, CURLOPT_USERNAME, j->user);
    if (j->password)
        curl_easy_setopt(j->easy, CURLOPT_PASSWORD, j->password);
}
