/* feed_mend - a broken XML document made well-formed, item by item. */
#ifndef TOCSIN_RSS_FEED_MEND_H
#define TOCSIN_RSS_FEED_MEND_H

#include "../common/sbuf.h"

struct feed_mended {
    struct sbuf doc;
    unsigned n_damaged; /* items in which text may be lost */
    char damage[200];   /* what happened to the first */
    bool is_cut;        /* the document ended inside an element */
    unsigned cut_item;  /* the item it ended in, from 1; 0: none */
};

/* Never fails on input; -1: no memory. `doc` starts at the root element. */
int feed_mend(struct feed_mended *out, struct tocsin_str doc);

#endif
