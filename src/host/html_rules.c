/* html_rules.c - elements, classes and the few styles that hide text. */
#include "host/html_rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    uint32_t rule;
} elements[] = {
    /* sorted */
    { "a", HTML_LINK },
    { "address", HTML_BLOCK },
    { "applet", HTML_HIDDEN },
    { "article", HTML_PARAGRAPH },
    { "aside", HTML_PARAGRAPH },
    { "audio", HTML_HIDDEN },
    { "blockquote", HTML_PARAGRAPH | HTML_QUOTE },
    { "br", HTML_BREAK },
    { "canvas", HTML_HIDDEN },
    { "caption", HTML_BLOCK },
    { "center", HTML_BLOCK },
    { "datalist", HTML_HIDDEN },
    { "dd", HTML_BLOCK },
    { "details", HTML_BLOCK },
    { "dialog", HTML_BLOCK },
    { "div", HTML_BLOCK },
    { "dl", HTML_PARAGRAPH },
    { "dt", HTML_BLOCK },
    { "embed", HTML_HIDDEN },
    { "fieldset", HTML_BLOCK },
    { "figcaption", HTML_BLOCK },
    { "figure", HTML_PARAGRAPH },
    { "footer", HTML_PARAGRAPH },
    { "form", HTML_BLOCK },
    { "frame", HTML_HIDDEN },
    { "frameset", HTML_HIDDEN },
    { "h1", HTML_PARAGRAPH },
    { "h2", HTML_PARAGRAPH },
    { "h3", HTML_PARAGRAPH },
    { "h4", HTML_PARAGRAPH },
    { "h5", HTML_PARAGRAPH },
    { "h6", HTML_PARAGRAPH },
    { "head", HTML_HIDDEN },
    { "header", HTML_PARAGRAPH },
    { "hr", HTML_PARAGRAPH },
    { "iframe", HTML_HIDDEN },
    { "img", HTML_IMAGE },
    { "li", HTML_BLOCK | HTML_ITEM },
    { "link", HTML_HIDDEN },
    { "listing", HTML_PARAGRAPH | HTML_PRE },
    { "main", HTML_PARAGRAPH },
    { "map", HTML_HIDDEN },
    { "math", HTML_HIDDEN },
    { "menu", HTML_PARAGRAPH | HTML_LIST },
    { "meta", HTML_HIDDEN },
    { "nav", HTML_PARAGRAPH },
    { "noembed", HTML_HIDDEN },
    { "noframes", HTML_HIDDEN },
    { "noscript", HTML_HIDDEN },
    { "object", HTML_HIDDEN },
    { "ol", HTML_PARAGRAPH | HTML_LIST | HTML_ORDERED },
    { "p", HTML_PARAGRAPH },
    { "plaintext", HTML_PARAGRAPH | HTML_PRE },
    { "pre", HTML_PARAGRAPH | HTML_PRE },
    { "q", HTML_Q },
    { "rp", HTML_HIDDEN },
    { "rt", HTML_HIDDEN },
    { "script", HTML_HIDDEN },
    { "section", HTML_PARAGRAPH },
    { "select", HTML_HIDDEN },
    { "style", HTML_HIDDEN },
    { "summary", HTML_BLOCK },
    { "svg", HTML_HIDDEN },
    { "table", HTML_PARAGRAPH },
    { "td", HTML_CELL },
    { "template", HTML_HIDDEN },
    { "th", HTML_CELL },
    { "title", HTML_HIDDEN },
    { "tr", HTML_BLOCK | HTML_ROW },
    { "ul", HTML_PARAGRAPH | HTML_LIST },
    { "video", HTML_HIDDEN },
    { "xmp", HTML_PARAGRAPH | HTML_PRE },
};

static int
compare(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

uint32_t
html_rule(const char *element)
{
    const void *e =
        bsearch(element, elements, sizeof elements / sizeof *elements, sizeof *elements, compare);

    return e ? elements[((const char *)e - (const char *)elements) / sizeof *elements].rule : 0;
}

const char *
html_attribute(const char *const *attributes, const char *name)
{
    for (size_t i = 0; attributes && attributes[i]; i += 2) {
        if (strcasecmp(attributes[i], name) == 0)
            return attributes[i + 1] ? attributes[i + 1] : "";
    }
    return NULL;
}

/* ---- styles ------------------------------------------------------------------- */

/* The value of one declaration "property: value", when it is this property. */
static bool
is_property(struct tocsin_str declaration, const char *property, struct tocsin_str *value)
{
    struct tocsin_str rest = declaration;
    struct tocsin_str name = str_trim(str_cut(&rest, ':'));

    *value = str_trim(rest);
    return str_eq_ascii_case(name, str_z(property));
}

static bool
is_keyword(struct tocsin_str value, const char *keyword)
{
    struct tocsin_str word = str_cut(&value, '!'); /* !important */

    return str_eq_ascii_case(str_trim(word), str_z(keyword));
}

/* 0, 0px, .0em; not 0.9em. */
static bool
is_zero(struct tocsin_str value)
{
    bool has_digit = false;

    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] >= '1' && value.p[i] <= '9')
            return false;
        if (value.p[i] != '0' && value.p[i] != '.')
            break;
        has_digit = has_digit || value.p[i] == '0';
    }
    return has_digit;
}

static bool
is_hiding(struct tocsin_str declaration)
{
    struct tocsin_str value;

    if (is_property(declaration, "display", &value))
        return is_keyword(value, "none");
    if (is_property(declaration, "visibility", &value))
        return is_keyword(value, "hidden") || is_keyword(value, "collapse");
    if (is_property(declaration, "mso-hide", &value))
        return is_keyword(value, "all");
    if (is_property(declaration, "font-size", &value) ||
        is_property(declaration, "opacity", &value))
        return is_zero(value);
    return false;
}

bool
html_is_hidden(const char *const *attributes)
{
    const char *hidden = html_attribute(attributes, "hidden");
    struct tocsin_str style = str_z(html_attribute(attributes, "style"));

    if (hidden && strcasecmp(hidden, "until-found") != 0)
        return true;
    while (style.n) {
        if (is_hiding(str_cut(&style, ';')))
            return true;
    }
    return false;
}

bool
html_has_class(const char *const *attributes, const char *const *names, size_t n)
{
    const char *classes = html_attribute(attributes, "class");
    size_t len;

    for (; classes && *classes; classes += len) {
        classes += strspn(classes, " \t\n\r\f");
        len = strcspn(classes, " \t\n\r\f");
        for (size_t i = 0; i < n; i++) {
            if (strlen(names[i]) == len && strncasecmp(classes, names[i], len) == 0)
                return true;
        }
    }
    return false;
}
