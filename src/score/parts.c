/* Gathers the parts of a score. */
#include "score/parts.h"

#include <math.h>

#define LOW 10.0
#define HIGH 70.0

static const double WORTH_A_LINE[AXES] = { .02, .75, .75 };

int
parts_begin(struct parts *p, size_t max, struct arena *a)
{
    *p = (struct parts){ .max = max };
    p->v = arena_array(a, max + AXES, sizeof(*p->v));
    return p->v ? 0 : -1;
}

void
parts_add(struct parts *p, enum axis axis, struct tocsin_str name, struct tocsin_str text,
          double weight)
{
    p->total[axis] += weight;
    if (fabs(weight) < WORTH_A_LINE[axis] || p->n == p->max)
        return;
    p->listed[axis] += weight;
    p->v[p->n++] =
        (struct score_part){ .axis = axis, .name = name, .text = text, .weight = weight };
}

void
parts_add_history(struct parts *p, enum axis axis, struct tocsin_str name, double weight)
{
    if (weight == 0 || p->n == p->max)
        return;
    p->total[axis] += weight;
    p->listed[axis] += weight;
    p->v[p->n++] = (struct score_part){
        .axis = axis, .is_history = true, .name = name, .text = STR_LIT(""), .weight = weight
    };
}

void
parts_end(struct parts *p)
{
    for (int a = 0; a < AXES; a++) {
        double rest = p->total[a] - p->listed[a];
        if (fabs(rest) < 1e-9)
            continue;
        p->v[p->n++] = (struct score_part){ .axis = (enum axis)a,
                                            .name = STR_LIT("other signs"),
                                            .text = STR_LIT(""),
                                            .weight = rest };
    }
}

double
points_bound(double x)
{
    if (x > HIGH)
        return HIGH + (100 - HIGH) * (1 - exp(-(x - HIGH) / (100 - HIGH)));
    if (x < LOW)
        return LOW * exp((x - LOW) / LOW);
    return x;
}

double
points_unbound(double b)
{
    if (b > HIGH)
        return HIGH - (100 - HIGH) * log(1 - (fmin(b, 99.999) - HIGH) / (100 - HIGH));
    if (b < LOW)
        return LOW + LOW * log(fmax(b, 1e-4) / LOW);
    return b;
}
