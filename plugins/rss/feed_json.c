/* Reads JSON Feed 1.0 and 1.1. */
#include <stdio.h>

#include "../common/jsonfix.h"
#include "../common/link.h"
#include "../common/utf8fix.h"
#include "feed.h"

#define URL_ROOM 4096

struct json_feed {
    const struct feed_sink *sink;
    struct feed_result *result;
    struct tocsin_str base;
    struct feed_head head;
    char next[URL_ROOM];
    char url[URL_ROOM], enclosure[URL_ROOM], id[24];
};

static struct tocsin_str
resolve(const struct json_feed *f, char *room, struct tocsin_str ref)
{
    if (ref.n == 0)
        return ref;
    return slice(room, link_resolve(room, URL_ROOM, f->base, ref));
}

/* authors[0] of 1.1, or author of 1.0 */
static void
read_person(const json_t *object, struct feed_person *to)
{
    const json_t *who = json_array_get(json_object_get(object, "authors"), 0);

    if (!who)
        who = json_object_get(object, "author");
    if (!json_is_object(who))
        return;
    *to = (struct feed_person){
        .name = jsonfix_str(who, "name"),
        .uri = jsonfix_str(who, "url"),
        .avatar = jsonfix_str(who, "avatar"),
        .rank = 1,
    };
}

static struct feed_text
make_text(const struct json_feed *f, struct tocsin_str s, bool is_html)
{
    if (s.n > FEED_ITEM_MAX)
        s.n = utf8fix_cut(s.p, s.n, FEED_ITEM_MAX);
    return (struct feed_text){ .s = s, .base = f->base, .is_html = is_html, .rank = 1 };
}

static void
read_text(const struct json_feed *f, const json_t *o, struct feed_item *item)
{
    static const char *const keys[] = { "content_html", "content_text", "summary" };

    for (size_t i = 0; i < 3 && item->text.s.n == 0; i++) {
        struct tocsin_str s = slice_trim(jsonfix_str(o, keys[i]));

        item->is_cut = s.n > FEED_ITEM_MAX;
        item->text = make_text(f, s, i == 0);
    }
    item->title = make_text(f, slice_trim(jsonfix_str(o, "title")), false);
}

static void
add_link(struct feed_item *item, struct tocsin_str href)
{
    if (href.n > 0 && item->n_links < FEED_LINKS_MAX)
        item->links[item->n_links++] = href;
}

static void
read_links(struct json_feed *f, const json_t *o, struct feed_item *item)
{
    const json_t *attachments = json_object_get(o, "attachments"), *a;
    size_t i;

    item->url = (struct feed_link){ resolve(f, f->url, jsonfix_str(o, "url")), 1 };
    add_link(item, jsonfix_str(o, "external_url"));
    if (item->url.href.n == 0)
        item->url.href = resolve(f, f->url, jsonfix_str(o, "external_url"));
    json_array_foreach(attachments, i, a)
    {
        struct tocsin_str href = jsonfix_str(a, "url");

        if (item->enclosure.rank == 0 && href.n > 0)
            item->enclosure = (struct feed_link){ resolve(f, f->enclosure, href), 1 };
        add_link(item, href);
    }
    add_link(item, jsonfix_str(o, "image"));
    add_link(item, jsonfix_str(o, "banner_image"));
}

static void
read_tags(const json_t *o, struct feed_item *item)
{
    const json_t *tags = json_object_get(o, "tags"), *tag;
    size_t i;

    json_array_foreach(tags, i, tag)
    {
        if (json_is_string(tag) && json_string_length(tag) > 0 && item->n_tags < FEED_TAGS_MAX)
            item->tags[item->n_tags++] = slice(json_string_value(tag), json_string_length(tag));
    }
}

static int
read_item(struct json_feed *f, const json_t *o)
{
    struct feed_item item = {
        .guid = jsonfix_id(json_object_get(o, "id"), f->id),
        .published = jsonfix_str(o, "date_published"),
        .updated = jsonfix_str(o, "date_modified"),
        .lang = jsonfix_str(o, "language"),
        .base = f->base,
        .is_permalink = true,
    };

    read_text(f, o, &item);
    read_links(f, o, &item);
    read_tags(o, &item);
    read_person(o, &item.author);
    f->result->n_items++;
    f->result->n_cut += item.is_cut;
    return f->sink->item(f->sink->arg, &item, &f->head);
}

static bool
is_feed(const json_t *doc)
{
    return slice_find_z(jsonfix_str(doc, "version"), "jsonfeed.org/version") <
               jsonfix_str(doc, "version").n ||
           (json_is_array(json_object_get(doc, "items")) && json_object_get(doc, "title"));
}

static void
read_head(struct json_feed *f, const json_t *doc)
{
    read_person(doc, &f->head.author);
    f->head.lang = jsonfix_str(doc, "language");
    f->head.site = jsonfix_str(doc, "home_page_url");
    f->head.next = resolve(f, f->next, jsonfix_str(doc, "next_url"));
}

static void
read_items(struct json_feed *f, const json_t *items)
{
    const json_t *o;
    size_t i;

    json_array_foreach(items, i, o)
    {
        if (!json_is_object(o)) {
            if (f->result->n_damaged++ == 0)
                snprintf(f->result->damage, sizeof(f->result->damage), "item %zu: not an object",
                         i + 1);
            continue;
        }
        if (read_item(f, o) != 0) {
            f->result->end = FEED_STOPPED;
            return;
        }
    }
}

void
feed_json(struct feed_result *r, struct tocsin_str text, struct tocsin_str base,
          const struct feed_sink *sink)
{
    struct json_feed f = { .sink = sink, .result = r, .base = base };
    json_t *doc;

    *r = (struct feed_result){ .end = FEED_COMPLETE };
    doc = jsonfix_load(text, r->damage, sizeof(r->damage));
    if (!doc) {
        r->end = FEED_CUT;
        return;
    }
    if (is_feed(doc)) {
        read_head(&f, doc);
        read_items(&f, json_object_get(doc, "items"));
        sink->head(sink->arg, &f.head);
    } else {
        r->end = FEED_NOT_FEED;
        snprintf(r->root, sizeof(r->root), "JSON without items");
    }
    json_decref(doc);
}
