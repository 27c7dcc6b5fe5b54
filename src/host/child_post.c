/* child_post.c - a post as the plugin gave it becomes a post as the core carries it: plain
 * text, absolute web addresses, repaired UTF-8, bounded. */
#include "host/child_turn.h"

#include <math.h>

#include "base/url.h"
#include "host/check.h"
#include "host/child_copy.h"

enum {
    MAX_ID = 1024,
    MAX_WORD = 512,
    MAX_TITLE = 4096,
    MAX_TEXT = 128 * 1024,
    MAX_RAW = 64 * 1024
};

struct making {
    struct tocsin_turn *t;
    struct tocsin_str base; /* of relative addresses; may be empty */
};

/* An absolute http(s) address, or none. */
static int
copy_web(const struct making *m, struct tocsin_str *out, struct tocsin_str s)
{
    struct buf *b = &m->t->text;

    *out = STR_NONE;
    s = str_trim(s);
    if (s.n == 0 || s.n > TURN_MAX_URL)
        return 0;
    if (!url_is_web(s)) {
        buf_reset(b);
        if (m->base.n == 0 || url_join(b, m->base, s) || b->n > TURN_MAX_URL)
            return 0;
        s = buf_view(b);
    }
    if (!url_is_web(s) || !is_text(s))
        return 0;
    return copy_bytes(m->t->arena, out, s);
}

static int
copy_links(const struct making *m, struct post *p, const struct tocsin_post *from)
{
    size_t n = from->n_links < TURN_MAX_TAGS ? from->n_links : TURN_MAX_TAGS, kept = 0;
    struct tocsin_str *v = arena_array(m->t->arena, n, sizeof *v);

    for (size_t i = 0; v && i < n; i++) {
        if (copy_web(m, &v[kept], from->links[i]))
            return -1;
        kept += v[kept].n > 0;
    }
    p->links = v;
    p->n_links = kept;
    return v ? 0 : -1;
}

static int
copy_tags(const struct making *m, struct post *p, const struct tocsin_post *from)
{
    size_t n = from->n_tags < TURN_MAX_TAGS ? from->n_tags : TURN_MAX_TAGS, kept = 0;
    struct tocsin_str *v = arena_array(m->t->arena, n, sizeof *v);

    for (size_t i = 0; v && i < n; i++) {
        if (copy_text(m->t->arena, &v[kept], str_trim(from->tags[i]), MAX_WORD))
            return -1;
        kept += v[kept].n > 0;
    }
    p->tags = v;
    p->n_tags = kept;
    return v ? 0 : -1;
}

/* HTML or plain, into plain. */
static int
copy_readable(const struct making *m, struct tocsin_str *out, struct tocsin_str s, bool is_html,
              size_t max)
{
    struct buf *b = &m->t->text;

    if (!is_html)
        return copy_text(m->t->arena, out, s, max);
    buf_reset(b);
    if (html_text(m->t->html, b, str_clip_utf8(s, TURN_MAX_ITEM), m->base))
        return -1;
    return copy_text(m->t->arena, out, buf_view(b), max);
}

/* A title is one line. */
static void
join_lines(struct tocsin_str *s)
{
    char *p = (char *)s->p; /* ours, just copied */
    size_t to = 0;

    for (size_t i = 0; i < s->n; i++) {
        bool is_space = p[i] == '\n' || p[i] == '\t' || p[i] == ' ';

        if (is_space && (to == 0 || p[to - 1] == ' '))
            continue;
        p[to++] = is_space ? ' ' : p[i];
    }
    while (to && p[to - 1] == ' ')
        to--;
    s->n = to;
}

static int
copy_author(const struct making *m, struct author *out, const struct tocsin_author *from)
{
    struct tocsin_author a;
    struct arena *ar = m->t->arena;

    *out = (struct author){ .followers = -1 };
    if (!from)
        return 0;
    read_sized(&a, sizeof a, from);
    if (a.flags & TOCSIN_AUTHOR_FOLLOWERS && a.followers >= 0)
        out->followers = a.followers;
    out->created_ms = a.created_ms;
    out->is_verified = a.flags & TOCSIN_AUTHOR_VERIFIED;
    out->is_bot = a.flags & TOCSIN_AUTHOR_BOT;
    if (copy_text(ar, &out->handle, str_trim(a.handle), MAX_WORD) ||
        copy_text(ar, &out->name, str_trim(a.name), MAX_WORD) || copy_web(m, &out->url, a.url) ||
        copy_web(m, &out->avatar, a.avatar) || copy_web(m, &out->profile_link, a.profile_link))
        return -1;
    join_lines(&out->handle);
    join_lines(&out->name);
    return 0;
}

