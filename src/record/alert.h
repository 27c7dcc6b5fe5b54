/* alert - what rings, and the deliveries it owes. */
#ifndef TOCSIN_RECORD_ALERT_H
#define TOCSIN_RECORD_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "record/mention.h"

enum alert_kind {
    ALERT_IRATE_PERSON,
    ALERT_CRUSADE,
    ALERT_STORM,   /* many at once, folded */
    ALERT_SUMMARY, /* what the first poll found: one ordinary message */
    ALERT_RULE,    /* a rule's own threshold */
    ALERT_SPIKE,
    ALERT_STORY,
    ALERT_FRIEND_UPSET,
    ALERT_FRIEND_ATTACKED,
    ALERT_SOURCE_SILENT,
    ALERT_SOURCE_LOST,
    ALERT_PLUGIN_DOWN,
    ALERT_NOTIFIER_FAILING,
    ALERT_CANARY,
    ALERT_DRILL
};
const char *alert_kind_name(enum alert_kind k); /* "irate-person" ... */
int alert_kind_parse(struct tocsin_str s, enum alert_kind *out);

enum alert_state { ALERT_OPEN, ALERT_ACKED, ALERT_CLOSED };
const char *alert_state_name(enum alert_state s);

struct alert {
    int64_t id;
    enum alert_kind kind;
    enum level level;
    enum alert_state state;
    struct tocsin_str brand;        /* "" for alerts about Tocsin itself */
    struct tocsin_str subject;      /* for alerts without person: source, rule or notifier name */
    int64_t person, story, case_id; /* 0: none */
    int64_t post;                   /* the one that raised it to its present level; 0: none */
    int64_t opened_ms, last_post_ms;
    int64_t acked_ms, ack_expires_ms;
    struct tocsin_str acked_by, ack_comment;
    int64_t closed_ms;
    struct tocsin_str closed_by;
    int64_t n_posts, n_places;
    /* escalation: rows, so that timers survive */
    int32_t step;          /* last one rung, from 1; 0: not yet */
    int32_t rings;         /* repeats of the last step */
    int64_t next_ms;       /* when the next step or repeat is due; 0: none */
    int64_t held_until_ms; /* our public reply, brand held; 0: no */
    struct tocsin_str held_why;
    bool is_drill, is_storm_folded;
    struct tocsin_str change; /* what changed at the last ring: "level rose from upset" */
};

/* One line of the append-only history. */
struct alert_event {
    int64_t id, alert, at_ms;
    struct tocsin_str actor; /* "tocsind", staff name, "ben via ben-telegram" */
    struct tocsin_str what;  /* opened joined rang delivered acknowledged ... */
    struct tocsin_str detail;
};

enum delivery_state {
    DELIVERY_PENDING,
    DELIVERY_SENDING,   /* claimed; a crash here may ring twice */
    DELIVERY_DELIVERED, /* the notifier's judge said so */
    DELIVERY_DEAD,      /* rejected for good; another way is tried; retried daily */
    DELIVERY_DROPPED    /* no longer wanted: acknowledged before it went out */
};
const char *delivery_state_name(enum delivery_state s);

struct delivery {
    int64_t id, alert;
    struct tocsin_str notifier, receiver; /* receiver: member of staff, or "" */
    uint32_t event;                       /* TOCSIN_EVENT_* */
    int32_t step;
    enum delivery_state state;
    int32_t attempts;
    int64_t created_ms, next_ms, lease_until_ms, delivered_ms;
    struct tocsin_str handle, error;
    struct tocsin_str key; /* idempotency */
};

#endif
