/* HTTP: what is sent at each hop, what may come back, and what a status means. */
#include <stdio.h>

#include "base/log.h"
#include "fetch/guard.h"
#include "fetch/job.h"
#include "fetch/parts.h"
#include "fetch/request.h"

enum { MAX_URL = 64 * 1024, MAX_HEADER = 64 * 1024 };

/* ---- going out ------------------------------------------------------------------ */

/* Belong to the core, or would let a value end the message early. */
static const char *const core_headers[] = {
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "expect",
    "te",
    "trailer",
    "keep-alive",
    "user-agent",
    "accept-encoding",
    "cookie",
    "referer",
    "if-none-match",
    "if-modified-since",
    "proxy-authorization",
    "proxy-connection",
};

/* All that leaves the granted hosts with a GET. */
static const char *const harmless_headers[] = { "accept", "accept-language" };

static bool
is_one_of(const char *name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_ascii_case(str_z(name), str_z(words[i])))
            return true;
    return false;
}

static bool
sends_body(const struct job *j)
{
    return j->sends_secrets && strcmp(j->method, "GET") != 0 && strcmp(j->method, "HEAD") != 0;
}

static int
check_method(struct job *j, struct err *err)
{
    static const char *const known[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" };

    if (!is_one_of(j->method, known, sizeof known / sizeof *known))
        return err_set(err, ERR_DATA, "method %s; use GET, HEAD, POST, PUT, PATCH or DELETE",
                       j->method);
    return 0;
}

/* The first address; later ones come from redirects. */
static int
first_address(struct job *j, struct err *err)
{
    struct buf url;
    int rc = -1;

    j->method = j->req->method && *j->req->method ? j->req->method : "GET";
    j->sends_secrets = j->is_moved = true;
    buf_init(&url, MAX_URL);
    if (transfer_fill(j, &url, j->req->url, false, err) < 0)
        goto out;
    if (!parts_is_header_value(buf_view(&url))) {
        err_set(err, ERR_DATA, "the URL has a line break or NUL in it");
        goto out;
    }
    if (address_read(&j->at, j->arena, NULL, buf_cstr(&url), err) < 0) {
        err_prefix(err, "URL \"%.200s\"", buf_cstr(&url));
        goto out;
    }
    if (!address_is_http(&j->at))
        err_set(err, ERR_DENIED, "%s: only http and https can be fetched", j->at.scheme);
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
add_line(struct job *j, const char *name, struct tocsin_str value, struct err *err)
{
    struct buf line;

    buf_init(&line, MAX_HEADER);
    buf_fmt(&line, value.n ? "%s: " : "%s;", name); /* libcurl's way of saying empty */
    buf_str(&line, value);
    struct curl_slist *l = line.failed ? NULL : curl_slist_append(j->headers, buf_cstr(&line));
    buf_free(&line);
    if (!l)
        return err_set(err, ERR_DATA, "header %s is longer than 64 KB", name);
    j->headers = l;
    return 0;
}

static int
add_header(struct job *j, const struct tocsin_header *h, struct err *err)
{
    struct buf value;
    int rc = -1;

    if (!parts_is_token(h->name) ||
        is_one_of(h->name, core_headers, sizeof core_headers / sizeof *core_headers))
        return err_set(err, ERR_DATA, "header \"%s\" cannot be set by a plugin",
                       h->name ? h->name : "");
    if (!j->sends_secrets &&
        (parts_have_secret(h->value) ||
         !is_one_of(h->name, harmless_headers, sizeof harmless_headers / sizeof *harmless_headers)))
        return 0;
    buf_init(&value, MAX_HEADER);
    if (transfer_fill(j, &value, h->value, false, err) == 0) {
        if (parts_is_header_value(buf_view(&value)))
            rc = add_line(j, h->name, buf_view(&value), err);
        else
            err_set(err, ERR_DATA, "the value of header %s has a line break or NUL in it", h->name);
    }
    buf_free(&value);
    return rc;
}

static int
add_headers(struct job *j, struct err *err)
{
    const struct tocsin_request *r = j->req;
    bool has_type = false;

    curl_slist_free_all(j->headers);
    j->headers = NULL;
    for (size_t i = 0; i < r->n_headers; i++) {
        if (add_header(j, &r->headers[i], err) < 0)
            return -1;
        has_type |= str_eq_ascii_case(str_z(r->headers[i].name), STR_LIT("content-type"));
    }
    if (sends_body(j)) {
        struct curl_slist *l = curl_slist_append(j->headers, "Expect:");
        if (!l || (!has_type && !curl_slist_append(l, "Content-Type:")))
            return err_set(err, ERR_NOMEM, "no memory");
        j->headers = l;
        return 0;
    }
    if (!j->sends_secrets || strcmp(j->method, "GET") != 0)
        return 0;
    const struct validators *v = &j->validators;
    if (v->etag && parts_is_header_value(str_z(v->etag)) &&
        add_line(j, "If-None-Match", str_z(v->etag), err) < 0)
        return -1;
    if (v->last_modified && parts_is_header_value(str_z(v->last_modified)) &&
        add_line(j, "If-Modified-Since", str_z(v->last_modified), err) < 0)
        return -1;
    return 0;
}

int
http_prepare(struct job *j, struct err *err)
{
    buf_reset(&j->out);
    if (transfer_fill(j, &j->out, j->req->body, true, err) < 0)
        return -1;
    if (j->hops == 0 && first_address(j, err) < 0)
        return -1;
    if (j->hops == 0 && check_method(j, err) < 0)
        return -1;
    j->visited[j->hops] = j->at.text;
    if (add_headers(j, err) < 0)
        return -1;
    return transfer_place(j, err);
}

/* ---- coming in -------------------------------------------------------------------- */

/* A cut gzip stream is no error for libcurl, so its last four bytes, the length of what was
 * packed, are kept: raw bytes pass here. Chunked bodies have an end mark of their own. */
static int
on_raw(CURL *easy, curl_infotype type, char *p, size_t n, void *ctx)
{
    struct job *j = ctx;

    (void)easy;
    if (type != CURLINFO_DATA_IN)
        return 0;
    j->n_raw += n;
    size_t keep = n < 4 ? 4 - n : 0;
    memmove(j->raw_tail, j->raw_tail + (4 - keep), keep);
    memcpy(j->raw_tail + keep, p + (n - (4 - keep)), 4 - keep);
    return 0;
}

static bool
is_gzip_cut(const struct job *j)
{
    const unsigned char *t = j->raw_tail;
    uint32_t n = (uint32_t)t[0] | (uint32_t)t[1] << 8 | (uint32_t)t[2] << 16 | (uint32_t)t[3] << 24;

    return j->is_gzip && !j->is_chunked && j->n_raw && (j->n_raw < 18 || n != (uint32_t)j->body.n);
}

static bool
line_is(struct tocsin_str line, const char *name, struct tocsin_str *value)
{
    struct tocsin_str rest = line;

    if (!str_eq_ascii_case(str_trim(str_cut(&rest, ':')), str_z(name)))
        return false;
    *value = str_trim(rest);
    return true;
}

static void
look_at_line(struct job *j, struct tocsin_str line)
{
    struct tocsin_str v;

    if (str_starts(line, STR_LIT("HTTP/"))) { /* of a 1xx before it, of a proxy: forget those */
        buf_reset(&j->head);
        buf_reset(&j->body);
        j->is_gzip = j->is_chunked = false;
    } else if (line_is(line, "content-encoding", &v)) {
        j->is_gzip =
            str_eq_ascii_case(v, STR_LIT("gzip")) || str_eq_ascii_case(v, STR_LIT("x-gzip"));
    } else if (line_is(line, "transfer-encoding", &v)) {
        j->is_chunked = true;
    } else if (str_trim(line).n == 0) {
        long status = 0;
        curl_easy_getinfo(j->easy, CURLINFO_RESPONSE_CODE, &status);
        j->status = (int)status;
        if (j->is_gzip && !j->is_chunked)
            curl_easy_setopt(j->easy, CURLOPT_VERBOSE, 1L);
    }
}

static size_t
on_header(char *p, size_t size, size_t n, void *ctx)
{
    struct job *j = ctx;
    struct tocsin_str line = { p, size * n };

    j->n_head += line.n;
    look_at_line(j, line);
    if (j->n_head > MAX_HEAD || buf_str(&j->head, line) < 0) {
        job_fault(j, FETCH_FAILED, "%s: more than 64 KB of headers; not read further", j->at.host);
        return 0;
    }
    return line.n;
}

static size_t
on_body(char *p, size_t size, size_t n, void *ctx)
{
    struct job *j = ctx;
    struct tocsin_str bytes = { p, size * n };

    if (j->is_stream && j->status == 200)
        return stream_feed(j, bytes) == 0 ? bytes.n : CURL_WRITEFUNC_ERROR;
    if (buf_str(&j->body, bytes) < 0) {
        job_fault(j, FETCH_FAILED, "%s: the body is larger than %zu KB; not read further",
                  j->at.host, j->f->o.max_body >> 10);
        return CURL_WRITEFUNC_ERROR;
    }
    return bytes.n;
}

void
http_setup(struct job *j)
{
    CURL *c = j->easy;

    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_USERAGENT, j->f->o.user_agent);
    curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, j->is_stream ? NULL : "");
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, j->headers);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, j);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, j);
    curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, on_raw);
    curl_easy_setopt(c, CURLOPT_DEBUGDATA, j);
    if (strcmp(j->method, "HEAD") == 0)
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    else if (strcmp(j->method, "GET") != 0)
        curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, j->method);
    if (sends_body(j)) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)j->out.n);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, j->out.n ? j->out.p : "");
    }
}

