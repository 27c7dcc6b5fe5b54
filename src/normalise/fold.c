/* fold - a text in NFC and in the form that queries are matched with, and the map back. */
#include <stdlib.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "normalise/chars.h"
#include "normalise/normalise.h"

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS (ONES * 0x80)

static inline uint64_t
load8(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    return w;
}

/* How many ASCII bytes the word begins with, in memory. */
static inline size_t
ascii_head(uint64_t w)
{
    uint64_t high = w & HIGHS;
    if (!high)
        return 8;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return (size_t)__builtin_clzll(high) / 8;
#else
    return (size_t)__builtin_ctzll(high) / 8;
#endif
}

/* The high bit of each byte that is 'A' to 'Z'; of others than ASCII it says nothing. */
static inline uint64_t
capitals(uint64_t w)
{
    w &= ~HIGHS;
    return ((w + ONES * (0x80 - 'A')) ^ (w + ONES * (0x7F - 'Z'))) & HIGHS;
}

static inline bool
has_control(uint64_t w)
{
    if (((w - ONES * 0x20) & ~w & HIGHS) == 0)
        return false;
    for (int i = 0; i < 8; i++, w >>= 8) {
        unsigned char c = (unsigned char)w;
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return true;
    }
    return false;
}

/* The code point at p[*at], which moves behind it; the text is known to be valid. */
static inline uint32_t
next_valid(const char *p, size_t *at)
{
    const unsigned char *q = (const unsigned char *)p + *at;
    if (q[0] < 0x80) {
        *at += 1;
        return q[0];
    }
    if (q[0] < 0xE0) {
        *at += 2;
        return (q[0] & 0x1Fu) << 6 | (q[1] & 0x3Fu);
    }
    if (q[0] < 0xF0) {
        *at += 3;
        return (q[0] & 0x0Fu) << 12 | (q[1] & 0x3Fu) << 6 | (q[2] & 0x3Fu);
    }
    *at += 4;
    return (q[0] & 0x07u) << 18 | (q[1] & 0x3Fu) << 12 | (q[2] & 0x3Fu) << 6 | (q[3] & 0x3Fu);
}

enum { IS_ASCII, IS_UTF8, HAS_CONTROLS };

/* What kind of bytes; bad UTF-8 is found later. */
static int
survey(struct tocsin_str s)
{
    uint64_t seen = 0;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t w = load8(s.p + i);
        seen |= w;
        if (has_control(w))
            return HAS_CONTROLS;
    }
    for (; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        seen |= c;
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return HAS_CONTROLS;
    }
    return seen & HIGHS ? IS_UTF8 : IS_ASCII;
}

