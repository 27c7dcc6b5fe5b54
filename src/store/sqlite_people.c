/* sqlite_people - persons and their accounts, joined by one profile link; notes. */
#include "base/parse.h"
#include "store/sqlite_db.h"

/* ---- accounts ---- */

static int
new_person(struct store *s, const struct author *au, int64_t now_ms, int64_t *person,
           struct err *err)
{
    struct tocsin_str name = au->name.n ? au->name : au->handle;

    if (DB_RUN(s, err,
               "INSERT INTO person(name,segment,segment_by,preference,owner,first_seen_ms,"
               "last_seen_ms,n_mentions,mood_sum) VALUES(?,?,'',0,'',?,?,0,0)",
               S(name), I(au->is_bot ? SEGMENT_BOT : SEGMENT_NONE), I(now_ms), I(now_ms)) != 0)
        return -1;
    *person = db_last_id(s);
    return 0;
}

/* Who else shows the same profile link; 0: nobody. */
static int
find_by_link(struct store *s, struct tocsin_str link, int64_t except, int64_t *person,
             struct err *err)
{
    *person = 0;
    if (link.n == 0)
        return 0;
    return DB_GET(s, err, person, 0,
                  "SELECT person FROM account WHERE profile_link=? AND profile_link<>''"
                  " AND person<>? ORDER BY person LIMIT 1",
                  S(link), I(except));
}

static int
add_account(struct store *s, struct tocsin_str service, const struct author *au, int64_t now_ms,
            int64_t *account, int64_t *person, struct err *err)
{
    if (find_by_link(s, au->profile_link, 0, person, err) != 0 ||
        (*person == 0 && new_person(s, au, now_ms, person, err) != 0))
        return -1;
    if (DB_RUN(s, err,
               "INSERT INTO account(person,service,handle,name,url,avatar,profile_link,followers,"
               "created_ms,first_seen_ms,last_seen_ms,is_verified,is_bot)"
               " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
               I(*person), S(service), S(au->handle), S(au->name), S(au->url), S(au->avatar),
               S(au->profile_link), I(au->followers), I(au->created_ms), I(now_ms), I(now_ms),
               I(au->is_verified), I(au->is_bot)) != 0)
        return -1;
    *account = db_last_id(s);
    return 0;
}

/* What an arriving post leaves out stays as it was known. */
static int
update_account(struct store *s, int64_t account, const struct author *au, int64_t now_ms,
               struct err *err)
{
    return DB_RUN(s, err,
                  "UPDATE account SET name=CASE WHEN ?2<>'' THEN ?2 ELSE name END,"
                  "url=CASE WHEN ?3<>'' THEN ?3 ELSE url END,"
                  "avatar=CASE WHEN ?4<>'' THEN ?4 ELSE avatar END,"
                  "profile_link=CASE WHEN ?5<>'' THEN ?5 ELSE profile_link END,"
                  "followers=CASE WHEN ?6>=0 THEN ?6 ELSE followers END,"
                  "created_ms=CASE WHEN ?7<>0 THEN ?7 ELSE created_ms END,"
                  "is_verified=?8,is_bot=?9,last_seen_ms=max(last_seen_ms,?10) WHERE id=?1",
                  I(account), S(au->name), S(au->url), S(au->avatar), S(au->profile_link),
                  I(au->followers), I(au->created_ms), I(au->is_verified), I(au->is_bot),
                  I(now_ms));
}

/* A name that was only the handle gives way to a real one. */
static int
update_person(struct store *s, int64_t person, const struct author *au, int64_t now_ms,
              struct err *err)
{
    return DB_RUN(s, err,
                  "UPDATE person SET last_seen_ms=max(last_seen_ms,?2),"
                  "name=CASE WHEN ?3<>'' AND (name='' OR name=?4) THEN ?3 ELSE name END"
                  " WHERE id=?1",
                  I(person), I(now_ms), S(au->name), S(au->handle));
}

/* Two persons turn out to be one: the one known longer stays. */
static int
join_persons(struct store *s, int64_t keep, int64_t drop, struct err *err)
{
    static const char *const moves[] = {
        "UPDATE account SET person=?1 WHERE person=?2",
        "UPDATE note SET person=?1 WHERE person=?2",
        "UPDATE case_ SET person=?1 WHERE person=?2",
        "UPDATE mention SET person=?1 WHERE person=?2",
        "UPDATE alert SET person=?1 WHERE person=?2",
        "UPDATE person SET (n_mentions,mood_sum,first_seen_ms,last_seen_ms,segment,segment_by,"
        "preference,owner)=(SELECT person.n_mentions+o.n_mentions,person.mood_sum+o.mood_sum,"
        "min(person.first_seen_ms,o.first_seen_ms),max(person.last_seen_ms,o.last_seen_ms),"
        "CASE WHEN person.segment=0 THEN o.segment ELSE person.segment END,"
        "CASE WHEN person.segment=0 THEN o.segment_by ELSE person.segment_by END,"
        "CASE WHEN person.preference=0 THEN o.preference ELSE person.preference END,"
        "CASE WHEN person.owner='' THEN o.owner ELSE person.owner END"
        " FROM person o WHERE o.id=?2) WHERE id=?1",
    };

    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (DB_RUN(s, err, moves[i], I(keep), I(drop)) != 0)
            return -1;
    return DB_RUN(s, err, "DELETE FROM person WHERE id=?", I(drop));
}

