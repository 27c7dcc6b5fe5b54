/* The email plugin: alerts as mail, one thread for each alert. */
#include "email.h"

#include <stdlib.h>

#include "../common/plain.h"

#define MESSAGE_MAX ((size_t)1024 * 1024)
#define ADDRESS_MAX 254

static const struct tocsin_option options[] = {
    TOCSIN_OPT_LIST("to", struct email_conf, to, .required = 1, .min = 1, .max = EMAIL_TO_MAX,
                    .help = "who gets the mail: ana@example.com or Ana Roe <ana@example.com>"),
    TOCSIN_OPT_STRING("from", struct email_conf, from,
                      .help = "the sender; default: the first of `to`"),
    TOCSIN_OPT_URL("url", struct email_conf, url, .dflt = "smtp://localhost:25",
                   .help = "the mail server: smtps://HOST, or smtp://HOST:587 with STARTTLS"),
    TOCSIN_OPT_STRING("user", struct email_conf, user,
                      .help = "name to log in with; default, with a password: the sender"),
    TOCSIN_OPT_SECRET("password", struct email_conf, password, .help = "secret to log in with"),
    TOCSIN_OPT_STRING("subject_prefix", struct email_conf, subject_prefix,
                      .help = "what every subject begins with, such as [acme]"),
};

/* ---- addresses ----------------------------------------------------------------- */

static bool
is_address(struct tocsin_str s)
{
    size_t at = slice_find_byte(s, '@');

    if (at == 0 || at + 1 >= s.n || s.n > ADDRESS_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c <= ' ' || c >= 0x7f || memchr("<>()[],;:\\\"", c, 11) || (c == '@' && i != at))
            return false;
    }
    return true;
}

int
email_box_read(struct email_box *box, const char *text)
{
    struct tocsin_str s = slice_trim(slice_z(text));
    size_t open = slice_find_byte(s, '<');

    *box = (struct email_box){ slice_z(""), s };
    if (open < s.n) {
        if (s.p[s.n - 1] != '>')
            return -1;
        box->name = slice_trim(slice_upto(s, open));
        box->address = slice_from(slice_upto(s, s.n - 1), open + 1);
    }
    return is_address(box->address) ? 0 : -1;
}

static int
read_boxes(const struct tocsin_host *h, struct tocsin_turn *t, struct email *m)
{
    const struct email_conf *c = m->conf;

    if (c->to.n == 0 || c->to.n > EMAIL_TO_MAX)
        return h->fail(t, TOCSIN_BADCONF, "`to` wants 1 to %d addresses", EMAIL_TO_MAX);
    for (size_t i = 0; i < c->to.n; i++)
        if (email_box_read(&m->to[m->n_to++], c->to.v[i]) != 0)
            return h->fail(t, TOCSIN_BADCONF,
                           "`to`: \"%s\" is no mail address; write ana@example.com or "
                           "Ana Roe <ana@example.com>",
                           c->to.v[i]);
    if (email_box_read(&m->from, c->from ? c->from : c->to.v[0]) != 0)
        return h->fail(t, TOCSIN_BADCONF, "`from`: \"%s\" is no mail address", c->from);
    if (c->user && !c->password.is_set)
        return h->fail(t, TOCSIN_BADCONF,
                       "`user` needs `password`; name the secret to log in "
                       "with");
    return TOCSIN_OK;
}

/* ---- life ----------------------------------------------------------------------- */

static int
email_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    struct email *m = calloc(1, sizeof(*m));
    int rc;

    if (!m)
        return TOCSIN_NOMEM;
    m->h = h;
    m->conf = conf;
    rc = read_boxes(h, t, m);
    if (rc == TOCSIN_OK)
        *self = m;
    else
        free(m);
    return rc;
}

static void
email_close(void *self)
{
    free(self);
}

/* ---- sending ------------------------------------------------------------------------ */

