/* person - who people are, and what is remembered of them. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/parse.h"
#include "cli/cli.h"
#include "control/control.h"

static const char *const columns[] = { "id",         "name",      "segment", "mentions",  "mood",
                                       "first_seen", "last_seen", "owner",   "preference" };
#define N_COLUMNS (sizeof columns / sizeof *columns)

static int
put_row(void *ctx, const struct person *p)
{
    struct table *t = ctx;

    table_id(t, p->id);
    table_str(t, p->name);
    table_z(t, segment_name(p->segment));
    table_i64(t, p->n_mentions);
    table_double(t, p->mood, 2);
    table_time(t, p->first_seen_ms);
    table_time(t, p->last_seen_ms);
    table_str(t, p->owner);
    table_z(t, p->preference ? preference_name(p->preference) : "");
    return 0;
}

int
cmd_person_list(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct table *t = table_new(a->format, columns, N_COLUMNS);
    struct person_filter f = { .brand = str_z(a->brand),
                               .since_ms = a->since_ms,
                               .limit = a->max_rows ? (size_t)a->max_rows : 50 };
    int rc = -1;

    if (!t)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (a->segment && segment_parse(str_z(a->segment), &f.segment) != 0)
        err_set(&err, ERR_USAGE, "unknown segment \"%s\"", a->segment);
    else if (cli_open(&c, &s, a, &err) == 0) {
        rc = store_each_person(s, &f, put_row, t, &err);
        cli_close(&c, s);
    }
    if (t)
        table_end(t, rc == 0 ? "nobody" : NULL);
    return rc == 0 ? EX_OK : cli_fail(&err);
}

/* ---- one person --------------------------------------------------------------------------- */

static int
show_account(void *ctx, const struct account *ac)
{
    struct buf b;

    (void)ctx;
    buf_init(&b, 4096);
    escape_terminal(&b, ac->service);
    buf_char(&b, ':');
    escape_terminal(&b, ac->handle);
    if (ac->url.n) {
        buf_z(&b, "  ");
        escape_terminal(&b, ac->url);
    }
    if (ac->followers >= 0)
        buf_fmt(&b, "  %lld followers", (long long)ac->followers);
    printf("  %s\n", buf_cstr(&b));
    buf_free(&b);
    return 0;
}

static int
show_note(void *ctx, const struct note *n)
{
    struct buf b;

    buf_init(&b, 8192);
    format_clock(&b, n->at_ms, *(const int64_t *)ctx);
    buf_z(&b, "  ");
    escape_terminal(&b, n->text);
    buf_z(&b, "  (");
    escape_terminal(&b, n->by);
    buf_z(&b, ")");
    printf("  %s\n", buf_cstr(&b));
    buf_free(&b);
    return 0;
}

static int
show_mention(void *ctx, const struct mention_row *m)
{
    struct buf b;

    buf_init(&b, 8192);
    format_clock(&b, m->post.first_seen_ms, *(const int64_t *)ctx);
    buf_fmt(&b, "  %-7s ", level_name(m->mention.score.level));
    escape_terminal(&b, str_clip_utf8(m->post.post.text.text, 120));
    printf("  %lld  %s\n", (long long)m->id, buf_cstr(&b));
    buf_free(&b);
    return 0;
}

static void
show_hiccup(const struct case_ *c, int64_t now)
{
    struct buf b;

    buf_init(&b, 8192);
    format_ago(&b, now - c->resolved_ms);
    buf_fmt(&b, " ago, ended %s", outcome_name(c->outcome));
    if (c->helper.n) {
        buf_z(&b, ", helped by ");
        escape_terminal(&b, c->helper);
    }
    buf_z(&b, ": ");
    escape_terminal(&b, c->about);
    if (c->comment.n) {
        buf_z(&b, " (");
        escape_terminal(&b, c->comment);
        buf_z(&b, ")");
    }
    printf("last hiccup  %s\n", buf_cstr(&b));
    buf_free(&b);
}

static int
show_person(struct store *s, int64_t id, struct arena *a, struct err *err)
{
    struct person p;
    struct case_ c;
    struct mention_filter f = { .person = id, .limit = 10 };
    struct buf b;
    bool found = false;
    int64_t now = clock_wall(&clock_system);

    if (store_get_person(s, id, a, &p, err) != 0 ||
        store_find_last_hiccup(s, id, a, &c, &found, err) != 0)
        return -1;
    buf_init(&b, 8192);
    escape_terminal(&b, p.name);
    printf("person %lld  %s\nsegment %s%s%.*s  mentions %lld  mood %+.2f\n", (long long)id,
           buf_cstr(&b), segment_name(p.segment)[0] ? segment_name(p.segment) : "not known",
           p.segment_by.n ? " by " : "", STR_FMT(p.segment_by), (long long)p.n_mentions, p.mood);
    buf_free(&b);
    if (found)
        show_hiccup(&c, now);
    printf("accounts\n");
    if (store_each_account(s, id, show_account, NULL, err) != 0)
        return -1;
    printf("notes\n");
    if (store_each_note(s, id, show_note, &now, err) != 0)
        return -1;
    printf("mentions\n");
    return store_each_mention(s, &f, show_mention, &now, err);
}

static int
find_person(struct store *s, const char *who, int64_t *id, struct err *err)
{
    if (parse_i64(str_z(who), id) == 0)
        return 0;
    if (store_find_person(s, str_z(who), id, err) != 0)
        return -1;
    return *id ? 0 : err_set(err, ERR_NOTFOUND, "nobody is known as \"%s\"", who);
}

int
cmd_person_show(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct arena *arena = arena_new(4 << 20);
    int64_t id = 0;
    int rc = -1;

    if (!arena)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (cli_open(&c, &s, a, &err) == 0) {
        rc = find_person(s, a->words[0], &id, &err);
        if (rc == 0)
            rc = show_person(s, id, arena, &err);
        cli_close(&c, s);
    }
    arena_free(arena);
    return rc == 0 ? EX_OK : cli_fail(&err);
}

/* ---- changes -------------------------------------------------------------------------------- */

static int
change(const struct args *a, const char *what, const char *name)
{
    struct pair p[] = { { "id", str_z(a->words[0]) },
                        { name, str_z(a->words[1]) },
                        { "by", cli_by(a) } };

    return cli_ask(a, what, p, 3, true, "remembered");
}

int
cmd_person_note(const struct args *a)
{
    return change(a, "person.note", "text");
}

int
cmd_person_segment(const struct args *a)
{
    return change(a, "person.segment", "segment");
}

int
cmd_person_prefer(const struct args *a)
{
    return change(a, "person.prefer", "preference");
}

int
cmd_person_import(const struct args *a)
{
    struct err err = { 0 };
    struct buf csv;
    int rc;

    buf_init(&csv, 8 << 20);
    if (file_read(&csv, a->words[0], &err) != 0) {
        rc = cli_fail(&err);
    } else {
        struct pair p[] = { { "file", str_z(a->words[0]) },
                            { "csv", buf_view(&csv) },
                            { "by", cli_by(a) } };
        rc = cli_ask(a, "person.import", p, 3, true, "imported");
    }
    buf_free(&csv);
    return rc;
}
