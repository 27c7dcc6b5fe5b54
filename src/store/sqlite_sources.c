/* sqlite_sources - what is remembered of sources, their gaps, notifiers, and small facts. */
#include "store/sqlite_db.h"

#define SOURCE_COLUMNS                                                                          \
    "name,plugin,cursor,validators,health,reason,since_ms,next_due_ms,last_poll_ms,last_ok_ms," \
    "last_post_ms,first_complete_ms,interval_ms,interval_why,failures,unchanged,n_posts,"       \
    "n_mentions,moved_to,moved_since_ms,moved_hits,spent_day,spent_month,spent_at_ms"

static int
source_read(struct query *q, struct arena *a, struct source_state *out)
{
    struct tocsin_str validators;

    *out = (struct source_state){ 0 };
    out->name = col_str(q, a);
    out->plugin = col_str(q, a);
    out->cursor = col_str(q, a);
    validators = col_str(q, NULL);
    out->health = (enum source_health)col_int(q);
    out->reason = col_str(q, a);
    out->since_ms = col_int(q);
    out->next_due_ms = col_int(q);
    out->last_poll_ms = col_int(q);
    out->last_ok_ms = col_int(q);
    out->last_post_ms = col_int(q);
    out->first_complete_ms = col_int(q);
    out->interval_ms = col_int(q);
    out->interval_why = col_str(q, a);
    out->failures = col_i32(q);
    out->unchanged = col_i32(q);
    out->n_posts = col_int(q);
    out->n_mentions = col_int(q);
    out->moved_to = col_str(q, a);
    out->moved_since_ms = col_int(q);
    out->moved_hits = col_i32(q);
    out->spent_day = col_int(q);
    out->spent_month = col_int(q);
    out->spent_at_ms = col_int(q);
    if (json_to_validators(validators, a, &out->validators, &out->n_validators) != 0)
        db_no_memory(q);
    return q->has_failed ? -1 : 0;
}

int
store_each_source(struct store *s, int (*fn)(void *, const struct source_state *), void *ctx,
                  struct err *err)
{
    struct walk w;
    struct source_state st;

    walk_start(&w, s, err, "SELECT " SOURCE_COLUMNS " FROM source ORDER BY name", NO_VALS);
    while (walk_next(&w) && source_read(&w.q, w.a, &st) == 0 && fn(ctx, &st) == 0)
        ;
    return walk_end(&w);
}

int
store_find_source(struct store *s, struct tocsin_str name, struct arena *a,
                  struct source_state *out, bool *found, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err, "SELECT " SOURCE_COLUMNS " FROM source WHERE name=?", S(name));
    *found = db_next(&q);
    if (*found)
        source_read(&q, a, out);
    return db_end(&q);
}

int
store_put_source(struct store *s, const struct source_state *st, struct err *err)
{
    struct tocsin_str validators =
        json_of_validators(&s->json[0], st->validators, st->n_validators);

    return DB_RUN(s, err,
                  "INSERT OR REPLACE INTO source(" SOURCE_COLUMNS ")"
                  " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                  S(st->name), S(st->plugin), S(st->cursor), S(validators), I(st->health),
                  S(st->reason), I(st->since_ms), I(st->next_due_ms), I(st->last_poll_ms),
                  I(st->last_ok_ms), I(st->last_post_ms), I(st->first_complete_ms),
                  I(st->interval_ms), S(st->interval_why), I(st->failures), I(st->unchanged),
                  I(st->n_posts), I(st->n_mentions), S(st->moved_to), I(st->moved_since_ms),
                  I(st->moved_hits), I(st->spent_day), I(st->spent_month), I(st->spent_at_ms));
}

int
store_remove_source(struct store *s, struct tocsin_str name, struct err *err)
{
    return DB_RUN(s, err, "DELETE FROM source WHERE name=?", S(name));
}

/* ---- gaps ---- */

int
store_add_gap(struct store *s, const struct source_gap *g, struct err *err)
{
    return DB_RUN(s, err, "INSERT INTO gap(at_ms,from_ms,to_ms,source,why) VALUES(?,?,?,?,?)",
                  I(g->at_ms), I(g->from_ms), I(g->to_ms), S(g->source), S(g->why));
}

static int
gap_read(struct query *q, struct arena *a, struct source_gap *out)
{
    out->id = col_int(q);
    out->at_ms = col_int(q);
    out->from_ms = col_int(q);
    out->to_ms = col_int(q);
    out->source = col_str(q, a);
    out->why = col_str(q, a);
    return q->has_failed ? -1 : 0;
}

int
store_each_gap(struct store *s, int64_t since_ms, int (*fn)(void *, const struct source_gap *),
               void *ctx, struct err *err)
{
    struct walk w;
    struct source_gap g;

    WALK(&w, s, err,
         "SELECT id,at_ms,from_ms,to_ms,source,why FROM gap WHERE at_ms>=? ORDER BY id DESC",
         I(since_ms));
    while (walk_next(&w) && gap_read(&w.q, w.a, &g) == 0 && fn(ctx, &g) == 0)
        ;
    return walk_end(&w);
}

/* ---- notifiers ---- */

int
store_find_notifier(struct store *s, struct tocsin_str name, struct arena *a,
                    struct notifier_state *out, bool *found, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err,
             "SELECT name,cursor,error,proved_ms,failed_ms,failures FROM notifier WHERE name=?",
             S(name));
    *found = db_next(&q);
    if (*found) {
        out->name = col_str(&q, a);
        out->cursor = col_str(&q, a);
        out->error = col_str(&q, a);
        out->proved_ms = col_int(&q);
        out->failed_ms = col_int(&q);
        out->failures = col_i32(&q);
    }
    return db_end(&q);
}

int
store_put_notifier(struct store *s, const struct notifier_state *n, struct err *err)
{
    return DB_RUN(s, err,
                  "INSERT OR REPLACE INTO notifier(name,cursor,error,proved_ms,failed_ms,failures)"
                  " VALUES(?,?,?,?,?,?)",
                  S(n->name), S(n->cursor), S(n->error), I(n->proved_ms), I(n->failed_ms),
                  I(n->failures));
}

/* ---- small facts ---- */

int
store_get_fact(struct store *s, const char *key, struct arena *a, struct tocsin_str *value,
               bool *found, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err, "SELECT value FROM fact WHERE key=?", Z(key));
    *found = db_next(&q);
    *value = *found ? col_str(&q, a) : STR_NONE;
    return db_end(&q);
}

int
store_put_fact(struct store *s, const char *key, struct tocsin_str value, struct err *err)
{
    return DB_RUN(s, err, "INSERT OR REPLACE INTO fact(key,value) VALUES(?,?)", Z(key), S(value));
}
