/* commands - the changes that can be asked for. */
#include "control/commands.h"

#include <string.h>

#include "base/parse.h"
#include "escalate/escalate.h"
#include "people/import.h"

struct call {
    const json_t *args;
    struct escalate esc;
    struct arena *arena;
    struct buf *reply;
    struct err *err;
};

/* ---- arguments --------------------------------------------------------------------------- */

static struct tocsin_str
arg(const struct call *c, const char *name)
{
    const json_t *v = json_object_get(c->args, name);

    return v && json_is_string(v)
               ? (struct tocsin_str){ json_string_value(v), json_string_length(v) }
               : STR_NONE;
}

static int
arg_id(const struct call *c, const char *name, int64_t *out)
{
    struct tocsin_str s = arg(c, name);

    if (parse_i64(s, out) == 0 && *out > 0)
        return 0;
    return err_set(c->err, ERR_USAGE, "\"%.*s\" is not an id: ids are whole numbers", STR_FMT(s));
}

static struct tocsin_str
arg_by(const struct call *c)
{
    struct tocsin_str by = arg(c, "by");

    return by.n ? by : STR_LIT("somebody");
}

static void
reply_id(const struct call *c, const char *name, int64_t id)
{
    buf_fmt(c->reply, "\"%s\":\"%lld\"", name, (long long)id);
}

/* ---- alerts -------------------------------------------------------------------------------- */

static int
alert_ack(const struct call *c)
{
    struct tocsin_str token = arg(c, "token");
    int64_t id;

    if (token.n) {
        if (escalate_answer(&c->esc, token, arg_by(c), &id, c->err) != 0)
            return -1;
    } else if (arg_id(c, "id", &id) != 0 ||
               escalate_ack(&c->esc, id, arg_by(c), arg(c, "comment"), c->err) != 0) {
        return -1;
    }
    reply_id(c, "alert", id);
    return 0;
}

static int
alert_later(const struct call *c)
{
    struct tocsin_str ms = arg(c, "for_ms");
    int64_t id, for_ms = MS_HOUR;

    if (ms.n && parse_i64(ms, &for_ms) != 0)
        for_ms = 0;
    if (for_ms <= 0 || for_ms > 7 * MS_DAY)
        return err_set(c->err, ERR_USAGE, "an alert can be put off for 1 ms to 7d");
    if (arg_id(c, "id", &id) != 0)
        return -1;
    return escalate_later(&c->esc, id, arg_by(c), for_ms, c->err);
}

static int
alert_resolve(const struct call *c)
{
    enum outcome outcome;
    struct tocsin_str name = arg(c, "outcome");
    int64_t id;

    if (arg_id(c, "id", &id) != 0)
        return -1;
    if (outcome_parse(name, &outcome) != 0 || outcome == OUTCOME_NONE)
        return err_set(c->err, ERR_USAGE,
                       "outcome \"%.*s\": say calmed, won-back, no-answer, worse or false-alarm",
                       STR_FMT(name));
    return escalate_resolve(&c->esc, id, arg_by(c), outcome, arg(c, "comment"), c->err);
}

static int
alert_hold(const struct call *c)
{
    struct tocsin_str brand = arg(c, "brand");

    for (size_t i = 0; i < c->esc.config->rules.n_brands; i++)
        if (str_eq_z(brand, c->esc.config->rules.brands[i].name))
            return escalate_hold(&c->esc, brand, str_eq_z(arg(c, "held"), "yes"), c->err);
    return err_set(c->err, ERR_NOTFOUND, "no brand \"%.*s\" in %s", STR_FMT(brand),
                   c->esc.config->path);
}

/* ---- people ----------------------------------------------------------------------------------- */

/* "id" is an id or a handle. */
static int
read_person(const struct call *c, struct person *p)
{
    struct tocsin_str who = arg(c, "id");
    int64_t id;

    if (parse_i64(who, &id) != 0 && store_find_person(c->esc.store, who, &id, c->err) != 0)
        return -1;
    if (id == 0)
        return err_set(c->err, ERR_NOTFOUND, "nobody is known as \"%.*s\"", STR_FMT(who));
    return store_get_person(c->esc.store, id, c->arena, p, c->err);
}

