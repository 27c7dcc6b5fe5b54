/* sqlite_keep - what may go: retention, one kind after the other in small transactions. */
#include "store/sqlite_posts.h"

/* One call's work. */
struct sweep {
    struct store *s;
    struct err *err;
    int64_t left; /* rows that may still be deleted */
};

typedef int sweep_one(struct sweep *w, int64_t id);

/* The ids below `before`, at most as many as may still go, oldest first. */
static int
sweep_ids(struct sweep *w, const char *sql, int64_t before, sweep_one *one)
{
    struct query q;
    int rc = 0;

    if (w->left <= 0)
        return 0;
    DB_QUERY(&q, w->s, w->err, sql, I(before), I(w->left));
    while (rc == 0 && db_next(&q)) {
        w->left--;
        rc = one(w, col_int(&q));
    }
    return db_end(&q) != 0 ? -1 : rc;
}

/* Rows of a table without anything that hangs on them. */
static int
sweep_rows(struct sweep *w, const char *sql, int64_t before)
{
    if (w->left <= 0)
        return 0;
    if (DB_RUN(w->s, w->err, sql, I(before), I(w->left)) != 0)
        return -1;
    w->left -= db_changes(w->s);
    return 0;
}

/* The first id that stays; 0: all stay. */
static int
first_kept(struct sweep *w, int64_t age_ms, int64_t now_ms, int64_t *id)
{
    *id = 0;
    if (age_ms < 0)
        return 0;
    return post_first_since(w->s, now_ms - age_ms + (age_ms == 0), id, w->err);
}

/* ---- posts ---- */

static int
drop_post(struct sweep *w, int64_t id)
{
    if (post_unindex(w->s, id, w->err) != 0 || post_drop_bands(w->s, id, w->err) != 0)
        return -1;
    if (DB_RUN(w->s, w->err, "DELETE FROM raw WHERE post=?", I(id)) != 0 ||
        DB_RUN(w->s, w->err, "DELETE FROM mention WHERE post=?", I(id)) != 0 ||
        DB_RUN(w->s, w->err, "DELETE FROM post WHERE id=?", I(id)) != 0)
        return -1;
    /* its ids stay, so that it is not taken for a new one */
    return DB_RUN(w->s, w->err, "UPDATE seen SET is_whole=0 WHERE id=?", I(id));
}

/* The words of a deleted post go; that there was one, and its scores, stay. */
static int
blank_post(struct sweep *w, int64_t id)
{
    if (post_unindex(w->s, id, w->err) != 0 || post_drop_bands(w->s, id, w->err) != 0)
        return -1;
    if (DB_RUN(w->s, w->err, "DELETE FROM raw WHERE post=?", I(id)) != 0 ||
        DB_RUN(w->s, w->err, "UPDATE mention SET hits='',parts='' WHERE post=?", I(id)) != 0)
        return -1;
    return DB_RUN(w->s, w->err,
                  "UPDATE post SET is_blank=1,title='',text='',tags='',links=''"
                  " WHERE id=?",
                  I(id));
}

/* Of a case that is still open, or an alert that nobody closed. */
#define IN_OPEN_CASE                                                      \
    "EXISTS (SELECT 1 FROM alert_post ap JOIN alert al ON al.id=ap.alert" \
    " LEFT JOIN case_ c ON c.id=al.case_id WHERE ap.post=p.id AND (al.state<>2 OR c.status<=1))"

static int
sweep_posts(struct sweep *w, const struct retention *r, int64_t now_ms)
{
    int64_t before;

    if (first_kept(w, r->mentions_ms, now_ms, &before) != 0 ||
        sweep_ids(w,
                  "SELECT p.id FROM post p WHERE p.id<? AND NOT " IN_OPEN_CASE
                  " ORDER BY p.id LIMIT ?",
                  before, drop_post) != 0)
        return -1;
    /* the newest one stays: ids are never given twice */
    if (sweep_rows(w,
                   "DELETE FROM seen WHERE id IN (SELECT v.id FROM seen v WHERE v.id<?1 AND"
                   " v.is_whole=0 AND v.id<(SELECT max(id) FROM seen) AND NOT EXISTS"
                   " (SELECT 1 FROM rejected x WHERE x.id=v.id) LIMIT ?2)",
                   before) != 0)
        return -1;
    if (first_kept(w, r->raw_ms, now_ms, &before) != 0)
        return -1;
    return sweep_rows(w,
                      "DELETE FROM raw WHERE post IN (SELECT post FROM raw WHERE post<?1"
                      " LIMIT ?2)",
                      before);
}

