/* check.c - form of requests, sessions and posts, for both sides of the border. */
#include "host/check.h"

#include <math.h>

#include "base/url.h"
#include "base/utf8.h"

bool
is_text(struct tocsin_str s)
{
    return s.n == 0 || (!memchr(s.p, '\0', s.n) && utf8_is_valid(s));
}

bool
is_plain_name(const char *z)
{
    size_t n = z ? strlen(z) : 0;

    return n > 0 && n <= 64 && strspn(z, "abcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

static bool
is_line(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static const struct tocsin_option *
find_option(const struct plugin_info *p, const char *name)
{
    for (size_t i = 0; name && i < p->n_options; i++) {
        if (strcmp(p->options[i].name, name) == 0)
            return &p->options[i];
    }
    return NULL;
}

/* A secret is a SECRET option or, where no option has the name, a session. */
static int
check_secret(const char *name, const struct plugin_info *p, struct err *err)
{
    const struct tocsin_option *o = find_option(p, name);

    if (!is_plain_name(name))
        return err_set(err, ERR_PROTOCOL, "request: a secret part without a name");
    if (o && o->type != TOCSIN_T_SECRET)
        return err_set(err, ERR_PROTOCOL, "request: option %s is no secret", name);
    return 0;
}

enum within { IN_URL, IN_HEADER, IN_BODY };

static int
check_part(const struct tocsin_part *part, enum within within, const struct plugin_info *p,
           struct err *err)
{
    if (part->kind > TOCSIN_PART_HMAC_SHA256 || part->enc > TOCSIN_ENC_BASE64)
        return err_set(err, ERR_PROTOCOL, "request: unknown kind of part");
    if (within != IN_BODY && !is_line(part->text))
        return err_set(err, ERR_PROTOCOL, "request: control character in %s",
                       within == IN_URL ? "the address" : "a header");
    if (within == IN_URL && part->text.n && memchr(part->text.p, ' ', part->text.n))
        return err_set(err, ERR_PROTOCOL, "request: a space in the address: encode it as %%20");
    if (within == IN_BODY && part->kind == TOCSIN_PART_HMAC_SHA256)
        return err_set(err, ERR_PROTOCOL, "request: a body cannot hold its own signature");
    return part->kind == TOCSIN_PART_TEXT ? 0 : check_secret(part->name, p, err);
}

static int
check_parts(const struct tocsin_parts *parts, enum within within, const struct plugin_info *p,
            struct err *err)
{
    if (parts->n > TURN_MAX_PARTS || (parts->n && !parts->v))
        return err_set(err, ERR_PROTOCOL, "request: over %d parts", TURN_MAX_PARTS);
    for (size_t i = 0; i < parts->n; i++) {
        if (check_part(&parts->v[i], within, p, err))
            return -1;
    }
    return 0;
}

static bool
is_token(const char *z)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t n = z ? strlen(z) : 0;

    return n > 0 && n <= 128 && strspn(z, token) == n;
}

/* Headers by which a request would say where it ends or whom it is for are the core's. */
static int
check_header(const struct tocsin_header *h, const struct plugin_info *p, struct err *err)
{
    static const char *const ours[] = {
        "host", "content-length", "transfer-encoding",  "connection", "upgrade",
        "te",   "cookie",         "proxy-authorization"
    };

    if (!is_token(h->name))
        return err_set(err, ERR_PROTOCOL, "request: a header without a proper name");
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (str_eq_ascii_case(str_z(h->name), str_z(ours[i])))
            return err_set(err, ERR_PROTOCOL, "request: header %s is the core's", h->name);
    }
    return check_parts(&h->value, IN_HEADER, p, err);
}

/* An address that begins with text begins with a scheme of its kind. */
static int
check_address(const struct tocsin_request *r, const struct plugin_info *p, struct err *err)
{
    static const char *const schemes[][2] = {
        [TOCSIN_REQ_HTTP] = { "https://", "http://" },
        [TOCSIN_REQ_SMTP] = { "smtps://", "smtp://" },
        [TOCSIN_REQ_IMAP_LIST] = { "imaps://", "imap://" },
        [TOCSIN_REQ_IMAP_FETCH] = { "imaps://", "imap://" },
    };
    const struct tocsin_part *first = r->url.v;

    if (r->url.n == 0 || !first)
        return err_set(err, ERR_PROTOCOL, "request: no address");
    if (check_parts(&r->url, IN_URL, p, err))
        return -1;
    if (first->kind != TOCSIN_PART_TEXT)
        return 0; /* a secret address: judged when it is filled in */
    for (size_t i = 0; i < 2; i++) {
        struct tocsin_str scheme = str_z(schemes[r->kind][i]);

        if (first->text.n > scheme.n &&
            str_eq_ascii_case(str_sub(first->text, 0, scheme.n), scheme))
            return 0;
    }
    return err_set(err, ERR_PROTOCOL, "request: the address begins neither with %s nor %s",
                   schemes[r->kind][0], schemes[r->kind][1]);
}

static int
check_named_option(const struct tocsin_request *r, uint32_t type, const struct plugin_info *p,
                   struct err *err)
{
    const struct tocsin_option *o = find_option(p, r->option);

    if (!o || o->type != type)
        return err_set(err, ERR_PROTOCOL, "request: \"%s\" is no option of type %s",
                       r->option ? r->option : "", type == TOCSIN_T_PATH ? "path" : "command");
    return 0;
}

static bool
is_line_z(const char *z)
{
    return !z || is_line(str_z(z));
}

static int
check_mail(const struct tocsin_request *r, const struct plugin_info *p, struct err *err)
{
    bool is_clean = is_line_z(r->user) && is_line_z(r->from) && is_line_z(r->folder);

    for (size_t i = 0; i < r->n_to; i++)
        is_clean = is_clean && r->to[i] && *r->to[i] && is_line_z(r->to[i]);
    if (!is_clean)
        return err_set(err, ERR_PROTOCOL,
                       "request: control character in user, sender, receiver or folder");
    return r->password ? check_secret(r->password, p, err) : 0;
}

int
check_request(const struct tocsin_request *r, const struct plugin_info *p, struct err *err)
{
    if (r->kind > TOCSIN_REQ_PRINT)
        return err_set(err, ERR_PROTOCOL, "request: kind %u is not known", r->kind);
    if (r->flags & ~(uint32_t)(TOCSIN_REQ_UNTIL_SEEN | TOCSIN_REQ_ANY_STATUS | TOCSIN_REQ_SCRAPE |
                               TOCSIN_REQ_SSE | TOCSIN_REQ_JSONL))
        return err_set(err, ERR_PROTOCOL, "request: unknown flag");
    if (r->method && !is_token(r->method))
        return err_set(err, ERR_PROTOCOL, "request: no method is called so");
    if (r->n_headers > TURN_MAX_HEADERS)
        return err_set(err, ERR_PROTOCOL, "request: over %d headers", TURN_MAX_HEADERS);
    for (size_t i = 0; i < r->n_headers; i++) {
        if (check_header(&r->headers[i], p, err))
            return -1;
    }
    if (check_parts(&r->body, IN_BODY, p, err) || check_mail(r, p, err))
        return -1;
    if (r->kind == TOCSIN_REQ_FILE)
        return check_named_option(r, TOCSIN_T_PATH, p, err);
    if (r->kind == TOCSIN_REQ_EXEC)
        return check_named_option(r, TOCSIN_T_COMMAND, p, err);
    if (r->kind == TOCSIN_REQ_PRINT)
        return 0; /* goes to no address */
    return check_address(r, p, err);
}

static bool
is_pointer(const char *z) /* JSON Pointer, RFC 6901 */
{
    return z && (!*z || *z == '/') && is_text(str_z(z));
}

int
check_session(const struct tocsin_session *s, const struct plugin_info *p, struct err *err)
{
    if (!is_plain_name(s->name) || find_option(p, s->name))
        return err_set(err, ERR_PROTOCOL, "session: needs a name of its own, that no option has");
    if (!s->mint || !is_pointer(s->value_at) || (s->refresh_at && !is_pointer(s->refresh_at)) ||
        (s->lifetime_at && !is_pointer(s->lifetime_at)))
        return err_set(err, ERR_PROTOCOL,
                       "session %s: needs mint, and JSON Pointers that begin with /", s->name);
    if (check_request(s->mint, p, err) || (s->refresh && check_request(s->refresh, p, err)))
        return err_prefix(err, "session %s", s->name);
    return 0;
}

static bool
is_web_or_none(struct tocsin_str s)
{
    return s.n == 0 || (s.n <= TURN_MAX_URL && is_text(s) && url_is_web(s));
}

static bool
are_texts(const struct tocsin_str *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_text(v[i]))
            return false;
    }
    return true;
}

