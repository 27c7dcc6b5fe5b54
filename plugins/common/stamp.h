/* stamp - UTC times as text, without libc's time zones: they open files. */
#ifndef TOCSIN_PLUGINS_STAMP_H
#define TOCSIN_PLUGINS_STAMP_H

#include <stddef.h>
#include <stdint.h>

#define STAMP_ROOM 48

/* "2026-01-02T03:04:05Z" */
void stamp_rfc3339(char *to, size_t room, int64_t ms);
/* "Fri, 02 Jan 2026 03:04:05 +0000" */
void stamp_rfc5322(char *to, size_t room, int64_t ms);

#endif
