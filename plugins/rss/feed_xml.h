/* feed_xml - what the parts of the XML reader share. */
#ifndef TOCSIN_RSS_FEED_XML_H
#define TOCSIN_RSS_FEED_XML_H

#include <libxml/parser.h>

#include "feed.h"
#include "feed_vocab.h"

/* Where an element stands decides what its children may mean. */
enum feed_place {
    AT_HEAD,   /* below the root or the channel */
    AT_ITEM,   /* directly in an item */
    AT_MEDIA,  /* in a media:group or media:content of an item */
    AT_PERSON, /* in an author */
    AT_SKIP,   /* in skipHours or skipDays */
    AT_OTHER,  /* in something that is not read */
    AT_CLOSED  /* the same, and no item starts in it */
};

struct feed_level {
    enum feed_place place;
    struct tocsin_str base, lang; /* as set by xml:base and xml:lang up to here */
};

enum feed_mode { MODE_TEXT, MODE_HTML, MODE_XHTML, MODE_BASE64, MODE_GUESS };

/* The text of one element on its way into the pool. */
struct feed_capture {
    enum feed_elem elem; /* EL_NONE: nothing is captured */
    enum feed_mode mode;
    enum feed_ns ns;
    int depth;    /* of the element */
    size_t start; /* in the pool */
    size_t limit;
    bool has_markup; /* elements stood inside: kept as HTML */
    bool is_wrapped; /* the one div around XHTML is left out */
};

#define FEED_CACHE 256

struct feed_names { /* one element name as libxml2 interned it */
    const xmlChar *name, *uri, *prefix;
    enum feed_ns ns;
    enum feed_elem elem;
};

struct feed_parser {
    xmlParserCtxtPtr ctxt;
    const struct feed_sink *sink;
    struct feed_result *result;
    struct tocsin_str doc_base;

    char *pool; /* head strings, then the item's; used as a stack */
    size_t pool_n, pool_max, item_mark;

    int depth;
    struct feed_level levels[FEED_DEPTH_MAX + 2];
    struct feed_capture capture;
    struct feed_person *person; /* while in AT_PERSON */
    int person_rank;

    struct feed_head head;
    struct feed_item item;
    bool in_item, is_closed, is_broken, is_mended, has_root, is_stopped;
    unsigned n_seen, n_skip; /* items seen; items of the first reading */
    unsigned cut_item;       /* the document ends inside it; 0: none */
    char fault[160];

    xmlEntity entity; /* of the HTML character at hand */
    char entity_text[8];
    struct feed_names cache[FEED_CACHE];
};

struct feed_attrs {
    const xmlChar **v; /* libxml2's quintuples */
    int n;
};

/* Value of the attribute in the pool, trimmed; empty: none. */
struct tocsin_str feed_attr(struct feed_parser *p, const struct feed_attrs *a, const char *name);
struct tocsin_str feed_attr_xml(struct feed_parser *p, const struct feed_attrs *a,
                                const char *name);
struct tocsin_str feed_keep(struct feed_parser *p, struct tocsin_str s);
struct tocsin_str feed_url(struct feed_parser *p, struct tocsin_str ref);
struct tocsin_str feed_base(const struct feed_parser *p);

/* The start of an element that is not inside a capture; gives the place of its children. */
enum feed_place feed_take_open(struct feed_parser *p, enum feed_elem elem, enum feed_ns ns,
                               const struct feed_attrs *a);
/* The end of the captured element. */
void feed_take_text(struct feed_parser *p);

/* Tags inside a capture. */
void feed_markup_open(struct feed_parser *p, const char *name, const struct feed_attrs *a);
void feed_markup_close(struct feed_parser *p, const char *name);
void feed_markup_text(struct feed_parser *p, struct tocsin_str s);

#endif