static int
sweep_rejected(struct sweep *w, const struct retention *r, int64_t now_ms)
{
    int64_t before;

    if (first_kept(w, r->rejected_ms, now_ms, &before) != 0)
        return -1;
    return sweep_rows(w,
                      "DELETE FROM rejected WHERE id IN (SELECT id FROM rejected WHERE id<?1"
                      " LIMIT ?2)",
                      before);
}

static int
sweep_deleted(struct sweep *w, const struct retention *r, int64_t now_ms)
{
    if (r->deleted_ms < 0)
        return 0;
    return sweep_ids(w,
                     "SELECT p.id FROM seen v CROSS JOIN post p ON p.id=v.id WHERE v.gone_ms<>0"
                     " AND v.gone_ms<=? AND p.is_blank=0 LIMIT ?",
                     now_ms - r->deleted_ms, blank_post);
}

static int
sweep_stories(struct sweep *w, const struct retention *r, int64_t now_ms)
{
    if (r->mentions_ms < 0)
        return 0;
    if (sweep_rows(w,
                   "DELETE FROM story WHERE id IN (SELECT id FROM story s WHERE last_ms<?1 AND"
                   " NOT EXISTS (SELECT 1 FROM post p WHERE p.story=s.id AND p.story<>p.id) AND"
                   " NOT EXISTS (SELECT 1 FROM post p WHERE p.id=s.id) LIMIT ?2)",
                   now_ms - r->mentions_ms) != 0)
        return -1;
    return w->left <= 0 ? 0
                        : sweep_rows(w,
                                     "DELETE FROM story_place WHERE story IN (SELECT DISTINCT"
                                     " story FROM story_place WHERE ?1>0 AND NOT EXISTS"
                                     " (SELECT 1 FROM story s WHERE s.id=story) LIMIT ?2)",
                                     1);
}

/* ---- alerts ---- */

static int
drop_alert(struct sweep *w, int64_t id)
{
    static const char *const tables[] = {
        "DELETE FROM alert_post WHERE alert=?", "DELETE FROM alert_event WHERE alert=?",
        "DELETE FROM delivery WHERE alert=?",   "DELETE FROM token WHERE alert=?",
        "DELETE FROM alert WHERE id=?",
    };

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (DB_RUN(w->s, w->err, tables[i], I(id)) != 0)
            return -1;
    return 0;
}

static int
sweep_alerts(struct sweep *w, const struct retention *r, int64_t now_ms)
{
    if (r->alerts_ms < 0)
        return 0;
    return sweep_ids(w,
                     "SELECT id FROM alert WHERE state=2 AND closed_ms<?"
                     " ORDER BY closed_ms LIMIT ?",
                     now_ms - r->alerts_ms, drop_alert);
}

/* ---- all ---- */

typedef int sweep_kind(struct sweep *, const struct retention *, int64_t now_ms);
static sweep_kind *const kinds[] = { sweep_rejected, sweep_deleted, sweep_posts, sweep_stories,
                                     sweep_alerts };

int
store_expire(struct store *s, const struct retention *r, int64_t now_ms, size_t max_rows,
             bool *more, struct err *err)
{
    struct sweep w = { .s = s, .err = err, .left = (int64_t)max_rows };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && w.left > 0; i++) {
        if (store_begin(s, err) != 0)
            return -1;
        if (kinds[i](&w, r, now_ms) != 0 || store_commit(s, err) != 0) {
            store_rollback(s);
            return -1;
        }
    }
    *more = w.left <= 0;
    if (!*more)
        ballast_put(s);
    return 0;
}
