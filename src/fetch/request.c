/* Copies requests and sessions deeply into an arena. */
#include "fetch/request.h"

#include "base/str.h"

static int
copy_z(struct arena *a, const char **z)
{
    if (!*z)
        return 0;
    *z = arena_z(a, str_z(*z));
    return *z ? 0 : -1;
}

static int
copy_parts(struct arena *a, struct tocsin_parts *p)
{
    struct tocsin_part *v = arena_array(a, p->n ? p->n : 1, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < p->n; i++) {
        v[i] = p->v[i];
        v[i].text = arena_str(a, p->v[i].text);
        if (!v[i].text.p || copy_z(a, &v[i].name) < 0)
            return -1;
    }
    p->v = v;
    return 0;
}

static int
copy_headers(struct arena *a, struct tocsin_request *r)
{
    struct tocsin_header *v = arena_array(a, r->n_headers ? r->n_headers : 1, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < r->n_headers; i++) {
        v[i] = r->headers[i];
        if (copy_z(a, &v[i].name) < 0 || copy_parts(a, &v[i].value) < 0)
            return -1;
    }
    r->headers = v;
    return 0;
}

static int
copy_receivers(struct arena *a, struct tocsin_request *r)
{
    const char **v = arena_array(a, r->n_to ? r->n_to : 1, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < r->n_to; i++) {
        v[i] = r->to[i];
        if (copy_z(a, &v[i]) < 0)
            return -1;
    }
    r->to = v;
    return 0;
}

const struct tocsin_request *
request_copy(struct arena *a, const struct tocsin_request *r)
{
    struct tocsin_request *c = arena_alloc(a, sizeof *c);

    if (!c)
        return NULL;
    memcpy(c, r, r->size < sizeof *c ? r->size : sizeof *c);
    c->size = sizeof *c;
    const char **strings[] = {
        &c->method, &c->user, &c->password, &c->from, &c->folder, &c->option
    };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (copy_z(a, strings[i]) < 0)
            return NULL;
    if (copy_parts(a, &c->url) < 0 || copy_parts(a, &c->body) < 0 || copy_headers(a, c) < 0 ||
        copy_receivers(a, c) < 0)
        return NULL;
    return c;
}

const struct tocsin_session *
session_copy(struct arena *a, const struct tocsin_session *s)
{
    struct tocsin_session *c = arena_alloc(a, sizeof *c);

    if (!c)
        return NULL;
    memcpy(c, s, s->size < sizeof *c ? s->size : sizeof *c);
    c->size = sizeof *c;
    if (copy_z(a, &c->name) < 0 || copy_z(a, &c->value_at) < 0 || copy_z(a, &c->refresh_at) < 0 ||
        copy_z(a, &c->lifetime_at) < 0)
        return NULL;
    if (c->mint && !(c->mint = request_copy(a, c->mint)))
        return NULL;
    if (c->refresh && !(c->refresh = request_copy(a, c->refresh)))
        return NULL;
    return c;
}

static int
each_part(struct tocsin_parts p, int (*fn)(void *, const char *), void *ctx)
{
    int rc = 0;

    for (size_t i = 0; i < p.n && !rc; i++)
        if (p.v[i].kind != TOCSIN_PART_TEXT && p.v[i].name)
            rc = fn(ctx, p.v[i].name);
    return rc;
}

int
request_each_secret(const struct tocsin_request *r, int (*fn)(void *ctx, const char *name),
                    void *ctx)
{
    int rc = each_part(r->url, fn, ctx);

    for (size_t i = 0; i < r->n_headers && !rc; i++)
        rc = each_part(r->headers[i].value, fn, ctx);
    if (!rc)
        rc = each_part(r->body, fn, ctx);
    if (!rc && r->password)
        rc = fn(ctx, r->password);
    return rc;
}

const char *
request_verb(const struct tocsin_request *r)
{
    static const char *const verbs[] = {
        [TOCSIN_REQ_HTTP] = NULL,
        [TOCSIN_REQ_SMTP] = "SMTP",
        [TOCSIN_REQ_IMAP_LIST] = "IMAP_LIST",
        [TOCSIN_REQ_IMAP_FETCH] = "IMAP_FETCH",
        [TOCSIN_REQ_FILE] = "FILE",
        [TOCSIN_REQ_EXEC] = "EXEC",
    };

    if (r->kind < sizeof verbs / sizeof *verbs && verbs[r->kind])
        return verbs[r->kind];
    return r->method && *r->method ? r->method : "GET";
}
