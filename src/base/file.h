/* file - whole files, and folders. */
#ifndef TOCSIN_BASE_FILE_H
#define TOCSIN_BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends; ERR_NOTFOUND, ERR_DENIED or ERR_IO with the path in the message. "-" is stdin. */
int file_read(struct buf *out, const char *path, struct err *err);
/* Temporary file, fsync, rename, fsync of the folder: the old or the new, never half. */
int file_write_atomic(const char *path, struct tocsin_str bytes, mode_t mode, struct err *err);
/* mkdir -p */
int file_make_dirs(const char *path, mode_t mode, struct err *err);
bool file_exists(const char *path);
/* dir/name becomes the content of b, NUL-terminated. */
const char *path_join(struct buf *b, const char *dir, const char *name);

#endif
