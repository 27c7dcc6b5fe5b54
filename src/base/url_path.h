/* url_path - what url.c and url_canonical.c share. */
#ifndef TOCSIN_BASE_URL_PATH_H
#define TOCSIN_BASE_URL_PATH_H

#include "base/buf.h"

/* Takes the "." and ".." segments out of the path that begins at `begin` in b. */
void url_drop_dots(struct buf *b, size_t begin);

#endif
