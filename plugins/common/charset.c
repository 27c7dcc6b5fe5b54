/* Finds the charset of a response and converts it to UTF-8 with iconv. */
#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "utf8fix.h"

struct label {
    const char *label, *iconv_name;
};

/* Labels as found in the wild; a label that people use for a superset names the superset. */
static const struct label labels[] = {
    { "us-ascii", "CP1252" },
    { "ascii", "CP1252" },
    { "iso-8859-1", "CP1252" },
    { "iso8859-1", "CP1252" },
    { "iso_8859-1", "CP1252" },
    { "latin1", "CP1252" },
    { "latin-1", "CP1252" },
    { "windows-1252", "CP1252" },
    { "cp1252", "CP1252" },
    { "windows-1250", "CP1250" },
    { "cp1250", "CP1250" },
    { "windows-1251", "CP1251" },
    { "cp1251", "CP1251" },
    { "windows-1253", "CP1253" },
    { "windows-1254", "CP1254" },
    { "windows-1255", "CP1255" },
    { "windows-1256", "CP1256" },
    { "windows-1257", "CP1257" },
    { "windows-1258", "CP1258" },
    { "windows-874", "CP874" },
    { "tis-620", "CP874" },
    { "iso-8859-11", "CP874" },
    { "iso-8859-2", "ISO-8859-2" },
    { "iso8859-2", "ISO-8859-2" },
    { "latin2", "ISO-8859-2" },
    { "iso-8859-3", "ISO-8859-3" },
    { "iso-8859-4", "ISO-8859-4" },
    { "iso-8859-5", "ISO-8859-5" },
    { "iso-8859-6", "ISO-8859-6" },
    { "iso-8859-7", "ISO-8859-7" },
    { "iso-8859-8", "ISO-8859-8" },
    { "iso-8859-8-i", "ISO-8859-8" },
    { "iso-8859-9", "CP1254" },
    { "latin5", "CP1254" },
    { "iso-8859-10", "ISO-8859-10" },
    { "iso-8859-13", "ISO-8859-13" },
    { "iso-8859-14", "ISO-8859-14" },
    { "iso-8859-15", "ISO-8859-15" },
    { "iso8859-15", "ISO-8859-15" },
    { "latin-9", "ISO-8859-15" },
    { "latin9", "ISO-8859-15" },
    { "iso-8859-16", "ISO-8859-16" },
    { "koi8-r", "KOI8-R" },
    { "koi8r", "KOI8-R" },
    { "koi8-u", "KOI8-U" },
    { "ibm866", "CP866" },
    { "cp866", "CP866" },
    { "macintosh", "MACINTOSH" },
    { "x-mac-roman", "MACINTOSH" },
    { "shift_jis", "CP932" },
    { "shift-jis", "CP932" },
    { "sjis", "CP932" },
    { "x-sjis", "CP932" },
    { "windows-31j", "CP932" },
    { "euc-jp", "EUC-JP" },
    { "x-euc-jp", "EUC-JP" },
    { "iso-2022-jp", "ISO-2022-JP" },
    { "gb2312", "GB18030" },
    { "gb_2312-80", "GB18030" },
    { "gbk", "GB18030" },
    { "x-gbk", "GB18030" },
    { "gb18030", "GB18030" },
    { "big5", "BIG5-HKSCS" },
    { "big5-hkscs", "BIG5-HKSCS" },
    { "x-x-big5", "BIG5-HKSCS" },
    { "euc-kr", "UHC" },
    { "ks_c_5601-1987", "UHC" },
    { "windows-949", "UHC" },
    { "utf-8", "UTF-8" },
    { "utf8", "UTF-8" },
    { "x-utf-8", "UTF-8" },
    { "unicode-1-1-utf-8", "UTF-8" },
    { "utf-16", "UTF-16LE" },
    { "utf-16le", "UTF-16LE" },
    { "utf-16be", "UTF-16BE" },
    { "utf-32", "UTF-32LE" },
    { "utf-32le", "UTF-32LE" },
    { "utf-32be", "UTF-32BE" },
};

#define N_LABELS (sizeof(labels) / sizeof(labels[0]))

static const char *
find_label(struct tocsin_str s)
{
    s = slice_trim(s);
    for (size_t i = 0; i < N_LABELS; i++)
        if (slice_case_eq_z(s, labels[i].label))
            return labels[i].iconv_name;
    return NULL;
}

static bool
is_utf8_name(const char *name)
{
    return name && strcmp(name, "UTF-8") == 0;
}

/* UTF-16 and UTF-32 cannot be told from text in which every other byte is NUL but by looking. */
static bool
is_wide_name(const char *name)
{
    return name && (strncmp(name, "UTF-16", 6) == 0 || strncmp(name, "UTF-32", 6) == 0);
}

struct mark {
    const char *bytes;
    size_t n;
    const char *name;
};

static const struct mark marks[] = {
    { "\xff\xfe\0\0", 4, "UTF-32LE" }, { "\0\0\xfe\xff", 4, "UTF-32BE" },
    { "\xef\xbb\xbf", 3, "UTF-8" },    { "\xff\xfe", 2, "UTF-16LE" },
    { "\xfe\xff", 2, "UTF-16BE" },
};

