/* What a source or notifier is granted: hosts, secrets, a proxy. */
#include "base/url.h"
#include "config/load.h"

struct hosts {
    const char **v;
    size_t n;
};

static void
host_add(struct hosts *h, const char *host)
{
    for (size_t i = 0; i < h->n; i++)
        if (strcmp(h->v[i], host) == 0)
            return;
    h->v[h->n++] = host;
}

static void
host_drop(struct hosts *h, struct tocsin_str host)
{
    for (size_t i = 0; i < h->n; i++)
        if (str_eq_ascii_case(str_z(h->v[i]), host))
            h->v[i--] = h->v[--h->n];
}

static const char *
lower_z(struct loader *l, struct tocsin_str s)
{
    char *z = (char *)(uintptr_t)arena_z(l->keep, s);

    if (!z)
        load_nomem(l);
    for (char *c = z; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return z;
}

static bool
is_host(struct tocsin_str s)
{
    if (str_starts(s, STR_LIT("*.")))
        s = str_sub(s, 2, s.n);
    if (!s.n || s.n > 253)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
        if (!is_letter && !(c >= '0' && c <= '9') && !strchr("-._:[]", c))
            return false;
    }
    return true;
}

/* One word of `hosts:`; "-name" takes a granted host away. */
static int
read_host(struct loader *l, const struct node *n, struct hosts *h)
{
    struct tocsin_str s = n->text;
    bool is_less = str_starts(s, STR_LIT("-"));
    const char *z;

    if (is_less)
        s = str_sub(s, 1, s.n);
    if (n->kind != NODE_SCALAR || !is_host(s))
        return load_error(l, n,
                          "\"hosts\" holds names like api.example.org or *.example.org, "
                          "without scheme or path, not %s",
                          load_show(l, n->text));
    if (is_less) {
        host_drop(h, s);
        return 0;
    }
    z = lower_z(l, s);
    if (!z)
        return -1;
    host_add(h, z);
    return 0;
}

static int
load_hosts(struct loader *l, const struct plugin_seen *p, const struct node *given,
           const struct option_values *options, struct word_list *out)
{
    size_t max = p->info->hosts.n + options->n + 1 + (given ? given->n + 1 : 0);
    struct hosts h = { arena_array(l->keep, max, sizeof(*h.v)), 0 };
    int rc = 0;

    if (!h.v)
        return load_nomem(l);
    for (size_t i = 0; i < p->info->hosts.n; i++)
        host_add(&h, p->info->hosts.v[i]);
    for (size_t i = 0; i < options->n; i++) {
        if (options->v[i].type != TOCSIN_T_URL || !options->v[i].values.n)
            continue;
        const char *z = lower_z(l, url_host(str_z(options->v[i].values.v[0])));
        if (!z)
            return -1;
        host_add(&h, z);
    }
    if (given && given->kind == NODE_LIST) {
        for (const struct item *i = given->first; i; i = i->next)
            if (read_host(l, i->value, &h))
                rc = -1;
    } else if (given) {
        rc = read_host(l, given, &h);
    }
    *out = (struct word_list){ h.v, h.n };
    return rc;
}

static int
load_secret_values(struct loader *l, const struct option_values *options, struct fetch_who *out)
{
    struct secret_value *v;
    size_t n = 0;

    for (size_t i = 0; i < options->n; i++)
        n += options->v[i].type == TOCSIN_T_SECRET;
    out->n_secrets = n;
    if (!n)
        return 0;
    v = arena_array(l->keep, n, sizeof(*v));
    if (!v)
        return load_nomem(l);
    out->secrets = v;
    for (size_t i = 0; i < options->n; i++) {
        const struct option_value *o = &options->v[i];
        if (o->type != TOCSIN_T_SECRET)
            continue;
        const struct secret *s = hash_find(l->secrets, str_z(o->values.v[0]));
        *v++ = (struct secret_value){ o->name, s ? s->value : "" };
    }
    return 0;
}

/* Names of secret options that a program gets as environment. */
static int
load_secret_env(struct loader *l, const struct node *n, const struct option_values *options,
                struct word_list *out)
{
    if (!n)
        return 0;
    if (load_words(l, n, "secret_env", out))
        return -1;
    for (size_t i = 0; i < out->n; i++) {
        const struct option_value *o = option_find(options, out->v[i]);
        if (!o || o->type != TOCSIN_T_SECRET)
            return load_error(l, n,
                              "\"secret_env\" names secret options that are given; %s is "
                              "none",
                              load_show(l, str_z(out->v[i])));
    }
    return 0;
}

int
load_who(struct loader *l, const struct plugin_seen *p, const struct who_raw *raw,
         const struct option_values *options, const char *subject, struct fetch_who *out)
{
    out->subject = subject;
    out->allow_private = raw->allow_private;
    out->proxy = raw->proxy;
    out->options = options;
    if (load_hosts(l, p, raw->hosts, options, &out->hosts))
        return -1;
    if (load_secret_values(l, options, out))
        return -1;
    return load_secret_env(l, raw->secret_env, options, &out->secret_env);
}
