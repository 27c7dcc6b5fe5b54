/* sqlite_cases - complaints being handled, and a person's last hiccup. */
#include "store/sqlite_db.h"

#define CASE_COLUMNS                                                                          \
    "id,person,brand,status,opened_ms,resolved_ms,follow_up_ms,owner,outcome,helper,comment," \
    "about,is_drill"

int
store_add_case(struct store *s, const struct case_ *c, int64_t *id, struct err *err)
{
    if (DB_RUN(s, err,
               "INSERT INTO case_(person,brand,status,opened_ms,resolved_ms,follow_up_ms,owner,"
               "outcome,helper,comment,about,is_drill) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
               ID(c->person), S(c->brand), I(c->status), I(c->opened_ms), I(c->resolved_ms),
               I(c->follow_up_ms), S(c->owner), I(c->outcome), S(c->helper), S(c->comment),
               S(c->about), I(c->is_drill)) != 0)
        return -1;
    *id = db_last_id(s);
    return 0;
}

int
store_save_case(struct store *s, const struct case_ *c, struct err *err)
{
    return DB_RUN(s, err,
                  "UPDATE case_ SET person=?2,brand=?3,status=?4,opened_ms=?5,resolved_ms=?6,"
                  "follow_up_ms=?7,owner=?8,outcome=?9,helper=?10,comment=?11,about=?12,"
                  "is_drill=?13 WHERE id=?1",
                  I(c->id), ID(c->person), S(c->brand), I(c->status), I(c->opened_ms),
                  I(c->resolved_ms), I(c->follow_up_ms), S(c->owner), I(c->outcome), S(c->helper),
                  S(c->comment), S(c->about), I(c->is_drill));
}

static int
case_read(struct query *q, struct arena *a, struct case_ *out)
{
    out->id = col_int(q);
    out->person = col_int(q);
    out->brand = col_str(q, a);
    out->status = (enum case_status)col_int(q);
    out->opened_ms = col_int(q);
    out->resolved_ms = col_int(q);
    out->follow_up_ms = col_int(q);
    out->owner = col_str(q, a);
    out->outcome = (enum outcome)col_int(q);
    out->helper = col_str(q, a);
    out->comment = col_str(q, a);
    out->about = col_str(q, a);
    out->is_drill = col_bool(q);
    return q->has_failed ? -1 : 0;
}

int
store_get_case(struct store *s, int64_t id, struct arena *a, struct case_ *out, struct err *err)
{
    struct query q;
    bool found;

    DB_QUERY(&q, s, err, "SELECT " CASE_COLUMNS " FROM case_ WHERE id=?", I(id));
    found = db_next(&q);
    if (found)
        case_read(&q, a, out);
    if (db_end(&q) != 0)
        return -1;
    return found ? 0 : err_set(err, ERR_NOTFOUND, "no case %lld", (long long)id);
}

int
store_find_open_case(struct store *s, int64_t person, struct tocsin_str brand, int64_t *id,
                     struct err *err)
{
    return DB_GET(s, err, id, 0,
                  "SELECT id FROM case_ WHERE person=? AND brand=?"
                  " AND status<=1 AND is_drill=0 ORDER BY id DESC LIMIT 1",
                  I(person), S(brand));
}

int
store_find_last_hiccup(struct store *s, int64_t person, struct arena *a, struct case_ *out,
                       bool *found, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err,
             "SELECT " CASE_COLUMNS " FROM case_ WHERE person=? AND resolved_ms>0 AND status>=2"
             " AND is_drill=0 AND outcome<>? ORDER BY resolved_ms DESC,id DESC LIMIT 1",
             I(person), I(OUTCOME_FALSE_ALARM));
    *found = db_next(&q);
    if (*found)
        case_read(&q, a, out);
    return db_end(&q);
}
