/* classify - posts in, scores with their reasons out; JSON Lines both ways. */
#include "score/classify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "engine.h"

#define MAX_LINE (16 << 20)

/* All lines of the file; bad ones are told and counted, the rest goes on. */
static int
classify_file(const struct classify *c, FILE *in, size_t *n_bad)
{
    char *line = NULL;
    size_t cap = 0, no = 0;
    ssize_t n;
    struct buf out;
    struct progress p;

    progress_begin(&p, "classify", progress_size(in));
    buf_init(&out, MAX_LINE);
    while ((n = getline(&line, &cap, in)) > 0) {
        struct err err = { 0 };
        struct tocsin_str s = { line, (size_t)n };
        if (line[n - 1] == '\n')
            s.n--;
        if (classify_line(c, s, ++no, &out, &err) != 0) {
            fprintf(stderr, "tocsin: %s\n", err.msg);
            ++*n_bad;
        }
        fwrite(out.p, 1, out.n, stdout);
        buf_reset(&out);
        progress_step(&p, n);
    }
    progress_end(&p);
    buf_free(&out);
    free(line);
    return ferror(in) || fflush(stdout) != 0 ? -1 : 0;
}

static int
classify_with(const struct rule_defs *defs, FILE *in, struct err *err)
{
    struct classify c = { .now_ms = clock_wall(&clock_system),
                          .scratch = match_scratch_new(),
                          .arena = arena_new(64 << 20) };
    struct ruleset *rules = NULL;
    struct scorer *scorer = NULL;
    size_t n_bad = 0;
    int rc = -1;

    if (!c.scratch || !c.arena) {
        err_set(err, ERR_NOMEM, "no memory");
        goto out;
    }
    if (ruleset_new(&rules, defs, NULL, NULL, err) != 0 ||
        scorer_new(&scorer, install_data_dir(), err) != 0)
        goto out;
    c.rules = rules;
    c.scorer = scorer;
    if (classify_file(&c, in, &n_bad) != 0)
        err_set(err, ERR_IO, "cannot read or write the posts");
    else if (n_bad > 0)
        err_set(err, ERR_DATA, "%zu lines were no posts", n_bad);
    else
        rc = 0;
out:
    scorer_free(scorer);
    ruleset_free(rules);
    match_scratch_free(c.scratch);
    arena_free(c.arena);
    return rc;
}

static void
print_errors(const struct findings *f)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    findings_print(f, &b);
    fputs(buf_cstr(&b), stderr);
    buf_free(&b);
}

int
cmd_classify(const struct args *a)
{
    bool is_stdin = a->n_words == 0 || strcmp(a->words[0], "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(a->words[0], "r");
    struct findings *f = findings_new();
    struct rules_file *rules = NULL;
    struct err err = { 0 };
    int rc = -1;

    if (!in)
        err_set(&err, ERR_NOTFOUND, "cannot open %s", a->words[0]);
    else if (!f)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (rules_read(&rules, a->rules.v, a->rules.n, install_data_dir(), f) != 0) {
        print_errors(f);
        err_set(&err, ERR_CONFIG, "the rules are wrong");
    } else
        rc = classify_with(rules_defs(rules), in, &err);
    if (in && !is_stdin)
        fclose(in);
    rules_free(rules);
    findings_free(f);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
