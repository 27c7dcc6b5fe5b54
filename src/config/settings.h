/* settings - typed tables of the keys that each section may hold.
 *
 * One table gives the parser, the checks, the defaults and the manual's list of keys.
 */
#ifndef TOCSIN_CONFIG_SETTINGS_H
#define TOCSIN_CONFIG_SETTINGS_H

#include "config/load.h"

enum setting_type {
    SET_STRING,   /* const char * */
    SET_URL,      /* const char *, with a host and without a password */
    SET_PATH,     /* const char *, relative to the file's folder */
    SET_INT,      /* int64_t */
    SET_DURATION, /* int64_t, ms */
    SET_TIME,     /* int64_t, UTC ms */
    SET_NUMBER,   /* double */
    SET_BOOL,     /* bool */
    SET_ENUM,     /* int, the place in `choices` */
    SET_WORDS,    /* struct word_list */
    SET_NODE      /* const struct node *, read by whoever asked */
};

struct setting {
    const char *name;
    enum setting_type type;
    size_t offset;
    bool required;
    const char *dflt;    /* as written in a file; NULL: the field stays as it is */
    int64_t min, max;    /* INT, DURATION (ms), NUMBER; both 0: any */
    const char *choices; /* ENUM: words parted by spaces */
    const char *help;    /* one line */
};

struct settings {
    const char *what; /* "source" */
    const struct setting *v;
    size_t n;
};

/* A field whose C type does not fit stops the compile. */
#define SETTING_(key, S, field, T, t, ...)        \
    {                                             \
        .name = key,                              \
        .type = _Generic(((S *)0)->field, T       \
                         : t),                    \
        .offset = offsetof(S, field), __VA_ARGS__ \
    }
#define S_STRING(k, S, f, ...) SETTING_(k, S, f, const char *, SET_STRING, __VA_ARGS__)
#define S_URL(k, S, f, ...) SETTING_(k, S, f, const char *, SET_URL, __VA_ARGS__)
#define S_PATH(k, S, f, ...) SETTING_(k, S, f, const char *, SET_PATH, __VA_ARGS__)
#define S_INT(k, S, f, ...) SETTING_(k, S, f, int64_t, SET_INT, __VA_ARGS__)
#define S_DURATION(k, S, f, ...) SETTING_(k, S, f, int64_t, SET_DURATION, __VA_ARGS__)
#define S_TIME(k, S, f, ...) SETTING_(k, S, f, int64_t, SET_TIME, __VA_ARGS__)
#define S_NUMBER(k, S, f, ...) SETTING_(k, S, f, double, SET_NUMBER, __VA_ARGS__)
#define S_BOOL(k, S, f, ...) SETTING_(k, S, f, bool, SET_BOOL, __VA_ARGS__)
#define S_ENUM(k, S, f, words, ...) SETTING_(k, S, f, int, SET_ENUM, .choices = words, __VA_ARGS__)
#define S_WORDS(k, S, f, ...) SETTING_(k, S, f, struct word_list, SET_WORDS, __VA_ARGS__)
#define S_NODE(k, S, f, ...) SETTING_(k, S, f, const struct node *, SET_NODE, __VA_ARGS__)
#define SETTINGS(what, table)                         \
    {                                                 \
        what, table, sizeof(table) / sizeof(table[0]) \
    }

/* Fills *out from the map (nothing counts as an empty one); all errors are told. `owner` is
 * blamed for a missing key, `title` names it: "source hn". */
int settings_read(struct loader *l, const struct settings *t, const struct node *map,
                  const struct node *owner, const char *title, void *out);

/* One URL: absolute, with a host, no password inside, of a scheme that is spoken here. */
int settings_check_url(struct loader *l, const struct node *n, const char *key);

extern const struct settings settings_top, settings_brand, settings_source, settings_budget,
    settings_rule, settings_threshold, settings_secret, settings_notifier, settings_staff,
    settings_rotation, settings_policy, settings_step, settings_alerts, settings_keep,
    settings_heartbeat;
/* All of them, for the manual: NULL after the last. */
const struct settings *settings_table(size_t i);

#endif
