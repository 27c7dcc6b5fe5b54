/* html_text.c - libxml2's HTML events into lines of readable text. */
#include "host/html_text.h"

#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/parse.h"
#include "base/url.h"
#include "base/utf8.h"
#include "host/html_guard.h"
#include "host/html_link.h"
#include "host/html_rules.h"

enum { MAX_DEPTH = 200, MAX_QUOTES = 8, MAX_HREF = 2048, USES_OF_A_PARSER = 500 };

struct element {
    uint32_t rule;
    int counter;    /* lists: number of the next item; 0: bullets */
    size_t text_at; /* links: where their text begins */
    size_t href_at; /* links: their address in `hrefs` */
    bool is_quote;  /* adds a level of quotes */
    char name[12];  /* enough to tell all elements with a rule apart */
};

struct html_text {
    htmlParserCtxtPtr parser;
    unsigned uses;
    struct buf hrefs;
    /* of the text at hand */
    struct buf *out;
    struct tocsin_str base;
    struct element stack[MAX_DEPTH];
    size_t depth;
    size_t begin;      /* of our text in out */
    unsigned newlines; /* owed before the next character */
    unsigned hidden, pre, quotes, last_quotes;
    bool needs_space, is_line_start, has_row_text, is_too_deep;
    char marker[16]; /* of a list item, before its first character */
    unsigned indent;
};

/* ---- writing lines ------------------------------------------------------------- */

static void
quote_prefix(struct html_text *h, unsigned level)
{
    for (unsigned i = 0; i < level; i++)
        buf_add(h->out, "> ", 2);
}

/* An empty line belongs to the quote that both neighbours share. */
static void
empty_line(struct html_text *h)
{
    unsigned shared = h->quotes < h->last_quotes ? h->quotes : h->last_quotes;

    for (unsigned i = 0; i < shared; i++)
        buf_add(h->out, "> ", i + 1 < shared ? 2 : 1);
    buf_char(h->out, '\n');
}

static void
begin_line(struct html_text *h)
{
    if (h->out->n > h->begin && h->newlines) {
        buf_char(h->out, '\n');
        if (h->newlines > 1)
            empty_line(h);
    }
    h->newlines = 0;
    quote_prefix(h, h->quotes);
    h->last_quotes = h->quotes;
    for (unsigned i = 1; i < h->indent; i++)
        buf_add(h->out, "  ", 2);
    h->is_line_start = false;
    h->needs_space = false;
    if (h->marker[0]) {
        buf_z(h->out, h->marker);
        h->marker[0] = '\0';
    } else if (h->indent) {
        buf_add(h->out, "  ", 2);
    }
}

/* Everything owed before the next visible character. */
static void
settle(struct html_text *h)
{
    if (h->is_line_start || h->newlines)
        begin_line(h);
    else if (h->needs_space)
        buf_char(h->out, ' ');
    h->needs_space = false;
    h->has_row_text = true;
}

static void
owe_newlines(struct html_text *h, unsigned n)
{
    if (h->newlines < n)
        h->newlines = n;
    h->needs_space = false;
}

static void
write_word(struct html_text *h, struct tocsin_str s)
{
    if (s.n == 0)
        return;
    settle(h);
    buf_str(h->out, s);
}

static bool
is_space_at(struct tocsin_str s, size_t i, size_t *width)
{
    unsigned char c = (unsigned char)s.p[i];

    *width = 1;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')
        return true;
    *width = 2;
    return c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] == 0xa0; /* no-break space */
}

/* Words with white space joined. */
static void
write_flow(struct html_text *h, struct tocsin_str s)
{
    size_t i = 0, width;

    while (i < s.n) {
        size_t from = i;

        if (is_space_at(s, i, &width)) {
            h->needs_space = !h->is_line_start && !h->newlines;
            i += width;
            continue;
        }
        while (i < s.n && !is_space_at(s, i, &width))
            i++;
        write_word(h, str_sub(s, from, i));
    }
}

static void
write_pre(struct html_text *h, struct tocsin_str s)
{
    while (s.n) {
        bool has_end = memchr(s.p, '\n', s.n) != NULL;

        write_word(h, str_cut(&s, '\n'));
        if (has_end)
            h->newlines++;
    }
}

/* ---- elements -------------------------------------------------------------------- */

static struct element *
innermost(struct html_text *h, uint32_t rule)
{
    for (size_t i = h->depth; i-- > 0;) {
        if (h->stack[i].rule & rule)
            return &h->stack[i];
    }
    return NULL;
}

static void
begin_item(struct html_text *h)
{
    struct element *list = innermost(h, HTML_LIST);

    if (list && list->counter)
        snprintf(h->marker, sizeof h->marker, "%d. ", list->counter++);
    else
        snprintf(h->marker, sizeof h->marker, "- ");
}

/* Cells of one line stand beside each other; where a cell holds blocks they stand below. */
static void
begin_cell(struct html_text *h)
{
    if (h->has_row_text && !h->newlines && !h->is_line_start) {
        buf_add(h->out, " |", 2);
        h->needs_space = true;
    }
}

