/* short.c - a plugin whose tables all end early, as one built with a younger header would have
 * them: nothing behind the ops, options without choices, posts without counts. */
#include <tocsin/plugin.h>

struct short_option { /* tocsin_option up to `dflt` */
    const char *name;
    uint32_t type, required;
    size_t offset;
    const char *dflt;
};
struct short_plugin { /* tocsin_plugin up to `ops` */
    uint32_t abi, size, kind, option_size;
    const char *name, *version, *summary;
    const struct short_option *options;
    size_t n_options, conf_size;
    const void *ops;
};
struct short_post { /* tocsin_post up to `id` */
    uint32_t size, flags, kind;
    struct tocsin_str id;
};

struct conf {
    const char *id;
    int64_t number;
};
static const struct tocsin_host *host;
static const struct conf *conf_now;

static int
short_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    (void)t;
    host = h;
    conf_now = conf;
    *self = NULL;
    return TOCSIN_OK;
}

static int
short_plan(void *self, struct tocsin_turn *t)
{
    (void)self;
    (void)t;
    return TOCSIN_OK;
}

static int
short_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct short_post p = { .size = sizeof p, .id = { conf_now->id, 3 } };

    (void)self;
    (void)r;
    return host->post(t, (const struct tocsin_post *)&p);
}

static const struct short_option options[] = {
    { "id", TOCSIN_T_STRING, 0, offsetof(struct conf, id), "abc" },
    { "number", TOCSIN_T_INT, 0, offsetof(struct conf, number), "5" },
};
static const struct tocsin_source ops = {
    .size = sizeof ops, .open = short_open, .plan = short_plan, .parse = short_parse
};

extern TOCSIN_EXPORT const struct short_plugin short_table __asm__("tocsin_plugin");
TOCSIN_EXPORT const struct short_plugin short_table = {
    .abi = TOCSIN_PLUGIN_ABI,
    .size = sizeof(struct short_plugin),
    .kind = TOCSIN_KIND_SOURCE,
    .option_size = sizeof(struct short_option),
    .name = "short",
    .version = "0",
    .summary = "",
    .options = options,
    .n_options = 2,
    .conf_size = sizeof(struct conf),
    .ops = &ops,
};
