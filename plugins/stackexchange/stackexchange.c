/* The stackexchange plugin: questions and answers of Stack Overflow and its sisters. */
#include "../common/api.h"

#define DAY_MS (INT64_C(86400) * 1000)

struct conf {
    const char *server, *site, *query, *tagged;
    struct tocsin_ref key;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("site", struct conf, site, .dflt = "stackoverflow",
                      .help = "which site, as stackoverflow, superuser, serverfault"),
    TOCSIN_OPT_STRING("query", struct conf, query, .help = "words to search for"),
    TOCSIN_OPT_STRING("tagged", struct conf, tagged, .help = "tags parted by ;"),
    TOCSIN_OPT_SECRET("key", struct conf, key,
                      .help = "app key: 10,000 requests a day and not 300"),
    TOCSIN_OPT_URL("server", struct conf, server, .dflt = "https://api.stackexchange.com",
                   .help = "address of the API"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    struct sbuf b;

    api_url(&b, conf->server, conf->query ? "/2.3/search/advanced" : "/2.3/questions");
    api_arg_z(&b, "q", conf->query);
    api_arg_z(&b, "tagged", conf->tagged);
    api_arg_z(&b, "site", conf->site);
    api_arg_z(&b, "sort", "creation");
    api_arg_z(&b, "order", "desc");
    api_arg_z(&b, "filter", "withbody");
    api_arg_int(&b, "pagesize", 100);
    api_arg_z(&b, "page", c->next);
    if (c->mark_ms > 0)
        api_arg_int(&b, "fromdate", c->mark_ms / 1000);
    return conf->key.is_set ? api_get_key(api, t, &b, tag, "key", "key")
                            : api_get(api, t, &b, tag, NULL);
}

static bool
is_item(const json_t *o)
{
    return (api_has(o, "question_id") || api_has(o, "answer_id") || api_has(o, "comment_id") ||
            api_has(o, "post_id")) &&
           api_has(o, "creation_date");
}

/* The site's own address. */
static struct tocsin_str
site_of(struct api_page *p)
{
    static const char own[] = " stackoverflow superuser serverfault askubuntu stackapps ";
    const char *site = ((const struct conf *)p->api->conf)->site;
    char word[64];

    snprintf(word, sizeof(word), " %s ", site);
    if (strchr(site, '.'))
        return api_fmt(p, "https://%s", site);
    if (strcmp(site, "mathoverflow") == 0)
        return slice_z("https://mathoverflow.net");
    return api_fmt(p, strstr(own, word) ? "https://%s.com" : "https://%s.stackexchange.com", site);
}

static struct tocsin_author
author_of(struct api_page *p, const json_t *o)
{
    const json_t *owner = json_object_get(o, "owner");
    struct tocsin_author a = {
        .name = api_unescape(p, api_str(owner, "display_name")),
        .url = api_str(owner, "link"),
        .avatar = api_str(owner, "profile_image"),
    };

    a.handle = a.name;
    return a;
}

/* A question, an answer to it, or a comment on either. */
static void
set_place(struct api_page *p, const json_t *o, struct tocsin_post *post)
{
    if (api_has(o, "comment_id")) {
        post->kind = TOCSIN_REPLY;
        post->id = api_fmt(p, "comment/%s", api_id(p, o, "comment_id").p);
        post->parent = post->thread = api_id(p, o, "post_id");
    } else if (api_has(o, "answer_id")) {
        post->kind = TOCSIN_REPLY;
        post->id = api_id(p, o, "answer_id");
        post->parent = post->thread = api_id(p, o, "question_id");
    } else {
        post->id = api_id(p, o, api_has(o, "question_id") ? "question_id" : "post_id");
        post->thread = post->id;
    }
    post->url = api_str(o, "link");
    if (post->url.n == 0 && api_has(o, "comment_id"))
        post->url = api_fmt(p, "%s/posts/comments/%s", site_of(p).p, post->id.p + 8);
    else if (post->url.n == 0)
        post->url =
            api_fmt(p, "%s/%s/%s", site_of(p).p, api_has(o, "answer_id") ? "a" : "q", post->id.p);
}

static void
take(struct api_page *p, const json_t *o)
{
    struct tocsin_author author = author_of(p, o);
    struct tocsin_post post = { .title = api_str(o, "title") };
    const json_t *tag, *parts[] = { json_object_get(o, "answers"), json_object_get(o, "comments") };
    size_t i;

    set_place(p, o, &post);
    post.text = api_str(o, api_has(o, "body") ? "body" : "excerpt");
    post.published_ms = api_time(p, o, "creation_date");
    post.edited_ms = api_time(p, o, "last_edit_date");
    post.flags = TOCSIN_POST_TITLE_HTML | TOCSIN_POST_TEXT_HTML;
    if (api_has(o, "score")) {
        post.replies = api_int(o, "answer_count", api_int(o, "comment_count", 0));
        post.likes = api_int(o, "score", 0);
        post.flags |= TOCSIN_POST_COUNTS;
    }
    json_array_foreach(json_object_get(o, "tags"), i, tag) api_add_tag(
        p, slice(json_string_value(tag) ? json_string_value(tag) : "", json_string_length(tag)));
    api_post(p, &post, &author);
    api_walk(p, parts[0]);
    api_walk(p, parts[1]);
}

/* ---- limits: in the body ----------------------------------------------------------------- */

/* The first number in a text, 0: none. */
static int64_t
number_in(struct tocsin_str s)
{
    int64_t n = 0;
    size_t i = 0;

    while (i < s.n && !slice_is_digit(s.p[i]))
        i++;
    for (; i < s.n && slice_is_digit(s.p[i]) && n < 1000000; i++)
        n = n * 10 + (s.p[i] - '0');
    return n;
}

static int
before(struct api_page *p)
{
    int64_t wait = api_int(p->doc, "backoff", 0), error = api_int(p->doc, "error_id", 0);
    struct tocsin_str said = api_str(p->doc, "error_message");

    if (error == 502 && wait == 0)
        wait = number_in(said);
    if (wait > 0 && wait <= 86400)
        p->h->limit(p->turn, p->now_ms + wait * 1000, "the service asks to wait (backoff)");
    else if (json_is_integer(json_object_get(p->doc, "quota_remaining")) &&
             api_int(p->doc, "quota_remaining", 1) <= 0)
        p->h->limit(p->turn, (p->now_ms / DAY_MS + 1) * DAY_MS, "the quota of the day is used up");
    if (error == 0)
        return TOCSIN_OK;
    return p->h->fail(p->turn,
                      error == 502                   ? TOCSIN_LIMITED
                      : error >= 401 && error <= 406 ? TOCSIN_DENIED
                      : error == 400                 ? TOCSIN_BADCONF
                                                     : TOCSIN_RETRY,
                      "Stack Exchange answered %lld: %.*s; check `site`, `key` and `tagged`",
                      (long long)error, (int)said.n, said.p);
}

static void
after(struct api_page *p)
{
    if (api_is(p->doc, "has_more"))
        snprintf(p->next, sizeof(p->next), "%u", p->resp->tag + 2);
}

static const struct api_ops ops = {
    .flags = API_FLOOR,
    .service = "Stack Exchange",
    .keys = "items",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .before = before,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "stackexchange",
    .version = "0.1",
    .summary = "questions and answers of Stack Overflow and its sister sites",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  so: {plugin: stackexchange, options: {query: acme}}\n",
    .every_ms = INT64_C(15) * 60 * 1000,
    .at_least_ms = INT64_C(60) * 1000,
};
