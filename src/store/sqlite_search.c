/* sqlite_search - what a user typed, as FTS5 understands it without any syntax of its own. */
#include "store/sqlite_db.h"

#define WORDS_MAX 64

/* Would the tokenizer find something to look for? FTS5 fails on nothing but quotes. */
static bool
has_word(struct tocsin_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

static void
add_phrase(struct buf *out, struct tocsin_str phrase)
{
    if (!has_word(phrase))
        return;
    if (out->n > 0)
        buf_char(out, ' ');
    buf_char(out, '"');
    for (size_t i = 0; i < phrase.n; i++) {
        unsigned char c = (unsigned char)phrase.p[i];
        buf_char(out, c < 0x20 || c == '"' ? ' ' : (char)c);
    }
    buf_char(out, '"');
}

/* The next word, or what stands between two quotes (to the end, where the second is missing). */
static struct tocsin_str
next_phrase(struct tocsin_str s, size_t *at)
{
    size_t begin = *at, end;

    if (s.p[begin] == '"') {
        begin++;
        end = begin;
        while (end < s.n && s.p[end] != '"')
            end++;
        *at = end < s.n ? end + 1 : end;
        return str_sub(s, begin, end);
    }
    end = begin;
    while (end < s.n && (unsigned char)s.p[end] > ' ' && s.p[end] != '"')
        end++;
    *at = end;
    return str_sub(s, begin, end);
}

void
search_quote(struct buf *out, struct tocsin_str words)
{
    size_t at = 0;

    for (int n = 0; n < WORDS_MAX; n++) {
        while (at < words.n && (unsigned char)words.p[at] <= ' ')
            at++;
        if (at >= words.n)
            return;
        add_phrase(out, next_phrase(words, &at));
    }
}
