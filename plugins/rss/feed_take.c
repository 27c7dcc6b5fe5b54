/* Says what each element of a feed means to the item or the head. */
#include <stdlib.h>

#include "../common/link.h"
#include "../common/utf8fix.h"
#include "feed_xml.h"

/* ---- text constructs ---------------------------------------------------- */

static bool
ends_with_xml(struct tocsin_str s)
{
    return s.n > 4 && slice_case_eq_z(slice_from(s, s.n - 4), "+xml");
}

static bool
is_binary_type(struct tocsin_str s)
{
    return slice_case_eq_z(s, "application/octet-stream") || slice_starts_z(s, "image/") ||
           slice_starts_z(s, "audio/") || slice_starts_z(s, "video/");
}

/* type= of Atom 1.0 and Media RSS, mode= and MIME types of Atom 0.3 */
static enum feed_mode
text_mode(struct feed_parser *p, const struct feed_attrs *a)
{
    struct tocsin_str type = feed_attr(p, a, "type"), mode = feed_attr(p, a, "mode");

    if (slice_case_eq_z(mode, "base64") || is_binary_type(type))
        return MODE_BASE64;
    if (slice_case_eq_z(type, "xhtml") || ends_with_xml(type))
        return MODE_XHTML;
    if (slice_case_eq_z(type, "html") || slice_case_eq_z(type, "text/html"))
        return MODE_HTML;
    if (slice_case_eq_z(mode, "escaped"))
        return MODE_GUESS;
    if (slice_case_eq_z(type, "text") || slice_case_eq_z(type, "plain"))
        return MODE_TEXT;
    return MODE_GUESS;
}

static void
capture(struct feed_parser *p, enum feed_elem elem, enum feed_ns ns, enum feed_mode mode)
{
    bool is_body = elem >= EL_BODY && elem <= EL_BODY_ITUNES;
    size_t limit = p->pool_n + FEED_FIELD_MAX;

    if (is_body && p->in_item)
        limit = p->item_mark + FEED_ITEM_MAX;
    p->capture = (struct feed_capture){
        .elem = elem,
        .ns = ns,
        .mode = mode,
        .depth = p->depth,
        .start = p->pool_n,
        .limit = limit < p->pool_max ? limit : p->pool_max,
    };
}

static int
text_rank(enum feed_elem elem)
{
    switch (elem) {
    case EL_BODY:
        return 6;
    case EL_XHTML_BODY:
        return 5;
    case EL_DESCRIPTION:
    case EL_TITLE:
        return 4;
    case EL_SUMMARY:
        return 3;
    case EL_BODY_MEDIA:
        return 2;
    default:
        return 1;
    }
}

static int
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (slice_is_digit(c))
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* In place; what does not decode to UTF-8 text is dropped. */
static struct tocsin_str
decode_base64(struct feed_parser *p, struct tocsin_str s)
{
    char *to = p->pool + p->capture.start;
    uint32_t bits = 0;
    int have = 0;
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        int v = base64_value(s.p[i]);

        if (v < 0 && !slice_is_space(s.p[i]) && s.p[i] != '=')
            return slice_z("");
        if (v < 0)
            continue;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            to[n++] = (char)(bits >> have & 0xff);
        }
    }
    return utf8fix_clean_prefix(to, n) == n ? slice(to, n) : slice_z("");
}

static void
set_text(struct feed_parser *p, struct feed_text *t, struct tocsin_str s)
{
    const struct feed_capture *c = &p->capture;
    const struct feed_level *l = &p->levels[c->depth];
    int rank = text_rank(c->elem);
    bool is_html = c->mode == MODE_HTML || c->mode == MODE_XHTML || c->has_markup;

    if (c->mode == MODE_BASE64)
        s = decode_base64(p, s);
    if (s.n == 0 || rank <= t->rank)
        return;
    if (c->mode == MODE_GUESS || c->mode == MODE_BASE64)
        is_html = is_html || feed_looks_like_html(s);
    *t = (struct feed_text){ s, feed_base(p), l->lang, is_html, rank };
}

