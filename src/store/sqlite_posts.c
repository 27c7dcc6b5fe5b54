/* sqlite_posts - posts as they arrive, change and go; ids, full text and fingerprints. */
#include <math.h>

#include "base/parse.h"
#include "dedup/fingerprint.h"
#include "store/sqlite_posts.h"

/* ---- keys: hashes of the texts by which a post is looked up ---- */

static int64_t
key_of(struct tocsin_str a, struct tocsin_str b)
{
    uint64_t h = str_hash(a) * UINT64_C(0x9e3779b97f4a7c15) ^ str_hash(b);

    return h ? (int64_t)h : 1;
}

static int64_t
native_key(const struct post *p)
{
    return key_of(p->source, p->id);
}

static int64_t
uri_key(const struct post *p)
{
    return p->uri.n ? key_of(p->service, p->uri) : 0;
}

static int64_t
url_key(const struct post *p)
{
    return p->canonical_url.n ? key_of(STR_NONE, p->canonical_url) : 0;
}

/* What makes a revision: another title, text or rating. */
static int64_t
said_key(const struct post *p)
{
    uint64_t rating = isnan(p->rating) ? 0 : (uint64_t)(int64_t)(p->rating * 1000) + 1;

    return key_of(p->title.text, p->text.text) ^ (int64_t)(rating * UINT64_C(0x2545f4914f6cdd1d));
}

/* ---- ids and first_seen ---- */

static int
learn_newest(struct store *s, struct err *err)
{
    struct query q;

    if (s->knows_newest)
        return 0;
    s->newest_post = s->newest_seen_ms = 0;
    DB_QUERY(&q, s, err, "SELECT id,first_seen_ms FROM seen ORDER BY id DESC LIMIT ?", I(1));
    if (db_next(&q)) {
        s->newest_post = col_int(&q);
        s->newest_seen_ms = col_int(&q);
    }
    if (db_end(&q) != 0)
        return -1;
    s->knows_newest = s->mode == STORE_WRITER;
    return 0;
}

/* Ids rise and first_seen never falls with them, whatever the clock does. */
static int
add_seen(struct store *s, const struct post *p, bool is_whole, int64_t now_ms, int64_t *id,
         struct err *err)
{
    int64_t at = now_ms;

    if (learn_newest(s, err) != 0)
        return -1;
    if (at < s->newest_seen_ms)
        at = s->newest_seen_ms;
    *id = s->newest_post + 1;
    if (DB_RUN(s, err,
               "INSERT INTO seen(id,key,source,service,native,first_seen_ms,said,fingerprint,"
               "is_whole,gone_ms) VALUES(?,?,?,?,?,?,?,?,?,0)",
               I(*id), I(native_key(p)), S(p->source), S(p->service), S(p->id), I(at),
               I(said_key(p)), I(p->fingerprint), I(is_whole)) != 0)
        return -1;
    s->newest_post = *id;
    s->newest_seen_ms = at;
    return 0;
}

int
post_first_since(struct store *s, int64_t ms, int64_t *id, struct err *err)
{
    int64_t low = 1, high;

    if (ms <= 0) {
        *id = 1;
        return 0;
    }
    if (learn_newest(s, err) != 0)
        return -1;
    high = s->newest_post + 1;
    while (low < high) { /* ids may have holes: look at the next one there is */
        int64_t middle = low + (high - low) / 2, at;
        if (DB_GET(s, err, &at, INT64_MAX,
                   "SELECT first_seen_ms FROM seen WHERE id>=? ORDER BY id LIMIT 1",
                   I(middle)) != 0)
            return -1;
        if (at >= ms)
            high = middle;
        else
            low = middle + 1;
    }
    *id = low;
    return 0;
}

/* ---- what is known of an arriving post ---- */

static int
find_same(struct store *s, const struct post *p, struct known_post *out, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err,
             "SELECT id,said,is_whole,gone_ms FROM seen WHERE key=? AND source=? AND native=?",
             I(native_key(p)), S(p->source), S(p->id));
    if (db_next(&q)) {
        out->id = col_int(&q);
        out->is_same_text = col_int(&q) == said_key(p);
        out->was_matched = col_bool(&q);
        out->is_gone = col_bool(&q);
    }
    return db_end(&q);
}

