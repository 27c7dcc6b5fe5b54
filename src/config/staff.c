/* Reads staff, teams and rotations. */
#include "base/parse.h"
#include "base/zone.h"
#include "config/load.h"
#include "config/settings.h"

struct staff_raw {
    const struct node *notify, *timezone, *quiet;
};
static const struct setting staff_keys[] = {
    S_NODE("notify", struct staff_raw, notify,
           .help = "how to reach them: names of notifiers, or short forms like mailto:ADDRESS"),
    S_NODE("timezone", struct staff_raw, timezone,
           .help = "like Europe/London; left out: this machine's"),
    S_NODE("quiet", struct staff_raw, quiet,
           .help = "hours in which only a crusade rings, like 22:00-07:00"),
};
const struct settings settings_staff = SETTINGS("staff", staff_keys);

struct rotation_raw {
    const struct node *staff, *start, *timezone;
    int64_t every;
};
static const struct setting rotation_keys[] = {
    S_NODE("staff", struct rotation_raw, staff, .required = true,
           .help = "who takes turns, in order"),
    S_DURATION("every", struct rotation_raw, every, .dflt = "1w", .min = MS_HOUR,
               .max = 366 * MS_DAY, .help = "length of a shift"),
    S_NODE("start", struct rotation_raw, start, .required = true,
           .help = "first hand-over, local time like 2026-01-05T09:00"),
    S_NODE("timezone", struct rotation_raw, timezone, .help = "of start; left out: this machine's"),
};
const struct settings settings_rotation = SETTINGS("rotation", rotation_keys);

/* *name stays NULL where no zone is given; *zone is to be freed. */
static int
read_zone(struct loader *l, const struct node *n, const char **name, struct zone **zone)
{
    struct err err = { 0 };

    if (n && n->kind != NODE_SCALAR)
        return load_error(l, n, "\"timezone\" is a name like Europe/London, not %s",
                          node_kind_name(n));
    if (n && !(*name = load_text(l, n)))
        return -1;
    if (!zone_load(zone, *name, &err))
        return 0;
    return n ? load_error(l, n, "%s", err.msg) : 0;
}

/* "22:00" as minutes; 24:00 is the end of the day. */
static int
read_clock(struct tocsin_str s, int *out)
{
    struct tocsin_str minutes = s, hours = str_cut(&minutes, ':');
    int64_t h, m;

    if (minutes.n != 2 || !hours.n || hours.n > 2 || parse_i64(hours, &h) ||
        parse_i64(minutes, &m) || h < 0 || m < 0 || m > 59 || h * 60 + m > 24 * 60)
        return -1;
    *out = (int)(h * 60 + m) % (24 * 60);
    return 0;
}

static int
read_quiet(struct loader *l, const struct node *n, struct quiet_hours *out)
{
    struct tocsin_str until = n->text, from = str_cut(&until, '-');

    if (n->kind == NODE_SCALAR && !read_clock(str_trim(from), &out->from_min) &&
        !read_clock(str_trim(until), &out->to_min))
        return 0;
    return load_error(l, n, "\"quiet\" is from-until, like 22:00-07:00, not %s",
                      n->kind == NODE_SCALAR ? load_show(l, n->text) : node_kind_name(n));
}

static int
read_member(struct loader *l, const struct item *i, struct staff_conf *s)
{
    struct staff_raw raw = { 0 };
    struct zone *zone = NULL;
    const char *title = arena_fmt(l->tree, "staff %.*s", STR_FMT(i->key->text));
    int rc = 0;

    s->name = load_text(l, i->key);
    s->at = node_place(i->key);
    if (!title || !s->name)
        return load_nomem(l);
    if (i->value->kind == NODE_SCALAR || i->value->kind == NODE_LIST)
        raw.notify = i->value; /* ana: mailto:ana@acme.example */
    else if (settings_read(l, &settings_staff, i->value, i->key, title, &raw))
        return -1;
    if (raw.notify && raw.notify->kind != NODE_NULL &&
        load_receivers(l, raw.notify, NAMES_NOTIFIERS, &s->notify))
        rc = -1;
    if (!s->notify.n && !rc)
        load_warn(l, i->key, "%s has no `notify`: nobody reaches them", title);
    if (raw.timezone && read_zone(l, raw.timezone, &s->timezone, &zone))
        rc = -1;
    if (raw.quiet && read_quiet(l, raw.quiet, &s->quiet))
        rc = -1;
    zone_free(zone);
    return rc;
}

