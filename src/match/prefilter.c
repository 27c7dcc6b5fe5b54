/* prefilter - bitmaps and a hash table of the rarest bytes of every rule's literals. */
#include "match/prefilter.h"

#include <stdlib.h>

#include "base/hash.h"
#include "match/rarity.h"

/* One literal with the rules that have it. */
struct entry {
    uint64_t head, mask; /* the first eight bytes, or as many as there are */
    uint64_t gram;       /* the bytes it is found by: six, four, or the first */
    uint32_t bytes;      /* offset in the pool */
    uint32_t rules;      /* offset in the rules */
    uint32_t n_rules;
    uint16_t n;
    uint8_t gram_at;
    uint8_t flags, scope;
};

struct posting {
    uint32_t rule, next; /* next: 1 + index, 0: last */
    uint8_t flags;
    char before, behind;
};

struct building {
    struct entry e;
    uint32_t first; /* posting */
};

struct prefilter_build {
    struct hash *seen; /* literal with flags and scope, to 1 + index */
    struct building *v;
    struct posting *postings;
    char *pool;
    size_t n, cap, n_postings, cap_postings, n_pool, cap_pool;
};

struct slot {
    uint64_t gram;
    uint32_t first, n; /* entries first .. first + n; n 0: empty */
};

struct rule_ref {
    uint32_t rule;
    uint8_t flags;
    char before, behind;
};

struct prefilter {
    uint64_t *bits4, *bits6; /* of the grams of four and of six bytes */
    int shift;               /* of a hash, to a bit's number */
    size_t n_four, n_six;
    struct slot *slots;
    uint32_t slot_mask;
    struct entry *entries;
    size_t n_entries, n_long;
    struct rule_ref *rules;
    char *pool;
    uint64_t short_bits[1024]; /* of the first two bytes of short literals */
    uint32_t short_first[257]; /* by first byte */
};

struct prefilter_build *
prefilter_build_new(void)
{
    struct prefilter_build *b = calloc(1, sizeof(*b));
    if (b && !(b->seen = hash_new())) {
        free(b);
        b = NULL;
    }
    return b;
}

void
prefilter_build_free(struct prefilter_build *b)
{
    if (!b)
        return;
    hash_free(b->seen, NULL);
    free(b->v);
    free(b->postings);
    free(b->pool);
    free(b);
}

static int
make_room(void **v, size_t *cap, size_t n, size_t size)
{
    if (n <= *cap)
        return 0;
    size_t want = n * 2 < 64 ? 64 : n * 2;
    void *p = realloc(*v, want * size);
    if (!p)
        return -1;
    *v = p;
    *cap = want;
    return 0;
}

static inline uint64_t
load8(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    return w;
}

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FIRST_BYTES(w, k) ((w) >> (64 - 8 * (k)))
#else
#define FIRST_BYTES(w, k) ((w) & ((UINT64_C(1) << 8 * (k)) - 1))
#endif

static struct building *
new_entry(struct prefilter_build *b, struct tocsin_str s, int flags, uint8_t scope)
{
    if (make_room((void **)&b->v, &b->cap, b->n + 1, sizeof(*b->v)) ||
        make_room((void **)&b->pool, &b->cap_pool, b->n_pool + s.n, 1))
        return NULL;
    struct building *e = &b->v[b->n];
    size_t k = s.n >= 6 ? 6 : 4, at = s.n >= 4 ? rarity_gram(s, k) : 0;
    uint64_t gram = (unsigned char)s.p[0];
    if (s.n >= 4) {
        char bytes[8] = { 0 };
        memcpy(bytes, s.p + at, k);
        gram = FIRST_BYTES(load8(bytes), k);
    }
    *e = (struct building){ .e = { .bytes = (uint32_t)b->n_pool,
                                   .n = (uint16_t)s.n,
                                   .gram_at = (uint8_t)at,
                                   .gram = gram,
                                   .flags = (uint8_t)(flags & ~LITERAL_IS_HIT),
                                   .scope = scope } };
    memset(&e->e.mask, 0xFF, s.n < 8 ? s.n : 8);
    memcpy(&e->e.head, s.p, s.n < 8 ? s.n : 8);
    memcpy(b->pool + b->n_pool, s.p, s.n);
    b->n_pool += s.n;
    b->n++;
    return e;
}

