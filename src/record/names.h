/* names - a table of words for an enum: number to word and back. */
#ifndef TOCSIN_RECORD_NAMES_H
#define TOCSIN_RECORD_NAMES_H

#include <stddef.h>

#include "base/str.h"

#define NAMES_N(table) (sizeof(table) / sizeof((table)[0]))

static inline const char *
names_get(const char *const *names, size_t n, unsigned v)
{
    return v < n ? names[v] : "?";
}

/* 0 and *out the index of the word, or -1. Empty words are never meant. */
static inline int
names_find(const char *const *names, size_t n, struct tocsin_str s, unsigned *out)
{
    for (unsigned i = 0; i < n; i++) {
        if (names[i][0] != '\0' && str_eq_z(s, names[i])) {
            *out = i;
            return 0;
        }
    }
    return -1;
}

#endif
