/* escape - foreign text made harmless for the place it goes to. */
#ifndef TOCSIN_BASE_ESCAPE_H
#define TOCSIN_BASE_ESCAPE_H

#include "base/buf.h"

/* All append and return 0, or -1 when the buffer is full. */
int escape_html(struct buf *b, struct tocsin_str s);     /* & < > " ' and C0 controls */
int escape_terminal(struct buf *b, struct tocsin_str s); /* one line: C0, C1, ESC, bidi made visible */
int escape_terminal_lines(struct buf *b, struct tocsin_str s); /* the same, newlines kept */
int escape_csv(struct buf *b, struct tocsin_str s);      /* RFC 4180 field; ' before = + - @ TAB CR */
int escape_url(struct buf *b, struct tocsin_str s);      /* all but unreserved becomes %XX */
int encode_base64(struct buf *b, struct tocsin_str s);   /* padded, no line breaks */
int decode_base64(struct buf *b, struct tocsin_str s);   /* white space skipped; -1 also for bad input */
int encode_hex(struct buf *b, const void *p, size_t n);

#endif
