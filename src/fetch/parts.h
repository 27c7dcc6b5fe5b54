/* parts - URL, header values and bodies put together from text and secrets. */
#ifndef TOCSIN_FETCH_PARTS_H
#define TOCSIN_FETCH_PARTS_H

#include <tocsin/plugin.h>

#include "base/buf.h"
#include "base/err.h"
#include "fetch/mask.h"

struct parts_filler {
    /* The value of a secret option or session of the asker; p NULL: there is none. */
    struct tocsin_str (*find_secret)(void *ctx, const char *name);
    void *ctx;
    const struct tocsin_str *body; /* finished; NULL while it is being made */
    struct masks *masks;           /* gets all that must not be seen */
};

bool parts_have_secret(struct tocsin_parts p);
/* Appends. ERR_DENIED: a secret that is not the asker's; ERR_DATA: an unknown part. */
int parts_fill(struct buf *out, struct tocsin_parts p, const struct parts_filler *how,
               struct err *err);
/* Nothing in a header's value may end its line. */
bool parts_is_header_value(struct tocsin_str v);
bool parts_is_token(const char *name); /* RFC 9110: header names, methods */

#endif
