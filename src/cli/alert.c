/* alert - lists and shows alerts, and says what a human does about them. */
#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/parse.h"
#include "cli/cli.h"
#include "control/control.h"
#include "deliver/compose.h"

static const char *const columns[] = { "id",   "opened", "state", "level", "kind",   "brand",
                                       "step", "next",   "by",    "posts", "places", "headline" };
#define N_COLUMNS (sizeof columns / sizeof *columns)

struct listing {
    struct table *table;
    struct store *store;
    struct arena *arena;
    struct err *err;
    int rc;
};

struct found {
    struct arena *arena;
    struct mention_row row;
    struct store *store;
    struct err *err;
    int rc;
};

static int
take_mention(void *ctx, const struct mention_row *m)
{
    struct found *f = ctx;

    f->rc = store_get_mention(f->store, m->id, f->arena, &f->row, f->err);
    return 1;
}

/* The headline as its first ring had it. */
static const char *
headline(struct store *s, const struct alert *al, struct arena *a, struct err *err)
{
    struct found f = { .arena = a, .store = s, .err = err };
    struct mention_filter filter = {
        .post = al->post, .brand = al->brand, .limit = 1, .with_drills = true
    };
    struct person p = { 0 };

    if (al->post && (store_each_mention(s, &filter, take_mention, &f, err) != 0 || f.rc != 0))
        return NULL;
    if (al->person && store_get_person(s, al->person, a, &p, err) != 0)
        return NULL;
    return compose_headline(al, p.id ? &p : NULL, f.row.id ? &f.row : NULL, 90, a);
}

static int
put_row(void *ctx, const struct alert *al)
{
    struct listing *l = ctx;
    struct table *t = l->table;
    const char *line;

    arena_reset(l->arena);
    line = headline(l->store, al, l->arena, l->err);
    if (!line) {
        l->rc = -1;
        return -1;
    }
    table_id(t, al->id);
    table_time(t, al->opened_ms);
    table_z(t, alert_state_name(al->state));
    table_z(t, level_name(al->level));
    table_z(t, alert_kind_name(al->kind));
    table_str(t, al->brand);
    table_i64(t, al->step);
    table_time(t, al->next_ms);
    table_str(t, al->state == ALERT_CLOSED ? al->closed_by : al->acked_by);
    table_i64(t, al->n_posts);
    table_i64(t, al->n_places);
    table_z(t, line);
    return 0;
}

int
cmd_alert_list(const struct args *a)
{
    struct cli_config c;
    struct err err = { 0 };
    struct listing l = { .table = table_new(a->format, columns, N_COLUMNS),
                         .arena = arena_new(16 << 20),
                         .err = &err };
    struct alert_filter f = {
        .brand = str_z(a->brand),
        .since_ms = a->since_ms,
        .with_drills = a->is_all,
        .only_unclosed = a->is_open,
        .limit = a->max_rows ? (size_t)a->max_rows : 50,
    };
    int rc = -1;

    if (!l.table || !l.arena)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (cli_open(&c, &l.store, a, &err) == 0) {
        rc = store_each_alert(l.store, &f, put_row, &l, &err);
        rc = rc == 0 ? l.rc : rc;
        cli_close(&c, l.store);
    }
    arena_free(l.arena);
    if (l.table)
        table_end(l.table, rc == 0 ? "no alerts" : NULL);
    return rc == 0 ? EX_OK : cli_fail(&err);
}

/* ---- one alert --------------------------------------------------------------------------- */

static int
show_event(void *ctx, const struct alert_event *ev)
{
    struct buf b;
    const int64_t *now = ctx;

    buf_init(&b, 8192);
    format_clock(&b, ev->at_ms, *now);
    buf_z(&b, "  ");
    escape_terminal(&b, ev->actor);
    buf_z(&b, ": ");
    escape_terminal(&b, ev->what);
    if (ev->detail.n) {
        buf_z(&b, ", ");
        escape_terminal(&b, ev->detail);
    }
    printf("  %s\n", buf_cstr(&b));
    buf_free(&b);
    return 0;
}

