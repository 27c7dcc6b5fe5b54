/* Makes one post of one hit. */
#include <stdio.h>

#include "../common/jsonfix.h"
#include "../common/link.h"
#include "hackernews.h"

#define ITEM "https://news.ycombinator.com/item?id="
#define SKEW_S 300 /* their clock may be ahead of ours */
#define USER "https://news.ycombinator.com/user?id="

/* Letters, digits, - and _: all that the site has in ids and names. */
static bool
is_name(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!slice_is_alpha(s.p[i]) && !slice_is_digit(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
            return false;
    return s.n > 0 && s.n <= 40;
}

static struct tocsin_str
join(char *room, size_t n, const char *head, struct tocsin_str tail)
{
    snprintf(room, n, "%s%.*s", head, (int)tail.n, tail.p);
    return slice_z(room);
}

static void
set_comment(struct tocsin_post *p, const json_t *hit, char *parent_room, char *thread_room)
{
    p->kind = TOCSIN_REPLY;
    p->text = jsonfix_str(hit, "comment_text");
    p->parent = jsonfix_id(json_object_get(hit, "parent_id"), parent_room);
    p->thread = jsonfix_id(json_object_get(hit, "story_id"), thread_room);
}

static void
set_story(struct tocsin_post *p, const json_t *hit, struct tocsin_str *link)
{
    p->title = jsonfix_str(hit, "title");
    p->text = jsonfix_str(hit, "story_text");
    p->thread = p->id;
    *link = jsonfix_str(hit, "url");
    if (link_is_http(*link)) {
        p->links = link;
        p->n_links = 1;
    }
    p->flags |= TOCSIN_POST_COUNTS;
    p->replies = jsonfix_int(hit, "num_comments", 0);
    p->likes = jsonfix_int(hit, "points", 0);
}

int64_t
hackernews_time(const json_t *hit, int64_t now_ms)
{
    int64_t at = jsonfix_int(hit, "created_at_i", 0);

    return at > 0 && at <= now_ms / 1000 + SKEW_S ? at : 0;
}

int
hackernews_post(const struct hackernews *hn, struct tocsin_turn *t, const json_t *hit)
{
    char id_room[24], parent_room[24], thread_room[24], url[96], user[96];
    struct tocsin_author author = { .size = sizeof(author) };
    struct tocsin_post p = { .size = sizeof(p), .flags = TOCSIN_POST_TEXT_HTML };
    struct tocsin_str link;

    p.id = jsonfix_id(json_object_get(hit, "objectID"), id_room);
    if (!is_name(p.id))
        return TOCSIN_BADDATA;
    p.url = p.uri = join(url, sizeof(url), ITEM, p.id);
    if (json_is_string(json_object_get(hit, "comment_text")))
        set_comment(&p, hit, parent_room, thread_room);
    else
        set_story(&p, hit, &link);
    if (p.title.n == 0 && p.text.n == 0)
        return TOCSIN_BADDATA;
    author.handle = jsonfix_str(hit, "author");
    if (is_name(author.handle)) {
        author.url = join(user, sizeof(user), USER, author.handle);
        p.author = &author;
    }
    p.published_ms = hackernews_time(hit, hn->h->now_ms(t)) * 1000;
    return hn->h->post(t, &p);
}
