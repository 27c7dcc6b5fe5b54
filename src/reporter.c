/* reporter - what happens, as lines for a terminal. */
#include "reporter.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/parse.h"

struct reporter {
    bool is_foreground, has_colour;
};

struct reporter *
reporter_new(bool is_foreground)
{
    struct reporter *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->is_foreground = is_foreground;
    r->has_colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    return r;
}

void
reporter_free(struct reporter *r)
{
    free(r);
}

static const char *
colour(const struct reporter *r, enum level l)
{
    static const char *const of[] = { "", "\x1b[2m", "\x1b[33m", "\x1b[31m", "\x1b[1;31m" };

    return r->has_colour ? of[l] : "";
}

static const char *
plain(const struct reporter *r)
{
    return r->has_colour ? "\x1b[0m" : "";
}

static void
say(struct buf *b)
{
    buf_char(b, '\n');
    fputs(buf_cstr(b), stdout);
    fflush(stdout);
    buf_free(b);
}

static void
begin(struct buf *b)
{
    int64_t now = clock_wall(&clock_system);

    buf_init(b, 8192);
    format_clock(b, now, now);
    buf_z(b, "  ");
}

void
reporter_started(struct reporter *r, const struct config *c)
{
    struct buf b;

    if (!r->is_foreground)
        return;
    begin(&b);
    buf_fmt(&b, "Listening for");
    for (size_t i = 0; i < c->rules.n_brands; i++) {
        buf_z(&b, i ? ", " : " ");
        escape_terminal(&b, str_z(c->rules.brands[i].name));
    }
    buf_fmt(&b, " in %zu sources. Ctrl-C ends it.", c->n_sources);
    say(&b);
}

void
reporter_ended(struct reporter *r, const struct config *c)
{
    struct buf b;

    if (!r->is_foreground)
        return;
    begin(&b);
    buf_fmt(&b, "Nobody is listening now. To listen again: tocsind -f -c %s", c->path);
    say(&b);
}

void
reporter_turn(struct reporter *r, const struct turn_report *t)
{
    struct buf b;
    bool is_news = t->was_first || t->n_new > 0 || t->state->health > SOURCE_OK;

    if (!r->is_foreground || !is_news)
        return;
    begin(&b);
    escape_terminal(&b, t->state->name);
    buf_fmt(&b, ": %zu posts read, %zu new, %zu mentions", t->n_read, t->n_new, t->n_mentions);
    if (t->state->health > SOURCE_OK) {
        buf_fmt(&b, "; %s: ", source_health_name(t->state->health));
        escape_terminal(&b, t->state->reason);
    }
    say(&b);
}

void
reporter_mention(struct reporter *r, const struct post *p, const struct mention *m)
{
    struct buf b;
    struct tocsin_str who = p->author.name.n ? p->author.name : p->author.handle;
    struct tocsin_str text = p->text.text.n ? p->text.text : p->title.text;

    if (!r->is_foreground)
        return;
    begin(&b);
    buf_fmt(&b, "%s%-7s%s %+.2f  ", colour(r, m->score.level), level_name(m->score.level), plain(r),
            m->score.sentiment);
    escape_terminal(&b, m->brand);
    buf_z(&b, "  ");
    escape_terminal(&b, who.n ? who : STR_LIT("somebody"));
    buf_z(&b, ": ");
    escape_terminal(&b, str_clip_utf8(text, 100));
    say(&b);
}

void
reporter_print(struct reporter *r, const char *text)
{
    if (!r->is_foreground) {
        log_warn("alert", NULL, "%s", text);
        return;
    }
    printf("\n%s%s%s\n%s", colour(r, LEVEL_IRATE), text, plain(r), r->has_colour ? "\a" : "");
    fflush(stdout);
}
