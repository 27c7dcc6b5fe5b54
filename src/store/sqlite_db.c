/* sqlite_db - cached statements, values in, columns out, and what SQLite's errors mean to us. */
#include "store/sqlite_db.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#define WALK_ARENA (64u << 20)
#define LEAST_FREE (256u << 10) /* below this a failed write is a full disk */

/* ---- errors ---- */

static bool
disk_is_full(const char *dir)
{
    struct statvfs v;

    return statvfs(dir, &v) == 0 && (uint64_t)v.f_bavail * v.f_frsize < LEAST_FREE;
}

static bool
means_full(const char *dir, int rc, int sys)
{
    if ((rc & 0xff) == SQLITE_FULL)
        return true;
    if ((rc & 0xff) != SQLITE_IOERR && (rc & 0xff) != SQLITE_CANTOPEN)
        return false;
    return sys == ENOSPC || sys == EDQUOT || sys == EFBIG || disk_is_full(dir);
}

int
db_fail_as(const char *dir, sqlite3 *db, int rc, struct err *err)
{
    int sys = errno; /* SQLite's own copy misses failures in COMMIT; callers zero it before */
    const char *msg = db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

    if (means_full(dir, rc, sys))
        return err_set(err, ERR_FULL,
                       "%s: no space left (%s); free some space or move state_dir, "
                       "nothing is lost meanwhile",
                       dir, msg);
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return err_set(err, ERR_NOMEM, "%s: no memory for the database", dir);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_BUSY,
                       "%s: the database is in use by another program (%s); "
                       "try again",
                       dir, msg);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(err, ERR_DATA,
                       "%s/tocsin.db is damaged (%s); stop tocsind and run "
                       "`tocsin db restore FILE` with the newest backup",
                       dir, msg);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set(err, ERR_DENIED,
                       "%s: the database cannot be written (%s); check the "
                       "owner and mode of the folder",
                       dir, msg);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        return err_set(err, ERR_IO, "%s: the database cannot be read or written (%s%s%s)", dir, msg,
                       sys ? ": " : "", sys ? strerror(sys) : "");
    default:
        return err_set(err, ERR_INTERNAL, "%s: the database refused (%s)", dir, msg);
    }
}

int
db_fail(struct store *s, struct err *err)
{
    return db_fail_as(s->dir, s->db, sqlite3_extended_errcode(s->db), err);
}

/* ---- the cache ---- */

