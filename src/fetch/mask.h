/* mask - secret values replaced by *** wherever they would be seen. */
#ifndef TOCSIN_FETCH_MASK_H
#define TOCSIN_FETCH_MASK_H

#include "base/buf.h"

enum { MASK_MIN = 4 }; /* shorter values would blot out ordinary text */

struct masks {
    struct tocsin_str *v; /* own copies, longest first */
    size_t n, cap;
    bool failed; /* no memory: show nothing at all */
};

void masks_free(struct masks *m);
/* The value, and how it looks percent-encoded, inside JSON and in base64. */
void masks_add_secret(struct masks *m, struct tocsin_str value);
void masks_add(struct masks *m, struct tocsin_str exact);
/* Is there anything to hide in s? */
bool masks_hit(const struct masks *m, struct tocsin_str s);
/* Appends s with every value replaced. 0, or -1: buffer full, or the masks are not whole. */
int masks_apply(const struct masks *m, struct tocsin_str s, struct buf *out);

#endif