static int
story_of(struct store *s, int64_t post, int64_t *story, struct err *err)
{
    return DB_GET(s, err, story, 0, "SELECT story FROM post WHERE id=?", I(post));
}

static int
find_copy(struct store *s, const struct post *p, struct known_post *out, struct err *err)
{
    int64_t uri = uri_key(p), url = url_key(p);

    if (uri && DB_GET(s, err, &out->copy_of, 0,
                      "SELECT p.id FROM post p JOIN seen v ON v.id=p.id WHERE p.uri_key=? AND "
                      "p.uri=? AND v.service=? AND p.id<>? ORDER BY p.id LIMIT 1",
                      I(uri), S(p->uri), S(p->service), I(out->id)) != 0)
        return -1;
    if (out->copy_of || !url)
        return 0;
    return DB_GET(s, err, &out->copy_of, 0,
                  "SELECT id FROM post WHERE url_key=? AND canonical_url=? AND id<>? "
                  "ORDER BY id LIMIT 1",
                  I(url), S(p->canonical_url), I(out->id));
}

static int64_t
band_key(int i, uint32_t band)
{
    return (int64_t)i << 32 | band;
}

/* Posts from `oldest` on that share a band: of each the newest 200. */
#define OF_BAND(n)                                                    \
    "SELECT * FROM (SELECT post,fingerprint FROM band WHERE band=?" n \
    " AND post>=?1 ORDER BY post DESC LIMIT 200)"

/* The nearest of them, the newest where several are as near. */
static int
find_nearest(struct store *s, const struct post *p, int64_t oldest, int64_t *post, struct err *err)
{
    uint32_t b[FINGERPRINT_BANDS];
    int nearest = 65;
    struct query q;

    _Static_assert(FINGERPRINT_BANDS == 4, "as many parts has the query");
    fingerprint_bands(p->fingerprint, b);
    DB_QUERY(&q, s, err,
             OF_BAND("2") " UNION ALL " OF_BAND("3") " UNION ALL " OF_BAND(
                 "4") " UNION ALL " OF_BAND("5"),
             I(oldest), I(band_key(0, b[0])), I(band_key(1, b[1])), I(band_key(2, b[2])),
             I(band_key(3, b[3])));
    while (db_next(&q)) {
        int64_t id = col_int(&q);
        uint64_t fp = (uint64_t)col_int(&q);
        int distance = __builtin_popcountll(fp ^ p->fingerprint);
        bool is_better = distance < nearest || (distance == nearest && id > *post);
        if (is_better && fingerprint_is_copy(fp, p->fingerprint)) {
            nearest = distance;
            *post = id;
        }
    }
    return db_end(&q);
}

/* To the hour, so that the answer is the same for all posts of a while. */
static int
near_since(struct store *s, int64_t since_ms, int64_t *first, struct err *err)
{
    int64_t hour = since_ms / MS_HOUR;

    if (hour != s->near_hour || s->near_first == 0) {
        if (post_first_since(s, hour * MS_HOUR, &s->near_first, err) != 0)
            return -1;
        s->near_hour = hour;
    }
    *first = s->near_first;
    return 0;
}

static int
find_near(struct store *s, const struct post *p, int64_t since_ms, struct known_post *out,
          struct err *err)
{
    int64_t oldest, post = 0;

    if (p->fingerprint == 0)
        return 0;
    if (near_since(s, since_ms, &oldest, err) != 0 || find_nearest(s, p, oldest, &post, err) != 0)
        return -1;
    out->is_near_copy = post != 0;
    return post ? story_of(s, post, &out->story, err) : 0;
}

int
store_find_post(struct store *s, const struct post *p, int64_t near_since_ms,
                struct known_post *out, struct err *err)
{
    *out = (struct known_post){ 0 };
    if (find_same(s, p, out, err) != 0)
        return -1;
    if (out->is_same_text && out->was_matched)
        return story_of(s, out->id, &out->story, err);
    if (find_copy(s, p, out, err) != 0)
        return -1;
    if (out->was_matched && story_of(s, out->id, &out->story, err) != 0)
        return -1;
    if (out->story == 0 && out->copy_of && story_of(s, out->copy_of, &out->story, err) != 0)
        return -1;
    return out->story ? 0 : find_near(s, p, near_since_ms, out, err);
}

/* ---- full text and bands ---- */

