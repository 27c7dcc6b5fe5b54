/* Makes one post of one feed item. */
#include <stdio.h>

#include "../common/date.h"
#include "../common/link.h"
#include "rss.h"

#define ID_MAX 1000

static struct tocsin_str
hash_id(char *room, size_t n, struct tocsin_str a, struct tocsin_str b)
{
    uint64_t one = slice_hash(slice_hash(1, a), b), two = slice_hash(slice_hash(2, b), a);

    snprintf(room, n, "hash:%016llx%016llx", (unsigned long long)one, (unsigned long long)two);
    return slice_z(room);
}

/* The item's own id, else what is most likely to stay the same. */
static struct tocsin_str
find_id(const struct feed_item *item, char *room, size_t n)
{
    struct tocsin_str id = item->guid;

    if (id.n == 0)
        id = item->about;
    if (id.n == 0)
        id = item->url.href;
    if (id.n == 0)
        id = item->enclosure.href;
    if (id.n > ID_MAX)
        return hash_id(room, n, id, slice_z(""));
    if (id.n > 0)
        return id;
    if (item->title.s.n == 0)
        return hash_id(room, n, item->text.s, item->published);
    return hash_id(room, n, item->title.s, item->published);
}

/* Was the id given to another page in this response? Then it names neither. */
static bool
is_given_twice(struct rss_run *run, struct tocsin_str id, struct tocsin_str url)
{
    uint64_t h = slice_hash(7, id) | 1, u = slice_hash(8, url);

    for (size_t i = 0; i < 32; i++) {
        size_t at = (h + i) % RSS_IDS;

        if (run->ids[at].id == h)
            return run->ids[at].url != u;
        if (run->ids[at].id == 0) {
            run->ids[at].id = h;
            run->ids[at].url = u;
            return false;
        }
    }
    return false;
}

static struct tocsin_str
find_url(const struct feed_item *item)
{
    struct tocsin_str url = item->url.href;

    if (url.n > 0 && item->url.rank > 1 && (link_is_http(url) || !link_is_absolute(url)))
        return url;
    if (item->is_permalink && link_is_http(item->guid))
        return item->guid;
    if (link_is_http(url))
        return url;
    if (link_is_http(item->about))
        return item->about;
    return link_is_http(item->comments.href) ? item->comments.href : slice_z("");
}

static bool
is_known(const struct feed_person *who)
{
    return who->name.n > 0 || who->email.n > 0;
}

static struct tocsin_author
make_author(const struct feed_person *who)
{
    struct tocsin_author a = { .size = sizeof(a) };

    a.name = who->name;
    a.handle = who->name.n ? who->name : who->email;
    a.url = link_is_http(who->uri) ? who->uri : slice_z("");
    a.avatar = who->avatar;
    return a;
}

static struct tocsin_str
site_of(struct tocsin_str url)
{
    struct tocsin_str host = link_host(url);

    return slice_starts_z(host, "www.") ? slice_from(host, 4) : host;
}

/* An address elsewhere is the person's own site, by which accounts are joined; one on the same
 * site is only the profile there, and one beside an article may be the publisher's. */
static void
see_own_site(const struct tocsin_post *post, struct tocsin_author *a)
{
    struct tocsin_str own = site_of(a->url), here = site_of(post->url);

    if (post->kind != TOCSIN_ARTICLE && own.n > 0 && here.n > 0 && !slice_case_eq(own, here))
        a->profile_link = a->url;
}

/* Where every item names who wrote it, people talk: a forum, a blog. News feeds and aggregators,
 * which name another source or nobody, carry articles; those never make a person irate. */
static uint32_t
guess_kind(const struct feed_item *item)
{
    bool has_author = item->author.name.n > 0 || item->author.email.n > 0;

    return has_author && item->place.n == 0 ? TOCSIN_POST : TOCSIN_ARTICLE;
}

static uint32_t
find_kind(const struct rss_run *run, const struct feed_item *item)
{
    const char *kind = run->rss->conf->kind;

    if (kind && strcmp(kind, "post") == 0)
        return TOCSIN_POST;
    if (kind && strcmp(kind, "review") == 0)
        return TOCSIN_REVIEW;
    return kind && strcmp(kind, "article") == 0 ? TOCSIN_ARTICLE : guess_kind(item);
}

