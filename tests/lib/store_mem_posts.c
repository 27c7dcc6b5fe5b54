/* store_mem_posts - posts, stories, persons, mentions, the past and retention, in memory. */
#include <math.h>

#include "base/buf.h"
#include "dedup/fingerprint.h"
#include "store_mem.h"

/* ---- posts ---- */

struct mem_post *
mem_post(struct store *s, int64_t id)
{
    EACH(s, POSTS, struct mem_post, p)
    if (p->p.id == id)
        return p;
    return NULL;
}

static const struct tocsin_str *
kept_strs(struct store *s, const struct tocsin_str *v, size_t n)
{
    struct tocsin_str *r = arena_array(s->arena, n, sizeof *r);

    for (size_t i = 0; i < n; i++)
        r[i] = mem_keep(s, v[i]);
    return r;
}

static struct post
kept_post(struct store *s, const struct post *p, bool keep_raw)
{
    struct post r = *p;
    struct tocsin_str *const strs[] = {
        &r.source, &r.service, &r.id,  &r.uri,           &r.url,  &r.parent,     &r.thread,
        &r.place,  &r.lang,    &r.raw, &r.canonical_url, &r.site, &r.title.text, &r.text.text,
    };

    if (!keep_raw)
        r.raw = STR_NONE;
    for (size_t i = 0; i < sizeof strs / sizeof *strs; i++)
        *strs[i] = mem_keep(s, *strs[i]);
    r.tags = kept_strs(s, p->tags, p->n_tags);
    r.links = kept_strs(s, p->links, p->n_links);
    return r;
}

static struct mem_post *
add_post(struct store *s, const struct post *p, bool keep_raw, int64_t now_ms)
{
    struct mem_post r = { .p = { .revision = 1, .post = kept_post(s, p, keep_raw) } };

    if (now_ms > s->newest_ms)
        s->newest_ms = now_ms;
    r.p.id = mem_new_id(s);
    r.p.first_seen_ms = s->newest_ms;
    r.said_title = r.p.post.title.text;
    r.said_text = r.p.post.text.text;
    return mem_add(s, POSTS, &r);
}

static void
make_whole(struct mem_post *p, const struct post_facts *f)
{
    p->is_whole = true;
    p->is_blank = false;
    p->p.story = f->story ? f->story : p->p.id;
    p->p.account = f->account;
    p->p.is_ours = f->is_ours;
    p->p.is_copy = f->is_copy;
    p->p.is_drill = f->is_drill;
}

int
store_add_post(struct store *s, const struct post *p, const struct post_facts *f, int64_t now_ms,
               int64_t *id, int64_t *story, struct err *err)
{
    struct mem_post *r = add_post(s, p, f->keep_raw, now_ms);

    (void)err;
    make_whole(r, f);
    *id = r->p.id;
    *story = r->p.story;
    return 0;
}

int
store_add_rejected(struct store *s, const struct post *p, bool keep_text, int64_t now_ms,
                   int64_t *id, struct err *err)
{
    struct mem_post *r = add_post(s, p, false, now_ms);

    (void)err;
    r->has_text = keep_text;
    *id = r->p.id;
    return 0;
}

int
store_revise_post(struct store *s, int64_t id, const struct post *p, const struct post_facts *f,
                  int64_t now_ms, struct err *err)
{
    struct mem_post *r = mem_post(s, id);

    (void)now_ms;
    if (!r)
        return mem_missing(err, "post", id);
    r->p.post = kept_post(s, p, f && f->keep_raw);
    r->said_title = r->p.post.title.text;
    r->said_text = r->p.post.text.text;
    r->is_blank = false;
    if (r->is_whole)
        r->p.revision++;
    else if (f)
        make_whole(r, f);
    return 0;
}

int
store_mark_gone(struct store *s, int64_t id, int64_t now_ms, struct err *err)
{
    struct mem_post *r = mem_post(s, id);

    (void)err;
    if (r && r->p.gone_ms == 0)
        r->p.gone_ms = now_ms;
    return 0;
}

static bool
is_copy(const struct post *a, const struct post *b)
{
    return (a->uri.n && str_eq(a->uri, b->uri) && str_eq(a->service, b->service)) ||
           (a->canonical_url.n && str_eq(a->canonical_url, b->canonical_url));
}

