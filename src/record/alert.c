/* alert - the words for kinds and states of alerts and deliveries. */
#include "record/alert.h"

#include "record/names.h"

static const char *const kinds[] = {
    [ALERT_IRATE_PERSON] = "irate-person",
    [ALERT_CRUSADE] = "crusade",
    [ALERT_STORM] = "storm",
    [ALERT_SUMMARY] = "summary",
    [ALERT_RULE] = "rule",
    [ALERT_SPIKE] = "spike",
    [ALERT_STORY] = "story",
    [ALERT_FRIEND_UPSET] = "friend-upset",
    [ALERT_FRIEND_ATTACKED] = "friend-attacked",
    [ALERT_SOURCE_SILENT] = "source-silent",
    [ALERT_SOURCE_LOST] = "source-lost",
    [ALERT_PLUGIN_DOWN] = "plugin-down",
    [ALERT_NOTIFIER_FAILING] = "notifier-failing",
    [ALERT_CANARY] = "canary",
    [ALERT_DRILL] = "drill",
};
static const char *const states[] = {
    [ALERT_OPEN] = "open",
    [ALERT_ACKED] = "acknowledged",
    [ALERT_CLOSED] = "closed",
};
static const char *const deliveries[] = {
    [DELIVERY_PENDING] = "pending",     [DELIVERY_SENDING] = "sending",
    [DELIVERY_DELIVERED] = "delivered", [DELIVERY_DEAD] = "dead",
    [DELIVERY_DROPPED] = "dropped",
};

const char *
alert_kind_name(enum alert_kind k)
{
    return names_get(kinds, NAMES_N(kinds), k);
}

int
alert_kind_parse(struct tocsin_str s, enum alert_kind *out)
{
    unsigned v;

    if (names_find(kinds, NAMES_N(kinds), s, &v) != 0)
        return -1;
    *out = (enum alert_kind)v;
    return 0;
}

const char *
alert_state_name(enum alert_state s)
{
    return names_get(states, NAMES_N(states), s);
}

const char *
delivery_state_name(enum delivery_state s)
{
    return names_get(deliveries, NAMES_N(deliveries), s);
}
