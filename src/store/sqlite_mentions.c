/* sqlite_mentions - posts matched by a brand, how they count into their person, and the past. */
#include <string.h>

#include "store/sqlite_posts.h"

/* ---- counting into the person ---- */

static int
count_in(struct store *s, int64_t person, int n, double sentiment, struct err *err)
{
    if (person == 0)
        return 0;
    return DB_RUN(s, err,
                  "UPDATE person SET n_mentions=n_mentions+?2,mood_sum=mood_sum+?3 WHERE id=?1",
                  I(person), I(n), F(sentiment));
}

struct counted { /* a mention as it counts already */
    int64_t id, person;
    double sentiment;
    bool is_drill;
};

static void
counted_read(struct query *q, struct counted *out)
{
    out->id = col_int(q);
    out->person = col_int(q);
    out->sentiment = col_real(q);
    out->is_drill = col_bool(q);
}

static int
find_counted(struct store *s, int64_t post, struct tocsin_str brand, struct counted *out,
             struct err *err)
{
    struct query q;

    *out = (struct counted){ 0 };
    DB_QUERY(&q, s, err,
             "SELECT id,person,sentiment,is_drill FROM mention WHERE post=? AND brand=?", I(post),
             S(brand));
    if (db_next(&q))
        counted_read(&q, out);
    return db_end(&q);
}

static int
count_out(struct store *s, const struct counted *c, struct err *err)
{
    return c->id && !c->is_drill ? count_in(s, c->person, -1, -c->sentiment, err) : 0;
}

/* ---- putting ---- */

struct owner { /* of the mention: what its post says */
    int64_t person;
    bool is_copy, is_drill;
    char place[256]; /* where it was said, and in which thread */
};

/* The owner, and what the post and brand count for so far. */
static int
find_owner(struct store *s, int64_t post, struct tocsin_str brand, struct owner *out,
           struct counted *old, struct err *err)
{
    struct query q;

    *out = (struct owner){ 0 };
    *old = (struct counted){ 0 };
    DB_QUERY(&q, s, err,
             "SELECT ac.person,p.is_copy,p.is_drill,p.place,p.thread,"
             "m.id,m.person,m.sentiment,m.is_drill FROM post p"
             " LEFT JOIN account ac ON ac.id=p.account"
             " LEFT JOIN mention m ON m.post=p.id AND m.brand=?2 WHERE p.id=?1",
             I(post), S(brand));
    if (db_next(&q)) {
        out->person = col_int(&q);
        out->is_copy = col_bool(&q);
        out->is_drill = col_bool(&q);
        struct tocsin_str place = col_str(&q, NULL);
        struct tocsin_str thread = col_str(&q, NULL);
        place_name(out->place, sizeof out->place, place, thread);
        counted_read(&q, old);
    }
    return db_end(&q);
}

/* Replaces where the post and brand are known: the mention keeps its id. */
static int
write_mention(struct store *s, int64_t post, const struct mention *m, const struct owner *o,
              struct err *err)
{
    const struct score *sc = &m->score;

    return DB_RUN(s, err,
                  "INSERT INTO mention(post,brand,person,sentiment,label,complaint,irate,level,"
                  "is_unsure,is_copy,is_drill,place,segment,hits,parts,tags)"
                  " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16)"
                  " ON CONFLICT(post,brand) DO UPDATE SET person=?3,sentiment=?4,label=?5,"
                  "complaint=?6,irate=?7,level=?8,is_unsure=?9,is_copy=?10,is_drill=?11,place=?12,"
                  "segment=?13,hits=?14,parts=?15,tags=?16",
                  I(post), S(m->brand), ID(o->person), F(sc->sentiment), I(sc->label),
                  F(sc->complaint), F(sc->irate), I(sc->level), I(m->is_unsure), I(o->is_copy),
                  I(o->is_drill), Z(o->place), S(m->segment),
                  S(json_of_hits(&s->json[0], m->hits, m->n_hits)),
                  S(json_of_parts(&s->json[1], sc->parts, sc->n_parts)),
                  S(json_of_strs(&s->json[2], m->tags, m->n_tags)));
}

int
store_put_mention(struct store *s, int64_t post, const struct mention *m, int64_t now_ms,
                  int64_t *id, struct err *err)
{
    struct counted old;
    struct owner o;

    (void)now_ms; /* its time is the post's */
    if (find_owner(s, post, m->brand, &o, &old, err) != 0 || count_out(s, &old, err) != 0 ||
        write_mention(s, post, m, &o, err) != 0)
        return -1;
    *id = old.id ? old.id : db_last_id(s);
    return o.is_drill ? 0 : count_in(s, o.person, 1, m->score.sentiment, err);
}

int
store_drop_mention(struct store *s, int64_t post, struct tocsin_str brand, struct err *err)
{
    struct counted old;

    if (find_counted(s, post, brand, &old, err) != 0 || count_out(s, &old, err) != 0)
        return -1;
    return DB_RUN(s, err, "DELETE FROM mention WHERE id=?", I(old.id));
}

/* ---- the past ---- */