static int
load_members(struct loader *l)
{
    struct staff_conf *v = arena_array(l->keep, load_count(l->parts[SEC_STAFF]) + 1, sizeof(*v));
    int rc = 0;

    if (!v)
        return load_nomem(l);
    l->c->staff = v;
    for (const struct part *p = l->parts[SEC_STAFF]; p; p = p->next)
        for (const struct item *i = p->value->first; i && i->key; i = i->next)
            if (read_member(l, i, &v[l->c->n_staff++]))
                rc = -1;
    return rc;
}

static int
read_staff_list(struct loader *l, const struct node *n, const char *title, struct word_list *out)
{
    if (load_words(l, n, title, out) || names_check(l, NAMES_STAFF, n, "member of staff"))
        return -1;
    return out->n ? 0 : load_error(l, n, "%s has nobody in it", title);
}

static int
load_teams(struct loader *l)
{
    struct team_conf *v = arena_array(l->keep, load_count(l->parts[SEC_TEAMS]) + 1, sizeof(*v));
    int rc = 0;

    if (!v)
        return load_nomem(l);
    l->c->teams = v;
    for (const struct part *p = l->parts[SEC_TEAMS]; p; p = p->next)
        for (const struct item *i = p->value->first; i && i->key; i = i->next) {
            struct team_conf *t = &v[l->c->n_teams++];
            const char *title = arena_fmt(l->tree, "team %.*s", STR_FMT(i->key->text));
            t->name = load_text(l, i->key);
            t->at = node_place(i->key);
            if (!title || !t->name || read_staff_list(l, i->value, title, &t->staff))
                rc = -1;
        }
    return rc;
}

/* A time with its own zone is taken as it is; one without is local in `timezone`. */
static int
read_start(struct loader *l, const struct node *n, const struct zone *zone, int64_t *out)
{
    struct tocsin_str time = n->text;
    bool has_zone;
    const char *z;

    if (n->kind != NODE_SCALAR)
        return load_error(l, n, "\"start\" is a local time like 2026-01-05T09:00");
    has_zone = time.n > 11 && (time.p[time.n - 1] == 'Z' || time.p[time.n - 1] == 'z' ||
                               str_find(time, STR_LIT("+"), 11) != SIZE_MAX ||
                               str_find(time, STR_LIT("-"), 11) != SIZE_MAX);
    z = time.n == 16 ? arena_fmt(l->tree, "%.*s:00", STR_FMT(time)) : NULL;
    if (parse_rfc3339(z ? str_z(z) : time, out))
        return load_error(l, n, "\"start\" is a local time like 2026-01-05T09:00, not %s",
                          load_show(l, time));
    if (!has_zone && zone)
        *out = zone_to_utc(zone, *out);
    return 0;
}

static int
read_rotation(struct loader *l, const struct item *i, struct rotation_conf *r)
{
    struct rotation_raw raw = { 0 };
    struct zone *zone = NULL;
    const char *title = arena_fmt(l->tree, "rotation %.*s", STR_FMT(i->key->text));
    int rc = 0;

    r->name = load_text(l, i->key);
    r->at = node_place(i->key);
    if (!title || !r->name)
        return load_nomem(l);
    if (settings_read(l, &settings_rotation, i->value, i->key, title, &raw))
        return -1;
    r->every_ms = raw.every;
    if (read_staff_list(l, raw.staff, title, &r->staff))
        rc = -1;
    if (read_zone(l, raw.timezone, &r->timezone, &zone) ||
        read_start(l, raw.start, zone, &r->start_ms))
        rc = -1;
    zone_free(zone);
    return rc;
}

static int
load_rotations(struct loader *l)
{
    struct rotation_conf *v =
        arena_array(l->keep, load_count(l->parts[SEC_ROTATIONS]) + 1, sizeof(*v));
    int rc = 0;

    if (!v)
        return load_nomem(l);
    l->c->rotations = v;
    for (const struct part *p = l->parts[SEC_ROTATIONS]; p; p = p->next)
        for (const struct item *i = p->value->first; i && i->key; i = i->next)
            if (read_rotation(l, i, &v[l->c->n_rotations++]))
                rc = -1;
    return rc;
}

int
load_staff(struct loader *l)
{
    int rc = load_members(l);

    if (load_teams(l))
        rc = -1;
    return load_rotations(l) ? -1 : rc;
}