static int
person_note(const struct call *c)
{
    struct person p;
    int64_t id = 0;

    if (arg(c, "text").n == 0)
        return err_set(c->err, ERR_USAGE, "the note is empty");
    if (read_person(c, &p) != 0 || store_add_note(c->esc.store, p.id, arg_by(c), arg(c, "text"),
                                                  c->esc.now_ms, &id, c->err) != 0)
        return -1;
    reply_id(c, "note", id);
    return 0;
}

static int
person_segment(const struct call *c)
{
    struct person p;
    struct tocsin_str name = arg(c, "segment");

    if (read_person(c, &p) != 0)
        return -1;
    if (segment_parse(name, &p.segment) != 0)
        return err_set(c->err, ERR_USAGE,
                       "segment \"%.*s\": say friend, customer, prospect, lurker, complainant, "
                       "crusader, premium-grabber, spammer or bot",
                       STR_FMT(name));
    p.segment_by = str_z(arena_fmt(c->arena, "hand:%.*s", STR_FMT(arg_by(c))));
    return store_save_person(c->esc.store, &p, c->err);
}

static int
person_name(const struct call *c)
{
    struct person p;

    if (arg(c, "name").n == 0)
        return err_set(c->err, ERR_USAGE, "the name is empty");
    if (read_person(c, &p) != 0)
        return -1;
    p.name = arg(c, "name");
    return store_save_person(c->esc.store, &p, c->err);
}

static int
person_prefer(const struct call *c)
{
    struct person p;
    struct tocsin_str name = arg(c, "preference");

    if (read_person(c, &p) != 0)
        return -1;
    if (preference_parse(name, &p.preference) != 0)
        return err_set(c->err, ERR_USAGE,
                       "preference \"%.*s\": say information, conversation, "
                       "discount or nothing",
                       STR_FMT(name));
    return store_save_person(c->esc.store, &p, c->err);
}

static int
person_own(const struct call *c)
{
    struct person p;

    if (read_person(c, &p) != 0)
        return -1;
    p.owner = arg(c, "owner");
    return store_save_person(c->esc.store, &p, c->err);
}

static int
person_import(const struct call *c)
{
    struct import_result r = { 0 };

    if (people_import(c->esc.store, arg(c, "csv"), arena_z(c->arena, arg(c, "file")), arg_by(c),
                      c->esc.now_ms, &r, c->err) != 0)
        return -1;
    buf_fmt(c->reply, "\"added\":%zu,\"changed\":%zu", r.n_added, r.n_changed);
    return 0;
}

/* ---- by name -------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*run)(const struct call *);
} commands[] = {
    { "alert.ack", alert_ack },         { "alert.later", alert_later },
    { "alert.resolve", alert_resolve }, { "alert.hold", alert_hold },
    { "person.note", person_note },     { "person.segment", person_segment },
    { "person.name", person_name },     { "person.prefer", person_prefer },
    { "person.own", person_own },       { "person.import", person_import },
};

static int (*find(const char *name))(const struct call *)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return commands[i].run;
    return NULL;
}

bool
command_is_known(const char *name)
{
    return find(name) != NULL;
}

int
command_run(const char *name, const json_t *args, struct store *s, const struct config *conf,
            int64_t now_ms, struct buf *reply, struct err *err)
{
    struct call c = { .args = args,
                      .esc = { s, conf, now_ms },
                      .arena = arena_new(8 << 20),
                      .reply = reply,
                      .err = err };
    int (*run)(const struct call *) = find(name);
    int rc;

    if (!c.arena)
        return err_set(err, ERR_NOMEM, "no memory for a command");
    rc = run ? run(&c) : err_set(err, ERR_USAGE, "unknown command \"%s\"", name);
    arena_free(c.arena);
    return rc;
}
