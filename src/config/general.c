/* Reads what concerns the whole daemon: folders, alerts, keeping, heartbeat. */
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/parse.h"
#include "config/load.h"
#include "config/settings.h"

#define AGE(key, S, f, ...) S_DURATION(key, S, f, .min = 0, .max = 36500 * MS_DAY, __VA_ARGS__)

static const struct setting alert_keys[] = {
    AGE("ack_expires", struct alert_conf, ack_expires_ms, .dflt = "4h",
        .help = "an acknowledgement ends after this while the case is open"),
    AGE("reopen", struct alert_conf, reopen_ms, .dflt = "14d",
        .help = "a post within this after the end reopens the alert"),
    AGE("reply_hold", struct alert_conf, reply_hold_ms, .dflt = "30m",
        .help = "our public reply holds the next step for this long"),
    AGE("crusade_window", struct alert_conf, crusade_window_ms, .dflt = "48h",
        .help = "time in which the posts of a crusade come"),
    S_INT("crusade_posts", struct alert_conf, crusade_posts, .dflt = "3", .min = 1, .max = 1000,
          .help = "distinct posts that make a crusade"),
    S_INT("crusade_places", struct alert_conf, crusade_places, .dflt = "2", .min = 1, .max = 1000,
          .help = "places or threads that make a crusade"),
    S_INT("storm_alerts", struct alert_conf, storm_alerts, .dflt = "5", .min = 1, .max = 10000,
          .help = "more new alerts of a brand than this fold into one storm"),
    AGE("storm_window", struct alert_conf, storm_window_ms, .dflt = "10m",
        .help = "time in which they come"),
    S_INT("storm_rings_hour", struct alert_conf, storm_rings_hour, .dflt = "10", .min = 1,
          .max = 10000, .help = "more rings an hour for a member of staff fold too"),
    AGE("max_age", struct alert_conf, max_age_ms, .dflt = "24h",
        .help = "at a source's first poll older posts do not ring"),
    S_INT("held_posts_day", struct alert_conf, held_posts_day, .dflt = "200", .min = 1,
          .max = 10000000, .help = "a brand with more posts a day starts with alerts held"),
    S_INT("repeat_growth", struct alert_conf, repeat_growth_pct, .dflt = "200", .min = 100,
          .max = 1000, .help = "each repeat waits this many percent of the one before"),
    AGE("repeat_max", struct alert_conf, repeat_max_ms, .dflt = "4h",
        .help = "longest wait between repeats"),
};
const struct settings settings_alerts = SETTINGS("alerts", alert_keys);

static const struct setting keep_keys[] = {
    AGE("mentions", struct config, keep_mentions_ms, .dflt = "400d",
        .help = "mentions with their posts"),
    AGE("raw", struct config, keep_raw_ms, .dflt = "7d", .help = "posts as they came"),
    AGE("rejected", struct config, keep_rejected_ms, .dflt = "7d",
        .help = "text of posts that matched nothing; 0: never"),
    AGE("deleted", struct config, keep_deleted_ms, .dflt = "7d",
        .help = "text of posts that were deleted at their place"),
    AGE("alerts", struct config, keep_alerts_ms, .dflt = "1100d", .help = "alerts that ended"),
};
const struct settings settings_keep = SETTINGS("keep", keep_keys);

static const struct setting heartbeat_keys[] = {
    S_URL("url", struct config, heartbeat_url, .required = true,
          .help = "asked for while all is well, so that its silence rings elsewhere"),
    S_DURATION("every", struct config, heartbeat_ms, .dflt = "5m", .min = 10 * MS_SECOND,
               .max = MS_DAY, .help = "how often"),
};
const struct settings settings_heartbeat = SETTINGS("heartbeat", heartbeat_keys);

