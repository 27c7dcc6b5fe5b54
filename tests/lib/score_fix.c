/* Runs a text through normalise, match and score with what is shipped. */
#include "score_fix.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "normalise/normalise.h"

static void
die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    abort();
}

static const char *
write_brands(char path[64], const char *brands)
{
    snprintf(path, 64, "/tmp/tocsin-score-XXXXXX.yaml");
    int fd = mkstemps(path, 5);
    if (fd < 0 || write(fd, brands, strlen(brands)) < 0)
        die(path, "cannot write");
    close(fd);
    return path;
}

void
score_fix_begin(struct score_fix *f, const char *brands)
{
    const char *src = getenv("TOCSIN_SRCDIR");
    char etc[4096], path[64];
    const char *paths[1];
    struct err err = { 0 };
    struct findings *found = findings_new();

    snprintf(etc, sizeof(etc), "%s/etc", src ? src : ".");
    *f = (struct score_fix){ .scratch = match_scratch_new(), .arena = arena_new(8u << 20) };
    if (scorer_new(&f->scorer, etc, &err))
        die("scorer", err.msg);
    paths[0] = brands ? write_brands(path, brands) : NULL;
    if (rules_read(&f->file, paths, brands ? 1 : 0, etc, found))
        die("rules", "shipped rules do not load");
    if (brands)
        unlink(path);
    findings_free(found);
    if (ruleset_new(&f->rules, rules_defs(f->file), NULL, NULL, &err))
        die("ruleset", err.msg);
}

void
score_fix_end(struct score_fix *f)
{
    ruleset_free(f->rules);
    rules_free(f->file);
    scorer_free(f->scorer);
    match_scratch_free(f->scratch);
    arena_free(f->arena);
}

struct post
score_fix_post(struct score_fix *f, const char *text, const char *lang)
{
    struct post p = { .id = STR_LIT("1"), .replies = -1, .reposts = -1, .likes = -1 };
    struct err err;

    p.text.text = str_z(text);
    p.lang = str_z(lang);
    p.author.followers = -1;
    if (normalise_post(&p, f->arena, &err))
        die("normalise", err.msg);
    return p;
}

struct score
score_fix_post_score(struct score_fix *f, const char *text, enum post_kind kind)
{
    struct post p;
    struct match_result m;
    struct score s = { 0 };
    struct err err;

    arena_reset(f->arena);
    p = score_fix_post(f, text, "en");
    p.kind = kind;
    if (match_post(f->rules, f->scratch, &p, 0, f->arena, &m, &err) ||
        score_post(f->scorer, &p, rules_defs(f->file), &m, f->arena, &s, &err))
        die("score", err.msg);
    return s;
}

struct mention
score_fix_mention(struct score_fix *f, const char *text)
{
    struct post *p;
    struct match_result m;
    struct mention *v = NULL;
    size_t n = 0;
    struct err err;

    arena_reset(f->arena);
    p = arena_alloc(f->arena, sizeof(*p));
    *p = score_fix_post(f, text, "en");
    if (match_post(f->rules, f->scratch, p, 0, f->arena, &m, &err) ||
        score_mentions(f->scorer, p, rules_defs(f->file), &m, f->arena, &v, &n, &err))
        die("score", err.msg);
    return n ? v[0] : (struct mention){ 0 };
}
