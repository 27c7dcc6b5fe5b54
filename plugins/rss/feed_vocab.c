/* Knows namespaces and element names; what a name does is told in feed_xml.c. */
#include "feed_vocab.h"

struct ns_row {
    const char *uri; /* compared without scheme, case and what follows */
    enum feed_ns ns;
};

static const struct ns_row uris[] = {
    { "www.w3.org/2005/atom", NS_CORE },
    { "purl.org/atom/ns", NS_CORE },
    { "purl.org/rss/1.0/modules/content", NS_CONTENT },
    { "purl.org/rss/1.0/modules/slash", NS_SLASH },
    { "purl.org/rss/1.0/modules/syndication", NS_SY },
    { "purl.org/rss/1.0/modules/dcterms", NS_DC },
    { "purl.org/rss/1.0/modules/", NS_OTHER },
    { "purl.org/rss/1.0", NS_CORE },
    { "purl.org/net/rss1.1", NS_CORE },
    { "my.netscape.com/rdf/simple/0.9", NS_CORE },
    { "my.netscape.com/publish/formats/rss", NS_CORE },
    { "channel.netscape.com/rdf/simple/0.9", NS_CORE },
    { "backend.userland.com/", NS_CORE },
    { "blogs.law.harvard.edu/tech/rss", NS_CORE },
    { "cyber.law.harvard.edu/rss", NS_CORE },
    { "www.rssboard.org/rss", NS_CORE },
    { "purl.org/dc/", NS_DC },
    { "search.yahoo.com/mrss", NS_MEDIA },
    { "www.rssboard.org/media-rss", NS_MEDIA },
    { "www.itunes.com/dtds/", NS_ITUNES },
    { "example.com/dtds/podcast", NS_ITUNES },
    { "wellformedweb.org/commentapi", NS_WFW },
    { "purl.org/syndication/thread/1.0", NS_THR },
    { "purl.org/syndication/history", NS_OTHER },
    { "www.w3.org/1999/xhtml", NS_XHTML },
    { "www.w3.org/1999/02/22-rdf-syntax-ns", NS_RDF },
    { "www.w3.org/xml/1998/namespace", NS_XML },
    { "rssnamespace.org/feedburner/", NS_BURNER },
    { "itunes.apple.com/rss", NS_REVIEW },
};

static const struct ns_row prefixes[] = {
    { "rss", NS_CORE },        { "atom", NS_CORE },         { "atom03", NS_CORE },
    { "dc", NS_DC },           { "dcterms", NS_DC },        { "dct", NS_DC },
    { "content", NS_CONTENT }, { "media", NS_MEDIA },       { "itunes", NS_ITUNES },
    { "slash", NS_SLASH },     { "wfw", NS_WFW },           { "thr", NS_THR },
    { "sy", NS_SY },           { "xhtml", NS_XHTML },       { "rdf", NS_RDF },
    { "xml", NS_XML },         { "feedburner", NS_BURNER }, { "im", NS_REVIEW },
};

