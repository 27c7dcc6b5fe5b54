/* rule - brands and rules as the operator wrote them; match compiles them. */
#ifndef TOCSIN_RECORD_RULE_H
#define TOCSIN_RECORD_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Where in a file something stands, for messages. `file` lives as long as the configuration. */
struct place {
    const char *file;
    int line, column; /* from 1; 0: unknown */
};

struct word_list {
    const char *const *v;
    size_t n;
};

/* What is listened for: a brand, a competitor or a topic. All strings are the configuration's. */
struct brand_def {
    const char *name;              /* id, as in tocsin.yaml */
    const char *query;             /* NULL: name, hashtag and possessive */
    struct word_list own_accounts; /* "service:handle" */
    bool is_competitor;            /* counted in share of voice; never scored for alerts */
    bool is_topic;                 /* matched and scored; raises no alert by itself */
    struct place at, query_at;
};

struct rule_def {
    const char *id;
    const char *about;         /* brand; NULL: any brand, or posts of no brand in classify */
    const char *query, *regex; /* one of the two; regex as /pattern/flags */
    double sentiment, complaint, irate;    /* weights: irate and complaint in points of 100 */
    struct word_list tags, sources, langs; /* empty: all */
    const char *segment;                   /* hint: friend, customer, ...; NULL */
    int64_t alert_threshold;               /* alert of its own: N in window; 0: none */
    int64_t alert_window_ms;
    int64_t from_ms, until_ms;   /* enabled between; 0: open */
    struct place at, pattern_at; /* pattern_at: first character of query or regex */
};

struct rule_defs {
    const struct brand_def *brands;
    size_t n_brands;
    const struct rule_def *rules;
    size_t n_rules;
};

#endif
