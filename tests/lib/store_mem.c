/* store_mem - opening, transactions, sources, notifiers, facts, tokens and cases, in memory. */
#include "store_mem.h"

static const size_t sizes[N_TABLES] = {
    [SOURCES] = sizeof(struct source_state), [GAPS] = sizeof(struct source_gap),
    [POSTS] = sizeof(struct mem_post),       [PERSONS] = sizeof(struct person),
    [ACCOUNTS] = sizeof(struct mem_account), [NOTES] = sizeof(struct note),
    [CASES] = sizeof(struct case_),          [MENTIONS] = sizeof(struct mem_mention),
    [ALERTS] = sizeof(struct alert),         [JOINED] = sizeof(struct mem_joined),
    [EVENTS] = sizeof(struct alert_event),   [DELIVERIES] = sizeof(struct delivery),
    [TOKENS] = sizeof(struct mem_token),     [NOTIFIERS] = sizeof(struct notifier_state),
    [FACTS] = sizeof(struct mem_fact),
};

/* ---- rows ---- */

void *
mem_add(struct store *s, int which, const void *row)
{
    struct table *t = &s->now[which];
    char *v = realloc(t->v, (t->n + 1) * t->size);

    if (!v)
        abort();
    t->v = v;
    return memcpy(v + t->n++ * t->size, row, t->size);
}

void
mem_remove(struct store *s, int which, void *row)
{
    struct table *t = &s->now[which];
    size_t at = (size_t)((char *)row - t->v);

    memmove(t->v + at, t->v + at + t->size, t->n * t->size - at - t->size);
    t->n--;
}

struct tocsin_str
mem_keep(struct store *s, struct tocsin_str v)
{
    v = arena_str(s->arena, v);
    if (!v.p)
        abort();
    return v;
}

int64_t
mem_new_id(struct store *s)
{
    return ++s->last_id;
}

int
mem_missing(struct err *err, const char *what, int64_t id)
{
    return err_set(err, ERR_NOTFOUND, "no %s %lld", what, (long long)id);
}

/* ---- opening and transactions ---- */

int
store_open(struct store **out, const char *state_dir, enum store_mode mode,
           const struct clock *clock, struct err *err)
{
    struct store *s = calloc(1, sizeof *s);

    (void)state_dir, (void)mode, (void)clock;
    if (!s || !(s->arena = arena_new(64 << 20))) {
        free(s);
        return err_set(err, ERR_NOMEM, "no memory");
    }
    for (int i = 0; i < N_TABLES; i++)
        s->now[i].size = sizes[i];
    *out = s;
    return 0;
}

static void
drop_tables(struct table *t)
{
    for (int i = 0; i < N_TABLES; i++) {
        free(t[i].v);
        t[i].v = NULL;
    }
}

void
store_close(struct store *s)
{
    if (!s)
        return;
    drop_tables(s->now);
    drop_tables(s->before);
    arena_free(s->arena);
    free(s);
}

int
store_begin(struct store *s, struct err *err)
{
    if (s->is_open)
        return err_set(err, ERR_INTERNAL, "a transaction is open");
    for (int i = 0; i < N_TABLES; i++) {
        s->before[i] = s->now[i];
        s->now[i].v = malloc(s->now[i].n * s->now[i].size + 1);
        if (!s->now[i].v)
            abort();
        if (s->before[i].n)
            memcpy(s->now[i].v, s->before[i].v, s->now[i].n * s->now[i].size);
    }
    s->is_open = true;
    return 0;
}

int
store_commit(struct store *s, struct err *err)
{
    (void)err;
    drop_tables(s->before);
    s->is_open = false;
    return 0;
}

void
store_rollback(struct store *s)
{
    if (!s->is_open)
        return;
    drop_tables(s->now);
    memcpy(s->now, s->before, sizeof s->now);
    memset(s->before, 0, sizeof s->before);
    s->is_open = false;
    s->newest_ms = 0;
    EACH(s, POSTS, struct mem_post, p)
    s->newest_ms = p->p.first_seen_ms;
}

bool
store_is_in_transaction(const struct store *s)
{
    return s->is_open;
}

