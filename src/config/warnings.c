/* What is allowed and yet probably not meant. */
#include "config/load.h"

static void
warn_unused_secrets(struct loader *l)
{
    const struct config_whole *w = l->whole;

    for (size_t i = 0; i < w->n_secrets; i++)
        if (!w->secrets[i].is_used)
            load_warn(l, w->secrets[i].at, "secret %s is used by nothing", w->secrets[i].name);
}

static void
warn_reach(struct loader *l)
{
    const struct part *p = l->parts[SEC_NOTIFY];

    for (size_t i = 0; i < l->c->rules.n_brands; i++) {
        const struct brand_def *b = &l->c->rules.brands[i];
        if (b->is_competitor || b->is_topic || config_reaches_anybody(l->c, b->name))
            continue;
        load_warn(l, p ? p->value : NULL,
                  l->c->n_notifiers ? "an alert of %s can reach only somebody who sits at this "
                                      "machine: add one like `notify: mailto:me@example.com`"
                                    : "an alert of %s reaches nobody: add one like "
                                      "`notify: mailto:me@example.com`",
                  b->name);
    }
}

static void
warn_sources(struct loader *l)
{
    if (!l->c->n_sources)
        load_warn(l, NULL,
                  "there is no source to listen to: list some under `sources:`, or "
                  "install plugins for `sources: auto`");
}

void
load_warnings(struct loader *l)
{
    warn_unused_secrets(l);
    warn_sources(l);
    warn_reach(l);
}
