/* Names and addresses as feeds write them. */
#include "feed.h"

static bool
is_mail(struct tocsin_str s)
{
    size_t at = slice_find_byte(s, '@');

    if (at == 0 || at + 1 >= s.n)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (slice_is_space(s.p[i]) || s.p[i] == '(' || s.p[i] == '<' || s.p[i] == '/')
            return false;
    return slice_find_byte(slice_from(s, at + 2), '.') + at + 2 < s.n;
}

void
feed_person_split(struct tocsin_str s, struct feed_person *to)
{
    char open = 0;
    size_t at;
    struct tocsin_str outer, inner;

    s = slice_trim(s);
    if (slice_starts_z(s, "mailto:"))
        s = slice_from(s, 7);
    if (s.n > 2 && s.p[s.n - 1] == ')')
        open = '(';
    else if (s.n > 2 && s.p[s.n - 1] == '>')
        open = '<';
    at = open ? slice_find_byte(s, open) : s.n;
    if (at == s.n) {
        if (is_mail(s))
            to->email = s;
        else
            to->name = s;
        return;
    }
    outer = slice_trim(slice_upto(s, at));
    inner = slice_trim(slice(s.p + at + 1, s.n - at - 2));
    if (is_mail(outer)) {
        to->email = outer;
        to->name = inner;
    } else if (is_mail(inner)) {
        to->email = inner;
        to->name = outer;
    } else {
        to->name = s;
    }
}

void
feed_person_set(struct feed_person *to, const struct feed_person *got)
{
    bool is_better =
        got->rank > to->rank || (got->rank == to->rank && to->name.n == 0 && got->name.n > 0);

    if (got->name.n == 0 && got->email.n == 0)
        return;
    if (to->name.n > 0 && got->name.n == 0)
        return;
    if ((to->name.n == 0 && to->email.n == 0) || is_better ||
        (to->name.n == 0 && got->name.n > 0)) {
        struct tocsin_str email = got->email.n ? got->email : to->email;

        *to = *got;
        to->email = email;
    }
}
