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

static void
count_of(struct buf *b, size_t n, const char *what)
{
    buf_fmt(b, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* The first answer of each source, and what goes wrong; mentions have lines of their own. */
void
reporter_turn(struct reporter *r, const struct turn_report *t)
{
    struct buf b;
    bool is_bad = t->state->health > SOURCE_OK;

    if (!r->is_foreground || !(t->was_first || is_bad))
        return;
    begin(&b);
    buf_fmt(&b, "%s%-10s%s ", colour(r, is_bad ? LEVEL_UPSET : LEVEL_WATCH), "source", plain(r));
    escape_terminal(&b, t->state->name);
    buf_z(&b, ": ");
    count_of(&b, t->n_read, "post");
    buf_z(&b, " read, ");
    count_of(&b, t->n_mentions, "mention");
    if (is_bad) {
        buf_fmt(&b, "; %s: ", source_health_name(t->state->health));
        escape_terminal(&b, t->state->reason);
    }
    say(&b);
}

/* "irate 96", or where nobody is cross what they feel. */
static void
feeling(struct buf *b, const struct reporter *r, const struct score *s)
{
    static const char *const of[] = { "bad", "plain", "good" };
    char word[32];

    if (s->level > LEVEL_NONE)
        snprintf(word, sizeof word, "%s %.0f", level_name(s->level), s->irate);
    else
        snprintf(word, sizeof word, "%s", of[s->label < 0 ? 0 : s->label > 0 ? 2 : 1]);
    buf_fmt(b, "%s%-10s%s ", colour(r, s->level), word, plain(r));
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
    feeling(&b, r, &m->score);
    escape_terminal(&b, m->brand);
    buf_z(&b, "  ");
    escape_terminal(&b, who.n ? who : STR_LIT("somebody"));
    if (p->place.n) {
        buf_z(&b, " on ");
        escape_terminal(&b, p->place);
    }
    buf_z(&b, ": ");
    escape_terminal(&b, str_clip_utf8(text, 70));
    buf_z(&b, text.n > 70 ? "..." : "");
    say(&b);
}

#define WRAP 92

/* As much of the line as fits, up to a space where there is one. */
static size_t
fitting(struct tocsin_str line)
{
    size_t n = str_clip_utf8(line, WRAP).n, at = n;

    if (n == line.n)
        return n;
    while (at > WRAP / 2 && line.p[at] != ' ')
        at--;
    return line.p[at] == ' ' ? at : n;
}

static void
print_line(const struct reporter *r, struct tocsin_str line, bool is_head)
{
    do {
        struct tocsin_str part = str_sub(line, 0, fitting(line));

        printf("  %s|%s %s%.*s%s\n", colour(r, LEVEL_IRATE), plain(r),
               is_head ? colour(r, LEVEL_CRUSADE) : "", STR_FMT(part), is_head ? plain(r) : "");
        line = str_trim(str_sub(line, part.n, line.n));
    } while (line.n > 0);
}

void
reporter_print(struct reporter *r, const char *text)
{
    struct tocsin_str rest = str_trim(str_z(text));

    if (!r->is_foreground) {
        log_warn("alert", NULL, "%s", text);
        return;
    }
    puts("");
    for (bool is_head = true; rest.n > 0; is_head = false)
        print_line(r, str_cut(&rest, '\n'), is_head);
    printf("\n%s", r->has_colour ? "\a" : "");
    fflush(stdout);
}
