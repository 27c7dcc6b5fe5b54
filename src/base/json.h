/* json - writing JSON without building a tree. Reading is jansson's. */
#ifndef TOCSIN_BASE_JSON_H
#define TOCSIN_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Commas and colons come by themselves. Depth at most 32 (asserted). */
struct json_out {
    struct buf *b;
    uint32_t has_items; /* one bit a level */
    int depth;
    bool after_key;
};

void json_begin(struct json_out *j, struct buf *b);
void json_object(struct json_out *j);
void json_object_end(struct json_out *j);
void json_array(struct json_out *j);
void json_array_end(struct json_out *j);
void json_key(struct json_out *j, const char *key);
void json_str(struct json_out *j, struct tocsin_str s); /* bad UTF-8 becomes U+FFFD */
void json_z(struct json_out *j, const char *z);         /* NULL: null */
void json_i64(struct json_out *j, int64_t v);
void json_id(struct json_out *j, int64_t v); /* as a string, as all ids are */
/* Trailing zeros cut; not finite: null. */
void json_double(struct json_out *j, double v, int decimals);
void json_bool(struct json_out *j, bool v);
void json_null(struct json_out *j);
void json_time(struct json_out *j, int64_t utc_ms); /* RFC 3339 string; 0: null */
/* key and value in one */
void json_kstr(struct json_out *j, const char *key, struct tocsin_str s);
void json_kz(struct json_out *j, const char *key, const char *z);
void json_ki64(struct json_out *j, const char *key, int64_t v);
void json_kbool(struct json_out *j, const char *key, bool v);
void json_ktime(struct json_out *j, const char *key, int64_t utc_ms);
/* The inside of a JSON string, without the quotes. */
int json_escape(struct buf *b, struct tocsin_str s);

#endif