/* ---- people ------------------------------------------------------------- */

static int
person_rank(enum feed_elem elem)
{
    switch (elem) {
    case EL_AUTHOR:
    case EL_CREATOR:
        return 3;
    case EL_AUTHOR_ITUNES:
        return 2;
    default:
        return 1;
    }
}

static void
set_person_text(struct feed_parser *p, struct tocsin_str s)
{
    struct feed_person got = { .rank = person_rank(p->capture.elem) };

    feed_person_split(s, &got);
    feed_person_set(p->in_item ? &p->item.author : &p->head.author, &got);
}

static void
set_person_part(struct feed_parser *p, struct tocsin_str s)
{
    struct feed_person *to = p->person;

    if (!to || s.n == 0)
        return;
    if (p->capture.elem == EL_PERSON_NAME) {
        struct feed_person got = { 0 };

        feed_person_split(s, &got);
        to->name = got.name;
        if (got.email.n && to->email.n == 0)
            to->email = got.email;
    } else if (p->capture.elem == EL_PERSON_EMAIL) {
        to->email = s;
    } else if (to->uri.n == 0) {
        to->uri = feed_url(p, s);
    }
}

/* Only the first author of an item is kept. */
static enum feed_place
open_author(struct feed_parser *p, enum feed_ns ns)
{
    struct feed_person *to = p->in_item ? &p->item.author : &p->head.author;

    capture(p, EL_AUTHOR, ns, MODE_TEXT);
    p->person = to->rank < 3 || to->name.n == 0 ? to : NULL;
    if (p->person && to->rank < 3)
        *to = (struct feed_person){ .rank = 3, .email = to->email };
    return AT_PERSON;
}

/* ---- links -------------------------------------------------------------- */

static void
set_link(struct feed_link *to, struct tocsin_str href, int rank)
{
    if (href.n > 0 && rank >= to->rank)
        *to = (struct feed_link){ href, rank };
}

static void
add_link(struct feed_item *item, struct tocsin_str href)
{
    for (size_t i = 0; i < item->n_links; i++)
        if (slice_eq(item->links[i], href))
            return;
    if (href.n > 0 && item->n_links < FEED_LINKS_MAX)
        item->links[item->n_links++] = href;
}

static void
add_tag(struct feed_item *item, struct tocsin_str tag)
{
    tag = slice_trim(tag);
    for (size_t i = 0; i < item->n_tags; i++)
        if (slice_eq(item->tags[i], tag))
            return;
    if (tag.n > 0 && item->n_tags < FEED_TAGS_MAX)
        item->tags[item->n_tags++] = tag;
}

static bool
is_page_type(struct tocsin_str type)
{
    return type.n == 0 || slice_starts_z(type, "text/html") ||
           slice_starts_z(type, "application/xhtml");
}

static void
take_item_href(struct feed_parser *p, struct tocsin_str rel, struct tocsin_str type,
               struct tocsin_str href)
{
    struct feed_item *item = &p->item;

    if (rel.n == 0 || slice_case_eq_z(rel, "alternate")) {
        set_link(&item->url, href, is_page_type(type) ? 4 : 3);
    } else if (slice_case_eq_z(rel, "enclosure")) {
        set_link(&item->enclosure, href, item->enclosure.rank ? -1 : 1);
        add_link(item, href);
    } else if (slice_case_eq_z(rel, "replies")) {
        set_link(&item->comments, href, 1);
    } else if (slice_case_eq_z(rel, "related") || slice_case_eq_z(rel, "via")) {
        add_link(item, href);
    } else if (slice_case_eq_z(rel, "self") && is_page_type(type)) {
        set_link(&item->url, href, 1);
    }
}

static void
take_head_href(struct feed_parser *p, struct tocsin_str rel, struct tocsin_str type,
               struct tocsin_str href)
{
    struct feed_head *head = &p->head;

