/* sqlite_schema - the tables, as a row of migrations: each is one transaction and raises
 * user_version by one.
 *
 * `seen` has a row for every post that ever arrived: its ids and fingerprint, nothing of what it
 * says. `post` has the whole ones, `rejected` the text of those that matched nothing; what is to
 * expire cheaply stands in a table of its own, with the same id. Since first_seen never falls as
 * ids rise, a time range is an id range, and newest first is the order of the primary key.
 */
#include "store/sqlite_db.h"

#define APPLICATION_ID 0x544f4353 /* "TOCS" */

static const char version_1[] =
    "CREATE TABLE source(name TEXT PRIMARY KEY, plugin TEXT, cursor TEXT, validators TEXT,"
    " health INT, reason TEXT, since_ms INT, next_due_ms INT, last_poll_ms INT, last_ok_ms INT,"
    " last_post_ms INT, first_complete_ms INT, interval_ms INT, interval_why TEXT, failures INT,"
    " unchanged INT, n_posts INT, n_mentions INT, moved_to TEXT, moved_since_ms INT,"
    " moved_hits INT, spent_day INT, spent_month INT, spent_at_ms INT) WITHOUT ROWID;"
    "CREATE TABLE gap(id INTEGER PRIMARY KEY, at_ms INT, from_ms INT, to_ms INT, source TEXT,"
    " why TEXT);"
    "CREATE INDEX gap_at ON gap(at_ms);"
    "CREATE TABLE notifier(name TEXT PRIMARY KEY, cursor TEXT, error TEXT, proved_ms INT,"
    " failed_ms INT, failures INT) WITHOUT ROWID;"
    "CREATE TABLE fact(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"

    /* keys are hashes of the texts beside them: short, and cheap to look up */
    "CREATE TABLE seen(id INTEGER PRIMARY KEY, key INT, source TEXT, service TEXT, native TEXT,"
    " first_seen_ms INT, said INT, fingerprint INT, is_whole INT, gone_ms INT);"
    "CREATE INDEX seen_key ON seen(key);"
    "CREATE TABLE post(id INTEGER PRIMARY KEY, story INT, account INT, revision INT, is_ours INT,"
    " is_copy INT, is_drill INT, is_blank INT, uri_key INT, url_key INT, uri TEXT, url TEXT,"
    " parent TEXT, thread TEXT, place TEXT, lang TEXT, kind INT, published_ms INT, edited_ms INT,"
    " replies INT, reposts INT, likes INT, rating REAL, tags TEXT, links TEXT,"
    " canonical_url TEXT, site TEXT, lang_is_guess INT, title TEXT, text TEXT);"
    "CREATE INDEX post_uri ON post(uri_key) WHERE uri_key IS NOT NULL;"
    "CREATE INDEX post_url ON post(url_key) WHERE url_key IS NOT NULL;"
    "CREATE INDEX post_account ON post(account) WHERE account IS NOT NULL;"
    "CREATE INDEX post_story ON post(story) WHERE story<>id;"
    "CREATE INDEX post_our_thread ON post(thread) WHERE is_ours=1 AND thread<>'';"
    "CREATE INDEX post_our_parent ON post(parent) WHERE is_ours=1 AND parent<>'';"
    "CREATE INDEX post_gone ON seen(gone_ms) WHERE gone_ms<>0;"
    "CREATE TABLE raw(post INTEGER PRIMARY KEY, html TEXT);"
    "CREATE TABLE rejected(id INTEGER PRIMARY KEY, title TEXT, text TEXT, url TEXT, lang TEXT,"
    " published_ms INT);"
    "CREATE VIRTUAL TABLE post_words USING fts5(title, text, content='post', content_rowid='id',"
    " columnsize=0, tokenize='unicode61 remove_diacritics 2');"
    "CREATE TABLE band(band INT, post INT, fingerprint INT, PRIMARY KEY(band, post))"
    " WITHOUT ROWID;"
    /* only stories of more than one post; the others are their post */
    "CREATE TABLE story(id INTEGER PRIMARY KEY, first_post INT, n_posts INT, n_places INT,"
    " first_ms INT, last_ms INT);"
    "CREATE INDEX story_last ON story(last_ms);"
    "CREATE TABLE story_place(story INT, place TEXT, PRIMARY KEY(story, place)) WITHOUT ROWID;"

    "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, segment INT,"
    " segment_by TEXT, preference INT, owner TEXT, first_seen_ms INT, last_seen_ms INT,"
    " n_mentions INT, mood_sum REAL);"
    "CREATE INDEX person_last ON person(last_seen_ms);"
    "CREATE TABLE account(id INTEGER PRIMARY KEY, person INT, service TEXT, handle TEXT,"
    " name TEXT, url TEXT, avatar TEXT, profile_link TEXT, followers INT, created_ms INT,"
    " first_seen_ms INT, last_seen_ms INT, is_verified INT, is_bot INT);"
    "CREATE UNIQUE INDEX account_handle ON account(handle, service);"
    "CREATE INDEX account_person ON account(person);"
    "CREATE INDEX account_link ON account(profile_link) WHERE profile_link<>'';"
    "CREATE TABLE note(id INTEGER PRIMARY KEY, person INT, at_ms INT, author TEXT, text TEXT);"
    "CREATE INDEX note_person ON note(person);"
    "CREATE TABLE case_(id INTEGER PRIMARY KEY, person INT, brand TEXT, status INT,"
    " opened_ms INT, resolved_ms INT, follow_up_ms INT, owner TEXT, outcome INT, helper TEXT,"
    " comment TEXT, about TEXT, is_drill INT);"
    "CREATE INDEX case_person ON case_(person, resolved_ms) WHERE person IS NOT NULL;"

    "CREATE TABLE mention(id INTEGER PRIMARY KEY, post INT, brand TEXT, person INT,"
    " sentiment REAL, label INT, complaint REAL, irate REAL, level INT, is_unsure INT,"
    " is_copy INT, is_drill INT, place TEXT, segment TEXT, hits TEXT, parts TEXT, tags TEXT);"
    "CREATE UNIQUE INDEX mention_post ON mention(post, brand);"
    "CREATE INDEX mention_brand ON mention(brand, post);"
    "CREATE INDEX mention_person ON mention(person, post) WHERE person IS NOT NULL;"
    "CREATE INDEX mention_loud ON mention(post) WHERE level>=2;"

    "CREATE TABLE alert(id INTEGER PRIMARY KEY, kind INT, level INT, state INT, brand TEXT,"
    " subject TEXT, person INT, story INT, case_id INT, post INT, opened_ms INT,"
    " last_post_ms INT, acked_ms INT, ack_expires_ms INT, acked_by TEXT, ack_comment TEXT,"
    " closed_ms INT, closed_by TEXT, n_posts INT, n_places INT, step INT, rings INT,"
    " next_ms INT, held_until_ms INT, held_why TEXT, is_drill INT, is_storm_folded INT,"
    " change TEXT);"
    "CREATE INDEX alert_person ON alert(person) WHERE person IS NOT NULL;"
    "CREATE INDEX alert_story ON alert(story) WHERE story IS NOT NULL;"
    "CREATE INDEX alert_subject ON alert(subject, kind);"
    "CREATE INDEX alert_case ON alert(case_id) WHERE case_id IS NOT NULL;"
    "CREATE INDEX alert_opened ON alert(brand, opened_ms);"
    "CREATE INDEX alert_next ON alert(next_ms) WHERE state<>2 AND next_ms<>0;"
    "CREATE INDEX alert_ack ON alert(ack_expires_ms) WHERE state=1 AND ack_expires_ms<>0;"
    "CREATE INDEX alert_closed ON alert(closed_ms) WHERE state=2;"
    "CREATE TABLE alert_post(alert INT, post INT, at_ms INT, PRIMARY KEY(alert, post))"
    " WITHOUT ROWID;"
    "CREATE INDEX alert_of_post ON alert_post(post);"
    "CREATE TABLE alert_event(id INTEGER PRIMARY KEY, alert INT, at_ms INT, actor TEXT,"
    " what TEXT, detail TEXT);"
    "CREATE INDEX event_alert ON alert_event(alert);"
    /* due_ms: when it is to be claimed, NULL: no more */
    "CREATE TABLE delivery(id INTEGER PRIMARY KEY, alert INT, notifier TEXT, receiver TEXT,"
    " event INT, step INT, state INT, attempts INT, created_ms INT, next_ms INT,"
    " lease_until_ms INT, delivered_ms INT, handle TEXT, error TEXT, key TEXT, due_ms INT);"
    "CREATE INDEX delivery_alert ON delivery(alert);"
    "CREATE INDEX delivery_due ON delivery(due_ms) WHERE due_ms IS NOT NULL;"
    "CREATE INDEX delivery_rings ON delivery(receiver, created_ms)"
    " WHERE event<=1 AND receiver<>'';"
    "CREATE TABLE token(hash TEXT PRIMARY KEY, alert INT, action TEXT, notifier TEXT,"
    " expires_ms INT, used_ms INT) WITHOUT ROWID;"
    "CREATE INDEX token_alert ON token(alert);";

