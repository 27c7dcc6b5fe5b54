/* compose - headline, text, facts and actions of one delivery. */
#include "deliver/compose.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/utf8.h"
#include "base/zone.h"
#include "deliver/facts.h"
#include "escalate/token.h"

#define HEADLINE 90 /* characters */
#define TOKEN_MS (7 * MS_DAY)
#define MAX_TEXT 16000

static const char *const level_words[] = { "Quiet", "Watch", "Upset", "Irate", "Crusade" };

/* Controls, and what turns the reading order of all that follows. */
static bool
is_steering(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || cp == 0x200E || cp == 0x200F ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0xFEFF;
}

/* One line of text: runs of white space and steering are one space. */
static void
add_line(struct buf *b, struct tocsin_str s)
{
    bool is_gap = false;

    for (size_t at = 0; at < s.n;) {
        uint32_t cp = utf8_next(s, &at);
        if (is_steering(cp) || cp == ' ' || cp == 0xA0) {
            is_gap = b->n > 0;
            continue;
        }
        if (is_gap)
            buf_char(b, ' ');
        is_gap = false;
        buf_utf8(b, cp);
    }
}

/* A character that is drawn together with the one before it. */
static bool
is_joined(uint32_t cp)
{
    return (cp >= 0x0300 && cp <= 0x036F) || (cp >= 0x1AB0 && cp <= 0x1AFF) ||
           (cp >= 0x20D0 && cp <= 0x20FF) || (cp >= 0xFE00 && cp <= 0xFE0F) || cp == 0x200D ||
           (cp >= 0x1F3FB && cp <= 0x1F3FF);
}

/* Where to cut so that at most `max` code points stay and none loses the marks that belong to
 * it, unless it alone is too long. */
static size_t
cut_at(struct tocsin_str s, size_t max)
{
    size_t at = 0, whole = 0;

    for (size_t n = 0; at < s.n && n <= max; n++) {
        size_t begin = at;
        if (!is_joined(utf8_next(s, &at)))
            whole = begin;
        if (n == max)
            return whole ? whole : begin;
    }
    return s.n;
}

/* At most max characters, whole ones, with an ellipsis where something was cut; one line. */
static void
add_clipped(struct buf *b, struct tocsin_str s, size_t max)
{
    struct buf line;

    buf_init(&line, 1 << 17);
    add_line(&line, str_clip_utf8(s, 1 << 16));
    if (utf8_count(buf_view(&line)) <= max) {
        buf_str(b, buf_view(&line));
    } else if (max > 0) {
        buf_str(b, str_sub(buf_view(&line), 0, cut_at(buf_view(&line), max - 1)));
        buf_z(b, "…");
    }
    buf_free(&line);
}

static struct tocsin_str
place_of(const struct mention_row *m)
{
    if (m->post.post.place.n)
        return m->post.post.place;
    return m->post.post.site.n ? m->post.post.site : m->post.post.service;
}

static void
headline_of_person(struct buf *b, const struct alert *al, const struct person *p,
                   const struct mention_row *m, size_t max)
{
    struct tocsin_str clause = facts_angriest_clause(m);
    size_t used;

    if (al->is_drill)
        buf_z(b, "DRILL ");
    buf_fmt(b, "%s: ", level_words[al->level]);
    if (p && p->segment == SEGMENT_FRIEND)
        buf_z(b, "friend ");
    add_clipped(b, p && p->name.n ? p->name : STR_LIT("somebody"), 24);
    buf_z(b, " on ");
    add_clipped(b, place_of(m), 24);
    used = utf8_count(buf_view(b)) + 4; /* ": “" and "”" */
    if (clause.n && used + 8 < max) {
        buf_z(b, ": “");
        add_clipped(b, clause, max - used);
        buf_z(b, "”");
    }
}

static void
headline_of_notice(struct buf *b, const struct alert *al)
{
    switch (al->kind) {
    case ALERT_STORM:
        buf_fmt(b, "Storm: %lld alerts about %.*s at once", (long long)al->n_posts,
                STR_FMT(al->brand.n ? al->brand : STR_LIT("Tocsin itself")));
        return;
    case ALERT_SUMMARY:
        buf_fmt(b, "Found in %.*s: irate posts about %.*s of the last 7 days", STR_FMT(al->subject),
                STR_FMT(al->brand));
        return;
    default:
        buf_fmt(b, "%s: %.*s", alert_kind_name(al->kind),
                STR_FMT(al->subject.n ? al->subject : al->brand));
    }
}

