/* escape - foreign text made harmless for the place it goes to. */
#ifndef TOCSIN_BASE_ESCAPE_H
#define TOCSIN_BASE_ESCAPE_H

#include "base/buf.h"

/* All append and return 0, or -1 when the buffer is full. */

/* & < > " ' coded; controls become U+FFFD. */
int escape_html(struct buf *b, struct tocsin_str s);
/* One line: C0, C1, ESC, bidi made visible as \xNN or \u{NNNN}. */
int escape_terminal(struct buf *b, struct tocsin_str s);
/* The same, newlines and tabs kept. */
int escape_terminal_lines(struct buf *b, struct tocsin_str s);
/* RFC 4180 field; ' before = + - @ TAB CR. */
int escape_csv(struct buf *b, struct tocsin_str s);
/* All but unreserved becomes %XX. */
int escape_url(struct buf *b, struct tocsin_str s);
/* Padded, no line breaks. */
int encode_base64(struct buf *b, struct tocsin_str s);
/* White space skipped, padding may be missing; -1 also for bad input. */
int decode_base64(struct buf *b, struct tocsin_str s);
int encode_hex(struct buf *b, const void *p, size_t n);

#endif
