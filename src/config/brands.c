/* Reads brands, topics and competitors. */
#include "config/load.h"
#include "config/settings.h"

struct brand_raw {
    const struct node *query;
    struct word_list own_accounts;
    bool is_competitor, is_topic;
    const char *search;
    bool is_auto;
};
static const struct setting brand_keys[] = {
    S_NODE("query", struct brand_raw, query,
           .help = "what to listen for; left out: the name, its hashtag and possessive"),
    S_WORDS("own_accounts", struct brand_raw, own_accounts,
            .help = "our own accounts, as service:handle; their posts are stored, never scored"),
    S_BOOL("competitor", struct brand_raw, is_competitor,
           .help = "counted in share of voice, never rung"),
    S_BOOL("topic", struct brand_raw, is_topic,
           .help = "matched and scored, raises no alert by itself"),
    S_STRING("search", struct brand_raw, search,
             .help = "what the automatic sources search for; left out: the name"),
    S_BOOL("auto", struct brand_raw, is_auto,
           .help = "make the automatic sources for it; left out: yes, for a competitor no"),
};
const struct settings settings_brand = SETTINGS("brand", brand_keys);

static int
brand_name_check(struct loader *l, const struct node *key)
{
    if (!key->text.n || key->text.n > 100)
        return load_error(l, key, "the name of a brand has 1 to 100 letters");
    for (size_t i = 0; i < key->text.n; i++)
        if ((unsigned char)key->text.p[i] < 0x20 || key->text.p[i] == 0x7F)
            return load_error(l, key, "the name of a brand holds no control characters");
    return 0;
}

static int
check_accounts(struct loader *l, const struct node *map, const struct word_list *accounts)
{
    const struct node *n = node_get(map, "own_accounts");

    for (size_t i = 0; n && i < accounts->n; i++) {
        struct tocsin_str handle = str_z(accounts->v[i]), service = str_cut(&handle, ':');
        if (!service.n || !handle.n)
            return load_error(l, n,
                              "\"own_accounts\" holds service:handle, like "
                              "\"mastodon:@acme@example.social\", not %s",
                              load_show(l, str_z(accounts->v[i])));
    }
    return 0;
}

static int
set_query(struct loader *l, const struct node *n, struct brand_def *b)
{
    if (n->kind != NODE_SCALAR || !n->text.n)
        return load_error(l, n, "\"query\" needs words to listen for: give some, or leave it out");
    b->query = load_text(l, n);
    b->query_at = node_place(n);
    return b->query ? 0 : -1;
}

static int
read_brand(struct loader *l, enum section sec, const struct item *i, struct brand_def *b)
{
    struct brand_raw raw = { .is_topic = sec == SEC_TOPICS,
                             .is_competitor = sec == SEC_COMPETITORS };
    const char *title = arena_fmt(l->tree, "brand %.*s", STR_FMT(i->key->text));

    b->name = load_text(l, i->key);
    b->at = node_place(i->key);
    if (!title || !b->name)
        return load_nomem(l);
    if (i->value->kind == NODE_SCALAR)
        raw.query = i->value; /* acme: 'acme OR "acme traps"' */
    else if (settings_read(l, &settings_brand, i->value, i->key, title, &raw))
        return -1;
    b->own_accounts = raw.own_accounts;
    b->is_competitor = raw.is_competitor;
    b->is_topic = raw.is_topic;
    if (raw.is_competitor && raw.is_topic)
        return load_error(l, i->key, "%s is either a competitor or a topic", title);
    if (raw.query && set_query(l, raw.query, b))
        return -1;
    return check_accounts(l, i->value, &raw.own_accounts);
}

int
load_brands(struct loader *l)
{
    static const enum section secs[] = { SEC_BRANDS, SEC_TOPICS, SEC_COMPETITORS };
    struct brand_def *v;
    size_t n = 0;
    int rc = 0;

    for (size_t s = 0; s < 3; s++)
        n += load_count(l->parts[secs[s]]);
    v = arena_array(l->keep, n + 1, sizeof(*v));
    if (!v)
        return load_nomem(l);
    l->c->rules.brands = v;
    for (size_t s = 0; s < 3; s++)
        for (const struct part *p = l->parts[secs[s]]; p; p = p->next)
            for (const struct item *i = p->value->first; i && i->key; i = i->next)
                if (brand_name_check(l, i->key) ||
                    read_brand(l, secs[s], i, &v[l->c->rules.n_brands++]))
                    rc = -1;
    return rc;
}
