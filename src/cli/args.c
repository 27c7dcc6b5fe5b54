/* args - long options by table. */
#include "cli/args.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"

enum arg_type { ARG_TEXT, ARG_FLAG, ARG_MANY };

#define TEXT(n, f, v, h)                                \
    {                                                   \
        { n, v, h }, ARG_TEXT, offsetof(struct args, f) \
    }
#define FLAG(n, f, h)                                      \
    {                                                      \
        { n, NULL, h }, ARG_FLAG, offsetof(struct args, f) \
    }
#define MANY(n, f, v, h)                                \
    {                                                   \
        { n, v, h }, ARG_MANY, offsetof(struct args, f) \
    }

static const struct {
    struct option_help help;
    enum arg_type type;
    size_t offset;
} table[] = {
    TEXT("config", config, "FILE", "configuration file"),
    TEXT("format", format_name, "F", "table, json, jsonl or csv"),
    TEXT("since", since, "T", "a duration before now (7d) or an RFC 3339 time"),
    TEXT("brand", brand, "B", "only this brand"),
    TEXT("limit", limit, "N", "at most N rows"),
    TEXT("level", level, "L", "at least watch, upset, irate or crusade"),
    TEXT("source", source, "S", "only this source"),
    TEXT("person", person, "ID", "only this person"),
    TEXT("segment", segment, "S", "friend, customer, prospect, lurker, complainant, ..."),
    TEXT("by", by, "NAME", "who does it (default: the login name)"),
    TEXT("comment", comment, "TEXT", "a few words for the history"),
    TEXT("outcome", outcome, "O", "calmed, won-back, no-answer, worse or false-alarm"),
    TEXT("token", token, "T", "the one-time token of an alert's message"),
    TEXT("for", hours, "D", "how long, as 30m or 2h"),
    TEXT("url", url, "URL", "the address that the response came from"),
    TEXT("record", record, "DIR", "write every exchange to DIR, secrets masked"),
    TEXT("replay", replay, "DIR", "take every answer from DIR, no network"),
    TEXT("site", site, "URL", "a site or forum of yours, to listen to as well"),
    TEXT("mail", mail, "ADDR", "send alerts to this address"),
    TEXT("ntfy", ntfy, "TOPIC", "send alerts to this ntfy topic"),
    TEXT("output", output, "FILE", "where to write"),
    TEXT("state", state, "DIR", "state folder instead of the configured one"),
    FLAG("telegram", is_telegram, "send alerts through a Telegram bot (asks for its token)"),
    FLAG("once", is_once, "poll what is due once, process, deliver, end"),
    FLAG("now", is_now, "do not wait for due times"),
    FLAG("all", is_all, "also what is closed, drills and copies"),
    FLAG("open", is_open, "only what is not closed"),
    FLAG("yes", is_yes, "do not ask"),
    FLAG("allow-private", allow_private, "let sources talk to this machine and its network"),
    FLAG("no-drill", without_drill, "do not end with a drill"),
    FLAG("verbose", is_verbose, "say more"),
    FLAG("help", is_help, "this text"),
    MANY("option", options, "K=V", "an option of the plugin; may be repeated"),
    MANY("header", headers, "K:V", "a response header; may be repeated"),
    MANY("rules", rules, "FILE", "a rules file; may be repeated"),
};
#define N_TABLE (sizeof table / sizeof *table)

const struct option_help *
args_help(const char *name)
{
    for (size_t i = 0; i < N_TABLE; i++)
        if (strcmp(table[i].help.name, name) == 0)
            return &table[i].help;
    return NULL;
}

static bool
is_among(const char *accepted, struct tocsin_str name)
{
    struct tocsin_str rest = str_z(accepted);

    while (rest.n > 0)
        if (str_eq(str_cut(&rest, ' '), name))
            return true;
    return str_eq_z(name, "help") || str_eq_z(name, "config");
}