/* ---- what it means ------------------------------------------------------------------ */

static bool
is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool
was_conditional(const struct job *j)
{
    return j->sends_secrets && strcmp(j->method, "GET") == 0 &&
           (j->validators.etag || j->validators.last_modified);
}

static void
defer_domain(struct job *j)
{
    struct fetch *f = j->f;
    int64_t now = fetch_mono(f), wait = j->retry_at_ms ? j->retry_at_ms - fetch_wall(f) : 60000;

    if (j->is_local)
        return;
    j->defers_domain = true;
    polite_defer(f->polite, str_z(j->site), now + wait, now);
}

static void
finish_status(struct job *j)
{
    int s = j->status;
    const char *host = j->at.host;

    if (s >= 200 && s < 300 && s != 206)
        job_finish(j, FETCH_OK, "");
    else if (s == 304 && was_conditional(j))
        job_finish(j, FETCH_NOT_MODIFIED, "");
    else if (s >= 400 && (j->req->flags & TOCSIN_REQ_ANY_STATUS))
        job_finish(j, FETCH_OK, "");
    else if (s == 429 || s == 503)
        job_fail(j, FETCH_THROTTLED, "%d from %s: it asks us to wait", s, host);
    else if (s == 401 || s == 403)
        job_fail(j, FETCH_DENIED, "%d from %s: not allowed; look at the key or password", s, host);
    else if (s == 404 || s == 410)
        job_fail(j, FETCH_GONE, "%d from %s: nothing is there; look at the address", s, host);
    else if (s == 206)
        job_fail(j, FETCH_FAILED, "206 from %s: a part, where the whole was asked for", host);
    else if (s == 304)
        job_fail(j, FETCH_FAILED, "304 from %s to a request without conditions", host);
    else
        job_fail(j, FETCH_FAILED, "%d from %s%s", s, host,
                 s >= 500 ? ": its own fault; it will be tried again" : "");
}

void
http_done(struct job *j)
{
    if (head_read(&j->fields, j->arena, buf_view(&j->head)) < 0) {
        job_fail(j, FETCH_FAILED, "no memory");
        return;
    }
    if (is_gzip_cut(j)) {
        job_fail(j, FETCH_FAILED, "%s: the body was cut short; it will be fetched whole again",
                 j->at.host);
        return;
    }
    struct tocsin_str location = head_find(&j->fields, "location");
    if (is_redirect(j->status) && location.n) {
        redirect_follow(j, location);
        return;
    }
    if (j->status == 401 && session_renew(j))
        return;
    if (j->is_stream && j->status == 200) {
        job_fail(j, FETCH_FAILED, "%s ended the stream after %zu frames", j->at.host, j->n_frames);
        return;
    }
    if (j->status == 429 || j->status == 503)
        j->retry_at_ms = head_retry_at(&j->fields, fetch_wall(j->f));
    if (j->status == 429)
        defer_domain(j);
    finish_status(j);
}