static struct cached *
find_slot(struct store *s, const char *sql)
{
    size_t i = ((uintptr_t)sql >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 40;

    for (;; i++) {
        struct cached *c = &s->cache[i & (DB_STATEMENTS - 1)];
        if (c->sql == sql)
            return c;
        if (!c->sql)
            return s->n_cached < DB_STATEMENTS / 2 ? c : NULL;
    }
}

static int
prepare(struct store *s, const char *sql, unsigned flags, sqlite3_stmt **out)
{
    return sqlite3_prepare_v3(s->db, sql, -1, flags, out, NULL);
}

/* The cached statement, or one of the query's own while that is in use. */
static int
take_statement(struct query *q, struct store *s, const char *sql)
{
    struct cached *c = find_slot(s, sql);

    if (!c || c->is_busy)
        return prepare(s, sql, 0, &q->stmt);
    if (!c->stmt) {
        int rc = prepare(s, sql, SQLITE_PREPARE_PERSISTENT, &c->stmt);
        if (rc != SQLITE_OK)
            return rc;
        c->sql = sql;
        s->n_cached++;
    }
    c->is_busy = true;
    q->slot = c;
    q->stmt = c->stmt;
    return SQLITE_OK;
}

static void
give_back(struct query *q)
{
    if (!q->slot) {
        sqlite3_finalize(q->stmt);
    } else {
        sqlite3_reset(q->stmt);
        q->slot->is_busy = false;
    }
    q->stmt = NULL;
    q->slot = NULL;
}

/* ---- queries ---- */

static void
fail_query(struct query *q)
{
    db_fail(q->s, q->err);
    q->has_failed = true;
    give_back(q);
}

void
db_no_memory(struct query *q)
{
    err_set(q->err, ERR_NOMEM, "no memory for a row of the database");
    q->has_failed = true;
}

void
db_bind(struct query *q, int at, struct val v)
{
    int rc = SQLITE_OK;

    if (!q->stmt)
        return;
    switch (v.kind) {
    case VAL_INT:
        rc = sqlite3_bind_int64(q->stmt, at, v.i);
        break;
    case VAL_REAL:
        rc = sqlite3_bind_double(q->stmt, at, v.f);
        break;
    case VAL_STR:
        rc =
            sqlite3_bind_text64(q->stmt, at, v.s.n ? v.s.p : "", v.s.n, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case VAL_NULL:
    case VAL_END:
        rc = sqlite3_bind_null(q->stmt, at);
        break;
    }
    if (rc != SQLITE_OK)
        fail_query(q);
}

void
db_query(struct query *q, struct store *s, struct err *err, const char *sql, const struct val *vals)
{
    *q = (struct query){ .s = s, .err = err };
    if (take_statement(q, s, sql) != SQLITE_OK) {
        fail_query(q);
        return;
    }
    for (int i = 0; vals[i].kind != VAL_END; i++)
        db_bind(q, i + 1, vals[i]);
}

void
db_query_built(struct query *q, struct store *s, struct err *err, struct buf *sql)
{
    *q = (struct query){ .s = s, .err = err };
    if (sql->failed)
        db_no_memory(q);
    else if (prepare(s, buf_cstr(sql), 0, &q->stmt) != SQLITE_OK)
        fail_query(q);
}

bool
db_next(struct query *q)
{
    int rc;

    if (q->has_failed || !q->stmt)
        return false;
    q->column = 0;
    errno = 0;
    rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW)
        return true;
    if (rc == SQLITE_DONE)
        give_back(q);
    else
        fail_query(q);
    return false;
}

int
db_end(struct query *q)
{
    give_back(q);
    return q->has_failed ? -1 : 0;
}

int
db_run(struct store *s, struct err *err, const char *sql, const struct val *vals)
{
    struct query q;

    db_query(&q, s, err, sql, vals);
    db_next(&q);
    return db_end(&q);
}

int
db_get(struct store *s, struct err *err, int64_t *out, int64_t dflt, const char *sql,
       const struct val *vals)
{
    struct query q;

    *out = dflt;
    db_query(&q, s, err, sql, vals);
    if (db_next(&q) && sqlite3_column_type(q.stmt, 0) != SQLITE_NULL)
        *out = col_int(&q);
    return db_end(&q);
}

int
db_exec(struct store *s, struct err *err, const char *sql)
{
    errno = 0;
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail(s, err);
}

int64_t
db_last_id(const struct store *s)
{
    return sqlite3_last_insert_rowid(s->db);
}

int64_t
db_changes(const struct store *s)
{
    return sqlite3_changes(s->db);
}

/* ---- columns ---- */

int64_t
col_int(struct query *q)
{
    return sqlite3_column_int64(q->stmt, q->column++);
}

double
col_real(struct query *q)
{
    return sqlite3_column_double(q->stmt, q->column++);
}

struct tocsin_str
col_str(struct query *q, struct arena *a)
{
    struct tocsin_str v;

    v.p = (const char *)sqlite3_column_text(q->stmt, q->column);
    v.n = (size_t)sqlite3_column_bytes(q->stmt, q->column);
    if (!v.p && sqlite3_column_type(q->stmt, q->column) != SQLITE_NULL)
        db_no_memory(q);
    q->column++;
    if (!a || !v.p || q->has_failed)
        return v;
    v = arena_str(a, v);
    if (!v.p)
        db_no_memory(q);
    return v;
}

/* ---- walks ---- */

void
walk_start(struct walk *w, struct store *s, struct err *err, const char *sql,
           const struct val *vals)
{
    w->a = arena_new(WALK_ARENA);
    db_query(&w->q, s, err, sql, vals);
    if (!w->a && !w->q.has_failed)
        db_no_memory(&w->q);
}

void
walk_start_built(struct walk *w, struct store *s, struct err *err, struct buf *sql)
{
    w->a = arena_new(WALK_ARENA);
    db_query_built(&w->q, s, err, sql);
    if (!w->a && !w->q.has_failed)
        db_no_memory(&w->q);
}

bool
walk_next(struct walk *w)
{
    if (w->a)
        arena_reset(w->a);
    return db_next(&w->q);
}

int
walk_end(struct walk *w)
{
    arena_free(w->a);
    w->a = NULL;
    return db_end(&w->q);
}
