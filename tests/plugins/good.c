/* good.c - a test plugin with an option of every type; what it saw comes back as posts. */
#include <tocsin/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct conf {
    const char *text, *choice, *url;
    int64_t number;
    bool flag;
    struct tocsin_duration wait;
    struct tocsin_list list;
    struct tocsin_map map;
    struct tocsin_ref path, command, secret;
};

struct good {
    const struct tocsin_host *h;
    const struct conf *conf;
    unsigned calls; /* lives as long as this process keeps the instance */
};

static int
good_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    struct good *g = calloc(1, sizeof *g);

    if (!g)
        return h->fail(t, TOCSIN_NOMEM, "no memory");
    g->h = h;
    g->conf = conf;
    if (strcmp(g->conf->text, "contradiction") == 0) {
        free(g);
        return h->fail(t, TOCSIN_BADCONF, "text and text contradict each other");
    }
    *self = g;
    return TOCSIN_OK;
}

static void
good_close(void *self)
{
    free(self);
}

static struct tocsin_str
z(const char *s)
{
    return (struct tocsin_str){ s, s ? strlen(s) : 0 };
}

static int
good_plan(void *self, struct tocsin_turn *t)
{
    struct good *g = self;
    struct tocsin_part url[] = { { .text = z("https://example.org/feed?after=") },
                                 { .text = z(g->h->cursor(t)) } };
    struct tocsin_part bearer[] = { { .text = z("Bearer ") },
                                    { .kind = TOCSIN_PART_SECRET, .name = "secret" } };
    struct tocsin_header header = { "Authorization", { bearer, 2 } };
    struct tocsin_request r = {
        .size = sizeof r, .tag = 7, .url = { url, 2 }, .headers = &header, .n_headers = 1
    };
    struct tocsin_request evil = r;
    struct tocsin_part file = { .text = z("file:///etc/passwd") };

    g->calls++;
    evil.url = (struct tocsin_parts){ &file, 1 };
    if (g->h->request(t, &evil) != TOCSIN_BADDATA)
        return g->h->fail(t, TOCSIN_RETRY, "a file address was taken");
    g->h->log(t, TOCSIN_LOG_INFO, "planned for %s", g->conf->text);
    g->h->spend(t, 3);
    g->h->limit(t, g->h->now_ms(t) + 1000, "as a test");
    return g->h->request(t, &r);
}

/* All options as one line. */
static void
show_conf(const struct good *g, char *to, size_t n)
{
    const struct conf *c = g->conf;

    snprintf(to, n, "%s|%s|%s|%lld|%d|%lld|%zu:%s|%zu:%s=%s|%d%d%d", c->text, c->choice, c->url,
             (long long)c->number, c->flag, (long long)c->wait.ms, c->list.n,
             c->list.n ? c->list.v[c->list.n - 1] : "", c->map.n, c->map.n ? c->map.v[0].name : "",
             c->map.n ? c->map.v[0].value : "", c->path.is_set, c->command.is_set,
             c->secret.is_set);
}

static int
good_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct good *g = self;
    char line[512], calls[32];
    struct tocsin_str tags[] = { { "tag", 3 } };
    struct tocsin_author author = { .size = sizeof author,
                                    .handle = { "ana", 3 },
                                    .url = z("javascript:alert(1)") };
    struct tocsin_post p = { .size = sizeof p,
                             .flags = TOCSIN_POST_TEXT_HTML,
                             .id = { "1", 1 },
                             .url = z("/posts/1"),
                             .author = &author,
                             .title = z(r->url),
                             .text = r->body,
                             .tags = tags,
                             .n_tags = 1 };
    struct tocsin_post options = { .size = sizeof options, .id = { "2", 1 } };
    struct tocsin_post nameless = { .size = sizeof nameless, .text = { "x", 1 } };
    struct tocsin_gap gap = { .size = sizeof gap, .from_ms = 1, .to_ms = 2, .why = "a test" };

    show_conf(g, line, sizeof line);
    snprintf(calls, sizeof calls, "%u", ++g->calls);
    options.text = z(line);
    options.uri = z(calls);
    if (g->h->post(t, &p) || g->h->post(t, &options))
        return TOCSIN_FULL;
    if (g->h->post(t, &nameless) != TOCSIN_BADDATA)
        return g->h->fail(t, TOCSIN_RETRY, "a post without an id was taken");
    g->h->gap(t, &gap);
    g->h->partial(t, "one of %d items", 3);
    g->h->interval(t, 3600, "ttl");
    return g->h->set_cursor(t, z("mark"));
}

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("text", struct conf, text, .dflt = "hello", .help = "any words"),
    TOCSIN_OPT_ENUM("choice", struct conf, choice, "one two", .dflt = "two"),
    TOCSIN_OPT_URL("url", struct conf, url, .dflt = "https://example.org/"),
    TOCSIN_OPT_INT("number", struct conf, number, .dflt = "42", .min = 1, .max = 100),
    TOCSIN_OPT_BOOL("flag", struct conf, flag, .dflt = "true"),
    TOCSIN_OPT_DURATION("wait", struct conf, wait, .dflt = "90s"),
    TOCSIN_OPT_LIST("list", struct conf, list, .dflt = "[a, 'b c']"),
    TOCSIN_OPT_MAP("map", struct conf, map, .dflt = "{k: v}"),
    TOCSIN_OPT_PATH("path", struct conf, path),
    TOCSIN_OPT_COMMAND("command", struct conf, command),
    TOCSIN_OPT_SECRET("secret", struct conf, secret),
};

static const struct tocsin_source ops = {
    .size = sizeof ops,
    .open = good_open,
    .close = good_close,
    .plan = good_plan,
    .parse = good_parse,
};
static const char *const hosts[] = { "api.example.org", NULL };

TOCSIN_EXPORT const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "good",
    .version = "1.2",
    .summary = "shows what it was given",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .conf_size = sizeof(struct conf),
    .ops = &ops,
    .hosts = hosts,
    .every_ms = 300000,
    .example = "sources: {x: {plugin: good}}",
};
