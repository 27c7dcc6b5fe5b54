/* Collects what is wrong with a configuration, and shows it with the line and a caret. */
#include "config/findings.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/escape.h"
#include "base/utf8.h"

#define LINE_SHOWN 100 /* characters of a long line shown around the caret */

struct findings {
    struct arena *arena;
    struct finding v[FINDINGS_MAX];
    size_t n, n_errors;
    size_t n_dropped;
};

struct findings *
findings_new(void)
{
    struct findings *f = calloc(1, sizeof(*f));

    if (!f)
        return NULL;
    f->arena = arena_new(16u << 20);
    if (!f->arena) {
        free(f);
        return NULL;
    }
    return f;
}

void
findings_free(struct findings *f)
{
    if (!f)
        return;
    arena_free(f->arena);
    free(f);
}

size_t
findings_count(const struct findings *f, bool errors_only)
{
    return errors_only ? f->n_errors : f->n;
}

const struct finding *
findings_at(const struct findings *f, size_t i)
{
    return i < f->n ? &f->v[i] : NULL;
}

void
findings_vadd(struct findings *f, bool is_error, const struct place *at, struct tocsin_str line,
              const char *fmt, va_list ap)
{
    struct finding *one;
    struct buf b;

    if (is_error)
        f->n_errors++;
    if (f->n == FINDINGS_MAX) {
        f->n_dropped++;
        return;
    }
    one = &f->v[f->n++];
    one->is_error = is_error;
    buf_init(&b, 4096);
    buf_vfmt(&b, fmt, ap);
    one->msg = arena_z(f->arena, buf_view(&b));
    buf_free(&b);
    if (!one->msg)
        one->msg = "no memory";
    if (at) {
        one->at = *at;
        one->at.file = at->file ? arena_z(f->arena, str_z(at->file)) : NULL;
    }
    if (line.n)
        one->line = arena_z(f->arena, str_clip_utf8(line, 64u << 10));
}

void
findings_add(struct findings *f, bool is_error, const struct place *at, const char *line,
             const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    findings_vadd(f, is_error, at, str_z(line), fmt, ap);
    va_end(ap);
}

/* The byte where character number `column` (from 1) begins. */
static size_t
byte_of_column(struct tocsin_str line, int column)
{
    size_t at = 0;

    for (int i = 1; i < column && at < line.n; i++)
        utf8_next(line, &at);
    return at;
}

/* The line and, below it, a caret; a long line is shown around the caret only. */
static void
print_line(struct buf *out, const struct finding *one)
{
    struct tocsin_str line = str_z(one->line);
    int first = one->at.column > LINE_SHOWN * 2 / 3 ? one->at.column - LINE_SHOWN / 2 : 1;
    size_t from = byte_of_column(line, first);
    size_t caret = byte_of_column(line, one->at.column);
    size_t until = byte_of_column(line, first + LINE_SHOWN);
    struct tocsin_str before = str_sub(line, from, caret);

    buf_z(out, "    ");
    for (size_t i = from; i < until;) {
        size_t end = i;
        utf8_next(line, &end);
        if (line.p[i] == '\t')
            buf_char(out, ' ');
        else
            escape_terminal(out, str_sub(line, i, end));
        i = end;
    }
    buf_z(out, "\n    ");
    for (size_t i = utf8_count(before); i > 0; i--)
        buf_char(out, ' ');
    buf_z(out, "^\n");
}

void
findings_print(const struct findings *f, struct buf *out)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *one = &f->v[i];
        if (one->at.file)
            escape_terminal(out, str_z(one->at.file));
        if (one->at.file && one->at.line > 0)
            buf_fmt(out, ":%d:%d", one->at.line, one->at.column);
        buf_fmt(out, "%s%s: ", one->at.file ? ": " : "", one->is_error ? "error" : "warning");
        escape_terminal(out, str_z(one->msg));
        buf_char(out, '\n');
        if (one->line && one->at.column > 0)
            print_line(out, one);
    }
    if (f->n_dropped)
        buf_fmt(out, "and %zu more\n", f->n_dropped);
}