const char *
compose_headline(const struct alert *al, const struct person *p, const struct mention_row *m,
                 size_t max, struct arena *a)
{
    struct buf b, clipped;
    const char *z;

    buf_init(&b, 2048);
    buf_init(&clipped, 2048);
    if (m && m->id != 0 && al->kind != ALERT_STORM && al->kind != ALERT_SUMMARY)
        headline_of_person(&b, al, p, m, max);
    else
        headline_of_notice(&b, al);
    add_clipped(&clipped, buf_view(&b), max);
    z = arena_z(a, buf_view(&clipped));
    buf_free(&b);
    buf_free(&clipped);
    return z;
}

/* ---- reading what is known ------------------------------------------------------ */

struct wanted {
    struct known *k;
    int64_t id;
};

static int
take_mention_id(void *ctx, const struct mention_row *m)
{
    struct wanted *w = ctx;

    w->id = m->id;
    return 1;
}

static int
read_mention(struct known *k)
{
    struct wanted w = { .k = k };
    struct mention_filter f = {
        .post = k->alert.post, .brand = k->alert.brand, .limit = 1, .with_drills = true
    };

    if (k->alert.post == 0)
        return 0;
    if (store_each_mention(k->store, &f, take_mention_id, &w, k->err) != 0)
        return -1;
    return w.id ? store_get_mention(k->store, w.id, k->arena, &k->mention, k->err) : 0;
}

static int
read_known(struct known *k)
{
    if (store_get_alert(k->store, k->delivery->alert, k->arena, &k->alert, k->err) != 0 ||
        read_mention(k) != 0)
        return -1;
    if (k->alert.person == 0)
        return 0;
    return store_get_person(k->store, k->alert.person, k->arena, &k->person, k->err);
}

/* ---- actions --------------------------------------------------------------------- */

static int
add_action(const struct known *k, struct tocsin_action *out, const char *id, const char *label)
{
    char text[TOKEN_TEXT], hash[TOKEN_HASH];
    struct token_row row = {
        .alert = k->alert.id,
        .action = str_z(id),
        .notifier = k->delivery->notifier,
        .expires_ms = k->now_ms + TOKEN_MS,
    };

    token_make(text);
    token_hash(hash, str_z(text));
    *out = (struct tocsin_action){ id, label, arena_z(k->arena, str_z(text)) };
    return store_add_token(k->store, str_z(hash), &row, k->err);
}

static int
add_actions(const struct known *k, struct tocsin_alert *out)
{
    static const struct {
        const char *id, *label;
    } all[] = {
        { "ack", "I have it" },
        { "later", "Later, 1 h" },
        { "false-alarm", "False alarm" },
        { "not-about-us", "Not about us" },
    };
    size_t n = k->mention.id ? 4 : 2; /* the last two are about a post */
    struct tocsin_action *v;
    bool wants_answer = out->event <= TOCSIN_EVENT_UPDATE || out->event == TOCSIN_EVENT_TEST;

    if (!wants_answer || k->alert.kind == ALERT_SUMMARY)
        return 0;
    v = arena_array(k->arena, n, sizeof *v);
    if (!v)
        return err_set(k->err, ERR_NOMEM, "no memory for an alert's actions");
    for (size_t i = 0; i < n; i++)
        if (add_action(k, &v[i], all[i].id, all[i].label) != 0)
            return -1;
    out->actions = v;
    out->n_actions = n;
    return 0;
}

/* ---- text ------------------------------------------------------------------------- */

static int
write_text(const struct known *k, struct tocsin_alert *out)
{
    struct buf b;

    buf_init(&b, MAX_TEXT);
    buf_fmt(&b, "%s\n", out->headline);
    if (out->quote.n)
        buf_fmt(&b, "\n%.*s\n", STR_FMT(str_clip_utf8(out->quote, 4000)));
    if (out->url[0])
        buf_fmt(&b, "%s\n", out->url);
    buf_char(&b, '\n');
    for (size_t i = 0; i < out->n_facts; i++)
        buf_fmt(&b, "%s: %s\n", out->facts[i].label, out->facts[i].value);
    out->text = arena_str(k->arena, buf_view(&b));
    buf_free(&b);
    return out->text.p ? 0 : err_set(k->err, ERR_NOMEM, "no memory for an alert's text");
}

