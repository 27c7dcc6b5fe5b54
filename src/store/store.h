/* store - everything that must last, in terms of the domain.
 *
 *   ... history score -> [store] -> escalate -> deliver
 *
 * One writer connection (the writer thread, or the CLI when no daemon runs) makes every change,
 * each in a transaction; readers (CLI, web) are read-only. No SQL and no SQLite type leaves this
 * folder. Ids are 64-bit and rise with arrival; first_seen_ms never falls as ids rise (clamped
 * here); times are UTC milliseconds. Slices handed out live in the arena that was passed in; in
 * callbacks, until the callback returns. A callback that returns non-zero ends the walk, and the
 * walk returns 0.
 *
 * Functions return 0, or -1 with err set; `find_` sets an id of 0 when there is none. A failed
 * write leaves the transaction to be rolled back by the caller.
 */
#ifndef TOCSIN_STORE_STORE_H
#define TOCSIN_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "record/alert.h"
#include "record/mention.h"
#include "record/person.h"
#include "record/post.h"
#include "record/source.h"

struct store;

enum store_mode { STORE_READER, STORE_WRITER };
/* STORE_WRITER makes the folder and the database, migrates, and takes the writer lock: ERR_BUSY
 * names the process that has it. ERR_DATA: damaged, or made by a newer Tocsin (cause and cure). */
int store_open(struct store **out, const char *state_dir, enum store_mode mode,
               const struct clock *clock, struct err *err);
void store_close(struct store *s); /* NULL is fine; rolls back what is open */

int store_begin(struct store *s, struct err *err);
int store_commit(struct store *s, struct err *err); /* ERR_FULL: disk full; rolled back */
void store_rollback(struct store *s);
bool store_is_in_transaction(const struct store *s);

/* ---- sources ---- */

int store_each_source(struct store *s, int (*fn)(void *, const struct source_state *), void *ctx,
                      struct err *err);
int store_find_source(struct store *s, struct tocsin_str name, struct arena *a,
                      struct source_state *out, bool *found, struct err *err);
int store_put_source(struct store *s, const struct source_state *st, struct err *err);
int store_remove_source(struct store *s, struct tocsin_str name,
                        struct err *err); /* its state; posts stay */
int store_add_gap(struct store *s, const struct source_gap *g, struct err *err);
int store_each_gap(struct store *s, int64_t since_ms, int (*fn)(void *, const struct source_gap *),
                   void *ctx, struct err *err);

/* ---- posts and stories ---- */

/* What the store already knows of a post that arrives. */
struct known_post {
    int64_t id;        /* same source and native id; 0: new to this source */
    bool is_same_text; /* of id: same revision, nothing to do */
    bool was_matched, is_gone;
    int64_t copy_of;   /* another post with the same uri in the service, or the same canonical
                             * URL; 0: none */
    int64_t story;     /* of id, or of copy_of, or of the nearest fingerprint; 0: none */
    bool is_near_copy; /* story was found by fingerprint */
};
/* `near_since_ms`: how far back fingerprints are compared, to the hour. */
int store_find_post(struct store *s, const struct post *p, int64_t near_since_ms,
                    struct known_post *out, struct err *err);

struct post_facts {  /* what goes with a post that the post does not say itself */
    int64_t story;   /* 0: begins a story of its own */
    int64_t account; /* 0: no author */
    bool is_ours, is_copy, is_drill;
    bool keep_raw;
};
/* A matched post (or one of ours): stored whole, full text indexed. Begins or joins a story. */
int store_add_post(struct store *s, const struct post *p, const struct post_facts *f,
                   int64_t now_ms, int64_t *id, int64_t *story, struct err *err);
/* One that matched nothing: ids and fingerprint, and title, text and url without author until
 * keep_rejected has passed (0: never). */
int store_add_rejected(struct store *s, const struct post *p, bool keep_text, int64_t now_ms,
                       int64_t *id, struct err *err);
