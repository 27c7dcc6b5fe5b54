/* The nodebb plugin: topics and posts of a NodeBB forum. */
#include "../common/api.h"

struct conf {
    const char *server, *category, *what;
    struct tocsin_ref token;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("server", struct conf, server, .required = 1, .help = "address of the forum"),
    TOCSIN_OPT_STRING("category", struct conf, category,
                      .help = "topics of one category, as ID/SLUG"),
    TOCSIN_OPT_ENUM("what", struct conf, what, "posts topics", .dflt = "posts",
                    .help = "what is read where `category` is not given"),
    TOCSIN_OPT_SECRET("token", struct conf, token, .help = "API token, for a private forum"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    bool is_topics = conf->category || (conf->what && strcmp(conf->what, "topics") == 0);
    struct sbuf b;

    api_url(&b, conf->server,
            conf->category ? "/api/category/"
            : is_topics    ? "/api/recent"
                           : "/api/recent/posts");
    if (conf->category)
        sbuf_z(&b, conf->category);
    if (conf->category)
        api_arg_z(&b, "sort", "recently_created");
    api_arg_z(&b, "page", is_topics ? c->next : "");
    return api_get(api, t, &b, tag, conf->token.is_set ? "token" : NULL);
}

static bool
is_post(const json_t *o)
{
    return api_has(o, "pid") && api_has(o, "tid") && api_has(o, "content");
}

static bool
is_topic(const json_t *o)
{
    return api_has(o, "tid") && api_has(o, "title") && api_has(o, "slug") &&
           api_has(o, "timestamp") && !api_has(o, "posts");
}

static bool
is_item(const json_t *o)
{
    return is_post(o) || is_topic(o);
}

static const char *
server_of(const struct api_page *p)
{
    return ((const struct conf *)p->api->conf)->server;
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *u)
{
    struct tocsin_str slug = api_str(u, "userslug"), avatar = api_str(u, "picture");
    struct tocsin_author a = {
        .handle = api_unescape(p, api_str(u, "username")),
        .name = api_unescape(p, api_str(u, "displayname")),
        .created_ms = api_time(p, u, "joindate"),
    };

    if (a.name.n == 0)
        a.name = api_unescape(p, api_str(u, "fullname"));
    if (slug.n > 0)
        a.url = api_link(p, server_of(p), api_fmt(p, "user/%s", api_escaped(p, slug).p));
    if (avatar.n > 1)
        a.avatar = api_link(p, server_of(p), slice_from(avatar, avatar.p[0] == '/'));
    return a;
}

/* Posts of a topic do not say the title; the answer does. */
static struct tocsin_str
title_of(struct api_page *p, const json_t *o)
{
    static const char *const own[] = { "topic.titleRaw", "topic.title", "titleRaw", "title" };
    struct tocsin_str s = slice_z("");

    for (size_t i = 0; i < 4 && s.n == 0; i++)
        s = api_str(o, own[i]);
    if (s.n == 0 && api_has(p->doc, "posts"))
        s = api_str(p->doc, api_has(p->doc, "titleRaw") ? "titleRaw" : "title");
    return api_unescape(p, s);
}

static void
set_post(struct api_page *p, const json_t *o, struct tocsin_post *post)
{
    struct tocsin_str main = api_id(p, p->doc, "mainPid");
    bool is_first = api_has(o, "isMainPost")
                        ? api_is(o, "isMainPost")
                        : slice_eq(main, api_id(p, o, "pid")) ||
                              (api_has(o, "index") && api_int(o, "index", 1) == 0 && main.n == 0);

    post->id = api_id(p, o, "pid");
    post->url = api_link(p, server_of(p), api_fmt(p, "post/%s", post->id.p));
    post->kind = is_first ? TOCSIN_POST : TOCSIN_REPLY;
    if (api_int(o, "toPid", 0) > 0)
        post->parent = api_id(p, o, "toPid");
    else if (!is_first)
        post->parent = post->thread;
    post->text = api_str(o, "content");
    post->replies = api_int(o, "replies.count", 0);
}

static void
set_topic(struct api_page *p, const json_t *o, struct tocsin_post *post)
{
    struct tocsin_str slug = api_str(o, "slug");
    const json_t *tag;
    size_t i;

    post->id = post->thread;
    post->url = api_link(p, server_of(p), api_fmt(p, "topic/%.*s", (int)slug.n, slug.p));
    post->replies = api_int(o, "postcount", 1) - 1;
    json_array_foreach(json_object_get(o, "tags"), i, tag) api_add_tag(p, api_str(tag, "value"));
}

static void
take(struct api_page *p, const json_t *o)
{
    struct tocsin_author author = author_of(p, json_object_get(o, "user"));
    struct tocsin_post post = { .title = title_of(p, o), .flags = TOCSIN_POST_TEXT_HTML };

    post.thread = api_fmt(p, "topic/%s", api_id(p, o, "tid").p);
    if (is_post(o))
        set_post(p, o, &post);
    else
        set_topic(p, o, &post);
    post.published_ms = api_time(p, o, "timestamp");
    if (post.published_ms == 0)
        post.published_ms = api_time(p, o, "timestampISO");
    if (api_int(o, "edited", 0) > 0)
        post.edited_ms = api_time(p, o, "edited");
    post.likes = api_int(o, "upvotes", api_int(o, "votes", 0));
    post.flags |= TOCSIN_POST_COUNTS;
    if (api_is(o, "deleted"))
        post.flags |= TOCSIN_POST_GONE;
    api_post(p, &post, &author);
}

static void
after(struct api_page *p)
{
    if (api_is(p->doc, "pagination.next.active"))
        snprintf(p->next, sizeof(p->next), "%lld",
                 (long long)api_int(p->doc, "pagination.next.page", 2));
}

static const struct api_ops ops = {
    .service = "NodeBB",
    .keys = "topics posts tid",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "nodebb",
    .version = "0.1",
    .summary = "topics and posts of NodeBB forums",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  forum: {plugin: nodebb, options: {server: https://forum.example}}\n",
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