static int
join_by_link(struct store *s, struct tocsin_str link, int64_t *person, struct err *err)
{
    int64_t other, keep;

    if (find_by_link(s, link, *person, &other, err) != 0 || other == 0)
        return other == 0 ? 0 : -1;
    keep = other < *person ? other : *person;
    if (join_persons(s, keep, keep == other ? *person : other, err) != 0)
        return -1;
    *person = keep;
    return 0;
}

/* What is known of the account; id 0: nothing. */
struct known {
    int64_t id, person;
    bool same_link; /* no other profile link than before */
    bool is_fresh;  /* nothing new, and seen within the minute */
};

/* Does the arriving value leave what is stored as it is? */
static bool
says_nothing_new(struct query *q, struct tocsin_str arriving)
{
    struct tocsin_str stored = col_str(q, NULL);

    return arriving.n == 0 || str_eq(arriving, stored);
}

static int
find_account(struct store *s, struct tocsin_str service, const struct author *au, int64_t now_ms,
             struct known *out, struct err *err)
{
    struct query q;

    *out = (struct known){ 0 };
    DB_QUERY(&q, s, err,
             "SELECT id,person,profile_link,name,url,avatar,followers,created_ms,is_verified,"
             "is_bot,last_seen_ms FROM account WHERE handle=? AND service=?",
             S(au->handle), S(service));
    if (db_next(&q)) {
        out->id = col_int(&q);
        out->person = col_int(&q);
        out->same_link = says_nothing_new(&q, au->profile_link);
        out->is_fresh = out->same_link;
        out->is_fresh &= says_nothing_new(&q, au->name);
        out->is_fresh &= says_nothing_new(&q, au->url);
        out->is_fresh &= says_nothing_new(&q, au->avatar);
        out->is_fresh &= col_int(&q) == au->followers || au->followers < 0;
        out->is_fresh &= col_int(&q) == au->created_ms || au->created_ms == 0;
        out->is_fresh &= col_bool(&q) == au->is_verified;
        out->is_fresh &= col_bool(&q) == au->is_bot;
        out->is_fresh &= now_ms - col_int(&q) < MS_MINUTE;
    }
    return db_end(&q);
}

int
store_put_account(struct store *s, struct tocsin_str service, const struct author *au,
                  int64_t now_ms, int64_t *account, int64_t *person, struct err *err)
{
    struct known known;

    if (find_account(s, service, au, now_ms, &known, err) != 0)
        return -1;
    *account = known.id;
    *person = known.person;
    if (known.id != 0 && known.is_fresh)
        return 0;
    if (known.id == 0 && add_account(s, service, au, now_ms, account, person, err) != 0)
        return -1;
    if (known.id != 0 &&
        (update_account(s, *account, au, now_ms, err) != 0 ||
         (!known.same_link && join_by_link(s, au->profile_link, person, err) != 0)))
        return -1;
    return update_person(s, *person, au, now_ms, err);
}

/* ---- persons ---- */

/* Handles are compared with and without their "@", in any case; an exact one wins. */
static int
find_handle(struct store *s, struct tocsin_str service, struct tocsin_str handle, int64_t *first,
            int64_t *last, struct err *err)
{
    struct query q;

    *first = *last = 0;
    DB_QUERY(&q, s, err,
             "SELECT min(person),max(person) FROM account WHERE"
             " (handle COLLATE NOCASE=?1 OR handle COLLATE NOCASE='@'||?1)"
             " AND (?2='' OR service=?2)"
             " GROUP BY (handle IN (?1,'@'||?1)) ORDER BY (handle IN (?1,'@'||?1)) DESC LIMIT 1",
             S(handle), S(service));
    if (db_next(&q)) {
        *first = col_int(&q);
        *last = col_int(&q);
    }
    return db_end(&q);
}

static struct tocsin_str
without_at(struct tocsin_str handle)
{
    return str_starts(handle, STR_LIT("@")) ? str_sub(handle, 1, handle.n) : handle;
}

int
store_find_person(struct store *s, struct tocsin_str who, int64_t *person, struct err *err)
{
    struct tocsin_str handle = who, service;
    int64_t last = 0;

    service = str_cut(&handle, ':');
    *person = 0;
    if (service.n < who.n && find_handle(s, service, without_at(handle), person, &last, err) != 0)
        return -1;
    if (*person == 0 && find_handle(s, STR_NONE, without_at(who), person, &last, err) != 0)
        return -1;
    if (*person != last)
        return err_set(err, ERR_DATA, "%.*s is the name of more than one person; say SERVICE:%.*s",
                       STR_FMT(who), STR_FMT(who));
    return 0;
}

