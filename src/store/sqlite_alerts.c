/* sqlite_alerts - alerts, the posts that joined them, their history and their timers. */
#include "store/sqlite_db.h"

#define ALERT_COLUMNS                                                                         \
    "id,kind,level,state,brand,subject,person,story,case_id,post,opened_ms,last_post_ms,"     \
    "acked_ms,ack_expires_ms,acked_by,ack_comment,closed_ms,closed_by,n_posts,n_places,step," \
    "rings,next_ms,held_until_ms,held_why,is_drill,is_storm_folded,change"

#define ALERT_VALUES(al)                                                                          \
    I((al)->kind), I((al)->level), I((al)->state), S((al)->brand), S((al)->subject),              \
        ID((al)->person), ID((al)->story), ID((al)->case_id), ID((al)->post), I((al)->opened_ms), \
        I((al)->last_post_ms), I((al)->acked_ms), I((al)->ack_expires_ms), S((al)->acked_by),     \
        S((al)->ack_comment), I((al)->closed_ms), S((al)->closed_by), I((al)->n_posts),           \
        I((al)->n_places), I((al)->step), I((al)->rings), I((al)->next_ms),                       \
        I((al)->held_until_ms), S((al)->held_why), I((al)->is_drill), I((al)->is_storm_folded),   \
        S((al)->change)

int
store_add_alert(struct store *s, const struct alert *al, int64_t *id, struct err *err)
{
    if (DB_RUN(s, err,
               "INSERT INTO alert(" ALERT_COLUMNS ")"
               " VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
               ALERT_VALUES(al)) != 0)
        return -1;
    *id = db_last_id(s);
    return 0;
}

int
store_save_alert(struct store *s, const struct alert *al, struct err *err)
{
    return DB_RUN(s, err,
                  "UPDATE alert SET kind=?,level=?,state=?,brand=?,subject=?,person=?,story=?,"
                  "case_id=?,post=?,opened_ms=?,last_post_ms=?,acked_ms=?,ack_expires_ms=?,"
                  "acked_by=?,ack_comment=?,closed_ms=?,closed_by=?,n_posts=?,n_places=?,step=?,"
                  "rings=?,next_ms=?,held_until_ms=?,held_why=?,is_drill=?,is_storm_folded=?,"
                  "change=? WHERE id=?",
                  ALERT_VALUES(al), I(al->id));
}

static int
alert_read(struct query *q, struct arena *a, struct alert *out)
{
    *out = (struct alert){ 0 };
    out->id = col_int(q);
    out->kind = (enum alert_kind)col_int(q);
    out->level = (enum level)col_int(q);
    out->state = (enum alert_state)col_int(q);
    out->brand = col_str(q, a);
    out->subject = col_str(q, a);
    out->person = col_int(q);
    out->story = col_int(q);
    out->case_id = col_int(q);
    out->post = col_int(q);
    out->opened_ms = col_int(q);
    out->last_post_ms = col_int(q);
    out->acked_ms = col_int(q);
    out->ack_expires_ms = col_int(q);
    out->acked_by = col_str(q, a);
    out->ack_comment = col_str(q, a);
    out->closed_ms = col_int(q);
    out->closed_by = col_str(q, a);
    out->n_posts = col_int(q);
    out->n_places = col_int(q);
    out->step = col_i32(q);
    out->rings = col_i32(q);
    out->next_ms = col_int(q);
    out->held_until_ms = col_int(q);
    out->held_why = col_str(q, a);
    out->is_drill = col_bool(q);
    out->is_storm_folded = col_bool(q);
    out->change = col_str(q, a);
    return q->has_failed ? -1 : 0;
}

int
store_get_alert(struct store *s, int64_t id, struct arena *a, struct alert *out, struct err *err)
{
    struct query q;
    bool found;

    DB_QUERY(&q, s, err, "SELECT " ALERT_COLUMNS " FROM alert WHERE id=?", I(id));
    found = db_next(&q);
    if (found)
        alert_read(&q, a, out);
    if (db_end(&q) != 0)
        return -1;
    return found ? 0 : err_set(err, ERR_NOTFOUND, "no alert %lld", (long long)id);
}

/* ---- finding ---- */

/* The rest of a key, after the column that has the index. */
#define KEY_REST                                                             \
    " AND (?2 OR kind=?3) AND (?4='' OR brand=?4) AND (?5='' OR subject=?5)" \
    " AND (?6=0 OR person=?6) AND (?7=0 OR story=?7)"                        \
    " AND (state<>2 OR (?8 AND closed_ms>=?9)) ORDER BY state=2,id DESC LIMIT 1"

static const char *
key_sql(const struct alert_key *k, struct val *first)
{
    if (k->person) {
        *first = I(k->person);
        return "SELECT id FROM alert WHERE person=?1" KEY_REST;
    }
    if (k->story) {
        *first = I(k->story);
        return "SELECT id FROM alert WHERE story=?1" KEY_REST;
    }
    if (k->subject.n) {
        *first = S(k->subject);
        return "SELECT id FROM alert WHERE subject=?1" KEY_REST;
    }
    *first = S(k->brand);
    return "SELECT id FROM alert WHERE brand=?1" KEY_REST;
}