    if (slice_case_eq_z(rel, "next"))
        head->next = href;
    else if (slice_case_eq_z(rel, "prev-archive"))
        head->prev_archive = href;
    else if ((rel.n == 0 || slice_case_eq_z(rel, "alternate")) && is_page_type(type) &&
             head->site.n == 0)
        head->site = href;
}

static enum feed_place
open_link(struct feed_parser *p, enum feed_ns ns, const struct feed_attrs *a)
{
    struct tocsin_str rel, type, href = a->n ? feed_attr(p, a, "href") : slice_z("");

    if (href.n == 0) {
        capture(p, EL_LINK, ns, MODE_TEXT);
        return AT_OTHER;
    }
    href = feed_url(p, href);
    rel = feed_attr(p, a, "rel");
    type = feed_attr(p, a, "type");
    if (p->in_item)
        take_item_href(p, rel, type, href);
    else
        take_head_href(p, rel, type, href);
    return AT_OTHER;
}

static void
take_media(struct feed_parser *p, const struct feed_attrs *a, bool is_enclosure)
{
    struct tocsin_str href = feed_attr(p, a, "url");

    if (href.n == 0)
        href = feed_attr(p, a, "href");
    if (href.n == 0)
        return;
    href = feed_url(p, href);
    if (is_enclosure && p->item.enclosure.rank == 0)
        set_link(&p->item.enclosure, href, 1);
    add_link(&p->item, href);
}

static void
take_in_reply_to(struct feed_parser *p, const struct feed_attrs *a)
{
    struct tocsin_str ref = feed_attr(p, a, "ref");

    if (ref.n == 0)
        ref = feed_attr(p, a, "href");
    p->item.is_reply = true;
    if (p->item.parent.n == 0)
        p->item.parent = ref;
}

/* ---- categories --------------------------------------------------------- */

static enum feed_place
open_category(struct feed_parser *p, enum feed_ns ns, const struct feed_attrs *a)
{
    struct tocsin_str term = slice_z("");
    static const char *const names[] = { "label", "term", "text" };

    for (size_t i = 0; a->n && term.n == 0 && i < sizeof(names) / sizeof(names[0]); i++)
        term = feed_attr(p, a, names[i]);
    if (term.n == 0)
        capture(p, EL_CATEGORY, ns, MODE_TEXT);
    else if (p->in_item)
        add_tag(&p->item, term);
    return AT_OTHER;
}

static void
take_keywords(struct feed_item *item, struct tocsin_str s)
{
    while (s.n > 0) {
        size_t n = slice_find_byte(s, ',');

        add_tag(item, slice_upto(s, n));
        s = slice_from(s, n + 1);
    }
}

/* ---- elements ----------------------------------------------------------- */

static bool
is_true(struct tocsin_str s)
{
    return !slice_case_eq_z(s, "false") && !slice_case_eq_z(s, "0") && !slice_case_eq_z(s, "no");
}

static enum feed_place
open_in_item(struct feed_parser *p, enum feed_elem elem, enum feed_ns ns,
             const struct feed_attrs *a)
{
    switch (elem) {
    case EL_TITLE:
    case EL_TITLE_MEDIA:
    case EL_SUMMARY:
    case EL_BODY_MEDIA:
    case EL_BODY_ITUNES:
        capture(p, elem, ns, text_mode(p, a));
        return AT_OTHER;
    case EL_BODY:
        if (ns == NS_CORE && a->n)
            add_link(&p->item, feed_url(p, feed_attr(p, a, "src")));
        capture(p, elem, ns, ns == NS_CONTENT ? MODE_HTML : text_mode(p, a));
        return AT_OTHER;
    case EL_DESCRIPTION:
        capture(p, elem, ns, MODE_HTML);
        return AT_OTHER;
    case EL_XHTML_BODY:
        capture(p, elem, ns, MODE_XHTML);
        return AT_OTHER;
    case EL_LINK:
        return open_link(p, ns, a);
    case EL_GUID:
        p->item.is_permalink = is_true(feed_attr(p, a, "ispermalink"));
        capture(p, elem, ns, MODE_TEXT);
        return AT_OTHER;
    case EL_AUTHOR:
        return open_author(p, ns);
    case EL_CATEGORY:
        return open_category(p, ns, a);
    case EL_ENCLOSURE:
        take_media(p, a, true);
        return AT_OTHER;
    case EL_MEDIA:
        take_media(p, a, false);
        return AT_MEDIA;
    case EL_MEDIA_GROUP:
        return AT_MEDIA;
    case EL_THUMBNAIL:
        take_media(p, a, false);
        return AT_OTHER;
    case EL_IN_REPLY_TO:
        take_in_reply_to(p, a);
        return AT_OTHER;
    case EL_SOURCE:
        if (feed_attr(p, a, "url").n > 0)
            capture(p, elem, ns, MODE_TEXT);
        return AT_CLOSED;
    case EL_NONE:
    case EL_ITEM:
    case EL_CHANNEL:
    case EL_PERSON_NAME:
    case EL_PERSON_EMAIL:
    case EL_PERSON_URI:
        return AT_OTHER;
    default:
        capture(p, elem, ns, MODE_TEXT);
        return AT_OTHER;
    }
}