/* The envelope's addresses as strings; they lie in `room`. */
struct envelope {
    char room[EMAIL_TO_MAX + 1][ADDRESS_MAX + 1];
    const char *to[EMAIL_TO_MAX];
};

static const char *
keep(char *room, struct tocsin_str s)
{
    memcpy(room, s.p, s.n);
    room[s.n] = '\0';
    return room;
}

static int
send(const struct email *m, struct tocsin_turn *t, struct envelope *e, struct tocsin_str message)
{
    const struct tocsin_part url = { .text = slice_z(m->conf->url) }, body = { .text = message };
    struct tocsin_request q = {
        .size = sizeof(q),
        .kind = TOCSIN_REQ_SMTP,
        .flags = TOCSIN_REQ_ANY_STATUS,
        .url = { &url, 1 },
        .body = { &body, 1 },
        .to = e->to,
        .n_to = m->n_to,
    };

    for (size_t i = 0; i < m->n_to; i++)
        e->to[i] = keep(e->room[i], m->to[i].address);
    q.from = keep(e->room[EMAIL_TO_MAX], m->from.address);
    if (m->conf->password.is_set) {
        q.user = m->conf->user ? m->conf->user : q.from;
        q.password = "password";
    }
    return m->h->request(t, &q);
}

static int
email_render(void *self, struct tocsin_turn *t, const struct tocsin_alert *a)
{
    struct email *m = self;
    struct sbuf b = { .max = MESSAGE_MAX };
    struct envelope *e;
    int rc;

    if (a->event == TOCSIN_EVENT_PROVE)
        return m->h->fail(
            t, TOCSIN_BADDATA,
            "a mail server cannot be proved without a mail; use `tocsin notify test`");
    e = malloc(sizeof(*e));
    email_write(&b, m, a);
    rc = e && !b.is_failed ? send(m, t, e, sbuf_get(&b)) : TOCSIN_NOMEM;
    sbuf_free(&b);
    free(e);
    return rc;
}

/* ---- judgement ------------------------------------------------------------------------ */

/* The server's last words. */
static struct tocsin_str
last_line(struct tocsin_str s)
{
    s = slice_trim(s);
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '\n')
            return slice_from(s, i);
    return s;
}

static int
judge_refusal(const struct email *m, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct sbuf said = { .max = 1024 };
    bool is_login = r->status == 530 || r->status == 534 || r->status == 535;
    int status = is_login ? TOCSIN_DENIED : r->status >= 500 ? TOCSIN_BADDATA : TOCSIN_RETRY;
    int rc;

    plain_put(&said, last_line(r->body), 0, 200);
    rc = m->h->fail(t, status, "the mail server %s (%.*s)",
                    is_login           ? "refuses the login; look at `user` and `password`"
                    : r->status >= 500 ? "refuses the mail; look at `to` and `from`"
                                       : "takes no mail now; it will be tried again",
                    (int)said.n, sbuf_get(&said).p);
    sbuf_free(&said);
    return rc;
}

static int
email_judge(void *self, struct tocsin_turn *t, const struct tocsin_alert *a,
            const struct tocsin_response *r)
{
    struct email *m = self;
    struct sbuf id = { .max = 1024 };
    int rc;

    if (r->status != 250)
        return judge_refusal(m, t, r);
    email_put_id(&id, a->key, a);
    rc = m->h->delivered(t, sbuf_get(&id));
    sbuf_free(&id);
    return rc;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .open = email_open,
    .close = email_close,
    .render = email_render,
    .judge = email_judge,
};

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_NOTIFIER),
    .name = "email",
    .version = "0.1",
    .summary = "alerts as mail, one thread for each alert",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct email_conf),
    .ops = &notifier,
    .example = "secrets: {smtp: {file: /etc/tocsin/smtp.secret}}\n"
               "notifiers:\n"
               "  ana-mail: {plugin: email, options: {to: ana@acme.example,\n"
               "             url: smtps://mail.acme.example, password: smtp}}\n",
};
