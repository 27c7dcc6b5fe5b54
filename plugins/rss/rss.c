/* The rss plugin: RSS, Atom and JSON feeds as a source. */
#include "rss.h"

#include <stdio.h>
#include <stdlib.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "../common/charset.h"
#include "../common/jsonfix.h"
#include "../common/link.h"
#include "../common/status.h"

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("url", struct rss_conf, url, .required = 1, .help = "address of the feed"),
    TOCSIN_OPT_ENUM("kind", struct rss_conf, kind, "auto article post review", .dflt = "auto",
                    .help = "what the items are; auto: posts where each names its author"),
    TOCSIN_OPT_INT("max_items", struct rss_conf, max_items, .dflt = "1000", .min = 1, .max = 10000,
                   .help = "most items taken from one response, the first ones"),
    TOCSIN_OPT_BOOL("follow", struct rss_conf, follow, .dflt = "false",
                    .help =
                        "read older pages (rel=next, RFC 5005) when items may have been missed"),
    TOCSIN_OPT_STRING("user", struct rss_conf, user, .help = "name for Basic authentication"),
    TOCSIN_OPT_SECRET("password", struct rss_conf, password,
                      .help = "secret for Basic authentication"),
};

static int
rss_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, void **self)
{
    const struct rss_conf *c = conf;
    struct rss *rss;

    if (c->password.is_set && !c->user)
        return h->fail(t, TOCSIN_BADCONF, "`password` needs `user`; add the name to log in with");
    if (c->user && !c->password.is_set)
        return h->fail(t, TOCSIN_BADCONF,
                       "`user` needs `password`; name the secret to log in with");
    rss = calloc(1, sizeof(*rss));
    if (!rss)
        return TOCSIN_NOMEM;
    rss->h = h;
    rss->conf = c;
    *self = rss;
    return TOCSIN_OK;
}

static void
rss_close(void *self)
{
    free(self);
}

static int
ask(const struct rss *rss, struct tocsin_turn *t, const char *url, uint32_t tag)
{
    const struct tocsin_part where = { .text = slice_z(url) };
    const struct tocsin_part accept = {
        .text = slice_z("application/atom+xml, application/rss+xml, application/feed+json, "
                        "application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5")
    };
    const struct tocsin_part login = { .kind = TOCSIN_PART_BASIC,
                                       .text = slice_z(rss->conf->user),
                                       .name = "password" };
    const struct tocsin_header headers[] = { { "Accept", { &accept, 1 } },
                                             { "Authorization", { &login, 1 } } };
    const struct tocsin_request q = {
        .size = sizeof(q),
        .flags = tag ? TOCSIN_REQ_UNTIL_SEEN : 0,
        .tag = tag,
        .url = { &where, 1 },
        .headers = headers,
        .n_headers = rss->conf->user ? 2 : 1,
    };

    return rss->h->request(t, &q);
}

static int
rss_plan(void *self, struct tocsin_turn *t)
{
    struct rss *rss = self;
    struct rss_cursor *c = malloc(sizeof(*c));
    int rc;

    if (!c)
        return TOCSIN_NOMEM;
    rss_cursor_read(c, rss->h->cursor(t));
    rc = ask(rss, t, rss->conf->url, 0);
    if (rc == TOCSIN_OK && rss->conf->follow && c->next[0])
        rc = ask(rss, t, c->next, 1);
    free(c);
    return rc;
}

/* ---- what is not a feed ------------------------------------------------------- */

static struct tocsin_str
html_title(struct tocsin_str doc)
{
    size_t at = slice_find_case_z(slice_upto(doc, 65536), "<title");

    if (at >= doc.n || at >= 65536)
        return slice_z("");
    doc = slice_from(doc, at);
    doc = slice_from(doc, slice_find_byte(doc, '>') + 1);
    return slice_trim(slice_upto(doc, slice_find_byte(slice_upto(doc, 80), '<')));
}

/* href of the first <link type="application/rss+xml"> or its like */
static struct tocsin_str
html_feed_link(struct tocsin_str doc)
{
    doc = slice_upto(doc, 65536);
    while (doc.n > 0) {
        struct tocsin_str tag;
        size_t at = slice_find_case_z(doc, "<link"), href;

        doc = slice_from(doc, at);
        tag = slice_upto(doc, slice_find_byte(doc, '>'));
        doc = slice_from(doc, tag.n);
        if (slice_find_case_z(tag, "/rss+xml") == tag.n &&
            slice_find_case_z(tag, "/atom+xml") == tag.n)
            continue;
        href = slice_find_case_z(tag, "href=");
        if (href + 6 >= tag.n)
            continue;
        tag = slice_from(tag, href + 6);
        for (size_t n = 0; n < tag.n; n++)
            if (tag.p[n] == '"' || tag.p[n] == '\'')
                return slice_upto(tag, n);
    }
    return slice_z("");
}

