/* worker - normalise, match and score the posts of one response. */
#include "worker.h"

#include "base/url.h"
#include "dedup/fingerprint.h"
#include "normalise/normalise.h"

static struct tocsin_str
without_at(struct tocsin_str handle)
{
    return str_starts(handle, STR_LIT("@")) ? str_sub(handle, 1, handle.n) : handle;
}

/* Is the plugin's service one place for all (it names its hosts), or the handle qualified
 * (@ann@example.social)? Then the handle is unique there; else only on its own site. */
static struct tocsin_str
service_of(const struct batch *b, const struct post *p)
{
    const char *name = arena_z(b->arena, p->source);
    const struct source_conf *c = name ? config_source(b->setup->config, name) : NULL;
    struct tocsin_str handle = without_at(p->author.handle);
    struct tocsin_str host = url_host(p->url);

    if (!c || c->plugin->hosts.n > 0 || str_find(handle, STR_LIT("@"), 0) != SIZE_MAX)
        return p->service;
    if (str_starts(host, STR_LIT("www.")))
        host = str_sub(host, 4, host.n);
    return host.n ? host : p->source;
}

/* "service:handle" against the author of the post; the @ is optional. */
static bool
is_account(const char *account, const struct post *p)
{
    struct tocsin_str handle = str_z(account);
    struct tocsin_str service = str_cut(&handle, ':');

    return (str_eq(service, p->service) || str_eq(service, p->author.service)) &&
           str_eq_ascii_case(without_at(handle), without_at(p->author.handle));
}

static bool
is_ours(const struct rule_defs *defs, const struct post *p)
{
    if (p->author.handle.n == 0)
        return false;
    for (size_t i = 0; i < defs->n_brands; i++) {
        struct word_list own = defs->brands[i].own_accounts;
        for (size_t k = 0; k < own.n; k++)
            if (is_account(own.v[k], p))
                return true;
    }
    return false;
}

static bool
is_wanted(struct word_list brands, struct tocsin_str brand)
{
    for (size_t i = 0; i < brands.n; i++)
        if (str_eq_z(brand, brands.v[i]))
            return true;
    return brands.n == 0;
}

/* Mentions of brands that this source does not listen for are dropped. */
static void
keep_wanted(struct scored *sc, struct word_list brands)
{
    size_t kept = 0;

    for (size_t i = 0; i < sc->n_mentions; i++)
        if (is_wanted(brands, sc->mentions[i].brand))
            sc->mentions[kept++] = sc->mentions[i];
    sc->n_mentions = kept;
}

static int
work_post(struct batch *b, size_t i, struct match_scratch *scratch, struct word_list brands,
          const char *lang, int64_t now_ms, struct err *err)
{
    struct post *p = &b->posts[i];
    struct scored *sc = &b->scored[i];
    const struct rule_defs *defs = ruleset_defs(b->setup->ruleset);
    struct match_result m = { 0 };

    if (p->is_gone)
        return 0;
    if (p->lang.n == 0 && lang)
        p->lang = str_z(lang);
    if (normalise_post(p, b->arena, err) != 0)
        return -1;
    if (p->place.n == 0)
        p->place = p->site;
    p->fingerprint = fingerprint_post(p);
    p->author.service = service_of(b, p);
    sc->is_ours = is_ours(defs, p);
    if (sc->is_ours)
        return 0;
    if (match_post(b->setup->ruleset, scratch, p, now_ms, b->arena, &m, err) != 0 ||
        score_mentions(b->setup->scorer, p, defs, &m, b->arena, &sc->mentions, &sc->n_mentions,
                       err) != 0)
        return -1;
    keep_wanted(sc, brands);
    return 0;
}

/* A drill rings whatever the brand's query and the weights say: what it proves is the way from
 * here to the telephone. */
static int
force_drill(struct batch *b, struct err *err)
{
    struct scored *sc = &b->scored[0];
    struct mention *m = arena_alloc(b->arena, sizeof *m);
    struct score_part *part = arena_alloc(b->arena, sizeof *part);

    if (!m || !part)
        return err_set(err, ERR_NOMEM, "no memory for a drill");
    *part = (struct score_part){ .axis = AXIS_IRATE, .name = STR_LIT("drill"), .weight = 80 };
    *m = (struct mention){
        .brand = str_z(b->drill_brand),
        .score = { .sentiment = -1,
                   .label = -1,
                   .complaint = 1,
                   .irate = 80,
                   .level = LEVEL_IRATE,
                   .parts = part,
                   .n_parts = 1 },
    };
    for (size_t i = 0; i < sc->n_mentions; i++)
        if (str_eq_z(sc->mentions[i].brand, b->drill_brand)) {
            m->hits = sc->mentions[i].hits;
            m->n_hits = sc->mentions[i].n_hits;
        }
    sc->mentions = m;
    sc->n_mentions = 1;
    sc->is_ours = false;
    return 0;
}

int
worker_run(struct batch *b, struct match_scratch *scratch, struct word_list brands,
           const char *lang, int64_t now_ms, struct err *err)
{
    b->scored = arena_array(b->arena, b->n_posts ? b->n_posts : 1, sizeof *b->scored);
    if (!b->scored)
        return err_set(err, ERR_NOMEM, "no memory for a response of %zu posts", b->n_posts);
    for (size_t i = 0; i < b->n_posts; i++)
        if (work_post(b, i, scratch, brands, lang, now_ms, err) != 0)
            return -1;
    return b->is_drill && b->n_posts > 0 ? force_drill(b, err) : 0;
}
