/* main - finds the command that was meant, reads its arguments, runs it. */
#include "cli/main.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/cli.h"

#define LIST "format since brand limit "

static const struct command commands[] = {
    { "init", NULL, "BRAND...", "site mail ntfy telegram output yes no-drill",
      "write a configuration and try it", cmd_init, 1, 32 },
    { "check", NULL, "", "", "validate the configuration, without network", cmd_check, 0, 0 },
    { "doctor", NULL, "", "", "what this machine gives and what is missing", cmd_doctor, 0, 0 },
    { "run", NULL, "", "once now record replay allow-private state verbose",
      "with --once: poll what is due, process, deliver, end", cmd_run, 0, 0 },
    { "drill", NULL, "", "brand for", "a marked complaint through every stage, until acknowledged",
      cmd_drill, 0, 0 },
    { "preview", NULL, "", "brand format", "what was found, and what would have rung", cmd_preview,
      0, 0 },
    { "parse", NULL, "PLUGIN FILE|-", "option url header",
      "a saved response through a plugin to posts, JSON Lines", cmd_parse, 2, 2 },
    { "classify", NULL, "[FILE|-]", "rules", "JSON Lines of posts in, scores with reasons out",
      cmd_classify, 0, 1 },
    { "mention", "list", "", LIST "level source person all", "mentions, newest first",
      cmd_mention_list, 0, 0 },
    { "mention", "show", "ID", "format", "one mention with hits and reasons", cmd_mention_show, 1,
      1 },
    { "mention", "search", "WORD...", LIST "level source all", "mentions that hold all the words",
      cmd_mention_search, 1, 32 },
    { "alert", "list", "", LIST "all open", "alerts, newest first", cmd_alert_list, 0, 0 },
    { "alert", "show", "ID", "", "one alert with its whole history", cmd_alert_show, 1, 1 },
    { "alert", "ack", "[ID]", "by comment token", "I have it: the bell stops", cmd_alert_ack, 0,
      1 },
    { "alert", "later", "ID", "by for", "ring again later (default 1h)", cmd_alert_later, 1, 1 },
    { "alert", "resolve", "ID", "by outcome comment",
      "the case is over: outcome becomes the last hiccup", cmd_alert_resolve, 1, 1 },
    { "alert", "hold", "", "brand", "raise the brand's alerts without ringing", cmd_alert_hold, 0,
      0 },
    { "alert", "release", "", "brand", "let the brand's alerts ring again", cmd_alert_release, 0,
      0 },
    { "person", "list", "", LIST "segment", "people, last seen first", cmd_person_list, 0, 0 },
    { "person", "show", "ID|HANDLE", "", "one person: accounts, mentions, notes, last hiccup",
      cmd_person_show, 1, 1 },
    { "person", "note", "ID|HANDLE TEXT", "by", "remember something about a person",
      cmd_person_note, 2, 2 },
    { "person", "segment", "ID|HANDLE SEGMENT", "by", "set a person's segment by hand",
      cmd_person_segment, 2, 2 },
    { "person", "prefer", "ID|HANDLE PREFERENCE", "by",
      "information, conversation, discount or nothing", cmd_person_prefer, 2, 2 },
    { "person", "import", "FILE.csv", "by",
      "people from a spreadsheet: handle, name, segment, note", cmd_person_import, 1, 1 },
    { "source", "list", "", "format since brand", "sources: state, interval and its cause, next",
      cmd_source_list, 0, 0 },
    { "source", "gaps", "", "format since", "what could not be read, from when to when",
      cmd_source_gaps, 0, 0 },
    { "source", "poll", "NAME", "", "poll a source now", cmd_source_poll, 1, 1 },
    { "source", "pause", "NAME", "", "stop polling a source", cmd_source_pause, 1, 1 },
    { "source", "resume", "NAME", "", "poll a paused source again", cmd_source_resume, 1, 1 },
    { "notify", "test", "NAME", "", "send a test message through a notifier", cmd_notify_test, 1,
      1 },
    { "plugin", "list", "", "format", "the plugins that were found", cmd_plugin_list, 0, 0 },
    { "plugin", "info", "NAME", "", "a plugin's manual from its option table", cmd_plugin_info, 1,
      1 },
    { "reload", NULL, "", "", "let tocsind read its configuration again", cmd_reload, 0, 0 },
    { "stop", NULL, "", "", "let tocsind end", cmd_stop, 0, 0 },
};
#define N_COMMANDS (sizeof commands / sizeof *commands)