int
prefilter_add(struct prefilter_build *b, const struct literal_use *use, uint32_t rule)
{
    char key[260];
    struct tocsin_str s = use->s;
    int flags = use->flags;
    uint8_t scope = use->scope;
    struct posting posting = { rule, 0, 0, use->before, use->behind };
    if (s.n > 250) { /* a part will do */
        s.n = 250;
        flags &= ~(LITERAL_ENDS | LITERAL_IS_HIT);
    }
    key[0] = (char)(flags & ~LITERAL_IS_HIT);
    key[1] = (char)scope;
    memcpy(key + 2, s.p, s.n);
    struct tocsin_str k = { key, s.n + 2 };
    uintptr_t at = (uintptr_t)hash_find(b->seen, k);
    if (!at) {
        if (!new_entry(b, s, flags, scope) || hash_set(b->seen, k, (void *)b->n, NULL))
            return -1;
        at = b->n;
    }
    struct building *e = &b->v[at - 1];
    if (make_room((void **)&b->postings, &b->cap_postings, b->n_postings + 1, sizeof(*b->postings)))
        return -1;
    posting.next = e->first;
    posting.flags = (uint8_t)(flags & LITERAL_IS_HIT);
    b->postings[b->n_postings++] = posting;
    e->first = (uint32_t)b->n_postings;
    e->e.n_rules++;
    return 0;
}

