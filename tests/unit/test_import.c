/* test_import - CSV as RFC 4180 has it, and people from a spreadsheet. */
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "lib/alert_fix.h"
#include "people/import.h"
#include "unit.h"

#define EACH_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

static int
set_up(void **state)
{
    *state = alert_fix_new();
    return 0;
}

static int
tear_down(void **state)
{
    alert_fix_free(*state);
    return 0;
}

/* ---- CSV: records as "line:[field][field]" ------------------------------------------------- */

static void
read_all(struct buf *b, struct tocsin_str text)
{
    struct csv c;
    int rc;

    csv_begin(&c, text);
    while ((rc = csv_next(&c)) == 1) {
        buf_fmt(b, "%zu:", c.line);
        for (size_t i = 0; i < c.n_fields; i++)
            buf_fmt(b, "[%.*s]", STR_FMT(c.fields[i]));
        buf_char(b, ' ');
    }
    if (rc < 0)
        buf_fmt(b, "%zu:wrong", c.line);
    csv_end(&c);
}

static void
test_csv(void **state)
{
    static const struct {
        const char *text, *expect;
    } rows[] = {
        { "", "" },
        { "\n\r\n\n", "" },
        { "a,b\r\nc,d\r\n", "1:[a][b] 2:[c][d] " },
        { "a,b\nc,d", "1:[a][b] 2:[c][d] " },
        { "\xef\xbb\xbf"
          "a",
          "1:[a] " },
        { ",", "1:[][] " },
        { "a,\n\n\nb", "1:[a][] 4:[b] " },
        { "\"a,b\",\"c\"\"d\"", "1:[a,b][c\"d] " },
        { "\"two\nlines\",x\ny", "1:[two\nlines][x] 3:[y] " },
        { "\"\"\n\"\",\"\"", "1:[] 2:[][] " },
        { "a\"b,c", "1:[a\"b][c] " },
        { "a\rb", "1:[a\rb] " },
        { "ok\n\"open", "1:[ok] 2:wrong" },
        { "\"a\"b", "1:wrong" },
        { " \"a\"", "1:[ \"a\"] " },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;
        buf_init(&b, 4096);
        read_all(&b, str_z(rows[i].text));
        assert_string_equal(buf_cstr(&b), rows[i].expect);
        buf_free(&b);
    }
}

static void
test_csv_limits(void **state)
{
    struct buf text, b;

    (void)state;
    buf_init(&text, 4096);
    buf_init(&b, 1 << 16);
    for (int i = 1; i < CSV_MAX_FIELDS; i++)
        buf_char(&text, ',');
    read_all(&b, buf_view(&text));
    assert_null(strstr(buf_cstr(&b), "wrong"));
    buf_char(&text, ',');
    read_all(&b, buf_view(&text));
    assert_non_null(strstr(buf_cstr(&b), "wrong"));
    buf_free(&text);
    buf_free(&b);
}

/* ---- people ------------------------------------------------------------------------------------ */

static int
import(struct alert_fix *f, const char *csv, struct import_result *out)
{
    return people_import(f->store, str_z(csv), "people.csv", STR_LIT("ana"), f->now_ms, out,
                         &f->err);
}

static struct person
person_of(struct alert_fix *f, const char *handle)
{
    struct person p = { 0 };
    int64_t id = 0;

    assert_int_equal(store_find_person(f->store, str_z(handle), &id, &f->err), 0);
    assert_true(id != 0);
    assert_int_equal(store_get_person(f->store, id, f->arena, &p, &f->err), 0);
    return p;
}

static int
count_note(void *ctx, const struct note *n)
{
    (void)n;
    ++*(size_t *)ctx;
    return 0;
}

static void
test_people(void **state)
{
    static const char csv[] = "note, Handle ,segment,name\r\n"
                              "\"says \"\"hi\"\"\",rss:jane,friend,\"Roe, Jane\"\r\n"
                              ",mastodon:@ann@example.social,,\r\n";
    struct alert_fix *f = *state;
    struct import_result r;
    size_t n = 0;

    assert_int_equal(import(f, csv, &r), 0);
    assert_int_equal(r.n_added, 2);
    assert_int_equal(r.n_changed, 0);
    assert_true(str_eq_z(person_of(f, "rss:jane").name, "Roe, Jane"));
    assert_int_equal(person_of(f, "rss:jane").segment, SEGMENT_FRIEND);
    assert_true(str_eq_z(person_of(f, "rss:jane").segment_by, "hand:ana"));
    assert_true(str_eq_z(person_of(f, "mastodon:@ann@example.social").name, "@ann@example.social"));
    /* again: nobody new, and no note twice */
    assert_int_equal(import(f, csv, &r), 0);
    assert_int_equal(r.n_added, 0);
    assert_int_equal(r.n_changed, 2);
    assert_int_equal(
        store_each_note(f->store, person_of(f, "rss:jane").id, count_note, &n, &f->err), 0);
    assert_int_equal(n, 1);
    /* what a file does not say stays */
    assert_int_equal(import(f, "handle\nrss:jane\n", &r), 0);
    assert_int_equal(person_of(f, "rss:jane").segment, SEGMENT_FRIEND);
}

static void
test_bad_files(void **state)
{
    static const struct {
        const char *csv, *says;
    } rows[] = {
        { "", "people.csv: empty" },
        { "\"", "people.csv: empty, or not CSV" },
        { "handle,colour\n", "people.csv:1: unknown column \"colour\"" },
        { "name\njane\n", "there is no column \"handle\"" },
        { "handle\njane\n", "people.csv:2: \"jane\" is no handle" },
        { "handle\nrss:ok\n\n:jane\n", "people.csv:4: \":jane\" is no handle" },
        { "handle,segment\nrss:jane,fiend\n", "people.csv:2: unknown segment \"fiend\"" },
        { "handle\nrss:jane\n\"rss:x\n", "people.csv:3: a quote that is not closed" },
    };
    struct alert_fix *f = *state;
    struct import_result r;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        assert_int_equal(import(f, rows[i].csv, &r), -1);
        assert_int_equal(f->err.code, ERR_DATA);
        if (!strstr(f->err.msg, rows[i].says))
            fail_msg("\"%s\" does not say \"%s\"", f->err.msg, rows[i].says);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_limits),
        EACH_TEST(test_people),
        EACH_TEST(test_bad_files),
    };

    return RUN_TESTS(tests);
}
