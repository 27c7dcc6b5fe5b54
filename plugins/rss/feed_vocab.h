/* feed_vocab - the element names of all feed dialects in one table. */
#ifndef TOCSIN_RSS_FEED_VOCAB_H
#define TOCSIN_RSS_FEED_VOCAB_H

#include "../common/slice.h"

enum feed_ns {
    NS_CORE, /* none, RSS, Atom: their names do not clash in meaning */
    NS_DC,
    NS_CONTENT,
    NS_MEDIA,
    NS_ITUNES,
    NS_SLASH,
    NS_WFW,
    NS_THR,
    NS_SY,
    NS_XHTML,
    NS_RDF,
    NS_XML,
    NS_BURNER,
    NS_REVIEW,
    NS_OTHER
};

/* What an element means. The comment says where its value stands. */
enum feed_elem {
    EL_NONE,
    EL_ITEM,
    EL_CHANNEL,
    EL_SOURCE,      /* where an item was first published: text, or a feed head to skip */
    EL_TITLE,       /* text construct */
    EL_TITLE_MEDIA, /* used where there is no title */
    EL_BODY,        /* content:encoded, atom content */
    EL_XHTML_BODY,
    EL_DESCRIPTION,
    EL_SUMMARY,
    EL_BODY_MEDIA,
    EL_BODY_ITUNES,
    EL_LINK,     /* text, or href with rel */
    EL_GUID,     /* text */
    EL_ID,       /* text, may be relative */
    EL_COMMENTS, /* text: URL */
    EL_COMMENT_FEED,
    EL_ORIGIN_LINK,
    EL_ENCLOSURE, /* url */
    EL_MEDIA,     /* url; holds titles and more media */
    EL_MEDIA_GROUP,
    EL_THUMBNAIL, /* url or href */
    EL_AUTHOR,    /* text, or name, email and uri below */
    EL_CREATOR,
    EL_AUTHOR_ITUNES,
    EL_EDITOR,
    EL_PERSON_NAME,
    EL_PERSON_EMAIL,
    EL_PERSON_URI,
    EL_CATEGORY, /* text, term or label */
    EL_KEYWORDS, /* text, parted by commas */
    EL_PUBLISHED,
    EL_ISSUED,
    EL_DATE,
    EL_CREATED,
    EL_UPDATED,
    EL_LANGUAGE,
    EL_REPLIES, /* number */
    EL_IN_REPLY_TO,
    EL_RATING,
    EL_TTL,
    EL_PERIOD,
    EL_FREQUENCY,
    EL_SKIP_HOURS, /* hour below */
    EL_SKIP_DAYS,
    EL_HOUR,
    EL_DAY
};

enum feed_ns feed_ns_find(const char *uri, const char *prefix);
enum feed_elem feed_elem_find(enum feed_ns ns, const char *name);

#endif
