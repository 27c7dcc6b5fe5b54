/* person - the words for segments, outcomes, preferences and the state of a case. */
#include "record/person.h"

#include "record/names.h"

static const char *const segments[] = {
    [SEGMENT_NONE] = "",
    [SEGMENT_FRIEND] = "friend",
    [SEGMENT_CUSTOMER] = "customer",
    [SEGMENT_PROSPECT] = "prospect",
    [SEGMENT_LURKER] = "lurker",
    [SEGMENT_COMPLAINANT] = "complainant",
    [SEGMENT_CRUSADER] = "crusader",
    [SEGMENT_PREMIUM_GRABBER] = "premium-grabber",
    [SEGMENT_SPAMMER] = "spammer",
    [SEGMENT_BOT] = "bot",
};
static const char *const outcomes[] = {
    [OUTCOME_NONE] = "",
    [OUTCOME_CALMED] = "calmed",
    [OUTCOME_WON_BACK] = "won-back",
    [OUTCOME_NO_ANSWER] = "no-answer",
    [OUTCOME_WORSE] = "worse",
    [OUTCOME_FALSE_ALARM] = "false-alarm",
};
static const char *const preferences[] = {
    [PREFER_UNKNOWN] = "unknown",           [PREFER_INFORMATION] = "information",
    [PREFER_CONVERSATION] = "conversation", [PREFER_DISCOUNT] = "discount",
    [PREFER_NOTHING] = "nothing",
};
static const char *const statuses[] = {
    [CASE_OPEN] = "open",
    [CASE_WAITING] = "waiting",
    [CASE_RESOLVED] = "resolved",
    [CASE_FOLLOWED_UP] = "followed-up",
};

const char *
segment_name(enum segment s)
{
    return names_get(segments, NAMES_N(segments), s);
}

int
segment_parse(struct tocsin_str s, enum segment *out)
{
    unsigned v;

    if (names_find(segments, NAMES_N(segments), s, &v) != 0)
        return -1;
    *out = (enum segment)v;
    return 0;
}

const char *
outcome_name(enum outcome o)
{
    return names_get(outcomes, NAMES_N(outcomes), o);
}

int
outcome_parse(struct tocsin_str s, enum outcome *out)
{
    unsigned v;

    if (names_find(outcomes, NAMES_N(outcomes), s, &v) != 0)
        return -1;
    *out = (enum outcome)v;
    return 0;
}

const char *
preference_name(enum preference p)
{
    return names_get(preferences, NAMES_N(preferences), p);
}

int
preference_parse(struct tocsin_str s, enum preference *out)
{
    unsigned v;

    if (names_find(preferences, NAMES_N(preferences), s, &v) != 0)
        return -1;
    *out = (enum preference)v;
    return 0;
}

const char *
case_status_name(enum case_status s)
{
    return names_get(statuses, NAMES_N(statuses), s);
}
