/* The hackernews plugin: stories and comments of Hacker News by Algolia's search. */
<<<<<<< HEAD
#include "hackernews.h"

#include <stdio.h>
#include <stdlib.h>

#include "../common/jsonfix.h"
#include "../common/query.h"
#include "../common/status.h"

#define FIRST_S (7 * 86400) /* what the first poll looks back */
#define OVERLAP_S 3600      /* the search learns of some posts late */
#define PAGE 200
#define TAG_OLDER 1

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("query", struct hackernews_conf, query, .required = 1,
                      .help = "words to search for; in quotes where they belong together"),
    TOCSIN_OPT_STRING("tags", struct hackernews_conf, tags, .dflt = "(story,comment)",
                      .help = "kinds to search: story, comment, poll, show_hn, ask_hn; in "
                              "parentheses any of them, else all of them"),
    TOCSIN_OPT_URL("server", struct hackernews_conf, server, .dflt = "https://hn.algolia.com",
                   .help = "address of the search service"),
};

static int
hackernews_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    struct hackernews *hn;

    if (slice_trim(slice_z(((const struct hackernews_conf *)conf)->query)).n == 0)
        return h->fail(t, TOCSIN_BADCONF, "`query` is empty; give the words to search for");
    hn = malloc(sizeof(*hn));
    if (!hn)
        return TOCSIN_NOMEM;
    hn->h = h;
    hn->conf = conf;
    *self = hn;
    return TOCSIN_OK;
}

static void
hackernews_close(void *self)
{
    free(self);
}

/* ---- cursor -------------------------------------------------------------------- */

/* All in seconds since 1970. Everything up to `mark` was read; while a long result is read in
 * slices, newest first, `newest` is the mark to come and `before` the place reached. */
struct place {
    int64_t mark, newest, before;
};

static int64_t
take_number(struct tocsin_str *s)
{
    struct tocsin_str word = slice_upto(*s, slice_find_byte(*s, ' '));
    int64_t v = 0;

    *s = slice_from(*s, word.n + 1);
    if (word.n == 0 || word.n > 12)
        return 0;
    for (size_t i = 0; i < word.n; i++) {
        if (!slice_is_digit(word.p[i]))
            return 0;
        v = v * 10 + (word.p[i] - '0');
    }
    return v;
}

static struct place
read_place(const char *cursor)
{
    struct tocsin_str s = slice_z(cursor);
    struct place p;

    p.mark = take_number(&s);
    p.newest = take_number(&s);
    p.before = take_number(&s);
    return p;
}

static int
write_place(const struct hackernews *hn, struct tocsin_turn *t, const struct place *p)
{
    char text[96];

    if (p->before)
        snprintf(text, sizeof(text), "%lld %lld %lld", (long long)p->mark, (long long)p->newest,
                 (long long)p->before);
    else
        snprintf(text, sizeof(text), "%lld", (long long)p->mark);
    return hn->h->set_cursor(t, slice_z(text));
}

/* ---- plan ---------------------------------------------------------------------- */

static void
write_url(struct sbuf *b, const struct hackernews *hn, struct tocsin_turn *t, const struct place *p)
{
    int64_t since = p->mark ? p->mark - OVERLAP_S : hn->h->now_ms(t) / 1000 - FIRST_S;
    char text[160];

    sbuf_str(b, query_base(hn->conf->server));
    sbuf_z(b, "/api/v1/search_by_date?query=");
    query_put(b, slice_trim(slice_z(hn->conf->query)));
    sbuf_z(b, "&tags=");
    query_put(b, slice_z(hn->conf->tags));
    snprintf(text, sizeof(text), "&hitsPerPage=%d&numericFilters=created_at_i%%3E%lld", PAGE,
             (long long)since);
    sbuf_z(b, text);
    if (p->before) {
        snprintf(text, sizeof(text), "%%2Ccreated_at_i%%3C%lld", (long long)p->before);
        sbuf_z(b, text);
    }
}

static int
ask(const struct hackernews *hn, struct tocsin_turn *t, const struct place *p)
{
    struct sbuf b = { .max = 16 * 1024 };
    struct tocsin_part url;
    struct tocsin_request q = { .size = sizeof(q), .tag = p->before ? TAG_OLDER : 0 };
    int rc;

    write_url(&b, hn, t, p);
    url = (struct tocsin_part){ .text = sbuf_get(&b) };
    q.url = (struct tocsin_parts){ &url, 1 };
    rc = b.is_failed ? TOCSIN_NOMEM : hn->h->request(t, &q);
    sbuf_free(&b);
    return rc;
}

