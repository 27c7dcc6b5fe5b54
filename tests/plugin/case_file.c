/* Reads *.response files. */
#include "plugin/case_file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/parse.h"

#define BODY_MAX ((size_t)64 * 1024 * 1024)

/* Takes one line off *p and ends it with NUL. */
static char *
take_line(char **p)
{
    char *line = *p, *end = strchr(line, '\n');

    if (!end) {
        *p += strlen(line);
        return line;
    }
    *end = '\0';
    *p = end + 1;
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    return line;
}

static bool
split_line(char *line, char **name, char **value)
{
    char *colon = strchr(line, ':');

    if (!colon)
        return false;
    *colon = '\0';
    *name = line;
    *value = colon + 1 + strspn(colon + 1, " \t");
    return true;
}

static int
take_status(struct case_file *f, const char *line)
{
    const char *space = strchr(line, ' ');

    f->status = space ? (int)strtol(space, NULL, 10) : 0;
    f->has_response = space && space[1] >= '0' && space[1] <= '9'; /* programs end with 0 */
    return f->has_response;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \n \t \\ \xNN */
static void
add_unescaped(struct buf *to, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i], d = i + 1 < s.n ? s.p[i + 1] : '\0';

        if (c != '\\' || !d || !strchr("nrt\\x", d)) {
            buf_char(to, c);
        } else if (d == 'x' && i + 3 < s.n && hex_digit(s.p[i + 2]) >= 0) {
            buf_char(to, (char)(hex_digit(s.p[i + 2]) << 4 | hex_digit(s.p[i + 3])));
            i += 3;
        } else {
            buf_char(to, d == 'n' ? '\n' : d == 'r' ? '\r' : d == 't' ? '\t' : '\\');
            i++;
        }
    }
}

/* "@MARK@=COUNT*TEXT": every MARK in the body becomes COUNT times TEXT. */
static int
fill(struct case_file *f, const char *rule)
{
    struct tocsin_str rest = str_z(rule), mark = str_cut(&rest, '='), count = str_cut(&rest, '*');
    struct tocsin_str body;
    struct buf out;
    uint64_t n;
    size_t at = 0;

    if (mark.n == 0 || parse_u64(count, &n) < 0)
        return -1;
    buf_init(&out, BODY_MAX);
    body = buf_view(&f->body);
    for (;;) {
        size_t hit = str_find(body, mark, at);

        buf_str(&out, str_sub(body, at, hit == SIZE_MAX ? body.n : hit));
        if (hit == SIZE_MAX)
            break;
        for (uint64_t i = 0; i < n; i++)
            buf_str(&out, rest);
        at = hit + mark.n;
    }
    buf_free(&f->body);
    f->body = out;
    return out.failed ? -1 : 0;
}

static int
take_body(struct case_file *f, struct tocsin_str body, struct err *err)
{
    const char *how = case_file_get(f, "Body");

    if (how && strcmp(how, "escapes") == 0)
        add_unescaped(&f->body, body);
    else
        buf_str(&f->body, body);
    for (size_t i = 0; i < f->n_lines; i++)
        if (strcasecmp(f->lines[i].name, "Fill") == 0 && fill(f, f->lines[i].value) < 0)
            return err_set(err, ERR_DATA, "Fill: want MARK=COUNT*TEXT");
    return 0;
}

static int
take_head(struct case_file *f, char **p, struct err *err)
{
    while (**p) {
        char *line = take_line(p);
        struct case_line *l = &f->lines[f->n_lines];

        if (strncmp(line, "HTTP/", 5) == 0)
            return take_status(f, line) ? 0 : err_set(err, ERR_DATA, "no status in \"%s\"", line);
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (f->n_lines == CASE_LINES_MAX || !split_line(line, &l->name, &l->value))
            return err_set(err, ERR_DATA, "not a \"Name: value\" line: \"%s\"", line);
        f->n_lines++;
    }
    return 0; /* nothing but lines: a case without a response */
}

static int
take_headers(struct case_file *f, char **p, struct err *err)
{
    while (**p) {
        char *line = take_line(p), *name, *value;

        if (line[0] == '\0')
            return 0;
        if (f->n_headers == CASE_LINES_MAX || !split_line(line, &name, &value))
            return err_set(err, ERR_DATA, "not a header: \"%s\"", line);
        f->headers[f->n_headers++] = (struct tocsin_field){ str_z(name), str_z(value) };
    }
    return 0;
}

int
case_file_read(struct case_file *f, const char *path, struct err *err)
{
    char *p, *start;

    *f = (struct case_file){ .status = 0 };
    buf_init(&f->bytes, BODY_MAX);
    buf_init(&f->body, BODY_MAX);
    if (file_read(&f->bytes, path, err) < 0)
        return -1;
    buf_char(&f->bytes, '\0');
    if (f->bytes.failed)
        return err_set(err, ERR_NOMEM, "%s: too large", path);
    p = start = f->bytes.p;
    if (take_head(f, &p, err) < 0 || take_headers(f, &p, err) < 0)
        return err_prefix(err, "%s", path);
    if (take_body(f, (struct tocsin_str){ p, f->bytes.n - 1 - (size_t)(p - start) }, err) < 0)
        return err_prefix(err, "%s", path);
    return 0;
}

void
case_file_free(struct case_file *f)
{
    buf_free(&f->bytes);
    buf_free(&f->body);
}

const char *
case_file_get(const struct case_file *f, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < f->n_lines; i++)
        if (strcasecmp(f->lines[i].name, name) == 0)
            value = f->lines[i].value;
    return value;
}
