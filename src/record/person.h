/* person - an author across accounts, and what became of their complaints. */
#ifndef TOCSIN_RECORD_PERSON_H
#define TOCSIN_RECORD_PERSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum segment {
    SEGMENT_NONE, /* not known yet */
    SEGMENT_FRIEND,
    SEGMENT_CUSTOMER,
    SEGMENT_PROSPECT,
    SEGMENT_LURKER,
    SEGMENT_COMPLAINANT,
    SEGMENT_CRUSADER,
    SEGMENT_PREMIUM_GRABBER,
    SEGMENT_SPAMMER,
    SEGMENT_BOT
};
const char *segment_name(enum segment s); /* "" for none */
int segment_parse(struct tocsin_str s, enum segment *out);

/* How a case ended. */
enum outcome {
    OUTCOME_NONE,
    OUTCOME_CALMED,
    OUTCOME_WON_BACK,
    OUTCOME_NO_ANSWER,
    OUTCOME_WORSE,
    OUTCOME_FALSE_ALARM
};
const char *outcome_name(enum outcome o); /* "calmed" "won-back" ... */
int outcome_parse(struct tocsin_str s, enum outcome *out);

enum preference {
    PREFER_UNKNOWN,
    PREFER_INFORMATION,
    PREFER_CONVERSATION,
    PREFER_DISCOUNT,
    PREFER_NOTHING
};
const char *preference_name(enum preference p);
int preference_parse(struct tocsin_str s, enum preference *out);

struct account {
    int64_t id, person;
    struct tocsin_str service, handle, name, url, profile_link;
    int64_t followers; /* -1: unknown */
    int64_t first_seen_ms, last_seen_ms;
    bool is_bot;
};

struct person {
    int64_t id;
    struct tocsin_str name; /* best known; the handle where there is no name */
    enum segment segment;
    struct tocsin_str segment_by; /* "hand:ana", "rule:order-number", "" */
    enum preference preference;
    struct tocsin_str owner; /* member of staff, or "" */
    int64_t first_seen_ms, last_seen_ms;
    int64_t n_mentions;
    double mood; /* mean sentiment of the mentions; 0 without any */
};

struct note {
    int64_t id, person, at_ms;
    struct tocsin_str by, text;
};

enum case_status { CASE_OPEN, CASE_WAITING, CASE_RESOLVED, CASE_FOLLOWED_UP };
const char *case_status_name(enum case_status s);

/* One complaint being handled; a person's last resolved one is the last hiccup. */
struct case_ {
    int64_t id, person; /* person 0: unknown author */
    struct tocsin_str brand;
    enum case_status status;
    int64_t opened_ms, resolved_ms, follow_up_ms;
    struct tocsin_str owner; /* who handles it */
    enum outcome outcome;
    struct tocsin_str helper; /* who brought it to its outcome */
    struct tocsin_str comment;
    struct tocsin_str about; /* the complaint in a line */
    bool is_drill;
};

#endif
