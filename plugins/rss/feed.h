/* feed - a feed document as a stream of items, whatever its dialect.
 *
 *   body -> charset -> feed_xml (libxml2, SAX2 push) -+-> feed_item -> feed_post -> host
 *                  \-> feed_json (jansson)           -+
 *
 * A broken XML document is read up to its first fault, then mended (feed_mend) and read again,
 * so that one poison item costs no other item.
 */
#ifndef TOCSIN_RSS_FEED_H
#define TOCSIN_RSS_FEED_H

#include "../common/slice.h"

#define FEED_ITEM_MAX ((size_t)256 * 1024) /* text kept of one item */
#define FEED_FIELD_MAX ((size_t)8 * 1024)  /* of a field that is not a body */
#define FEED_DEPTH_MAX 200
#define FEED_TAGS_MAX 64
#define FEED_LINKS_MAX 64

/* A title or body with what is needed to read it. */
struct feed_text {
    struct tocsin_str s, base, lang;
    bool is_html;
    int rank; /* 0: none; a higher rank replaces a lower one */
};

struct feed_person {
    struct tocsin_str name, email, uri, avatar;
    int rank;
};

struct feed_link {
    struct tocsin_str href;
    int rank;
};

/* All slices live until the item was handed over. URLs are absolute where they can be. */
struct feed_item {
    struct tocsin_str guid, about, lang, base, place;
    struct feed_link url, enclosure, comments;
    struct feed_text title, text;
    struct feed_person author;
    struct tocsin_str published, updated, parent, thread, rating;
    int published_rank;
    int64_t replies;
    bool is_permalink, has_replies, is_reply, is_cut;
    struct tocsin_str tags[FEED_TAGS_MAX], links[FEED_LINKS_MAX];
    size_t n_tags, n_links;
};

/* What the document says of itself. */
struct feed_head {
    struct feed_person author;
    struct tocsin_str lang, site, next, prev_archive, ttl, period, frequency;
    uint32_t skip_hours; /* bit per hour, UTC */
    uint32_t skip_days;  /* bit per day, Sunday is 0 */
};

enum feed_end {
    FEED_COMPLETE, /* the root was closed */
    FEED_CUT,      /* the document ends early */
    FEED_NOT_FEED, /* well, but something else: `root` says what */
    FEED_NO_XML,   /* no markup to speak of */
    FEED_STOPPED,  /* the sink said so */
    FEED_NOMEM
};

struct feed_result {
    enum feed_end end;
    char root[64];      /* name of the root element, or of what was found */
    unsigned n_items;   /* handed over */
    unsigned n_damaged; /* of these: text may be missing */
    unsigned n_cut;     /* of these: over FEED_ITEM_MAX */
    char damage[200];   /* what was wrong with the first of them */
};

struct feed_sink {
    void *arg;
    /* Not 0: stop. */
    int (*item)(void *arg, const struct feed_item *item, const struct feed_head *head);
    /* Called once, at the end, in any case. */
    void (*head)(void *arg, const struct feed_head *head);
};

/* `base` is the URL of the document, may be empty. `doc` is valid UTF-8. */
void feed_xml(struct feed_result *r, struct tocsin_str doc, struct tocsin_str base,
              const struct feed_sink *sink);
void feed_json(struct feed_result *r, struct tocsin_str doc, struct tocsin_str base,
               const struct feed_sink *sink);

/* Reads "mail@x (Name)", "Name (mail@x)", "Name <mail@x>", or either alone. */
void feed_person_split(struct tocsin_str s, struct feed_person *to);
/* A name beats a bare address, which beats nothing; then the higher rank. */
void feed_person_set(struct feed_person *to, const struct feed_person *got);

/* Does plain text hold tags or entities, so that it was meant as HTML? */
bool feed_looks_like_html(struct tocsin_str s);

#endif
