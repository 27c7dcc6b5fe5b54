/* sqlite_outbox - deliveries until their notifier says delivered, and one-time tokens. */
#include "store/sqlite_db.h"

#define DELIVERY_COLUMNS                                                                      \
    "id,alert,notifier,receiver,event,step,state,attempts,created_ms,next_ms,lease_until_ms," \
    "delivered_ms,handle,error,key"

/* When it is to be claimed; NULL: no more. */
static struct val
due_of(const struct delivery *d)
{
    switch (d->state) {
    case DELIVERY_PENDING:
        return I(d->next_ms);
    case DELIVERY_SENDING:
        return I(d->lease_until_ms);
    case DELIVERY_DEAD:
        return ID(d->next_ms);
    case DELIVERY_DELIVERED:
    case DELIVERY_DROPPED:
        break;
    }
    return ID(0);
}

int
store_add_delivery(struct store *s, const struct delivery *d, int64_t *id, struct err *err)
{
    if (DB_RUN(s, err,
               "INSERT INTO delivery(" DELIVERY_COLUMNS ",due_ms)"
               " VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
               I(d->alert), S(d->notifier), S(d->receiver), I(d->event), I(d->step), I(d->state),
               I(d->attempts), I(d->created_ms), I(d->next_ms), I(d->lease_until_ms),
               I(d->delivered_ms), S(d->handle), S(d->error), S(d->key), due_of(d)) != 0)
        return -1;
    *id = db_last_id(s);
    return 0;
}

int
store_save_delivery(struct store *s, const struct delivery *d, struct err *err)
{
    return DB_RUN(s, err,
                  "UPDATE delivery SET alert=?,notifier=?,receiver=?,event=?,step=?,state=?,"
                  "attempts=?,created_ms=?,next_ms=?,lease_until_ms=?,delivered_ms=?,handle=?,"
                  "error=?,key=?,due_ms=? WHERE id=?",
                  I(d->alert), S(d->notifier), S(d->receiver), I(d->event), I(d->step), I(d->state),
                  I(d->attempts), I(d->created_ms), I(d->next_ms), I(d->lease_until_ms),
                  I(d->delivered_ms), S(d->handle), S(d->error), S(d->key), due_of(d), I(d->id));
}

static int
delivery_read(struct query *q, struct arena *a, struct delivery *out)
{
    *out = (struct delivery){ 0 };
    out->id = col_int(q);
    out->alert = col_int(q);
    out->notifier = col_str(q, a);
    out->receiver = col_str(q, a);
    out->event = (uint32_t)col_int(q);
    out->step = col_i32(q);
    out->state = (enum delivery_state)col_int(q);
    out->attempts = col_i32(q);
    out->created_ms = col_int(q);
    out->next_ms = col_int(q);
    out->lease_until_ms = col_int(q);
    out->delivered_ms = col_int(q);
    out->handle = col_str(q, a);
    out->error = col_str(q, a);
    out->key = col_str(q, a);
    return q->has_failed ? -1 : 0;
}

static int
find_due(struct store *s, int64_t now_ms, size_t max, struct arena *a, struct delivery *v,
         size_t *n, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err,
             "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE due_ms IS NOT NULL AND due_ms<=?"
             " ORDER BY id LIMIT ?",
             I(now_ms), I(max));
    while (db_next(&q) && delivery_read(&q, a, &v[*n]) == 0)
        (*n)++;
    return db_end(&q);
}

int
store_claim_deliveries(struct store *s, int64_t now_ms, int64_t lease_ms, size_t max,
                       struct arena *a, struct delivery **out, size_t *n, struct err *err)
{
    struct delivery *v = arena_array(a, max, sizeof *v);

    *n = 0;
    *out = v;
    if (!v)
        return err_set(err, ERR_NOMEM, "no memory for the due deliveries");
    if (find_due(s, now_ms, max, a, v, n, err) != 0)
        return -1;
    for (size_t i = 0; i < *n; i++) {
        v[i].state = DELIVERY_SENDING;
        v[i].lease_until_ms = now_ms + lease_ms;
        if (store_save_delivery(s, &v[i], err) != 0)
            return -1;
    }
    return 0;
}