static int
fail_html(const struct rss_run *run, struct tocsin_str doc, struct tocsin_str base)
{
    struct tocsin_str title = html_title(doc), link = html_feed_link(doc);
    char url[1024];
    size_t n = link.n ? link_resolve(url, sizeof(url), base, link) : 0;

    if (n > 0)
        return run->rss->h->fail(run->turn, TOCSIN_BADDATA,
                                 "found an HTML page (\"%.*s\") instead of a feed; the page names "
                                 "its feed: set `url: %.*s`",
                                 (int)title.n, title.p, (int)n, url);
    return run->rss->h->fail(run->turn, TOCSIN_BADDATA,
                             "found an HTML page (\"%.*s\") instead of a feed; set `url` to the "
                             "feed's own address, or log in if the page asks for it",
                             (int)title.n, title.p);
}

static bool
is_html(struct tocsin_str doc)
{
    struct tocsin_str start = slice_upto(doc, 2048);

    return slice_find_case_z(start, "<html") < start.n ||
           slice_find_case_z(start, "<!doctype html") < start.n ||
           slice_find_case_z(start, "<head>") < start.n ||
           slice_find_case_z(start, "<body") < start.n;
}

static int
fail_other(const struct rss_run *run, const struct feed_result *r, struct tocsin_str doc,
           struct tocsin_str base)
{
    struct tocsin_str start = slice_trim(slice_upto(doc, 40));

    if (is_html(doc))
        return fail_html(run, doc, base);
    if (r->end == FEED_NOT_FEED && r->root[0])
        return run->rss->h->fail(run->turn, TOCSIN_BADDATA,
                                 "found <%s> instead of a feed; set `url` to an RSS, Atom or JSON "
                                 "feed",
                                 r->root);
    if (r->end == FEED_CUT)
        return run->rss->h->fail(run->turn, TOCSIN_RETRY,
                                 "the feed is cut short or broken before its first item (%s)",
                                 r->damage);
    for (size_t i = 0; i < start.n; i++)
        if ((unsigned char)start.p[i] < ' ')
            start.n = i;
    return run->rss->h->fail(run->turn, TOCSIN_BADDATA,
                             "found no feed but text that begins \"%.*s\"; set `url` to an RSS, "
                             "Atom or JSON feed",
                             (int)start.n, start.p);
}

/* ---- paging ---------------------------------------------------------------------- */

static void
tell_gap(const struct rss_run *run, const struct rss_cursor *c)
{
    const struct tocsin_gap gap = {
        .size = sizeof(gap),
        .from_ms = c->newest_ms,
        .to_ms = run->oldest_ms,
        .why = run->rss->conf->follow
                   ? "nothing in the feed was known, and it names no older page"
                   : "nothing in the feed was known; poll it more often, or set `follow: true`",
    };

    run->rss->h->gap(run->turn, &gap);
}

static void
finish(struct rss_cursor *c, const struct rss_page *known)
{
    if (known->n > 0)
        c->mark = *known;
    c->head.n = 0;
    c->next[0] = '\0';
}

/* Sets the cursor after a page; true: the page at c->next is to be asked for. */
static bool
move_cursor(const struct rss_run *run, struct rss_cursor *c, uint32_t tag)
{
    struct tocsin_str next = run->next.n ? run->next : run->prev_archive;
    bool has_next = run->rss->conf->follow && next.n > 0 && next.n < sizeof(c->next);
    bool is_caught_up = c->mark.n == 0 || rss_page_overlaps(&run->page, &c->mark);

    if (tag == 0 && !is_caught_up && c->head.n > 0 && rss_page_overlaps(&run->page, &c->head)) {
        c->head = run->page; /* the older pages are being read */
        return false;
    }
    if (tag == 0 && run->page.n == 0)
        return false;
    if (is_caught_up || !has_next) {
        if (tag == 0 && !is_caught_up)
            tell_gap(run, c);
        finish(c, tag == 0 ? &run->page : &c->head);
        return false;
    }
    if (tag == 0)
        c->head = run->page;
    snprintf(c->next, sizeof(c->next), "%.*s", (int)next.n, next.p);
    return true;
}

static int
go_on(const struct rss_run *run, const struct tocsin_response *r)
{
    struct rss_cursor *c = malloc(sizeof(*c));
    bool is_more;
    int rc;

    if (!c)
        return TOCSIN_NOMEM;
    rss_cursor_read(c, run->rss->h->cursor(run->turn));
    is_more = move_cursor(run, c, r->tag);
    if (c->newest_ms < run->newest_ms)
        c->newest_ms = run->newest_ms;
    rc = rss_cursor_write(c, run->rss->h, run->turn);
    if (rc == TOCSIN_OK && is_more)
        rc = ask(run->rss, run->turn, c->next, r->tag + 1);
    free(c);
    return rc;
}

