/* Follows redirects hop by hop, deciding anew what each may carry. */
#include "fetch/guard.h"
#include "fetch/job.h"
#include "fetch/parts.h"

static bool
was_visited(const struct job *j, const char *text)
{
    for (int i = 0; i <= j->hops; i++)
        if (strcmp(j->visited[i], text) == 0)
            return true;
    return false;
}

static bool
has_secrets(const struct job *j)
{
    const struct tocsin_request *r = j->req;

    if (parts_have_secret(r->url) || parts_have_secret(r->body))
        return true;
    for (size_t i = 0; i < r->n_headers; i++)
        if (parts_have_secret(r->headers[i].value))
            return true;
    return false;
}

static bool
is_get(const struct job *j)
{
    return strcmp(j->method, "GET") == 0 || strcmp(j->method, "HEAD") == 0;
}

/* NULL: it may go there; else why not. */
static const char *
refuse(struct job *j, const struct address *to, bool leaves)
{
    if (!address_is_http(to))
        return arena_fmt(j->arena, "%s redirects to %s:, and only http and https can be fetched",
                         j->at.host, to->scheme);
    if (was_visited(j, to->text))
        return arena_fmt(j->arena, "%s redirects in a loop; look at the address", j->at.host);
    if (j->hops >= MAX_HOPS)
        return arena_fmt(j->arena, "%s: more than %d redirects; give the final address", j->at.host,
                         MAX_HOPS);
    if (leaves && !is_get(j) && j->status != 303)
        return arena_fmt(j->arena,
                         "%s redirects a %s to %s, which is not granted; add it to `hosts:` there, "
                         "or give the final address",
                         j->at.host, j->method, to->host);
    return NULL;
}

void
redirect_follow(struct job *j, struct tocsin_str location)
{
    struct err err = { ERR_NONE, "" };
    struct address to;
    const char *ref = arena_z(j->arena, location);

    if (!ref || address_read(&to, j->arena, j->at.text, ref, &err) < 0) {
        job_fail(j, FETCH_FAILED, "%s redirects to what is no address: %s", j->at.host, err.msg);
        return;
    }
    bool steps_down = strcmp(j->at.scheme, "https") == 0 && strcmp(to.scheme, "http") == 0;
    bool leaves = !guard_is_granted(j->asker->who->hosts, str_z(to.host), str_z(to.port)) ||
                  (steps_down && has_secrets(j));
    const char *why = refuse(j, &to, leaves);
    if (why) {
        job_finish(j, FETCH_REFUSED, why);
        return;
    }
    bool is_same_site = strcmp(to.host, j->at.host) == 0;
    j->sends_secrets = j->sends_secrets && !leaves;
    j->is_moved = j->is_moved && !steps_down && (j->status == 301 || j->status == 308);
    if (j->status == 303 && !is_get(j))
        j->method = "GET";
    j->at = to;
    j->hops++;
    j->ticket.is_urgent = is_same_site;
    job_again(j);
}
