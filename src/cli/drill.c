/* drill - rings the bell on purpose, and times it. */
#include <jansson.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/parse.h"
#include "cli/cli.h"
#include "control/control.h"

#define WAIT_MS (10 * MS_MINUTE)

static int64_t
alert_of(struct tocsin_str reply)
{
    json_t *o = json_loadb(reply.p, reply.n, 0, NULL);
    const char *id = json_string_value(json_object_get(o, "alert"));
    int64_t n = 0;

    parse_i64(str_z(id), &n);
    json_decref(o);
    return n;
}

struct progress {
    size_t n_delivered, n_owed;
};

static int
count_delivery(void *ctx, const struct delivery *d)
{
    struct progress *p = ctx;

    p->n_owed++;
    if (d->state == DELIVERY_DELIVERED)
        p->n_delivered++;
    return 0;
}

static void
say_time(const char *what, int64_t ms)
{
    struct buf b;

    buf_init(&b, 64);
    format_duration(&b, ms);
    printf("%s %s\n", what, buf_cstr(&b));
    fflush(stdout);
    buf_free(&b);
}

/* Watches the alert's rows until it is acknowledged or the patience ends. */
static int
watch(struct store *s, int64_t id, int64_t begun, int64_t patience_ms, struct err *err)
{
    struct delivery_filter f = { .alert = id, .limit = 100 };
    bool has_rung = false;

    while (clock_wall(&clock_system) - begun < patience_ms) {
        struct arena *a = arena_new(1 << 20);
        struct progress p = { 0 };
        struct alert al;
        int rc = a ? store_get_alert(s, id, a, &al, err) : err_set(err, ERR_NOMEM, "no memory");
        if (rc == 0)
            rc = store_each_delivery(s, &f, count_delivery, &p, err);
        arena_free(a);
        if (rc != 0)
            return -1;
        if (!has_rung && p.n_delivered > 0) {
            has_rung = true;
            say_time("rang after", clock_wall(&clock_system) - begun);
            printf("now acknowledge it where it rang, or: tocsin alert ack %lld\n", (long long)id);
            fflush(stdout);
        }
        if (al.state != ALERT_OPEN) {
            say_time("acknowledged after", clock_wall(&clock_system) - begun);
            return 0;
        }
        usleep(200 * 1000);
    }
    return err_set(err, ERR_UNAVAILABLE,
                   has_rung ? "it rang, and nobody acknowledged in time"
                            : "it did not ring; `tocsin alert show %lld` tells why",
                   (long long)id);
}

int
cmd_drill(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct buf args, reply;
    int64_t begun = clock_wall(&clock_system), patience = WAIT_MS, id;
    struct jout j;
    int rc = -1;

    if (a->hours && parse_duration(str_z(a->hours), &patience) != 0) {
        err_set(&err, ERR_USAGE, "--for %s: say 10m", a->hours);
        return cli_fail(&err);
    }
    buf_init(&args, 4096);
    buf_init(&reply, 4096);
    jout_begin(&j, &args);
    jout_object(&j);
    jout_kz(&j, "brand", a->brand ? a->brand : "");
    jout_object_end(&j);
    if (cli_open(&c, &s, a, &err) == 0) {
        rc = control_ask(c.config->socket_path, "drill", buf_cstr(&args), &reply, &err);
        id = rc == 0 ? alert_of(buf_view(&reply)) : 0;
        if (rc == 0 && id == 0)
            rc = err_set(&err, ERR_UNAVAILABLE,
                         "the drill raised no alert; is `escalation:` empty?");
        if (rc == 0)
            rc = watch(s, id, begun, patience, &err);
        cli_close(&c, s);
    }
    buf_free(&args);
    buf_free(&reply);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
