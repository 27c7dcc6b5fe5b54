/* targets - who a step's words mean at this moment. */
#include <string.h>

#include "escalate/duty.h"
#include "escalate/escalate.h"

struct list {
    const struct config *config;
    struct target *out;
    size_t n, max;
    int64_t now_ms;
};

static void
add_target(struct list *l, const char *receiver, const char *notifier, const struct staff_conf *st)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->out[i].notifier, notifier) == 0 && strcmp(l->out[i].receiver, receiver) == 0)
            return;
    if (l->n < l->max)
        l->out[l->n++] = (struct target){ receiver, notifier, st };
}

static void
add_staff(struct list *l, const char *name)
{
    const struct staff_conf *st = config_staff(l->config, name);

    for (size_t i = 0; st && i < st->notify.n; i++)
        add_target(l, st->name, st->notify.v[i], st);
}

static bool
add_team(struct list *l, const char *name)
{
    for (size_t i = 0; i < l->config->n_teams; i++) {
        const struct team_conf *t = &l->config->teams[i];
        if (strcmp(t->name, name) != 0)
            continue;
        for (size_t k = 0; k < t->staff.n; k++)
            add_staff(l, t->staff.v[k]);
        return true;
    }
    return false;
}

static bool
add_rotation(struct list *l, const char *name)
{
    for (size_t i = 0; i < l->config->n_rotations; i++) {
        const struct rotation_conf *r = &l->config->rotations[i];
        const char *who;
        if (strcmp(r->name, name) != 0)
            continue;
        who = duty_on(r, l->now_ms);
        if (who)
            add_staff(l, who);
        return true;
    }
    return false;
}

static void
add_word(struct list *l, const char *word)
{
    const struct notifier_conf *n;

    if (strcmp(word, "*") == 0) {
        for (size_t i = 0; i < l->config->notify.n; i++)
            add_target(l, "", l->config->notify.v[i], NULL);
        return;
    }
    if (add_rotation(l, word) || add_team(l, word))
        return;
    if (config_staff(l->config, word)) {
        add_staff(l, word);
        return;
    }
    n = config_notifier(l->config, word);
    if (n)
        add_target(l, "", n->name, NULL);
}

size_t
escalate_targets(const struct config *c, const struct step_conf *step, int64_t now_ms,
                 struct target *out, size_t max)
{
    struct list l = { .config = c, .out = out, .max = max, .now_ms = now_ms };

    for (size_t i = 0; i < step->notify.n; i++)
        add_word(&l, step->notify.v[i]);
    return l.n;
}