static void
know_same(const struct mem_post *r, const struct post *p, struct known_post *out)
{
    out->id = r->p.id;
    out->was_matched = r->is_whole;
    out->is_gone = r->p.gone_ms != 0;
    out->is_same_text = str_eq(r->said_title, p->title.text) && str_eq(r->said_text, p->text.text);
    if (r->is_whole)
        out->story = r->p.story;
}

int
store_find_post(struct store *s, const struct post *p, int64_t near_since_ms,
                struct known_post *out, struct err *err)
{
    int64_t copied = 0, near = 0;

    (void)err;
    *out = (struct known_post){ 0 };
    EACH(s, POSTS, struct mem_post, r)
    {
        if (str_eq(r->p.post.source, p->source) && str_eq(r->p.post.id, p->id)) {
            know_same(r, p, out);
        } else if (r->is_whole && is_copy(&r->p.post, p) && out->copy_of == 0) {
            out->copy_of = r->p.id;
            copied = r->p.story;
        } else if (r->is_whole && r->p.first_seen_ms >= near_since_ms &&
                   fingerprint_is_copy(r->p.post.fingerprint, p->fingerprint)) {
            near = r->p.story;
        }
    }
    if (out->story == 0)
        out->story = copied;
    out->is_near_copy = out->story == 0 && near != 0;
    if (out->story == 0)
        out->story = near;
    return 0;
}

static void
fill_author(struct store *s, struct stored_post *p)
{
    EACH(s, ACCOUNTS, struct mem_account, ac)
    {
        if (ac->a.id != p->account)
            continue;
        p->post.author = ac->author;
        p->person = ac->a.person;
    }
}

int
store_get_post(struct store *s, int64_t id, struct arena *a, struct stored_post *out,
               struct err *err)
{
    const struct mem_post *r = mem_post(s, id);

    (void)a;
    if (!r || !r->is_whole || r->is_blank)
        return mem_missing(err, "post", id);
    *out = r->p;
    fill_author(s, out);
    return 0;
}

static bool
answers(const struct post *ours, const struct post *p)
{
    if (!str_eq(ours->service, p->service))
        return false;
    return (p->thread.n && str_eq(ours->thread, p->thread)) ||
           (ours->parent.n && (str_eq(ours->parent, p->id) || str_eq(ours->parent, p->uri)));
}

int
store_find_our_reply(struct store *s, int64_t post, int64_t after_ms, int64_t *id, int64_t *at_ms,
                     struct err *err)
{
    const struct mem_post *p = mem_post(s, post);

    (void)err;
    *id = *at_ms = 0;
    EACH(s, POSTS, struct mem_post, r)
    {
        if (*id || !p || !r->p.is_ours || r->p.first_seen_ms <= after_ms ||
            !answers(&r->p.post, &p->p.post))
            continue;
        *id = r->p.id;
        *at_ms = r->p.first_seen_ms;
    }
    return 0;
}

int
store_each_rejected(struct store *s, int64_t since_ms,
                    int (*fn)(void *, const struct stored_post *), void *ctx, struct err *err)
{
    (void)err;
    EACH_BACK(s, POSTS, struct mem_post, r)
    if (!r->is_whole && r->has_text && r->p.first_seen_ms >= since_ms && fn(ctx, &r->p) != 0)
        break;
    return 0;
}

/* ---- stories ---- */

static bool
has_same_place(struct store *s, const struct mem_post *of)
{
    EACH(s, POSTS, struct mem_post, r)
    if (r < of && r->p.story == of->p.story && str_eq(r->p.post.place, of->p.post.place) &&
        str_eq(r->p.post.site, of->p.post.site))
        return true;
    return false;
}

int
store_get_story(struct store *s, int64_t id, struct story *out, struct err *err)
{
    *out = (struct story){ .id = id };
    EACH(s, POSTS, struct mem_post, r)
    {
        if (!r->is_whole || r->p.story != id)
            continue;
        if (out->n_posts++ == 0) {
            out->first_post = r->p.id;
            out->first_ms = r->p.first_seen_ms;
        }
        out->last_ms = r->p.first_seen_ms;
        out->n_places += !has_same_place(s, r);
    }
    return out->n_posts ? 0 : mem_missing(err, "story", id);
}

