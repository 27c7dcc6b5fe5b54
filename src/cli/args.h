/* args - the command line, read once by one table for all commands. */
#ifndef TOCSIN_CLI_ARGS_H
#define TOCSIN_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "record/rule.h"

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV };

#define MAX_REPEATED 64

struct repeated { /* an option that may be given several times */
    const char *v[MAX_REPEATED];
    size_t n;
};

struct args {
    const char *config, *format_name, *since, *brand, *limit, *level, *source, *search, *person;
    const char *by, *comment, *outcome, *token, *hours, *segment, *url, *record, *replay;
    const char *site, *mail, *ntfy, *output, *state;
    bool is_now, is_once, is_all, is_telegram, is_help, is_verbose, is_open, allow_private, is_yes;
    bool without_drill;
    struct repeated options, headers, rules;
    /* worked out */
    enum format format;
    int64_t since_ms, now_ms; /* since 0: not given */
    int64_t max_rows;         /* 0: the command's own */
    const char *const *words; /* what is no option */
    size_t n_words;
};

struct option_help {
    const char *name, *value, *help;
};

/* `accepted` names options, parted by spaces; others are refused with the nearest right one. */
int args_read(struct args *out, int argc, char **argv, const char *accepted, struct err *err);
const struct option_help *args_help(const char *name);

#endif