static int
fold_ascii(struct text *out, struct arena *a)
{
    size_t n = out->text.n, i = 0;
    char *p = arena_alloc(a, n + 1);
    if (!p)
        return -1;
    for (; i + 8 <= n; i += 8) {
        uint64_t w = load8(out->text.p + i);
        w |= capitals(w) >> 2;
        memcpy(p + i, &w, 8);
    }
    for (; i < n; i++) {
        char c = out->text.p[i];
        p[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    out->fold = (struct tocsin_str){ p, n };
    out->runs = NULL;
    out->n_runs = 0;
    return 0;
}

/* One fold being made. */
struct folding {
    struct tocsin_str in;
    struct buf out;
    struct fold_run *runs;
    size_t n_runs, cap_runs;
    size_t at;                           /* in `in` */
    size_t base_in, base_out, base_runs; /* where the last character began */
    bool base_in_same;
    size_t word_end; /* spoofed until here: look-alikes become Latin */
    size_t judged;   /* words before this have been judged */
    bool fold;       /* case and look-alikes too, not only NFKC */
    enum { UNKNOWN, LATIN_AROUND, FOREIGN_AROUND } around; /* looked at when first needed */
    bool in_same;
    bool failed;
    bool is_checked;                          /* known to be valid UTF-8 and NFC */
    enum { GOES_ON, BAD_UTF8, NOT_NFC } stop; /* what it turned out not to be */
};

static void
push_run(struct folding *f, bool same)
{
    if (f->n_runs == f->cap_runs) {
        size_t cap = f->cap_runs ? f->cap_runs * 2 : 16;
        struct fold_run *r = realloc(f->runs, cap * sizeof(*r));
        if (!r) {
            f->failed = true;
            return;
        }
        f->runs = r;
        f->cap_runs = cap;
    }
    f->runs[f->n_runs++] = (struct fold_run){ (uint32_t)f->out.n, (uint32_t)f->at, same };
    f->in_same = same;
}

/* The text [at, at + n) became bytes p. */
static void
emit(struct folding *f, size_t n, const char *p, size_t m, bool same)
{
    if (!same || !f->in_same)
        push_run(f, same);
    buf_add(&f->out, p, m);
    f->at += n;
    if (!same)
        f->in_same = false;
}

static void
emit_points(struct folding *f, size_t n, const int32_t *cps, size_t n_cps)
{
    char bytes[CHARS_EXPANDED * 4];
    size_t m = 0;
    for (size_t i = 0; i < n_cps; i++)
        m += utf8_put(bytes + m, (uint32_t)cps[i]);
    bool same = m == n && memcmp(bytes, f->in.p + f->at, n) == 0;
    emit(f, n, bytes, m, same);
}

static void
mark_base(struct folding *f)
{
    f->base_in = f->at;
    f->base_out = f->out.n;
    f->base_runs = f->n_runs;
    f->base_in_same = f->in_same;
}

/* The character before and the marks from `at` on, composed anew. */
static void
redo_with_marks(struct folding *f)
{
    int32_t cps[CHARS_EXPANDED];
    size_t end = f->at, count = 1;
    f->at = f->base_in;
    f->out.n = f->base_out;
    f->n_runs = f->base_runs;
    f->in_same = f->base_in_same;
    while (end < f->in.n && count < CHARS_SEGMENT - 1) {
        size_t next = end;
        if (!(chars_get(next_valid(f->in.p, &next)) & CHAR_JOINS))
            break;
        end = next;
        count++;
    }
    size_t n = chars_compose(str_sub(f->in, f->at, end), f->fold, cps);
    emit_points(f, end - f->at, cps, n);
    mark_base(f); /* longer heaps of marks stand alone */
}

static size_t
word_begin(const struct folding *f, size_t begin)
{
    while (begin > f->judged) {
        size_t at = begin - 1;
        while (at > f->judged && ((unsigned char)f->in.p[at] & 0xC0) == 0x80)
            at--;
        size_t next = at;
        if (!(chars_get(next_valid(f->in.p, &next)) & (CHAR_WORD | CHAR_DROP)))
            break;
        begin = at;
    }
    return begin;
}

/* Whether nothing shows that a word of look-alikes only is genuine: at least two Latin words,
 * and no word with a foreign letter that looks like nothing Latin. */
static bool
is_latin_around(struct folding *f)
{
    size_t latin_words = 0;
    uint32_t all = 0, word = 0;
    if (f->around != UNKNOWN)
        return f->around == LATIN_AROUND;
    for (size_t at = 0; at <= f->in.n;) {
        uint32_t bits = at < f->in.n ? chars_get(utf8_next(f->in, &at)) : (at++, 0);
        if (bits & (CHAR_WORD | CHAR_DROP)) {
            word |= bits;
            continue;
        }
        latin_words += (word & CHAR_LATIN) && !(word & (CHAR_LOOKALIKE | CHAR_OTHER));
        all |= word;
        word = 0;
    }
    f->around = latin_words >= 2 && !(all & CHAR_OTHER) ? LATIN_AROUND : FOREIGN_AROUND;
    return f->around == LATIN_AROUND;
}

/* Every foreign letter of the word passes for Latin, and either a real Latin letter stands
 * among them, or all words around are Latin and the likeness is close. Genuine words of these scripts stay as they are. */
static void
judge_word(struct folding *f, size_t at)
{
    at = word_begin(f, at);
    uint32_t seen = 0;
    bool loose = false;
    while (at < f->in.n) {
        size_t next = at;
        uint32_t cp = utf8_next(f->in, &next), bits = chars_get(cp);
        if (!(bits & (CHAR_WORD | CHAR_DROP)))
            break;
        seen |= bits;
        loose = loose || ((seen & (CHAR_LOOKALIKE | CHAR_OTHER)) == CHAR_LOOKALIKE &&
                          (bits & CHAR_LOOKALIKE) && chars_is_loose(cp));
        at = next;
    }
    bool spoofed = !(seen & CHAR_OTHER) && ((seen & CHAR_LATIN) || (!loose && is_latin_around(f)));
    f->judged = at;
    f->word_end = spoofed ? at : 0;
}

static inline size_t
length_of(uint32_t cp)
{
    return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* The bytes up to `end` stand in the output already; the last character begins at `last`. */
static void
take_same(struct folding *f, size_t end, size_t last)
{
    size_t n = end - f->at;
    if (n == 0)
        return;
    if (!f->in_same)
        push_run(f, true);
    f->out.n += n;
    f->at = end;
    mark_base(f);
    f->base_in = last; /* it may get marks */
    f->base_out -= end - last;
}

static bool
is_spoofed(struct folding *f, size_t at)
{
    if (at >= f->judged)
        judge_word(f, at);
    return at < f->word_end;
}

static void
fold_simple(struct folding *f, uint32_t cp, uint32_t bits, size_t n)
{
    char bytes[4];
    if (f->at < f->word_end && (bits & CHAR_LOOKALIKE)) {
        uint32_t latin = chars_lookalike(cp);
        bytes[0] = (char)(latin >= 'A' && latin <= 'Z' ? latin | 0x20 : latin);
        emit(f, n, bytes, 1, false);
        return;
    }
    size_t m = utf8_put(bytes, bits & CHAR_FOLD);
    emit(f, n, bytes, m, m == n);
}

static void
fold_one(struct folding *f)
{
    size_t next = f->at;
    uint32_t cp = next_valid(f->in.p, &next), bits = chars_get(cp);
    size_t n = next - f->at;

    if ((bits & CHAR_JOINS) && f->at > f->base_in) {
        redo_with_marks(f);
        return;
    }
    mark_base(f);
    if (bits & CHAR_DROP) {
        push_run(f, true);
        f->at = next;
        f->in_same = false;
        f->base_in = next; /* marks do not compose across it */
        return;
    }
    if (f->fold && !(bits & CHAR_COMPLEX)) {
        fold_simple(f, cp, bits, n);
        return;
    }
    if (cp == 0x2026) { /* the ellipsis, too frequent for the long way */
        emit(f, n, "...", 3, false);
        return;
    }
    int32_t cps[CHARS_EXPANDED];
    size_t k = chars_compose(str_sub(f->in, f->at, next), f->fold, cps);
    emit_points(f, n, cps, k);
}

static inline bool
is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Bytes of the valid character at p, of which n are there; 0: it is not valid. */
static inline size_t
valid_length(const unsigned char *p, size_t n)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xE0)
        return p[0] >= 0xC2 && n >= 2 && is_tail(p[1]) ? 2 : 0;
    if (p[0] < 0xF0) {
        bool ok = n >= 3 && is_tail(p[1]) && is_tail(p[2]) && (p[0] != 0xE0 || p[1] >= 0xA0) &&
                  (p[0] != 0xED || p[1] < 0xA0);
        return ok ? 3 : 0;
    }
    bool ok = p[0] <= 0xF4 && n >= 4 && is_tail(p[1]) && is_tail(p[2]) && is_tail(p[3]) &&
              (p[0] != 0xF0 || p[1] >= 0x90) && (p[0] != 0xF4 || p[1] < 0x90);
    return ok ? 4 : 0;
}

/* Characters that fold to as many bytes, up to the first one that needs more thought. */
static void
fold_same(struct folding *f)
{
    const uint32_t special = CHAR_JOINS | CHAR_DROP | (f->fold ? CHAR_COMPLEX : 0);
    const uint32_t looks = f->fold ? CHAR_LOOKALIKE : 0;
    const char *in = f->in.p;
    size_t at = f->at, last = at, n = f->in.n;
    char *out = buf_room(&f->out, n - at + 8);
    if (!out)
        return;
    out -= at;
    while (at < n) {
        if (at + 8 <= n && !(in[at] & 0x80)) {
            uint64_t w = load8(in + at), low = f->fold ? w | capitals(w) >> 2 : w;
            memcpy(out + at, &low, 8); /* what is too much is written over */
            at += ascii_head(w);
            last = at - 1;
            continue;
        }
        if (!f->is_checked && !valid_length((const unsigned char *)in + at, n - at)) {
            f->stop = BAD_UTF8;
            return;
        }
        size_t next = at;
        uint32_t cp = next_valid(in, &next), bits = chars_get(cp), to = bits & CHAR_FOLD;
        if (!f->is_checked && (bits & CHAR_NOT_NFC)) {
            f->stop = NOT_NFC;
            return;
        }
        if ((bits & looks) && is_spoofed(f, at))
            break;
        if (!f->fold)
            to = bits & (uint32_t)CHAR_NOT_NFKC ? 0x110000 : cp;
        if ((bits & special) || length_of(to) != next - at || to > 0x10FFFF)
            break;
        if (to == cp && at + 4 <= n)
            memcpy(out + at, in + at, 4); /* as above */
        else
            utf8_put(out + at, to);
        last = at;
        at = next;
    }
    take_same(f, at, last);
}

static void
fold_all(struct folding *f)
{
    while (f->at < f->in.n && !f->out.failed && !f->failed) {
        fold_same(f);
        if (f->stop != GOES_ON)
            return;
        if (f->at < f->in.n)
            fold_one(f);
    }
}

static bool
is_identity(const struct folding *f)
{
    for (size_t i = 0; i < f->n_runs; i++)
        if (!f->runs[i].same || f->runs[i].fold_at != f->runs[i].text_at)
            return false;
    return true;
}

static int
hand_over(struct folding *f, struct text *out, struct arena *a)
{
    out->fold = arena_str(a, buf_view(&f->out));
    out->runs = NULL;
    out->n_runs = 0;
    if (!out->fold.p)
        return -1;
    if (is_identity(f))
        return 0;
    struct fold_run *runs = arena_array(a, f->n_runs, sizeof(*runs));
    if (!runs)
        return -1;
    memcpy(runs, f->runs, f->n_runs * sizeof(*runs));
    out->runs = runs;
    out->n_runs = f->n_runs;
    return 0;
}

/* 0; -1: no memory; or, where the text is not checked, what it turned out not to be. */
static int
fold_utf8(struct text *out, struct arena *a, bool fold, bool is_checked)
{
    struct folding f = { .in = out->text, .fold = fold, .is_checked = is_checked, .in_same = true };
    int rc = -1;
    buf_init(&f.out, SIZE_MAX / 4);
    if (out->text.n > UINT32_MAX / 16)
        goto out;
    if (!buf_room(&f.out, out->text.n + 64))
        goto out;
    push_run(&f, true);
    fold_all(&f);
    if (f.stop != GOES_ON)
        rc = f.stop;
    else if (!f.out.failed && !f.failed)
        rc = hand_over(&f, out, a);
out:
    buf_free(&f.out);
    free(f.runs);
    return rc;
}

/* All bits of the characters that are not ASCII together; false: not valid UTF-8. */
static bool
bits_of(struct tocsin_str s, uint32_t *bits)
{
    uint32_t all = 0;
    for (size_t at = 0; at < s.n;) {
        if (!(s.p[at] & 0x80)) {
            at += at + 8 <= s.n ? ascii_head(load8(s.p + at)) : 1;
            continue;
        }
        size_t n = valid_length((const unsigned char *)s.p + at, s.n - at);
        if (!n)
            return false;
        all |= chars_get(next_valid(s.p, &at));
    }
    *bits = all;
    return true;
}

static int
to_nfc(struct tocsin_str *s, struct arena *a)
{
    utf8proc_uint8_t *p = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s->p, (utf8proc_ssize_t)s->n, &p,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0)
        return n == UTF8PROC_ERROR_NOMEM ? -1 : 0;
    *s = arena_str(a, (struct tocsin_str){ (char *)p, (size_t)n });
    free(p);
    return s->p ? 0 : -1;
}

