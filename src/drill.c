/* drill - makes the synthetic complaint and sends it on its way. */
#include "drill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRILL_ARENA (4 << 20)

struct drill {
    struct setup *setup;
    void (*done)(void *ctx, int64_t alert, const struct err *err);
    void *ctx;
};

static void
drilled(void *ctx, struct batch *b, const struct err *err)
{
    struct drill *d = ctx;

    d->done(d->ctx, err ? 0 : b->drill_alert, err);
    setup_unref(d->setup);
    free(d);
}

static struct batch *
make_batch(struct setup *s, const char *brand, int64_t now_ms)
{
    struct arena *a = arena_new(DRILL_ARENA);
    struct batch *b = a ? arena_alloc(a, sizeof *b) : NULL;
    struct post *p = b ? arena_alloc(a, sizeof *p) : NULL;
    const char *text = arena_fmt(a,
                                 "DRILL, nobody is angry: %s, this is the third time you "
                                 "ignore me! I want my money back NOW or my lawyer will write.",
                                 brand);

    if (!p || !text) {
        arena_free(a);
        return NULL;
    }
    *p = (struct post){
        .source = STR_LIT("drill"),
        .service = STR_LIT("drill"),
        .lang = STR_LIT("en"),
        .id = str_z(arena_fmt(a, "%s-%lld", brand, (long long)now_ms)),
        .place = STR_LIT("a drill"),
        .published_ms = now_ms,
        .replies = -1,
        .reposts = -1,
        .likes = -1,
        .rating = NAN,
        .author = { .followers = -1 },
    };
    p->text.text = str_z(text);
    *b = (struct batch){ .arena = a,
                         .setup = s,
                         .posts = p,
                         .n_posts = 1,
                         .is_drill = true,
                         .drill_brand = arena_z(a, str_z(brand)),
                         .state = { .name = STR_LIT("drill") } };
    return b;
}

static const struct brand_def *
find_brand(const struct setup *s, const char *brand)
{
    for (size_t i = 0; i < s->config->rules.n_brands; i++)
        if (!brand || strcmp(s->config->rules.brands[i].name, brand) == 0)
            return &s->config->rules.brands[i];
    return NULL;
}

int
drill_start(struct pipeline *p, struct setup *s, const char *brand, int64_t now_ms,
            void (*done)(void *ctx, int64_t alert, const struct err *err), void *ctx,
            struct err *err)
{
    const struct brand_def *def = find_brand(s, brand);
    struct drill *d;
    struct batch *b;

    if (!def)
        return err_set(err, ERR_NOTFOUND, "no brand \"%s\" in %s", brand ? brand : "",
                       s->config->path);
    d = calloc(1, sizeof *d);
    b = d ? make_batch(s, def->name, now_ms) : NULL;
    if (!b) {
        free(d);
        return err_set(err, ERR_NOMEM, "no memory for a drill");
    }
    *d = (struct drill){ setup_ref(s), done, ctx };
    if (pipeline_inject(p, b, drilled, d, err) == 0)
        return 0;
    setup_unref(d->setup);
    arena_free(b->arena);
    free(d);
    return -1;
}
