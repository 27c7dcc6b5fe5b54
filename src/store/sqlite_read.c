/* sqlite_read - posts and stories as they are read back. */
#include <math.h>

#include "store/sqlite_posts.h"

/* ---- posts ---- */

static void
author_read(struct query *q, struct arena *a, struct author *out)
{
    bool is_known = sqlite3_column_type(q->stmt, q->column) != SQLITE_NULL;

    out->handle = col_str(q, a);
    out->name = col_str(q, a);
    out->url = col_str(q, a);
    out->avatar = col_str(q, a);
    out->profile_link = col_str(q, a);
    out->followers = col_int(q);
    out->created_ms = col_int(q);
    out->is_verified = col_bool(q);
    out->is_bot = col_bool(q);
    if (!is_known)
        out->followers = -1;
}

static double
rating_read(struct query *q)
{
    bool is_known = sqlite3_column_type(q->stmt, q->column) != SQLITE_NULL;
    double v = col_real(q);

    return is_known ? v : NAN;
}

int
post_read(struct query *q, struct arena *a, struct stored_post *out)
{
    struct post *p = &out->post;

    *out = (struct stored_post){ 0 };
    out->id = col_int(q);
    out->story = col_int(q);
    out->account = col_int(q);
    out->person = col_int(q);
    out->first_seen_ms = col_int(q);
    out->gone_ms = col_int(q);
    out->revision = col_i32(q);
    out->is_ours = col_bool(q);
    out->is_copy = col_bool(q);
    out->is_drill = col_bool(q);
    p->source = col_str(q, a);
    p->service = col_str(q, a);
    p->id = col_str(q, a);
    p->uri = col_str(q, a);
    p->url = col_str(q, a);
    p->parent = col_str(q, a);
    p->thread = col_str(q, a);
    p->place = col_str(q, a);
    p->lang = col_str(q, a);
    p->kind = (enum post_kind)col_int(q);
    p->published_ms = col_int(q);
    p->edited_ms = col_int(q);
    p->replies = col_int(q);
    p->reposts = col_int(q);
    p->likes = col_int(q);
    p->rating = rating_read(q);
    if (json_to_strs(col_str(q, NULL), a, &p->tags, &p->n_tags) != 0 ||
        json_to_strs(col_str(q, NULL), a, &p->links, &p->n_links) != 0)
        db_no_memory(q);
    p->title.text = col_str(q, a);
    p->text.text = col_str(q, a);
    p->canonical_url = col_str(q, a);
    p->site = col_str(q, a);
    p->lang_is_guess = col_bool(q);
    p->fingerprint = (uint64_t)col_int(q);
    p->is_gone = out->gone_ms != 0;
    author_read(q, a, &p->author);
    return q->has_failed ? -1 : 0;
}

static int
read_raw(struct store *s, int64_t id, struct arena *a, struct tocsin_str *raw, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err, "SELECT html FROM raw WHERE post=?", I(id));
    if (db_next(&q))
        *raw = col_str(&q, a);
    return db_end(&q);
}

int
store_get_post(struct store *s, int64_t id, struct arena *a, struct stored_post *out,
               struct err *err)
{
    struct query q;
    bool found;

    DB_QUERY(&q, s, err,
             "SELECT " POST_COLUMNS " FROM " POST_TABLES " WHERE p.id=? AND p.is_blank=0", I(id));
    found = db_next(&q);
    if (found)
        post_read(&q, a, out);
    if (db_end(&q) != 0)
        return -1;
    if (!found)
        return err_set(err, ERR_NOTFOUND, "no post %lld, or its text has expired", (long long)id);
    return read_raw(s, id, a, &out->post.raw, err);
}

/* By what a reply to the post can be known. */
struct replied {
    struct tocsin_str service, native, uri, thread;
};

static int
read_replied(struct store *s, int64_t post, struct arena *a, struct replied *out, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err,
             "SELECT v.service,v.native,p.uri,p.thread FROM seen v JOIN post p ON p.id=v.id"
             " WHERE v.id=?",
             I(post));
    if (db_next(&q)) {
        out->service = col_str(&q, a);
        out->native = col_str(&q, a);
        out->uri = col_str(&q, a);
        out->thread = col_str(&q, a);
    }
    return db_end(&q);
}

static int
find_reply(struct store *s, const struct replied *to, int64_t after_ms, int64_t *id, int64_t *at_ms,
           struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err,
             "SELECT v.id,v.first_seen_ms FROM"
             " (SELECT id FROM post WHERE is_ours=1 AND thread<>'' AND thread=?1"
             "  UNION SELECT id FROM post WHERE is_ours=1 AND parent<>'' AND parent IN (?2,?3)) r"
             " CROSS JOIN seen v ON v.id=r.id WHERE v.service=?4 AND v.first_seen_ms>?5"
             " ORDER BY v.id LIMIT 1",
             S(to->thread), S(to->native), S(to->uri), S(to->service), I(after_ms));
    if (db_next(&q)) {
        *id = col_int(&q);
        *at_ms = col_int(&q);
    }
    return db_end(&q);
}