/* ---- mentions ---- */

static struct mention
kept_mention(struct store *s, const struct mention *m)
{
    struct mention r = *m;
    struct hit *hits = arena_array(s->arena, m->n_hits, sizeof *hits);
    struct score_part *parts = arena_array(s->arena, m->score.n_parts, sizeof *parts);

    for (size_t i = 0; i < m->n_hits; i++) {
        hits[i] = m->hits[i];
        hits[i].rule = mem_keep(s, hits[i].rule);
    }
    for (size_t i = 0; i < m->score.n_parts; i++) {
        parts[i] = m->score.parts[i];
        parts[i].name = mem_keep(s, parts[i].name);
        parts[i].text = mem_keep(s, parts[i].text);
    }
    r.hits = hits;
    r.score.parts = parts;
    r.brand = mem_keep(s, r.brand);
    r.segment = mem_keep(s, r.segment);
    r.tags = kept_strs(s, m->tags, m->n_tags);
    return r;
}

static struct mem_mention *
find_mention(struct store *s, int64_t post, struct tocsin_str brand)
{
    EACH(s, MENTIONS, struct mem_mention, m)
    if (m->post == post && str_eq(m->m.brand, brand))
        return m;
    return NULL;
}

int
store_put_mention(struct store *s, int64_t post, const struct mention *m, int64_t now_ms,
                  int64_t *id, struct err *err)
{
    struct mem_mention *old = find_mention(s, post, m->brand);
    struct mem_mention r = { old ? old->id : mem_new_id(s), post, kept_mention(s, m) };

    (void)err, (void)now_ms;
    *id = r.id;
    if (old)
        *old = r;
    else
        mem_add(s, MENTIONS, &r);
    return 0;
}

int
store_drop_mention(struct store *s, int64_t post, struct tocsin_str brand, struct err *err)
{
    struct mem_mention *m = find_mention(s, post, brand);

    (void)err;
    if (m)
        mem_remove(s, MENTIONS, m);
    return 0;
}

static void
fill_row(struct store *s, const struct mem_mention *m, struct mention_row *out)
{
    const struct mem_post *p = mem_post(s, m->post);
    const struct person *who;

    *out = (struct mention_row){ .id = m->id, .mention = m->m, .post = p->p };
    fill_author(s, &out->post);
    who = mem_person(s, out->post.person);
    out->person_name = who ? who->name : STR_NONE;
    EACH(s, JOINED, struct mem_joined, j)
    EACH(s, ALERTS, struct alert, al)
    if (j->post == m->post && al->id == j->alert && al->kind != ALERT_STORM &&
        str_eq(al->brand, m->m.brand))
        out->alert = al->id;
}

int
store_get_mention(struct store *s, int64_t id, struct arena *a, struct mention_row *out,
                  struct err *err)
{
    (void)a;
    EACH(s, MENTIONS, struct mem_mention, m)
    {
        if (m->id == id) {
            fill_row(s, m, out);
            return 0;
        }
    }
    return mem_missing(err, "mention", id);
}

/* ---- search: " word word ", ASCII in lower case, accents of Latin-1 dropped ---- */

static void
spell(struct buf *out, struct tocsin_str s)
{
    static const char plain[] = "aaaaaaaceeeeiiiidnooooo ouuuuybs";

    buf_char(out, ' ');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == 0xc3 && i + 1 < s.n)
            buf_char(out, plain[(unsigned char)s.p[++i] & 31]);
        else if (c >= 'A' && c <= 'Z')
            buf_char(out, (char)(c + 32));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            buf_char(out, (char)c);
        else if (out->p[out->n - 1] != ' ')
            buf_char(out, ' ');
    }
    if (out->n && out->p[out->n - 1] != ' ')
        buf_char(out, ' ');
}

static bool
has_phrase(struct tocsin_str text, struct tocsin_str phrase, size_t *n)
{
    struct buf b;
    bool has;

    buf_init(&b, 1 << 16);
    spell(&b, phrase);
    has = b.n <= 1 || str_find(text, buf_view(&b), 0) != SIZE_MAX;
    *n += b.n > 1;
    buf_free(&b);
    return has;
}