static int
repair(struct tocsin_str *s, struct arena *a)
{
    struct buf b;
    buf_init(&b, SIZE_MAX / 4);
    int rc = utf8_repair(&b, *s);
    if (rc == 0) {
        *s = arena_str(a, buf_view(&b));
        rc = s->p ? 0 : -1;
    }
    buf_free(&b);
    return rc;
}

/* The rare text that is not what it should be, made so and folded. */
static int
fold_mended(struct text *out, struct arena *a, bool has_controls)
{
    if ((has_controls || !utf8_is_valid(out->text)) && repair(&out->text, a))
        return -1;
    return to_nfc(&out->text, a) || fold_utf8(out, a, true, true) ? -1 : 0;
}

int
normalise_text(struct text *out, struct tocsin_str in, struct arena *a, struct err *err)
{
    int kind = survey(in), rc;
    *out = (struct text){ .text = in };
    if (kind == IS_ASCII)
        rc = fold_ascii(out, a);
    else if (kind == HAS_CONTROLS)
        rc = fold_mended(out, a, true);
    else
        rc = fold_utf8(out, a, true, false);
    if (rc == BAD_UTF8 || rc == NOT_NFC)
        rc = fold_mended(out, a, false);
    return rc ? err_set(err, ERR_NOMEM, "no memory to normalise a text of %zu bytes", in.n) : 0;
}

int
normalise_nfkc(struct text *out, struct tocsin_str text, struct arena *a, struct err *err)
{
    *out = (struct text){ .text = text };
    uint32_t bits = 0;
    if (!bits_of(text, &bits)) /* normalise_text() repaired it */
        return err_set(err, ERR_DATA, "text is not valid UTF-8");
    if (!(bits & ((uint32_t)CHAR_NOT_NFKC | CHAR_JOINS | CHAR_DROP))) {
        out->fold = text;
        return 0;
    }
    if (fold_utf8(out, a, false, true))
        return err_set(err, ERR_NOMEM, "no memory to normalise a text of %zu bytes", text.n);
    return 0;
}
