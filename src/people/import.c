/* import - people from a CSV file. */
#include "people/import.h"

#include "base/csv.h"

enum column { COL_HANDLE, COL_NAME, COL_SEGMENT, COL_NOTE, N_COLS };

static const char *const names[N_COLS] = { "handle", "name", "segment", "note" };

struct import {
    struct store *store;
    const char *file;
    struct tocsin_str by;
    int64_t now_ms;
    size_t at[N_COLS]; /* field of each column; SIZE_MAX: not there */
    struct import_result *out;
    struct err *err;
};

static int
read_header(struct import *im, const struct csv *c)
{
    for (size_t k = 0; k < N_COLS; k++)
        im->at[k] = SIZE_MAX;
    for (size_t i = 0; i < c->n_fields; i++) {
        size_t k = 0;
        while (k < N_COLS && !str_eq_ascii_case(str_trim(c->fields[i]), str_z(names[k])))
            k++;
        if (k == N_COLS)
            return err_set(im->err, ERR_DATA,
                           "%s:1: unknown column \"%.*s\"; there are handle, "
                           "name, segment and note",
                           im->file, STR_FMT(c->fields[i]));
        im->at[k] = i;
    }
    if (im->at[COL_HANDLE] == SIZE_MAX)
        return err_set(im->err, ERR_DATA,
                       "%s:1: there is no column \"handle\"; the first line "
                       "names the columns",
                       im->file);
    return 0;
}

static struct tocsin_str
cell(const struct import *im, const struct csv *c, enum column k)
{
    return im->at[k] < c->n_fields ? str_trim(c->fields[im->at[k]]) : STR_NONE;
}

static int
split_handle(const struct import *im, const struct csv *c, struct tocsin_str *service,
             struct tocsin_str *handle)
{
    *handle = cell(im, c, COL_HANDLE);
    *service = str_cut(handle, ':');
    if (service->n > 0 && handle->n > 0)
        return 0;
    return err_set(im->err, ERR_DATA,
                   "%s:%zu: \"%.*s\" is no handle; write service:handle, as in "
                   "mastodon:@ann@example.social",
                   im->file, c->line, STR_FMT(cell(im, c, COL_HANDLE)));
}

struct same_note {
    struct tocsin_str text;
    bool is_there;
};

static int
compare_note(void *ctx, const struct note *n)
{
    struct same_note *s = ctx;

    s->is_there = str_eq(n->text, s->text);
    return s->is_there;
}

/* A file that is imported again says nothing new. */
static int
add_note(const struct import *im, int64_t person, struct tocsin_str text)
{
    struct same_note s = { .text = text };
    int64_t id;

    if (text.n == 0)
        return 0;
    if (store_each_note(im->store, person, compare_note, &s, im->err) != 0)
        return -1;
    return s.is_there ? 0
                      : store_add_note(im->store, person, im->by, text, im->now_ms, &id, im->err);
}

static int
set_person(const struct import *im, const struct csv *c, int64_t id, struct arena *a)
{
    struct person p;
    struct tocsin_str name = cell(im, c, COL_NAME), segment = cell(im, c, COL_SEGMENT);

    if (store_get_person(im->store, id, a, &p, im->err) != 0)
        return -1;
    if (name.n)
        p.name = name;
    if (segment.n) {
        if (segment_parse(segment, &p.segment) != 0)
            return err_set(im->err, ERR_DATA, "%s:%zu: unknown segment \"%.*s\"", im->file, c->line,
                           STR_FMT(segment));
        p.segment_by = str_z(arena_fmt(a, "hand:%.*s", STR_FMT(im->by)));
    }
    if (store_save_person(im->store, &p, im->err) != 0)
        return -1;
    return add_note(im, id, cell(im, c, COL_NOTE));
}

static int
take_row(const struct import *im, const struct csv *c)
{
    struct author au = { .followers = -1 };
    struct tocsin_str service;
    int64_t account, person = 0, known = 0;
    struct err ignored = { 0 };
    struct arena *a;
    int rc;

    if (split_handle(im, c, &service, &au.handle) != 0)
        return -1;
    store_find_person(im->store, cell(im, c, COL_HANDLE), &known, &ignored);
    au.name = cell(im, c, COL_NAME);
    if (store_put_account(im->store, service, &au, im->now_ms, &account, &person, im->err) != 0)
        return -1;
    a = arena_new(1 << 20);
    rc = a ? set_person(im, c, person, a) : err_set(im->err, ERR_NOMEM, "no memory");
    arena_free(a);
    *(known ? &im->out->n_changed : &im->out->n_added) += rc == 0;
    return rc;
}

int
people_import(struct store *s, struct tocsin_str csv, const char *file, struct tocsin_str by,
              int64_t now_ms, struct import_result *out, struct err *err)
{
    struct import im = {
        .store = s, .file = file, .by = by, .now_ms = now_ms, .out = out, .err = err
    };
    struct csv c;
    int rc, more;

    *out = (struct import_result){ 0 };
    csv_begin(&c, csv);
    more = csv_next(&c);
    rc = more == 1 ? read_header(&im, &c) : err_set(err, ERR_DATA, "%s: empty, or not CSV", file);
    while (rc == 0 && (more = csv_next(&c)) == 1)
        rc = take_row(&im, &c);
    if (rc == 0 && more < 0)
        rc = err_set(err, ERR_DATA,
                     "%s:%zu: a quote that is not closed, text behind one, or more than %d fields",
                     file, c.line, CSV_MAX_FIELDS);
    csv_end(&c);
    return rc;
}