int
store_check(struct store *s, struct err *err)
{
    (void)s, (void)err;
    return 0;
}

int
store_backup(struct store *s, const char *path, struct err *err)
{
    (void)s;
    return err_set(err, ERR_UNAVAILABLE, "%s: a store in memory has no backup", path);
}

int
store_release_ballast(struct store *s, struct err *err)
{
    (void)s, (void)err;
    return 0;
}

/* ---- sources ---- */

static struct source_state *
source(struct store *s, struct tocsin_str name)
{
    EACH(s, SOURCES, struct source_state, r)
    if (str_eq(r->name, name))
        return r;
    return NULL;
}

int
store_each_source(struct store *s, int (*fn)(void *, const struct source_state *), void *ctx,
                  struct err *err)
{
    (void)err;
    EACH(s, SOURCES, struct source_state, r)
    if (fn(ctx, r) != 0)
        break;
    return 0;
}

int
store_find_source(struct store *s, struct tocsin_str name, struct arena *a,
                  struct source_state *out, bool *found, struct err *err)
{
    const struct source_state *r = source(s, name);

    (void)a, (void)err;
    *found = r != NULL;
    if (r)
        *out = *r;
    return 0;
}

int
store_put_source(struct store *s, const struct source_state *st, struct err *err)
{
    struct source_state r = *st, *old = source(s, st->name);
    struct source_validator *v = arena_array(s->arena, st->n_validators, sizeof *v);

    (void)err;
    for (size_t i = 0; i < st->n_validators; i++) {
        v[i] = st->validators[i];
        v[i].url = mem_keep(s, v[i].url);
        v[i].etag = mem_keep(s, v[i].etag);
        v[i].last_modified = mem_keep(s, v[i].last_modified);
    }
    r.validators = v;
    r.name = mem_keep(s, r.name);
    r.plugin = mem_keep(s, r.plugin);
    r.cursor = mem_keep(s, r.cursor);
    r.reason = mem_keep(s, r.reason);
    r.interval_why = mem_keep(s, r.interval_why);
    r.moved_to = mem_keep(s, r.moved_to);
    if (old)
        *old = r;
    else
        mem_add(s, SOURCES, &r);
    return 0;
}

int
store_remove_source(struct store *s, struct tocsin_str name, struct err *err)
{
    struct source_state *r = source(s, name);

    (void)err;
    if (r)
        mem_remove(s, SOURCES, r);
    return 0;
}

int
store_add_gap(struct store *s, const struct source_gap *g, struct err *err)
{
    struct source_gap r = *g;

    (void)err;
    r.id = mem_new_id(s);
    r.source = mem_keep(s, r.source);
    r.why = mem_keep(s, r.why);
    mem_add(s, GAPS, &r);
    return 0;
}

int
store_each_gap(struct store *s, int64_t since_ms, int (*fn)(void *, const struct source_gap *),
               void *ctx, struct err *err)
{
    (void)err;
    EACH_BACK(s, GAPS, struct source_gap, g)
    if (g->at_ms >= since_ms && fn(ctx, g) != 0)
        break;
    return 0;
}

/* ---- notifiers, facts, tokens ---- */

static struct notifier_state *
notifier(struct store *s, struct tocsin_str name)
{
    EACH(s, NOTIFIERS, struct notifier_state, r)
    if (str_eq(r->name, name))
        return r;
    return NULL;
}

int
store_find_notifier(struct store *s, struct tocsin_str name, struct arena *a,
                    struct notifier_state *out, bool *found, struct err *err)
{
    const struct notifier_state *r = notifier(s, name);

    (void)a, (void)err;
    *found = r != NULL;
    if (r)
        *out = *r;
    return 0;
}

int
store_put_notifier(struct store *s, const struct notifier_state *n, struct err *err)
{
    struct notifier_state r = *n, *old = notifier(s, n->name);

    (void)err;
    r.name = mem_keep(s, r.name);
    r.cursor = mem_keep(s, r.cursor);
    r.error = mem_keep(s, r.error);
    if (old)
        *old = r;
    else
        mem_add(s, NOTIFIERS, &r);
    return 0;
}

