/* storm - many alerts of one brand at once become one that rings. */
#include <stdio.h>

#include "escalate/inner.h"

int
storm_is_on(const struct escalate *e, struct tocsin_str brand, bool *on, struct err *err)
{
    const struct alert_conf *conf = &e->config->alerts;
    int64_t n = 0;

    if (store_count_alerts(e->store, brand, e->now_ms - conf->storm_window_ms, &n, err) != 0)
        return -1;
    *on = n > conf->storm_alerts;
    return 0;
}

static int
open_storm(const struct escalate *e, const struct alert *first, int64_t *id, struct err *err)
{
    struct alert storm = {
        .kind = ALERT_STORM,
        .level = first->level,
        .state = ALERT_OPEN,
        .brand = first->brand,
        .post = first->post,
        .opened_ms = e->now_ms,
        .last_post_ms = e->now_ms,
        .next_ms = e->now_ms,
        .n_posts = 1,
        .n_places = 1,
    };

    if (store_add_alert(e->store, &storm, id, err) != 0)
        return -1;
    return history_add(e, *id, NULL, "opened", err, "more than %lld alerts at once",
                       (long long)e->config->alerts.storm_alerts);
}

/* One more folds in: it joins silently, unless it is worse or comes long after the storm was
 * acknowledged. */
static int
grow_storm(const struct escalate *e, int64_t id, const struct alert *with, struct err *err)
{
    struct held_alert h;
    bool is_wave, is_worse;
    int rc;

    if (alert_hold(e, id, &h, err) != 0)
        return -1;
    is_wave = h.alert.state == ALERT_ACKED &&
              e->now_ms - h.alert.last_post_ms > e->config->alerts.storm_window_ms;
    is_worse = with->level > h.alert.level;
    h.alert.n_posts++;
    h.alert.last_post_ms = e->now_ms;
    if (is_worse)
        h.alert.level = with->level;
    if (is_wave || is_worse)
        alert_restart(&h.alert, e->now_ms,
                      is_worse ? STR_LIT("it became worse") : STR_LIT("a new wave of alerts"));
    rc = store_save_alert(e->store, &h.alert, err);
    alert_drop(&h);
    return rc;
}

int
storm_find(const struct escalate *e, struct tocsin_str brand, int64_t *id, struct err *err)
{
    struct alert_key k = { .kind = ALERT_STORM, .brand = brand };

    return store_find_alert(e->store, &k, id, err);
}

int
storm_fold(const struct escalate *e, struct alert *al, struct err *err)
{
    int64_t id = 0;

    if (storm_find(e, al->brand, &id, err) != 0)
        return -1;
    if ((id == 0 ? open_storm(e, al, &id, err) : grow_storm(e, id, al, err)) != 0)
        return -1;
    al->is_storm_folded = true;
    al->next_ms = 0;
    if (al->post != 0 && store_add_alert_post(e->store, id, al->post, e->now_ms, err) != 0)
        return -1;
    return history_add(e, al->id, NULL, "folded", err, "into storm %lld", (long long)id);
}