static bool
are_web(const struct tocsin_str *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i].n == 0 || !is_web_or_none(v[i]))
            return false;
    }
    return true;
}

int
check_post(const struct post *p, struct err *err)
{
    const struct author *a = &p->author;
    const struct tocsin_str texts[] = { p->id,        p->uri,    p->parent, p->thread,
                                        p->place,     p->lang,   p->raw,    p->title.text,
                                        p->text.text, a->handle, a->name };
    const struct tocsin_str links[] = { p->url, a->url, a->avatar, a->profile_link };

    if (p->id.n == 0)
        return err_set(err, ERR_PROTOCOL, "post: no id");
    if (!are_texts(texts, sizeof texts / sizeof *texts) || !are_texts(p->tags, p->n_tags))
        return err_set(err, ERR_PROTOCOL, "post: not UTF-8");
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (!is_web_or_none(links[i]))
            return err_set(err, ERR_PROTOCOL, "post: an address that is not http(s)");
    }
    if (!are_web(p->links, p->n_links))
        return err_set(err, ERR_PROTOCOL, "post: an address that is not http(s)");
    if (p->replies < -1 || p->reposts < -1 || p->likes < -1 || a->followers < -1 ||
        isinf(p->rating))
        return err_set(err, ERR_PROTOCOL, "post: a count out of range");
    return 0;
}