static int
hackernews_plan(void *self, struct tocsin_turn *t)
{
    struct hackernews *hn = self;
    struct place p = read_place(hn->h->cursor(t));

    return ask(hn, t, &p);
}

/* ---- parse ------------------------------------------------------------------------ */

/* Over all hits of a page. */
struct page {
    int64_t newest, oldest;
    size_t n, n_bad;
};

static void
see_time(struct page *g, int64_t at)
{
    if (at <= 0)
        return;
    if (at > g->newest)
        g->newest = at;
    if (g->oldest == 0 || at < g->oldest)
        g->oldest = at;
}

static int
take_hits(const struct hackernews *hn, struct tocsin_turn *t, const json_t *hits, struct page *g)
{
    const json_t *hit;
    size_t i;

    json_array_foreach(hits, i, hit)
    {
        int rc = hackernews_post(hn, t, hit);

        if (rc == TOCSIN_FULL || rc == TOCSIN_NOMEM)
            return rc;
        g->n++;
        g->n_bad += rc != TOCSIN_OK;
        see_time(g, hackernews_time(hit, hn->h->now_ms(t)));
    }
    return TOCSIN_OK;
}

/* More than a page since the mark: the older ones next, up to where the page ends. */
static int
go_on(const struct hackernews *hn, struct tocsin_turn *t, const struct page *g, bool has_more)
{
    struct place p = read_place(hn->h->cursor(t));
    bool was_older = p.before != 0;
    int64_t before = g->oldest + 1; /* again that second: a page may end inside it */
    int rc;

    if (g->newest > p.newest)
        p.newest = g->newest;
    if (was_older && before >= p.before)
        before = g->oldest; /* more than a page within one second */
    if (has_more && p.mark && g->oldest > 0 && (!was_older || before < p.before)) {
        p.before = before;
        rc = write_place(hn, t, &p);
        return rc == TOCSIN_OK ? ask(hn, t, &p) : rc;
    }
    if (p.newest <= p.mark && !was_older)
        return TOCSIN_OK;
    p = (struct place){ .mark = p.newest > p.mark ? p.newest : p.mark };
    return write_place(hn, t, &p);
}

static int
read_doc(const struct hackernews *hn, struct tocsin_turn *t, const json_t *doc)
{
    const json_t *hits = json_object_get(doc, "hits");
    struct page g = { .n = 0 };
    int rc;

    if (!json_is_array(hits))
        return hn->h->fail(t, TOCSIN_BADDATA,
                           "found no `hits` in the answer; `server` must be Algolia's search of "
                           "Hacker News");
    rc = take_hits(hn, t, hits, &g);
    if (rc != TOCSIN_OK)
        return rc;
    if (g.n_bad > 0)
        hn->h->partial(t, "%zu of %zu hits have no id or no text", g.n_bad, g.n);
    return go_on(hn, t, &g, jsonfix_int(doc, "nbPages", 1) > 1);
}

static int
hackernews_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r)
{
    struct hackernews *hn = self;
    char why[160];
    json_t *doc;
    int rc = status_check(hn->h, t, r);

    if (rc != TOCSIN_OK)
        return rc;
    doc = jsonfix_load(r->body, why, sizeof(why));
    rc = doc ? read_doc(hn, t, doc)
             : hn->h->fail(t, TOCSIN_BADDATA, "the answer is no JSON: %s", why);
    json_decref(doc);
    return rc;
}

static int
hackernews_warm_up(void)
{
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_source source = {
    .size = sizeof(source),
    .open = hackernews_open,
    .close = hackernews_close,
    .plan = hackernews_plan,
    .parse = hackernews_parse,
};

static const char *const hosts[] = { "hn.algolia.com", NULL };
=======
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
        author.url = api_fmt(p, SITE "user?id=%.*s", (int)author.handle.n, author.handle.p);
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
>>>>>>> ddeacfb (Add the source plugins hackernews and mastodon, and what sources of JSON APIs share)

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "hackernews",
    .version = "0.1",
<<<<<<< HEAD
    .summary = "stories and comments of Hacker News that a search finds",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct hackernews_conf),
    .ops = &source,
    .hosts = hosts,
    .warm_up = hackernews_warm_up,
    .example = "sources:\n"
               "  hn: {plugin: hackernews, every: 5m, options: {query: acme}}\n",
=======
    .summary = "stories and comments of Hacker News",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  hn: {plugin: hackernews, options: {query: acme}}\n",
>>>>>>> ddeacfb (Add the source plugins hackernews and mastodon, and what sources of JSON APIs share)
    .every_ms = INT64_C(5) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
