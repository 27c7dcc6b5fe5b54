/* mention - the words for levels and score axes. */
#include "record/mention.h"

#include "record/names.h"

static const char *const levels[] = {
    [LEVEL_NONE] = "none",   [LEVEL_WATCH] = "watch",     [LEVEL_UPSET] = "upset",
    [LEVEL_IRATE] = "irate", [LEVEL_CRUSADE] = "crusade",
};
static const char *const axes[] = {
    [AXIS_SENTIMENT] = "sentiment",
    [AXIS_COMPLAINT] = "complaint",
    [AXIS_IRATE] = "irate",
};

const char *
level_name(enum level l)
{
    return names_get(levels, NAMES_N(levels), l);
}

int
level_parse(struct tocsin_str s, enum level *out)
{
    unsigned v;
    if (names_find(levels, NAMES_N(levels), s, &v))
        return -1;
    *out = (enum level)v;
    return 0;
}

const char *
axis_name(enum axis a)
{
    return names_get(axes, NAMES_N(axes), a);
}