static bool
is_text_z(const char *z)
{
    return !z || is_text(str_z(z));
}

static int
check_words(const struct turn_out *o, struct err *err)
{
    bool is_good = is_text_z(o->why) && is_text_z(o->partial) && is_text_z(o->interval_cause) &&
                   is_text_z(o->limit_why) && is_text(o->cursor) && is_text(o->handle);

    for (size_t i = 0; i < o->n_gaps; i++)
        is_good = is_good && is_text_z(o->gaps[i].why);
    for (size_t i = 0; i < o->n_answers; i++) {
        const struct tocsin_answer *a = &o->answers[i];

        is_good = is_good && is_text_z(a->action) && is_text_z(a->token) && is_text_z(a->by) &&
                  is_text_z(a->comment);
    }
    for (size_t i = 0; i < o->n_expired; i++)
        is_good = is_good && is_plain_name(o->expired[i]);
    return is_good ? 0 : err_set(err, ERR_PROTOCOL, "a text that is not UTF-8");
}

int
check_turn_out(const struct turn_out *o, enum host_call call, const struct plugin_info *p,
               struct err *err)
{
    if ((o->n_posts && call != CALL_PARSE) || (o->n_answers && call != CALL_ANSWERS) ||
        (o->is_delivered && call != CALL_JUDGE))
        return err_set(err, ERR_PROTOCOL, "posts, answers or a delivery that nobody asked for");
    if (o->status > TOCSIN_OK || o->status < TOCSIN_FULL)
        return err_set(err, ERR_PROTOCOL, "status %d is not known", o->status);
    if (o->interval_s < 0 || o->not_before_ms < 0 || o->spent < 0)
        return err_set(err, ERR_PROTOCOL, "an interval, limit or expense below zero");
    for (size_t i = 0; i < o->n_posts; i++) {
        if (check_post(&o->posts[i], err))
            return -1;
    }
    for (size_t i = 0; i < o->n_requests; i++) {
        if (check_request(&o->requests[i], p, err))
            return -1;
    }
    for (size_t i = 0; i < o->n_sessions; i++) {
        if (check_session(&o->sessions[i], p, err))
            return -1;
    }
    return check_words(o, err);
}

int
check_info(const struct plugin_info *p, struct err *err)
{
    bool is_good = is_plain_name(p->name) && is_text_z(p->version) && is_text_z(p->summary) &&
                   is_text_z(p->example) && p->version && p->summary && p->example;

    if (p->kind != TOCSIN_KIND_SOURCE && p->kind != TOCSIN_KIND_NOTIFIER)
        is_good = false;
    for (size_t i = 0; i < p->n_options; i++) {
        const struct tocsin_option *o = &p->options[i];

        is_good = is_good && is_plain_name(o->name) && o->type >= TOCSIN_T_STRING &&
                  o->type <= TOCSIN_T_SECRET && is_text_z(o->dflt) && is_text_z(o->help) &&
                  is_text_z(o->choices);
    }
    for (size_t i = 0; i < p->hosts.n; i++)
        is_good = is_good && p->hosts.v[i] && is_text_z(p->hosts.v[i]);
    return is_good ? 0
                   : err_set(err, ERR_UNAVAILABLE,
                             "its tables are not well formed: names "
                             "are a-z, 0-9, - and _, texts are UTF-8");
}
