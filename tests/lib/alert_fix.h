/* alert_fix - a store, a configuration made by hand and a clock that tests turn: what happens to
 * alerts, and who has been told what. */
#ifndef TOCSIN_TESTS_ALERT_FIX_H
#define TOCSIN_TESTS_ALERT_FIX_H

#include "config/load.h"
#include "escalate/escalate.h"

#define FIX_NOW INT64_C(1790172000000) /* 2026-09-23 14:00 UTC, a Wednesday */
#define MAX_TOLD 65536

struct told {
    int64_t alert, at_ms;
    uint32_t event;
    char notifier[32];
    bool is_ok; /* else the notifier failed */
};

/* Notifiers ben-ntfy (of ben), ana-mail (of ana) and chat. Irate: ben, 10 min later ana and chat,
 * from then on every 15 min, growing. Crusade: all at once, every 15 min. Upset: nobody. */
struct alert_fix {
    char dir[64];
    struct store *store;
    struct arena *arena;
    struct err err;
    struct config_whole whole;
    struct config *config; /* of it */
    struct notifier_conf notifiers[3];
    struct staff_conf staff[2];
    struct policy_conf policies[3];
    struct step_conf irate[2], crusade[1], upset[1];
    struct brand_def brands[2];
    int64_t now_ms;
    int64_t n_posts;
    const char *failing;   /* this notifier asks for another try */
    const char *rejecting; /* this one refuses */
    struct told told[MAX_TOLD];
    size_t n_told;
};

struct alert_fix *alert_fix_new(void);
void alert_fix_free(struct alert_fix *f);
void alert_fix_reopen(struct alert_fix *f); /* as after a crash: what was committed is there */
struct escalate alert_fix_escalate(struct alert_fix *f);

struct said { /* a post to be made */
    const char *who, *place, *thread, *text, *brand;
    enum level level;
    bool is_copy, is_drill, is_old, is_ours;
    int64_t story; /* 0: its own */
    double irate;  /* 0: 20 a level */
    int64_t published_ms;
};
/* Stores the post, its author and the mention; 0 for ours. What escalate is to be told. */
struct raised alert_fix_post(struct alert_fix *f, const struct said *s);
/* The same, and raises it. The alert, or 0. */
int64_t alert_fix_say(struct alert_fix *f, const struct said *s);
int64_t alert_fix_raise(struct alert_fix *f, const struct raised *r);
void alert_fix_segment(struct alert_fix *f, const char *who, enum segment segment);
int64_t alert_fix_person(struct alert_fix *f, const char *who);

/* Rings and delivers what is due until `ms` from now; the clock stops there. */
void alert_fix_go(struct alert_fix *f, int64_t ms);
void alert_fix_ack(struct alert_fix *f, int64_t alert, const char *by);
void alert_fix_resolve(struct alert_fix *f, int64_t alert, const char *by, enum outcome outcome);
struct alert alert_fix_get(struct alert_fix *f, int64_t alert);
/* "ben-ntfy:0@0 ana-mail:1@10": notifier, event and minutes since FIX_NOW of what was told about
 * the alert (0: of all) from `from` on, a "!" behind what failed. In the arena. */
const char *alert_fix_told(struct alert_fix *f, int64_t alert, size_t from);

#endif