/* An edit: a new revision, indexed again; a rejected post becomes a whole one where f is given. */
int store_revise_post(struct store *s, int64_t id, const struct post *p, const struct post_facts *f,
                      int64_t now_ms, struct err *err);
int store_mark_gone(struct store *s, int64_t id, int64_t now_ms, struct err *err);

struct stored_post {
    int64_t id, story, account, person, first_seen_ms, gone_ms;
    int32_t revision;
    bool is_ours, is_copy, is_drill;
    struct post post; /* .text.text and .title.text; no fold; author from the account */
};
/* ERR_NOTFOUND: no such post, or its text has expired. */
int store_get_post(struct store *s, int64_t id, struct arena *a, struct stored_post *out,
                   struct err *err);
/* Our own reply in the same thread, later than after_ms. */
int store_find_our_reply(struct store *s, int64_t post, int64_t after_ms, int64_t *id,
                         int64_t *at_ms, struct err *err);
/* Rejected posts whose text is still kept, newest first. */
int store_each_rejected(struct store *s, int64_t since_ms,
                        int (*fn)(void *, const struct stored_post *), void *ctx, struct err *err);

struct story {
    int64_t id, first_post, n_posts, n_places, first_ms, last_ms;
};
int store_get_story(struct store *s, int64_t id, struct story *out, struct err *err);

/* ---- people ---- */

/* Finds or makes the account and its person, and brings name, followers, last seen up to date.
 * Accounts with the same profile link are one person. */
int store_put_account(struct store *s, struct tocsin_str service, const struct author *au,
                      int64_t now_ms, int64_t *account, int64_t *person, struct err *err);
/* handle may be "service:handle" or a bare handle (any service; ERR_DATA when two people have it). */
int store_find_person(struct store *s, struct tocsin_str who, int64_t *person, struct err *err);
int store_get_person(struct store *s, int64_t id, struct arena *a, struct person *out,
                     struct err *err);
int store_save_person(struct store *s, const struct person *p,
                      struct err *err); /* name, segment, preference, owner */
int store_add_note(struct store *s, int64_t person, struct tocsin_str by, struct tocsin_str text,
                   int64_t now_ms, int64_t *id, struct err *err);
struct person_filter {
    enum segment segment; /* NONE: all */
    struct tocsin_str brand, search;
    int64_t since_ms; /* last seen */
    size_t limit;     /* 0: 100 */
};
int store_each_person(struct store *s, const struct person_filter *f,
                      int (*fn)(void *, const struct person *), void *ctx, struct err *err);
int store_each_account(struct store *s, int64_t person, int (*fn)(void *, const struct account *),
                       void *ctx, struct err *err);
int store_each_note(struct store *s, int64_t person, int (*fn)(void *, const struct note *),
                    void *ctx, struct err *err);

/* ---- cases ---- */

int store_add_case(struct store *s, const struct case_ *c, int64_t *id, struct err *err);
int store_save_case(struct store *s, const struct case_ *c, struct err *err);
int store_get_case(struct store *s, int64_t id, struct arena *a, struct case_ *out,
                   struct err *err);
int store_find_open_case(struct store *s, int64_t person, struct tocsin_str brand, int64_t *id,
                         struct err *err);
/* The person's last resolved case that was no drill and no false alarm; *found false: none. */
int store_find_last_hiccup(struct store *s, int64_t person, struct arena *a, struct case_ *out,
                           bool *found, struct err *err);

/* ---- mentions ---- */

/* Adds, or replaces the one of the same post and brand (an edit). Counts into the person. */
int store_put_mention(struct store *s, int64_t post, const struct mention *m, int64_t now_ms,
                      int64_t *id, struct err *err);
int store_drop_mention(struct store *s, int64_t post, struct tocsin_str brand, struct err *err);