#define COMPLAINTS_MAX 200 /* of one person, looked at */

void
place_name(char *out, size_t size, struct tocsin_str place, struct tocsin_str thread)
{
    place = str_clip_utf8(place, 120);
    thread = str_clip_utf8(thread, 120);
    sqlite3_snprintf((int)size, out, "%.*s\n%.*s", STR_FMT(place), STR_FMT(thread));
}

static int
read_person_past(struct store *s, const struct past_query *pq, struct past *out, struct err *err)
{
    struct query q;
    double sum = 0;

    DB_QUERY(&q, s, err,
             "SELECT segment,n_mentions-(SELECT count(*) FROM mention WHERE post=?2 AND person=?1"
             " AND is_drill=0),mood_sum-(SELECT total(sentiment) FROM mention WHERE post=?2"
             " AND person=?1 AND is_drill=0) FROM person WHERE id=?1",
             I(pq->person), I(pq->post));
    if (db_next(&q)) {
        out->segment = (enum segment)col_int(&q);
        out->mentions = col_int(&q);
        sum = col_real(&q);
    }
    out->mood = out->mentions > 0 ? sum / (double)out->mentions : 0;
    return db_end(&q);
}

struct complaint {
    int64_t post, at_ms;
};

struct complaints {
    struct complaint v[COMPLAINTS_MAX];
    char places[16][256]; /* more make no difference */
    size_t n, n_places;
};

static void
add_place(struct complaints *c, const char *place)
{
    for (size_t i = 0; i < c->n_places; i++)
        if (strcmp(c->places[i], place) == 0)
            return;
    if (c->n_places < sizeof c->places / sizeof *c->places)
        sqlite3_snprintf(sizeof c->places[0], c->places[c->n_places++], "%s", place);
}

static int
read_complaints(struct store *s, const struct past_query *pq, struct complaints *c, struct err *err)
{
    struct query q;
    int64_t first;

    if (post_first_since(s, pq->now_ms - pq->window_ms, &first, err) != 0)
        return -1;
    DB_QUERY(&q, s, err,
             "SELECT m.post,v.first_seen_ms,m.place FROM mention m CROSS JOIN seen v"
             " ON v.id=m.post WHERE m.person=? AND m.post>=? AND m.post<>? AND m.brand=?"
             " AND m.complaint>=? AND m.is_copy=0 AND m.is_drill=0 ORDER BY m.post LIMIT ?",
             I(pq->person), I(first), I(pq->post), S(pq->brand), F(STORE_COMPLAINT),
             I(COMPLAINTS_MAX));
    while (db_next(&q)) {
        char place[256];
        struct tocsin_str said;
        c->v[c->n].post = col_int(&q);
        c->v[c->n++].at_ms = col_int(&q);
        said = col_str(&q, NULL);
        sqlite3_snprintf(sizeof place, place, "%.*s", STR_FMT(said));
        add_place(c, place);
    }
    return db_end(&q);
}

static int
find_unanswered(struct store *s, const struct complaints *c, int64_t *at_ms, struct err *err)
{
    for (size_t i = 0; i < c->n; i++) {
        int64_t reply, replied_ms;
        if (store_find_our_reply(s, c->v[i].post, c->v[i].at_ms - 1, &reply, &replied_ms, err) != 0)
            return -1;
        if (reply == 0) {
            *at_ms = c->v[i].at_ms;
            return 0;
        }
    }
    return 0;
}

static int
read_recent(struct store *s, const struct past_query *pq, struct past *out, struct err *err)
{
    struct complaints c = { .n = 0 };
    char place[256];

    if (read_complaints(s, pq, &c, err) != 0)
        return -1;
    place_name(place, sizeof place, pq->place, pq->thread);
    add_place(&c, place);
    out->recent_complaints = (int64_t)c.n;
    out->recent_places = (int64_t)c.n_places;
    return find_unanswered(s, &c, &out->oldest_unanswered_ms, err);
}

static int
read_hiccup(struct store *s, int64_t person, struct past *out, struct err *err)
{
    struct query q;

    DB_QUERY(&q, s, err,
             "SELECT resolved_ms,outcome FROM case_ WHERE person=? AND resolved_ms>0 AND status>=2"
             " AND is_drill=0 AND outcome<>? ORDER BY resolved_ms DESC,id DESC LIMIT 1",
             I(person), I(OUTCOME_FALSE_ALARM));
    if (db_next(&q)) {
        out->last_resolved_ms = col_int(&q);
        out->last_outcome = (enum outcome)col_int(&q);
    }
    return db_end(&q);
}

int
store_read_past(struct store *s, const struct past_query *q, struct past *out, struct err *err)
{
    *out = (struct past){ 0 };
    if (q->story && store_get_story(s, q->story, &out->story, err) != 0)
        return -1;
    if (q->person == 0) {
        out->recent_places = 1; /* the arriving post's own */
        return 0;
    }
    if (read_person_past(s, q, out, err) != 0 || read_recent(s, q, out, err) != 0)
        return -1;
    return read_hiccup(s, q->person, out, err);
}
