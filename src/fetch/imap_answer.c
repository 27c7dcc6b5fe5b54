/* Reads SEARCH numbers, UIDVALIDITY and one literal. */
#include "fetch/imap_answer.h"

#include <stdlib.h>

#include "base/parse.h"

enum { UIDS_MAX = 1000000, LIMIT_DEFAULT = 1000 };

struct uids {
    uint64_t *v;
    size_t n, cap;
};

static int
add_uid(struct uids *u, uint64_t uid)
{
    if (u->n == u->cap) {
        size_t cap = u->cap ? 2 * u->cap : 256;
        uint64_t *v = cap > UIDS_MAX ? NULL : realloc(u->v, cap * sizeof *v);
        if (!v)
            return -1;
        u->v = v;
        u->cap = cap;
    }
    u->v[u->n++] = uid;
    return 0;
}

static int
by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t
uidvalidity(struct tocsin_str line)
{
    struct tocsin_str key = STR_LIT("[UIDVALIDITY ");
    size_t at = str_find(line, key, 0);
    uint64_t v = 0;

    if (at != SIZE_MAX) {
        struct tocsin_str rest = str_sub(line, at + key.n, line.n);
        parse_u64(str_cut(&rest, ']'), &v);
    }
    return v;
}

static int
read_search(struct uids *u, struct tocsin_str numbers, uint64_t after)
{
    while (numbers.n) {
        uint64_t uid;
        struct tocsin_str word = str_cut(&numbers, ' ');
        /* "n:*" always names the last mail, even one below n */
        if (parse_u64(word, &uid) == 0 && uid > after && add_uid(u, uid) < 0)
            return -1;
    }
    return 0;
}

int
imap_answer_list(struct buf *out, struct tocsin_str raw, uint64_t after, uint32_t limit)
{
    struct uids u = { 0 };
    uint64_t validity = 0;
    int rc = 0;

    while (raw.n && rc == 0) {
        struct tocsin_str line = str_trim(str_cut(&raw, '\n'));
        uint64_t v = str_starts(line, STR_LIT("* ")) ? uidvalidity(line) : 0;
        if (v)
            validity = v;
        if (str_starts(line, STR_LIT("* SEARCH")))
            rc = read_search(&u, str_sub(line, 8, line.n), after);
    }
    if (rc == 0) {
        if (u.n)
            qsort(u.v, u.n, sizeof *u.v, by_value);
        buf_fmt(out, "UIDVALIDITY %llu\n", (unsigned long long)validity);
        size_t most = limit ? limit : LIMIT_DEFAULT;
        for (size_t i = 0; i < u.n && i < most; i++)
            buf_fmt(out, "%llu\n", (unsigned long long)u.v[i]);
    }
    free(u.v);
    return rc == 0 && !out->failed ? 0 : -1;
}

/* "... {123}" at the end of a line. */
static int
literal_size(struct tocsin_str line, uint64_t *out)
{
    if (!line.n || line.p[line.n - 1] != '}')
        return -1;
    for (size_t i = line.n - 1; i; i--)
        if (line.p[i - 1] == '{')
            return parse_u64(str_sub(line, i, line.n - 1), out);
    return -1;
}

int
imap_answer_mail(struct tocsin_str *out, struct tocsin_str raw)
{
    while (raw.n) {
        struct tocsin_str line = str_trim(str_cut(&raw, '\n'));
        uint64_t n;
        if (!str_starts(line, STR_LIT("* ")) ||
            str_find(line, STR_LIT(" FETCH ("), 0) == SIZE_MAX || literal_size(line, &n) < 0)
            continue;
        if (n > raw.n)
            return -1;
        *out = str_sub(raw, 0, (size_t)n);
        return 0;
    }
    return 1;
}
