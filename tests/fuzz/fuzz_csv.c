/* fuzz_csv - any bytes; what was read as a record reads the same when it is written again. */
#include "fuzz.h"

#include "base/csv.h"

/* Every field in quotes, inner ones doubled. */
static void
write_record(struct buf *b, const struct csv *c)
{
    for (size_t i = 0; i < c->n_fields; i++) {
        buf_z(b, i ? ",\"" : "\"");
        for (size_t k = 0; k < c->fields[i].n; k++) {
            if (c->fields[i].p[k] == '"')
                buf_char(b, '"');
            buf_char(b, c->fields[i].p[k]);
        }
        buf_char(b, '"');
    }
    buf_z(b, "\r\n");
}

static void
check_again(const struct csv *c)
{
    struct csv again;
    struct buf b;

    buf_init(&b, 4 << 20);
    write_record(&b, c);
    csv_begin(&again, buf_view(&b));
    FUZZ_CHECK(csv_next(&again) == 1 && again.n_fields == c->n_fields);
    for (size_t i = 0; i < c->n_fields; i++)
        FUZZ_CHECK(str_eq(again.fields[i], c->fields[i]));
    FUZZ_CHECK(csv_next(&again) == 0);
    csv_end(&again);
    buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv c;
    size_t last = 0;

    csv_begin(&c, (struct tocsin_str){ (const char *)data, size });
    while (csv_next(&c) == 1) {
        FUZZ_CHECK(c.line > last && c.n_fields >= 1 && c.n_fields <= CSV_MAX_FIELDS);
        last = c.line;
        check_again(&c);
    }
    csv_end(&c);
    return 0;
}