static int
index_words(struct store *s, int64_t id, const struct post *p, struct err *err)
{
    return DB_RUN(s, err, "INSERT INTO post_words(rowid,title,text) VALUES(?,?,?)", I(id),
                  S(p->title.text), S(p->text.text));
}

int
post_unindex(struct store *s, int64_t id, struct err *err)
{
    return DB_RUN(s, err,
                  "INSERT INTO post_words(post_words,rowid,title,text) "
                  "SELECT 'delete',id,title,text FROM post WHERE id=? AND is_blank=0",
                  I(id));
}

static int
add_bands(struct store *s, int64_t id, uint64_t fp, struct err *err)
{
    uint32_t bands[FINGERPRINT_BANDS];

    if (fp == 0)
        return 0;
    fingerprint_bands(fp, bands);
    return DB_RUN(s, err,
                  "INSERT OR IGNORE INTO band(band,post,fingerprint)"
                  " VALUES(?3,?1,?2),(?4,?1,?2),(?5,?1,?2),(?6,?1,?2)",
                  I(id), I(fp), I(band_key(0, bands[0])), I(band_key(1, bands[1])),
                  I(band_key(2, bands[2])), I(band_key(3, bands[3])));
}

int
post_drop_bands(struct store *s, int64_t id, struct err *err)
{
    uint32_t bands[FINGERPRINT_BANDS];
    int64_t fp;

    if (DB_GET(s, err, &fp, 0, "SELECT fingerprint FROM seen WHERE id=?", I(id)) != 0)
        return -1;
    if (fp == 0)
        return 0;
    fingerprint_bands((uint64_t)fp, bands);
    for (int i = 0; i < FINGERPRINT_BANDS; i++)
        if (DB_RUN(s, err, "DELETE FROM band WHERE band=? AND post=?", I(band_key(i, bands[i])),
                   I(id)) != 0)
            return -1;
    return 0;
}

/* ---- adding ---- */

static int
put_raw(struct store *s, int64_t id, const struct post *p, bool keep, struct err *err)
{
    if (!keep || p->raw.n == 0)
        return 0;
    return DB_RUN(s, err, "INSERT OR REPLACE INTO raw(post,html) VALUES(?,?)", I(id), S(p->raw));
}

static int
put_whole(struct store *s, int64_t id, int64_t story, const struct post *p,
          const struct post_facts *f, struct err *err)
{
    struct val rating = isnan(p->rating) ? (struct val){ .kind = VAL_NULL } : F(p->rating);

    return DB_RUN(s, err,
                  "INSERT INTO post(id,story,account,revision,is_ours,is_copy,is_drill,is_blank,"
                  "uri_key,url_key,uri,url,parent,thread,place,lang,kind,published_ms,edited_ms,"
                  "replies,reposts,likes,rating,tags,links,canonical_url,site,lang_is_guess,"
                  "title,text) VALUES(?,?,?,1,?,?,?,0,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                  I(id), I(story), ID(f->account), I(f->is_ours), I(f->is_copy), I(f->is_drill),
                  ID(uri_key(p)), ID(url_key(p)), S(p->uri), S(p->url), S(p->parent), S(p->thread),
                  S(p->place), S(p->lang), I(p->kind), I(p->published_ms), I(p->edited_ms),
                  I(p->replies), I(p->reposts), I(p->likes), rating,
                  S(json_of_strs(&s->json[0], p->tags, p->n_tags)),
                  S(json_of_strs(&s->json[1], p->links, p->n_links)), S(p->canonical_url),
                  S(p->site), I(p->lang_is_guess), S(p->title.text), S(p->text.text));
}

/* The row of a whole post, and all that hangs on it. */
static int
add_whole(struct store *s, int64_t id, const struct post *p, const struct post_facts *f,
          int64_t *story, struct err *err)
{
    *story = f->story ? f->story : id;
    if (put_whole(s, id, *story, p, f, err) != 0 || index_words(s, id, p, err) != 0 ||
        add_bands(s, id, p->fingerprint, err) != 0 || put_raw(s, id, p, f->keep_raw, err) != 0)
        return -1;
    return *story == id ? 0 : story_join(s, *story, id, err);
}

int
store_add_post(struct store *s, const struct post *p, const struct post_facts *f, int64_t now_ms,
               int64_t *id, int64_t *story, struct err *err)
{
    if (add_seen(s, p, true, now_ms, id, err) != 0)
        return -1;
    return add_whole(s, *id, p, f, story, err);
}

