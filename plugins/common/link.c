/* Resolves relative references. */
#include "link.h"

struct url_parts {
    struct tocsin_str scheme, authority, path, query, fragment;
    bool has_authority, has_query, has_fragment;
};

static size_t
scheme_len(struct tocsin_str s)
{
    size_t i = 0;

    if (s.n == 0 || !slice_is_alpha(s.p[0]))
        return 0;
    while (i < s.n && (slice_is_alpha(s.p[i]) || slice_is_digit(s.p[i]) || s.p[i] == '+' ||
                       s.p[i] == '-' || s.p[i] == '.'))
        i++;
    return i < s.n && s.p[i] == ':' ? i : 0;
}

bool
link_is_absolute(struct tocsin_str ref)
{
    return scheme_len(ref) > 0;
}

bool
link_is_http(struct tocsin_str ref)
{
    return slice_starts_z(ref, "http://") || slice_starts_z(ref, "https://");
}

static size_t
find_any(struct tocsin_str s, const char *set)
{
    size_t i = 0;

    while (i < s.n && !strchr(set, s.p[i]))
        i++;
    return i;
}

static struct url_parts
split(struct tocsin_str s)
{
    struct url_parts u = { 0 };
    size_t n = scheme_len(s);

    if (n > 0) {
        u.scheme = slice_upto(s, n);
        s = slice_from(s, n + 1);
    }
    if (slice_starts_z(s, "//")) {
        s = slice_from(s, 2);
        n = find_any(s, "/?#");
        u.authority = slice_upto(s, n);
        u.has_authority = true;
        s = slice_from(s, n);
    }
    n = find_any(s, "?#");
    u.path = slice_upto(s, n);
    s = slice_from(s, n);
    if (s.n > 0 && s.p[0] == '?') {
        n = slice_find_byte(s, '#');
        u.query = slice(s.p + 1, n - 1);
        u.has_query = true;
        s = slice_from(s, n);
    }
    if (s.n > 0) {
        u.fragment = slice_from(s, 1);
        u.has_fragment = true;
    }
    return u;
}

struct tocsin_str
link_host(struct tocsin_str url)
{
    struct tocsin_str host = split(slice_trim(url)).authority;
    size_t at = slice_find_byte(host, '@');

    if (at < host.n)
        host = slice_from(host, at + 1);
    return slice_upto(host, find_any(host, ":"));
}

struct out {
    char *p;
    size_t n, room;
    bool is_full;
};

static void
put(struct out *o, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool is_space = slice_is_space(s.p[i]);

        if (o->n + 3 > o->room) {
            o->is_full = true;
            return;
        }
        if (is_space && s.p[i] != ' ')
            continue; /* line breaks inside a link are an accident of wrapping */
        if (is_space) {
            memcpy(o->p + o->n, "%20", 3);
            o->n += 3;
        } else {
            o->p[o->n++] = s.p[i];
        }
    }
}

/* Drops the last segment written after `start`. */
static void
pop_segment(struct out *o, size_t start)
{
    while (o->n > start && o->p[o->n - 1] != '/')
        o->n--;
    if (o->n > start)
        o->n--;
}

/* Writes directory `dir` and `path` joined, "." and ".." taken out. */
static void
put_path(struct out *o, struct tocsin_str dir, struct tocsin_str path)
{
    struct tocsin_str both[2] = { dir, path };
    size_t start = o->n;
    bool is_last_dot = false;

    for (int k = 0; k < 2; k++) {
        struct tocsin_str s = both[k];

        while (s.n > 0) {
            size_t skip = s.p[0] == '/' ? 1 : 0;
            size_t n = skip + find_any(slice_from(s, skip), "/");
            struct tocsin_str seg = slice(s.p + skip, n - skip);

            is_last_dot = slice_eq_z(seg, ".") || slice_eq_z(seg, "..");
            if (slice_eq_z(seg, ".."))
                pop_segment(o, start);
            else if (!slice_eq_z(seg, ".") && !(k == 0 && n == s.n)) {
                put(o, slice_z("/"));
                put(o, seg);
            }
            s = slice_from(s, n);
        }
    }
    if (is_last_dot || o->n == start)
        put(o, slice_z("/"));
}

static void
put_target(struct out *o, const struct url_parts *b, const struct url_parts *r)
{
    put(o, b->scheme);
    put(o, slice_z(":"));
    if (r->has_authority || b->has_authority) {
        put(o, slice_z("//"));
        put(o, r->has_authority ? r->authority : b->authority);
    }
    if (r->has_authority || r->path.n > 0) {
        if (r->has_authority && r->path.n == 0)
            ;
        else if (r->path.p[0] == '/')
            put_path(o, slice_z(""), r->path);
        else
            put_path(o, b->path.n ? b->path : slice_z("/"), r->path);
    } else {
        put(o, b->path);
    }
    if (r->has_query || (!r->has_authority && r->path.n == 0 && b->has_query)) {
        put(o, slice_z("?"));
        put(o, r->has_query ? r->query : b->query);
    }
    if (r->has_fragment) {
        put(o, slice_z("#"));
        put(o, r->fragment);
    }
}

size_t
link_resolve(char *to, size_t room, struct tocsin_str base, struct tocsin_str ref)
{
    struct out o = { .p = to, .room = room };
    struct url_parts b, r;

    ref = slice_trim(ref);
    base = slice_trim(base);
    b = split(base);
    if (link_is_absolute(ref) || b.scheme.n == 0 || !b.has_authority || ref.n == 0) {
        put(&o, ref);
        return o.n;
    }
    r = split(ref);
    put_target(&o, &b, &r);
    if (o.is_full) {
        o = (struct out){ .p = to, .room = room };
        put(&o, ref);
    }
    return o.n;
}
