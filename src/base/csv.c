/* csv - reads records of comma separated fields. */
#include "base/csv.h"

#define MAX_RECORD (1 << 20)

void
csv_begin(struct csv *c, struct tocsin_str text)
{
    if (str_starts(text, STR_LIT("\xef\xbb\xbf")))
        text = str_sub(text, 3, text.n);
    c->rest = text;
    c->line = c->next_line = 1;
    c->n_fields = 0;
    buf_init(&c->buf, MAX_RECORD);
}

void
csv_end(struct csv *c)
{
    buf_free(&c->buf);
}

static bool
ends_field(const struct csv *c, size_t at)
{
    return at >= c->rest.n || c->rest.p[at] == ',' || c->rest.p[at] == '\n' ||
           (c->rest.p[at] == '\r' && (at + 1 >= c->rest.n || c->rest.p[at + 1] == '\n'));
}

/* The inside of quotes from *at, which moves behind the closing one. */
static int
quoted(struct csv *c, size_t *at)
{
    for (++*at; *at < c->rest.n; ++*at) {
        char ch = c->rest.p[*at];
        if (ch == '\n')
            c->next_line++;
        if (ch != '"') {
            buf_char(&c->buf, ch);
        } else if (*at + 1 < c->rest.n && c->rest.p[*at + 1] == '"') {
            buf_char(&c->buf, '"');
            ++*at;
        } else {
            ++*at;
            return ends_field(c, *at) ? 0 : -1;
        }
    }
    return -1;
}

static int
field(struct csv *c, size_t *at, size_t *length)
{
    size_t begin = c->buf.n;

    if (*at < c->rest.n && c->rest.p[*at] == '"') {
        if (quoted(c, at) != 0)
            return -1;
    } else {
        while (!ends_field(c, *at))
            buf_char(&c->buf, c->rest.p[(*at)++]);
    }
    *length = c->buf.n - begin;
    return c->buf.failed ? -1 : 0;
}

static void
skip_empty_lines(struct csv *c)
{
    while (c->rest.n > 0 && (c->rest.p[0] == '\n' || c->rest.p[0] == '\r')) {
        c->next_line += c->rest.p[0] == '\n';
        c->rest = str_sub(c->rest, 1, c->rest.n);
    }
}

int
csv_next(struct csv *c)
{
    size_t at = 0, length[CSV_MAX_FIELDS], begin = 0;

    skip_empty_lines(c);
    c->line = c->next_line;
    c->n_fields = 0;
    buf_reset(&c->buf);
    if (c->rest.n == 0)
        return 0;
    for (;;) {
        if (c->n_fields == CSV_MAX_FIELDS || field(c, &at, &length[c->n_fields]) != 0)
            return -1;
        c->n_fields++;
        if (at >= c->rest.n || c->rest.p[at] != ',')
            break;
        at++;
    }
    for (size_t i = 0; i < c->n_fields; begin += length[i++])
        c->fields[i] = str_sub(buf_view(&c->buf), begin, begin + length[i]);
    c->rest = str_sub(c->rest, at, c->rest.n);
    return 1;
}
