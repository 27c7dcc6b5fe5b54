/* Names the tables of all sections in one place, in the order of the manual. */
#include "config/settings.h"

const struct settings *
settings_table(size_t i)
{
    static const struct settings *const tables[] = {
        &settings_top,    &settings_brand,     &settings_source,    &settings_budget,
        &settings_rule,   &settings_threshold, &settings_secret,    &settings_notifier,
        &settings_staff,  &settings_rotation,  &settings_policy,    &settings_step,
        &settings_alerts, &settings_keep,      &settings_heartbeat,
    };

    return i < sizeof(tables) / sizeof(tables[0]) ? tables[i] : NULL;
}
