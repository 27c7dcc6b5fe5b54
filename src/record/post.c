/* post - the words for kinds of posts. */
#include "record/post.h"

#include "record/names.h"

static const char *const kinds[] = {
    [POST_POST] = "post",   [POST_REPLY] = "reply",   [POST_REPOST] = "repost",
    [POST_QUOTE] = "quote", [POST_REVIEW] = "review", [POST_ARTICLE] = "article",
};

const char *
post_kind_name(enum post_kind k)
{
    return names_get(kinds, NAMES_N(kinds), k);
}

int
post_kind_parse(struct tocsin_str s, enum post_kind *out)
{
    unsigned v;
    if (names_find(kinds, NAMES_N(kinds), s, &v))
        return -1;
    *out = (enum post_kind)v;
    return 0;
}
