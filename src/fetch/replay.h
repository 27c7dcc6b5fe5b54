/* replay - a recorded answer, taken apart. */
#ifndef TOCSIN_FETCH_REPLAY_H
#define TOCSIN_FETCH_REPLAY_H

#include "base/str.h"

/* Status line ("HTTP/1.1 200 OK" or "200"), header lines, a blank line, the body; lines end
 * with LF or CRLF. -1: the first line holds no status. */
int replay_split(struct tocsin_str file, int *status, struct tocsin_str *head,
                 struct tocsin_str *body);

#endif
