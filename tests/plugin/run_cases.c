/* Runs every plugins/NAME/cases/X.response through the plugin it is linked with and compares
 * what the plugin asked of the core with X.expect. Prints TAP. See tests/plugin/README.md. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "plugin/case_file.h"
#include "plugin/fake_conf.h"
#include "plugin/fake_host.h"

#define PATH_ROOM 1024
#define DEFAULT_NOW INT64_C(1767225600000) /* 2026-01-01 */

struct run {
    struct tocsin_turn turn;
    struct fake_conf conf;
    void *self;
    const struct tocsin_alert *alert; /* notifiers */
};

/* ---- alerts for notifiers ---------------------------------------------------- */

struct alert_field {
    const char *name;
    size_t offset;
    bool is_number;
};

#define TEXT_FIELD(f)                               \
    {                                               \
#f, offsetof(struct tocsin_alert, f), false \
    }
#define NUMBER_FIELD(f)                            \
    {                                              \
#f, offsetof(struct tocsin_alert, f), true \
    }

static const struct alert_field alert_fields[] = {
    TEXT_FIELD(key),        TEXT_FIELD(thread),   TEXT_FIELD(handle),     TEXT_FIELD(kind),
    TEXT_FIELD(level),      TEXT_FIELD(brand),    TEXT_FIELD(headline),   TEXT_FIELD(who),
    TEXT_FIELD(url),        TEXT_FIELD(receiver), TEXT_FIELD(level_word), NUMBER_FIELD(event),
    NUMBER_FIELD(priority), NUMBER_FIELD(step),   NUMBER_FIELD(ring),
};

/* The last is there only where a case gives `now`. */
static struct tocsin_fact sample_facts[] = { { "Why", "swearing +12, refund refused +15" },
                                             { "Since", "14:02" },
                                             { "Now", "" } };
static const struct tocsin_action sample_actions[] = {
    { "ack", "I take it", "token-ack" },
    { "later", "Later", "token-later" },
    { "false-alarm", "False alarm", "token-false" },
};

static struct tocsin_alert
sample_alert(void)
{
    return (struct tocsin_alert){
        .size = sizeof(struct tocsin_alert),
        .id = 7,
        .key = "key-1",
        .thread = "alert-7@acme",
        .handle = "",
        .kind = "person",
        .level = "irate",
        .level_word = "Irate",
        .brand = "acme",
        .headline = "Irate: Jo Doe, forum.example: never buying from acme again",
        .who = "Jo Doe",
        .quote = str_z("I asked three times for my refund. Never buying from acme again!"),
        .url = "https://forum.example/t/1",
        .facts = sample_facts,
        .n_facts = 2,
        .text = str_z("Irate: Jo Doe, forum.example: never buying from acme again\n\n"
                      "I asked three times for my refund. Never buying from acme again!\n"),
        .actions = sample_actions,
        .n_actions = 3,
        .receiver = "ana",
        .first_ms = DEFAULT_NOW - 60000,
        .now_ms = DEFAULT_NOW,
        .priority = 4,
        .step = 1,
    };
}

/* "level=crusade" */
static int
set_alert_field(struct tocsin_alert *a, const char *pair, struct err *err)
{
    struct tocsin_str value = str_z(pair), name = str_cut(&value, '=');

    if (str_eq_z(name, "quote")) {
        a->quote = value;
        return 0;
    }
    if (str_eq_z(name, "now")) {
        sample_facts[a->n_facts++].value = value.p;
        return 0;
    }
    if (str_eq_z(name, "text")) {
        a->text = value;
        return 0;
    }
    for (size_t i = 0; i < sizeof(alert_fields) / sizeof(alert_fields[0]); i++) {
        void *field = (char *)a + alert_fields[i].offset;

        if (!str_eq_z(name, alert_fields[i].name))
            continue;
        if (alert_fields[i].is_number)
            *(uint32_t *)field = (uint32_t)strtoul(value.p, NULL, 10);
        else
            *(const char **)field = value.p;
        return 0;
    }
    return err_set(err, ERR_DATA, "Alert: no field `%.*s`", STR_FMT(name));
}

/* ---- calls ------------------------------------------------------------------------ */

static void
record_result(struct run *r, const char *call, int status)
{
    json_t *o = json_object();

    json_object_set_new(o, call, json_string(fake_status_name(status)));
    json_array_append_new(r->turn.events, o);
}

static int
open_plugin(struct run *r)
{
    const struct tocsin_plugin *p = &tocsin_plugin;
    const struct tocsin_source *s = p->ops;
    const struct tocsin_notifier *n = p->ops;
    int rc;

    if (p->kind == TOCSIN_KIND_SOURCE)
        rc = s->open(&fake_host_table, &r->turn, r->conf.conf, &r->self);
    else
        rc = n->open(&fake_host_table, &r->turn, r->conf.conf, &r->self);
    if (rc != TOCSIN_OK)
        record_result(r, "open", rc);
    return rc;
}

