/* wire_io - whole frames on a stream socket, blocking, with a deadline. */
#ifndef TOCSIN_WIRE_WIRE_IO_H
#define TOCSIN_WIRE_WIRE_IO_H

#include <stdint.h>

#include "base/buf.h"

/* b holds a finished frame, its length in front. 0, or -1 with errno. */
int wire_send(int fd, const struct buf *b);
/* 1: *out holds one frame without its length; 0: the other side closed between frames;
 * -1: errno (ETIMEDOUT, EPROTO for a length out of range or a frame cut short, ...). */
int wire_receive(int fd, struct buf *out, int64_t timeout_ms); /* timeout below 0: none */

#endif