static enum feed_place
open_in_head(struct feed_parser *p, enum feed_elem elem, enum feed_ns ns,
             const struct feed_attrs *a)
{
    if (p->pool_max - p->pool_n < FEED_ITEM_MAX + 4 * FEED_FIELD_MAX && elem != EL_CHANNEL)
        return AT_OTHER; /* a head that large keeps no more */
    switch (elem) {
    case EL_CHANNEL:
        return AT_HEAD;
    case EL_LINK:
        return open_link(p, ns, a);
    case EL_AUTHOR:
        return open_author(p, ns);
    case EL_SKIP_HOURS:
    case EL_SKIP_DAYS:
        return AT_SKIP;
    case EL_CREATOR:
    case EL_AUTHOR_ITUNES:
    case EL_EDITOR:
    case EL_LANGUAGE:
    case EL_TTL:
    case EL_PERIOD:
    case EL_FREQUENCY:
        capture(p, elem, ns, MODE_TEXT);
        return AT_OTHER;
    default:
        return AT_OTHER;
    }
}

static enum feed_place
open_in_media(struct feed_parser *p, enum feed_elem elem, enum feed_ns ns,
              const struct feed_attrs *a)
{
    if (ns != NS_MEDIA)
        return AT_OTHER;
    return open_in_item(p, elem, ns, a);
}

static enum feed_place
open_in_person(struct feed_parser *p, enum feed_elem elem, enum feed_ns ns)
{
    if (p->capture.elem != EL_NONE)
        feed_take_text(p);
    if (elem >= EL_PERSON_NAME && elem <= EL_PERSON_URI)
        capture(p, elem, ns, MODE_TEXT);
    return AT_OTHER;
}

enum feed_place
feed_take_open(struct feed_parser *p, enum feed_elem elem, enum feed_ns ns,
               const struct feed_attrs *a)
{
    switch (p->levels[p->depth - 1].place) {
    case AT_ITEM:
        return open_in_item(p, elem, ns, a);
    case AT_HEAD:
        return open_in_head(p, elem, ns, a);
    case AT_MEDIA:
        return open_in_media(p, elem, ns, a);
    case AT_PERSON:
        return open_in_person(p, elem, ns);
    case AT_SKIP:
        if (elem == EL_HOUR || elem == EL_DAY)
            capture(p, elem, ns, MODE_TEXT);
        return AT_OTHER;
    case AT_CLOSED:
        return AT_CLOSED;
    case AT_OTHER:
        break;
    }
    return AT_OTHER;
}

/* ---- what was captured -------------------------------------------------- */

static void
set_published(struct feed_item *item, struct tocsin_str s, int rank)
{
    if (s.n > 0 && rank > item->published_rank) {
        item->published = s;
        item->published_rank = rank;
    }
}

