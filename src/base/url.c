/* url - takes addresses apart and joins them. */
#include "base/url.h"

#include "base/url_path.h"

enum { HOST_MAX = 255 };

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* strchr would find the NUL behind `any` too. */
static bool
is_any(char c, const char *any)
{
    return c && strchr(any, c);
}

/* The scheme before a colon; empty where there is none. */
static struct tocsin_str
scheme_of(struct tocsin_str s)
{
    size_t i = 0;
    if (s.n == 0 || !is_alpha(s.p[0]))
        return STR_NONE;
    while (i < s.n && (is_alpha(s.p[i]) || is_digit(s.p[i]) || is_any(s.p[i], "+-.")))
        i++;
    return i < s.n && s.p[i] == ':' ? str_sub(s, 0, i) : STR_NONE;
}

/* Any address or reference, by the pattern of RFC 3986, appendix B. */
struct reference {
    struct tocsin_str scheme, authority, path, query, fragment;
    bool has_authority, has_query, has_fragment;
};

static size_t
find_any(struct tocsin_str s, const char *any)
{
    size_t i = 0;
    while (i < s.n && !is_any(s.p[i], any))
        i++;
    return i;
}

static struct reference
split_reference(struct tocsin_str s)
{
    struct reference r = { .scheme = scheme_of(s) };
    if (r.scheme.n)
        s = str_sub(s, r.scheme.n + 1, s.n);
    size_t hash = find_any(s, "#");
    r.has_fragment = hash < s.n;
    r.fragment = str_sub(s, hash + 1, s.n);
    s = str_sub(s, 0, hash);
    size_t mark = find_any(s, "?");
    r.has_query = mark < s.n;
    r.query = str_sub(s, mark + 1, s.n);
    s = str_sub(s, 0, mark);
    r.has_authority = str_starts(s, STR_LIT("//"));
    if (r.has_authority) {
        s = str_sub(s, 2, s.n);
        size_t slash = find_any(s, "/");
        r.authority = str_sub(s, 0, slash);
        s = str_sub(s, slash, s.n);
    }
    r.path = s;
    return r;
}

/* ---- split ------------------------------------------------------------------ */

static bool
has_space_or_control(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7F)
            return true;
    return false;
}

static size_t
find_last(struct tocsin_str s, char c)
{
    const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

static int
check_port(struct tocsin_str port)
{
    unsigned long v = 0;
    for (size_t i = 0; i < port.n; i++) {
        if (!is_digit(port.p[i]) || i >= 5)
            return -1;
        v = v * 10 + (unsigned long)(port.p[i] - '0');
    }
    return v <= 65535 ? 0 : -1;
}

static int
check_host(struct tocsin_str host)
{
    if (host.n == 0 || host.n > HOST_MAX)
        return -1;
    if (host.p[0] == '[') { /* IPv6 */
        for (size_t i = 1; i + 1 < host.n; i++)
            if (!is_digit(host.p[i]) && !is_alpha(host.p[i]) && !is_any(host.p[i], ":."))
                return -1;
        return host.n > 3 && host.p[host.n - 1] == ']' ? 0 : -1;
    }
    return find_any(host, "[]\\%\"<>^`{|}:@") == host.n && host.p[0] != '.' ? 0 : -1;
}

/* user@host:port */
static int
split_authority(struct url *u, struct tocsin_str a)
{
    size_t at = find_last(a, '@');
    if (at != SIZE_MAX) {
        u->user = str_sub(a, 0, at);
        a = str_sub(a, at + 1, a.n);
    }
    /* A browser ends the host at a backslash, others do not: nobody may rely on either. */
    if (find_any(u->user, "\\@") < u->user.n)
        return -1;
    size_t colon = find_last(a, ':');
    size_t bracket = find_last(a, ']');
    if (colon != SIZE_MAX && (bracket == SIZE_MAX || colon > bracket)) {
        u->port = str_sub(a, colon + 1, a.n);
        a = str_sub(a, 0, colon);
    }
    u->host = a;
    return check_host(u->host) || check_port(u->port) ? -1 : 0;
}

int
url_split(struct url *out, struct tocsin_str s)
{
    struct reference r = split_reference(s);
    struct url u = {
        .scheme = r.scheme,
        .path = r.path,
        .query = r.query,
        .fragment = r.fragment,
        .has_query = r.has_query,
    };
    if (r.scheme.n == 0 || !r.has_authority || has_space_or_control(s) ||
        split_authority(&u, r.authority))
        return -1;
    *out = u;
    return 0;
}

bool
url_is_web(struct tocsin_str s)
{
    struct url u;
    return !url_split(&u, s) && (str_eq_ascii_case(u.scheme, STR_LIT("http")) ||
                                 str_eq_ascii_case(u.scheme, STR_LIT("https")));
}

struct tocsin_str
url_host(struct tocsin_str s)
{
    static _Thread_local char lower[HOST_MAX];
    struct url u;
    if (url_split(&u, s))
        return STR_NONE;
    bool is_changed = false;
    for (size_t i = 0; i < u.host.n; i++) {
        char c = u.host.p[i];
        bool is_upper = c >= 'A' && c <= 'Z';
        lower[i] = is_upper ? (char)(c | 0x20) : c;
        is_changed |= is_upper;
    }
    return is_changed ? (struct tocsin_str){ lower, u.host.n } : u.host;
}

/* ---- join ------------------------------------------------------------------- */

/* The path in b from `begin` on, without its "." and ".." segments, in place. */
void
url_drop_dots(struct buf *b, size_t begin)
{
    if (b->failed || b->n == begin)
        return;
    char *path = b->p + begin;
    size_t n = b->n - begin, to = 0;
    bool is_absolute = path[0] == '/';
    for (size_t from = is_absolute; from <= n;) {
        struct tocsin_str rest = { path + from, n - from };
        struct tocsin_str segment = str_sub(rest, 0, find_any(rest, "/"));
        bool is_last = from + segment.n == n;
        bool is_up = str_eq_z(segment, "..");
        from += segment.n + 1;
        if (is_up)
            while (to && path[--to] != '/')
                ;
        if (is_up || str_eq_z(segment, ".")) {
            if (is_last && (to || is_absolute))
                path[to++] = '/';
            continue;
        }
        if (to || is_absolute)
            path[to++] = '/';
        memmove(path + to, segment.p, segment.n);
        to += segment.n;
        if (is_last)
            break;
    }
    b->n = begin + to;
}

/* White space and controls as browsers take them: none at the ends, no line breaks and tabs
 * inside, the rest percent-coded. */
static void
add_clean(struct buf *out, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\t' || c == '\n' || c == '\r')
            continue;
        if (c <= 0x20 || c == 0x7F || c == '"' || c == '<' || c == '>')
            buf_fmt(out, "%%%02X", c);
        else
            buf_char(out, s.p[i]);
    }
}

