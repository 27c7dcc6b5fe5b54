/* source - the places where Tocsin listens, and how they are. */
#include <sysexits.h>

#include "base/parse.h"
#include "cli/cli.h"
#include "control/control.h"
#include "schedule/schedule.h"

static const char *const columns[] = { "source",  "plugin",     "health",    "interval",
                                       "because", "worst_case", "last_poll", "next",
                                       "posts",   "mentions",   "reason" };
#define N_COLUMNS (sizeof columns / sizeof *columns)

static void
put_duration(struct table *t, int64_t ms)
{
    struct buf b;

    buf_init(&b, 64);
    format_duration(&b, ms / MS_SECOND * MS_SECOND);
    table_str(t, buf_view(&b));
    buf_free(&b);
}

static void
put_row(struct table *t, const struct source_conf *c, const struct source_state *st)
{
    const char *why;
    int64_t interval = schedule_interval(c, &why);

    if (st->interval_ms > 0)
        interval = st->interval_ms;
    table_z(t, c->name);
    table_z(t, c->plugin->name);
    table_z(t, source_health_name(st->health));
    put_duration(t, interval);
    table_str(t, st->interval_why.n ? st->interval_why : str_z(why));
    put_duration(t, interval + interval / 10); /* with all of its jitter */
    table_time(t, st->last_poll_ms);
    table_time(t, st->next_due_ms);
    table_i64(t, st->n_posts);
    table_i64(t, st->n_mentions);
    table_str(t, st->reason);
}

/* Does the source listen for the brand, and was it polled since? */
static bool
is_asked_for(const struct args *args, const struct source_conf *c, const struct source_state *st)
{
    bool has_brand = !args->brand || c->brands.n == 0;

    for (size_t i = 0; i < c->brands.n && !has_brand; i++)
        has_brand = str_eq_z(str_z(args->brand), c->brands.v[i]);
    return has_brand && st->last_poll_ms >= args->since_ms;
}

static int
list(const struct args *args, struct store *s, const struct config *c, struct table *t,
     struct err *err)
{
    struct arena *a = arena_new(4 << 20);
    int rc = a ? 0 : err_set(err, ERR_NOMEM, "no memory");

    for (size_t i = 0; rc == 0 && i < c->n_sources; i++) {
        struct source_state st = { 0 };
        bool found = false;
        arena_reset(a);
        if (s)
            rc = store_find_source(s, str_z(c->sources[i].name), a, &st, &found, err);
        if (rc == 0 && is_asked_for(args, &c->sources[i], &st))
            put_row(t, &c->sources[i], &st);
    }
    arena_free(a);
    return rc;
}

int
cmd_source_list(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 }, ignored = { 0 };
    struct table *t = table_new(a->format, columns, N_COLUMNS);
    int rc = -1;

    if (!t)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (cli_load(&c, a, &err) == 0) {
        /* Without a store nothing was polled yet: the configuration alone is shown. */
        store_open(&s, c.config->state_dir, STORE_READER, &clock_system, &ignored);
        rc = list(a, s, c.config, t, &err);
        cli_close(&c, s);
    }
    if (t)
        table_end(t, rc == 0 ? "no sources" : NULL);
    return rc == 0 ? EX_OK : cli_fail(&err);
}

static int
tell(const struct args *a, const char *what, const char *done)
{
    struct pair p = { "source", str_z(a->words[0]) };

    return cli_ask(a, what, &p, 1, false, done);
}

int
cmd_source_poll(const struct args *a)
{
    return tell(a, "source.poll", "polling");
}

int
cmd_source_pause(const struct args *a)
{
    return tell(a, "source.pause", "paused");
}

int
cmd_source_resume(const struct args *a)
{
    return tell(a, "source.resume", "resumed");
}

/* ---- gaps ---------------------------------------------------------------------------- */

static const char *const gap_columns[] = { "source", "noticed", "from", "to", "because" };

static int
put_gap(void *ctx, const struct source_gap *g)
{
    struct table *t = ctx;

    table_str(t, g->source);
    table_time(t, g->at_ms);
    table_time(t, g->from_ms);
    table_time(t, g->to_ms);
    table_str(t, g->why);
    return 0;
}

int
cmd_source_gaps(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct table *t = table_new(a->format, gap_columns, sizeof gap_columns / sizeof *gap_columns);
    int rc = -1;

    if (!t)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (cli_open(&c, &s, a, &err) == 0) {
        rc = store_each_gap(s, a->since_ms, put_gap, t, &err);
        cli_close(&c, s);
    }
    if (t)
        table_end(t, rc == 0 ? "no gaps: everything that was offered was read" : NULL);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