static void
close_plugin(struct run *r)
{
    const struct tocsin_source *s = tocsin_plugin.ops;
    const struct tocsin_notifier *n = tocsin_plugin.ops;

    if (r->self && tocsin_plugin.kind == TOCSIN_KIND_SOURCE)
        s->close(r->self);
    else if (r->self)
        n->close(r->self);
    r->self = NULL;
}

/* plan, render or poll */
static void
call_first(struct run *r, bool is_poll)
{
    const struct tocsin_source *s = tocsin_plugin.ops;
    const struct tocsin_notifier *n = tocsin_plugin.ops;

    if (tocsin_plugin.kind == TOCSIN_KIND_SOURCE)
        record_result(r, "plan", s->plan(r->self, &r->turn));
    else if (is_poll)
        record_result(r, "poll", n->poll(r->self, &r->turn));
    else
        record_result(r, "render", n->render(r->self, &r->turn, r->alert));
}

/* parse, judge or answers */
static void
call_second(struct run *r, bool is_poll, const struct tocsin_response *resp)
{
    const struct tocsin_source *s = tocsin_plugin.ops;
    const struct tocsin_notifier *n = tocsin_plugin.ops;

    if (tocsin_plugin.kind == TOCSIN_KIND_SOURCE)
        record_result(r, "parse", s->parse(r->self, &r->turn, resp));
    else if (is_poll)
        record_result(r, "answers", n->answers(r->self, &r->turn, resp));
    else
        record_result(r, "judge", n->judge(r->self, &r->turn, r->alert, resp));
}

static uint32_t
get_number(const struct case_file *f, const char *name)
{
    const char *value = case_file_get(f, name);

    return value ? (uint32_t)strtoul(value, NULL, 10) : 0;
}

static struct tocsin_response
make_response(const struct case_file *f, const struct run *r)
{
    const char *url = case_file_get(f, "Url"), *event = case_file_get(f, "Event");
    const char *frame = case_file_get(f, "Frame");

    return (struct tocsin_response){
        .size = sizeof(struct tocsin_response),
        .flags = frame && strcmp(frame, "yes") == 0 ? TOCSIN_RESP_FRAME : 0,
        .tag = get_number(f, "Tag"),
        .status = f->status,
        .fetched_ms = r->turn.now_ms,
        .url = url ? url : "",
        .headers = f->headers,
        .n_headers = f->n_headers,
        .body = buf_view(&f->body),
        .event = str_z(event),
    };
}

/* One file: "Turn: same" goes on after the response before, else a new turn begins. */
static int
play_file(struct run *r, const struct case_file *f, struct err *err)
{
    const char *now = case_file_get(f, "Now"), *turn = case_file_get(f, "Turn");
    const char *call = case_file_get(f, "Call");
    bool is_poll = call && strcmp(call, "poll") == 0;
    struct tocsin_response resp;

    if (now && parse_rfc3339(str_z(now), &r->turn.now_ms) < 0)
        return err_set(err, ERR_DATA, "Now: want a time like 2026-01-01T00:00:00Z");
    if (!turn || strcmp(turn, "same") != 0)
        call_first(r, is_poll);
    if (!f->has_response)
        return 0;
    resp = make_response(f, r);
    call_second(r, is_poll, &resp);
    return 0;
}

/* ---- cases --------------------------------------------------------------------------- */

static int
make_conf(struct run *r, const struct case_file *f, struct err *err)
{
    char *pairs[CASE_LINES_MAX];
    size_t n = 0;

    for (size_t i = 0; i < f->n_lines; i++)
        if (strcasecmp(f->lines[i].name, "Option") == 0)
            pairs[n++] = f->lines[i].value;
    return fake_conf_make(&r->conf, &tocsin_plugin, pairs, n, err);
}

static int
make_alert(struct tocsin_alert *a, const struct case_file *f, struct err *err)
{
    *a = sample_alert();
    for (size_t i = 0; i < f->n_lines; i++)
        if (strcasecmp(f->lines[i].name, "Alert") == 0 &&
            set_alert_field(a, f->lines[i].value, err) < 0)
            return -1;
    return 0;
}

/* X.response, then X.2.response, X.3.response ... with the same options and cursor. */
static int
play_rest(struct run *r, const char *path, struct err *err)
{
    for (int i = 2; i < 100; i++) {
        char next[PATH_ROOM + 300];
        struct case_file f;
        int rc;

        snprintf(next, sizeof(next), "%.*s.%d.response", (int)(strlen(path) - 9), path, i);
        if (!file_exists(next))
            return 0;
        rc = case_file_read(&f, next, err);
        if (rc == 0)
            rc = play_file(r, &f, err);
        case_file_free(&f);
        if (rc < 0)
            return -1;
    }
    return 0;
}

