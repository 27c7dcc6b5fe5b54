/* url_canonical - the form of an address by which copies of a post are recognised. */
#include "base/url.h"

#include "base/parse.h"
#include "base/url_path.h"

/* Parameters that say how the reader came, not what is read. Lower case; a `*` at the end
 * stands for the rest of the name. */
static const char *const tracking[] = {
    "_ga",       "_gl",         "_hs*",
    "__hs*",     "__s",         "_openstat",
    "cmpid",     "dclid",       "ef_id",
    "epik",      "fb_action_*", "fb_ref",
    "fb_source", "fbclid",      "gbraid",
    "gclid",     "gclsrc",      "guccounter",
    "guce_*",    "hsa_*",       "hsctatracking",
    "igsh",      "igshid",      "li_fat_id",
    "mc_*",      "mkt_tok",     "msclkid",
    "mtm_*",     "ncid",        "ocid",
    "oly_*",     "piwik_*",     "pk_*",
    "ref_src",   "ref_url",     "rb_clickid",
    "s_cid",     "s_kwcid",     "scm",
    "spm",       "srsltid",     "ttclid",
    "twclid",    "utm_*",       "vero_*",
    "wbraid",    "wickedid",    "wt_mc",
    "xtor",      "yclid",       "__twitter_impression",
    "matomo_*",
};

/* Parameters that name a visit. */
static const char *const sessions[] = {
    "aspsessionid*", "cfid",       "cftoken",   "jsessionid", "oscsid", "phpsessid",
    "sessid",        "session_id", "sessionid", "sid",        "zenid",
};

static char
ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool
name_fits(struct tocsin_str name, const char *pattern)
{
    struct tocsin_str want = str_z(pattern);
    if (!str_ends(want, STR_LIT("*")))
        return str_eq_ascii_case(name, want);
    return str_eq_ascii_case(str_sub(name, 0, want.n - 1), str_sub(want, 0, want.n - 1));
}

static bool
is_in(struct tocsin_str name, const char *const *patterns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (name_fits(name, patterns[i]))
            return true;
    return false;
}

static bool
is_session(struct tocsin_str name)
{
    return is_in(name, sessions, sizeof(sessions) / sizeof(sessions[0]));
}

static bool
is_dropped(struct tocsin_str name)
{
    return is_in(name, tracking, sizeof(tracking) / sizeof(tracking[0])) || is_session(name);
}

/* ---- percent codes ------------------------------------------------------------ */

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Unreserved characters plain, all that may not stand in an address coded, codes upper case. */
static void
add_normal(struct buf *out, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        int high = c == '%' && i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;
        bool is_code = low >= 0;
        if (is_code) {
            c = (unsigned char)(high << 4 | low);
            i += 2;
        }
        bool is_unreserved = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') || (c && strchr("-._~", c));
        bool is_plain = is_unreserved || (!is_code && c && strchr("!$&'()*+,;=:@/?", c));
        if (is_plain)
            buf_char(out, (char)c);
        else
            buf_fmt(out, "%%%02X", c);
    }
}

/* ---- the parts ------------------------------------------------------------------ */

static void
add_lower(struct buf *out, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_char(out, ascii_lower(s.p[i]));
}

static struct tocsin_str
bare_host(struct tocsin_str host)
{
    while (str_ends(host, STR_LIT(".")))
        host.n--;
    while (host.n > 4 && str_eq_ascii_case(str_sub(host, 0, 4), STR_LIT("www.")))
        host = str_sub(host, 4, host.n);
    return host;
}

static void
add_port(struct buf *out, struct tocsin_str scheme, struct tocsin_str port)
{
    uint64_t v;
    if (parse_u64(port, &v))
        return;
    bool is_http = str_eq_ascii_case(scheme, STR_LIT("http"));
    bool is_https = str_eq_ascii_case(scheme, STR_LIT("https"));
    /* http becomes https, so that both defaults are no port at all. */
    if ((is_http && v == 80) || ((is_http || is_https) && v == 443))
        return;
    buf_fmt(out, ":%llu", (unsigned long long)v);
}

static size_t
find_char(struct tocsin_str s, char c, size_t from)
{
    while (from < s.n && s.p[from] != c)
        from++;
    return from;
}

/* "a;jsessionid=1;v=2" is "a;v=2". */
static void
add_segment(struct buf *out, struct tocsin_str s)
{
    size_t end = find_char(s, ';', 0);
    buf_str(out, str_sub(s, 0, end));
    while (end < s.n) {
        size_t begin = end + 1;
        end = find_char(s, ';', begin);
        struct tocsin_str part = str_sub(s, begin, end);
        if (is_session(str_sub(part, 0, find_char(part, '=', 0))))
            continue;
        buf_char(out, ';');
        buf_str(out, part);
    }
}

static void
add_without_sessions(struct buf *out, struct tocsin_str path)
{
    for (size_t begin = 0, end;; begin = end + 1) {
        end = find_char(path, '/', begin);
        add_segment(out, str_sub(path, begin, end));
        if (end == path.n)
            return;
        buf_char(out, '/');
    }
}

static void
add_path(struct buf *out, struct tocsin_str path)
{
    struct buf normal;
    buf_init(&normal, out->max);
    add_normal(&normal, path);
    if (normal.failed)
        out->failed = true;
    size_t begin = out->n;
    add_without_sessions(out, buf_view(&normal));
    buf_free(&normal);
    url_drop_dots(out, begin);
    while (!out->failed && out->n > begin && out->p[out->n - 1] == '/')
        out->n--;
}

static void
add_query(struct buf *out, struct tocsin_str query)
{
    struct buf normal;
    buf_init(&normal, out->max);
    add_normal(&normal, query);
    if (normal.failed)
        out->failed = true;
    char mark = '?';
    for (struct tocsin_str rest = buf_view(&normal); rest.n;) {
        struct tocsin_str part = str_cut(&rest, '&');
        struct tocsin_str name = str_sub(part, 0, find_char(part, '=', 0));
        if (part.n == 0 || is_dropped(name))
            continue;
        buf_char(out, mark);
        buf_str(out, part);
        mark = '&';
    }
    buf_free(&normal);
}

int
url_canonical(struct buf *out, struct tocsin_str s)
{
    struct url u;
    if (url_split(&u, s))
        return buf_str(out, s);
    if (url_is_web(s))
        buf_z(out, "https");
    else
        add_lower(out, u.scheme);
    buf_z(out, "://");
    add_lower(out, bare_host(u.host));
    add_port(out, u.scheme, u.port);
    add_path(out, u.path);
    add_query(out, u.query);
    if (str_starts(u.fragment, STR_LIT("!"))) {
        buf_char(out, '#');
        add_normal(out, u.fragment);
    }
    return out->failed ? -1 : 0;
}
