/* html_rules - what each element means for readable text, as tables. */
#ifndef TOCSIN_HOST_HTML_RULES_H
#define TOCSIN_HOST_HTML_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
    HTML_BLOCK = 1u << 0,     /* on lines of its own */
    HTML_PARAGRAPH = 1u << 1, /* with an empty line around */
    HTML_HIDDEN = 1u << 2,    /* never shown */
    HTML_QUOTE = 1u << 3,
    HTML_PRE = 1u << 4,
    HTML_LINK = 1u << 5,
    HTML_LIST = 1u << 6,
    HTML_ORDERED = 1u << 7,
    HTML_ITEM = 1u << 8,
    HTML_ROW = 1u << 9,
    HTML_CELL = 1u << 10,
    HTML_BREAK = 1u << 11,
    HTML_IMAGE = 1u << 12,
    HTML_Q = 1u << 13,
    HTML_CLASS_QUOTE = 1u << 14 /* a quote by its class: the blockquote inside is the same one */
};

uint32_t html_rule(const char *element); /* lower case; 0: inline and plain */

/* Value of an attribute in libxml2's name, value, ..., NULL list; NULL: not there. */
const char *html_attribute(const char *const *attributes, const char *name);
/* By attribute hidden or by style. */
bool html_is_hidden(const char *const *attributes);
bool html_has_class(const char *const *attributes, const char *const *names, size_t n);

#endif
