/* The phpbb plugin: new posts of a phpBB board by its Atom feed. */
#include <stdlib.h>

#include <libxml/parser.h>

#include "../common/charset.h"
#include "../common/date.h"
#include "../common/jsonfix.h"
#include "../common/sbuf.h"
#include "../common/status.h"
#include "../rss/feed.h"

struct conf {
    const char *server, *forum, *topic;
    bool is_old;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("server", struct conf, server, .required = 1, .help = "address of the board"),
    TOCSIN_OPT_STRING("forum", struct conf, forum, .help = "number of one forum; none: all"),
    TOCSIN_OPT_STRING("topic", struct conf, topic, .help = "number of one topic"),
    TOCSIN_OPT_BOOL("old", struct conf, is_old, .dflt = "false",
                    .help = "the board is older than phpBB 3.1: its feed is feed.php"),
};

struct phpbb {
    const struct tocsin_host *h;
    const struct conf *conf;
};

/* One parse. */
struct run {
    const struct phpbb *bb;
    struct tocsin_turn *turn;
    int64_t now_ms, mark, newest, oldest, mark_ms, newest_ms, oldest_ms;
    int status;
};

static int
phpbb_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    const struct conf *c = conf;
    struct phpbb *bb;

    if (c->forum && c->topic)
        return h->fail(t, TOCSIN_BADCONF, "`forum` and `topic` are two sources; make one of each");
    bb = calloc(1, sizeof(*bb));
    if (!bb)
        return TOCSIN_NOMEM;
    bb->h = h;
    bb->conf = c;
    *self = bb;
    return TOCSIN_OK;
}

static void
phpbb_close(void *self)
{
    free(self);
}

static int
phpbb_plan(void *self, struct tocsin_turn *t)
{
    const struct phpbb *bb = self;
    const struct conf *c = bb->conf;
    const char *id = c->topic ? c->topic : c->forum ? c->forum : "";
    const char *what = c->topic ? "/topic/" : c->forum ? "/forum/" : "";
    struct tocsin_str server = slice_z(c->server);
    char path[64];
    struct tocsin_part where[2];
    const struct tocsin_request q = { .size = sizeof(q), .url = { where, 2 } };

    while (server.n > 0 && server.p[server.n - 1] == '/')
        server.n--;
    if (c->is_old)
        what = c->topic ? "?t=" : c->forum ? "?f=" : "";
    snprintf(path, sizeof(path), "%s%s%.20s", c->is_old ? "/feed.php" : "/app.php/feed", what, id);
    where[0] = (struct tocsin_part){ .text = server };
    where[1] = (struct tocsin_part){ .text = slice_z(path) };
    return bb->h->request(t, &q);
}

/* ---- entries ------------------------------------------------------------------------------ */

/* The number after "p=" or the like, where it begins an argument; 0: none. */
static int64_t
arg_of(struct tocsin_str url, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 1; i + len < url.n; i++) {
        int64_t n = 0;

        if (!strchr("?&;", url.p[i - 1]) || !slice_starts_z(slice_from(url, i), name))
            continue;
        for (i += len; i < url.n && slice_is_digit(url.p[i]) && n < INT64_MAX / 100; i++)
            n = n * 10 + (url.p[i] - '0');
        return n;
    }
    return 0;
}

/* The address without the visitor's session, and with & where HTML wrote &amp;. */
static void
put_clean(struct sbuf *b, struct tocsin_str url)
{
    for (size_t i = 0; i < url.n; i++) {
        struct tocsin_str rest = slice_from(url, i);
        size_t n = 0;

        if (slice_starts_z(rest, "sid=") && i > 0 && strchr("?&;", url.p[i - 1])) {
            while (n < rest.n && rest.p[n] != '&' && rest.p[n] != '#')
                n++;
            i += n < rest.n && rest.p[n] == '&' ? n : n - 1;
            continue;
        }
        sbuf_char(b, url.p[i]);
        if (slice_starts_z(rest, "&amp;"))
            i += 4;
    }
    while (b->n > 0 && strchr("?&", b->p[b->n - 1]))
        b->n--;
}

