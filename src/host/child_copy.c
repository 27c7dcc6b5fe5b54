/* child_copy.c - deep copies with bounds and repaired text. */
#include "host/child_copy.h"

#include "base/utf8.h"

void
read_sized(void *to, size_t ours, const void *from)
{
    uint32_t theirs;

    memcpy(&theirs, from, sizeof theirs);
    memset(to, 0, ours);
    memcpy(to, from, theirs < ours ? theirs : ours);
}

int
copy_bytes(struct arena *a, struct tocsin_str *out, struct tocsin_str s)
{
    *out = STR_NONE;
    if (s.n == 0)
        return 0;
    *out = arena_str(a, s);
    return out->p ? 0 : -1;
}

/* No repair needed: valid UTF-8 without controls other than tab and line ends. */
static bool
is_clean(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c < 0x20 && c != '\t' && c != '\n')
            return false;
    }
    return utf8_is_valid(s);
}

/* CR LF and CR become LF. */
static size_t
unix_lines(char *p, size_t n)
{
    size_t to = 0;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\r') {
            p[to++] = '\n';
            i += i + 1 < n && p[i + 1] == '\n';
        } else {
            p[to++] = p[i];
        }
    }
    return to;
}

int
copy_text(struct arena *a, struct tocsin_str *out, struct tocsin_str s, size_t max)
{
    struct buf b;
    int rc = -1;

    s = str_clip_utf8(s, max);
    if (is_clean(s))
        return copy_bytes(a, out, s);
    buf_init(&b, 3 * s.n + 16);
    if (!utf8_repair(&b, s)) {
        b.n = unix_lines(b.p, b.n);
        rc = copy_bytes(a, out, str_clip_utf8(buf_view(&b), max));
    }
    buf_free(&b);
    return rc;
}

int
copy_line(struct arena *a, const char **out, const char *z, size_t max)
{
    struct tocsin_str s;
    char *p;

    *out = NULL;
    if (!z)
        return 0;
    if (copy_text(a, &s, (struct tocsin_str){ z, strnlen(z, max + 4) }, max))
        return -1;
    p = s.n ? (char *)s.p : arena_alloc(a, 1); /* ours, just copied */
    if (!p)
        return -1;
    for (char *c = p; *c; c++) {
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    }
    *out = p;
    return 0;
}

/* A C string as it is: what is wrong with it is for the check to say. */
static int
copy_z(struct arena *a, const char **out, const char *z)
{
    *out = z ? arena_z(a, str_z(z)) : NULL;
    return z && !*out ? -1 : 0;
}

static int
copy_parts(struct arena *a, struct tocsin_parts *out, const struct tocsin_parts *from)
{
    size_t n = from->n <= TURN_MAX_PARTS ? from->n : TURN_MAX_PARTS + 1;
    struct tocsin_part *v = arena_array(a, n, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < n; i++) {
        v[i] = from->v[i];
        if (copy_bytes(a, &v[i].text, from->v[i].text) || copy_z(a, &v[i].name, from->v[i].name))
            return -1;
    }
    *out = (struct tocsin_parts){ v, n };
    return 0;
}

static int
copy_headers(struct arena *a, struct tocsin_request *r)
{
    size_t n = r->n_headers <= TURN_MAX_HEADERS ? r->n_headers : TURN_MAX_HEADERS + 1;
    struct tocsin_header *v = arena_array(a, n, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (copy_z(a, &v[i].name, r->headers[i].name) ||
            copy_parts(a, &v[i].value, &r->headers[i].value))
            return -1;
    }
    r->headers = v;
    r->n_headers = n;
    return 0;
}

static int
copy_receivers(struct arena *a, struct tocsin_request *r)
{
    size_t n = r->n_to <= 1000 ? r->n_to : 1000;
    const char **v = arena_array(a, n, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (copy_z(a, &v[i], r->to[i]))
            return -1;
    }
    r->to = v;
    r->n_to = n;
    return 0;
}

int
copy_request(struct arena *a, struct tocsin_request *out, const struct tocsin_request *from)
{
    struct tocsin_request r;

    read_sized(&r, sizeof r, from);
    r.size = sizeof r;
    if (copy_z(a, &r.method, r.method) || copy_parts(a, &r.url, &r.url) || copy_headers(a, &r) ||
        copy_parts(a, &r.body, &r.body) || copy_z(a, &r.user, r.user) ||
        copy_z(a, &r.password, r.password) || copy_z(a, &r.from, r.from) || copy_receivers(a, &r) ||
        copy_z(a, &r.folder, r.folder) || copy_z(a, &r.option, r.option))
        return -1;
    *out = r;
    return 0;
}

static int
copy_optional_request(struct arena *a, const struct tocsin_request **r)
{
    struct tocsin_request *copy;

    if (!*r)
        return 0;
    copy = arena_alloc(a, sizeof *copy);
    if (!copy || copy_request(a, copy, *r))
        return -1;
    *r = copy;
    return 0;
}

int
copy_session(struct arena *a, struct tocsin_session *out, const struct tocsin_session *from)
{
    struct tocsin_session s;

    read_sized(&s, sizeof s, from);
    s.size = sizeof s;
    if (copy_z(a, &s.name, s.name) || copy_optional_request(a, &s.mint) ||
        copy_optional_request(a, &s.refresh) || copy_z(a, &s.value_at, s.value_at) ||
        copy_z(a, &s.refresh_at, s.refresh_at) || copy_z(a, &s.lifetime_at, s.lifetime_at))
        return -1;
    *out = s;
    return 0;
}

static size_t
parts_bytes(const struct tocsin_parts *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        n += 32 + p->v[i].text.n + (p->v[i].name ? strlen(p->v[i].name) : 0);
    return n;
}

size_t
request_bytes(const struct tocsin_request *r)
{
    size_t n = 256 + parts_bytes(&r->url) + parts_bytes(&r->body);

    for (size_t i = 0; i < r->n_headers; i++)
        n += 16 + strlen(r->headers[i].name ? r->headers[i].name : "") +
             parts_bytes(&r->headers[i].value);
    for (size_t i = 0; i < r->n_to; i++)
        n += 8 + (r->to[i] ? strlen(r->to[i]) : 0);
    return n;
}
