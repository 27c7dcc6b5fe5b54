/* schedule - the rules by which a source's next time is chosen. */
#include "schedule/schedule.h"

#include "base/parse.h"

#define USUAL_MS (15 * MS_MINUTE)
#define LEAST_MS MS_MINUTE
#define MOST_SAID_MS MS_DAY /* a feed's own ttl is not followed beyond */
#define MOST_MAX_AGE_MS (15 * MS_MINUTE)
#define MOST_BACKOFF_MS (4 * MS_HOUR)
#define MOST_THROTTLE_MS MS_DAY
#define FIRST_SPREAD_MS (10 * MS_SECOND) /* the fetch spaces those of one domain further */

static int64_t
clamp(int64_t v, int64_t least, int64_t most)
{
    return v < least ? least : v > most ? most : v;
}

static int64_t
least_of(const struct source_conf *c)
{
    return c->plugin->at_least_ms > 0 ? c->plugin->at_least_ms : LEAST_MS;
}

int64_t
schedule_interval(const struct source_conf *c, const char **why)
{
    if (c->every_ms > 0 && c->every_ms < least_of(c)) {
        *why = "the plugin's least";
        return least_of(c);
    }
    if (c->every_ms > 0) {
        *why = "every:";
        return c->every_ms;
    }
    *why = "the plugin's usual";
    if (c->plugin->every_ms > 0)
        return c->plugin->every_ms;
    *why = "default";
    return USUAL_MS;
}

int64_t
schedule_first(const struct source_conf *c, int64_t now_ms)
{
    return now_ms + (int64_t)(str_hash(str_z(c->name)) % FIRST_SPREAD_MS);
}

/* What the body (ttl, sy:) and the headers (max-age) say may lengthen it; an explicit `every:`
 * is not changed by the body. */
static int64_t
said_interval(const struct source_conf *c, const struct turn_outcome *o, const char **why)
{
    int64_t ms = schedule_interval(c, why);
    int64_t max_age = o->max_age_s > 0 ? clamp(o->max_age_s, 0, MS_DAY) * 1000 : 0;

    if (c->every_ms == 0 && o->said_s > 0) {
        ms = clamp(clamp(o->said_s, 0, MS_DAY) * 1000, least_of(c), MOST_SAID_MS);
        *why = o->said_by ? o->said_by : "the feed";
    }
    max_age = clamp(max_age, 0, MOST_MAX_AGE_MS);
    if (max_age > ms) {
        ms = max_age;
        *why = "max-age";
    }
    if (o->is_broken_conditional && ms < MS_HOUR) {
        ms = clamp(2 * ms, ms, MS_HOUR);
        *why = "broken conditionals";
    }
    return ms;
}

/* base * 2^(n-1), bounded. */
static int64_t
doubled(int64_t base, int32_t n, int64_t most)
{
    while (--n > 0 && base < most)
        base *= 2;
    return base < most ? base : most;
}

static int64_t
backoff(const struct source_conf *c, const struct source_state *st, const struct turn_outcome *o,
        const char **why)
{
    const char *usual;
    int64_t base = schedule_interval(c, &usual);

    switch (o->health) {
    case SOURCE_THROTTLED:
        *why = "throttled";
        return doubled(base > 5 * MS_MINUTE ? base : 5 * MS_MINUTE, st->failures, MOST_THROTTLE_MS);
    case SOURCE_LOST:
        *why = "lost";
        return MS_DAY;
    case SOURCE_FAILING:
    case SOURCE_QUARANTINED:
        *why = "backoff after errors";
        return doubled(base, st->failures, base > MOST_BACKOFF_MS ? base : MOST_BACKOFF_MS);
    default:
        return said_interval(c, o, why);
    }
}

static bool
is_working(enum source_health h)
{
    return h == SOURCE_OK || h == SOURCE_DEGRADED;
}

void
schedule_after(const struct source_conf *c, struct source_state *st, const struct turn_outcome *o,
               int64_t now_ms, uint32_t random, struct arena *a)
{
    const char *why = "";
    int64_t jitter;

    if (st->health != o->health)
        st->since_ms = now_ms;
    st->health = o->health;
    st->reason = arena_str(a, str_z(o->why));
    st->failures = is_working(o->health) ? 0 : st->failures + 1;
    st->last_poll_ms = now_ms;
    if (is_working(o->health))
        st->last_ok_ms = now_ms;
    st->interval_ms = backoff(c, st, o, &why);
    st->interval_why = arena_str(a, str_z(why));
    jitter = st->interval_ms / 10; /* between -10 and +10 percent */
    st->next_due_ms = now_ms + st->interval_ms - jitter + (int64_t)(random % (2 * jitter + 1));
    if (st->next_due_ms < now_ms + least_of(c)) /* jitter does not go below what is allowed */
        st->next_due_ms = now_ms + least_of(c);
    if (st->next_due_ms < o->not_before_ms)
        st->next_due_ms = o->not_before_ms;
}