static void
print_usage(FILE *to)
{
    fputs("usage: tocsin COMMAND [OPTION...]\n\n", to);
    for (size_t i = 0; i < N_COMMANDS; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s%s%s %s", commands[i].noun, commands[i].verb ? " " : "",
                 commands[i].verb ? commands[i].verb : "", commands[i].words);
        fprintf(to, "  %-36s %s\n", name, commands[i].help);
    }
    fputs("\nEvery command takes -c FILE (configuration) and --help.\n", to);
}

static void
print_help(const struct command *c)
{
    struct tocsin_str rest = str_z(c->accepted);

    printf("usage: tocsin %s%s%s %s [OPTION...]\n%s\n\n", c->noun, c->verb ? " " : "",
           c->verb ? c->verb : "", c->words, c->help);
    while (rest.n > 0) {
        struct tocsin_str word = str_cut(&rest, ' ');
        char name[32];
        const struct option_help *h;
        snprintf(name, sizeof name, "%.*s", STR_FMT(word));
        h = args_help(name);
        if (h)
            printf("  --%s%s%-*s %s\n", h->name, h->value ? " " : "", (int)(22 - strlen(h->name)),
                   h->value ? h->value : "", h->help);
    }
    printf("  -c, --config FILE        configuration file\n");
}

static int
unknown(const char *word, const char *noun)
{
    const char *words[N_COMMANDS], *near;
    size_t n = 0;

    for (size_t i = 0; i < N_COMMANDS; i++)
        if (!noun)
            words[n++] = commands[i].noun;
        else if (strcmp(commands[i].noun, noun) == 0 && commands[i].verb)
            words[n++] = commands[i].verb;
    near = word ? str_nearest(str_z(word), words, n) : NULL;
    fprintf(stderr, "tocsin: ");
    if (!word)
        fprintf(stderr, "tocsin %s what?", noun);
    else
        fprintf(stderr, "unknown command \"%s%s%s\"", noun ? noun : "", noun ? " " : "", word);
    if (near)
        fprintf(stderr, " (did you mean \"%s\"?)", near);
    if (noun) {
        fprintf(stderr, "; there are:");
        for (size_t i = 0; i < n; i++)
            fprintf(stderr, " %s", words[i]);
        fputc('\n', stderr);
    } else {
        fprintf(stderr, "; `tocsin --help` shows all\n");
    }
    return EX_USAGE;
}

static const struct command *
find(int argc, char **argv, int *taken)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const struct command *c = &commands[i];
        if (strcmp(c->noun, argv[1]) != 0)
            continue;
        *taken = c->verb ? 3 : 2;
        if (!c->verb || (argc > 2 && strcmp(c->verb, argv[2]) == 0))
            return c;
    }
    return NULL;
}

static bool
is_noun(const char *word)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].noun, word) == 0)
            return true;
    return false;
}

static int
run(const struct command *c, int argc, char **argv)
{
    struct args a;
    struct err err = { 0 };

    if (args_read(&a, argc, argv, c->accepted, &err) != 0)
        return cli_fail(&err);
    if (a.is_help) {
        print_help(c);
        return EX_OK;
    }
    if (a.n_words < c->least_words || a.n_words > c->most_words) {
        fprintf(stderr, "usage: tocsin %s%s%s %s\n", c->noun, c->verb ? " " : "",
                c->verb ? c->verb : "", c->words);
        return EX_USAGE;
    }
    return c->run(&a);
}

/* The configuration may also be named before the command. */
static int
take_config(int *argc, char ***argv)
{
    char **v = *argv;

    if (*argc < 2 || (strcmp(v[1], "-c") != 0 && strcmp(v[1], "--config") != 0))
        return 0;
    if (*argc < 3 || setenv("TOCSIN_CONFIG", v[2], 1) != 0)
        return -1;
    *argc -= 2;
    *argv += 2;
    return 0;
}

int
cli_main(int argc, char **argv)
{
    const struct command *c;
    int taken = 0;

    if (take_config(&argc, &argv) != 0) {
        fputs("tocsin: -c needs a FILE\n", stderr);
        return EX_USAGE;
    }
    signal(SIGPIPE, SIG_IGN); /* a host or a daemon that is gone is an error, not an end */
    if (argc < 2) {
        print_usage(stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EX_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("tocsin " PACKAGE_VERSION);
        return EX_OK;
    }
    c = find(argc, argv, &taken);
    if (c)
        return run(c, argc - taken, argv + taken);
    if (is_noun(argv[1]))
        return unknown(argc > 2 ? argv[2] : NULL, argv[1]);
    return unknown(argv[1], NULL);
}