static void
begin_link(struct html_text *h, struct element *e, const char *const *attributes)
{
    static const char *const spoken[] = { "mention", "hashtag" };
    const char *href = html_attribute(attributes, "href");

    e->text_at = h->out->n;
    e->href_at = h->hrefs.n;
    if (href && strlen(href) <= MAX_HREF && !html_has_class(attributes, spoken, 2))
        buf_z(&h->hrefs, href);
}

static void
end_link(struct html_text *h, const struct element *e)
{
    struct tocsin_str href = str_sub(buf_view(&h->hrefs), e->href_at, h->hrefs.n);
    struct tocsin_str text = str_sub(buf_view(h->out), e->text_at, h->out->n);
    struct buf address;

    buf_init(&address, 2 * MAX_HREF);
    if (!h->hidden && html_link_adds(&address, text, href, h->base)) {
        h->needs_space = h->needs_space || !h->is_line_start;
        settle(h);
        buf_char(h->out, '<');
        buf_str(h->out, buf_view(&address));
        buf_char(h->out, '>');
    }
    buf_free(&address);
    h->hrefs.n = e->href_at;
    h->hrefs.failed = false;
}

static void
show_image(struct html_text *h, const char *const *attributes)
{
    struct tocsin_str alt = str_z(html_attribute(attributes, "alt"));

    if (!h->hidden && alt.n <= MAX_HREF)
        write_flow(h, alt);
}

/* Quotes: by element or by the classes of forums and mail programs. */
static void
begin_quote(struct html_text *h, struct element *e, const char *const *attributes)
{
    static const char *const classes[] = { "quote",        "gmail_quote", "yahoo_quoted",
                                           "bbcode_quote", "bb-quote",    "quotebox" };
    struct element *around = innermost(h, HTML_QUOTE | HTML_CLASS_QUOTE);
    bool by_class = e->rule & (HTML_BLOCK | HTML_PARAGRAPH) &&
                    html_has_class(attributes, classes, sizeof classes / sizeof *classes);

    if (e->rule & HTML_QUOTE && around && around->rule & HTML_CLASS_QUOTE) {
        around->rule &= ~(uint32_t)HTML_CLASS_QUOTE;
        around->rule |= HTML_QUOTE;
        return; /* this blockquote and the element around are one quote */
    }
    if (!(e->rule & HTML_QUOTE) && !by_class)
        return;
    if (by_class && !(e->rule & HTML_QUOTE))
        e->rule |= HTML_CLASS_QUOTE | HTML_PARAGRAPH;
    owe_newlines(h, 2);
    e->is_quote = h->quotes < MAX_QUOTES;
    h->quotes += e->is_quote;
}

static int
list_start(const char *const *attributes, uint32_t rule)
{
    const char *start = html_attribute(attributes, "start");
    int64_t n;

    if (!(rule & HTML_ORDERED))
        return 0;
    return !parse_i64(str_trim(str_z(start)), &n) && n > 0 && n < 100000 ? (int)n : 1;
}

static void
begin_element(struct html_text *h, struct element *e, const char *const *attributes)
{
    if (e->rule & HTML_HIDDEN)
        h->hidden++;
    if (h->hidden)
        return;
    if (e->rule & (HTML_BLOCK | HTML_PARAGRAPH))
        owe_newlines(h, e->rule & HTML_PARAGRAPH && !(h->indent && e->rule & HTML_LIST) ? 2 : 1);
    if (e->rule & (HTML_BLOCK | HTML_PARAGRAPH | HTML_QUOTE))
        begin_quote(h, e, attributes);
    if (e->rule & HTML_LIST) {
        e->counter = list_start(attributes, e->rule);
        h->indent++;
    }
    if (e->rule & HTML_ITEM)
        begin_item(h);
    if (e->rule & HTML_ROW)
        h->has_row_text = false;
    if (e->rule & HTML_CELL)
        begin_cell(h);
    if (e->rule & HTML_LINK)
        begin_link(h, e, attributes);
    if (e->rule & HTML_PRE)
        h->pre++;
    if (e->rule & HTML_Q)
        write_word(h, STR_LIT("\""));
}

static void
end_element(struct html_text *h, const struct element *e)
{
    if (e->rule & HTML_HIDDEN) {
        h->hidden--;
        return;
    }
    if (h->hidden)
        return;
    if (e->rule & HTML_Q)
        buf_char(h->out, '"');
    if (e->rule & HTML_LINK)
        end_link(h, e);
    if (e->rule & HTML_PRE && h->pre)
        h->pre--;
    if (e->rule & HTML_LIST && h->indent)
        h->indent--;
    if (e->rule & HTML_ITEM)
        h->marker[0] = '\0';
    if (e->is_quote)
        h->quotes--;
    if (e->rule & (HTML_BLOCK | HTML_PARAGRAPH))
        owe_newlines(h, e->rule & HTML_PARAGRAPH && !(h->indent && e->rule & HTML_LIST) ? 2 : 1);
}

/* ---- events ------------------------------------------------------------------------ */

static void
stop(struct html_text *h)
{
    xmlStopParser(h->parser);
}