static bool
is_found(const struct post *p, struct tocsin_str words)
{
    struct buf text;
    bool all = true;
    size_t n = 0;

    buf_init(&text, 1 << 20);
    spell(&text, p->title.text);
    spell(&text, p->text.text);
    for (bool quoted = false; words.n; quoted = !quoted) {
        struct tocsin_str part = str_cut(&words, '"');
        while (part.n && all) {
            struct tocsin_str word = quoted ? part : str_cut(&part, ' ');
            all = has_phrase(buf_view(&text), word, &n);
            if (quoted)
                break;
        }
    }
    buf_free(&text);
    return all && n > 0;
}

/* ---- lists ---- */

static bool
is_listed(const struct mention_filter *f, const struct mention_row *r)
{
    const struct stored_post *p = &r->post;

    return (f->brand.n == 0 || str_eq(r->mention.brand, f->brand)) &&
           (f->source.n == 0 || str_eq(p->post.source, f->source)) &&
           p->first_seen_ms >= f->since_ms &&
           (f->until_ms == 0 || p->first_seen_ms < f->until_ms) &&
           (f->person == 0 || p->person == f->person) && (f->story == 0 || p->story == f->story) &&
           (f->post == 0 || p->id == f->post) && r->mention.score.level >= f->at_least &&
           (f->with_drills || !p->is_drill) && (!f->without_copies || !p->is_copy) &&
           (f->search.n == 0 || is_found(&p->post, f->search));
}

static bool by_irate; /* what the rows are sorted by: tests have one thread */

static int
compare_rows(const void *a, const void *b)
{
    const struct mention_row *x = a, *y = b;

    if (by_irate && x->mention.score.irate != y->mention.score.irate)
        return x->mention.score.irate > y->mention.score.irate ? -1 : 1;
    if (x->post.id != y->post.id)
        return x->post.id > y->post.id ? -1 : 1;
    return x->id > y->id ? -1 : x->id < y->id;
}

static size_t
collect_rows(struct store *s, const struct mention_filter *f, struct mention_row *v)
{
    struct mention_row before = { .id = INT64_MAX, .post.id = INT64_MAX }, row;
    size_t n = 0;

    by_irate = false;
    if (f->before_id)
        store_get_mention(s, f->before_id, NULL, &before, NULL);
    EACH(s, MENTIONS, struct mem_mention, m)
    {
        fill_row(s, m, &row);
        if (is_listed(f, &row) && compare_rows(&before, &row) < 0)
            v[n++] = row;
    }
    by_irate = f->by_irate;
    qsort(v, n, sizeof *v, compare_rows);
    return n;
}

int
store_each_mention(struct store *s, const struct mention_filter *f,
                   int (*fn)(void *, const struct mention_row *), void *ctx, struct err *err)
{
    struct mention_row *v = malloc((s->now[MENTIONS].n + 1) * sizeof *v);
    size_t n, max = f->limit ? f->limit : 100;

    if (!v)
        return err_set(err, ERR_NOMEM, "no memory");
    n = collect_rows(s, f, v);
    for (size_t i = 0; i < n && i < max; i++)
        if (fn(ctx, &v[i]) != 0)
            break;
    free(v);
    return 0;
}

struct counting {
    struct store_counts *out;
};

static int
count_row(void *ctx, const struct mention_row *row)
{
    struct store_counts *out = ((struct counting *)ctx)->out;
    int64_t at = row->post.post.published_ms;

    out->mentions++;
    out->by_level[row->mention.score.level]++;
    if (at != 0 && (out->oldest_ms == 0 || at < out->oldest_ms))
        out->oldest_ms = at;
    return 0;
}

int
store_count(struct store *s, struct tocsin_str brand, int64_t since_ms, struct store_counts *out,
            struct err *err)
{
    struct mention_filter f = { .brand = brand, .since_ms = since_ms, .limit = SIZE_MAX };

    *out = (struct store_counts){ 0 };
    EACH(s, POSTS, struct mem_post, p)
    out->posts += p->p.first_seen_ms >= since_ms;
    return store_each_mention(s, &f, count_row, &(struct counting){ out }, err);
}

/* ---- the past ---- */