enum feed_ns
feed_ns_find(const char *uri, const char *prefix)
{
    struct tocsin_str s = slice_trim(slice_z(uri));

    if (s.n == 0 && !prefix)
        return NS_CORE;
    if (slice_starts_z(s, "http://"))
        s = slice_from(s, 7);
    else if (slice_starts_z(s, "https://"))
        s = slice_from(s, 8);
    for (size_t i = 0; s.n && i < sizeof(uris) / sizeof(uris[0]); i++)
        if (slice_starts_z(s, uris[i].uri))
            return uris[i].ns;
    for (size_t i = 0; prefix && i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (slice_case_eq_z(slice_z(prefix), prefixes[i].uri))
            return prefixes[i].ns;
    return prefix ? NS_OTHER : NS_CORE;
}

struct elem_row {
    enum feed_ns ns;
    const char *name; /* lower case */
    enum feed_elem elem;
};

static const struct elem_row elems[] = {
    { NS_CORE, "item", EL_ITEM },
    { NS_CORE, "entry", EL_ITEM },
    { NS_CORE, "title", EL_TITLE },
    { NS_CORE, "link", EL_LINK },
    { NS_CORE, "description", EL_DESCRIPTION },
    { NS_CORE, "pubdate", EL_PUBLISHED },
    { NS_CORE, "guid", EL_GUID },
    { NS_CORE, "id", EL_ID },
    { NS_CORE, "author", EL_AUTHOR },
    { NS_CORE, "category", EL_CATEGORY },
    { NS_CORE, "content", EL_BODY },
    { NS_CORE, "summary", EL_SUMMARY },
    { NS_CORE, "published", EL_PUBLISHED },
    { NS_CORE, "updated", EL_UPDATED },
    { NS_CORE, "name", EL_PERSON_NAME },
    { NS_CORE, "email", EL_PERSON_EMAIL },
    { NS_CORE, "uri", EL_PERSON_URI },
    { NS_CORE, "comments", EL_COMMENTS },
    { NS_CORE, "enclosure", EL_ENCLOSURE },
    { NS_CORE, "channel", EL_CHANNEL },
    { NS_CORE, "source", EL_SOURCE },
    { NS_CORE, "issued", EL_ISSUED },
    { NS_CORE, "modified", EL_UPDATED },
    { NS_CORE, "created", EL_CREATED },
    { NS_CORE, "url", EL_PERSON_URI },
    { NS_CORE, "homepage", EL_PERSON_URI },
    { NS_CORE, "fullitem", EL_BODY },
    { NS_CORE, "body", EL_XHTML_BODY },
    { NS_CORE, "encoded", EL_BODY },
    { NS_CORE, "language", EL_LANGUAGE },
    { NS_CORE, "managingeditor", EL_EDITOR },
    { NS_CORE, "keywords", EL_KEYWORDS },
    { NS_CORE, "ttl", EL_TTL },
    { NS_CORE, "skiphours", EL_SKIP_HOURS },
    { NS_CORE, "skipdays", EL_SKIP_DAYS },
    { NS_CORE, "hour", EL_HOUR },
    { NS_CORE, "day", EL_DAY },
    { NS_RDF, "channel", EL_CHANNEL },
    { NS_RDF, "item", EL_ITEM },
    { NS_CONTENT, "encoded", EL_BODY },
    { NS_XHTML, "body", EL_XHTML_BODY },
    { NS_XHTML, "div", EL_XHTML_BODY },
    { NS_DC, "title", EL_TITLE_MEDIA },
    { NS_DC, "creator", EL_CREATOR },
    { NS_DC, "author", EL_CREATOR },
    { NS_DC, "contributor", EL_NONE },
    { NS_DC, "date", EL_DATE },
    { NS_DC, "issued", EL_ISSUED },
    { NS_DC, "created", EL_CREATED },
    { NS_DC, "modified", EL_UPDATED },
    { NS_DC, "subject", EL_CATEGORY },
    { NS_DC, "description", EL_SUMMARY },
    { NS_DC, "language", EL_LANGUAGE },
    { NS_DC, "identifier", EL_NONE },
    { NS_MEDIA, "group", EL_MEDIA_GROUP },
    { NS_MEDIA, "content", EL_MEDIA },
    { NS_MEDIA, "player", EL_THUMBNAIL },
    { NS_MEDIA, "thumbnail", EL_THUMBNAIL },
    { NS_MEDIA, "title", EL_TITLE_MEDIA },
    { NS_MEDIA, "description", EL_BODY_MEDIA },
    { NS_MEDIA, "keywords", EL_KEYWORDS },
    { NS_ITUNES, "title", EL_TITLE_MEDIA },
    { NS_ITUNES, "author", EL_AUTHOR_ITUNES },
    { NS_ITUNES, "summary", EL_BODY_ITUNES },
    { NS_ITUNES, "subtitle", EL_BODY_ITUNES },
    { NS_ITUNES, "keywords", EL_KEYWORDS },
    { NS_ITUNES, "category", EL_CATEGORY },
    { NS_ITUNES, "image", EL_THUMBNAIL },
    { NS_SLASH, "comments", EL_REPLIES },
    { NS_WFW, "commentrss", EL_COMMENT_FEED },
    { NS_THR, "in-reply-to", EL_IN_REPLY_TO },
    { NS_THR, "total", EL_REPLIES },
    { NS_SY, "updateperiod", EL_PERIOD },
    { NS_SY, "updatefrequency", EL_FREQUENCY },
    { NS_BURNER, "origlink", EL_ORIGIN_LINK },
    { NS_REVIEW, "rating", EL_RATING },
};

enum feed_elem
feed_elem_find(enum feed_ns ns, const char *name)
{
    struct tocsin_str s = slice_z(name);

    for (size_t i = 0; i < sizeof(elems) / sizeof(elems[0]); i++)
        if (elems[i].ns == ns && slice_lower(name[0]) == elems[i].name[0] &&
            slice_case_eq_z(s, elems[i].name))
            return elems[i].elem;
    return EL_NONE;
}
