/* mention - the names of levels and score axes. */
#include "record/mention.h"

static const char *const level_names[] = { "none", "watch", "upset", "irate", "crusade" };
static const char *const axis_names[] = { "sentiment", "complaint", "irate" };

const char *
level_name(enum level l)
{
    return level_names[l];
}

int
level_parse(struct tocsin_str s, enum level *out)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++)
        if (str_eq_z(s, level_names[i])) {
            *out = (enum level)i;
            return 0;
        }
    return -1;
}

const char *
axis_name(enum axis a)
{
    return axis_names[a];
}