static int
refuse(const char *accepted, struct tocsin_str name, struct err *err)
{
    const char *words[N_TABLE], *near;
    size_t n = 0;

    for (size_t i = 0; i < N_TABLE; i++)
        if (is_among(accepted, str_z(table[i].help.name)))
            words[n++] = table[i].help.name;
    near = str_nearest(name, words, n);
    if (near)
        return err_set(err, ERR_USAGE, "unknown option --%.*s (did you mean --%s?)", STR_FMT(name),
                       near);
    return err_set(err, ERR_USAGE, "unknown option --%.*s; --help shows those of this command",
                   STR_FMT(name));
}

/* One option at argv[*at]; *at moves to its last word. */
static int
take_option(struct args *a, char **argv, int argc, int *at, const char *accepted, struct err *err)
{
    struct tocsin_str rest = str_z(argv[*at] + 2);
    struct tocsin_str name = str_cut(&rest, '=');
    const char *value = strchr(argv[*at], '=');
    size_t i;

    for (i = 0; i < N_TABLE; i++)
        if (str_eq_z(name, table[i].help.name))
            break;
    if (i == N_TABLE || !is_among(accepted, name))
        return refuse(accepted, name, err);
    if (table[i].type == ARG_FLAG) {
        if (value)
            return err_set(err, ERR_USAGE, "option --%s takes no value", table[i].help.name);
        *(bool *)((char *)a + table[i].offset) = true;
        return 0;
    }
    if (!value && *at + 1 >= argc)
        return err_set(err, ERR_USAGE, "option --%s needs %s", table[i].help.name,
                       table[i].help.value);
    value = value ? value + 1 : argv[++*at];
    if (table[i].type == ARG_TEXT) {
        *(const char **)((char *)a + table[i].offset) = value;
    } else {
        struct repeated *r = (struct repeated *)((char *)a + table[i].offset);
        if (r->n == MAX_REPEATED)
            return err_set(err, ERR_USAGE, "--%s more than %d times", table[i].help.name,
                           MAX_REPEATED);
        r->v[r->n++] = value;
    }
    return 0;
}

static int
work_out(struct args *a, struct err *err)
{
    static const char *const formats[] = { "table", "json", "jsonl", "csv" };
    size_t i = 0;

    a->now_ms = clock_wall(&clock_system);
    while (a->format_name && i < 4 && strcmp(formats[i], a->format_name) != 0)
        i++;
    if (i == 4)
        return err_set(err, ERR_USAGE, "--format %s: say table, json, jsonl or csv",
                       a->format_name);
    a->format = (enum format)i;
    if (a->since && parse_since(str_z(a->since), a->now_ms, &a->since_ms) != 0)
        return err_set(err, ERR_USAGE, "--since %s: say 7d, 12h or 2026-11-24", a->since);
    if (a->limit && (parse_i64(str_z(a->limit), &a->max_rows) != 0 || a->max_rows <= 0))
        return err_set(err, ERR_USAGE, "--limit %s: say a number from 1", a->limit);
    return 0;
}

int
args_read(struct args *out, int argc, char **argv, const char *accepted, struct err *err)
{
    size_t n = 0;
    bool only_words = false;

    *out = (struct args){ 0 };
    for (int i = 0; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0)
            only_words = true;
        else if (!only_words && strcmp(argv[i], "-h") == 0)
            out->is_help = true;
        else if (!only_words && strcmp(argv[i], "-c") == 0 && i + 1 < argc)
            out->config = argv[++i];
        else if (!only_words && strcmp(argv[i], "-c") == 0)
            return err_set(err, ERR_USAGE, "option -c needs FILE");
        else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
            if (take_option(out, argv, argc, &i, accepted, err) != 0)
                return -1;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1])
            return err_set(err, ERR_USAGE, "unknown option %s; --help shows those of this command",
                           argv[i]);
        else
            argv[n++] = argv[i]; /* words move to the front */
    }
    out->words = (const char *const *)argv;
    out->n_words = n;
    return work_out(out, err);
}