/* Less is shown to places that others can read: `detail: brief | link`. */
static void
apply_detail(enum detail detail, struct tocsin_alert *out)
{
    if (detail == DETAIL_FULL)
        return;
    out->n_facts = 0;
    out->quote = STR_NONE;
    if (detail == DETAIL_LINK)
        out->who = "";
}

static uint32_t
priority_of(const struct alert *al)
{
    static const uint32_t by_level[] = { 1, 2, 3, 4, 5 };

    return by_level[al->level];
}

static enum detail
detail_of(const struct known *k, const char *notifier)
{
    const struct notifier_conf *n = config_notifier(k->config, notifier);

    return n ? n->detail : DETAIL_FULL;
}

static int
fill(struct known *k, struct tocsin_alert *out)
{
    const struct alert *al = &k->alert;
    const struct person *p = k->person.id ? &k->person : NULL;
    struct fact_list *facts = arena_alloc(k->arena, sizeof *facts);
    struct tocsin_str handle = STR_NONE;
    enum detail detail = detail_of(k, arena_z(k->arena, k->delivery->notifier));

    if (!facts)
        return err_set(k->err, ERR_NOMEM, "no memory for an alert's facts");
    if (store_find_handle(k->store, al->id, k->delivery->notifier, k->arena, &handle, k->err) !=
            0 ||
        facts_collect(k, facts) != 0)
        return -1;
    *out = (struct tocsin_alert){
        .size = sizeof *out,
        .event = k->delivery->event,
        .id = al->id,
        .key = arena_z(k->arena, k->delivery->key),
        .thread = arena_fmt(k->arena, "tocsin-alert-%lld", (long long)al->id),
        .handle = arena_z(k->arena, handle),
        .kind = alert_kind_name(al->kind),
        .level = level_name(al->level),
        .level_word = level_words[al->level],
        .brand = arena_z(k->arena, al->brand),
        .headline =
            detail == DETAIL_LINK
                ? arena_fmt(k->arena, "%s: alert %lld", level_words[al->level], (long long)al->id)
                : compose_headline(al, p, &k->mention, HEADLINE, k->arena),
        .who = p ? arena_z(k->arena, p->name) : "",
        .quote = k->mention.id ? k->mention.post.post.text.text : STR_NONE,
        .url = k->mention.id ? arena_z(k->arena, k->mention.post.post.url) : "",
        .facts = facts->v,
        .n_facts = facts->n,
        .receiver = arena_z(k->arena, k->delivery->receiver),
        .first_ms = al->opened_ms,
        .now_ms = k->now_ms,
        .priority = priority_of(al),
        .step = (uint32_t)k->delivery->step,
        .ring = (uint32_t)al->rings,
    };
    if (!out->key || !out->thread || !out->handle || !out->brand || !out->headline || !out->who ||
        !out->url || !out->receiver)
        return err_set(k->err, ERR_NOMEM, "no memory for an alert's message");
    apply_detail(detail, out);
    return write_text(k, out);
}

/* The zone of the member of staff who is told; NULL: this machine's. */
static struct zone *
zone_of(const struct known *k)
{
    const char *name = arena_z(k->arena, k->delivery->receiver);
    const struct staff_conf *st = name ? config_staff(k->config, name) : NULL;
    struct err ignored = { 0 };
    struct zone *z = NULL;

    if (st && st->timezone && zone_load(&z, st->timezone, &ignored) != 0)
        return NULL;
    return z;
}

int
compose_letter(struct store *s, const struct config *c, const struct delivery *d, int64_t now_ms,
               struct arena *a, struct letter *out, struct err *err)
{
    struct known k = {
        .store = s, .config = c, .delivery = d, .now_ms = now_ms, .arena = a, .err = err
    };

    struct zone *zone = zone_of(&k);
    int rc;

    out->delivery = *d;
    k.zone = zone;
    rc = read_known(&k) != 0 ? -1 : fill(&k, &out->alert);
    zone_free(zone);
    if (rc != 0)
        return err_prefix(err, "alert %lld", (long long)d->alert);
    return add_actions(&k, &out->alert);
}
