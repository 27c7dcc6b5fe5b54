/* source - the words for a source's health. */
#include "record/source.h"

#include "record/names.h"

static const char *const healths[] = {
    [SOURCE_NEW] = "new",
    [SOURCE_OK] = "ok",
    [SOURCE_DEGRADED] = "degraded",
    [SOURCE_THROTTLED] = "throttled",
    [SOURCE_FAILING] = "failing",
    [SOURCE_LOST] = "lost",
    [SOURCE_QUARANTINED] = "quarantined",
    [SOURCE_PAUSED] = "paused",
};

const char *
source_health_name(enum source_health h)
{
    return names_get(healths, NAMES_N(healths), h);
}
