/* Reads lists of rules: the shipped cues first, then the operator's. */
#include "base/parse.h"
#include "config/load.h"
#include "config/settings.h"
#include "record/person.h"

struct rule_raw {
    const char *id, *about, *comment;
    const struct node *query, *regex, *alert;
    double sentiment, complaint, irate;
    struct word_list tags, sources, langs;
    const char *segment;
    int64_t from, until;
    bool is_enabled;
};
static const struct setting rule_keys[] = {
    S_STRING("id", struct rule_raw, id, .required = true,
             .help = "name of the rule, shown as reason"),
    S_STRING("about", struct rule_raw, about, .help = "the brand it is about; left out: any"),
    S_NODE("query", struct rule_raw, query, .help = "words with AND, OR, NOT, NEAR/n, phrases"),
    S_NODE("regex", struct rule_raw, regex, .help = "/pattern/flags, PCRE2; instead of a query"),
    S_NUMBER("sentiment", struct rule_raw, sentiment, .min = -100, .max = 100,
             .help = "added to the sentiment, -1 to 1 (beyond 1: points of 100)"),
    S_NUMBER("complaint", struct rule_raw, complaint, .min = -100, .max = 100,
             .help = "points of 100 added to the complaint score"),
    S_NUMBER("irate", struct rule_raw, irate, .min = -100, .max = 100,
             .help = "points of 100 added to the irate score, like +15"),
    S_WORDS("tags", struct rule_raw, tags, .help = "tags for the mention"),
    S_STRING("segment", struct rule_raw, segment,
             .help = "hint of who writes so: friend, customer, prospect, ..."),
    S_WORDS("sources", struct rule_raw, sources, .help = "only in these sources"),
    S_WORDS("langs", struct rule_raw, langs, .help = "only in these languages, like en or pt"),
    S_NODE("alert", struct rule_raw, alert, .help = "alert of its own: {threshold, within}"),
    S_TIME("from", struct rule_raw, from, .help = "enabled from this time on"),
    S_TIME("until", struct rule_raw, until, .help = "enabled until this time"),
    S_BOOL("enabled", struct rule_raw, is_enabled, .dflt = "true",
           .help = "false: switched off; so can a shipped cue be, by its id"),
    S_STRING("comment", struct rule_raw, comment, .help = "for whoever reads the file"),
};
const struct settings settings_rule = SETTINGS("rule", rule_keys);

struct threshold_raw {
    int64_t threshold, within;
};
static const struct setting threshold_keys[] = {
    S_INT("threshold", struct threshold_raw, threshold, .required = true, .min = 1, .max = 1000000,
          .help = "posts that make it ring"),
    S_DURATION("within", struct threshold_raw, within, .dflt = "10m", .min = MS_SECOND,
               .max = 31 * MS_DAY, .help = "window in which they come"),
};
const struct settings settings_threshold = SETTINGS("alert", threshold_keys);

static int
check_segment(struct loader *l, const struct node *map, const char *segment)
{
    static const char *const words[] = { "friend",          "customer",    "prospect",
                                         "lurker",          "complainant", "crusader",
                                         "premium-grabber", "spammer",     "bot" };
    const struct node *n = node_get(map, "segment");

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (segment && strcmp(segment, words[i]) == 0)
            return 0;
    if (!segment || !n)
        return 0;
    return load_error(l, n, "unknown segment %s%s", load_show(l, str_z(segment)),
                      load_hint(l, str_z(segment), words, sizeof(words) / sizeof(words[0])));
}

/* /pattern/flags: the form only; match compiles it. */
static int
check_regex(struct loader *l, const struct node *n)
{
    struct tocsin_str s = n->text;
    size_t end = s.n;

    while (end > 1 && s.p[end - 1] != '/')
        end--;
    if (str_starts(s, STR_LIT("/")) && end > 2)
        return 0;
    return load_error(l, n, "\"regex\" is written /pattern/ or /pattern/flags, not %s",
                      load_show(l, s));
}

static int
set_pattern(struct loader *l, const struct node *at, const struct rule_raw *raw, struct rule_def *r)
{
    const struct node *n = raw->query ? raw->query : raw->regex;

    if (!raw->query == !raw->regex)
        return load_error(l, at, "rule %s needs either `query` or `regex`", r->id);
    if (n->kind != NODE_SCALAR || !n->text.n)
        return load_error(l, n, "the %s of rule %s is empty", raw->query ? "query" : "regex",
                          r->id);
    if (raw->regex && check_regex(l, n))
        return -1;
    r->pattern_at = node_place(n);
    if (raw->query)
        r->query = load_text(l, n);
    else
        r->regex = load_text(l, n);
    return r->query || r->regex ? 0 : -1;
}

static int
set_threshold(struct loader *l, const struct node *n, struct rule_def *r)
{
    struct threshold_raw raw = { 0 };

    if (!n)
        return 0;
    if (n->kind != NODE_MAP)
        return load_error(l, n, "\"alert\" is a map like {threshold: 5, within: 10m}, not %s",
                          node_kind_name(n));
    if (settings_read(l, &settings_threshold, n, n, "alert", &raw))
        return -1;
    r->alert_threshold = raw.threshold;
    r->alert_window_ms = raw.within;
    return 0;
}

