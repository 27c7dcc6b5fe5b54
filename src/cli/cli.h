/* cli - what the commands of tocsin share. Each command is a function from args to exit code. */
#ifndef TOCSIN_CLI_CLI_H
#define TOCSIN_CLI_CLI_H

#include "base/err.h"
#include "cli/args.h"
#include "cli/table.h"
#include "config/config.h"
#include "store/store.h"

struct command {
    const char *noun, *verb; /* verb NULL: the noun alone */
    const char *words;       /* usage of the words: "ID", "[FILE|-]" */
    const char *accepted;    /* option names, parted by spaces */
    const char *help;
    int (*run)(const struct args *a);
    size_t least_words, most_words;
};

/* Prints "tocsin: msg" on stderr; the sysexits code. */
int cli_fail(const struct err *err);

/* The configuration with the plugins it was checked against. */
struct cli_config {
    struct plugins *plugins;
    struct config *config;
};
/* The file's errors are printed already, err says only that it is wrong. On -1 nothing is left to
 * free, and to unload or close all the same is fine. */
int cli_load(struct cli_config *out, const struct args *a, struct err *err);
void cli_unload(struct cli_config *c);
/* Configuration and a reader of its store. */
int cli_open(struct cli_config *c, struct store **s, const struct args *a, struct err *err);
void cli_close(struct cli_config *c, struct store *s);

/* One string argument as a JSON object, and one request to the daemon (or, where that may be done
 * without it, to the store); the exit code. `done` is printed on success. */
struct pair {
    const char *name;
    struct tocsin_str value;
};
int cli_ask(const struct args *a, const char *what, const struct pair *pairs, size_t n, bool or_do,
            const char *done);

/* Who does it: --by, or the login name. */
struct tocsin_str cli_by(const struct args *a);
int cli_id(const char *word, int64_t *out, struct err *err);
bool cli_has_colour(void);

/* commands */
int cmd_init(const struct args *a);
int cmd_check(const struct args *a);
int cmd_doctor(const struct args *a);
int cmd_run(const struct args *a);
int cmd_drill(const struct args *a);
int cmd_preview(const struct args *a);
int cmd_parse(const struct args *a);
int cmd_classify(const struct args *a);
int cmd_rule_test(const struct args *a);
int cmd_mention_list(const struct args *a);
int cmd_mention_show(const struct args *a);
int cmd_mention_search(const struct args *a);
int cmd_alert_list(const struct args *a);
int cmd_alert_show(const struct args *a);
int cmd_alert_ack(const struct args *a);
int cmd_alert_later(const struct args *a);
int cmd_alert_resolve(const struct args *a);
int cmd_alert_hold(const struct args *a);
int cmd_alert_release(const struct args *a);
int cmd_person_list(const struct args *a);
int cmd_person_show(const struct args *a);
int cmd_person_note(const struct args *a);
int cmd_person_segment(const struct args *a);
int cmd_person_prefer(const struct args *a);
int cmd_person_import(const struct args *a);
int cmd_source_list(const struct args *a);
int cmd_source_gaps(const struct args *a);
int cmd_source_poll(const struct args *a);
int cmd_source_pause(const struct args *a);
int cmd_source_resume(const struct args *a);
int cmd_notify_test(const struct args *a);
int cmd_plugin_list(const struct args *a);
int cmd_plugin_info(const struct args *a);
int cmd_reload(const struct args *a);
int cmd_stop(const struct args *a);

#endif