struct mention_row {
    int64_t id;
    struct stored_post post;
    struct mention mention; /* hits, parts, tags included */
    struct tocsin_str person_name;
    int64_t alert; /* it belongs to; 0: none */
};
struct mention_filter {
    struct tocsin_str brand, source, search; /* search: words, all must be there; quoted phrases */
    int64_t since_ms, until_ms;              /* first seen */
    int64_t person, story, post;
    enum level at_least;
    bool by_irate; /* worst first instead of newest first */
    bool with_drills, without_copies;
    size_t limit;      /* 0: 100 */
    int64_t before_id; /* paging; 0: from the newest */
};
int store_each_mention(struct store *s, const struct mention_filter *f,
                       int (*fn)(void *, const struct mention_row *), void *ctx, struct err *err);
int store_get_mention(struct store *s, int64_t id, struct arena *a, struct mention_row *out,
                      struct err *err);
/* Posts read and mentions of the brand (empty: all) first seen since; for preview. */
struct store_counts {
    int64_t posts, mentions, by_level[LEVEL_CRUSADE + 1];
    int64_t oldest_ms; /* earliest published among them; 0: none */
};
int store_count(struct store *s, struct tocsin_str brand, int64_t since_ms,
                struct store_counts *out, struct err *err);

#define STORE_COMPLAINT 0.5 /* score.complaint from which a mention counts as a complaint */

/* What the history score needs, in one call. Excludes the post itself. */
struct past {
    int64_t mentions;
    double mood;
    int64_t recent_complaints, recent_places; /* within window_ms, copies not counted;
                                                * places or threads, the arriving one's too */
    int64_t oldest_unanswered_ms;             /* time of the oldest of these without our reply; 0 */
    int64_t last_resolved_ms;
    enum outcome last_outcome;
    struct story story;
    enum segment segment;
};
struct past_query {
    int64_t person, story, post;
    struct tocsin_str brand, place, thread; /* of the arriving post */
    int64_t now_ms, window_ms;
};
int store_read_past(struct store *s, const struct past_query *q, struct past *out, struct err *err);

/* ---- alerts ---- */

int store_add_alert(struct store *s, const struct alert *al, int64_t *id, struct err *err);
int store_save_alert(struct store *s, const struct alert *al, struct err *err);
int store_get_alert(struct store *s, int64_t id, struct arena *a, struct alert *out,
                    struct err *err);
struct alert_key { /* what an alert is one of; zero and empty fields are not compared */
    enum alert_kind kind;
    bool any_kind;
    struct tocsin_str brand, subject;
    int64_t person, story;
    bool with_closed; /* also those closed after closed_since_ms */
    int64_t closed_since_ms;
};
/* The newest that fits, open ones first; *id 0: none. */
int store_find_alert(struct store *s, const struct alert_key *k, int64_t *id, struct err *err);
struct alert_filter {
    struct tocsin_str brand;
    int64_t since_ms; /* opened */
    int64_t person, case_id;
    bool only_unclosed, with_drills;
    size_t limit; /* 0: 100 */
};
int store_each_alert(struct store *s, const struct alert_filter *f,
                     int (*fn)(void *, const struct alert *), void *ctx, struct err *err);
int store_add_alert_post(struct store *s, int64_t alert, int64_t post, int64_t now_ms,
                         struct err *err);
/* Newest first. */
int store_each_alert_post(struct store *s, int64_t alert, int (*fn)(void *, int64_t post),
                          void *ctx, struct err *err);
int store_add_event(struct store *s, const struct alert_event *e, struct err *err);
int store_each_event(struct store *s, int64_t alert, int (*fn)(void *, const struct alert_event *),
                     void *ctx, struct err *err);
/* Open or acknowledged alerts whose next_ms, or ack_expires_ms, has come; at most max. */
int store_due_alerts(struct store *s, int64_t now_ms, struct arena *a, size_t max,
                     struct alert **out, size_t *n, struct err *err);
