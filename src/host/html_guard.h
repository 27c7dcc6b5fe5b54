/* html_guard - is this HTML fit for a parser that is quadratic in attributes? And what to do
 * with it if not. */
#ifndef TOCSIN_HOST_HTML_GUARD_H
#define TOCSIN_HOST_HTML_GUARD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Some tag has more attributes than any person or program writes. Linear. */
bool html_is_flood(struct tocsin_str html);
/* Appends the text between tags, white space joined; entities stay as written. Linear. */
void html_strip(struct buf *out, struct tocsin_str html);

#endif
