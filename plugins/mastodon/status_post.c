/* Makes one post of one Mastodon status. */
#include <stdio.h>

#include "../common/date.h"
#include "../common/jsonfix.h"
#include "../common/link.h"
#include "mastodon.h"

#define TAGS_MAX 32

/* Everything a post points to while it is handed over. */
struct draft {
    struct tocsin_post post;
    struct tocsin_author author;
    struct tocsin_str tags[TAGS_MAX], link;
    char handle[512];
};

static struct tocsin_str
web_only(struct tocsin_str url)
{
    return link_is_http(url) ? url : slice_z("");
}

static int64_t
time_at(const json_t *o, const char *key, int64_t now_ms)
{
    return date_parse_clamped(jsonfix_str(o, key), now_ms);
}

/* The site that the server found to link back to the profile. */
static struct tocsin_str
find_profile_link(const json_t *account)
{
    const json_t *field;
    size_t i;

    json_array_foreach(json_object_get(account, "fields"), i, field)
    {
        struct tocsin_str value = jsonfix_str(field, "value"), rest;

        if (!json_is_string(json_object_get(field, "verified_at")))
            continue;
        rest = slice_from(value, slice_find_z(value, "href=\"") + 6);
        rest = slice_upto(rest, slice_find_byte(rest, '"'));
        if (link_is_http(rest))
            return rest;
    }
    return slice_z("");
}

/* "@jane@example.social": local accounts come without their server. */
static void
set_author(const struct mastodon *m, struct draft *d, const json_t *account, int64_t now_ms)
{
    struct tocsin_str acct = jsonfix_str(account, "acct");
    bool is_local = slice_find_byte(acct, '@') == acct.n;
    struct tocsin_author *a = &d->author;

    if (acct.n == 0 || acct.n > 200)
        return;
    snprintf(d->handle, sizeof(d->handle), "@%.*s%s%.*s", (int)acct.n, acct.p, is_local ? "@" : "",
             is_local ? (int)m->host.n : 0, m->host.p);
    *a = (struct tocsin_author){ .size = sizeof(*a), .flags = TOCSIN_AUTHOR_FOLLOWERS };
    a->handle = slice_z(d->handle);
    a->name = jsonfix_str(account, "display_name");
    a->url = web_only(jsonfix_str(account, "url"));
    a->avatar = web_only(jsonfix_str(account, "avatar"));
    a->profile_link = find_profile_link(account);
    a->followers = jsonfix_int(account, "followers_count", 0);
    a->created_ms = time_at(account, "created_at", now_ms);
    if (json_is_true(json_object_get(account, "bot")))
        a->flags |= TOCSIN_AUTHOR_BOT;
    d->post.author = a;
}

static void
set_tags(struct draft *d, const json_t *status)
{
    const json_t *tag;
    size_t i;

    json_array_foreach(json_object_get(status, "tags"), i, tag)
    {
        struct tocsin_str name = jsonfix_str(tag, "name");

        if (name.n > 0 && d->post.n_tags < TAGS_MAX)
            d->tags[d->post.n_tags++] = name;
    }
    d->post.tags = d->tags;
    d->link = web_only(jsonfix_str(json_object_get(status, "card"), "url"));
    d->post.links = &d->link;
    d->post.n_links = d->link.n ? 1 : 0;
}

static void
set_text(struct tocsin_post *p, const json_t *status, int64_t now_ms)
{
    p->uri = jsonfix_str(status, "uri");
    p->url = web_only(jsonfix_str(status, "url"));
    if (p->url.n == 0)
        p->url = web_only(p->uri);
    p->title = jsonfix_str(status, "spoiler_text");
    p->text = jsonfix_str(status, "content");
    p->lang = jsonfix_str(status, "language");
    p->parent = jsonfix_str(status, "in_reply_to_id");
    p->kind = p->parent.n                                        ? TOCSIN_REPLY
              : json_is_object(json_object_get(status, "quote")) ? TOCSIN_QUOTE
                                                                 : TOCSIN_POST;
    p->published_ms = time_at(status, "created_at", now_ms);
    p->edited_ms = time_at(status, "edited_at", now_ms);
    p->replies = jsonfix_int(status, "replies_count", 0);
    p->reposts = jsonfix_int(status, "reblogs_count", 0);
    p->likes = jsonfix_int(status, "favourites_count", 0);
}

static bool
is_public(const json_t *status)
{
    struct tocsin_str v = jsonfix_str(status, "visibility");

    return slice_eq_z(v, "public") || slice_eq_z(v, "unlisted");
}

int
mastodon_post(const struct mastodon *m, struct tocsin_turn *t, const json_t *status)
{
    struct draft d = { .post = { .size = sizeof(d.post),
                                 .flags = TOCSIN_POST_TEXT_HTML | TOCSIN_POST_COUNTS } };
    int64_t now_ms = m->h->now_ms(t);

    if (!json_is_string(json_object_get(status, "content")))
        return TOCSIN_BADDATA;
    if (!is_public(status) || json_is_object(json_object_get(status, "reblog")))
        return TOCSIN_OK;
    d.post.id = jsonfix_str(status, "id");
    set_text(&d.post, status, now_ms);
    set_author(m, &d, json_object_get(status, "account"), now_ms);
    set_tags(&d, status);
    return m->h->post(t, &d.post);
}