/* ---- parse --------------------------------------------------------------------------- */

static void
see_head(void *arg, const struct feed_head *head)
{
    struct rss_run *run = arg;
    size_t n = head->next.n < sizeof(run->next_room) ? head->next.n : 0;
    struct tocsin_str archive = head->prev_archive;

    rss_hint(run->rss, run->turn, run->now_ms, head);
    memcpy(run->next_room, head->next.p ? head->next.p : "", n);
    run->next = slice(run->next_room, n);
    if (n == 0 && archive.n > 0 && archive.n < sizeof(run->next_room)) {
        memcpy(run->next_room, archive.p, archive.n);
        run->prev_archive = slice(run->next_room, archive.n);
    }
}

static int
report(struct rss_run *run, const struct feed_result *r)
{
    const struct tocsin_host *h = run->rss->h;

    if (r->n_cut > 0)
        h->log(run->turn, TOCSIN_LOG_INFO, "%u items hold more than 256 KB; the rest was left out",
               r->n_cut);
    if (run->n_over > 0)
        h->log(run->turn, TOCSIN_LOG_INFO, "%lld items beyond `max_items` were left out",
               (long long)run->n_over);
    if (r->end == FEED_CUT)
        h->partial(run->turn, "the feed ends early (%s); %u items were read", r->damage,
                   r->n_items);
    else if (r->n_damaged > 0)
        h->partial(run->turn, "%u of %u items are damaged (%s); the others are whole", r->n_damaged,
                   r->n_items, r->damage);
    return TOCSIN_OK;
}

static bool
is_json(struct tocsin_str doc)
{
    doc = slice_trim(slice_upto(doc, 4096));
    return doc.n > 0 && doc.p[0] == '{';
}

static int
read_body(struct rss_run *run, const struct tocsin_response *resp, struct tocsin_str doc)
{
    const struct feed_sink sink = { run, rss_post_item, see_head };
    struct tocsin_str base = slice_z(resp->url);
    struct feed_result r;

    if (is_json(doc))
        feed_json(&r, doc, base, &sink);
    else
        feed_xml(&r, doc, base, &sink);
    switch (r.end) {
    case FEED_NOMEM:
        return TOCSIN_NOMEM;
    case FEED_STOPPED:
        return run->status;
    case FEED_COMPLETE:
        break;
    case FEED_CUT:
        if (r.n_items == 0)
            return fail_other(run, &r, doc, base);
        break;
    case FEED_NOT_FEED:
    case FEED_NO_XML:
        return fail_other(run, &r, doc, base);
    }
    report(run, &r);
    return go_on(run, resp);
}

static int
rss_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *resp)
{
    struct rss *rss = self;
    struct charset_text text;
    struct rss_run *run;
    int rc = status_check(rss->h, t, resp);

    if (rc != TOCSIN_OK)
        return rc;
    run = calloc(1, sizeof(*run));
    if (!run)
        return TOCSIN_NOMEM;
    run->rss = rss;
    run->turn = t;
    run->now_ms = rss->h->now_ms(t);
    rc = charset_to_utf8(&text, resp->body, charset_of_type(status_header(resp, "Content-Type")),
                         charset_of_xml(resp->body));
    if (rc == 0) {
        rc = read_body(run, resp, text.s);
        charset_text_free(&text);
    } else {
        rc = TOCSIN_NOMEM;
    }
    free(run);
    return rc;
}

static int
rss_warm_up(void)
{
    static const char doc[] = "<rss><channel><item><title>&eacute;</title></item></channel></rss>";
    xmlDocPtr d;

    xmlInitParser();
    d = xmlReadMemory(doc, (int)sizeof(doc) - 1, NULL, NULL,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                          XML_PARSE_RECOVER);
    xmlFreeDoc(d);
    charset_warm_up();
    jsonfix_warm_up();
    return 0;
}

static const struct tocsin_source source = {
    .size = sizeof(source),
    .open = rss_open,
    .close = rss_close,
    .plan = rss_plan,
    .parse = rss_parse,
};

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "rss",
    .version = "0.1",
    .summary = "RSS 0.90 to 2.0, RSS 1.0, Atom and JSON feeds",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct rss_conf),
    .ops = &source,
    .warm_up = rss_warm_up,
    .example = "sources:\n"
               "  blog: {plugin: rss, options: {url: https://blog.example/feed.xml}}\n",
    .every_ms = INT64_C(15) * 60 * 1000,
    .at_least_ms = INT64_C(60) * 1000,
};
