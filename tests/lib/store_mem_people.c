/* store_mem_people - persons, accounts and notes, in memory. */
#include "store_mem.h"

struct person *
mem_person(struct store *s, int64_t id)
{
    EACH(s, PERSONS, struct person, p)
    if (p->id == id)
        return p;
    return NULL;
}

/* ---- accounts ---- */

static struct mem_account *
find_account(struct store *s, struct tocsin_str service, struct tocsin_str handle)
{
    EACH(s, ACCOUNTS, struct mem_account, ac)
    if (str_eq(ac->a.service, service) && str_eq(ac->a.handle, handle))
        return ac;
    return NULL;
}

static int64_t
find_by_link(struct store *s, struct tocsin_str link, int64_t except)
{
    EACH(s, ACCOUNTS, struct mem_account, ac)
    if (link.n && str_eq(ac->a.profile_link, link) && ac->a.person != except)
        return ac->a.person;
    return 0;
}

static int64_t
add_person(struct store *s, const struct author *au, int64_t now_ms)
{
    struct person p = { .id = mem_new_id(s),
                        .name = mem_keep(s, au->name.n ? au->name : au->handle),
                        .segment = au->is_bot ? SEGMENT_BOT : SEGMENT_NONE,
                        .first_seen_ms = now_ms,
                        .last_seen_ms = now_ms };

    mem_add(s, PERSONS, &p);
    return p.id;
}

static void
learn(struct store *s, struct tocsin_str *known, struct tocsin_str said)
{
    if (said.n)
        *known = mem_keep(s, said);
}

static void
update_account(struct store *s, struct mem_account *ac, const struct author *au, int64_t now_ms)
{
    learn(s, &ac->author.name, au->name);
    learn(s, &ac->author.url, au->url);
    learn(s, &ac->author.avatar, au->avatar);
    learn(s, &ac->author.profile_link, au->profile_link);
    ac->author.handle = ac->a.handle;
    if (au->followers >= 0)
        ac->author.followers = au->followers;
    ac->a.name = ac->author.name;
    ac->a.url = ac->author.url;
    ac->a.profile_link = ac->author.profile_link;
    ac->a.followers = ac->author.followers;
    ac->a.last_seen_ms = now_ms;
}

static void
join_persons(struct store *s, int64_t keep, int64_t drop)
{
    struct person *k = mem_person(s, keep), *d = mem_person(s, drop);

    if (k->segment == SEGMENT_NONE) {
        k->segment = d->segment;
        k->segment_by = d->segment_by;
    }
    EACH(s, ACCOUNTS, struct mem_account, ac)
    if (ac->a.person == drop)
        ac->a.person = keep;
    EACH(s, CASES, struct case_, c)
    if (c->person == drop)
        c->person = keep;
    EACH(s, ALERTS, struct alert, al)
    if (al->person == drop)
        al->person = keep;
    EACH(s, NOTES, struct note, n)
    if (n->person == drop)
        n->person = keep;
    mem_remove(s, PERSONS, d);
}

int
store_put_account(struct store *s, struct tocsin_str service, const struct author *au,
                  int64_t now_ms, int64_t *account, int64_t *person, struct err *err)
{
    struct mem_account *ac = find_account(s, service, au->handle);
    int64_t other = find_by_link(s, au->profile_link, ac ? ac->a.person : 0);

    (void)err;
    if (!ac) {
        struct mem_account r = { .a = { .id = mem_new_id(s),
                                        .service = mem_keep(s, service),
                                        .handle = mem_keep(s, au->handle),
                                        .first_seen_ms = now_ms } };
        r.a.person = other ? other : add_person(s, au, now_ms);
        r.author.followers = -1;
        other = 0;
        ac = mem_add(s, ACCOUNTS, &r);
    }
    update_account(s, ac, au, now_ms);
    if (other)
        join_persons(s, other < ac->a.person ? other : ac->a.person,
                     other < ac->a.person ? ac->a.person : other);
    *account = ac->a.id;
    *person = ac->a.person;
    mem_person(s, *person)->last_seen_ms = now_ms;
    return 0;
}

int
store_each_account(struct store *s, int64_t person, int (*fn)(void *, const struct account *),
                   void *ctx, struct err *err)
{
    (void)err;
    EACH(s, ACCOUNTS, struct mem_account, ac)
    if (ac->a.person == person && fn(ctx, &ac->a) != 0)
        break;
    return 0;
}

/* ---- persons ---- */

static struct tocsin_str
without_at(struct tocsin_str handle)
{
    return str_starts(handle, STR_LIT("@")) ? str_sub(handle, 1, handle.n) : handle;
}

