/* The appstore plugin: reviews in Apple's App Store. */
#include "../common/api.h"

#define LAST_PAGE 10

struct conf {
    const char *server, *app, *country;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("app", struct conf, app, .required = 1,
                      .help = "number of the app, as in its store address after id"),
    TOCSIN_OPT_STRING("country", struct conf, country, .dflt = "us",
                      .help = "two letters of the store's country"),
    TOCSIN_OPT_URL("server", struct conf, server, .dflt = "https://itunes.apple.com",
                   .help = "address of the store"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    struct sbuf b;

    api_url(&b, conf->server, "/");
    api_escape(&b, slice_z(conf->country));
    sbuf_z(&b, "/rss/customerreviews/");
    if (c->next[0]) {
        sbuf_z(&b, "page=");
        sbuf_z(&b, c->next);
        sbuf_char(&b, '/');
    }
    sbuf_z(&b, "id=");
    api_escape(&b, slice_z(conf->app));
    sbuf_z(&b, "/sortBy=mostRecent/json");
    return api_get(api, t, &b, tag, NULL);
}

/* The first entry of old answers is the app itself: it has no rating. */
static bool
is_item(const json_t *o)
{
    return api_has(o, "im:rating") && api_has(o, "id");
}

static void
take(struct api_page *p, const json_t *o)
{
    const struct conf *conf = p->api->conf;
    const json_t *link = json_object_get(o, "link");
    struct tocsin_author author = {
        .handle = api_str(o, "author.name.label"),
        .name = api_str(o, "author.name.label"),
        .url = api_str(o, "author.uri.label"),
    };
    struct tocsin_post post = { .kind = TOCSIN_REVIEW, .flags = TOCSIN_POST_RATING };

    if (json_is_array(link))
        link = json_array_get(link, 0);
    post.id = api_str(o, "id.label");
    post.url = api_str(link, "attributes.href");
    post.title = api_str(o, "title.label");
    post.text = api_str(o, "content.label");
    post.published_ms = api_time(p, o, "updated.label");
    post.rating = (double)api_int(o, "im:rating.label", 0);
    post.likes = api_int(o, "im:voteSum.label", 0);
    post.flags |= TOCSIN_POST_COUNTS;
    post.place = api_fmt(p, "App Store %s", conf->country);
    api_post(p, &post, &author);
}

static void
after(struct api_page *p)
{
    if (p->n_items > 0 && p->resp->tag + 2 <= LAST_PAGE)
        snprintf(p->next, sizeof(p->next), "%u", p->resp->tag + 2);
}

static const struct api_ops ops = {
    .service = "the App Store",
    .keys = "feed",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "appstore",
    .version = "0.1",
    .summary = "reviews in Apple's App Store",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  ios: {plugin: appstore, options: {app: 123456789, country: de}}\n",
    .every_ms = INT64_C(30) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
