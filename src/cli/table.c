/* table - cells collected and printed in one of four forms. */
#include "cli/table.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/parse.h"
#include "base/utf8.h"

#define MAX_OUT (256 << 20)
#define MAX_CELL 60 /* characters of a cell of the table */

struct table {
    enum format format;
    const char *const *columns;
    size_t n_columns, at; /* at: cells of the row begun */
    size_t n_rows;
    struct buf out;
    struct jout j;
    char **cells; /* table form: all cells */
    size_t n_cells, cap;
    bool failed;
};

struct table *
table_new(enum format f, const char *const *columns, size_t n)
{
    struct table *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->format = f;
    t->columns = columns;
    t->n_columns = n;
    buf_init(&t->out, MAX_OUT);
    if (f == FORMAT_JSON)
        buf_z(&t->out, "[");
    for (size_t i = 0; f == FORMAT_CSV && i < n; i++)
        buf_fmt(&t->out, "%s%s", columns[i], i + 1 < n ? "," : "\r\n");
    return t;
}

static void
flush(struct table *t)
{
    if (t->out.n > 0)
        fwrite(t->out.p, 1, t->out.n, stdout);
    buf_reset(&t->out);
}

static void
begin_cell(struct table *t)
{
    if (t->at == 0 && (t->format == FORMAT_JSON || t->format == FORMAT_JSONL)) {
        if (t->format == FORMAT_JSON)
            buf_z(&t->out, t->n_rows ? ",\n " : "\n ");
        jout_begin(&t->j, &t->out);
        jout_object(&t->j);
    }
    if (t->format == FORMAT_JSON || t->format == FORMAT_JSONL)
        jout_key(&t->j, t->columns[t->at]);
}

static void
end_cell(struct table *t)
{
    if (++t->at < t->n_columns) {
        if (t->format == FORMAT_CSV)
            buf_char(&t->out, ',');
        return;
    }
    t->at = 0;
    t->n_rows++;
    if (t->format == FORMAT_JSON || t->format == FORMAT_JSONL)
        jout_object_end(&t->j);
    if (t->format == FORMAT_CSV)
        buf_z(&t->out, "\r\n");
    if (t->format == FORMAT_JSONL)
        buf_char(&t->out, '\n');
    if (t->format != FORMAT_TABLE && t->out.n > 65536)
        flush(t);
}

static void
keep_cell(struct table *t, struct tocsin_str s)
{
    struct buf b;

    if (t->n_cells == t->cap) {
        size_t cap = t->cap ? 2 * t->cap : 256;
        char **v = reallocarray(t->cells, cap, sizeof *v);
        if (!v) {
            t->failed = true;
            return;
        }
        t->cells = v;
        t->cap = cap;
    }
    buf_init(&b, 1 << 16);
    escape_terminal(&b, str_clip_utf8(s, 4096));
    t->cells[t->n_cells] = buf_take(&b);
    t->failed |= t->cells[t->n_cells] == NULL;
    t->n_cells += t->cells[t->n_cells] != NULL;
}

/* The cell's text where the form has no types. */
static void
plain_cell(struct table *t, struct tocsin_str s)
{
    if (t->format == FORMAT_CSV)
        escape_csv(&t->out, s);
    else
        keep_cell(t, s);
    end_cell(t);
}

static bool
is_json(const struct table *t)
{
    return t->format == FORMAT_JSON || t->format == FORMAT_JSONL;
}

void
table_str(struct table *t, struct tocsin_str s)
{
    begin_cell(t);
    if (!is_json(t)) {
        plain_cell(t, s);
        return;
    }
    jout_str(&t->j, s);
    end_cell(t);
}

void
table_z(struct table *t, const char *z)
{
    table_str(t, str_z(z ? z : ""));
}

/* Our own digits: no spreadsheet takes them for a formula, and a minus stays one. */
static void
number(struct table *t, const char *text)
{
    if (t->format != FORMAT_CSV) {
        table_json(t, str_z(text), str_z(text));
        return;
    }
    begin_cell(t);
    buf_z(&t->out, text);
    end_cell(t);
}