static int
find_handle(struct store *s, struct tocsin_str service, struct tocsin_str handle, int64_t *person)
{
    int found = 0;

    EACH(s, ACCOUNTS, struct mem_account, ac)
    {
        if ((service.n && !str_eq(ac->a.service, service)) ||
            !str_eq_ascii_case(without_at(ac->a.handle), without_at(handle)))
            continue;
        found += *person != ac->a.person;
        *person = ac->a.person;
    }
    return found;
}

int
store_find_person(struct store *s, struct tocsin_str who, int64_t *person, struct err *err)
{
    struct tocsin_str handle = who, service = str_cut(&handle, ':');
    int found = 0;

    *person = 0;
    if (service.n < who.n)
        found = find_handle(s, service, handle, person);
    if (found == 0)
        found = find_handle(s, STR_NONE, who, person);
    return found <= 1 ? 0 : err_set(err, ERR_DATA, "%.*s is not one person", STR_FMT(who));
}

struct sum {
    struct person *p;
    double sum;
};

static int
add_up(void *ctx, const struct mention_row *row)
{
    struct sum *m = ctx;

    m->p->n_mentions++;
    m->sum += row->mention.score.sentiment;
    return 0;
}

int
store_get_person(struct store *s, int64_t id, struct arena *a, struct person *out, struct err *err)
{
    const struct person *p = mem_person(s, id);
    struct mention_filter f = { .person = id, .limit = SIZE_MAX };
    struct sum m = { out, 0 };

    (void)a;
    if (!p)
        return mem_missing(err, "person", id);
    *out = *p;
    store_each_mention(s, &f, add_up, &m, err);
    out->mood = out->n_mentions ? m.sum / (double)out->n_mentions : 0;
    return 0;
}

int
store_save_person(struct store *s, const struct person *given, struct err *err)
{
    struct person *p = mem_person(s, given->id);

    (void)err;
    if (!p)
        return 0;
    p->name = mem_keep(s, given->name);
    p->segment = given->segment;
    p->segment_by = mem_keep(s, given->segment_by);
    p->preference = given->preference;
    p->owner = mem_keep(s, given->owner);
    return 0;
}

static bool
has_word(struct tocsin_str s, struct tocsin_str word)
{
    for (size_t i = 0; i + word.n <= s.n; i++)
        if (str_eq_ascii_case(str_sub(s, i, i + word.n), word))
            return true;
    return false;
}

static bool
is_searched(struct store *s, const struct person *p, struct tocsin_str word)
{
    if (word.n == 0 || has_word(p->name, word))
        return true;
    EACH(s, ACCOUNTS, struct mem_account, ac)
    if (ac->a.person == p->id && (has_word(ac->a.handle, word) || has_word(ac->a.name, word)))
        return true;
    return false;
}

static int
stop(void *ctx, const struct mention_row *row)
{
    (void)row;
    *(bool *)ctx = true;
    return 1;
}

static bool
has_mentioned(struct store *s, int64_t person, struct tocsin_str brand)
{
    struct mention_filter f = { .person = person, .brand = brand };
    bool has = brand.n == 0;

    if (!has)
        store_each_mention(s, &f, stop, &has, NULL);
    return has;
}

int
store_each_person(struct store *s, const struct person_filter *f,
                  int (*fn)(void *, const struct person *), void *ctx, struct err *err)
{
    size_t left = f->limit ? f->limit : 100;

    EACH_BACK(s, PERSONS, struct person, p)
    {
        struct person out;
        if (p->last_seen_ms < f->since_ms || (f->segment && p->segment != f->segment) ||
            !is_searched(s, p, f->search) || !has_mentioned(s, p->id, f->brand))
            continue;
        if (left-- == 0 || store_get_person(s, p->id, NULL, &out, err) != 0 || fn(ctx, &out) != 0)
            break;
    }
    return 0;
}

/* ---- notes ---- */

int
store_add_note(struct store *s, int64_t person, struct tocsin_str by, struct tocsin_str text,
               int64_t now_ms, int64_t *id, struct err *err)
{
    struct note n = { mem_new_id(s), person, now_ms, mem_keep(s, by), mem_keep(s, text) };

    (void)err;
    *id = n.id;
    mem_add(s, NOTES, &n);
    return 0;
}

int
store_each_note(struct store *s, int64_t person, int (*fn)(void *, const struct note *), void *ctx,
                struct err *err)
{
    (void)err;
    EACH(s, NOTES, struct note, n)
    if (n->person == person && fn(ctx, n) != 0)
        break;
    return 0;
}
