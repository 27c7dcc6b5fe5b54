/* setup - loads a configuration and compiles what is made from it. */
#include "setup.h"

#include <stdlib.h>

static void
warn_finding(void *ctx, const struct place *at, const char *msg)
{
    findings_add(ctx, false, at, NULL, "%s", msg);
}

int
setup_load(struct setup **out, const char *path, const struct config_options *o, struct findings *f)
{
    struct err err = { 0 };
    struct setup *s = calloc(1, sizeof *s);

    if (!s) {
        findings_add(f, true, NULL, NULL, "no memory");
        return -1;
    }
    s->refs = 1;
    if (config_load(&s->config, path, o, f) != 0)
        goto fail;
    if (ruleset_new(&s->ruleset, &s->config->rules, warn_finding, f, &err) != 0 ||
        scorer_new(&s->scorer, s->config->data_dir, &err) != 0) {
        findings_add(f, true, NULL, NULL, "%s", err.msg);
        goto fail;
    }
    *out = s;
    return 0;
fail:
    setup_unref(s);
    return -1;
}

struct setup *
setup_ref(struct setup *s)
{
    __atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
    return s;
}

void
setup_unref(struct setup *s)
{
    if (!s || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (s->on_free)
        s->on_free(s->ctx, s);
    ruleset_free(s->ruleset);
    scorer_free(s->scorer);
    config_free(s->config);
    free(s);
}