struct looking {
    struct store *s;
    const struct past_query *q;
    struct past *out;
    struct {
        struct tocsin_str place, thread;
    } places[64];
    double sum;
};

static void
add_place(struct looking *l, struct tocsin_str place, struct tocsin_str thread)
{
    for (int64_t i = 0; i < l->out->recent_places; i++)
        if (str_eq(l->places[i].place, place) && str_eq(l->places[i].thread, thread))
            return;
    l->places[l->out->recent_places].place = place;
    l->places[l->out->recent_places++].thread = thread;
}

static int
look_at(void *ctx, const struct mention_row *r)
{
    struct looking *l = ctx;
    const struct stored_post *p = &r->post;
    int64_t reply, at;

    if (p->id == l->q->post)
        return 0;
    l->out->mentions++;
    l->sum += r->mention.score.sentiment;
    if (p->first_seen_ms < l->q->now_ms - l->q->window_ms || p->is_copy ||
        r->mention.score.complaint < STORE_COMPLAINT || !str_eq(r->mention.brand, l->q->brand))
        return 0;
    l->out->recent_complaints++;
    add_place(l, p->post.place, p->post.thread);
    store_find_our_reply(l->s, p->id, p->first_seen_ms - 1, &reply, &at, NULL);
    if (reply == 0) /* newest first: the last is the oldest */
        l->out->oldest_unanswered_ms = p->first_seen_ms;
    return 0;
}

int
store_read_past(struct store *s, const struct past_query *q, struct past *out, struct err *err)
{
    struct looking l = { .s = s, .q = q, .out = out };
    struct mention_filter f = { .person = q->person, .limit = SIZE_MAX };
    const struct person *who = mem_person(s, q->person);
    struct case_ c;
    bool found = false;

    *out = (struct past){ 0 };
    if (q->story && store_get_story(s, q->story, &out->story, err) != 0)
        return -1;
    add_place(&l, q->place, q->thread);
    if (!who)
        return 0;
    out->segment = who->segment;
    store_each_mention(s, &f, look_at, &l, err);
    out->mood = out->mentions ? l.sum / (double)out->mentions : 0;
    store_find_last_hiccup(s, q->person, NULL, &c, &found, err);
    if (found) {
        out->last_resolved_ms = c.resolved_ms;
        out->last_outcome = c.outcome;
    }
    return 0;
}

/* ---- retention ---- */

static bool
is_over(int64_t age_ms, int64_t at_ms, int64_t now_ms)
{
    return age_ms == 0 || (age_ms > 0 && at_ms < now_ms - age_ms);
}

static bool
is_in_open_case(struct store *s, int64_t post)
{
    EACH(s, JOINED, struct mem_joined, j)
    EACH(s, ALERTS, struct alert, al)
    if (j->post == post && al->id == j->alert && al->state != ALERT_CLOSED)
        return true;
    return false;
}

static void
expire_post(struct store *s, const struct retention *r, int64_t now_ms, struct mem_post *p)
{
    int64_t at = p->p.first_seen_ms;

    if (is_over(r->raw_ms, at, now_ms))
        p->p.post.raw = STR_NONE;
    if (is_over(r->rejected_ms, at, now_ms))
        p->has_text = false;
    if (p->p.gone_ms && is_over(r->deleted_ms, p->p.gone_ms - 1, now_ms)) {
        p->p.post.text.text = p->p.post.title.text = STR_NONE;
        p->is_blank = true;
    }
    if (p->is_whole && is_over(r->mentions_ms, at, now_ms) && !is_in_open_case(s, p->p.id)) {
        EACH_BACK(s, MENTIONS, struct mem_mention, m)
        if (m->post == p->p.id)
            mem_remove(s, MENTIONS, m);
        p->is_whole = false;
    }
}

int
store_expire(struct store *s, const struct retention *r, int64_t now_ms, size_t max_rows,
             bool *more, struct err *err)
{
    (void)max_rows, (void)err;
    EACH(s, POSTS, struct mem_post, p)
    expire_post(s, r, now_ms, p);
    EACH_BACK(s, ALERTS, struct alert, al)
    if (al->state == ALERT_CLOSED && is_over(r->alerts_ms, al->closed_ms, now_ms))
        mem_remove(s, ALERTS, al);
    *more = false;
    return 0;
}
