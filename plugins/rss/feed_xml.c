/* Reads feed XML with libxml2: strictly as far as it goes, then mended. */
#include "feed_xml.h"

#include <stdio.h>
#include <stdlib.h>

#include <libxml/HTMLparser.h>
#include <libxml/xmlerror.h>

#include "../common/link.h"
#include "../common/utf8fix.h"
#include "feed_mend.h"

#define POOL_MAX (FEED_ITEM_MAX + 128 * 1024)
#define CHUNK 32768
#define TAG_MAX ((size_t)16 * 1024)
#define JUNK_MAX ((size_t)64 * 1024)

struct tocsin_str
feed_keep(struct feed_parser *p, struct tocsin_str s)
{
    char *to = p->pool + p->pool_n;

    if (s.n > FEED_FIELD_MAX || s.n > p->pool_max - p->pool_n)
        return slice_z("");
    memcpy(to, s.p, s.n);
    p->pool_n += s.n;
    return slice(to, s.n);
}

/* libxml2 leaves an ampersand in attributes as a character reference. */
static struct tocsin_str
keep_attr(struct feed_parser *p, struct tocsin_str s)
{
    char *to = p->pool + p->pool_n;
    size_t n = 0;

    s = slice_trim(s);
    if (s.n > FEED_FIELD_MAX || s.n > p->pool_max - p->pool_n)
        return slice_z("");
    for (size_t i = 0; i < s.n; i++) {
        to[n++] = s.p[i];
        if (slice_starts_z(slice_from(s, i), "&#38;"))
            i += 4;
    }
    p->pool_n += n;
    return slice(to, n);
}

static struct tocsin_str
find_attr(const struct feed_attrs *a, const char *name, bool is_xml)
{
    for (int i = 0; i < a->n; i++) {
        const xmlChar **v = a->v + (size_t)i * 5;

        if (strcasecmp((const char *)v[0], name) == 0 &&
            is_xml == (v[1] && strcmp((const char *)v[1], "xml") == 0))
            return slice((const char *)v[3], (size_t)(v[4] - v[3]));
    }
    return slice_z("");
}

struct tocsin_str
feed_attr(struct feed_parser *p, const struct feed_attrs *a, const char *name)
{
    return keep_attr(p, find_attr(a, name, false));
}

struct tocsin_str
feed_attr_xml(struct feed_parser *p, const struct feed_attrs *a, const char *name)
{
    return keep_attr(p, find_attr(a, name, true));
}

/* Without xml:base: the document's URL, but the site's where feed and site live apart. */
struct tocsin_str
feed_base(const struct feed_parser *p)
{
    struct tocsin_str base = p->levels[p->depth].base, site = p->head.site;

    if (base.n > 0)
        return base;
    if (link_is_http(site) && !slice_eq(link_host(site), link_host(p->doc_base)))
        return site;
    return p->doc_base;
}

struct tocsin_str
feed_url(struct feed_parser *p, struct tocsin_str ref)
{
    char *to = p->pool + p->pool_n;
    size_t room = p->pool_max - p->pool_n, n;

    if (room > FEED_FIELD_MAX)
        room = FEED_FIELD_MAX;
    ref = slice_trim(ref);
    if (ref.n == 0)
        return ref;
    n = link_resolve(to, room, feed_base(p), ref);
    p->pool_n += n;
    return slice(to, n);
}

static const struct feed_names *
find_names(struct feed_parser *p, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    uintptr_t h = ((uintptr_t)name >> 3) * 31 + ((uintptr_t)uri >> 3);
    struct feed_names *c = &p->cache[(h ^ h >> 8) % FEED_CACHE];

    if (c->name == name && c->uri == uri && c->prefix == prefix)
        return c;
    c->name = name;
    c->uri = uri;
    c->prefix = prefix;
    c->ns = feed_ns_find((const char *)uri, (const char *)prefix);
    c->elem = feed_elem_find(c->ns, (const char *)name);
    return c;
}

static void
stop(struct feed_parser *p)
{
    p->is_stopped = true;
    xmlStopParser(p->ctxt);
}

static void
set_fault(struct feed_parser *p, const char *what)
{
    size_t n = strcspn(what, "\r\n");

    if (!p->fault[0])
        snprintf(p->fault, sizeof(p->fault), "%.*s", (int)n, what);
    p->is_broken = true;
}

static void
begin_item(struct feed_parser *p, const struct feed_attrs *a)
{
    p->in_item = true;
    p->item_mark = p->pool_n;
    p->item = (struct feed_item){ .lang = p->levels[p->depth].lang };
    p->item.about = feed_attr(p, a, "about");
}

