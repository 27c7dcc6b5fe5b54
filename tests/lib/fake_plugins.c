/* Plugins for tests of the configuration: plugins_get without a host, linked in its place. */
#include "lib/fake_plugins.h"

#include <string.h>

static const struct tocsin_option rss_options[] = {
    { .name = "url", .type = TOCSIN_T_URL, .required = 1, .help = "the feed" },
    { .name = "refresh", .type = TOCSIN_T_DURATION, .min = 1000, .max = 86400000 },
    { .name = "limit", .type = TOCSIN_T_INT, .dflt = "50", .min = 1, .max = 100 },
    { .name = "full", .type = TOCSIN_T_BOOL, .dflt = "no" },
    { .name = "order", .type = TOCSIN_T_ENUM, .choices = "newest oldest" },
    { .name = "sections", .type = TOCSIN_T_LIST, .dflt = "a, b", .max = 3 },
    { .name = "headers", .type = TOCSIN_T_MAP },
    { .name = "token", .type = TOCSIN_T_SECRET },
};
static const struct tocsin_option hackernews_options[] = {
    { .name = "query", .type = TOCSIN_T_STRING, .required = 1, .help = "words" },
};
static const struct tocsin_option exec_options[] = {
    { .name = "command", .type = TOCSIN_T_COMMAND },
    { .name = "file", .type = TOCSIN_T_PATH },
    { .name = "key", .type = TOCSIN_T_SECRET },
};
static const struct tocsin_option email_options[] = {
    { .name = "to", .type = TOCSIN_T_LIST, .required = 1, .min = 1, .help = "receiver" },
    { .name = "url", .type = TOCSIN_T_URL, .dflt = "smtp://localhost" },
    { .name = "password", .type = TOCSIN_T_SECRET },
};
static const struct tocsin_option ntfy_options[] = {
    { .name = "topic", .type = TOCSIN_T_STRING, .required = 1, .help = "where to" },
    { .name = "server", .type = TOCSIN_T_URL, .dflt = "https://ntfy.sh" },
};
static const struct tocsin_option webhook_options[] = {
    { .name = "url", .type = TOCSIN_T_URL, .required = 1, .help = "where to" },
};
static const struct tocsin_option telegram_options[] = {
    { .name = "chat", .type = TOCSIN_T_STRING, .required = 1, .help = "where to" },
    { .name = "token", .type = TOCSIN_T_SECRET, .required = 1, .help = "the bot's token" },
};

static const char *const telegram_hosts[] = { "api.telegram.org" };
static const char *const hackernews_hosts[] = { "hn.algolia.com" };

#define N(table) (sizeof(table) / sizeof((table)[0]))
static const struct plugin_info infos[] = {
    { .name = "email",
      .kind = TOCSIN_KIND_NOTIFIER,
      .options = email_options,
      .n_options = N(email_options) },
    { .name = "exec",
      .kind = TOCSIN_KIND_SOURCE,
      .options = exec_options,
      .n_options = N(exec_options) },
    { .name = "hackernews",
      .kind = TOCSIN_KIND_SOURCE,
      .options = hackernews_options,
      .n_options = N(hackernews_options),
      .hosts = { hackernews_hosts, 1 },
      .every_ms = 300000,
      .at_least_ms = 60000 },
    { .name = "ntfy",
      .kind = TOCSIN_KIND_NOTIFIER,
      .options = ntfy_options,
      .n_options = N(ntfy_options) },
    { .name = "rss",
      .kind = TOCSIN_KIND_SOURCE,
      .summary = "feeds",
      .options = rss_options,
      .n_options = N(rss_options),
      .version = "1",
      .example = "plugin: rss\n" },
    { .name = "telegram",
      .kind = TOCSIN_KIND_NOTIFIER,
      .options = telegram_options,
      .n_options = N(telegram_options),
      .hosts = { telegram_hosts, 1 } },
    { .name = "terminal", .kind = TOCSIN_KIND_NOTIFIER, .traits = TOCSIN_TRAIT_LOCAL },
    { .name = "webhook",
      .kind = TOCSIN_KIND_NOTIFIER,
      .options = webhook_options,
      .n_options = N(webhook_options) },
};

struct plugins {
    int unused;
};

struct plugins *
fake_plugins(void)
{
    static struct plugins p;

    return &p;
}

int
plugins_get(struct plugins *p, const char *name, const struct plugin_info **out, struct err *err)
{
    const char *names[N(infos)], *near;

    (void)p;
    for (size_t i = 0; i < N(infos); i++) {
        names[i] = infos[i].name;
        if (strcmp(infos[i].name, name) == 0) {
            *out = &infos[i];
            return 0;
        }
    }
    near = str_nearest(str_z(name), names, N(infos));
    return err_set(err, ERR_NOTFOUND, "no plugin %s%s%s", name, near ? ", did you mean " : "",
                   near ? near : "");
}

struct word_list
plugins_names(struct plugins *p)
{
    static const char *names[N(infos)];

    (void)p;
    for (size_t i = 0; i < N(infos); i++)
        names[i] = infos[i].name;
    return (struct word_list){ names, N(infos) };
}