int
store_find_alert(struct store *s, const struct alert_key *k, int64_t *id, struct err *err)
{
    struct val first;
    const char *sql = key_sql(k, &first);

    return DB_GET(s, err, id, 0, sql, first, I(k->any_kind), I(k->kind), S(k->brand), S(k->subject),
                  I(k->person), I(k->story), I(k->with_closed), I(k->closed_since_ms));
}

int
store_each_alert(struct store *s, const struct alert_filter *f,
                 int (*fn)(void *, const struct alert *), void *ctx, struct err *err)
{
    struct walk w;
    struct alert al;

    WALK(&w, s, err,
         "SELECT " ALERT_COLUMNS " FROM alert WHERE opened_ms>=?1 AND (?2='' OR brand=?2)"
         " AND (?3=0 OR person=?3) AND (?4=0 OR case_id=?4) AND (?5=0 OR state<>2)"
         " AND (?6 OR is_drill=0) ORDER BY id DESC LIMIT ?7",
         I(f->since_ms), S(f->brand), I(f->person), I(f->case_id), I(f->only_unclosed),
         I(f->with_drills), I(f->limit ? f->limit : 100));
    while (walk_next(&w) && alert_read(&w.q, w.a, &al) == 0 && fn(ctx, &al) == 0)
        ;
    return walk_end(&w);
}

int
store_count_alerts(struct store *s, struct tocsin_str brand, int64_t opened_since_ms, int64_t *n,
                   struct err *err)
{
    return DB_GET(s, err, n, 0,
                  "SELECT count(*) FROM alert WHERE brand=? AND opened_ms>=? AND is_drill=0"
                  " AND kind<>?",
                  S(brand), I(opened_since_ms), I(ALERT_STORM));
}

/* ---- its posts and its history ---- */

int
store_add_alert_post(struct store *s, int64_t alert, int64_t post, int64_t now_ms, struct err *err)
{
    return DB_RUN(s, err, "INSERT OR IGNORE INTO alert_post(alert,post,at_ms) VALUES(?,?,?)",
                  I(alert), I(post), I(now_ms));
}

int
store_each_alert_post(struct store *s, int64_t alert, int (*fn)(void *, int64_t post), void *ctx,
                      struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err, "SELECT post FROM alert_post WHERE alert=? ORDER BY post DESC", I(alert));
    while (db_next(&q) && fn(ctx, col_int(&q)) == 0)
        ;
    return db_end(&q);
}

int
store_add_event(struct store *s, const struct alert_event *e, struct err *err)
{
    return DB_RUN(s, err,
                  "INSERT INTO alert_event(alert,at_ms,actor,what,detail) VALUES(?,?,?,?,?)",
                  I(e->alert), I(e->at_ms), S(e->actor), S(e->what), S(e->detail));
}

static int
event_read(struct query *q, struct arena *a, struct alert_event *out)
{
    out->id = col_int(q);
    out->alert = col_int(q);
    out->at_ms = col_int(q);
    out->actor = col_str(q, a);
    out->what = col_str(q, a);
    out->detail = col_str(q, a);
    return q->has_failed ? -1 : 0;
}

int
store_each_event(struct store *s, int64_t alert, int (*fn)(void *, const struct alert_event *),
                 void *ctx, struct err *err)
{
    struct walk w;
    struct alert_event e;

    WALK(&w, s, err,
         "SELECT id,alert,at_ms,actor,what,detail FROM alert_event WHERE alert=? ORDER BY id",
         I(alert));
    while (walk_next(&w) && event_read(&w.q, w.a, &e) == 0 && fn(ctx, &e) == 0)
        ;
    return walk_end(&w);
}

/* ---- timers ---- */

int
store_due_alerts(struct store *s, int64_t now_ms, struct arena *a, size_t max, struct alert **out,
                 size_t *n, struct err *err)
{
    struct query q;
    struct alert *v = arena_array(a, max, sizeof *v);

    *n = 0;
    *out = v;
    if (!v)
        return err_set(err, ERR_NOMEM, "no memory for the due alerts");
    DB_QUERY(&q, s, err,
             "SELECT " ALERT_COLUMNS " FROM alert WHERE id IN ("
             "SELECT id FROM alert WHERE state<>2 AND next_ms<>0 AND next_ms<=?1"
             " UNION SELECT id FROM alert WHERE state=1 AND ack_expires_ms<>0"
             " AND ack_expires_ms<=?1) ORDER BY id LIMIT ?2",
             I(now_ms), I(max));
    while (db_next(&q) && alert_read(&q, a, &v[*n]) == 0)
        (*n)++;
    return db_end(&q);
}

int
store_next_timer(struct store *s, int64_t *at_ms, struct err *err)
{
    return DB_GET(s, err, at_ms, INT64_MAX,
                  "SELECT min(at) FROM ("
                  "SELECT min(next_ms) AS at FROM alert WHERE state<>2 AND next_ms<>0"
                  " UNION ALL SELECT min(ack_expires_ms) FROM alert WHERE state=1"
                  " AND ack_expires_ms<>0"
                  " UNION ALL SELECT min(due_ms) FROM delivery WHERE due_ms IS NOT NULL)"
                  " WHERE ?1",
                  I(1));
}
