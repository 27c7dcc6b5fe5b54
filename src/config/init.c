/* Writes a first configuration that works, with every name quoted as YAML needs it. */
#include "config/init.h"

#include "base/url.h"
#include "base/utf8.h"

/* Words that YAML readers of one version or another take for something else than text. */
static bool
is_special_word(struct tocsin_str s)
{
    static const char *const words[] = { "null", "true", "false", "yes",  "no",  "on",
                                         "off",  "y",    "n",     "auto", "none" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq_ascii_case(s, str_z(words[i])))
            return true;
    return false;
}

static bool
is_letter(unsigned char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 0x80;
}

/* Begins with a letter; then letters, digits and what means nothing to YAML. */
static bool
is_plain(struct tocsin_str s)
{
    if (!s.n || is_special_word(s))
        return false;
    if (!is_letter((unsigned char)s.p[0]) && s.p[0] != '/')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool is_last = i + 1 == s.n;
        if (is_letter(c) || (c >= '0' && c <= '9') || strchr("-_./@+", c))
            continue;
        if (c == ':' && !is_last && s.p[i + 1] != ' ')
            continue;
        if (c == ' ' && !is_last && s.p[i + 1] != ' ' && s.p[i + 1] != '-')
            continue;
        return false;
    }
    return true;
}

/* Line and paragraph separators and the like would end or hide a line. */
static bool
is_printed(uint32_t cp)
{
    return cp >= 0x20 && cp != 0x7F && !(cp >= 0x80 && cp < 0xA0) && cp != 0x2028 && cp != 0x2029 &&
           cp != 0xFEFF;
}

int
init_scalar(struct buf *out, struct tocsin_str s)
{
    bool plain = is_plain(s);

    for (size_t at = 0; plain && at < s.n;)
        plain = is_printed(utf8_next(s, &at));
    if (plain)
        return buf_str(out, s);
    buf_char(out, '"');
    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        if (cp == '"' || cp == '\\')
            buf_fmt(out, "\\%c", (int)cp);
        else if (is_printed(cp))
            buf_utf8(out, cp);
        else
            buf_fmt(out, cp > 0xFFFF ? "\\U%08X" : "\\u%04X", (unsigned)cp);
    }
    return buf_char(out, '"');
}

static void
put(struct buf *out, const char *head, const char *value, const char *tail)
{
    buf_z(out, head);
    init_scalar(out, str_z(value));
    buf_z(out, tail);
}

static int
check_word(const char *what, const char *z, struct err *err)
{
    struct tocsin_str s = str_z(z);

    if (!z)
        return 0;
    if (!utf8_is_valid(s))
        return err_set(err, ERR_USAGE, "%s is not UTF-8", what);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
            return err_set(err, ERR_USAGE, "%s holds a control character", what);
    return s.n ? 0 : err_set(err, ERR_USAGE, "%s is empty: give one", what);
}

static int
check(const struct init_options *o, struct err *err)
{
    if (!o->brands.n)
        return err_set(err, ERR_USAGE, "no brand: `tocsin init BRAND` needs at least one name");
    for (size_t i = 0; i < o->brands.n; i++) {
        if (check_word("the brand", o->brands.v[i], err))
            return -1;
        if (strlen(o->brands.v[i]) > 100)
            return err_set(err, ERR_USAGE, "a brand's name has at most 100 letters");
        for (size_t k = 0; k < i; k++)
            if (strcmp(o->brands.v[i], o->brands.v[k]) == 0)
                return err_set(err, ERR_USAGE, "brand %s is given twice", o->brands.v[i]);
    }
    if (check_word("--site", o->site, err) || check_word("--mail", o->mail, err) ||
        check_word("--ntfy", o->ntfy, err))
        return -1;
    if (o->mail && !strchr(o->mail, '@'))
        return err_set(err, ERR_USAGE, "--mail %s: an address has an @", o->mail);
    if (o->site && strchr(o->site, ':') && !url_is_web(str_z(o->site)))
        return err_set(err, ERR_USAGE, "--site %s: write https://www.example.org", o->site);
    if (o->telegram_chat && !o->telegram_secret)
        return err_set(err, ERR_USAGE, "telegram needs the bot's token in a file");
    return 0;
}

