/* html_link - does a link say more than its text? */
#ifndef TOCSIN_HOST_HTML_LINK_H
#define TOCSIN_HOST_HTML_LINK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* true and the absolute web address in *address, when it is one and the text is not the same
 * address, whole or shortened, nor a name of a person or tag. */
bool html_link_adds(struct buf *address, struct tocsin_str text, struct tocsin_str href,
                    struct tocsin_str base);

#endif