/* "Forum • Re: Topic" in its parts. */
static void
split_title(struct tocsin_str s, struct tocsin_post *post)
{
    static const char bullet[] = " \xe2\x80\xa2 ";
    size_t at = slice_find_z(s, bullet);

    if (at < s.n) {
        post->place = slice_upto(s, at);
        s = slice_from(s, at + sizeof(bullet) - 1);
    }
    if (slice_starts_z(s, "Re: ")) {
        post->kind = TOCSIN_REPLY;
        s = slice_from(s, 4);
    }
    post->title = s;
}

/* What the board adds below each post: who wrote it, and when. */
static struct tocsin_str
cut_statistics(struct tocsin_str *text)
{
    static const char mark[] = "<p>Statistics: ";
    struct tocsin_str rest = *text, foot = slice_from(*text, text->n), href;
    size_t at;

    while ((at = slice_find_z(rest, mark)) < rest.n) {
        foot = slice_from(rest, at);
        rest = slice_from(foot, 1);
    }
    text->n -= foot.n;
    href = slice_from(foot, slice_find_z(foot, "href=\""));
    href = slice_from(href, 6);
    return slice_upto(href, slice_find_byte(href, '"'));
}

static void
see(struct run *run, int64_t id, int64_t ms)
{
    if (id > run->newest)
        run->newest = id;
    if (id > 0 && (run->oldest == 0 || id < run->oldest))
        run->oldest = id;
    if (ms > run->newest_ms)
        run->newest_ms = ms;
    if (ms > 0 && (run->oldest_ms == 0 || ms < run->oldest_ms))
        run->oldest_ms = ms;
}

static int
hand_over(struct run *run, const struct feed_item *item, struct tocsin_str url,
          struct tocsin_str author_url, struct tocsin_str text)
{
    struct sbuf place = { .max = 1024 };
    const struct tocsin_author author = {
        .size = sizeof(author),
        .handle = item->author.name,
        .name = item->author.name,
        .url = author_url,
    };
    int64_t id = arg_of(url, "p="), topic = arg_of(url, "t="), updated;
    char id_room[24], topic_room[40];
    struct tocsin_post post = { .size = sizeof(post), .url = url, .text = text };
    int rc;

    split_title(item->title.s, &post);
    put_clean(&place, post.place);
    post.place = sbuf_get(&place);
    snprintf(id_room, sizeof(id_room), "%lld", (long long)id);
    snprintf(topic_room, sizeof(topic_room), "topic/%lld", (long long)topic);
    post.id = id > 0 ? slice_z(id_room) : url;
    post.thread = topic > 0 ? slice_z(topic_room) : slice_z("");
    post.parent = post.kind == TOCSIN_REPLY ? post.thread : slice_z("");
    post.lang = item->lang;
    post.base = item->text.base;
    post.flags = (item->title.is_html ? TOCSIN_POST_TITLE_HTML : 0u) | TOCSIN_POST_TEXT_HTML;
    post.author = author.name.n ? &author : NULL;
    post.published_ms = date_parse_clamped(item->published, run->now_ms);
    updated = date_parse_clamped(item->updated, run->now_ms);
    if (post.published_ms == 0)
        post.published_ms = updated;
    if (updated > post.published_ms)
        post.edited_ms = updated;
    see(run, id, post.published_ms);
    rc = run->bb->h->post(run->turn, &post);
    sbuf_free(&place);
    if (rc != TOCSIN_FULL && rc != TOCSIN_NOMEM)
        return 0;
    run->status = rc;
    return -1;
}

static int
see_item(void *arg, const struct feed_item *item, const struct feed_head *head)
{
    struct sbuf url = { .max = 8192 }, who = { .max = 8192 };
    struct tocsin_str text = item->text.s;
    int rc;

    (void)head;
    put_clean(&url, item->url.href.n ? item->url.href : item->guid);
    put_clean(&who, cut_statistics(&text));
    rc = hand_over(arg, item, sbuf_get(&url), sbuf_get(&who), text);
    sbuf_free(&url);
    sbuf_free(&who);
    return rc;
}

