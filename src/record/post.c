/* post - the names of post kinds. */
#include "record/post.h"

static const char *const kind_names[] = { "post", "reply", "repost", "quote", "review", "article" };

const char *
post_kind_name(enum post_kind k)
{
    return kind_names[k];
}

int
post_kind_parse(struct tocsin_str s, enum post_kind *out)
{
    for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++)
        if (str_eq_z(s, kind_names[i])) {
            *out = (enum post_kind)i;
            return 0;
        }
    return -1;
}
