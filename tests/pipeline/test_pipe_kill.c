/* kill -9 at any instant: every complaint rings, and twice only where a kill fell into a send.
 * Kills 30 times; TOCSIN_KILLS says how often instead. */
#include "unit/unit.h"

#include "pipeline/pipe.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct pipe *p;
static int n_kills;

static int
set_up(void **state)
{
    const char *said = getenv("TOCSIN_KILLS");

    (void)state;
    p = pipe_new();
    n_kills = said ? (int)strtol(said, NULL, 10) : 30;
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    pipe_free(p);
    return 0;
}

static void
complain(int i)
{
    char id[32], name[64];

    snprintf(id, sizeof id, "p%d", i);
    snprintf(name, sizeof name, "Carla%d Cross%d", i, i);
    pipe_post(p, "/feed", id, name, pipe_angry((unsigned)i + 1));
}

/* How often the complaint of person i rang. */
static size_t
rings_of(const char *heard, int i)
{
    char part[64];

    snprintf(part, sizeof part, "\"who\":\"Carla%d Cross%d\"", i, i);
    return pipe_count(heard, part);
}

/* A ring that is sent again keeps its key, so that the receiver can tell. */
static int
count_keys(const char *heard)
{
    static const char name[] = "Idempotency-Key: ";
    int n = 0;

    for (const char *at = heard; (at = strstr(at, name)); at++) {
        char *line = strndup(at, strcspn(at, "\r\n"));
        n += strstr(at + 1, line) == NULL; /* its last time */
        free(line);
    }
    return n;
}

static bool
have_all_rung(struct pipe *of, void *ctx)
{
    const char *heard = pipe_heard(of);
    int n = *(int *)ctx;

    usleep(100000);
    for (int i = 0; i < n; i++)
        if (rings_of(heard, i) == 0)
            return false;
    return true;
}

static void
nothing_is_lost_or_rung_twice(void **state)
{
    int n = 0;
    size_t most, rings = 0;

    (void)state;
    pipe_usual_config(p, "alerts: {storm_alerts: 10000, storm_rings_hour: 10000}\n");
    http_server_set(pipe_web(p), "/hook", &(struct http_answer){ .body = "ok", .delay_ms = 20 });
    complain(n++);
    srandom((unsigned)getpid());
    for (int k = 0; k < n_kills; k++) {
        pipe_start(p);
        pipe_cli(p, NULL, "source poll feed");
        for (int more = (int)(random() % 3); more > 0; more--)
            complain(n++);
        usleep((useconds_t)(random() % (pipe_is_slow() ? 400000 : 100000)));
        assert_int_equal(pipe_end(p, SIGKILL), -SIGKILL);
    }
    pipe_start(p);
    pipe_must(p, "source poll feed");
    pipe_until(p, "every complaint has rung", have_all_rung, &n);
    for (int i = 0; i < n; i++)
        rings += rings_of(pipe_heard(p), i);
    /* A kill inside sends: up to 20 are claimed, and of one host two are under way at once. */
    most = (size_t)n + 2 * (size_t)n_kills;
    if (rings > most)
        fail_msg("%zu rings for %d complaints and %d kills", rings, n, n_kills);
    assert_int_equal(count_keys(pipe_heard(p)), n);
    print_message("# %d kills, %d complaints, %zu rings\n", n_kills, n, rings);
    assert_int_equal(pipe_count(pipe_must(p, "alert list --limit 1000 --format jsonl"), "\n"), n);
    assert_int_equal(pipe_count(pipe_must(p, "mention list --limit 1000 --format jsonl"), "\n"), n);
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_lost_or_rung_twice, set_up, tear_down),
    };

    return RUN_TESTS(tests);
}