/* The events of a case, or NULL. */
static json_t *
play_case(const char *path, struct err *err)
{
    struct run r = { .self = NULL };
    struct tocsin_alert alert;
    struct case_file f;
    json_t *events = NULL;

    fake_turn_init(&r.turn, "", DEFAULT_NOW);
    if (case_file_read(&f, path, err) < 0 || make_conf(&r, &f, err) < 0 ||
        make_alert(&alert, &f, err) < 0)
        goto out;
    r.alert = &alert;
    r.turn.logs_are_kept = true;
    r.turn.max_posts = get_number(&f, "Max-Posts");
    if (case_file_get(&f, "Cursor")) {
        free(r.turn.cursor);
        r.turn.cursor = strdup(case_file_get(&f, "Cursor"));
    }
    if (open_plugin(&r) == TOCSIN_OK &&
        (play_file(&r, &f, err) < 0 || play_rest(&r, path, err) < 0))
        goto out;
    events = json_incref(r.turn.events);
out:
    close_plugin(&r);
    fake_conf_free(&r.conf);
    case_file_free(&f);
    fake_turn_free(&r.turn);
    return events;
}

static void
print_events(FILE *to, const json_t *events)
{
    const json_t *e;
    size_t i;

    json_array_foreach(events, i, e)
    {
        json_dumpf(e, to, JSON_COMPACT);
        fputc('\n', to);
    }
}

static void
print_line(const char *what, const json_t *e)
{
    char *s = e ? json_dumps(e, JSON_COMPACT) : NULL;

    printf("#   %s %s\n", what, s ? s : "(nothing)");
    free(s);
}

/* Compares line by line as JSON, so that order of keys and spaces do not matter. */
static bool
is_as_expected(const json_t *events, const char *path)
{
    struct buf b;
    struct tocsin_str rest;
    bool is_same = true;
    size_t i = 0;

    buf_init(&b, (size_t)64 * 1024 * 1024);
    if (file_read(&b, path, NULL) < 0) {
        printf("#   no %s: run with --update to write it\n", path);
        is_same = false;
    }
    rest = buf_view(&b);
    while (is_same && (rest.n > 0 || i < json_array_size(events))) {
        struct tocsin_str line = str_cut(&rest, '\n');
        const json_t *got = json_array_get(events, i++);
        json_t *want = json_loadb(line.p ? line.p : "", line.n, 0, NULL);

        is_same = want && got && json_equal(want, got);
        if (!is_same) {
            printf("#   event %zu of %s differs\n", i, path);
            print_line("want", want);
            print_line("got ", got);
        }
        json_decref(want);
    }
    buf_free(&b);
    return is_same;
}

static int
update_case(const json_t *events, const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f)
        return -1;
    print_events(f, events);
    return fclose(f);
}

static bool
run_case(const char *folder, const char *name, bool is_update)
{
    char path[PATH_ROOM + 300], expect[PATH_ROOM + 300];
    struct err err = { .code = ERR_NONE };
    json_t *events;
    bool is_good;

    snprintf(path, sizeof(path), "%s/%s.response", folder, name);
    snprintf(expect, sizeof(expect), "%s/%s.expect", folder, name);
    events = play_case(path, &err);
    if (!events) {
        printf("#   %s\n", err.msg);
        return false;
    }
    is_good = is_update ? update_case(events, expect) == 0 : is_as_expected(events, expect);
    json_decref(events);
    return is_good;
}

/* NAME.response, and not NAME.2.response */
static int
is_case(const struct dirent *d)
{
    const char *end = strstr(d->d_name, ".response");

    if (!end || end[9] != '\0')
        return 0;
    return !(end - d->d_name > 2 && end[-2] == '.' && end[-1] >= '0' && end[-1] <= '9');
}

static int
run_folder(const char *folder, bool is_update)
{
    struct dirent **list;
    int n = scandir(folder, &list, is_case, alphasort), n_bad = 0;

    if (n <= 0) {
        printf("1..0 # SKIP no cases in %s\n", folder);
        return n < 0 ? 1 : 0;
    }
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        bool is_good;

        *strstr(list[i]->d_name, ".response") = '\0';
        is_good = run_case(folder, list[i]->d_name, is_update);
        printf("%s %d - %s\n", is_good ? "ok" : "not ok", i + 1, list[i]->d_name);
        n_bad += !is_good;
        free(list[i]);
    }
    free(list);
    return n_bad ? 1 : 0;
}

static int
print_case(const char *path)
{
    struct err err = { .code = ERR_NONE };
    json_t *events = play_case(path, &err);

    if (!events) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    print_events(stdout, events);
    json_decref(events);
    return 0;
}

/* [--update | --print FILE] [FOLDER] */
int
main(int argc, char **argv)
{
    const char *root = getenv("TOCSIN_SRCDIR");
    char folder[PATH_ROOM];
    bool is_update = argc > 1 && strcmp(argv[1], "--update") == 0;

    if (tocsin_plugin.warm_up && tocsin_plugin.warm_up() != 0) {
        fprintf(stderr, "warm_up failed\n");
        return 1;
    }
    if (argc > 2 && strcmp(argv[1], "--print") == 0)
        return print_case(argv[2]);
    snprintf(folder, sizeof(folder), "%s/plugins/%s/cases", root ? root : ".", tocsin_plugin.name);
    if (argc > 1 + is_update)
        snprintf(folder, sizeof(folder), "%s", argv[1 + is_update]);
    return run_folder(folder, is_update);
}
