/* config - tocsin.yaml and rules.d/, read into typed structs that never change.
 *
 * Every part of the daemon works from one `struct config`; a reload reads a new one and swaps
 * the pointer, or keeps the old one when the new one is wrong. Strings and arrays live as long
 * as the config. All names that refer to something (plugins, notifiers, staff, secrets, brands)
 * have been resolved or refused. Ages and intervals are milliseconds.
 */
#ifndef TOCSIN_CONFIG_CONFIG_H
#define TOCSIN_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "fetch/fetch.h"
#include "host/host.h"
#include "record/mention.h"
#include "record/rule.h"

struct source_conf {
    const char *name;
    const struct plugin_info *plugin;
    struct option_values options;
    struct fetch_who who;             /* granted hosts, secrets, exec grants: ready for fetch */
    int64_t every_ms;                 /* 0: not given, the plugin's or the source's own choice */
    int64_t budget_day, budget_month; /* units; 0: none */
    struct word_list brands;          /* empty: all */
    const char *lang;                 /* NULL: as given or guessed */
    bool is_auto;                     /* made by `sources: auto` */
    bool is_paused;                   /* `paused: true`: never polled */
    struct place at;
};

enum detail { DETAIL_FULL, DETAIL_BRIEF, DETAIL_LINK };

struct notifier_conf {
    const char *name;
    const struct plugin_info *plugin;
    struct option_values options;
    struct fetch_who who;
    enum detail detail;
    bool reaches_only_here; /* TOCSIN_TRAIT_LOCAL */
    struct place at;
};

struct quiet_hours { /* minutes of the day in the member's time zone; from == to: none */
    int from_min, to_min;
};
struct staff_conf {
    const char *name;
    struct word_list notify; /* notifier names */
    const char *timezone;    /* NULL: this machine's */
    struct quiet_hours quiet;
    struct place at;
};
struct team_conf {
    const char *name;
    struct word_list staff;
    struct place at;
};
struct rotation_conf {
    const char *name;
    struct word_list staff;
    int64_t every_ms; /* length of a shift */
    int64_t start_ms; /* first hand-over, UTC, read in timezone */
    const char *timezone;
    struct place at;
};

/* One step of an escalation: who is told, and how long to wait for an acknowledgement. */
struct step_conf {
    struct word_list notify; /* rotations, teams, staff or notifiers; "*": everybody in `notify` */
    int64_t wait_ms;         /* before the next step */
    int64_t repeat_ms;       /* last step: rings again after this, growing; 0: never */
};
struct policy_conf {
    enum level level; /* IRATE or CRUSADE; UPSET where the operator wants it rung */
    const struct step_conf *steps;
    size_t n_steps;
    struct place at;
};

struct alert_conf {            /* DESIGN.md, "Alert life"; all are options below `alerts:` */
    int64_t ack_expires_ms;    /* 4h */
    int64_t reopen_ms;         /* 14d */
    int64_t reply_hold_ms;     /* 30m */
    int64_t crusade_window_ms; /* 48h */
    int64_t crusade_posts, crusade_places; /* 3, 2 */
    int64_t storm_alerts, storm_window_ms; /* 5 in 10m */
    int64_t storm_rings_hour;              /* 10 a member of staff */
    int64_t max_age_ms;                    /* alert_max_age, 24h */
    int64_t held_posts_day;                /* 200: a brand with more starts held */
    int64_t repeat_growth_pct;             /* 200: each repeat waits twice as long, up to 4h */
    int64_t repeat_max_ms;
};

struct config {
    const char *path; /* of the main file */
    const char *state_dir, *socket_path;
    const char *contact;  /* in the User-Agent; NULL: none */
    const char *data_dir; /* lexicon/, scoring/, rules/, templates/ */

    struct rule_defs rules; /* brands; then shipped cues and the operator's rules */
    const struct source_conf *sources;
    size_t n_sources;
    const struct notifier_conf *notifiers;
    size_t n_notifiers;
    const struct staff_conf *staff;
    size_t n_staff;
    const struct team_conf *teams;
    size_t n_teams;
    const struct rotation_conf *rotations;
    size_t n_rotations;
    const struct policy_conf *policies; /* at most one a level */
    size_t n_policies;
    struct word_list notify; /* the top-level `notify:`, as notifier names */
    struct alert_conf alerts;

    /* keep: */
    int64_t keep_mentions_ms, keep_raw_ms, keep_rejected_ms, keep_deleted_ms, keep_alerts_ms;
    const char *heartbeat_url; /* NULL: none */
    int64_t heartbeat_ms;
    bool dry_run; /* alerts are raised and shown, nothing is sent */
};

/* Findings, in the order found. Errors make the load fail; warnings do not. */
struct finding {
    bool is_error;
    struct place at;
    const char *msg;  /* cause and cure */
    const char *line; /* the offending line of the file, or NULL */
};
struct findings;
struct findings *findings_new(void);
void findings_free(struct findings *f);
/* `at` and `line` may be NULL; all is copied. */
void findings_add(struct findings *f, bool is_error, const struct place *at, const char *line,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
size_t findings_count(const struct findings *f, bool errors_only);
const struct finding *findings_at(const struct findings *f, size_t i);
/* "file:line:col: error: msg", the line, and a caret under the column; for the terminal. */
void findings_print(const struct findings *f, struct buf *out);

struct config_options {
    struct plugins *plugins; /* tables to check options against */
    const char *data_dir;    /* NULL: the installed one */
    const char *state_dir;   /* NULL: as configured, else the default (root: /var/lib/tocsin,
                                 * others: $XDG_STATE_HOME/tocsin) */
    bool without_secrets;    /* check: do not read secret files */
};
/* 0 and *out; or -1 with at least one error among the findings. No network. */
int config_load(struct config **out, const char *path, const struct config_options *o,
                struct findings *f);
void config_free(struct config *c); /* NULL is fine */
/* The file that is used when none is given: $TOCSIN_CONFIG, ./tocsin.yaml,
 * $XDG_CONFIG_HOME/tocsin/tocsin.yaml, /etc/tocsin/tocsin.yaml: the first that exists; ERR_NOTFOUND
 * names all of them and `tocsin init`. */
int config_find(struct buf *path, struct err *err);

/* A rules file alone (`tocsin classify --rules`): brands and rules of it, added to the shipped
 * cues. The result is freed with rules_free. */
struct rules_file;
int rules_read(struct rules_file **out, const char *const *paths, size_t n, const char *data_dir,
               struct findings *f);
void rules_free(struct rules_file *r);
const struct rule_defs *rules_defs(const struct rules_file *r);

/* Options given on a command line (`tocsin parse --option K=V`), checked like those of a file.
 * Live as long as *keep. */
struct arena;
int options_from_args(struct option_values *out, const struct plugin_info *p,
                      const char *const *args, size_t n, struct arena *keep, struct err *err);

/* Lookups; NULL: not there. */
const struct source_conf *config_source(const struct config *c, const char *name);
const struct notifier_conf *config_notifier(const struct config *c, const char *name);
const struct staff_conf *config_staff(const struct config *c, const char *name);
const struct policy_conf *config_policy(const struct config *c, enum level level);
/* Can an alert of this brand reach somebody who is not sitting at this machine? */
bool config_reaches_anybody(const struct config *c, const char *brand);

#endif