int
store_find_our_reply(struct store *s, int64_t post, int64_t after_ms, int64_t *id, int64_t *at_ms,
                     struct err *err)
{
    struct arena *a = arena_new(1 << 20);
    struct replied to = { 0 };
    int rc = -1;

    *id = *at_ms = 0;
    if (!a)
        return err_set(err, ERR_NOMEM, "no memory to look for a reply");
    if (read_replied(s, post, a, &to, err) == 0)
        rc = to.service.n == 0 ? 0 : find_reply(s, &to, after_ms, id, at_ms, err);
    arena_free(a);
    return rc;
}

/* ---- rejected posts ---- */

static int
rejected_read(struct query *q, struct arena *a, struct stored_post *out)
{
    struct post *p = &out->post;

    *out = (struct stored_post){ .revision = 1 };
    out->id = col_int(q);
    out->first_seen_ms = col_int(q);
    p->source = col_str(q, a);
    p->service = col_str(q, a);
    p->id = col_str(q, a);
    p->title.text = col_str(q, a);
    p->text.text = col_str(q, a);
    p->url = col_str(q, a);
    p->lang = col_str(q, a);
    p->published_ms = col_int(q);
    p->fingerprint = (uint64_t)col_int(q);
    p->rating = NAN;
    p->replies = p->reposts = p->likes = p->author.followers = -1;
    return q->has_failed ? -1 : 0;
}

int
store_each_rejected(struct store *s, int64_t since_ms,
                    int (*fn)(void *, const struct stored_post *), void *ctx, struct err *err)
{
    struct walk w;
    struct stored_post p;
    int64_t first;

    if (post_first_since(s, since_ms, &first, err) != 0)
        return -1;
    WALK(&w, s, err,
         "SELECT r.id,v.first_seen_ms,v.source,v.service,v.native,r.title,r.text,r.url,r.lang,"
         "r.published_ms,v.fingerprint FROM rejected r CROSS JOIN seen v ON v.id=r.id"
         " WHERE r.id>=? ORDER BY r.id DESC",
         I(first));
    while (walk_next(&w) && rejected_read(&w.q, w.a, &p) == 0 && fn(ctx, &p) == 0)
        ;
    return walk_end(&w);
}

/* ---- stories ---- */

/* The first post's place begins the row: until now the story was that post alone. */
static int
story_begin(struct store *s, int64_t story, struct err *err)
{
    if (DB_RUN(s, err,
               "INSERT INTO story(id,first_post,n_posts,n_places,first_ms,last_ms)"
               " SELECT id,id,1,1,first_seen_ms,first_seen_ms FROM seen WHERE id=?",
               I(story)) != 0)
        return -1;
    return DB_RUN(s, err,
                  "INSERT INTO story_place(story,place) SELECT p.id,v.service||' '||"
                  "CASE WHEN p.place<>'' THEN p.place ELSE p.site END"
                  " FROM post p JOIN seen v ON v.id=p.id WHERE p.id=?",
                  I(story));
}

int
story_join(struct store *s, int64_t story, int64_t post, struct err *err)
{
    int64_t known, new_places;

    if (DB_GET(s, err, &known, 0, "SELECT 1 FROM story WHERE id=?", I(story)) != 0 ||
        (!known && story_begin(s, story, err) != 0))
        return -1;
    if (DB_RUN(s, err,
               "INSERT OR IGNORE INTO story_place(story,place) SELECT ?1,v.service||' '||"
               "CASE WHEN p.place<>'' THEN p.place ELSE p.site END"
               " FROM post p JOIN seen v ON v.id=p.id WHERE p.id=?2",
               I(story), I(post)) != 0)
        return -1;
    new_places = db_changes(s);
    return DB_RUN(s, err,
                  "UPDATE story SET n_posts=n_posts+1,n_places=n_places+?2,last_ms="
                  "(SELECT first_seen_ms FROM seen WHERE id=?3) WHERE id=?1",
                  I(story), I(new_places), I(post));
}

static int
lone_story(struct store *s, int64_t id, struct story *out, struct err *err)
{
    struct query q;
    bool found;

    DB_QUERY(&q, s, err,
             "SELECT v.first_seen_ms FROM post p JOIN seen v ON v.id=p.id"
             " WHERE p.id=?1 AND p.story=?1",
             I(id));
    found = db_next(&q);
    if (found) {
        int64_t at = col_int(&q);
        *out = (struct story){ id, id, 1, 1, at, at };
    }
    if (db_end(&q) != 0)
        return -1;
    return found ? 0 : err_set(err, ERR_NOTFOUND, "no story %lld", (long long)id);
}

int
store_get_story(struct store *s, int64_t id, struct story *out, struct err *err)
{
    struct query q;
    bool found;

    DB_QUERY(&q, s, err,
             "SELECT id,first_post,n_posts,n_places,first_ms,last_ms FROM story WHERE id=?", I(id));
    found = db_next(&q);
    if (found) {
        out->id = col_int(&q);
        out->first_post = col_int(&q);
        out->n_posts = col_int(&q);
        out->n_places = col_int(&q);
        out->first_ms = col_int(&q);
        out->last_ms = col_int(&q);
    }
    if (db_end(&q) != 0)
        return -1;
    return found ? 0 : lone_story(s, id, out, err);
}