/* An item that was cut before it said who it is would come again under another id. */
static bool
is_nameless_rest(const struct feed_parser *p)
{
    return p->cut_item && p->n_seen == p->cut_item && p->item.guid.n == 0 && p->item.url.rank == 0;
}

static void
end_item(struct feed_parser *p)
{
    bool is_new = p->n_seen++ >= p->n_skip && !is_nameless_rest(p);

    p->in_item = false;
    if (is_new) {
        p->item.base = feed_base(p);
        p->result->n_items++;
        if (p->item.is_cut)
            p->result->n_cut++;
        if (p->sink->item(p->sink->arg, &p->item, &p->head) != 0) {
            p->result->end = FEED_STOPPED;
            stop(p);
        }
    }
    p->pool_n = p->item_mark;
}

static void
see_root(struct feed_parser *p, const char *name, enum feed_elem elem)
{
    static const char *const known[] = { "rss", "rdf", "feed", "channel", "entry", "item" };

    p->has_root = true;
    snprintf(p->result->root, sizeof(p->result->root), "%s", name);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (slice_case_eq_z(slice_z(name), known[i]))
            p->result->root[0] = '\0';
    if (strcasecmp(name, "html") == 0 && elem == EL_NONE)
        stop(p);
}

static void
push_level(struct feed_parser *p, const struct feed_attrs *a)
{
    struct feed_level *up = &p->levels[p->depth], *l = &p->levels[p->depth + 1];
    struct tocsin_str base, lang;

    *l = (struct feed_level){ AT_OTHER, up->base, up->lang };
    p->depth++;
    if (a->n == 0 || p->capture.elem != EL_NONE)
        return; /* the pool's end belongs to the capture */
    base = feed_attr_xml(p, a, "base");
    lang = feed_attr_xml(p, a, "lang");
    if (base.n > 0)
        l->base = feed_url(p, base);
    if (lang.n > 0)
        l->lang = lang;
}

static enum feed_place
open_outside(struct feed_parser *p, const struct feed_names *names, const struct feed_attrs *a)
{
    enum feed_place up = p->levels[p->depth - 1].place;

    if (names->elem == EL_ITEM && !p->in_item && up != AT_CLOSED) {
        begin_item(p, a);
        return AT_ITEM;
    }
    if (p->depth == 1)
        return AT_HEAD;
    return feed_take_open(p, names->elem, names->ns, a);
}

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_ns,
         const xmlChar **ns, int n_attrs, int n_default, const xmlChar **attrs)
{
    struct feed_parser *p = arg;
    struct feed_attrs a = { attrs, n_attrs };
    const struct feed_names *names;
    int at;

    (void)n_ns;
    (void)ns;
    (void)n_default;
    if (p->is_stopped)
        return;
    if (p->depth >= FEED_DEPTH_MAX) {
        set_fault(p, "elements nest too deeply");
        stop(p);
        return;
    }
    push_level(p, &a);
    at = p->depth;
    if (p->capture.elem != EL_NONE && p->levels[at - 1].place != AT_PERSON) {
        feed_markup_open(p, (const char *)name, &a);
        return;
    }
    names = find_names(p, name, prefix, uri);
    if (at == 1)
        see_root(p, (const char *)name, names->elem);
    p->levels[at].place = open_outside(p, names, &a);
}

static void
on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct feed_parser *p = arg;

    (void)prefix;
    (void)uri;
    if (p->is_stopped || p->depth == 0)
        return;
    if (p->capture.elem != EL_NONE && p->capture.depth == p->depth)
        feed_take_text(p);
    else if (p->capture.elem != EL_NONE)
        feed_markup_close(p, (const char *)name);
    if (p->levels[p->depth].place == AT_ITEM)
        end_item(p);
    if (--p->depth == 0)
        p->is_closed = true;
}

static void
on_text(void *arg, const xmlChar *s, int n)
{
    struct feed_parser *p = arg;

    if (p->capture.elem != EL_NONE)
        feed_markup_text(p, slice((const char *)s, (size_t)n));
}

/* Names of HTML characters are used undeclared; in text they can be answered here, in
 * attributes libxml2 takes one byte only, so there they are left to the mending. */
