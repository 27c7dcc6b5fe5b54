/* fuzz_search - whatever is typed into the search, FTS5 must understand what we make of it. */
#include <sqlite3.h>

#include "fuzz.h"
#include "store/sqlite_db.h"

static sqlite3_stmt *
search_statement(void)
{
    static sqlite3_stmt *st; /* one for the life of the program */
    sqlite3 *db = NULL;

    if (st)
        return st;
    FUZZ_CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
    FUZZ_CHECK(sqlite3_exec(db,
                            "CREATE VIRTUAL TABLE w USING fts5(title, text,"
                            " tokenize='unicode61 remove_diacritics 2');"
                            "INSERT INTO w VALUES('a title','never again NOT this')",
                            NULL, NULL, NULL) == SQLITE_OK);
    FUZZ_CHECK(sqlite3_prepare_v2(db, "SELECT rowid FROM w WHERE w MATCH ?", -1, &st, NULL) ==
               SQLITE_OK);
    return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sqlite3_stmt *st = search_statement();
    struct buf b;
    int rc;

    buf_init(&b, 1 << 20);
    search_quote(&b, (struct tocsin_str){ (const char *)data, size });
    FUZZ_CHECK(!b.failed);
    sqlite3_bind_text(st, 1, buf_cstr(&b), (int)b.n, SQLITE_STATIC);
    rc = b.n ? sqlite3_step(st) : SQLITE_DONE;
    FUZZ_CHECK(rc == SQLITE_ROW || rc == SQLITE_DONE);
    sqlite3_reset(st);
    buf_free(&b);
    return 0;
}