static const struct setting top_keys[] = {
    S_PATH("state_dir", struct config, state_dir, .help = "folder of the store"),
    S_PATH("socket", struct config, socket_path, .help = "control socket; left out: in state_dir"),
    S_STRING("contact", struct config, contact, .help = "address that goes into the User-Agent"),
    S_BOOL("dry_run", struct config, dry_run,
           .help = "alerts are raised and shown, nothing is sent"),
};
const struct settings settings_top = SETTINGS("the file", top_keys);

int
load_alerts(struct loader *l)
{
    static const struct yaml_file nowhere;
    static const struct node none = { .file = &nowhere };
    const struct part *p = l->parts[SEC_ALERTS];

    return settings_read(l, &settings_alerts, p ? p->value : NULL, p ? p->key : &none, "`alerts`",
                         &l->c->alerts);
}

static int
load_keep(struct loader *l)
{
    static const struct yaml_file nowhere;
    static const struct node none = { .file = &nowhere };
    const struct part *p = l->parts[SEC_KEEP];

    return settings_read(l, &settings_keep, p ? p->value : NULL, p ? p->key : &none, "`keep`",
                         l->c);
}

/* The scalars at the top, as if they were a map of their own. */
static int
load_top(struct loader *l)
{
    static const enum section secs[] = { SEC_STATE_DIR, SEC_SOCKET, SEC_CONTACT, SEC_DRY_RUN };
    struct node map = { .kind = NODE_MAP };
    struct item items[4], **tail = &map.first;

    for (size_t i = 0; i < 4; i++) {
        const struct part *p = l->parts[secs[i]];
        if (!p)
            continue;
        items[i] = (struct item){ (struct node *)(uintptr_t)p->key,
                                  (struct node *)(uintptr_t)p->value, NULL };
        *tail = &items[i];
        tail = &items[i].next;
    }
    return settings_read(l, &settings_top, &map, &map, "the file", l->c);
}

static const char *
default_state_dir(struct loader *l)
{
    const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (geteuid() == 0)
        return TOCSIN_STATE_DIR;
    if (xdg && xdg[0] == '/')
        return arena_fmt(l->keep, "%s/tocsin", xdg);
    return home && home[0] == '/' ? arena_fmt(l->keep, "%s/.local/state/tocsin", home)
                                  : TOCSIN_STATE_DIR;
}

static int
settle_folders(struct loader *l)
{
    const size_t longest = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
    struct config *c = l->c;

    if (l->o->state_dir)
        c->state_dir = arena_z(l->keep, str_z(l->o->state_dir));
    else if (!c->state_dir)
        c->state_dir = default_state_dir(l);
    if (c->state_dir && !c->socket_path)
        c->socket_path = arena_fmt(l->keep, "%s/control.sock", c->state_dir);
    if (!c->state_dir || !c->socket_path)
        return load_nomem(l);
    if (strlen(c->socket_path) <= longest)
        return 0;
    findings_add(l->f, true, NULL, NULL,
                 "%s: the path of the control socket is longer than "
                 "%zu bytes: give a shorter one with `socket:`",
                 c->socket_path, longest);
    return -1;
}

static int
load_map(struct loader *l, enum section sec, const struct settings *t, const char *title)
{
    const struct part *p = l->parts[sec];
    struct node key, value;
    struct item one;
    struct node map;

    if (!p)
        return 0;
    if (p->value->kind != NODE_SCALAR)
        return settings_read(l, t, p->value, p->key, title, l->c);
    /* heartbeat: https://... */
    key = *p->value;
    key.text = str_z(t->v[0].name);
    value = *p->value;
    one = (struct item){ &key, &value, NULL };
    map = *p->value;
    map.kind = NODE_MAP;
    map.first = &one;
    map.n = 1;
    return settings_read(l, t, &map, p->key, title, l->c);
}

int
load_general(struct loader *l)
{
    int rc = load_top(l);

    if (load_keep(l))
        rc = -1;
    if (load_map(l, SEC_HEARTBEAT, &settings_heartbeat, "`heartbeat`"))
        rc = -1;
    return settle_folders(l) ? -1 : rc;
}
