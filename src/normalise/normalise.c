/* normalise - a post as the host gave it, made comparable with others. */
#include "normalise/normalise.h"

#include <libpsl.h>

#include "base/url.h"

static bool
is_address(struct tocsin_str host)
{
    return host.n && (host.p[0] == '[' || host.p[host.n - 1] == ']' ||
                      (host.p[host.n - 1] >= '0' && host.p[host.n - 1] <= '9'));
}

/* The registrable domain; the host itself where it has none. */
static int
set_site(struct post *p, struct arena *a)
{
    struct tocsin_str host = url_host(p->url);
    p->site = STR_LIT("");
    if (!host.n)
        return 0;
    char *z = arena_alloc(a, host.n + 1);
    if (!z)
        return -1;
    for (size_t i = 0; i < host.n; i++)
        z[i] = host.p[i] >= 'A' && host.p[i] <= 'Z' ? (char)(host.p[i] | 0x20) : host.p[i];
    p->site = str_z(z);
    const psl_ctx_t *psl = psl_builtin();
    const char *domain = psl && !is_address(p->site) ? psl_registrable_domain(psl, z) : NULL;
    if (domain)
        p->site = str_z(domain);
    return 0;
}

/* "#comment-5", "#p1234", "#post-12": one of many posts on a page, where "#top" is only a place. */
static struct tocsin_str
post_fragment(struct tocsin_str url)
{
    size_t at = str_find(url, STR_LIT("#"), 0);
    struct tocsin_str f = at == SIZE_MAX ? STR_NONE : str_sub(url, at, url.n);
    bool has_digit = false;

    for (size_t i = 1; i < f.n; i++) {
        char c = f.p[i];
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && !((c | 32) >= 'a' && (c | 32) <= 'z') && c != '-' && c != '_')
            return STR_NONE;
        has_digit |= is_digit;
    }
    return has_digit && f.n <= 64 ? f : STR_NONE;
}

static int
set_canonical(struct post *p, struct arena *a)
{
    struct buf b;
    buf_init(&b, 64 * 1024);
    p->canonical_url = STR_LIT("");
    int rc = 0;
    if (p->url.n && url_canonical(&b, p->url) == 0) {
        buf_str(&b, post_fragment(p->url));
        p->canonical_url = arena_str(a, buf_view(&b));
        rc = p->canonical_url.p ? 0 : -1;
    }
    buf_free(&b);
    return rc;
}

int
normalise_post(struct post *p, struct arena *a, struct err *err)
{
    if (normalise_text(&p->title, p->title.text, a, err) ||
        normalise_text(&p->text, p->text.text, a, err))
        return -1;
    if (set_canonical(p, a) || set_site(p, a))
        return err_set(err, ERR_NOMEM, "no memory to normalise a post");
    if (!p->lang.n) {
        p->lang = str_z(normalise_guess_lang(p->text.text.n ? p->text.text : p->title.text));
        p->lang_is_guess = p->lang.n > 0;
    }
    return 0;
}