void
table_i64(struct table *t, int64_t v)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)v);
    number(t, text);
}

void
table_id(struct table *t, int64_t v)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long)v);
    table_z(t, v ? text : "");
}

void
table_double(struct table *t, double v, int decimals)
{
    char text[400]; /* the largest double has 309 digits */

    if (!isfinite(v)) {
        table_json(t, STR_LIT("null"), STR_NONE);
        return;
    }
    snprintf(text, sizeof text, "%.*f", decimals, v);
    number(t, text);
}

void
table_bool(struct table *t, bool v)
{
    table_json(t, v ? STR_LIT("true") : STR_LIT("false"), v ? STR_LIT("yes") : STR_LIT("no"));
}

void
table_time(struct table *t, int64_t utc_ms)
{
    struct buf b;

    buf_init(&b, 64);
    if (utc_ms && t->format == FORMAT_TABLE)
        format_clock(&b, utc_ms, clock_wall(&clock_system));
    else if (utc_ms)
        format_rfc3339(&b, utc_ms);
    if (is_json(t) && utc_ms == 0)
        table_json(t, STR_LIT("null"), STR_NONE);
    else
        table_str(t, buf_view(&b));
    buf_free(&b);
}

void
table_json(struct table *t, struct tocsin_str json, struct tocsin_str shown)
{
    begin_cell(t);
    if (!is_json(t)) {
        plain_cell(t, shown);
        return;
    }
    t->j.after_key = false;
    buf_str(&t->out, json);
    end_cell(t);
}

/* ---- the table's own form ------------------------------------------------------------ */

static size_t
width_of(const char *cell)
{
    size_t n = utf8_count(str_z(cell));

    return n > MAX_CELL ? MAX_CELL : n;
}

static void
put_cell(const char *cell, size_t width, bool is_last)
{
    struct tocsin_str s = str_z(cell);
    size_t at = 0, n = 0;

    while (at < s.n && (n < MAX_CELL || is_last)) {
        utf8_next(s, &at);
        n++;
    }
    fwrite(s.p, 1, at, stdout);
    for (; n < width + 2 && !is_last; n++)
        putchar(' ');
}

static void
print_table(const struct table *t)
{
    size_t *width = calloc(t->n_columns, sizeof *width);

    for (size_t i = 0; width && i < t->n_columns; i++)
        width[i] = strlen(t->columns[i]);
    for (size_t i = 0; width && i < t->n_cells; i++)
        if (width_of(t->cells[i]) > width[i % t->n_columns])
            width[i % t->n_columns] = width_of(t->cells[i]);
    for (size_t i = 0; width && i < t->n_columns; i++) {
        for (size_t k = 0; t->columns[i][k]; k++)
            putchar(t->columns[i][k] == '_' ? ' ' : toupper((unsigned char)t->columns[i][k]));
        if (i + 1 < t->n_columns)
            printf("%*s", (int)(width[i] + 2 - strlen(t->columns[i])), "");
    }
    putchar('\n');
    for (size_t i = 0; width && i < t->n_cells; i++) {
        bool is_last = (i + 1) % t->n_columns == 0;
        put_cell(t->cells[i], width[i % t->n_columns], is_last);
        if (is_last)
            putchar('\n');
    }
    free(width);
}

int
table_end(struct table *t, const char *empty)
{
    int rc;

    if (t->format == FORMAT_JSON)
        buf_z(&t->out, t->n_rows ? "\n]\n" : "]\n");
    if (t->format == FORMAT_TABLE && t->n_rows > 0)
        print_table(t);
    if (t->n_rows == 0 && empty && t->format == FORMAT_TABLE)
        fprintf(stderr, "%s\n", empty);
    flush(t);
    rc = t->failed || t->out.failed || fflush(stdout) != 0 ? -1 : 0;
    for (size_t i = 0; i < t->n_cells; i++)
        free(t->cells[i]);
    free(t->cells);
    buf_free(&t->out);
    free(t);
    return rc;
}
