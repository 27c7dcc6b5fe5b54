/* load - the state of one load, shared by the files of this folder only.
 *
 *   yaml -> names -> secrets, brands, rules, notifiers, staff, sources -> struct config
 *
 * First the names of everything are collected from all files, then each section is read; so
 * what refers to something can be refused at once, with its place.
 */
#ifndef TOCSIN_CONFIG_LOAD_H
#define TOCSIN_CONFIG_LOAD_H

#include "base/hash.h"
#include "config/config.h"
#include "config/findings.h"
#include "config/yaml.h"

enum section {
    SEC_BRANDS,
    SEC_TOPICS,
    SEC_COMPETITORS,
    SEC_SOURCES,
    SEC_RULES,
    SEC_SECRETS,
    SEC_NOTIFIERS,
    SEC_NOTIFY,
    SEC_STAFF,
    SEC_TEAMS,
    SEC_ROTATIONS,
    SEC_ESCALATION,
    SEC_ALERTS,
    SEC_KEEP,
    SEC_STATE_DIR,
    SEC_SOCKET,
    SEC_CONTACT,
    SEC_HEARTBEAT,
    SEC_DRY_RUN,
    SEC_INCLUDE,
    SEC_COUNT
};

/* What stands under one top-level key, file by file. */
struct part {
    const struct node *value;
    const struct node *key; /* NULL: a bare list of rules */
    struct part *next;
};

/* Kinds of names that can be referred to. TARGETS may be rung: notifiers, staff, teams,
 * rotations share it so that a name there means one thing. */
enum names {
    NAMES_BRANDS,
    NAMES_SOURCES,
    NAMES_SECRETS,
    NAMES_NOTIFIERS,
    NAMES_STAFF,
    NAMES_TARGETS,
    NAMES_COUNT
};

struct secret {
    const char *name;
    char *value; /* in `keep`, wiped at config_free */
    const struct node *at;
    bool is_used;
};

/* A plugin's tables, asked for once a load. */
struct plugin_seen {
    const struct plugin_info *info; /* NULL: not usable, `why` says so */
    const char *why;
    const struct option_value *defaults; /* one an option, values.n 0: no default */
};

/* A notifier made while reading; becomes config.notifiers at the end. */
struct notifier_made {
    struct notifier_conf conf;
    struct notifier_made *next;
};

/* What config_load hands out: the config and what belongs to it. */
struct config_whole {
    struct config pub; /* first: a struct config * is one of these */
    struct arena *keep;
    struct hash *sources, *notifiers;
    struct secret *secrets;
    size_t n_secrets;
};

struct loader {
    struct config *c;
    struct config_whole *whole;
    struct arena *keep, *tree;
    struct findings *f;
    const struct config_options *o;
    const char *data_dir;
    struct part *parts[SEC_COUNT], **tails[SEC_COUNT];
    struct hash *names[NAMES_COUNT]; /* name -> node */
    struct hash *plugins;            /* name -> struct plugin_seen */
    struct hash *secrets;            /* name -> struct secret */
    struct notifier_made *notifiers, **notifiers_tail;
    size_t n_notifiers;
    struct hash *rule_ids;
    struct hash *forms;       /* short form as written -> name of its notifier */
    size_t n_files, n_unread; /* unread: not YAML, so what they define is not known */
    struct tocsin_str text;   /* the main file's, where it is no file: then nothing is included */
    bool is_args;             /* options of a command line: references are not looked up */
};

/* config_load of a text that stands in no file. It includes nothing, and rules.d is not read. */
int config_load_text(struct config **out, struct tocsin_str text, const struct config_options *o,
                     struct findings *f);

/* ---- errors; all return -1 (warnings 0) ---- */
int load_error(struct loader *l, const struct node *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Without the line: it may show a secret. */
int load_error_hidden(struct loader *l, const struct node *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int load_warn(struct loader *l, const struct node *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int load_nomem(struct loader *l);
/* " (did you mean "x"?)", or ""; lives in the tree's arena. */
const char *load_hint(struct loader *l, struct tocsin_str word, const char *const *words, size_t n);
/* A value for a message: quoted, clipped. */
const char *load_show(struct loader *l, struct tocsin_str s);

/* ---- names ---- */
int names_add(struct loader *l, enum names kind, const struct node *key, const char *what);
const struct node *names_find(const struct loader *l, enum names kind, struct tocsin_str name);
const char *names_hint(struct loader *l, enum names kind, struct tocsin_str word);
/* Every word of the list is a name of that kind, or an error is told. */
int names_check(struct loader *l, enum names kind, const struct node *list, const char *what);
/* 0, or -1: not fit to name something. */
int name_check(struct loader *l, const struct node *key, const char *what);

/* ---- strings ---- */
const char *load_text(struct loader *l, const struct node *n);
/* A scalar, or a list of scalars; `what` for messages. */
int load_words(struct loader *l, const struct node *n, const char *what, struct word_list *out);
/* Relative to the folder of the file that n stands in. */
const char *load_path(struct loader *l, const struct node *n);
/* Refuses what is neither a map nor nothing. */
int load_want_map(struct loader *l, const struct node *n, const char *what);
size_t load_count(const struct part *p); /* items in all parts */

/* ---- the files of a load: load_files.c ---- */
int load_files(struct loader *l, const char *path);
int load_rule_dir(struct loader *l, const char *dir);
int load_one_file(struct loader *l, const char *path, int depth);

/* ---- sections ---- */
int load_secrets(struct loader *l);
int load_brands(struct loader *l);
int load_rules(struct loader *l);
int load_notifiers(struct loader *l);
int load_notify(struct loader *l);
int load_staff(struct loader *l);
int load_policies(struct loader *l);
int load_alerts(struct loader *l);
int load_general(struct loader *l);
int load_sources(struct loader *l);
void load_warnings(struct loader *l);

/* The secret of that name, marked used; NULL and told: there is none. */
const struct secret *load_secret(struct loader *l, const struct node *n, const char *what);

/* ---- plugins and their options ---- */
/* NULL and told at `n`, unless quiet. */
const struct plugin_seen *load_plugin(struct loader *l, const struct node *n, uint32_t kind,
                                      bool is_quiet);
/* Checks `map` (may be NULL) against the plugin's table; defaults are filled in. `owner` is
 * blamed for what is missing. */
int load_options(struct loader *l, const struct plugin_seen *p, const struct node *map,
                 const struct node *owner, const char *title, struct option_values *out);
const struct option_value *option_find(const struct option_values *o, const char *name);

/* hosts, allow_private, proxy, secret_env of a source or notifier. */
struct who_raw {
    const struct node *hosts, *secret_env;
    const char *proxy;
    bool allow_private;
};
int load_who(struct loader *l, const struct plugin_seen *p, const struct who_raw *raw,
             const struct option_values *options, const char *subject, struct fetch_who *out);

/* A notifier's or another receiver's name as written, or a short form (mailto:...) made into
 * a notifier; NULL and told. */
const char *load_receiver(struct loader *l, const struct node *n, enum names kind);
int load_receivers(struct loader *l, const struct node *n, enum names kind, struct word_list *out);

#endif