/* Long ones first, by gram; short ones by first byte. */
static int
by_gram(const void *a, const void *b)
{
    const struct entry *x = &((const struct building *)a)->e, *y = &((const struct building *)b)->e;
    bool xs = x->n < 4, ys = y->n < 4;
    if (xs != ys)
        return xs ? 1 : -1;
    if (x->gram != y->gram)
        return x->gram < y->gram ? -1 : 1;
    return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

static inline uint64_t
hash_gram(uint64_t g)
{
    return g * UINT64_C(0x9E3779B97F4A7C15);
}

static void
put_slots(struct prefilter *f)
{
    for (uint32_t i = 0; i < f->n_long;) {
        uint32_t k = i;
        uint64_t gram = f->entries[i].gram;
        while (k < f->n_long && f->entries[k].gram == gram)
            k++;
        uint64_t h = hash_gram(gram), bit = h >> f->shift;
        uint32_t at = (uint32_t)(h >> 24) & f->slot_mask;
        bool six = f->entries[i].n >= 6;
        (six ? f->bits6 : f->bits4)[bit >> 6] |= UINT64_C(1) << (bit & 63);
        f->n_six += six;
        f->n_four += !six;
        while (f->slots[at].n)
            at = (at + 1) & f->slot_mask;
        f->slots[at] = (struct slot){ gram, i, k - i };
        i = k;
    }
}

static void
put_short(struct prefilter *f)
{
    uint32_t at = (uint32_t)f->n_long;
    for (uint32_t c = 0; c < 256; c++) {
        f->short_first[c] = at;
        for (; at < f->n_entries && f->entries[at].gram == c; at++) {
            const struct entry *e = &f->entries[at];
            unsigned char second = e->n > 1 ? (unsigned char)f->pool[e->bytes + 1] : 0;
            for (uint32_t d = 0; d < 256; d++)
                if (e->n == 1 || d == second)
                    f->short_bits[(c << 8 | d) >> 6] |= UINT64_C(1) << (d & 63);
        }
    }
    f->short_first[256] = at;
}

static void
put_rules(struct prefilter *f, const struct prefilter_build *b)
{
    uint32_t k = 0;
    for (size_t i = 0; i < b->n; i++) {
        f->entries[i] = b->v[i].e;
        f->entries[i].rules = k;
        for (uint32_t p = b->v[i].first; p; p = b->postings[p - 1].next)
            f->rules[k++] =
                (struct rule_ref){ b->postings[p - 1].rule, b->postings[p - 1].flags,
                                   b->postings[p - 1].before, b->postings[p - 1].behind };
        f->n_long += b->v[i].e.n >= 4;
    }
}

struct prefilter *
prefilter_new(struct prefilter_build *b)
{
    struct prefilter *f = calloc(1, sizeof(*f));
    uint32_t slots = 16, log_bits = 14;
    if (!f)
        return NULL;
    while (slots < b->n * 2)
        slots *= 2;
    while (log_bits < 19 && (UINT64_C(1) << log_bits) < b->n * 64)
        log_bits++;
    f->shift = (int)(64 - log_bits);
    f->slot_mask = slots - 1;
    f->n_entries = b->n;
    f->bits4 = calloc((size_t)1 << (log_bits - 6), sizeof(*f->bits4));
    f->bits6 = calloc((size_t)1 << (log_bits - 6), sizeof(*f->bits6));
    f->slots = calloc(slots, sizeof(*f->slots));
    f->entries = calloc(b->n + 1, sizeof(*f->entries));
    f->rules = calloc(b->n_postings + 1, sizeof(*f->rules));
    f->pool = malloc(b->n_pool + 1);
    if (!f->bits4 || !f->bits6 || !f->slots || !f->entries || !f->rules || !f->pool) {
        prefilter_free(f);
        return NULL;
    }
    if (b->n)
        qsort(b->v, b->n, sizeof(*b->v), by_gram);
    if (b->n_pool)
        memcpy(f->pool, b->pool, b->n_pool);
    put_rules(f, b);
    put_slots(f);
    put_short(f);
    return f;
}

void
prefilter_free(struct prefilter *f)
{
    if (!f)
        return;
    free(f->bits4);
    free(f->bits6);
    free(f->slots);
    free(f->entries);
    free(f->rules);
    free(f->pool);
    free(f);
}

struct scan {
    const struct prefilter *f;
    const struct stream *st;
    prefilter_fn *fn;
    void *ctx;
};

/* Whether the word before may end in c. Signs that are not ASCII are not looked at: yes. */
static bool
stands_before(struct tocsin_str s, size_t at, char c)
{
    while (at > 0 && !(s.p[at - 1] & 0x80) && !stream_ascii_word[(unsigned char)s.p[at - 1]])
        at--;
    return at > 0 && (s.p[at - 1] == c || (s.p[at - 1] & 0x80));
}

static bool
stands_behind(struct tocsin_str s, size_t at, char c)
{
    while (at < s.n && !(s.p[at] & 0x80) && !stream_ascii_word[(unsigned char)s.p[at]])
        at++;
    return at < s.n && (s.p[at] == c || (s.p[at] & 0x80));
}

static void
confirm(const struct scan *q, const struct entry *e, size_t begin)
{
    struct tocsin_str s = q->st->s;
    if ((load8(s.p + begin) & e->mask) != e->head || e->n > s.n - begin)
        return; /* the padding lets eight bytes be read at any place */
    if (e->n > 8 && memcmp(s.p + begin + 8, q->f->pool + e->bytes + 8, e->n - 8u) != 0)
        return;
    if (!(e->scope & (begin < q->st->text_at ? SCOPE_TITLE : SCOPE_TEXT)))
        return;
    size_t end = begin + e->n;
    if ((e->flags & LITERAL_BEGINS) && !token_may_begin(s.p[begin], s, begin))
        return;
    if ((e->flags & LITERAL_ENDS) && !token_may_end(s, end))
        return;
    for (uint32_t i = 0; i < e->n_rules; i++) {
        const struct rule_ref *r = &q->f->rules[e->rules + i];
        if ((!r->before || stands_before(s, begin, r->before)) &&
            (!r->behind || stands_behind(s, end, r->behind)))
            q->fn(q->ctx, r->rule, r->flags, (uint32_t)begin, (uint32_t)end);
    }
}

static void
look_up(const struct scan *q, uint64_t gram, size_t at)
{
    const struct prefilter *f = q->f;
    uint32_t first = (uint32_t)(hash_gram(gram) >> 24);
    for (uint32_t k = first & f->slot_mask; f->slots[k].n; k = (k + 1) & f->slot_mask) {
        if (f->slots[k].gram != gram)
            continue;
        for (uint32_t i = 0; i < f->slots[k].n; i++) {
            const struct entry *e = &f->entries[f->slots[k].first + i];
            if (at >= e->gram_at && (load8(q->st->s.p + at - e->gram_at) & e->mask) == e->head)
                confirm(q, e, at - e->gram_at);
        }
        return;
    }
}

static void
scan_short(const struct scan *q)
{
    const struct prefilter *f = q->f;
    const unsigned char *p = (const unsigned char *)q->st->s.p;
    for (size_t at = 0; at < q->st->s.n; at++) {
        uint32_t c = p[at], pair = c << 8 | p[at + 1];
        if (!(f->short_bits[pair >> 6] >> (pair & 63) & 1))
            continue;
        for (uint32_t i = f->short_first[c]; i < f->short_first[c + 1]; i++)
            confirm(q, &f->entries[i], at);
    }
}

static inline bool
is_set(const uint64_t *bits, uint64_t gram, int shift)
{
    uint64_t bit = hash_gram(gram) >> shift;
    return bits[bit >> 6] >> (bit & 63) & 1;
}

/* Every place of the stream; compiled for each kind of gram there may be. */
static inline __attribute__((always_inline)) void
scan_long(const struct scan *q, bool four, bool six)
{
    const uint64_t *bits4 = q->f->bits4, *bits6 = q->f->bits6;
    const int shift = q->f->shift;
    const char *p = q->st->s.p;
    size_t n = q->st->s.n;
    for (size_t at = 0; at + 4 <= n; at++) {
        uint64_t w = load8(p + at), gram4 = FIRST_BYTES(w, 4), gram6 = FIRST_BYTES(w, 6);
        bool hit4 = four && is_set(bits4, gram4, shift), hit6 = six && is_set(bits6, gram6, shift);
        if (hit4 | hit6) {
            if (hit4)
                look_up(q, gram4, at);
            if (hit6)
                look_up(q, gram6, at);
        }
    }
}

void
prefilter_scan(const struct prefilter *f, const struct stream *st, prefilter_fn *fn, void *ctx)
{
    struct scan q = { f, st, fn, ctx };
    if (f->n_four && f->n_six)
        scan_long(&q, true, true);
    else if (f->n_six)
        scan_long(&q, false, true);
    else if (f->n_four)
        scan_long(&q, true, false);
    if (f->n_long < f->n_entries)
        scan_short(&q);
}
