/* bench_store - ingest into the store against bare SQLite schemas, and the newest-20 search.
 *
 *   bench_store [ROWS]      rows of the search, 200000 unless told
 *
 * The schemas take turns, 5,000 rows each, so that a noisy machine is noisy for all; rows are
 * counted per second of CPU.
 */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "bench/bench.h"
#include "store/store.h"

#define PART 5000
#define PARTS 8
#define TRANSACTION 1000
#define NOW INT64_C(1790000000000)

static char dir[64];
static int64_t tick;

static int64_t
wall(void *ctx)
{
    (void)ctx;
    return NOW + tick++;
}
static const struct clock bench_clock = { wall, wall, NULL };

static double
seconds(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what)
{
    fprintf(stderr, "bench_store: %s\n", what);
    exit(1);
}

static const char *
in_dir(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

/* ---- text: words of a Zipf-like vocabulary, "refund" in every fifth post ---- */

static uint64_t random_state = 88172645463325252u;

static uint32_t
roll(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % n;
}

static void
add_word(struct buf *b)
{
    uint32_t rank = roll(roll(5000) + 1) + 17;

    for (; rank > 0; rank /= 13) /* a pronounceable word for each rank */
        buf_fmt(b, "%c%c", "bcdfglmnprstv"[rank % 13], "aeiou"[rank % 5]);
    buf_char(b, ' ');
}

static struct tocsin_str
make_text(struct buf *b)
{
    buf_reset(b);
    for (uint32_t i = 0, n = 20 + roll(40); i < n; i++)
        add_word(b);
    if (roll(5) == 0)
        buf_z(b, "refund");
    return buf_view(b);
}

/* ---- one row into each ---- */

struct row {
    char id[24], url[64], author[24];
    char words[1024];
    struct tocsin_str text;
};

static struct row rows[PART]; /* made before the clock runs */

static void
make_rows(int64_t first)
{
    struct buf b;

    buf_init(&b, 4096);
    for (int64_t i = 0; i < PART; i++) {
        struct row *r = &rows[i];
        struct tocsin_str text = str_clip_utf8(make_text(&b), sizeof r->words);
        snprintf(r->id, sizeof r->id, "%lld", (long long)(first + i));
        snprintf(r->url, sizeof r->url, "https://news.example/item/%lld", (long long)(first + i));
        snprintf(r->author, sizeof r->author, "person%u", roll(20000));
        memcpy(r->words, text.p, text.n);
        r->text = (struct tocsin_str){ r->words, text.n };
    }
    buf_free(&b);
}

static int
store_row(struct store *s, const struct row *r, struct err *err)
{
    struct hit hit = { STR_LIT("acme"), FIELD_TEXT, 0, 6, false };
    struct score_part part = { AXIS_IRATE, false, STR_LIT("word"), STR_LIT("refund"), 12 };
    struct mention m = { .brand = STR_LIT("acme"),
                         .hits = &hit,
                         .n_hits = 1,
                         .score = { .sentiment = -0.4,
                                    .irate = 20,
                                    .level = LEVEL_WATCH,
                                    .parts = &part,
                                    .n_parts = 1 } };
    struct post p = { .source = STR_LIT("hn"),
                      .service = STR_LIT("hackernews"),
                      .id = str_z(r->id),
                      .url = str_z(r->url),
                      .canonical_url = str_z(r->url),
                      .text.text = r->text,
                      .published_ms = NOW,
                      .rating = NAN,
                      .fingerprint = str_hash(r->text) };
    struct author au = { .handle = str_z(r->author), .followers = -1 };
    struct post_facts f = { 0 };
    struct known_post k;
    int64_t id, story, person, mention, now = wall(NULL);

    if (store_find_post(s, &p, now - 30 * MS_DAY, &k, err) != 0 ||
        store_put_account(s, p.service, &au, now, &f.account, &person, err) != 0 ||
        store_add_post(s, &p, &f, now, &id, &story, err) != 0)
        return -1;
    return store_put_mention(s, id, &m, now, &mention, err);
}

static void
fill_store(struct store *s)
{
    struct err err = { 0 };

    for (int64_t i = 0; i < PART; i++)
        if ((i % TRANSACTION == 0 && store_begin(s, &err) != 0) ||
            store_row(s, &rows[i], &err) != 0 ||
            (i % TRANSACTION == TRANSACTION - 1 && store_commit(s, &err) != 0))
            die(err.msg);
}

/* ---- bare schemas ---- */

#define TABLE                                                                                 \
    "CREATE TABLE m(id INTEGER PRIMARY KEY, source TEXT, native TEXT, url TEXT, author TEXT," \
    " ts INT, brand TEXT, irate REAL, text TEXT);"                                            \
    "CREATE UNIQUE INDEX m_native ON m(source,native);CREATE INDEX m_url ON m(url);"          \
    "CREATE INDEX m_author ON m(author);CREATE INDEX m_brand ON m(brand,id);"
#define WORDS                                                                  \
    "CREATE VIRTUAL TABLE w USING fts5(text, content='m', content_rowid='id'," \
    " tokenize='unicode61 remove_diacritics 2');"
#define TRIGGER                                      \
    "CREATE TRIGGER m_words AFTER INSERT ON m BEGIN" \
    " INSERT INTO w(rowid,text) VALUES(new.id,new.text); END;"

struct schema {
    const char *name, *file, *sql;
    bool has_own_insert;
    sqlite3 *db;
    sqlite3_stmt *row, *words;
    double cpu;
};

static void
open_schema(struct schema *s)
{
    sqlite3_open(in_dir(s->file), &s->db);
    if (sqlite3_exec(s->db,
                     "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                     "PRAGMA cache_size=-16384",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(s->db, s->sql, NULL, NULL, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(s->db));
    sqlite3_prepare_v2(s->db, "INSERT INTO m VALUES(?,'hn',?,?,?,?,'acme',20,?)", -1, &s->row,
                       NULL);
    if (s->has_own_insert)
        sqlite3_prepare_v2(s->db, "INSERT INTO w(rowid,text) VALUES(?,?)", -1, &s->words, NULL);
}

static void
schema_row(struct schema *s, int64_t id, const struct row *r)
{
    sqlite3_bind_int64(s->row, 1, id);
    sqlite3_bind_text(s->row, 2, r->id, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->row, 3, r->url, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->row, 4, r->author, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s->row, 5, NOW + id);
    sqlite3_bind_text(s->row, 6, r->text.p, (int)r->text.n, SQLITE_STATIC);
    if (sqlite3_step(s->row) != SQLITE_DONE)
        die(sqlite3_errmsg(s->db));
    sqlite3_reset(s->row);
    if (!s->words)
        return;
    sqlite3_bind_int64(s->words, 1, id);
    sqlite3_bind_text(s->words, 2, r->text.p, (int)r->text.n, SQLITE_STATIC);
    if (sqlite3_step(s->words) != SQLITE_DONE)
        die(sqlite3_errmsg(s->db));
    sqlite3_reset(s->words);
}

static void
fill_schema(struct schema *s, int64_t first)
{
    for (int64_t i = 0; i < PART; i++) {
        if (i % TRANSACTION == 0)
            sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL);
        schema_row(s, first + i, &rows[i]);
        if (i % TRANSACTION == TRANSACTION - 1)
            sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    }
}

static void
close_schema(struct schema *s)
{
    sqlite3_finalize(s->row);
    sqlite3_finalize(s->words);
    sqlite3_close(s->db);
    unlink(in_dir(s->file));
}

/* ---- G6 ---- */

static void
bench_ingest(struct store *store)
{
    struct schema v[] = {
        { "one table, no full text", "none.db", TABLE, false, NULL, NULL, NULL, 0 },
        { "full text by own insert", "own.db", TABLE WORDS, true, NULL, NULL, NULL, 0 },
        { "full text by trigger", "trigger.db", TABLE WORDS TRIGGER, false, NULL, NULL, NULL, 0 },
    };
    double cpu = 0, n = PART * PARTS, t;

    for (size_t i = 0; i < 3; i++)
        open_schema(&v[i]);
    for (int64_t part = 0; part < PARTS; part++) {
        make_rows(1 + part * PART);
        t = seconds(CLOCK_PROCESS_CPUTIME_ID);
        fill_store(store);
        cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - t;
        for (size_t i = 0; i < 3; i++) {
            t = seconds(CLOCK_PROCESS_CPUTIME_ID);
            fill_schema(&v[i], 1 + part * PART);
            v[i].cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - t;
        }
    }
    printf("store: post, account, mention, story, full text  %8.0f rows/CPU-s\n", n / cpu);
    for (size_t i = 0; i < 3; i++) {
        printf("bare: %-42s %8.0f rows/CPU-s, store is %.2f of it\n", v[i].name, n / v[i].cpu,
               v[i].cpu / cpu);
        close_schema(&v[i]);
    }
    printf("G6: goal 2 of the trigger: %.2f; goal 0.25 of no full text: %.2f\n", v[2].cpu / cpu,
           v[0].cpu / cpu);
    bench_row(&(struct bench_row){ "G6", "stored, full text included", "rows/CPU-s", n / cpu,
                                   "by trigger", n / v[2].cpu, v[2].cpu / cpu, 2, false });
    bench_row(&(struct bench_row){ "G6", "the same", "rows/CPU-s", n / cpu, "no full text",
                                   n / v[0].cpu, v[0].cpu / cpu, 0.25, false });
}

/* ---- G7 ---- */

static int
count_row(void *ctx, const struct mention_row *row)
{
    (void)row;
    ++*(int *)ctx;
    return 0;
}

static double
search_ms(struct store *s, struct mention_filter f, int *n)
{
    double best = 1e9;
    struct err err = { 0 };

    for (int i = 0; i < 20; i++) {
        double t = seconds(CLOCK_MONOTONIC);
        *n = 0;
        if (store_each_mention(s, &f, count_row, n, &err) != 0)
            die(err.msg);
        t = (seconds(CLOCK_MONOTONIC) - t) * 1000;
        best = t < best ? t : best;
    }
    return best;
}

static void
show_search(struct store *s, const char *name, struct mention_filter f)
{
    int n;
    double ms = search_ms(s, f, &n);

    printf("  %-38s %7.3f ms, %d rows\n", name, ms, n);
}

static void
bench_search(struct store *s, int64_t n_rows)
{
    struct mention_filter common = { .search = STR_LIT("refund"), .limit = 20 }, f;

    printf("G7: newest 20 at %lld rows (goal 1 ms for a common word)\n", (long long)n_rows);
    show_search(s, "a common word", common);
    int found;
    double ms = search_ms(s, common, &found);
    bench_row(
        &(struct bench_row){ "G7", "newest 20 of a common word", "ms", ms, NULL, 0, ms, 1, true });
    f = common;
    f.since_ms = NOW + n_rows / 2;
    show_search(s, "a common word, by time", f);
    show_search(s, "two words",
                (struct mention_filter){ .search = STR_LIT("refund baba"), .limit = 20 });
    show_search(s, "no search", (struct mention_filter){ .limit = 20 });
    show_search(s, "brand", (struct mention_filter){ .brand = STR_LIT("acme"), .limit = 20 });
    show_search(s, "at least irate",
                (struct mention_filter){ .at_least = LEVEL_IRATE, .limit = 20 });
}

int
main(int argc, char **argv)
{
    static const char *const files[] = { "tocsin.db", "writer.lock", "ballast" };
    struct store *s = NULL;
    struct err err = { 0 };
    int64_t wanted = 200000, n = PART * PARTS;
    double t, wall_s = 0;

    if (argc > 1 && (parse_i64(str_z(argv[1]), &wanted) != 0 || wanted < n))
        die("usage: bench_store [ROWS], at least 40000");
    snprintf(dir, sizeof dir, "bench-store-XXXXXX");
    if (!mkdtemp(dir) || store_open(&s, dir, STORE_WRITER, &bench_clock, &err) != 0)
        die(err.msg);
    bench_ingest(s);
    for (; n < wanted; n += PART) {
        make_rows(n + 1);
        t = seconds(CLOCK_MONOTONIC);
        fill_store(s);
        wall_s += seconds(CLOCK_MONOTONIC) - t;
    }
    if (n > PART * PARTS)
        printf("filled at %.0f rows/s by the wall\n", (double)(n - PART * PARTS) / wall_s);
    bench_search(s, n);
    store_close(s);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(in_dir(files[i]));
    rmdir(dir);
    return 0;
}