static struct tocsin_str
trim_controls(struct tocsin_str s)
{
    while (s.n && (unsigned char)s.p[0] <= 0x20)
        s = str_sub(s, 1, s.n);
    while (s.n && (unsigned char)s.p[s.n - 1] <= 0x20)
        s.n--;
    return s;
}

/* The base's path up to its last slash, then the reference's. */
static void
add_merged(struct buf *out, const struct reference *base, struct tocsin_str path)
{
    size_t slash = find_last(base->path, '/');
    if (slash != SIZE_MAX)
        add_clean(out, str_sub(base->path, 0, slash + 1));
    else if (base->has_authority)
        buf_char(out, '/');
    add_clean(out, path);
}

static void
add_path(struct buf *out, const struct reference *base, const struct reference *ref)
{
    size_t begin = out->n;
    bool is_own = ref->scheme.n || ref->has_authority || str_starts(ref->path, STR_LIT("/"));
    if (is_own)
        add_clean(out, ref->path);
    else if (ref->path.n)
        add_merged(out, base, ref->path);
    else
        add_clean(out, base->path);
    if (is_own || ref->path.n)
        url_drop_dots(out, begin);
}

static void
add_with(struct buf *out, char mark, struct tocsin_str s)
{
    buf_char(out, mark);
    add_clean(out, s);
}

int
url_join(struct buf *out, struct tocsin_str base_text, struct tocsin_str ref_text)
{
    struct reference base = split_reference(trim_controls(base_text));
    struct reference ref = split_reference(trim_controls(ref_text));
    bool is_absolute = ref.scheme.n > 0;
    const struct reference *head = is_absolute || ref.has_authority ? &ref : &base;
    struct tocsin_str scheme = is_absolute ? ref.scheme : base.scheme;
    if (scheme.n == 0)
        return -1;
    buf_str(out, scheme);
    buf_char(out, ':');
    if (head->has_authority) {
        buf_z(out, "//");
        add_clean(out, head->authority);
    }
    add_path(out, &base, &ref);
    if (ref.has_query)
        add_with(out, '?', ref.query);
    else if (head == &base && ref.path.n == 0 && base.has_query)
        add_with(out, '?', base.query);
    if (ref.has_fragment)
        add_with(out, '#', ref.fragment);
    return out->failed ? -1 : 0;
}
