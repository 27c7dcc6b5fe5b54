/* range - from a range of the fold back to the text it came from. */
#include "normalise/normalise.h"

/* The last run that begins at or before the fold offset. */
static size_t
find_run(const struct text *t, size_t fold_at)
{
    size_t low = 0, high = t->n_runs;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->runs[mid].fold_at <= fold_at)
            low = mid + 1;
        else
            high = mid;
    }
    return low - 1;
}

static size_t
run_end(const struct text *t, size_t run)
{
    return run + 1 < t->n_runs ? t->runs[run + 1].text_at : t->text.n;
}

static size_t
map_back(const struct text *t, size_t fold_at, bool to_end)
{
    if (t->n_runs == 0)
        return fold_at + to_end;
    size_t run = find_run(t, fold_at);
    const struct fold_run *r = &t->runs[run];
    if (r->same)
        return r->text_at + (fold_at - r->fold_at) + to_end;
    return to_end ? run_end(t, run) : r->text_at;
}

static bool
is_inside(struct tocsin_str s, size_t at)
{
    return at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

void
text_range(const struct text *t, size_t fold_begin, size_t fold_end, size_t *begin, size_t *end)
{
    if (fold_end > t->fold.n)
        fold_end = t->fold.n;
    if (fold_begin >= fold_end) {
        *begin = *end = fold_begin < t->fold.n ? map_back(t, fold_begin, false) : t->text.n;
        return;
    }
    size_t b = map_back(t, fold_begin, false), e = map_back(t, fold_end - 1, true);
    while (b > 0 && is_inside(t->text, b))
        b--;
    while (is_inside(t->text, e))
        e++;
    *begin = b;
    *end = e < t->text.n ? e : t->text.n;
}