int
store_free_claims(struct store *s, struct err *err)
{
    return DB_RUN(s, err, "UPDATE delivery SET lease_until_ms=0,due_ms=0 WHERE state=?",
                  I(DELIVERY_SENDING));
}

int
store_drop_deliveries(struct store *s, int64_t alert, struct err *err)
{
    return DB_RUN(s, err,
                  "UPDATE delivery SET state=?2,due_ms=NULL WHERE alert=?1 AND state IN (?3,?4)",
                  I(alert), I(DELIVERY_DROPPED), I(DELIVERY_PENDING), I(DELIVERY_DEAD));
}

int
store_find_handle(struct store *s, int64_t alert, struct tocsin_str notifier, struct arena *a,
                  struct tocsin_str *handle, struct err *err)
{
    struct query q;

    *handle = STR_LIT("");
    DB_QUERY(&q, s, err,
             "SELECT handle FROM delivery WHERE alert=? AND notifier=? AND handle<>''"
             " ORDER BY id LIMIT 1",
             I(alert), S(notifier));
    if (db_next(&q))
        *handle = col_str(&q, a);
    return db_end(&q);
}

int
store_each_delivery(struct store *s, const struct delivery_filter *f,
                    int (*fn)(void *, const struct delivery *), void *ctx, struct err *err)
{
    static const char of_alert[] =
        "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE alert=?1 AND (?2=0 OR state IN (0,1,3))"
        " AND created_ms>=?3 ORDER BY id LIMIT ?4";
    static const char of_all[] =
        "SELECT " DELIVERY_COLUMNS " FROM delivery WHERE ?1=0 AND (?2=0 OR state IN (0,1,3))"
        " AND created_ms>=?3 ORDER BY id LIMIT ?4";
    struct walk w;
    struct delivery d;

    WALK(&w, s, err, f->alert ? of_alert : of_all, I(f->alert), I(f->only_undone), I(f->since_ms),
         I(f->limit ? (int64_t)f->limit : -1));
    while (walk_next(&w) && delivery_read(&w.q, w.a, &d) == 0 && fn(ctx, &d) == 0)
        ;
    return walk_end(&w);
}

/* One ring may take two ways to the same member of staff: it counts once. */
int
store_count_rings(struct store *s, struct tocsin_str receiver, int64_t since_ms, int64_t *n,
                  struct err *err)
{
    return DB_GET(s, err, n, 0,
                  "SELECT count(*) FROM (SELECT DISTINCT alert,created_ms FROM delivery"
                  " WHERE receiver=? AND receiver<>'' AND event<=1 AND created_ms>=?)",
                  S(receiver), I(since_ms));
}

/* ---- tokens ---- */

int
store_add_token(struct store *s, struct tocsin_str hash, const struct token_row *t, struct err *err)
{
    return DB_RUN(s, err,
                  "INSERT INTO token(hash,alert,action,notifier,expires_ms,used_ms)"
                  " VALUES(?,?,?,?,?,?)",
                  S(hash), I(t->alert), S(t->action), S(t->notifier), I(t->expires_ms),
                  I(t->used_ms));
}

int
store_find_token(struct store *s, struct tocsin_str hash, struct arena *a, struct token_row *out,
                 bool *found, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err, "SELECT alert,action,notifier,expires_ms,used_ms FROM token WHERE hash=?",
             S(hash));
    *found = db_next(&q);
    if (*found) {
        out->alert = col_int(&q);
        out->action = col_str(&q, a);
        out->notifier = col_str(&q, a);
        out->expires_ms = col_int(&q);
        out->used_ms = col_int(&q);
    }
    return db_end(&q);
}

int
store_use_token(struct store *s, struct tocsin_str hash, int64_t now_ms, struct err *err)
{
    return DB_RUN(s, err, "UPDATE token SET used_ms=?2 WHERE hash=?1 AND used_ms=0", S(hash),
                  I(now_ms));
}