int
store_add_rejected(struct store *s, const struct post *p, bool keep_text, int64_t now_ms,
                   int64_t *id, struct err *err)
{
    if (add_seen(s, p, false, now_ms, id, err) != 0)
        return -1;
    if (!keep_text)
        return 0;
    return DB_RUN(
        s, err, "INSERT INTO rejected(id,title,text,url,lang,published_ms) VALUES(?,?,?,?,?,?)",
        I(*id), S(p->title.text), S(p->text.text), S(p->url), S(p->lang), I(p->published_ms));
}

/* ---- changing ---- */

static int
rewrite_whole(struct store *s, int64_t id, const struct post *p, const struct post_facts *f,
              struct err *err)
{
    struct val rating = isnan(p->rating) ? (struct val){ .kind = VAL_NULL } : F(p->rating);

    return DB_RUN(s, err,
                  "UPDATE post SET revision=revision+1,is_blank=0,account=coalesce(?2,account),"
                  "uri_key=?3,url_key=?4,uri=?5,url=?6,parent=?7,thread=?8,place=?9,lang=?10,"
                  "kind=?11,published_ms=?12,edited_ms=?13,replies=?14,reposts=?15,likes=?16,"
                  "rating=?17,tags=?18,links=?19,canonical_url=?20,site=?21,lang_is_guess=?22,"
                  "title=?23,text=?24 WHERE id=?1",
                  I(id), ID(f ? f->account : 0), ID(uri_key(p)), ID(url_key(p)), S(p->uri),
                  S(p->url), S(p->parent), S(p->thread), S(p->place), S(p->lang), I(p->kind),
                  I(p->published_ms), I(p->edited_ms), I(p->replies), I(p->reposts), I(p->likes),
                  rating, S(json_of_strs(&s->json[0], p->tags, p->n_tags)),
                  S(json_of_strs(&s->json[1], p->links, p->n_links)), S(p->canonical_url),
                  S(p->site), I(p->lang_is_guess), S(p->title.text), S(p->text.text));
}

static int
revise_whole(struct store *s, int64_t id, const struct post *p, const struct post_facts *f,
             struct err *err)
{
    if (post_unindex(s, id, err) != 0 || post_drop_bands(s, id, err) != 0 ||
        rewrite_whole(s, id, p, f, err) != 0 || index_words(s, id, p, err) != 0 ||
        add_bands(s, id, p->fingerprint, err) != 0)
        return -1;
    return put_raw(s, id, p, f && f->keep_raw, err);
}

static int
revise_rejected(struct store *s, int64_t id, const struct post *p, const struct post_facts *f,
                struct err *err)
{
    int64_t story;

    if (!f)
        return DB_RUN(s, err, "UPDATE rejected SET title=?2,text=?3,url=?4 WHERE id=?1", I(id),
                      S(p->title.text), S(p->text.text), S(p->url));
    if (DB_RUN(s, err, "DELETE FROM rejected WHERE id=?", I(id)) != 0)
        return -1;
    return add_whole(s, id, p, f, &story, err);
}

int
store_revise_post(struct store *s, int64_t id, const struct post *p, const struct post_facts *f,
                  int64_t now_ms, struct err *err)
{
    int64_t is_whole;

    (void)now_ms; /* first_seen stays */
    if (DB_GET(s, err, &is_whole, -1, "SELECT is_whole FROM seen WHERE id=?", I(id)) != 0)
        return -1;
    if (is_whole < 0)
        return err_set(err, ERR_NOTFOUND, "no post %lld", (long long)id);
    if ((is_whole ? revise_whole(s, id, p, f, err) : revise_rejected(s, id, p, f, err)) != 0)
        return -1;
    return DB_RUN(s, err,
                  "UPDATE seen SET said=?2,fingerprint=?3,is_whole=?4,gone_ms=0 WHERE id=?1", I(id),
                  I(said_key(p)), I(p->fingerprint), I(is_whole || f));
}

int
store_mark_gone(struct store *s, int64_t id, int64_t now_ms, struct err *err)
{
    if (DB_RUN(s, err, "UPDATE seen SET gone_ms=?2 WHERE id=?1 AND gone_ms=0", I(id), I(now_ms)) !=
        0)
        return -1;
    return DB_RUN(s, err, "DELETE FROM rejected WHERE id=?", I(id));
}
