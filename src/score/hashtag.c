/* Splits a hashtag by dynamic programming over its prefixes. */
#include "score/hashtag.h"

#define NEVER 1000000

/* Short words are dear, so that "not here" beats "no there"; digits pass as they are. */
static int
cost(const struct lexicon *x, struct tocsin_str s)
{
    const struct lex_entry *e = lexicon_find(x, lex_hash(s));
    bool all_digits = true;

    for (size_t i = 0; i < s.n; i++)
        all_digits &= s.p[i] >= '0' && s.p[i] <= '9';
    if (all_digits)
        return 12;
    if (!e || !e->is_known || s.n < 2)
        return s.n == 1 && (s.p[0] == 'a' || s.p[0] == 'i') ? 40 : NEVER;
    return 20 + (s.n == 2 ? 12 : s.n == 3 ? 4 : 0);
}

size_t
hashtag_split(const struct lexicon *x, struct tocsin_str name, size_t cuts[HASHTAG_WORDS])
{
    int best[HASHTAG_BYTES + 1];
    size_t before[HASHTAG_BYTES + 1], n = 0, ends[HASHTAG_BYTES];

    if (name.n < 4 || name.n > HASHTAG_BYTES)
        return 0;
    best[0] = 0;
    for (size_t end = 1; end <= name.n; end++) {
        best[end] = NEVER;
        before[end] = 0;
        for (size_t at = end > 15 ? end - 15 : 0; at < end; at++) {
            if (best[at] >= NEVER)
                continue;
            int c = best[at] + cost(x, str_sub(name, at, end));
            if (c < best[end]) {
                best[end] = c;
                before[end] = at;
            }
        }
    }
    if (best[name.n] >= NEVER)
        return 0;
    for (size_t at = name.n; at > 0; at = before[at])
        ends[n++] = at;
    if (n < 2 || n > HASHTAG_WORDS)
        return 0;
    for (size_t i = 0; i < n; i++)
        cuts[i] = ends[n - 1 - i];
    return n;
}
