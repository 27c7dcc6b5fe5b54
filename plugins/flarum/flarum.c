/* The flarum plugin: posts of a Flarum forum. */
#include "../common/api.h"

#define PER_PAGE 50

struct conf {
    const char *server, *query;
    struct tocsin_ref token;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("server", struct conf, server, .required = 1, .help = "address of the forum"),
    TOCSIN_OPT_STRING("query", struct conf, query,
                      .help = "discussions that a search finds; none: every new post"),
    TOCSIN_OPT_SECRET("token", struct conf, token, .help = "API token, for a private forum"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    const struct tocsin_part accept = { .text = slice_z("application/vnd.api+json") };
    const struct tocsin_part login[] = { { .text = slice_z("Token ") },
                                         { .kind = TOCSIN_PART_SECRET, .name = "token" } };
    const struct tocsin_header headers[] = { { "Accept", { &accept, 1 } },
                                             { "Authorization", { login, 2 } } };
    struct sbuf b;

    api_url(&b, conf->server, conf->query ? "/api/discussions" : "/api/posts");
    if (conf->query)
        api_arg_z(&b, "filter[q]", conf->query);
    else
        api_arg_z(&b, "filter[type]", "comment");
    api_arg_z(&b, "include", conf->query ? "user,firstPost" : "user,discussion");
    api_arg_z(&b, "sort", "-createdAt");
    api_arg_int(&b, "page[limit]", PER_PAGE);
    api_arg_z(&b, "page[offset]", c->next);
    return api_get_with(api, t, &b, tag, headers, conf->token.is_set ? 2 : 1);
}

static bool
is_item(const json_t *o)
{
    struct tocsin_str type = api_str(o, "type");

    return (slice_eq_z(type, "posts") || slice_eq_z(type, "discussions")) &&
           api_has(o, "attributes.createdAt");
}

static const char *
server_of(const struct api_page *p)
{
    return ((const struct conf *)p->api->conf)->server;
}

/* The object of `included` (or `data`) that a relationship names. */
static const json_t *
related(const struct api_page *p, const json_t *o, const char *path)
{
    const json_t *ref = api_at(o, path), *v;
    size_t i;

    json_array_foreach(json_object_get(p->doc, "included"), i,
                       v) if (slice_eq(api_str(v, "type"), api_str(ref, "type")) &&
                              slice_eq(api_str(v, "id"), api_str(ref, "id")) && ref) return v;
    v = json_object_get(p->doc, "data");
    return ref && slice_eq(api_str(v, "type"), api_str(ref, "type")) ? v : NULL;
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *o)
{
    const json_t *u = related(p, o, "relationships.user.data");
    struct tocsin_author a = {
        .handle = api_str(u, "attributes.username"),
        .name = api_str(u, "attributes.displayName"),
        .avatar = api_str(u, "attributes.avatarUrl"),
        .created_ms = api_time(p, u, "attributes.joinTime"),
    };

    if (a.handle.n > 0)
        a.url = api_link(p, server_of(p), api_fmt(p, "u/%s", api_escaped(p, a.handle).p));
    return a;
}

static struct tocsin_str
slug_of(struct api_page *p, const json_t *discussion, struct tocsin_str id)
{
    struct tocsin_str slug = api_str(discussion, "attributes.slug");

    if (slug.n > id.n && slice_eq(slice_upto(slug, id.n), id) && slug.p[id.n] == '-')
        return slug;
    return slug.n ? api_fmt(p, "%.*s-%.*s", (int)id.n, id.p, (int)slug.n, slug.p) : id;
}

static void
take_post(struct api_page *p, const json_t *o)
{
    const json_t *topic = related(p, o, "relationships.discussion.data");
    struct tocsin_str topic_id = api_str(o, "relationships.discussion.data.id"), slug;
    struct tocsin_author author = author_of(p, o);
    struct tocsin_post post = { .title = api_str(topic, "attributes.title") };
    int64_t number = api_int(o, "attributes.number", 1);

    if (!slice_eq_z(api_str(o, "attributes.contentType"), "comment"))
        return; /* "renamed the discussion" */
    slug = slug_of(p, topic, topic_id);
    post.id = api_id(p, o, "id");
    post.thread = api_fmt(p, "discussion/%.*s", (int)topic_id.n, topic_id.p);
    post.url = api_link(p, server_of(p),
                        api_fmt(p, "d/%.*s/%lld", (int)slug.n, slug.p, (long long)number));
    post.kind = number > 1 ? TOCSIN_REPLY : TOCSIN_POST;
    if (number > 1)
        post.parent = post.thread;
    post.text = api_str(o, "attributes.contentHtml");
    post.flags = TOCSIN_POST_TEXT_HTML;
    if (post.text.n == 0) {
        post.text = api_str(o, "attributes.content");
        post.flags = 0;
    }
    post.published_ms = api_time(p, o, "attributes.createdAt");
    post.edited_ms = api_time(p, o, "attributes.editedAt");
    if (api_is(o, "attributes.isHidden") || api_has(o, "attributes.hiddenAt"))
        post.flags |= TOCSIN_POST_GONE;
    api_post(p, &post, &author);
}

static void
take_discussion(struct api_page *p, const json_t *o)
{
    struct tocsin_str id = api_str(o, "id"), slug = slug_of(p, o, id);
    struct tocsin_author author = author_of(p, o);
    struct tocsin_post post = { .title = api_str(o, "attributes.title") };

    post.id = post.thread = api_fmt(p, "discussion/%.*s", (int)id.n, id.p);
    post.url = api_link(p, server_of(p), api_fmt(p, "d/%.*s", (int)slug.n, slug.p));
    post.published_ms = api_time(p, o, "attributes.createdAt");
    post.replies = api_int(o, "attributes.commentCount", 1) - 1;
    post.flags = TOCSIN_POST_COUNTS;
    if (api_is(o, "attributes.isHidden"))
        post.flags |= TOCSIN_POST_GONE;
    api_post(p, &post, &author);
}

/* A discussion is its first post; without it, its title. */
static void
take(struct api_page *p, const json_t *o)
{
    const json_t *data = json_object_get(p->doc, "data");
    const json_t *first = json_is_array(data) ? json_array_get(data, 0) : data;

    if (slice_eq_z(api_str(o, "type"), "posts"))
        take_post(p, o);
    else if (slice_eq_z(api_str(first, "type"), "discussions") &&
             !related(p, o, "relationships.firstPost.data"))
        take_discussion(p, o);
}

static void
after(struct api_page *p)
{
    if (api_has(p->doc, "links.next"))
        snprintf(p->next, sizeof(p->next), "%u", (p->resp->tag + 1) * PER_PAGE);
}

static const struct api_ops ops = {
    .service = "Flarum",
    .keys = "data",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "flarum",
    .version = "0.1",
    .summary = "posts of Flarum forums",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  forum: {plugin: flarum, options: {server: https://forum.example}}\n",
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
