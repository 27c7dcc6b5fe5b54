/* sqlite_list - mentions as they are listed, searched and counted. */
#include "store/sqlite_posts.h"

/* Words of the person, and the newest alert of the same brand that the post belongs to. */
#define ROW_COLUMNS                                                                              \
    "m.id,m.brand,m.sentiment,m.label,m.complaint,m.irate,m.level,m.is_unsure,m.segment,m.hits," \
    "m.parts,m.tags,(SELECT name FROM person WHERE id=m.person),(SELECT max(ap.alert) FROM"      \
    " alert_post ap JOIN alert al ON al.id=ap.alert WHERE ap.post=m.post AND al.brand=m.brand"   \
    " AND al.kind<>2)," POST_COLUMNS
#define ROW_JOIN                                                         \
    " CROSS JOIN post p ON p.id=m.post CROSS JOIN seen v ON v.id=m.post" \
    " LEFT JOIN account ac ON ac.id=p.account"

_Static_assert(ALERT_STORM == 2, "the number stands in ROW_COLUMNS");

static int
mention_read(struct query *q, struct arena *a, struct mention *m)
{
    struct tocsin_str hits, parts, tags;

    *m = (struct mention){ 0 };
    m->brand = col_str(q, a);
    m->score.sentiment = col_real(q);
    m->score.label = col_i32(q);
    m->score.complaint = col_real(q);
    m->score.irate = col_real(q);
    m->score.level = (enum level)col_int(q);
    m->is_unsure = col_bool(q);
    m->segment = col_str(q, a);
    hits = col_str(q, NULL);
    parts = col_str(q, NULL);
    tags = col_str(q, NULL);
    if (json_to_hits(hits, a, &m->hits, &m->n_hits) != 0 ||
        json_to_parts(parts, a, &m->score.parts, &m->score.n_parts) != 0 ||
        json_to_strs(tags, a, &m->tags, &m->n_tags) != 0)
        db_no_memory(q);
    return q->has_failed ? -1 : 0;
}

static int
row_read(struct query *q, struct arena *a, struct mention_row *out)
{
    out->id = col_int(q);
    if (mention_read(q, a, &out->mention) != 0)
        return -1;
    out->person_name = col_str(q, a);
    out->alert = col_int(q);
    return post_read(q, a, &out->post);
}

int
store_get_mention(struct store *s, int64_t id, struct arena *a, struct mention_row *out,
                  struct err *err)
{
    struct query q;
    bool found;

    DB_QUERY(&q, s, err, "SELECT " ROW_COLUMNS " FROM mention m" ROW_JOIN " WHERE m.id=?", I(id));
    found = db_next(&q);
    if (found)
        row_read(&q, a, out);
    if (db_end(&q) != 0)
        return -1;
    return found ? 0 : err_set(err, ERR_NOTFOUND, "no mention %lld", (long long)id);
}

/* ---- lists: the SQL grows with the filter, so that each uses its index ---- */

struct list {
    struct buf sql, words;
    struct val vals[16];
    int n;
};

static void
require(struct list *l, const char *condition, struct val v)
{
    l->vals[l->n++] = v;
    buf_fmt(&l->sql, " AND %s?%d", condition, l->n);
}

/* The rows of one post stand together, newest post first: what comes after (post, id). */
static int
require_before(struct store *s, struct list *l, int64_t before_id, struct err *err)
{
    int64_t post;

    if (DB_GET(s, err, &post, 0, "SELECT post FROM mention WHERE id=?", I(before_id)) != 0)
        return -1;
    require(l, "m.post<=", I(post));
    require(l, "(m.post,m.id)<(", I(post));
    l->vals[l->n++] = I(before_id);
    buf_fmt(&l->sql, ",?%d)", l->n);
    return 0;
}

static int
require_range(struct store *s, struct list *l, const struct mention_filter *f, struct err *err)
{
    int64_t id;

    if (f->since_ms > 0) {
        if (post_first_since(s, f->since_ms, &id, err) != 0)
            return -1;
        require(l, f->search.n ? "w.rowid>=" : "m.post>=", I(id));
    }
    if (f->until_ms > 0) {
        if (post_first_since(s, f->until_ms, &id, err) != 0)
            return -1;
        require(l, f->search.n ? "w.rowid<" : "m.post<", I(id));
    }
    return 0;
}