static xmlEntityPtr
on_entity(void *arg, const xmlChar *name)
{
    struct feed_parser *p = arg;
    const htmlEntityDesc *html;

    if (p->ctxt->instate == XML_PARSER_ATTRIBUTE_VALUE)
        return NULL;
    html = htmlEntityLookup(name);
    if (!html)
        return NULL;
    memset(p->entity_text, 0, sizeof(p->entity_text));
    utf8fix_put(p->entity_text, html->value);
    p->entity = (xmlEntity){
        .type = XML_ENTITY_DECL,
        .etype = XML_INTERNAL_PREDEFINED_ENTITY,
        .name = (const xmlChar *)html->name,
        .content = (xmlChar *)p->entity_text,
        .length = (int)strlen(p->entity_text),
    };
    return &p->entity;
}

/* The internal subset is never handed to libxml2; should one get there, nothing of it counts. */
static void
on_entity_decl(void *arg, const xmlChar *name, int type, const xmlChar *public_id,
               const xmlChar *system_id, xmlChar *content)
{
    struct feed_parser *p = arg;

    (void)name;
    (void)type;
    (void)public_id;
    (void)system_id;
    (void)content;
    set_fault(p, "entity declarations are refused");
    stop(p);
}

static void
on_error(void *arg, xmlErrorPtr e)
{
    struct feed_parser *p = arg;

    if (e->level != XML_ERR_FATAL || p->is_closed || p->is_stopped)
        return;
    set_fault(p, e->message ? e->message : "not well-formed");
    if (!p->is_mended)
        stop(p);
}

static void
feed_chunks(struct feed_parser *p, struct tocsin_str doc)
{
    while (doc.n > 0 && !p->is_stopped && !p->is_closed) {
        size_t n = doc.n < CHUNK ? doc.n : CHUNK;

        xmlParseChunk(p->ctxt, doc.p, (int)n, 0);
        doc = slice_from(doc, n);
    }
    if (!p->is_stopped && !p->is_closed)
        xmlParseChunk(p->ctxt, NULL, 0, 1);
}

/* One reading of the document. -1: no memory. */
static int
read_once(struct feed_parser *p, struct tocsin_str doc)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .getEntity = on_entity,
        .entityDecl = on_entity_decl,
        .serror = on_error,
    };

    memset(p->cache, 0, sizeof(p->cache));
    p->levels[0] = (struct feed_level){ .place = AT_HEAD };
    p->ctxt = xmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL);
    if (!p->ctxt)
        return -1;
    xmlCtxtUseOptions(p->ctxt, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                   XML_PARSE_NOCDATA | XML_PARSE_RECOVER);
    feed_chunks(p, doc);
    if (p->ctxt->myDoc)
        xmlFreeDoc(p->ctxt->myDoc);
    xmlFreeParserCtxt(p->ctxt);
    p->ctxt = NULL;
    return 0;
}

/* Tags so long that libxml2 would take too long over them go to the mending at once. */
static bool
has_giant_tag(struct tocsin_str doc)
{
    const char *p = doc.p, *end = doc.p + doc.n;

    while (p < end && (p = memchr(p, '<', (size_t)(end - p)))) {
        const char *close = memchr(p, '>', (size_t)(end - p));

        if (!close)
            return (size_t)(end - p) > TAG_MAX;
        if ((size_t)(close - p) > TAG_MAX && p[1] != '!' && p[1] != '?')
            return true;
        p = close + 1;
    }
    return false;
}

/* A CDATA section that was never closed runs on to the end of the next one and swallows the items
 * between, all well-formed: one that holds the end of an item is left to the mending. */
static bool
has_swallowed_item(struct tocsin_str doc)
{
    for (;;) {
        size_t at = slice_find_z(doc, "<![CDATA["), n;
        struct tocsin_str inner;

        if (at == doc.n)
            return false;
        doc = slice_from(doc, at + 9);
        n = slice_find_z(doc, "]]>");
        inner = slice_upto(doc, n);
        if (slice_find_z(inner, "</item>") < n || slice_find_z(inner, "</entry>") < n)
            return true;
        doc = slice_from(doc, n);
    }
}

/* Bytes of a DOCTYPE with its internal subset. */
static size_t
doctype_len(struct tocsin_str s)
{
    int brackets = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '[')
            brackets++;
        else if (s.p[i] == ']')
            brackets--;
        else if (s.p[i] == '>' && brackets <= 0)
            return i + 1;
    }
    return s.n;
}

static size_t
skip_to(struct tocsin_str s, const char *end)
{
    size_t at = slice_find_z(s, end);

    return at == s.n ? s.n : at + strlen(end);
}

