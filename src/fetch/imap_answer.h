/* imap_answer - what an IMAP server said, taken out of its raw lines. */
#ifndef TOCSIN_FETCH_IMAP_ANSWER_H
#define TOCSIN_FETCH_IMAP_ANSWER_H

#include "base/buf.h"

/* Appends "UIDVALIDITY n\n" and, in rising order, up to `limit` (0: 1000) UIDs above `after`,
 * one a line. -1: no memory. */
int imap_answer_list(struct buf *out, struct tocsin_str raw, uint64_t after, uint32_t limit);
/* The literal of the first FETCH. 0; 1: there is no such mail; -1: cut short. */
int imap_answer_mail(struct tocsin_str *out, struct tocsin_str raw);

#endif