static int
show_delivery(void *ctx, const struct delivery *d)
{
    struct buf b;

    (void)ctx;
    buf_init(&b, 8192);
    escape_terminal(&b, d->notifier);
    buf_fmt(&b, ": %s", delivery_state_name(d->state));
    if (d->attempts > 1)
        buf_fmt(&b, " after %d attempts", d->attempts);
    if (d->error.n) {
        buf_z(&b, ", ");
        escape_terminal(&b, d->error);
    }
    printf("  %s\n", buf_cstr(&b));
    buf_free(&b);
    return 0;
}

static int
show(struct store *s, const struct config *c, int64_t id, struct arena *a, struct err *err)
{
    struct alert al;
    struct letter l;
    struct buf b;
    int64_t now = clock_wall(&clock_system);
    /* As a receiver would read it; of an event without actions, so that no token is made. */
    struct delivery d = { .alert = id, .event = TOCSIN_EVENT_DIGEST };
    struct delivery_filter df = { .alert = id, .limit = 200 };

    if (store_get_alert(s, id, a, &al, err) != 0 || compose_letter(s, c, &d, now, a, &l, err) != 0)
        return -1;
    buf_init(&b, 1 << 16);
    escape_terminal_lines(&b, l.alert.text);
    printf("alert %lld  %s  %s\n\n%s\nhistory\n", (long long)id, alert_state_name(al.state),
           alert_kind_name(al.kind), buf_cstr(&b));
    buf_free(&b);
    if (store_each_event(s, id, show_event, &now, err) != 0)
        return -1;
    printf("deliveries\n");
    return store_each_delivery(s, &df, show_delivery, NULL, err);
}

int
cmd_alert_show(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct arena *arena = arena_new(16 << 20);
    int64_t id;
    int rc = -1;

    if (!arena)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (cli_id(a->words[0], &id, &err) == 0 && cli_open(&c, &s, a, &err) == 0) {
        rc = show(s, c.config, id, arena, &err);
        cli_close(&c, s);
    }
    arena_free(arena);
    return rc == 0 ? EX_OK : cli_fail(&err);
}

/* ---- what a human does --------------------------------------------------------------------- */

int
cmd_alert_ack(const struct args *a)
{
    struct pair p[] = {
        { "id", a->n_words ? str_z(a->words[0]) : STR_NONE },
        { "token", a->token ? str_z(a->token) : STR_NONE },
        { "by", cli_by(a) },
        { "comment", a->comment ? str_z(a->comment) : STR_NONE },
    };
    struct err err = { 0 };

    if (a->n_words == 0 && !a->token) {
        err_set(&err, ERR_USAGE, "which alert? `tocsin alert ack ID`, or --token T");
        return cli_fail(&err);
    }
    return cli_ask(a, "alert.ack", p, 4, true, "acknowledged");
}

int
cmd_alert_later(const struct args *a)
{
    struct err err = { 0 };
    int64_t ms = MS_HOUR;
    char text[32];
    struct pair p[] = { { "id", str_z(a->words[0]) }, { "by", cli_by(a) }, { "for_ms", STR_NONE } };

    if (a->hours && parse_duration(str_z(a->hours), &ms) != 0) {
        err_set(&err, ERR_USAGE, "--for %s: say 30m or 2h", a->hours);
        return cli_fail(&err);
    }
    snprintf(text, sizeof text, "%lld", (long long)ms);
    p[2].value = str_z(text);
    return cli_ask(a, "alert.later", p, 3, true, "put off");
}

int
cmd_alert_resolve(const struct args *a)
{
    struct pair p[] = {
        { "id", str_z(a->words[0]) },
        { "by", cli_by(a) },
        { "outcome", str_z(a->outcome) },
        { "comment", a->comment ? str_z(a->comment) : STR_NONE },
    };

    return cli_ask(a, "alert.resolve", p, 4, true, "resolved");
}

static int
hold(const struct args *a, const char *held, const char *done)
{
    struct err err = { 0 };
    struct pair p[] = { { "brand", a->brand ? str_z(a->brand) : STR_NONE },
                        { "held", str_z(held) } };

    if (!a->brand) {
        err_set(&err, ERR_USAGE, "which brand? --brand B");
        return cli_fail(&err);
    }
    return cli_ask(a, "alert.hold", p, 2, true, done);
}

int
cmd_alert_hold(const struct args *a)
{
    return hold(a, "yes", "held: alerts are kept and do not ring");
}

int
cmd_alert_release(const struct args *a)
{
    return hold(a, "no", "released: new alerts ring");
}
