/* source_copy - what is remembered of a source, copied into another arena. */
#ifndef TOCSIN_RECORD_SOURCE_COPY_H
#define TOCSIN_RECORD_SOURCE_COPY_H

#include "base/arena.h"
#include "record/source.h"

/* 0, or -1: no memory. */
int source_state_copy(struct source_state *to, const struct source_state *from, struct arena *a);

#endif
