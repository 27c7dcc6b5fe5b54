/* escape - writes foreign text so that the reader of a format sees only text. */
#include "base/escape.h"

#include "base/utf8.h"

static const char hex_upper[] = "0123456789ABCDEF";

static int
result(const struct buf *b)
{
    return b->failed ? -1 : 0;
}

int
escape_html(struct buf *b, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        switch (c) {
        case '&':
            buf_z(b, "&amp;");
            break;
        case '<':
            buf_z(b, "&lt;");
            break;
        case '>':
            buf_z(b, "&gt;");
            break;
        case '"':
            buf_z(b, "&quot;");
            break;
        case '\'':
            buf_z(b, "&#39;");
            break;
        default:
            if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
                buf_utf8(b, 0xFFFD);
            else
                buf_char(b, s.p[i]);
        }
    }
    return result(b);
}

/* ---- terminal ------------------------------------------------------------ */

/* Characters that steer a terminal or turn the reading order around. */
static bool
is_steering(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || cp == 0x200E || cp == 0x200F ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
           (cp >= 0xFFF9 && cp <= 0xFFFB) || cp == 0xFEFF;
}

static int
escape_steering(struct buf *b, struct tocsin_str s, const char *kept)
{
    for (size_t at = 0; at < s.n;) {
        size_t begin = at;
        uint32_t cp = utf8_next(s, &at);
        if (!is_steering(cp) && cp != 0xFFFD)
            buf_str(b, str_sub(s, begin, at));
        else if (cp == 0xFFFD)
            buf_utf8(b, cp);
        else if (cp && cp < 0x20 && strchr(kept, (char)cp))
            buf_char(b, (char)cp);
        else if (cp < 0x100)
            buf_fmt(b, "\\x%02X", (unsigned)cp);
        else
            buf_fmt(b, "\\u{%04X}", (unsigned)cp);
    }
    return result(b);
}

int
escape_terminal(struct buf *b, struct tocsin_str s)
{
    return escape_steering(b, s, "");
}

int
escape_terminal_lines(struct buf *b, struct tocsin_str s)
{
    return escape_steering(b, s, "\n\t");
}

/* ---- CSV ------------------------------------------------------------------ */

static bool
has_any(struct tocsin_str s, const char *any)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] && strchr(any, s.p[i]))
            return true;
    return false;
}

/* Spreadsheets run what begins like a formula, also behind white space and NULs they skip. */
static bool
is_formula(struct tocsin_str s)
{
    if (has_any(str_sub(s, 0, 1), "\t\r"))
        return true;
    while (s.n && (unsigned char)s.p[0] <= ' ')
        s = str_sub(s, 1, s.n);
    return has_any(str_sub(s, 0, 1), "=+-@");
}

int
escape_csv(struct buf *b, struct tocsin_str s)
{
    bool is_quoted = has_any(s, ",\"\r\n;") || str_trim(s).n != s.n;
    if (is_quoted)
        buf_char(b, '"');
    if (is_formula(s))
        buf_char(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(b, '"');
        if (s.p[i])
            buf_char(b, s.p[i]);
    }
    if (is_quoted)
        buf_char(b, '"');
    return result(b);
}

/* ---- addresses and bytes ---------------------------------------------------- */

static bool
is_unreserved(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int
escape_url(struct buf *b, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_unreserved(c))
            buf_char(b, s.p[i]);
        else
            buf_add(b, (char[]){ '%', hex_upper[c >> 4], hex_upper[c & 15] }, 3);
    }
    return result(b);
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int
encode_base64(struct buf *b, struct tocsin_str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t v = (uint32_t)p[i] << 16;
        v |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
        v |= left > 2 ? p[i + 2] : 0;
        char out[4] = { base64_digits[v >> 18], base64_digits[v >> 12 & 63],
                        left > 1 ? base64_digits[v >> 6 & 63] : '=',
                        left > 2 ? base64_digits[v & 63] : '=' };
        buf_add(b, out, sizeof(out));
    }
    return result(b);
}

static int
base64_value(char c)
{
    const char *hit = c ? strchr(base64_digits, c) : NULL;
    return hit ? (int)(hit - base64_digits) : -1;
}

int
decode_base64(struct buf *b, struct tocsin_str s)
{
    uint32_t bits = 0;
    size_t digits = 0, pads = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == ' ' || (c >= '\t' && c <= '\r'))
            continue;
        if (c == '=') {
            pads++;
            continue;
        }
        int v = base64_value(c);
        if (v < 0 || pads)
            return -1;
        bits = bits << 6 | (uint32_t)v;
        digits++;
        if (digits % 4 == 0) {
            char out[3] = { (char)(bits >> 16), (char)(bits >> 8), (char)bits };
            buf_add(b, out, sizeof(out));
        }
    }
    size_t rest = digits % 4;
    /* Padding may be left out, but must not be wrong; spare bits must be zero. */
    if (rest == 1 || (pads && (rest == 0 || rest + pads != 4)))
        return -1;
    if ((rest == 2 && bits & 0xF) || (rest == 3 && bits & 3))
        return -1;
    if (rest == 2)
        buf_char(b, (char)(bits >> 4 & 0xFF));
    if (rest == 3) {
        buf_char(b, (char)(bits >> 10 & 0xFF));
        buf_char(b, (char)(bits >> 2 & 0xFF));
    }
    return result(b);
}

int
encode_hex(struct buf *b, const void *p, size_t n)
{
    static const char hex_lower[] = "0123456789abcdef";
    const unsigned char *bytes = p;
    for (size_t i = 0; i < n; i++)
        buf_add(b, (char[]){ hex_lower[bytes[i] >> 4], hex_lower[bytes[i] & 15] }, 2);
    return result(b);
}
