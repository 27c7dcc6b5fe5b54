/* The discourse plugin: posts, topics and searches of a Discourse forum. */
#include "../common/api.h"

struct conf {
    const char *server, *query, *category, *tag, *user;
    struct tocsin_ref key;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("server", struct conf, server, .required = 1, .help = "address of the forum"),
    TOCSIN_OPT_STRING("query", struct conf, query,
                      .help = "words to search for; none: every new post of the forum"),
    TOCSIN_OPT_STRING("category", struct conf, category,
                      .help = "new topics of one category, as SLUG/ID"),
    TOCSIN_OPT_STRING("tag", struct conf, tag, .help = "new topics with one tag"),
    TOCSIN_OPT_SECRET("key", struct conf, key, .help = "API key, for a private forum"),
    TOCSIN_OPT_STRING("user", struct conf, user, .help = "whom the API key acts for"),
};

/* ---- requests -------------------------------------------------------------------------- */

static void
put_path(struct sbuf *b, const struct conf *conf, const struct api_cursor *c)
{
    char path[400];

    if (conf->query) {
        snprintf(path, sizeof(path), "%s order:latest", conf->query);
        api_url(b, conf->server, "/search.json");
        api_arg_z(b, "q", path);
        api_arg_z(b, "page", c->next);
        return;
    }
    if (conf->category)
        snprintf(path, sizeof(path), "/c/%s.json", conf->category);
    else if (conf->tag)
        snprintf(path, sizeof(path), "/tag/%s.json", conf->tag);
    else
        snprintf(path, sizeof(path), "/posts.json");
    api_url(b, conf->server, path);
    if (conf->category || conf->tag)
        api_arg_z(b, "order", "created");
    api_arg_z(b, conf->category || conf->tag ? "page" : "before", c->next);
}

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    const struct tocsin_part accept = { .text = slice_z("application/json") };
    const struct tocsin_part key = { .kind = TOCSIN_PART_SECRET, .name = "key" };
    const struct tocsin_part user = { .text = slice_z(conf->user ? conf->user : "system") };
    const struct tocsin_header headers[] = { { "Accept", { &accept, 1 } },
                                             { "Api-Key", { &key, 1 } },
                                             { "Api-Username", { &user, 1 } } };
    struct sbuf b;

    put_path(&b, conf, c);
    return api_get_with(api, t, &b, tag, headers, conf->key.is_set ? 3 : 1);
}

/* ---- what is in an answer ------------------------------------------------------------------- */

static bool
is_post(const json_t *o)
{
    return api_has(o, "topic_id") && api_has(o, "post_number") &&
           (api_has(o, "cooked") || api_has(o, "raw") || api_has(o, "blurb") ||
            api_has(o, "excerpt"));
}

