/* facts - the lines below an alert's headline; unknown ones are left out. */
#ifndef TOCSIN_DELIVER_FACTS_H
#define TOCSIN_DELIVER_FACTS_H

#include <tocsin/plugin.h>

#include "base/arena.h"
#include "config/config.h"
#include "record/alert.h"
#include "store/store.h"

#define MAX_FACTS 16

struct zone;

/* Everything known when a letter is written. */
struct known {
    struct store *store;
    const struct config *config;
    const struct delivery *delivery;
    int64_t now_ms;
    struct arena *arena;
    const struct zone *zone; /* of the receiver; NULL: this machine's */
    struct alert alert;
    struct person person;       /* id 0: none */
    struct mention_row mention; /* id 0: none */
    struct err *err;
};

struct fact_list {
    struct tocsin_fact v[MAX_FACTS];
    size_t n;
};
int facts_collect(const struct known *k, struct fact_list *out);
/* The strongest irate parts: "anger words +34 (thieves), rule threat-legal +10 (will sue)". */
void facts_reasons(const struct score *s, size_t max, struct buf *b);
/* The clause that did most to make the post irate; else its begin. */
struct tocsin_str facts_angriest_clause(const struct mention_row *m);

#endif
