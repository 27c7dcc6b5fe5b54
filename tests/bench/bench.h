/* bench - what the benchmarks share: rows of the last table, the build tree's parts, feeds. */
#ifndef TOCSIN_TESTS_BENCH_H
#define TOCSIN_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* One row of the table at the end of `make bench`. A goal of 0 is none; a yardstick of 0: none. */
struct bench_row {
    const char *goal_id, *what, *unit;
    double ours;
    const char *yardstick_name;
    double yardstick;
    double ratio; /* what the goal is about; 0: none */
    double goal;
    bool is_most; /* the goal is a most, not a least */
};
/* Appends it to $TOCSIN_BENCH_ROWS, and prints it when there is no such file. */
void bench_row(const struct bench_row *row);

void bench_environment(void); /* points at the build tree's programs, plugins and data */
bool bench_has(const char *program);
/* A number from the environment, for bigger runs. */
int64_t bench_size(const char *name, int64_t usual);

double bench_cpu_s(void);  /* of this process */
double bench_kids_s(void); /* of its ended children, and theirs */
double bench_wall_s(void);

/* An RSS feed of n items with HTML bodies; every tenth item names acme. The same seed gives the
 * same feed; ids never repeat over seeds. */
void bench_feed(struct buf *b, unsigned seed, size_t n);
const char *bench_word(unsigned i); /* the i-th of the words that feeds are made of */

#endif
