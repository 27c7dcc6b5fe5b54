/* table - rows as a table, JSON, JSON Lines or CSV, on stdout. Foreign text is escaped for each. */
#ifndef TOCSIN_CLI_TABLE_H
#define TOCSIN_CLI_TABLE_H

#include "base/str.h"
#include "cli/args.h"

struct table;

/* Column names are JSON keys; the table shows them in capitals. Names stay the caller's. */
struct table *table_new(enum format f, const char *const *columns, size_t n);
/* One call a cell, in order; after the last column a row is complete. */
void table_str(struct table *t, struct tocsin_str s);
void table_z(struct table *t, const char *z);
void table_i64(struct table *t, int64_t v);
void table_id(struct table *t, int64_t v);
void table_double(struct table *t, double v, int decimals);
void table_time(struct table *t, int64_t utc_ms); /* 0: empty */
void table_bool(struct table *t, bool v);
/* A cell whose JSON form is given as it is; `shown` in table and CSV. */
void table_json(struct table *t, struct tocsin_str json, struct tocsin_str shown);
/* Prints what is left and frees. `empty` goes to stderr when there was no row. */
int table_end(struct table *t, const char *empty);

#endif