static int
fill_rule(struct loader *l, const struct node *n, const struct rule_raw *raw, struct rule_def *r)
{
    int rc = 0;

    r->id = raw->id;
    r->about = raw->about;
    r->sentiment = raw->sentiment;
    r->complaint = raw->complaint;
    r->irate = raw->irate;
    r->tags = raw->tags;
    r->sources = raw->sources;
    r->langs = raw->langs;
    r->segment = raw->segment;
    r->from_ms = raw->from;
    r->until_ms = raw->until;
    r->at = node_place(node_get(n, "id"));
    if (set_pattern(l, n, raw, r))
        rc = -1;
    if (set_threshold(l, raw->alert, r) || check_segment(l, n, raw->segment))
        rc = -1;
    if (raw->about && names_check(l, NAMES_BRANDS, node_get(n, "about"), "brand"))
        rc = -1;
    if (raw->from && raw->until && raw->from >= raw->until)
        rc = load_error(l, node_get(n, "until"), "\"until\" is not after \"from\"");
    return rc;
}

/* Where the rule of an id stands in the array, and whether it was shipped. */
struct rule_slot {
    size_t index;
    bool is_shipped;
};

/* A new place for the rule, or that of the shipped cue which it replaces; NULL: told. */
static struct rule_slot *
take_slot(struct loader *l, const struct node *n, const char *id, bool is_shipped)
{
    struct rule_slot *slot = hash_find(l->rule_ids, str_z(id));
    struct rule_def *v = (struct rule_def *)(uintptr_t)l->c->rules.rules;

    if (slot && (!slot->is_shipped || is_shipped)) {
        const struct place *at = &v[slot->index].at;
        load_error(l, node_get(n, "id"), "rule %s is there already, in %s:%d: choose another id",
                   id, at->file, at->line);
        return NULL;
    }
    if (!slot) {
        slot = arena_alloc(l->tree, sizeof(*slot));
        if (!slot || hash_set(l->rule_ids, str_z(id), slot, NULL)) {
            load_nomem(l);
            return NULL;
        }
        slot->index = l->c->rules.n_rules++;
    }
    slot->is_shipped = is_shipped;
    memset(&v[slot->index], 0, sizeof(v[0]));
    v[slot->index].id = id;
    v[slot->index].at = node_place(n);
    return slot;
}

static int
read_rule(struct loader *l, const struct node *n, bool is_shipped)
{
    struct rule_def *v = (struct rule_def *)(uintptr_t)l->c->rules.rules;
    struct rule_raw raw = { 0 };
    struct rule_slot *slot;
    const struct node *id = node_get(n, "id");
    const char *title = id && id->kind == NODE_SCALAR
                            ? arena_fmt(l->tree, "rule %.*s", STR_FMT(id->text))
                            : "a rule";

    if (n->kind != NODE_MAP)
        return load_error(l, n,
                          "a rule is a map like {id: refund, query: refund, irate: +15}, "
                          "not %s",
                          node_kind_name(n));
    if (!title || settings_read(l, &settings_rule, n, n, title, &raw))
        return -1;
    slot = take_slot(l, n, raw.id, is_shipped);
    if (!slot)
        return -1;
    if (!raw.is_enabled)
        return 0; /* dropped at the end: neither query nor regex */
    return fill_rule(l, n, &raw, &v[slot->index]);
}

static int
read_part(struct loader *l, const struct part *p)
{
    size_t len = strlen(l->data_dir);
    bool is_shipped =
        strncmp(p->value->file->path, l->data_dir, len) == 0 && p->value->file->path[len] == '/';
    int rc = 0;

    if (p->value->kind != NODE_LIST)
        return load_error(l, p->value, "`rules` is a list, each rule behind a dash, not %s",
                          node_kind_name(p->value));
    for (const struct item *i = p->value->first; i; i = i->next)
        if (read_rule(l, i->value, is_shipped))
            rc = -1;
    return rc;
}

static void
drop_disabled(struct rule_defs *d)
{
    struct rule_def *v = (struct rule_def *)(uintptr_t)d->rules;
    size_t n = 0;

    for (size_t i = 0; i < d->n_rules; i++)
        if (v[i].query || v[i].regex)
            v[n++] = v[i];
    d->n_rules = n;
}

int
load_rules(struct loader *l)
{
    int rc = 0;

    l->c->rules.rules =
        arena_array(l->keep, load_count(l->parts[SEC_RULES]) + 1, sizeof(struct rule_def));
    if (!l->c->rules.rules)
        return load_nomem(l);
    for (const struct part *p = l->parts[SEC_RULES]; p; p = p->next)
        if (read_part(l, p))
            rc = -1;
    drop_disabled(&l->c->rules);
    return rc;
}
