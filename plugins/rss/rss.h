/* rss - what the files of this plugin share beside the reader in feed.h. */
#ifndef TOCSIN_RSS_RSS_H
#define TOCSIN_RSS_RSS_H

#include "feed.h"

struct rss_conf {
    const char *url, *kind, *user;
    struct tocsin_ref password;
    int64_t max_items;
    bool follow;
};

struct rss {
    const struct tocsin_host *h;
    const struct rss_conf *conf;
};

/* ---- rss_mark.c: the cursor -------------------------------------------------- */

#define RSS_MARK_MAX 1000

/* Fingerprints of the items of one page. */
struct rss_page {
    uint64_t v[RSS_MARK_MAX];
    size_t n;
};

struct rss_cursor {
    struct rss_page mark; /* what was known when all was read */
    struct rss_page head; /* the newest page, while older ones are still to be read */
    char next[2048];      /* the page to go on with; "": none */
    int64_t newest_ms;
};

void rss_cursor_read(struct rss_cursor *c, const char *text);
/* 0, or the host's status. */
int rss_cursor_write(const struct rss_cursor *c, const struct tocsin_host *h,
                     struct tocsin_turn *t);
void rss_page_add(struct rss_page *page, uint64_t fingerprint);
bool rss_page_overlaps(const struct rss_page *a, const struct rss_page *b);

/* ---- rss_post.c: items become posts ------------------------------------------- */

#define RSS_IDS 4096

/* One parse. */
struct rss_run {
    const struct rss *rss;
    struct tocsin_turn *turn;
    int64_t now_ms;
    int status; /* of the host, when it takes no more */
    int64_t n_posts, n_over;
    int64_t oldest_ms, newest_ms;
    struct rss_page page;
    struct {
        uint64_t id, url;
    } ids[RSS_IDS]; /* open addressing; to find ids that are given twice */
    struct tocsin_str next, prev_archive;
    char next_room[2048];
};

/* Sinks for the reader; `arg` is the run. */
int rss_post_item(void *arg, const struct feed_item *item, const struct feed_head *head);

/* ---- rss_hint.c: what a feed says of its own refresh ----------------------------- */

void rss_hint(const struct rss *rss, struct tocsin_turn *t, int64_t now_ms,
              const struct feed_head *head);

#endif
