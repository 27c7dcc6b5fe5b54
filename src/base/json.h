/* json - writing JSON without building a tree. Reading is jansson's, whose names begin with
 * json_; ours begin with jout_. */
#ifndef TOCSIN_BASE_JSON_H
#define TOCSIN_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Commas and colons come by themselves. Depth at most 32 (asserted). */
struct jout {
    struct buf *b;
    uint32_t has_items; /* one bit a level */
    int depth;
    bool after_key;
};

void jout_begin(struct jout *j, struct buf *b);
void jout_object(struct jout *j);
void jout_object_end(struct jout *j);
void jout_array(struct jout *j);
void jout_array_end(struct jout *j);
void jout_key(struct jout *j, const char *key);
void jout_str(struct jout *j, struct tocsin_str s); /* bad UTF-8 becomes U+FFFD */
void jout_z(struct jout *j, const char *z);         /* NULL: null */
void jout_i64(struct jout *j, int64_t v);
void jout_id(struct jout *j, int64_t v); /* as a string, as all ids are */
/* Trailing zeros cut; not finite: null. */
void jout_double(struct jout *j, double v, int decimals);
void jout_bool(struct jout *j, bool v);
void jout_null(struct jout *j);
void jout_time(struct jout *j, int64_t utc_ms); /* RFC 3339 string; 0: null */
/* key and value in one */
void jout_kstr(struct jout *j, const char *key, struct tocsin_str s);
void jout_kz(struct jout *j, const char *key, const char *z);
void jout_ki64(struct jout *j, const char *key, int64_t v);
void jout_kbool(struct jout *j, const char *key, bool v);
void jout_ktime(struct jout *j, const char *key, int64_t utc_ms);
/* The inside of a JSON string, without the quotes. */
int jout_escape(struct buf *b, struct tocsin_str s);

#endif