#define PERSON_COLUMNS \
    "id,name,segment,segment_by,preference,owner,first_seen_ms,last_seen_ms,n_mentions,mood_sum"

static int
person_read(struct query *q, struct arena *a, struct person *out)
{
    double sum;

    out->id = col_int(q);
    out->name = col_str(q, a);
    out->segment = (enum segment)col_int(q);
    out->segment_by = col_str(q, a);
    out->preference = (enum preference)col_int(q);
    out->owner = col_str(q, a);
    out->first_seen_ms = col_int(q);
    out->last_seen_ms = col_int(q);
    out->n_mentions = col_int(q);
    sum = col_real(q);
    out->mood = out->n_mentions > 0 ? sum / (double)out->n_mentions : 0;
    return q->has_failed ? -1 : 0;
}

int
store_get_person(struct store *s, int64_t id, struct arena *a, struct person *out, struct err *err)
{
    struct query q;
    bool found;

    DB_QUERY(&q, s, err, "SELECT " PERSON_COLUMNS " FROM person WHERE id=?", I(id));
    found = db_next(&q);
    if (found)
        person_read(&q, a, out);
    if (db_end(&q) != 0)
        return -1;
    return found ? 0 : err_set(err, ERR_NOTFOUND, "no person %lld", (long long)id);
}

int
store_save_person(struct store *s, const struct person *p, struct err *err)
{
    return DB_RUN(s, err,
                  "UPDATE person SET name=?2,segment=?3,segment_by=?4,preference=?5,owner=?6"
                  " WHERE id=?1",
                  I(p->id), S(p->name), I(p->segment), S(p->segment_by), I(p->preference),
                  S(p->owner));
}

int
store_each_person(struct store *s, const struct person_filter *f,
                  int (*fn)(void *, const struct person *), void *ctx, struct err *err)
{
    struct walk w;
    struct person p;

    WALK(&w, s, err,
         "SELECT " PERSON_COLUMNS " FROM person WHERE last_seen_ms>=?1 AND (?2=0 OR segment=?2)"
         " AND (?3='' OR EXISTS (SELECT 1 FROM mention m WHERE m.person=person.id AND m.brand=?3))"
         " AND (?4='' OR instr(lower(name),lower(?4))>0 OR EXISTS (SELECT 1 FROM account a"
         "  WHERE a.person=person.id AND (instr(lower(a.handle),lower(?4))>0"
         "  OR instr(lower(a.name),lower(?4))>0)))"
         " ORDER BY last_seen_ms DESC,id DESC LIMIT ?5",
         I(f->since_ms), I(f->segment), S(f->brand), S(f->search), I(f->limit ? f->limit : 100));
    while (walk_next(&w) && person_read(&w.q, w.a, &p) == 0 && fn(ctx, &p) == 0)
        ;
    return walk_end(&w);
}

static int
account_read(struct query *q, struct arena *a, struct account *out)
{
    out->id = col_int(q);
    out->person = col_int(q);
    out->service = col_str(q, a);
    out->handle = col_str(q, a);
    out->name = col_str(q, a);
    out->url = col_str(q, a);
    out->profile_link = col_str(q, a);
    out->followers = col_int(q);
    out->first_seen_ms = col_int(q);
    out->last_seen_ms = col_int(q);
    out->is_bot = col_bool(q);
    return q->has_failed ? -1 : 0;
}

int
store_each_account(struct store *s, int64_t person, int (*fn)(void *, const struct account *),
                   void *ctx, struct err *err)
{
    struct walk w;
    struct account ac;

    WALK(&w, s, err,
         "SELECT id,person,service,handle,name,url,profile_link,followers,first_seen_ms,"
         "last_seen_ms,is_bot FROM account WHERE person=? ORDER BY id",
         I(person));
    while (walk_next(&w) && account_read(&w.q, w.a, &ac) == 0 && fn(ctx, &ac) == 0)
        ;
    return walk_end(&w);
}

/* ---- notes ---- */

int
store_add_note(struct store *s, int64_t person, struct tocsin_str by, struct tocsin_str text,
               int64_t now_ms, int64_t *id, struct err *err)
{
    if (DB_RUN(s, err, "INSERT INTO note(person,at_ms,author,text) VALUES(?,?,?,?)", I(person),
               I(now_ms), S(by), S(text)) != 0)
        return -1;
    *id = db_last_id(s);
    return 0;
}

static int
note_read(struct query *q, struct arena *a, struct note *out)
{
    out->id = col_int(q);
    out->person = col_int(q);
    out->at_ms = col_int(q);
    out->by = col_str(q, a);
    out->text = col_str(q, a);
    return q->has_failed ? -1 : 0;
}

int
store_each_note(struct store *s, int64_t person, int (*fn)(void *, const struct note *), void *ctx,
                struct err *err)
{
    struct walk w;
    struct note n;

    WALK(&w, s, err, "SELECT id,person,at_ms,author,text FROM note WHERE person=? ORDER BY id",
         I(person));
    while (walk_next(&w) && note_read(&w.q, w.a, &n) == 0 && fn(ctx, &n) == 0)
        ;
    return walk_end(&w);
}
