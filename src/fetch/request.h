/* request - a plugin's request, copied to live as long as it is needed. */
#ifndef TOCSIN_FETCH_REQUEST_H
#define TOCSIN_FETCH_REQUEST_H

#include <tocsin/plugin.h>

#include "base/arena.h"
#include "base/buf.h"

/* NULL: no memory. Fields beyond r->size are zero. */
const struct tocsin_request *request_copy(struct arena *a, const struct tocsin_request *r);
const struct tocsin_session *session_copy(struct arena *a, const struct tocsin_session *s);
/* Calls fn for every secret part's name until it returns non-zero, which is returned. */
int request_each_secret(const struct tocsin_request *r, int (*fn)(void *ctx, const char *name),
                        void *ctx);
/* "GET", "SMTP", "IMAP_LIST" ... as records write it. */
const char *request_verb(const struct tocsin_request *r);

#endif
