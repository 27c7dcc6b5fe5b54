/* Base64 and encoded words: text of any language inside a mail. */
#include "email.h"

#include "../common/plain.h"

#define LINE 57       /* bytes that make 76 characters */
#define WORD_BYTES 42 /* of an encoded word: at most 75 characters with its frame */
#define PLAIN_MAX 60  /* longer ones are split into encoded words, so that no line is long */

static void
put_quad(struct sbuf *b, const unsigned char *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? p[2] : 0u);

    sbuf_char(b, digits[v >> 18]);
    sbuf_char(b, digits[v >> 12 & 63]);
    sbuf_char(b, n > 1 ? digits[v >> 6 & 63] : '=');
    sbuf_char(b, n > 2 ? digits[v & 63] : '=');
}

static void
put_run(struct sbuf *b, struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i += 3)
        put_quad(b, (const unsigned char *)s.p + i, s.n - i < 3 ? s.n - i : 3);
}

void
email_put_base64(struct sbuf *b, struct tocsin_str s)
{
    while (s.n > 0) {
        put_run(b, slice_upto(s, LINE));
        sbuf_z(b, "\r\n");
        s = slice_from(s, LINE);
    }
}

static bool
is_plain(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return s.n <= PLAIN_MAX && slice_find_z(s, "=?") == s.n;
}

void
email_put_words(struct sbuf *b, struct tocsin_str s)
{
    if (is_plain(s)) {
        sbuf_str(b, s);
        return;
    }
    for (bool is_first = true; s.n > 0; is_first = false) {
        size_t n = plain_cut(s, WORD_BYTES);

        sbuf_z(b, is_first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        put_run(b, slice_upto(s, n ? n : s.n));
        sbuf_z(b, "?=");
        s = slice_from(s, n ? n : s.n);
    }
}