static void
see_head(void *arg, const struct feed_head *head)
{
    (void)arg;
    (void)head;
}

/* ---- cursor: "NEWEST-ID TIME" --------------------------------------------------------------- */

static int
go_on(struct run *run)
{
    const struct tocsin_gap gap = {
        .size = sizeof(gap),
        .from_ms = run->mark_ms,
        .to_ms = run->oldest_ms,
        .why = "every post of the feed was new; poll it more often",
    };
    char text[64];

    if (run->mark > 0 && run->oldest > run->mark)
        run->bb->h->gap(run->turn, &gap);
    if (run->newest < run->mark)
        run->newest = run->mark;
    if (run->newest_ms < run->mark_ms)
        run->newest_ms = run->mark_ms;
    snprintf(text, sizeof(text), "%lld %lld", (long long)run->newest, (long long)run->newest_ms);
    return run->bb->h->set_cursor(run->turn, slice_z(text));
}

static int64_t
read_number(const char **at)
{
    int64_t n = 0;

    for (; slice_is_digit(**at) && n < INT64_MAX / 100; ++*at)
        n = n * 10 + (**at - '0');
    while (**at == ' ')
        ++*at;
    return n;
}

static void
read_cursor(struct run *run)
{
    const char *at = run->bb->h->cursor(run->turn);

    run->mark = read_number(&at);
    run->mark_ms = read_number(&at);
}

/* ---- parse ---------------------------------------------------------------------------------- */

static int
read_feed(struct run *run, struct tocsin_str doc, const char *url)
{
    const struct feed_sink sink = { run, see_item, see_head };
    const struct tocsin_host *h = run->bb->h;
    struct feed_result r;

    feed_xml(&r, doc, slice_z(url), &sink);
    if (r.end == FEED_NOMEM)
        return TOCSIN_NOMEM;
    if (r.end == FEED_STOPPED)
        return run->status;
    if (r.end == FEED_CUT && r.n_items == 0)
        return h->fail(run->turn, TOCSIN_RETRY, "the feed is cut short before its first post");
    if (r.end == FEED_NOT_FEED || r.end == FEED_NO_XML)
        return h->fail(run->turn, TOCSIN_BADDATA,
                       "found no feed there; an administrator turns feeds on under General, Feed "
                       "settings; for boards older than phpBB 3.1 set `old: true`");
    if (r.end == FEED_COMPLETE)
        return go_on(run);
    h->partial(run->turn, "the feed ends early (%s); %u posts were read", r.damage, r.n_items);
    return TOCSIN_OK;
}

static int
phpbb_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *resp)
{
    const struct phpbb *bb = self;
    struct run run = { .bb = bb, .turn = t, .now_ms = bb->h->now_ms(t) };
    struct charset_text text;
    int rc = status_check(bb->h, t, resp);

    if (rc != TOCSIN_OK)
        return rc;
    if (charset_to_utf8(&text, resp->body, charset_of_type(status_header(resp, "Content-Type")),
                        charset_of_xml(resp->body)) != 0)
        return TOCSIN_NOMEM;
    read_cursor(&run);
    rc = read_feed(&run, text.s, resp->url);
    charset_text_free(&text);
    return rc;
}

static int
phpbb_warm_up(void)
{
    xmlInitParser();
    charset_warm_up();
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_source source = {
    .size = sizeof(source),
    .open = phpbb_open,
    .close = phpbb_close,
    .plan = phpbb_plan,
    .parse = phpbb_parse,
};

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "phpbb",
    .version = "0.1",
    .summary = "new posts of phpBB boards",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = phpbb_warm_up,
    .example = "sources:\n"
               "  board: {plugin: phpbb, options: {server: https://board.example}}\n",
    .every_ms = INT64_C(3) * 60 * 1000,
    .at_least_ms = INT64_C(60) * 1000,
};
