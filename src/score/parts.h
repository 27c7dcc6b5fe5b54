/* parts - the named reasons of a score being gathered, and what they add up to. */
#ifndef TOCSIN_SCORE_PARTS_H
#define TOCSIN_SCORE_PARTS_H

#include "base/arena.h"
#include "record/mention.h"

#define PARTS_MAX 120
#define AXES 3

struct parts {
    struct score_part *v;
    size_t n, max;
    double total[AXES];  /* of all that was added */
    double listed[AXES]; /* of those that stand in v */
};

int parts_begin(struct parts *p, size_t max, struct arena *a);
/* Counts always; listed only where it weighs enough to be worth a line. */
void parts_add(struct parts *p, enum axis axis, struct tocsin_str name, struct tocsin_str text,
               double weight);
void parts_add_history(struct parts *p, enum axis axis, struct tocsin_str name, double weight);
/* One part an axis for all that was not listed, so that the weights add up. */
void parts_end(struct parts *p);

/* Points to 0 .. 100: themselves in the middle, ever slower towards the ends. */
double points_bound(double points);
double points_unbound(double bounded);

#endif
