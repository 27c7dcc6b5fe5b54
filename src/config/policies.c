/* Reads who is told of which level, in which order; the default where nothing is said. */
#include "base/parse.h"
#include "config/load.h"
#include "config/settings.h"

#define DEFAULT_REPEAT_MS (15 * MS_MINUTE)
#define DEFAULT_WAIT_MS (10 * MS_MINUTE)

struct step_raw {
    const struct node *notify;
    int64_t wait, repeat;
};
static const struct setting step_keys[] = {
    S_NODE("notify", struct step_raw, notify, .required = true,
           .help = "rotations, teams, staff or notifiers; \"*\": everybody in `notify`"),
    S_DURATION("wait", struct step_raw, wait, .min = MS_SECOND, .max = 7 * MS_DAY,
               .help = "for an acknowledgement, before the next step (10m)"),
    S_DURATION("repeat", struct step_raw, repeat, .min = MS_SECOND, .max = 7 * MS_DAY,
               .help = "last step only: rings again after this, growing"),
};
const struct settings settings_step = SETTINGS("step", step_keys);

struct policy_raw {
    const struct node *level[3];
};
static const struct setting policy_keys[] = {
    S_NODE("upset", struct policy_raw, level[0], .help = "steps, where upset posts shall ring"),
    S_NODE("irate", struct policy_raw, level[1], .help = "steps for irate posts"),
    S_NODE("crusade", struct policy_raw, level[2],
           .help = "steps for crusades; left out: those of irate"),
};
const struct settings settings_policy = SETTINGS("escalation", policy_keys);

static bool
is_everybody(const struct node *n)
{
    return n->kind == NODE_SCALAR && str_eq_z(n->text, "*");
}

static int
read_targets(struct loader *l, const struct node *n, struct step_conf *s)
{
    static const char *const everybody[] = { "*" };
    bool is_all = is_everybody(n);

    for (const struct item *i = n->kind == NODE_LIST ? n->first : NULL; i; i = i->next)
        is_all = is_all || is_everybody(i->value);
    if (is_all) {
        s->notify = (struct word_list){ everybody, 1 };
        return 0;
    }
    if (load_receivers(l, n, NAMES_TARGETS, &s->notify))
        return -1;
    return s->notify.n ? 0 : load_error(l, n, "this step tells nobody");
}

static int
read_step(struct loader *l, const struct node *n, bool is_last, struct step_conf *s)
{
    struct step_raw raw = { 0 };

    if (n->kind != NODE_MAP)
        return load_error(l, n, "a step is a map like {notify: [primary], wait: 10m}, not %s",
                          node_kind_name(n));
    if (settings_read(l, &settings_step, n, n, "a step", &raw))
        return -1;
    if (raw.repeat && !is_last)
        return load_error(l, node_get(n, "repeat"),
                          "only the last step repeats: use \"wait\" "
                          "here");
    s->wait_ms = raw.wait || is_last ? raw.wait : DEFAULT_WAIT_MS;
    s->repeat_ms = raw.repeat;
    return read_targets(l, raw.notify, s);
}

static int
read_policy(struct loader *l, const struct node *n, enum level level, struct policy_conf *p)
{
    struct step_conf *v = arena_array(l->keep, n->n + 1, sizeof(*v));
    int rc = 0;

    if (!v)
        return load_nomem(l);
    p->level = level;
    p->at = node_place(n);
    p->steps = v;
    if (n->kind != NODE_LIST || !n->n)
        return load_error(l, n, "an escalation is a list of steps, each behind a dash, not %s",
                          n->kind == NODE_LIST ? "an empty one" : node_kind_name(n));
    for (const struct item *i = n->first; i; i = i->next)
        if (read_step(l, i->value, !i->next, &v[p->n_steps++]))
            rc = -1;
    return rc;
}

/* Everybody in `notify` for irate and crusade, every 15 minutes, growing. */
static int
default_policies(struct loader *l)
{
    static const char *const everybody[] = { "*" };
    static const struct step_conf step = { .notify = { everybody, 1 },
                                           .repeat_ms = DEFAULT_REPEAT_MS };
    static const struct policy_conf policies[] = {
        { .level = LEVEL_IRATE, .steps = &step, .n_steps = 1 },
        { .level = LEVEL_CRUSADE, .steps = &step, .n_steps = 1 },
    };

    l->c->policies = policies;
    l->c->n_policies = 2;
    return 0;
}

int
load_policies(struct loader *l)
{
    static const enum level levels[] = { LEVEL_UPSET, LEVEL_IRATE, LEVEL_CRUSADE };
    struct policy_raw raw = { 0 };
    const struct part *p = l->parts[SEC_ESCALATION];
    struct policy_conf *v;
    int rc = 0;

    if (!p)
        return default_policies(l);
    v = arena_array(l->keep, 3, sizeof(*v));
    if (!v)
        return load_nomem(l);
    l->c->policies = v;
    if (settings_read(l, &settings_policy, p->value, p->key, "`escalation`", &raw))
        return -1;
    for (size_t i = 0; i < 3; i++)
        if (raw.level[i] && raw.level[i]->kind != NODE_NULL &&
            read_policy(l, raw.level[i], levels[i], &v[l->c->n_policies++]))
            rc = -1;
    if (!rc && !raw.level[1])
        load_warn(l, p->key, "`escalation` says nothing of irate posts: they ring nobody");
    return rc;
}
