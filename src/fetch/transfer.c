/* What every transfer by libcurl has in common: limits, the guard, and words for its errors. */
#include <sys/socket.h>
#include <unistd.h>

#include "fetch/guard.h"
#include "fetch/job.h"
#include "fetch/parts.h"

/* Here the real address is seen, after DNS and whatever a name pretends to be. */
static curl_socket_t
open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct job *j = ctx;

    (void)purpose;
    if (!job_allows_private(j) && !j->asker->who->proxy && guard_is_private(&a->addr)) {
        struct buf text;
        buf_init(&text, 128);
        j->refused_address = arena_z(j->arena, str_z(guard_address(&a->addr, &text)));
        buf_free(&text);
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

void
transfer_setup(struct job *j)
{
    const struct fetch_options *o = &j->f->o;
    const struct fetch_who *who = j->asker->who;
    CURL *c = j->easy;

    j->curl_error[0] = '\0';
    j->refused_address = NULL;
    curl_easy_setopt(c, CURLOPT_PRIVATE, j);
    curl_easy_setopt(c, CURLOPT_URL, j->at.text);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, j->curl_error);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, j);
    curl_easy_setopt(c, CURLOPT_PROXY,
                     who->proxy ? who->proxy : ""); /* "": not the environment's */
    curl_easy_setopt(c, CURLOPT_NOPROXY, "");
    curl_easy_setopt(c, CURLOPT_CAINFO, o->ca_info);
    curl_easy_setopt(c, CURLOPT_CAPATH, NULL); /* else the bundle is read again for each */
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(o->timeout_ms < 10000 ? o->timeout_ms : 10000));
    if (j->is_stream) {
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 300L);
        curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    } else {
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 100L);
        curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, 15L);
        curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    }
}

int
transfer_place(struct job *j, struct err *err)
{
    struct tocsin_str host = str_z(j->at.host), port = str_z(j->at.port);
    struct buf site;

    if (!job_allows_private(j) && guard_is_private_literal(host))
        return err_set(err, ERR_DENIED,
                       "%s is a private address; set `allow_private: true` there if it is meant",
                       j->at.host);
    buf_init(&site, 2048);
    polite_site(host, port, &site, &j->is_local);
    j->site = site.failed ? NULL : (char *)arena_z(j->arena, buf_view(&site));
    buf_free(&site);
    j->pool = job_allows_private(j) ? POOL_PRIVATE : POOL_PUBLIC;
    return j->site ? 0 : err_set(err, ERR_NOMEM, "no memory");
}

int
transfer_fill(struct job *j, struct buf *out, struct tocsin_parts p, bool is_body, struct err *err)
{
    struct tocsin_str body = buf_view(&j->out);
    struct parts_filler how = {
        .find_secret = job_find_secret, .ctx = j, .body = is_body ? NULL : &body, .masks = &j->masks
    };

    return parts_fill(out, p, &how, err);
}

struct words {
    CURLcode code;
    const char *text;
};

/* Where libcurl's own words do not say what to do. */
static const struct words cures[] = {
    { CURLE_COULDNT_RESOLVE_HOST,
      "its name has no address; look at its spelling and at this machine's DNS" },
    { CURLE_COULDNT_RESOLVE_PROXY, "the proxy's name has no address; look at `proxy:`" },
    { CURLE_COULDNT_CONNECT, "nobody answers there" },
    { CURLE_OPERATION_TIMEDOUT, "too slow, or silent; it will be tried again" },
    { CURLE_GOT_NOTHING, "it closed without an answer" },
    { CURLE_PARTIAL_FILE, "the body was cut short; it will be fetched whole again" },
    { CURLE_BAD_CONTENT_ENCODING, "the body is not compressed as it says" },
    { CURLE_PEER_FAILED_VERIFICATION,
      "its certificate is not trusted; look at its date, its name, and at ca-certificates here" },
    { CURLE_SSL_CONNECT_ERROR, "TLS could not be agreed on" },
    { CURLE_SSL_CACERT_BADFILE,
      "the file of trusted certificates cannot be read; install ca-certificates" },
    { CURLE_USE_SSL_FAILED, "it does not offer TLS, and a password is not sent without" },
    { CURLE_LOGIN_DENIED, "the login was refused; look at user and password" },
};

const char *
transfer_why(struct job *j, CURLcode code)
{
    const char *cure = NULL;

    if (j->refused_address && code == CURLE_COULDNT_CONNECT) {
        job_fault(j, FETCH_REFUSED,
                  "%s is the private address %s; set `allow_private: true` there if it is meant",
                  j->at.host, j->refused_address);
        return "";
    }
    for (size_t i = 0; i < sizeof cures / sizeof *cures && !cure; i++)
        if (cures[i].code == code)
            cure = cures[i].text;
    const char *detail = *j->curl_error ? j->curl_error : curl_easy_strerror(code);
    const char *why = arena_fmt(j->arena, "%s: %s%s%s%s", j->at.host, cure ? cure : detail,
                                cure ? " (" : "", cure ? detail : "", cure ? ")" : "");
    return why ? why : "no memory";
}