static bool
is_topic(const json_t *o)
{
    return api_has(o, "id") && api_has(o, "title") && !api_has(o, "topic_id") &&
           !api_has(o, "post_stream") &&
           ((api_has(o, "slug") && api_has(o, "posts_count")) || api_has(o, "url"));
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

/* The picture at a size of 120. */
static struct tocsin_str
avatar_of(struct api_page *p, const json_t *o)
{
    struct tocsin_str s = api_str(o, "avatar_template");
    size_t at = slice_find_z(s, "{size}");
    struct tocsin_str rest = slice_from(s, at + 6);

    if (at == s.n)
        return api_link(p, server_of(p), s);
    return api_link(p, server_of(p), api_fmt(p, "%.*s120%.*s", (int)at, s.p, (int)rest.n, rest.p));
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *o)
{
    struct tocsin_author a = {
        .handle = api_str(o, "username"),
        .name = api_str(o, "name"),
        .avatar = avatar_of(p, o),
        .created_ms = api_time(p, o, "user_created_at"),
    };

    if (a.name.n == 0)
        a.name = api_str(o, "display_username");
    if (a.handle.n > 0)
        a.url = api_link(p, server_of(p), api_fmt(p, "u/%s", api_escaped(p, a.handle).p));
    return a;
}

/* Posts of a search and of a topic do not say the title; the answer does elsewhere. */
static struct tocsin_str
title_of(const struct api_page *p, const json_t *o)
{
    struct tocsin_str s = api_str(o, "topic_title");
    const json_t *topic;
    size_t i;

    if (s.n == 0)
        s = api_str(o, "title");
    if (s.n == 0 && api_has(p->doc, "post_stream"))
        s = api_str(p->doc, "title");
    if (s.n > 0)
        return s;
    json_array_foreach(json_object_get(p->doc, "topics"), i,
                       topic) if (api_int(topic, "id", -1) ==
                                  api_int(o, "topic_id", -2)) return api_str(topic, "title");
    return s;
}

static void
set_text(const json_t *o, struct tocsin_post *post)
{
    static const char *const html[] = { "cooked", "excerpt" };

    for (size_t i = 0; i < 2 && post->text.n == 0; i++)
        post->text = api_str(o, html[i]);
    if (post->text.n > 0)
        post->flags |= TOCSIN_POST_TEXT_HTML;
    else
        post->text = api_str(o, api_has(o, "raw") ? "raw" : "blurb");
}

static void
set_likes(const json_t *o, struct tocsin_post *post)
{
    const json_t *action;
    size_t i;

    post->likes = api_int(o, "like_count", 0);
    json_array_foreach(json_object_get(o, "actions_summary"), i,
                       action) if (api_int(action, "id", 0) == 2) post->likes =
        api_int(action, "count", 0);
    post->flags |= TOCSIN_POST_COUNTS;
}

static bool
is_gone(const json_t *o)
{
    return api_has(o, "deleted_at") || api_is(o, "user_deleted") || api_is(o, "hidden") ||
           api_is(o, "deleted");
}

static void
take_post(struct api_page *p, const json_t *o)
{
    struct tocsin_author author = author_of(p, o);
    struct tocsin_post post = { .title = title_of(p, o) };
    struct tocsin_str slug = api_str(o, api_has(o, "topic_slug") ? "topic_slug" : "slug");
    int64_t type = api_int(o, "post_type", 1), number = api_int(o, "post_number", 1);

    if (type == 3 || type == 4)
        return; /* "closed by", and whispers of the staff */
    post.id = api_id(p, o, api_has(o, "post_id") ? "post_id" : "id");
    post.thread = api_fmt(p, "topic/%s", api_id(p, o, "topic_id").p);
    if (post.id.n == 0)
        post.id = api_fmt(p, "%s/%lld", post.thread.p, (long long)number);
    post.url =
        api_link(p, server_of(p),
                 api_fmt(p, "t/%.*s/%s/%lld", slug.n ? (int)slug.n : 1, slug.n ? slug.p : "-",
                         api_id(p, o, "topic_id").p, (long long)number));
    post.kind = number > 1 ? TOCSIN_REPLY : TOCSIN_POST;
    if (number > 1)
        post.parent = post.thread;
    if (api_int(o, "reply_to_post_number", 1) > 1)
        post.parent =
            api_fmt(p, "%s/%lld", post.thread.p, (long long)api_int(o, "reply_to_post_number", 1));
    post.published_ms = api_time(p, o, "created_at");
    if (api_int(o, "version", 1) > 1)
        post.edited_ms = api_time(p, o, "updated_at");
    post.replies = api_int(o, "reply_count", 0);
    set_text(o, &post);
    set_likes(o, &post);
    if (is_gone(o))
        post.flags |= TOCSIN_POST_GONE;
    api_post(p, &post, &author);
}

/* Who began a topic: the first of its posters, named in `users`. */
static struct tocsin_author
starter_of(struct api_page *p, const json_t *topic)
{
    const json_t *first = json_array_get(json_object_get(topic, "posters"), 0), *user;
    int64_t id = api_int(first, "user_id", api_int(first, "user.id", -1));
    size_t i;

    json_array_foreach(json_object_get(p->doc, "users"), i,
                       user) if (api_int(user, "id", -2) == id) return author_of(p, user);
    return author_of(p, NULL);
}

static void
take_topic(struct api_page *p, const json_t *o)
{
    struct tocsin_author author = starter_of(p, o);
    struct tocsin_post post = { .title = api_str(o, "title"), .text = api_str(o, "excerpt") };
    struct tocsin_str slug = api_str(o, "slug"), id = api_id(p, o, "id");
    const json_t *tag;
    size_t i;

    post.id = post.thread = api_fmt(p, "topic/%s", id.p);
    post.url = slug.n ? api_fmt(p, "t/%.*s/%s", (int)slug.n, slug.p, id.p) : api_str(o, "url");
    post.url = api_link(p, server_of(p), post.url);
    post.published_ms = api_time(p, o, "created_at");
    post.flags = TOCSIN_POST_TEXT_HTML;
    if (api_has(o, "posts_count")) {
        post.replies = api_int(o, "posts_count", 1) - 1;
        set_likes(o, &post);
    }
    json_array_foreach(json_object_get(o, "tags"), i, tag) api_add_tag(
        p, json_is_string(tag) ? slice_z(json_string_value(tag)) : api_str(tag, "name"));
    api_post(p, &post, &author);
}

static void
take(struct api_page *p, const json_t *o)
{
    if (is_post(o))
        take_post(p, o);
    else if (!api_has(p->doc, "grouped_search_result") && !api_has(p->doc, "post_stream"))
        take_topic(p, o); /* beside posts, topics only name them or suggest others */
}

/* ---- limits and pages ----------------------------------------------------------------------- */

static int
before(struct api_page *p)
{
    int64_t wait = api_int(p->doc, "extras.wait_seconds", 0);

    if (wait > 0 && wait < 86400)
        p->h->limit(p->turn, p->now_ms + wait * 1000, "the forum asks to wait");
    return TOCSIN_OK;
}

/* Lists of topics count their pages, and say whether there is another. */
static void
follow_list(struct api_page *p)
{
    if (api_has(p->doc, "topic_list.more_topics_url"))
        snprintf(p->next, sizeof(p->next), "%u", p->resp->tag + 1);
}

static void
after(struct api_page *p)
{
    const struct conf *conf = p->api->conf;
    long long page = (long long)api_int(p->doc, "grouped_search_result.page", 1);

    if (conf->query && api_is(p->doc, "grouped_search_result.more_full_page_results"))
        snprintf(p->next, sizeof(p->next), "%lld", page + 1 + p->resp->tag);
    else if (conf->category || conf->tag)
        follow_list(p);
    else if (!conf->query && p->n_items > 0 && p->low[0])
        snprintf(p->next, sizeof(p->next), "%s", p->low);
}

static const struct api_ops ops = {
    .service = "Discourse",
    .keys = "latest_posts post_stream topic_list posts topics grouped_search_result user_actions "
            "category_list user users",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .before = before,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "discourse",
    .version = "0.1",
    .summary = "posts, topics and searches of Discourse forums",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  forum: {plugin: discourse, options: {server: https://forum.example}}\n",
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
