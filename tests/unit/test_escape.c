/* test_escape - foreign text made harmless, for each place it goes to. */
#include "base/escape.h"

#include "unit.h"

static const struct {
    int (*fn)(struct buf *, struct tocsin_str);
    const char *text, *want;
} rows[] = {
    { escape_html, "a & b", "a &amp; b" },
    { escape_html, "<script>alert('x')</script>",
      "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" },
    { escape_html, "\" onload=\"", "&quot; onload=&quot;" },
    { escape_html, "a\x1b[31m\x7f\nb", "a\xef\xbf\xbd[31m\xef\xbf\xbd\nb" },

    { escape_terminal, "plain \xc3\xa9 \xf0\x9f\x98\x80", "plain \xc3\xa9 \xf0\x9f\x98\x80" },
    { escape_terminal, "\x1b]0;title\x07", "\\x1B]0;title\\x07" },
    { escape_terminal,
      "\xc2\x9b"
      "31m",
      "\\x9B31m" },                                         /* C1 CSI */
    { escape_terminal, "a\nb\tc\r", "a\\x0Ab\\x09c\\x0D" }, /* no second line */
    { escape_terminal,
      "\xe2\x80\xae"
      "txt",
      "\\u{202E}txt" },
    { escape_terminal, "\xe2\x81\xa6\xd8\x9c", "\\u{2066}\\u{061C}" },
    { escape_terminal,
      "\x9b"
      "31m",
      "\xef\xbf\xbd"
      "31m" }, /* bad UTF-8 */
    { escape_terminal, "\x7f", "\\x7F" },
    { escape_terminal_lines, "a\n\tb\r\x1b", "a\n\tb\\x0D\\x1B" },

    { escape_csv, "plain", "plain" },
    { escape_csv, "", "" },
    { escape_csv, "a,b", "\"a,b\"" },
    { escape_csv, "say \"hi\"", "\"say \"\"hi\"\"\"" },
    { escape_csv, "two\nlines", "\"two\nlines\"" },
    { escape_csv, "=1+1", "'=1+1" },
    { escape_csv, "+1", "'+1" },
    { escape_csv, "-1", "'-1" },
    { escape_csv, "@SUM(A1)", "'@SUM(A1)" },
    { escape_csv, "\t=1", "\"'\t=1\"" },
    { escape_csv, "\r=1", "\"'\r=1\"" },
    { escape_csv, " =1", "\"' =1\"" },
    { escape_csv, "=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"" },
    { escape_csv, "a=b", "a=b" },

    { escape_url, "aZ0-._~", "aZ0-._~" },
    { escape_url, "a b/c?d&e=f%", "a%20b%2Fc%3Fd%26e%3Df%25" },
    { escape_url, "\xc3\xa9", "%C3%A9" },

    /* RFC 4648, 10 */
    { encode_base64, "", "" },
    { encode_base64, "f", "Zg==" },
    { encode_base64, "fo", "Zm8=" },
    { encode_base64, "foo", "Zm9v" },
    { encode_base64, "foob", "Zm9vYg==" },
    { encode_base64, "fooba", "Zm9vYmE=" },
    { encode_base64, "foobar", "Zm9vYmFy" },
    { encode_base64, "\xff\xfe\xfd", "//79" },
    { decode_base64, "Zm9vYmFy", "foobar" },
    { decode_base64, "Zm9v\r\n YmE=", "fooba" },
    { decode_base64, "Zg", "f" },
    { decode_base64, "", "" },
    { decode_base64, "Z", NULL },
    { decode_base64, "Zg=", NULL },
    { decode_base64, "Zg===", NULL },
    { decode_base64, "Zh==", NULL }, /* spare bits */
    { decode_base64, "Zg==Zg==", NULL },
    { decode_base64, "Zm9v=", NULL },
    { decode_base64, "Zm-_", NULL },
    { decode_base64, "====", NULL },
};

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;
        buf_init(&b, 200);
        assert_int_equal(rows[i].fn(&b, str_z(rows[i].text)), rows[i].want ? 0 : -1);
        if (rows[i].want)
            assert_string_equal(buf_cstr(&b), rows[i].want);
        buf_free(&b);
    }
}

static void
test_nul(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 200);
    assert_int_equal(escape_html(&b, STR_LIT("a\0b")), 0);
    buf_char(&b, '|');
    assert_int_equal(escape_terminal(&b, STR_LIT("a\0b")), 0);
    buf_char(&b, '|');
    assert_int_equal(escape_csv(&b, STR_LIT("\0=b")), 0);
    buf_char(&b, '|');
    assert_int_equal(decode_base64(&b, STR_LIT("Zm9v\0")), -1);
    assert_string_equal(buf_cstr(&b), "a\xef\xbf\xbd"
                                      "b|a\\x00b|'=b|foo");
    buf_free(&b);
}

static void
test_full(void **state)
{
    (void)state;
    static const struct tocsin_str text = STR_LIT("<\x1b,=\"");
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;
        buf_init(&b, 1);
        if (rows[i].fn != decode_base64)
            assert_int_equal(rows[i].fn(&b, text), -1);
        buf_free(&b);
    }
}

static void
test_hex(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 20);
    assert_int_equal(encode_hex(&b, "\x00\xff\x1a", 3), 0);
    assert_string_equal(buf_cstr(&b), "00ff1a");
    buf_free(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_hex),
    };
    return RUN_TESTS(tests);
}