/* Two ASCII characters whose other bytes are NUL. */
static const char *
guess_wide(struct tocsin_str body)
{
    if (body.n < 4 || (body.p[0] && body.p[1]))
        return NULL;
    if (body.p[0] && !body.p[1] && body.p[2] && !body.p[3])
        return "UTF-16LE";
    if (!body.p[0] && body.p[1] && !body.p[2] && body.p[3])
        return "UTF-16BE";
    return NULL;
}

static const char *
find_mark(struct tocsin_str body, size_t *skip)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        const struct mark *m = &marks[i];

        if (body.n >= m->n && memcmp(body.p, m->bytes, m->n) == 0) {
            *skip = m->n;
            return m->name;
        }
    }
    return guess_wide(body);
}

/* Text that switches charset by escapes is ASCII to the eye. */
static bool
has_escapes(struct tocsin_str body)
{
    return slice_find_byte(body, '\x1b') < body.n;
}

static const char *
choose(struct tocsin_str body, struct tocsin_str http, struct tocsin_str declared, size_t *skip)
{
    const char *by_mark = find_mark(body, skip);
    const char *by_http = find_label(http), *by_text = find_label(declared);

    if (by_mark)
        return by_mark;
    if (is_wide_name(by_http))
        by_http = NULL; /* without a mark and without NULs it is a lie */
    if (is_wide_name(by_text))
        by_text = NULL;
    if (by_text && strcmp(by_text, "ISO-2022-JP") == 0 && has_escapes(body))
        return by_text;
    if (utf8fix_is_valid(body.p, body.n))
        return "UTF-8";
    if (by_http && !is_utf8_name(by_http) && (strcmp(by_http, "CP1252") != 0 || !by_text))
        return by_http;
    if (by_text)
        return by_text;
    return by_http ? by_http : "CP1252";
}

/* Converts what it can; a byte that has no meaning becomes U+FFFD. */
static char *
convert(const char *from, struct tocsin_str body, size_t *out_n)
{
    iconv_t cd = iconv_open("UTF-8", from);
    size_t room = body.n * 3 + 16;
    char *out, *to, *in = (char *)(uintptr_t)body.p;
    size_t left = body.n;

    if (cd == (iconv_t)-1)
        return NULL;
    out = malloc(room);
    to = out;
    while (out && left > 0 && iconv(cd, &in, &left, &to, &room) == (size_t)-1) {
        if (errno == E2BIG || room < 4)
            break;
        to += utf8fix_put(to, 0xfffd);
        room -= 3;
        in++;
        left--;
    }
    iconv_close(cd);
    *out_n = out ? (size_t)(to - out) : 0;
    return out;
}

/* Takes `text` (owned or not) as valid or nearly valid UTF-8 and cleans it. */
static int
clean(struct charset_text *out, struct tocsin_str text, char *owned)
{
    size_t n = 0;
    char *fixed;

    if (utf8fix_clean_prefix(text.p, text.n) == text.n) {
        out->s = text;
        out->owned = owned;
        return 0;
    }
    fixed = utf8fix_repair(text.p, text.n, &n);
    free(owned);
    if (!fixed)
        return -1;
    out->s = slice(fixed, n);
    out->owned = fixed;
    return 0;
}

int
charset_to_utf8(struct charset_text *out, struct tocsin_str body, struct tocsin_str http,
                struct tocsin_str declared)
{
    size_t skip = 0, n = 0;
    const char *name = choose(body, http, declared, &skip);
    char *text;

    *out = (struct charset_text){ .s = { "", 0 }, .name = name };
    body = slice_from(body, skip);
    if (is_utf8_name(name))
        return clean(out, body, NULL);
    text = convert(name, body, &n);
    if (!text) /* a converter that this machine lacks: what can be read is */
        return clean(out, body, NULL);
    return clean(out, slice(text, n), text);
}

void
charset_text_free(struct charset_text *t)
{
    free(t->owned);
    *t = (struct charset_text){ .s = { "", 0 } };
}

/* The value that follows `key`, an equals sign and perhaps a quote. */
static struct tocsin_str
value_after(struct tocsin_str s, const char *key)
{
    size_t at = slice_find_case_z(s, key), n = 0;
    char quote = 0;

    if (at == s.n)
        return slice_z("");
    s = slice_trim(slice_from(s, at + strlen(key)));
    if (s.n == 0 || s.p[0] != '=')
        return slice_z("");
    s = slice_trim(slice_from(s, 1));
    if (s.n > 0 && (s.p[0] == '"' || s.p[0] == '\'')) {
        quote = s.p[0];
        s = slice_from(s, 1);
    }
    while (n < s.n &&
           (quote ? s.p[n] != quote : !slice_is_space(s.p[n]) && s.p[n] != ';' && s.p[n] != '?'))
        n++;
    return slice_trim(slice_upto(s, n));
}

struct tocsin_str
charset_of_type(struct tocsin_str content_type)
{
    return value_after(content_type, "charset");
}

struct tocsin_str
charset_of_xml(struct tocsin_str body)
{
    size_t end, at;

    body = slice_upto(body, 1024);
    at = slice_find_z(body, "<?xml");
    if (at == body.n)
        return slice_z("");
    body = slice_from(body, at);
    end = slice_find_z(body, "?>");
    return value_after(slice_upto(body, end), "encoding");
}

void
charset_warm_up(void)
{
    static iconv_t kept[N_LABELS]; /* written here only: open converters pin their modules */

    for (size_t i = 0; i < N_LABELS; i++)
        if (!kept[i])
            kept[i] = iconv_open("UTF-8", labels[i].iconv_name);
}