/* The domain of the site, without www. */
static struct tocsin_str
site_domain(const char *site)
{
    struct tocsin_str s = str_z(site), host;

    host = url_host(s);
    if (!host.n)
        host = str_cut(&s, '/');
    return str_starts(host, STR_LIT("www.")) ? str_sub(host, 4, host.n) : host;
}

/* In a query's phrase; a quote or backslash in the name ends no phrase. */
static void
put_phrase(struct buf *query, struct tocsin_str s)
{
    buf_char(query, '"');
    for (size_t i = 0; i < s.n; i++)
        buf_char(query, s.p[i] == '"' || s.p[i] == '\\' ? ' ' : s.p[i]);
    buf_char(query, '"');
}

static void
put_brand(struct buf *out, const char *name, const char *site)
{
    struct buf query;

    init_scalar(out, str_z(name));
    if (!site) {
        buf_z(out, ": {}");
        return;
    }
    buf_init(&query, 4096);
    put_phrase(&query, str_z(name));
    buf_z(&query, " OR ");
    put_phrase(&query, site_domain(site));
    buf_z(out, ": {query: ");
    init_scalar(out, buf_view(&query));
    buf_char(out, '}');
    buf_free(&query);
}

static void
put_brands(struct buf *out, const struct init_options *o)
{
    buf_z(out, "brands: {");
    for (size_t i = 0; i < o->brands.n; i++) {
        buf_z(out, i ? ", " : "");
        put_brand(out, o->brands.v[i], i ? NULL : o->site);
    }
    buf_z(out, "}\n");
}

static bool
has_own_mail(const struct init_options *o)
{
    return o->mail && (o->mail_server || o->mail_from || o->mail_secret);
}

static void
put_secrets(struct buf *out, const struct init_options *o)
{
    bool has_mail = o->mail && o->mail_secret;

    if (!has_mail && !o->telegram_chat)
        return;
    buf_z(out, "secrets:\n");
    if (has_mail)
        put(out, "  smtp: {file: ", o->mail_secret, "}\n");
    if (o->telegram_chat)
        put(out, "  telegram: {file: ", o->telegram_secret, "}\n");
}

static void
put_mail(struct buf *out, const struct init_options *o)
{
    if (!has_own_mail(o))
        return;
    put(out, "notifiers:\n  mail: {plugin: email, options: {to: ", o->mail, "");
    if (o->mail_server)
        put(out, ", url: ", o->mail_server, "");
    if (o->mail_from)
        put(out, ", from: ", o->mail_from, "");
    if (o->mail_from && o->mail_secret)
        put(out, ", user: ", o->mail_from, "");
    buf_z(out, o->mail_secret ? ", password: smtp}}\n" : "}}\n");
}

static void
put_receiver(struct buf *out, bool *is_later, const char *head, const char *value)
{
    struct buf word;

    buf_init(&word, 4096);
    buf_z(&word, head);
    buf_z(&word, value);
    buf_z(out, *is_later ? ", " : "notify: [");
    init_scalar(out, buf_view(&word));
    buf_free(&word);
    *is_later = true;
}

static void
put_notify(struct buf *out, const struct init_options *o)
{
    bool is_later = false;

    if (o->mail)
        put_receiver(out, &is_later,
                     has_own_mail(o) ? "mail" : "mailto:", has_own_mail(o) ? "" : o->mail);
    if (o->ntfy) {
        bool has_server = str_starts(str_z(o->ntfy), STR_LIT("https://"));
        put_receiver(out, &is_later,
                     has_server ? "ntfy://" : "ntfy:", o->ntfy + (has_server ? 8 : 0));
    }
    if (o->telegram_chat)
        put_receiver(out, &is_later, "telegram:", o->telegram_chat);
    put_receiver(out, &is_later, "terminal", "");
    buf_z(out, "]\n");
}

int
init_write(struct buf *out, const struct init_options *o, struct err *err)
{
    if (check(o, err))
        return -1;
    buf_z(out, "# Written by `tocsin init`; all keys are in tocsin.yaml(5).\n");
    put_brands(out, o);
    buf_z(out, "sources: auto\n");
    put_secrets(out, o);
    put_mail(out, o);
    put_notify(out, o);
    if (o->mail)
        put(out, "contact: ", o->mail, "\n");
    if (o->state_dir)
        put(out, "state_dir: ", o->state_dir, "\n");
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the configuration") : 0;
}