static struct mem_fact *
fact(struct store *s, const char *key)
{
    EACH(s, FACTS, struct mem_fact, r)
    if (str_eq_z(r->key, key))
        return r;
    return NULL;
}

int
store_get_fact(struct store *s, const char *key, struct arena *a, struct tocsin_str *value,
               bool *found, struct err *err)
{
    const struct mem_fact *r = fact(s, key);

    (void)a, (void)err;
    *found = r != NULL;
    *value = r ? r->value : STR_NONE;
    return 0;
}

int
store_put_fact(struct store *s, const char *key, struct tocsin_str value, struct err *err)
{
    struct mem_fact r = { mem_keep(s, str_z(key)), mem_keep(s, value) }, *old = fact(s, key);

    (void)err;
    if (old)
        *old = r;
    else
        mem_add(s, FACTS, &r);
    return 0;
}

static struct mem_token *
token(struct store *s, struct tocsin_str hash)
{
    EACH(s, TOKENS, struct mem_token, r)
    if (str_eq(r->hash, hash))
        return r;
    return NULL;
}

int
store_add_token(struct store *s, struct tocsin_str hash, const struct token_row *t, struct err *err)
{
    struct mem_token r = { mem_keep(s, hash), *t };

    (void)err;
    r.t.action = mem_keep(s, t->action);
    r.t.notifier = mem_keep(s, t->notifier);
    mem_add(s, TOKENS, &r);
    return 0;
}

int
store_find_token(struct store *s, struct tocsin_str hash, struct arena *a, struct token_row *out,
                 bool *found, struct err *err)
{
    const struct mem_token *r = token(s, hash);

    (void)a, (void)err;
    *found = r != NULL;
    if (r)
        *out = r->t;
    return 0;
}

int
store_use_token(struct store *s, struct tocsin_str hash, int64_t now_ms, struct err *err)
{
    struct mem_token *r = token(s, hash);

    (void)err;
    if (r && r->t.used_ms == 0)
        r->t.used_ms = now_ms;
    return 0;
}

/* ---- cases ---- */

static struct case_
kept_case(struct store *s, const struct case_ *c)
{
    struct case_ r = *c;

    r.brand = mem_keep(s, r.brand);
    r.owner = mem_keep(s, r.owner);
    r.helper = mem_keep(s, r.helper);
    r.comment = mem_keep(s, r.comment);
    r.about = mem_keep(s, r.about);
    return r;
}

static struct case_ *
find_case(struct store *s, int64_t id)
{
    EACH(s, CASES, struct case_, c)
    if (c->id == id)
        return c;
    return NULL;
}

int
store_add_case(struct store *s, const struct case_ *c, int64_t *id, struct err *err)
{
    struct case_ r = kept_case(s, c);

    (void)err;
    r.id = *id = mem_new_id(s);
    mem_add(s, CASES, &r);
    return 0;
}

int
store_save_case(struct store *s, const struct case_ *c, struct err *err)
{
    struct case_ *r = find_case(s, c->id);

    (void)err;
    if (r)
        *r = kept_case(s, c);
    return 0;
}

int
store_get_case(struct store *s, int64_t id, struct arena *a, struct case_ *out, struct err *err)
{
    const struct case_ *c = find_case(s, id);

    (void)a;
    if (!c)
        return mem_missing(err, "case", id);
    *out = *c;
    return 0;
}

int
store_find_open_case(struct store *s, int64_t person, struct tocsin_str brand, int64_t *id,
                     struct err *err)
{
    (void)err;
    *id = 0;
    EACH(s, CASES, struct case_, c)
    if (c->person == person && c->status <= CASE_WAITING && !c->is_drill && str_eq(c->brand, brand))
        *id = c->id;
    return 0;
}

int
store_find_last_hiccup(struct store *s, int64_t person, struct arena *a, struct case_ *out,
                       bool *found, struct err *err)
{
    (void)a, (void)err;
    *found = false;
    EACH(s, CASES, struct case_, c)
    {
        if (c->person != person || c->status < CASE_RESOLVED || c->is_drill ||
            c->outcome == OUTCOME_FALSE_ALARM || (*found && c->resolved_ms < out->resolved_ms))
            continue;
        *out = *c;
        *found = true;
    }
    return 0;
}