static void
require_rest(struct list *l, const struct mention_filter *f)
{
    if (f->brand.n)
        require(l, "m.brand=", S(f->brand));
    if (f->person)
        require(l, "m.person=", I(f->person));
    if (f->post)
        require(l, "m.post=", I(f->post));
    if (f->story)
        require(l, "p.story=", I(f->story));
    if (f->source.n)
        require(l, "v.source=", S(f->source));
    if (f->at_least >= LEVEL_UPSET)
        buf_z(&l->sql, " AND m.level>=2"); /* as the index says */
    if (f->at_least > LEVEL_NONE)
        require(l, "m.level>=", I(f->at_least));
    if (!f->with_drills)
        buf_z(&l->sql, " AND m.is_drill=0");
    if (f->without_copies)
        buf_z(&l->sql, " AND m.is_copy=0");
}

static void
choose_tables(struct list *l, const struct mention_filter *f)
{
    buf_z(&l->sql, "SELECT " ROW_COLUMNS " FROM ");
    if (f->search.n)
        buf_z(&l->sql, "post_words w CROSS JOIN mention m ON m.post=w.rowid" ROW_JOIN " WHERE 1");
    else
        buf_z(&l->sql, "mention m" ROW_JOIN " WHERE 1");
    if (f->search.n) {
        search_quote(&l->words, f->search);
        require(l, "post_words MATCH ", S(buf_view(&l->words)));
    }
}

static void
choose_order(struct list *l, const struct mention_filter *f)
{
    if (f->by_irate)
        buf_z(&l->sql, " ORDER BY m.irate DESC,m.post DESC,m.id DESC");
    else if (f->search.n)
        buf_z(&l->sql, " ORDER BY w.rowid DESC");
    else
        buf_z(&l->sql, " ORDER BY m.post DESC,m.id DESC");
    buf_fmt(&l->sql, " LIMIT %zu", f->limit ? f->limit : 100);
}

static int
build_list(struct store *s, struct list *l, const struct mention_filter *f, struct err *err)
{
    choose_tables(l, f);
    if (require_range(s, l, f, err) != 0)
        return -1;
    if (f->before_id > 0 && require_before(s, l, f->before_id, err) != 0)
        return -1;
    require_rest(l, f);
    choose_order(l, f);
    return 0;
}

int
store_each_mention(struct store *s, const struct mention_filter *f,
                   int (*fn)(void *, const struct mention_row *), void *ctx, struct err *err)
{
    struct list l = { .n = 0 };
    struct mention_row row;
    struct walk w;
    int rc;

    buf_init(&l.sql, 16384);
    buf_init(&l.words, 1 << 20);
    rc = build_list(s, &l, f, err);
    if (rc == 0 && (f->search.n == 0 || l.words.n > 0)) {
        walk_start_built(&w, s, err, &l.sql);
        for (int i = 0; i < l.n; i++)
            db_bind(&w.q, i + 1, l.vals[i]);
        while (walk_next(&w) && row_read(&w.q, w.a, &row) == 0 && fn(ctx, &row) == 0)
            ;
        rc = walk_end(&w);
    }
    buf_free(&l.sql);
    buf_free(&l.words);
    return rc;
}

/* ---- counts ---- */

#define COUNT_COLUMNS "level,count(*),min(CASE WHEN p.published_ms>0 THEN p.published_ms END)"

static int
read_counts(struct query *q, struct store_counts *out)
{
    while (db_next(q)) {
        int64_t level = col_int(q), n = col_int(q), oldest = col_int(q);
        if (level >= 0 && level <= LEVEL_CRUSADE)
            out->by_level[level] = n;
        out->mentions += n;
        if (oldest != 0 && (out->oldest_ms == 0 || oldest < out->oldest_ms))
            out->oldest_ms = oldest;
    }
    return db_end(q);
}

int
store_count(struct store *s, struct tocsin_str brand, int64_t since_ms, struct store_counts *out,
            struct err *err)
{
    struct query q;
    int64_t first;

    *out = (struct store_counts){ 0 };
    if (post_first_since(s, since_ms, &first, err) != 0 ||
        DB_GET(s, err, &out->posts, 0, "SELECT count(*) FROM seen WHERE id>=?", I(first)) != 0)
        return -1;
    if (brand.n)
        DB_QUERY(&q, s, err,
                 "SELECT " COUNT_COLUMNS " FROM mention m CROSS JOIN post p ON p.id=m.post"
                 " WHERE m.brand=? AND m.post>=? AND m.is_drill=0 GROUP BY level",
                 S(brand), I(first));
    else
        DB_QUERY(&q, s, err,
                 "SELECT " COUNT_COLUMNS " FROM mention m CROSS JOIN post p ON p.id=m.post"
                 " WHERE m.post>=? AND m.is_drill=0 GROUP BY level",
                 I(first));
    return read_counts(&q, out);
}