/* Earliest next_ms, ack_expires_ms or delivery next_ms; INT64_MAX: none. */
int store_next_timer(struct store *s, int64_t *at_ms, struct err *err);
int store_count_alerts(struct store *s, struct tocsin_str brand, int64_t opened_since_ms,
                       int64_t *n, struct err *err);

/* ---- deliveries: the outbox ---- */

int store_add_delivery(struct store *s, const struct delivery *d, int64_t *id, struct err *err);
/* Marks due ones (pending, dead with a next_ms, or sending with a lease that ran out) as sending until the lease ends,
 * and hands them out, oldest first. */
int store_claim_deliveries(struct store *s, int64_t now_ms, int64_t lease_ms, size_t max,
                           struct arena *a, struct delivery **out, size_t *n, struct err *err);
/* What a process that has ended was sending is due again at once: for the one that has the writer's
 * lock now, before its first claim. */
int store_free_claims(struct store *s, struct err *err);
int store_save_delivery(struct store *s, const struct delivery *d, struct err *err);
/* Pending and dead deliveries of the alert become dropped: something newer is to be told. */
int store_drop_deliveries(struct store *s, int64_t alert, struct err *err);
/* The handle of the alert's first message through the notifier; "" when none. */
int store_find_handle(struct store *s, int64_t alert, struct tocsin_str notifier, struct arena *a,
                      struct tocsin_str *handle, struct err *err);
struct delivery_filter {
    int64_t alert;
    bool only_undone; /* pending, sending, dead */
    int64_t since_ms;
    size_t limit;
};
int store_each_delivery(struct store *s, const struct delivery_filter *f,
                        int (*fn)(void *, const struct delivery *), void *ctx, struct err *err);
/* Rings handed to a member of staff since. */
int store_count_rings(struct store *s, struct tocsin_str receiver, int64_t since_ms, int64_t *n,
                      struct err *err);

/* One-time tokens of actions; only their hashes are kept. */
struct token_row {
    int64_t alert;
    struct tocsin_str action, notifier;
    int64_t expires_ms, used_ms;
};
int store_add_token(struct store *s, struct tocsin_str hash, const struct token_row *t,
                    struct err *err);
int store_find_token(struct store *s, struct tocsin_str hash, struct arena *a,
                     struct token_row *out, bool *found, struct err *err);
int store_use_token(struct store *s, struct tocsin_str hash, int64_t now_ms, struct err *err);

/* What is remembered of a notifier. */
struct notifier_state {
    struct tocsin_str name, cursor, error;
    int64_t proved_ms, failed_ms; /* last success and failure; 0: never */
    int32_t failures;
};
int store_find_notifier(struct store *s, struct tocsin_str name, struct arena *a,
                        struct notifier_state *out, bool *found, struct err *err);
int store_put_notifier(struct store *s, const struct notifier_state *n, struct err *err);

/* ---- small facts (boot id, token key, held brands, last digest) ---- */

int store_get_fact(struct store *s, const char *key, struct arena *a, struct tocsin_str *value,
                   bool *found, struct err *err);
int store_put_fact(struct store *s, const char *key, struct tocsin_str value, struct err *err);

/* ---- keeping ---- */

struct retention { /* ages in ms; 0: never kept; -1: for ever */
    int64_t mentions_ms, raw_ms, rejected_ms, deleted_ms, alerts_ms;
};
/* Deletes at most max_rows of what is older than allowed; *more when there is more to do. Posts
 * of open cases stay. Its own transactions. */
int store_expire(struct store *s, const struct retention *r, int64_t now_ms, size_t max_rows,
                 bool *more, struct err *err);
int store_check(struct store *s, struct err *err); /* quick_check */
int store_backup(struct store *s, const char *path, struct err *err);
/* Makes deletes durable against a full disk: releases the ballast file. */
int store_release_ballast(struct store *s, struct err *err);

#endif
