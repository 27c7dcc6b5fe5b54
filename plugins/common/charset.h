/* charset - the bytes of a response as UTF-8, whatever they say they are. */
#ifndef TOCSIN_PLUGINS_CHARSET_H
#define TOCSIN_PLUGINS_CHARSET_H

#include "slice.h"

struct charset_text {
    struct tocsin_str s; /* valid UTF-8 without control characters */
    char *owned;         /* free() it; NULL: s lies in the body */
    const char *name;    /* the charset that was read */
};

/* Order of belief: byte order mark, then valid UTF-8 (no other charset looks like it by
 * accident), then the HTTP header unless it is a server's blanket Latin-1, then `declared` (an
 * XML declaration or meta element), then windows-1252. -1: no memory. */
int charset_to_utf8(struct charset_text *out, struct tocsin_str body, struct tocsin_str http,
                    struct tocsin_str declared);
void charset_text_free(struct charset_text *t);

/* The value of charset= in a Content-Type; empty: none. */
struct tocsin_str charset_of_type(struct tocsin_str content_type);
/* The encoding of an XML declaration at the start of `body`; empty: none. */
struct tocsin_str charset_of_xml(struct tocsin_str body);

/* Opens every converter once and keeps it open: afterwards the process may open no file, and
 * iconv loads its modules from files. Call it in warm_up. */
void charset_warm_up(void);

#endif