static int64_t
count_of(const struct tocsin_post *from, int64_t n)
{
    return from->flags & TOCSIN_POST_COUNTS && n >= 0 ? n : -1;
}

static void
copy_numbers(struct post *p, const struct tocsin_post *from)
{
    p->kind = from->kind <= TOCSIN_ARTICLE ? (enum post_kind)from->kind : POST_POST;
    p->is_gone = from->flags & TOCSIN_POST_GONE;
    p->published_ms = from->published_ms;
    p->edited_ms = from->edited_ms;
    p->replies = count_of(from, from->replies);
    p->reposts = count_of(from, from->reposts);
    p->likes = count_of(from, from->likes);
    p->rating = from->flags & TOCSIN_POST_RATING && isfinite(from->rating) ? from->rating : NAN;
}

static int
copy_names(struct arena *a, struct post *p, const struct tocsin_post *from)
{
    if (copy_text(a, &p->id, from->id, MAX_ID) || copy_text(a, &p->uri, from->uri, MAX_ID) ||
        copy_text(a, &p->parent, from->parent, MAX_ID) ||
        copy_text(a, &p->thread, from->thread, MAX_ID) ||
        copy_text(a, &p->place, str_trim(from->place), MAX_WORD) ||
        copy_text(a, &p->lang, str_trim(from->lang), 64))
        return -1;
    return 0;
}

static int
copy_texts(const struct making *m, struct post *p, const struct tocsin_post *from)
{
    if (copy_readable(m, &p->title.text, from->title, from->flags & TOCSIN_POST_TITLE_HTML,
                      MAX_TITLE) ||
        copy_readable(m, &p->text.text, from->text, from->flags & TOCSIN_POST_TEXT_HTML, MAX_TEXT))
        return -1;
    join_lines(&p->title.text);
    return m->t->in->keep_raw ? copy_text(m->t->arena, &p->raw, from->text, MAX_RAW) : 0;
}

/* Where relative addresses start: the post's own base, itself relative to the response. */
static int
find_base(struct making *m, struct tocsin_str base)
{
    const struct tocsin_response *r = m->t->in->response;
    struct tocsin_str page = r ? str_z(r->url) : STR_NONE, absolute;

    m->base = page;
    if (copy_web(m, &absolute, base))
        return -1;
    if (absolute.n)
        m->base = absolute;
    return 0;
}

static size_t
post_bytes(const struct post *p)
{
    size_t n = 512 + p->id.n + p->uri.n + p->url.n + p->parent.n + p->thread.n + p->place.n +
               p->raw.n + p->title.text.n + p->text.text.n + p->author.handle.n + p->author.name.n +
               p->author.url.n + p->author.avatar.n + p->author.profile_link.n;

    for (size_t i = 0; i < p->n_tags; i++)
        n += 4 + p->tags[i].n;
    for (size_t i = 0; i < p->n_links; i++)
        n += 4 + p->links[i].n;
    return n;
}

static int
refuse_post(struct tocsin_turn *t, const char *why)
{
    if (t->out.n_refused++ == 0) /* the number comes with the answer */
        child_log(t, TOCSIN_LOG_WARN, why);
    return TOCSIN_BADDATA;
}

int
child_post(struct tocsin_turn *t, const struct tocsin_post *given)
{
    struct post *p = rows_next(&t->posts, TURN_MAX_POSTS);
    struct making m = { .t = t };
    struct tocsin_post from;
    struct err err = { 0 };

    if (t->in->call != CALL_PARSE)
        return TOCSIN_BADDATA;
    if (!p)
        return TOCSIN_FULL;
    read_sized(&from, sizeof from, given);
    if (from.id.n == 0 || from.id.n > MAX_ID)
        return refuse_post(t, from.id.n ? "post refused: its id is over 1024 bytes"
                                        : "post refused: it has no id");
    copy_numbers(p, &from);
    if (find_base(&m, from.base) || copy_names(t->arena, p, &from) ||
        copy_web(&m, &p->url, from.url) || copy_author(&m, &p->author, from.author) ||
        copy_texts(&m, p, &from) || copy_tags(&m, p, &from) || copy_links(&m, p, &from))
        return TOCSIN_NOMEM;
    if (check_post(p, &err))
        return refuse_post(t, err.msg);
    if (post_bytes(p) > TURN_MAX_OUT - t->bytes)
        return TOCSIN_FULL;
    t->bytes += post_bytes(p);
    t->posts.n++;
    return TOCSIN_OK;
}
