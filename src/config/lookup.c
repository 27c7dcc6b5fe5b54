/* Answers who is who in a configuration, and whom an alert can reach. */
#include <string.h>

#include "config/load.h"

const struct source_conf *
config_source(const struct config *c, const char *name)
{
    return hash_find(((const struct config_whole *)c)->sources, str_z(name));
}

const struct notifier_conf *
config_notifier(const struct config *c, const char *name)
{
    return hash_find(((const struct config_whole *)c)->notifiers, str_z(name));
}

const struct staff_conf *
config_staff(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->n_staff; i++)
        if (strcmp(c->staff[i].name, name) == 0)
            return &c->staff[i];
    return NULL;
}

const struct policy_conf *
config_policy(const struct config *c, enum level level)
{
    for (size_t i = 0; i < c->n_policies; i++)
        if (c->policies[i].level == level)
            return &c->policies[i];
    return level == LEVEL_CRUSADE ? config_policy(c, LEVEL_IRATE) : NULL;
}

static bool
any_reaches(const struct config *c, struct word_list notifiers)
{
    for (size_t i = 0; i < notifiers.n; i++) {
        const struct notifier_conf *n = config_notifier(c, notifiers.v[i]);
        if (n && !n->reaches_only_here)
            return true;
    }
    return false;
}

static bool
staff_reached(const struct config *c, struct word_list staff)
{
    for (size_t i = 0; i < staff.n; i++) {
        const struct staff_conf *s = config_staff(c, staff.v[i]);
        if (s && any_reaches(c, s->notify))
            return true;
    }
    return false;
}

static bool
target_reached(const struct config *c, const char *name)
{
    const struct word_list one = { &name, 1 };

    if (strcmp(name, "*") == 0)
        return any_reaches(c, c->notify);
    if (any_reaches(c, one) || staff_reached(c, one))
        return true;
    for (size_t i = 0; i < c->n_teams; i++)
        if (strcmp(c->teams[i].name, name) == 0)
            return staff_reached(c, c->teams[i].staff);
    for (size_t i = 0; i < c->n_rotations; i++)
        if (strcmp(c->rotations[i].name, name) == 0)
            return staff_reached(c, c->rotations[i].staff);
    return false;
}

bool
config_reaches_anybody(const struct config *c, const char *brand)
{
    const struct policy_conf *p = config_policy(c, LEVEL_IRATE);

    (void)brand; /* policies are the same for all brands so far */
    for (size_t i = 0; p && i < p->n_steps; i++)
        for (size_t k = 0; k < p->steps[i].notify.n; k++)
            if (target_reached(c, p->steps[i].notify.v[k]))
                return true;
    return false;
}
