/* sqlite_db - what the files of this folder share: the connection, its cached statements, and
 * short ways to bind and to read, so that an operation reads as its SQL plus a few lines.
 *
 *     struct query q;
 *     DB_QUERY(&q, s, err, "SELECT name FROM person WHERE id=?", I(id));
 *     if (db_next(&q))
 *         out->name = col_str(&q, a);
 *     return db_end(&q);
 *
 * A query that fails makes db_next() false, and db_end() says so; nothing need be looked at
 * before. Columns are read in their order.
 */
#ifndef TOCSIN_STORE_SQLITE_DB_H
#define TOCSIN_STORE_SQLITE_DB_H

#include <sqlite3.h>

#include "base/buf.h"
#include "store/store.h"

#define DB_STATEMENTS 256 /* slots of the cache; a power of two */
#define JSON_COLUMN_MAX (8u << 20)

struct cached {
    const char *sql; /* a literal: compared by address */
    sqlite3_stmt *stmt;
    bool is_busy;
};

struct store {
    sqlite3 *db;
    enum store_mode mode;
    const struct clock *clock;
    char *dir;
    int lock_fd;
    struct cached cache[DB_STATEMENTS];
    size_t n_cached;
    struct buf json[4];     /* columns being built */
    bool knows_newest;      /* the two below are right */
    int64_t newest_post;    /* highest id given */
    int64_t newest_seen_ms; /* and its first_seen */
    int64_t near_hour;      /* what find_near() last asked, and the answer */
    int64_t near_first;
};

/* ---- values ---- */

enum val_kind { VAL_END, VAL_INT, VAL_REAL, VAL_STR, VAL_NULL };
struct val {
    enum val_kind kind;
    int64_t i;
    double f;
    struct tocsin_str s;
};
#define I(x) ((struct val){ .kind = VAL_INT, .i = (int64_t)(x) })
#define F(x) ((struct val){ .kind = VAL_REAL, .f = (x) })
#define S(x) ((struct val){ .kind = VAL_STR, .s = (x) })
#define Z(x) ((struct val){ .kind = VAL_STR, .s = str_z(x) })
#define ID(x) val_id(x) /* NULL for 0: "none" */

static inline struct val
val_id(int64_t id)
{
    return (struct val){ .kind = id ? VAL_INT : VAL_NULL, .i = id };
}

#define NO_VALS (&(const struct val){ .kind = VAL_END })
#define VALS(...) ((const struct val[]){ __VA_ARGS__, { .kind = VAL_END } })

/* ---- queries ---- */

struct query {
    struct store *s;
    struct err *err;
    sqlite3_stmt *stmt;
    struct cached *slot; /* NULL: the statement is the query's own */
    int column;
    bool has_failed;
};

void db_query(struct query *q, struct store *s, struct err *err, const char *sql,
              const struct val *vals);
/* SQL put together from parts: not cached; bind its values by db_bind(). */
void db_query_built(struct query *q, struct store *s, struct err *err, struct buf *sql);
void db_bind(struct query *q, int at, struct val v);
bool db_next(struct query *q);
int db_end(struct query *q); /* 0, or -1 with err set */
void db_no_memory(struct query *q);

#define DB_QUERY(q, s, err, sql, ...) db_query(q, s, err, sql, VALS(__VA_ARGS__))
/* A statement without rows. */
#define DB_RUN(s, err, sql, ...) db_run(s, err, sql, VALS(__VA_ARGS__))
int db_run(struct store *s, struct err *err, const char *sql, const struct val *vals);
/* The first column of the first row; `dflt` where there is none. */
#define DB_GET(s, err, out, dflt, sql, ...) db_get(s, err, out, dflt, sql, VALS(__VA_ARGS__))
int db_get(struct store *s, struct err *err, int64_t *out, int64_t dflt, const char *sql,
           const struct val *vals);
/* Several statements, not cached. */
int db_exec(struct store *s, struct err *err, const char *sql);
int64_t db_last_id(const struct store *s);
int64_t db_changes(const struct store *s);

/* Sets err after a call of SQLite failed: cause and cure. Returns -1. */
int db_fail(struct store *s, struct err *err);
int db_fail_as(const char *dir, sqlite3 *db, int rc, struct err *err);

/* ---- columns ---- */

int64_t col_int(struct query *q);
#define col_i32(q) ((int32_t)col_int(q))
#define col_bool(q) (col_int(q) != 0)
double col_real(struct query *q);
/* In the arena; a NULL arena: as long as the row. */
struct tocsin_str col_str(struct query *q, struct arena *a);

/* ---- walks: a query whose rows live until the next one ---- */

struct walk {
    struct query q;
    struct arena *a;
};
void walk_start(struct walk *w, struct store *s, struct err *err, const char *sql,
                const struct val *vals);
#define WALK(w, s, err, sql, ...) walk_start(w, s, err, sql, VALS(__VA_ARGS__))
void walk_start_built(struct walk *w, struct store *s, struct err *err, struct buf *sql);
bool walk_next(struct walk *w);
int walk_end(struct walk *w);

/* ---- lists in JSON columns (sqlite_json.c) ---- */

struct tocsin_str json_of_strs(struct buf *b, const struct tocsin_str *v, size_t n);
struct tocsin_str json_of_hits(struct buf *b, const struct hit *v, size_t n);
struct tocsin_str json_of_parts(struct buf *b, const struct score_part *v, size_t n);
struct tocsin_str json_of_validators(struct buf *b, const struct source_validator *v, size_t n);
/* All 0, or -1: no memory, or not what was written. */
int json_to_strs(struct tocsin_str json, struct arena *a, const struct tocsin_str **v, size_t *n);
int json_to_hits(struct tocsin_str json, struct arena *a, const struct hit **v, size_t *n);
int json_to_parts(struct tocsin_str json, struct arena *a, const struct score_part **v, size_t *n);
int json_to_validators(struct tocsin_str json, struct arena *a, const struct source_validator **v,
                       size_t *n);

/* ---- between the files ---- */

/* The tables, from nothing or from an older version (sqlite_schema.c). */
int schema_migrate(struct store *s, struct err *err);
int schema_check(struct store *s, struct err *err); /* a reader cannot migrate */
/* Words as FTS5 understands them, all needed, phrases kept; "" when there is no word. */
void search_quote(struct buf *out, struct tocsin_str words);
void ballast_put(struct store *s);

#endif