static const char *const versions[] = { version_1 };
#define NEWEST ((int64_t)(sizeof versions / sizeof versions[0]))

static int
read_version(struct store *s, int64_t *version, int64_t *application, struct err *err)
{
    if (db_get(s, err, version, 0, "PRAGMA user_version", NO_VALS) != 0)
        return -1;
    return db_get(s, err, application, 0, "PRAGMA application_id", NO_VALS);
}

static int
refuse_strange(struct store *s, int64_t version, int64_t application, struct err *err)
{
    if (version != 0 && application != APPLICATION_ID)
        return err_set(err, ERR_DATA,
                       "%s/tocsin.db is not a database of Tocsin; "
                       "move it away or choose another state_dir",
                       s->dir);
    if (version > NEWEST)
        return err_set(err, ERR_DATA,
                       "%s/tocsin.db was made by a newer Tocsin (its version is "
                       "%lld, this program knows up to %lld); install the newer Tocsin again, or "
                       "restore the backup made before the update with `tocsin db restore FILE`",
                       s->dir, (long long)version, (long long)NEWEST);
    return 0;
}

static int
run_migration(struct store *s, int64_t version, struct err *err)
{
    char pragmas[128];

    sqlite3_snprintf(sizeof pragmas, pragmas, "PRAGMA application_id=%d;PRAGMA user_version=%lld",
                     APPLICATION_ID, (long long)(version + 1));
    if (store_begin(s, err) != 0)
        return -1;
    if (db_exec(s, err, versions[version]) != 0 || db_exec(s, err, pragmas) != 0 ||
        store_commit(s, err) != 0) {
        store_rollback(s);
        return err_prefix(err, "bringing the database to version %lld", (long long)(version + 1));
    }
    return 0;
}

int
schema_migrate(struct store *s, struct err *err)
{
    int64_t version, application;

    if (read_version(s, &version, &application, err) != 0 ||
        refuse_strange(s, version, application, err) != 0)
        return -1;
    for (; version < NEWEST; version++)
        if (run_migration(s, version, err) != 0)
            return -1;
    return 0;
}

int
schema_check(struct store *s, struct err *err)
{
    int64_t version, application;

    if (read_version(s, &version, &application, err) != 0 ||
        refuse_strange(s, version, application, err) != 0)
        return -1;
    if (version < NEWEST)
        return err_set(err, ERR_DATA,
                       "%s/tocsin.db was made by an older Tocsin; "
                       "start tocsind once, it brings it up to date",
                       s->dir);
    return 0;
}