static void
set_replies(struct feed_item *item, struct tocsin_str s)
{
    int64_t n = 0;

    if (s.n == 0 || s.n > 12)
        return;
    for (size_t i = 0; i < s.n; i++) {
        if (!slice_is_digit(s.p[i]))
            return;
        n = n * 10 + (s.p[i] - '0');
    }
    item->replies = n;
    item->has_replies = true;
}

static void
take_in_item(struct feed_parser *p, struct tocsin_str s)
{
    struct feed_item *item = &p->item;

    switch (p->capture.elem) {
    case EL_TITLE:
    case EL_TITLE_MEDIA:
        set_text(p, &item->title, s);
        break;
    case EL_BODY:
    case EL_XHTML_BODY:
    case EL_DESCRIPTION:
    case EL_SUMMARY:
    case EL_BODY_MEDIA:
    case EL_BODY_ITUNES:
        set_text(p, &item->text, s);
        break;
    case EL_LINK:
        set_link(&item->url, feed_url(p, s), 4);
        break;
    case EL_GUID:
        item->guid = s;
        break;
    case EL_ID:
        item->guid = p->levels[p->depth].base.n ? feed_url(p, s) : s;
        item->is_permalink = true;
        break;
    case EL_COMMENTS:
        set_link(&item->comments, feed_url(p, s), 1);
        break;
    case EL_COMMENT_FEED:
    case EL_ORIGIN_LINK:
        add_link(item, feed_url(p, s));
        break;
    case EL_SOURCE:
        item->place = s;
        break;
    case EL_CATEGORY:
        add_tag(item, s);
        break;
    case EL_KEYWORDS:
        take_keywords(item, s);
        break;
    case EL_PUBLISHED:
        set_published(item, s, 4);
        break;
    case EL_ISSUED:
        set_published(item, s, 3);
        break;
    case EL_DATE:
        set_published(item, s, 2);
        break;
    case EL_CREATED:
        set_published(item, s, 1);
        break;
    case EL_UPDATED:
        item->updated = s;
        break;
    case EL_LANGUAGE:
        item->lang = s;
        break;
    case EL_REPLIES:
        set_replies(item, s);
        break;
    case EL_RATING:
        item->rating = s;
        break;
    default:
        set_person_text(p, s);
        break;
    }
}

static void
take_skip(struct feed_head *head, enum feed_elem elem, struct tocsin_str s)
{
    static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

    if (elem == EL_HOUR && s.n > 0 && s.n <= 2 && slice_is_digit(s.p[0])) {
        int h = s.p[0] - '0';

        if (s.n == 2 && slice_is_digit(s.p[1]))
            h = h * 10 + (s.p[1] - '0');
        if (h <= 24)
            head->skip_hours |= 1u << (h % 24);
    }
    for (unsigned i = 0; elem == EL_DAY && i < 7; i++)
        if (slice_starts_z(s, days[i]))
            head->skip_days |= 1u << i;
}

static void
take_in_head(struct feed_parser *p, struct tocsin_str s)
{
    struct feed_head *head = &p->head;

    switch (p->capture.elem) {
    case EL_LINK:
        if (head->site.n == 0)
            head->site = feed_url(p, s);
        break;
    case EL_LANGUAGE:
        head->lang = s;
        break;
    case EL_TTL:
        head->ttl = s;
        break;
    case EL_PERIOD:
        head->period = s;
        break;
    case EL_FREQUENCY:
        head->frequency = s;
        break;
    case EL_HOUR:
    case EL_DAY:
        take_skip(head, p->capture.elem, s);
        break;
    default:
        set_person_text(p, s);
        break;
    }
}

void
feed_take_text(struct feed_parser *p)
{
    struct feed_capture *c = &p->capture;
    struct tocsin_str s = slice_trim(slice(p->pool + c->start, p->pool_n - c->start));

    if (c->elem >= EL_PERSON_NAME && c->elem <= EL_PERSON_URI)
        set_person_part(p, s);
    else if (p->in_item)
        take_in_item(p, s);
    else
        take_in_head(p, s);
    c->elem = EL_NONE;
}
