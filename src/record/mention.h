/* mention - a post matched by one brand or topic: which rule hit where, and each score with
 * its named parts. */
#ifndef TOCSIN_RECORD_MENTION_H
#define TOCSIN_RECORD_MENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum level { LEVEL_NONE, LEVEL_WATCH, LEVEL_UPSET, LEVEL_IRATE, LEVEL_CRUSADE };
const char *level_name(enum level l); /* "none" ... */
int level_parse(struct tocsin_str s, enum level *out);

enum hit_field { FIELD_TITLE, FIELD_TEXT };

struct hit {
    struct tocsin_str rule; /* rule id, or the brand's name for its own query */
    enum hit_field field;
    uint32_t begin, end; /* byte range in that field's `text` */
    bool is_unsure;      /* a match limit was reached: weight 0, shown */
};

enum axis { AXIS_SENTIMENT, AXIS_COMPLAINT, AXIS_IRATE };
const char *axis_name(enum axis a);

/* One named reason. Weights of one axis add up to its score before bounding. */
struct score_part {
    enum axis axis;
    bool is_history;        /* from the store, not from the text */
    struct tocsin_str name; /* "swearing", "rule refund-refused", "third complaint in 2 days" */
    struct tocsin_str text; /* the words that did it, or "" */
    double weight;
};

struct score {
    double sentiment; /* -1 .. 1 */
    int label;        /* -1 neg, 0 neu, 1 pos */
    double complaint; /* 0 .. 1 */
    double irate;     /* 0 .. 100 */
    enum level level; /* crusade only from history or an explicit campaign call */
    const struct score_part *parts;
    size_t n_parts;
};

struct mention {
    struct tocsin_str brand;
    const struct hit *hits;
    size_t n_hits;
    struct score score;            /* toward this brand */
    const struct tocsin_str *tags; /* of the rules that hit */
    size_t n_tags;
    struct tocsin_str segment; /* hint of a rule, or "" */
    bool is_unsure;            /* some rule of this mention was unsure */
};

#endif
