/* weights - etc/scoring/LANG.tsv: what each feature, rule and threshold weighs.
 *
 * Lines: name TAB sentiment TAB complaint TAB irate; "=name TAB number" for settings. A rule
 * whose id stands here as "rule ID" takes its weights from here, not from its own file.
 */
#ifndef TOCSIN_SCORE_WEIGHTS_H
#define TOCSIN_SCORE_WEIGHTS_H

#include "base/err.h"
#include "base/hash.h"
#include "record/rule.h"
#include "score/feature.h"

enum setting {
    SET_POSITIVE, /* label pos from this sentiment on */
    SET_NEGATIVE, /* label neg up to this one */
    SET_WATCH,    /* irate score of each level */
    SET_UPSET,
    SET_IRATE,
    SET_CRUSADE,
    SET_COMPLAINT_UPSET, /* and the complaint score it needs besides */
    SET_COMPLAINT_IRATE,
    SETTINGS
};

struct weights {
    double feature[FEATURES][3]; /* by enum axis */
    double set[SETTINGS];
    struct hash *rules; /* id -> double[3] */
};

int weights_load(struct weights *out, const char *path, struct err *err);
void weights_free(struct weights *w);
/* The weights of a rule: from the file if it is there, else its own. Sentiment in -1..1. */
void weights_of_rule(const struct weights *w, const struct rule_def *r, double out[3]);

#endif