static void
line_break(struct html_text *h)
{
    if (h->hidden)
        return;
    h->needs_space = false;
    if (h->out->n > h->begin && h->newlines < 2)
        h->newlines++;
}

/* The parser puts bare text into a paragraph of its own making: no tag stands there. */
static bool
is_implied(const struct html_text *h, const char *name, const char *const *attributes)
{
    xmlChar at = *h->parser->input->cur;

    return !attributes && strcmp(name, "p") == 0 && at != '>' && at != '/';
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar **attrs)
{
    struct html_text *h = ctx;
    const char *const *attributes = (const char *const *)attrs;
    uint32_t rule =
        is_implied(h, (const char *)name, attributes) ? 0 : html_rule((const char *)name);
    struct element *e;

    if (h->depth == MAX_DEPTH) {
        h->is_too_deep = true;
        stop(h);
        return;
    }
    e = &h->stack[h->depth];
    *e = (struct element){ .rule = rule };
    snprintf(e->name, sizeof e->name, "%s", (const char *)name);
    if (!(rule & HTML_HIDDEN) && html_is_hidden(attributes))
        e->rule |= HTML_HIDDEN;
    if (rule & HTML_BREAK)
        line_break(h);
    if (rule & HTML_IMAGE && !(e->rule & HTML_HIDDEN))
        show_image(h, attributes);
    begin_element(h, e, attributes);
    h->depth++;
}

/* Ends the innermost element of this name and what is still open in it. */
static void
on_end(void *ctx, const xmlChar *name)
{
    struct html_text *h = ctx;
    size_t i = h->depth;
    char clipped[sizeof h->stack->name];

    snprintf(clipped, sizeof clipped, "%s", (const char *)name);
    while (i > 0 && strcmp(h->stack[i - 1].name, clipped) != 0)
        i--;
    if (i == 0)
        return;
    while (h->depth >= i)
        end_element(h, &h->stack[--h->depth]);
}

static void
on_text(void *ctx, const xmlChar *p, int n)
{
    struct html_text *h = ctx;
    struct tocsin_str s = { (const char *)p, n > 0 ? (size_t)n : 0 };

    if (h->hidden)
        return;
    if (h->pre)
        write_pre(h, s);
    else
        write_flow(h, s);
    if (h->out->failed)
        stop(h);
}

static const xmlSAXHandler handlers = {
    .startElement = on_start,
    .endElement = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
};

/* ---- the whole ----------------------------------------------------------------------- */

struct html_text *
html_text_new(void)
{
    struct html_text *h = calloc(1, sizeof *h);

    if (h)
        buf_init(&h->hrefs, (size_t)MAX_DEPTH * MAX_HREF);
    return h;
}

static void
drop_parser(struct html_text *h)
{
    if (h->parser)
        htmlFreeParserCtxt(h->parser);
    h->parser = NULL;
}

void
html_text_free(struct html_text *h)
{
    if (!h)
        return;
    drop_parser(h);
    buf_free(&h->hrefs);
    free(h);
}

/* Names stay in a parser's dictionary, so that it is changed for a fresh one now and then. */
static int
ready_parser(struct html_text *h)
{
    if (h->parser && h->uses++ < USES_OF_A_PARSER)
        return 0;
    drop_parser(h);
    h->uses = 0;
    h->parser = htmlNewParserCtxt();
    if (!h->parser)
        return -1;
    *h->parser->sax = handlers;
    h->parser->userData = h;
    return 0;
}

static void
reset(struct html_text *h, struct buf *out, struct tocsin_str base)
{
    h->out = out;
    h->base = base;
    h->depth = 0;
    h->begin = out->n;
    h->newlines = h->hidden = h->pre = h->quotes = h->last_quotes = h->indent = 0;
    h->needs_space = h->has_row_text = h->is_too_deep = false;
    h->is_line_start = true;
    h->marker[0] = '\0';
    buf_reset(&h->hrefs);
}

/* Full is no failure: what was cut is cut at a character. */
static void
cut_cleanly(struct buf *out)
{
    struct tocsin_str s;

    if (!out->failed)
        return;
    out->failed = false;
    s = str_clip_utf8(buf_view(out), out->n);
    while (s.n && !utf8_is_valid(str_sub(s, s.n > 4 ? s.n - 4 : 0, s.n)) && out->n - s.n < 4)
        s.n--;
    out->n = s.n;
}

int
html_text(struct html_text *h, struct buf *out, struct tocsin_str html, struct tocsin_str base)
{
    if (html.n == 0)
        return 0;
    reset(h, out, base);
    if (html.n > INT32_MAX || html_is_flood(html)) {
        html_strip(out, html);
        cut_cleanly(out);
        return 0;
    }
    if (ready_parser(h))
        return -1;
    htmlCtxtReadMemory(h->parser, html.p, (int)html.n, NULL, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                           HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED | HTML_PARSE_NODEFDTD);
    if (h->is_too_deep) {
        out->n = h->begin;
        out->failed = false;
        html_strip(out, html);
    }
    cut_cleanly(out);
    return 0;
}