/* Drops declaration, DOCTYPE, comments and stray text before the root. */
static struct tocsin_str
skip_prolog(struct tocsin_str s)
{
    while (s.n > 0) {
        s = slice_from(s, slice_find_byte(s, '<'));
        if (slice_starts_z(s, "<!--"))
            s = slice_from(s, skip_to(s, "-->"));
        else if (slice_starts_z(s, "<?"))
            s = slice_from(s, skip_to(s, ">"));
        else if (slice_starts_z(s, "<!"))
            s = slice_from(s, doctype_len(s));
        else if (s.n > 1 && (slice_is_alpha(s.p[1]) || s.p[1] == '_'))
            return s;
        else
            s = slice_from(s, 1);
    }
    return s;
}

/* A page of errors that a server printed before the feed is passed over, and so is a page
 * around it. */
static struct tocsin_str
find_root(struct tocsin_str doc)
{
    static const char *const roots[] = { "<rss", "<feed", "<rdf:RDF", "<?xml " };
    static const char *const sure[] = { "<rss version", "<feed xmlns", "<rdf:RDF xmlns" };
    struct tocsin_str s = skip_prolog(doc), early = slice_upto(s, JUNK_MAX);
    bool is_page = slice_starts_z(s, "<html");
    size_t n = is_page ? sizeof(sure) / sizeof(sure[0]) : sizeof(roots) / sizeof(roots[0]);

    for (size_t i = 0; i < 3; i++)
        if (slice_starts_z(s, roots[i]))
            return s;
    for (size_t i = 0; i < n; i++) {
        size_t at = slice_find_z(early, is_page ? sure[i] : roots[i]);

        if (at < early.n)
            return skip_prolog(slice_from(s, at));
    }
    return s;
}

/* Reads what the first reading left, from a mended copy. */
static int
read_mended(struct feed_parser *p, struct tocsin_str doc)
{
    struct feed_mended m;
    struct feed_result *r = p->result;
    int rc;

    if (feed_mend(&m, doc) < 0)
        return -1;
    p->n_skip = p->n_seen;
    p->n_seen = 0;
    p->depth = 0;
    p->pool_n = 0;
    p->in_item = p->is_stopped = p->is_closed = p->has_root = false;
    p->capture.elem = EL_NONE;
    p->head = (struct feed_head){ 0 };
    p->is_mended = true;
    p->cut_item = m.cut_item;
    rc = read_once(p, sbuf_get(&m.doc));
    r->n_damaged = m.n_damaged;
    snprintf(r->damage, sizeof(r->damage), "%s", m.damage);
    if (m.is_cut && r->end == FEED_COMPLETE)
        r->end = FEED_CUT;
    sbuf_free(&m.doc);
    return rc;
}

static void
judge_end(struct feed_parser *p, struct tocsin_str doc)
{
    struct feed_result *r = p->result;

    if (r->end == FEED_STOPPED)
        return;
    if (!p->has_root)
        r->end = doc.n == 0 ? FEED_NO_XML : FEED_NOT_FEED;
    else if (r->root[0] && r->n_items == 0)
        r->end = FEED_NOT_FEED;
    else if (r->end == FEED_COMPLETE && !p->is_closed)
        r->end = FEED_CUT;
    if (r->end == FEED_CUT && !r->damage[0])
        snprintf(r->damage, sizeof(r->damage), "%s", p->fault);
}

void
feed_xml(struct feed_result *r, struct tocsin_str doc, struct tocsin_str base,
         const struct feed_sink *sink)
{
    struct feed_parser *p = calloc(1, sizeof(*p));
    int rc = -1;

    *r = (struct feed_result){ .end = FEED_NOMEM };
    if (!p)
        goto out;
    p->pool = malloc(POOL_MAX);
    if (!p->pool)
        goto out;
    *p = (struct feed_parser){
        .pool = p->pool, .pool_max = POOL_MAX, .sink = sink, .result = r, .doc_base = base
    };
    r->end = FEED_COMPLETE;
    doc = find_root(doc);
    if (has_giant_tag(doc) || has_swallowed_item(doc))
        p->is_broken = true;
    else if (doc.n > 0 && read_once(p, doc) < 0)
        goto out;
    if (p->is_broken && !p->is_closed && read_mended(p, doc) < 0)
        goto out;
    judge_end(p, doc);
    sink->head(sink->arg, &p->head);
    rc = 0;
out:
    if (rc < 0)
        r->end = FEED_NOMEM;
    if (p)
        free(p->pool);
    free(p);
}