/* Feeds of comments link the comment inside its page. */
static void
see_comment(struct tocsin_post *post)
{
    size_t at = slice_find_byte(post->url, '#');

    if (at == post->url.n || !slice_starts_z(slice_from(post->url, at), "#comment"))
        return;
    post->kind = TOCSIN_REPLY;
    if (post->thread.n == 0)
        post->thread = slice_upto(post->url, at);
}

static void
set_kind(const struct rss_run *run, const struct feed_item *item, struct tocsin_post *post)
{
    post->kind = find_kind(run, item);
    post->parent = item->parent;
    post->thread = item->thread;
    if (item->is_reply)
        post->kind = TOCSIN_REPLY;
    else
        see_comment(post);
}

static void
set_times(const struct rss_run *run, const struct feed_item *item, struct tocsin_post *post)
{
    int64_t updated = date_parse_clamped(item->updated, run->now_ms);

    post->published_ms = date_parse_clamped(item->published, run->now_ms);
    if (post->published_ms == 0)
        post->published_ms = updated;
    if (updated > post->published_ms)
        post->edited_ms = updated;
}

static void
set_rating(const struct feed_item *item, struct tocsin_post *post)
{
    struct tocsin_str s = item->rating;
    double v = 0, scale = 1;
    bool has_dot = false;

    if (s.n == 0 || s.n > 8)
        return;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && !has_dot) {
            has_dot = true;
            continue;
        }
        if (!slice_is_digit(s.p[i]))
            return;
        v = v * 10 + (s.p[i] - '0');
        if (has_dot)
            scale *= 10;
    }
    post->rating = v / scale;
    post->flags |= TOCSIN_POST_RATING;
}

static void
set_texts(const struct feed_item *item, const struct feed_head *head, struct tocsin_post *post)
{
    post->title = item->title.s;
    post->text = item->text.s;
    if (item->title.is_html)
        post->flags |= TOCSIN_POST_TITLE_HTML;
    if (item->text.is_html)
        post->flags |= TOCSIN_POST_TEXT_HTML;
    post->base = item->text.s.n ? item->text.base : item->base;
    post->lang = item->text.lang;
    if (post->lang.n == 0)
        post->lang = item->title.lang;
    if (post->lang.n == 0)
        post->lang = item->lang;
    if (post->lang.n == 0)
        post->lang = head->lang;
}

static void
see_time(struct rss_run *run, int64_t ms)
{
    if (ms == 0)
        return;
    if (run->newest_ms < ms)
        run->newest_ms = ms;
    if (run->oldest_ms == 0 || run->oldest_ms > ms)
        run->oldest_ms = ms;
}

static int
hand_over(struct rss_run *run, const struct tocsin_post *post)
{
    int rc = run->rss->h->post(run->turn, post);

    run->n_posts++;
    if (rc != TOCSIN_FULL && rc != TOCSIN_NOMEM)
        return 0; /* refused posts are counted by the host */
    run->status = rc;
    return -1;
}

int
rss_post_item(void *arg, const struct feed_item *item, const struct feed_head *head)
{
    struct rss_run *run = arg;
    const struct feed_person *who = is_known(&item->author) ? &item->author : &head->author;
    struct tocsin_author author = make_author(who);
    struct tocsin_post post = { .size = sizeof(post) };
    char room[ID_MAX + 64];

    if (run->n_posts >= run->rss->conf->max_items) {
        run->n_over++;
        return 0;
    }
    post.url = find_url(item);
    post.id = find_id(item, room, sizeof(room));
    if (item->guid.n > 0 && post.url.n > 0 && is_given_twice(run, post.id, post.url))
        post.id = hash_id(room, sizeof(room), post.id, post.url);
    set_texts(item, head, &post);
    set_kind(run, item, &post);
    set_times(run, item, &post);
    set_rating(item, &post);
    if (is_known(&item->author))
        see_own_site(&post, &author);
    if (is_known(who))
        post.author = &author;
    if (item->has_replies) {
        post.replies = item->replies;
        post.flags |= TOCSIN_POST_COUNTS;
    }
    post.place = item->place;
    post.tags = item->tags;
    post.n_tags = item->n_tags;
    post.links = item->links;
    post.n_links = item->n_links;
    see_time(run, post.published_ms);
    rss_page_add(&run->page, slice_hash(3, post.url.n ? post.url : post.id));
    return hand_over(run, &post);
}
