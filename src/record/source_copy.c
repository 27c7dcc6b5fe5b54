/* source_copy - copying what is remembered of a source into another arena. */
#include "record/source_copy.h"

static int
copy_validators(struct source_state *to, const struct source_state *from, struct arena *a)
{
    struct source_validator *v = arena_array(a, from->n_validators + 1, sizeof *v);

    if (!v)
        return -1;
    for (size_t i = 0; i < from->n_validators; i++) {
        v[i] = from->validators[i];
        v[i].url = arena_str(a, v[i].url);
        v[i].etag = arena_str(a, v[i].etag);
        v[i].last_modified = arena_str(a, v[i].last_modified);
    }
    to->validators = v;
    return 0;
}

int
source_state_copy(struct source_state *to, const struct source_state *from, struct arena *a)
{
    *to = *from;
    to->name = arena_str(a, from->name);
    to->plugin = arena_str(a, from->plugin);
    to->cursor = arena_str(a, from->cursor);
    to->reason = arena_str(a, from->reason);
    to->interval_why = arena_str(a, from->interval_why);
    to->moved_to = arena_str(a, from->moved_to);
    return copy_validators(to, from, a) != 0 || !to->moved_to.p ? -1 : 0;
}
