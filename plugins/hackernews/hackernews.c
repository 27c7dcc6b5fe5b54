/* The hackernews plugin: stories and comments of Hacker News by Algolia's search. */
#include "../common/api.h"

#define SITE "https://news.ycombinator.com/"
#define PER_PAGE 100
#define LATE_S 600 /* posts may reach the index late */

struct conf {
    const char *server, *query, *tags;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("query", struct conf, query, .help = "words to search for; none: all posts"),
    TOCSIN_OPT_STRING("tags", struct conf, tags, .dflt = "(story,comment)",
                      .help = "what is searched, in Algolia's words"),
    TOCSIN_OPT_URL("server", struct conf, server, .dflt = "https://hn.algolia.com",
                   .help = "address of the search"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    char filter[96];
    struct sbuf b;

    api_url(&b, conf->server, "/api/v1/search_by_date");
    api_arg(&b, "query", slice_z(conf->query));
    api_arg_z(&b, "tags", conf->tags);
    api_arg_int(&b, "hitsPerPage", PER_PAGE);
    snprintf(filter, sizeof(filter), "created_at_i>%lld%s%.20s",
             (long long)(c->mark_ms / 1000 - LATE_S), c->next[0] ? ",created_at_i<=" : "", c->next);
    if (c->mark_ms > 0 || c->next[0])
        api_arg_z(&b, "numericFilters", filter);
    return api_get(api, t, &b, tag, NULL);
}

/* A hit of the search, a node of /items/ID, or an item of the Firebase API. */
static bool
is_item(const json_t *o)
{
    if (api_has(o, "objectID"))
        return api_has(o, "created_at") || api_has(o, "created_at_i");
    return api_has(o, "id") && api_has(o, "type") &&
           (api_has(o, "time") || api_has(o, "created_at"));
}

static struct tocsin_str
first(const json_t *o, const char *a, const char *b)
{
    struct tocsin_str s = api_str(o, a);

    return s.n ? s : api_str(o, b);
}

static bool
is_comment(const json_t *o)
{
    const json_t *tag;
    size_t i;

    if (slice_eq_z(api_str(o, "type"), "comment"))
        return true;
    json_array_foreach(json_object_get(o, "_tags"), i,
                       tag) if (json_is_string(tag) &&
                                strcmp(json_string_value(tag), "comment") == 0) return true;
    return api_has(o, "comment_text");
}

static void
set_texts(const json_t *o, struct tocsin_post *post)
{
    post->title = api_str(o, "title");
    post->text = first(o, "comment_text", "story_text");
    if (post->text.n == 0)
        post->text = api_str(o, "text");
    post->flags |= TOCSIN_POST_TEXT_HTML;
    if (api_has(o, "by"))
        post->flags |= TOCSIN_POST_TITLE_HTML; /* only the Firebase API escapes titles */
}

static void
set_counts(const json_t *o, struct tocsin_post *post)
{
    if (!api_has(o, "points") && !api_has(o, "score"))
        return;
    post->likes = api_int(o, "points", api_int(o, "score", 0));
    post->replies = api_int(o, "num_comments", api_int(o, "descendants", 0));
    post->flags |= TOCSIN_POST_COUNTS;
}

static bool
is_gone(const json_t *o)
{
    return api_is(o, "deleted") ||
           (api_is(o, "dead") && api_str(o, "text").n == 0 && api_str(o, "title").n == 0);
}

static void
take(struct api_page *p, const json_t *o)
{
    struct tocsin_author author = { .handle = first(o, "author", "by") };
    struct tocsin_post post = { .kind = is_comment(o) ? TOCSIN_REPLY : TOCSIN_POST };
    const json_t *children = json_object_get(o, "children");

    post.id = api_id(p, o, api_has(o, "objectID") ? "objectID" : "id");
    post.url = api_fmt(p, SITE "item?id=%s", post.id.p);
    post.parent = api_id(p, o, api_has(o, "parent_id") ? "parent_id" : "parent");
    post.thread = api_id(p, o, "story_id");
    if (post.thread.n == 0 && post.kind == TOCSIN_POST)
        post.thread = post.id;
    post.published_ms = api_time(p, o,
                                 api_has(o, "created_at_i") ? "created_at_i"
                                 : api_has(o, "time")       ? "time"
                                                            : "created_at");
    set_texts(o, &post);
    set_counts(o, &post);
    api_add_link(p, api_str(o, "url"));
    if (is_gone(o))
        post.flags |= TOCSIN_POST_GONE;
    if (author.handle.n > 0)
        author.url = api_fmt(p, SITE "user?id=%s", api_escaped(p, author.handle).p);
    api_post(p, &post, &author);
    if (json_array_size(children) > 0)
        api_walk(p, children);
}

static void
after(struct api_page *p)
{
    if (api_int(p->doc, "nbHits", 0) > (int64_t)p->n_items && p->oldest_ms > 0)
        snprintf(p->next, sizeof(p->next), "%lld", (long long)(p->oldest_ms / 1000));
}

static const struct api_ops ops = {
    .flags = API_FLOOR,
    .service = "Hacker News",
    .keys = "hits karma items",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "hackernews",
    .version = "0.1",
    .summary = "stories and comments of Hacker News",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  hn: {plugin: hackernews, options: {query: acme}}\n",
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
