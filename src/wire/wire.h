/* wire - typed fields in length-prefixed frames, between the core and tocsin-host.
 *
 *   core: turn_in -> [frame] -> tocsin-host -> [frame] -> turn_out
 *
 * One function describes a struct for both directions: with a writer it appends *v and changes
 * nothing (constant data may be written), with a reader it fills *v, so that the two cannot
 * drift apart. Integers are little endian. What is
 * read points into the bytes given (no copies); only lists take memory, from the arena.
 * The first fault sticks: everything later is zero, and `failed` says so at the end.
 */
#ifndef TOCSIN_WIRE_WIRE_H
#define TOCSIN_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define WIRE_MAX_FRAME (16u * 1024 * 1024)
#define WIRE_HEAD 4u /* bytes of the length before each frame */

struct wire {
    struct buf *out;      /* writing; NULL: reading */
    struct tocsin_str in; /* reading */
    size_t at;
    struct arena *arena; /* reading: lists */
    bool failed;
};

void wire_writer(struct wire *w, struct buf *out);
void wire_reader(struct wire *w, struct tocsin_str bytes, struct arena *a);
/* Reading: no fault, and nothing is left over. Writing: everything fitted. */
bool wire_is_complete(const struct wire *w);

void wire_u8(struct wire *w, uint8_t *v);
void wire_u32(struct wire *w, uint32_t *v);
void wire_u64(struct wire *w, uint64_t *v);
void wire_i32(struct wire *w, int32_t *v);
void wire_i64(struct wire *w, int64_t *v);
void wire_f64(struct wire *w, double *v);
void wire_bool(struct wire *w, bool *v);   /* a byte other than 0 and 1 is a fault */
void wire_size(struct wire *w, size_t *v); /* at most 2^32 - 1 */
/* More than max bytes is a fault on both sides. */
void wire_str(struct wire *w, struct tocsin_str *v, size_t max);
/* C strings, NULL kept apart from ""; a NUL inside is a fault. */
void wire_z(struct wire *w, const char **v, size_t max);

typedef void wire_item(struct wire *w, void *item);
void wire_list_(struct wire *w, void **v, size_t *n, size_t size, size_t max, wire_item *each);
void wire_optional_(struct wire *w, void **v, size_t size, wire_item *each);

/* A list of at most `max` items: v is a pointer to items, n their number. */
#define WIRE_LIST(w, v, n, max, each)                              \
    do {                                                           \
        void *list_ = (void *)(v);                                 \
        wire_list_((w), &list_, &(n), sizeof *(v), (max), (each)); \
        if (!(w)->out)                                             \
            (v) = list_;                                           \
    } while (0)
/* A pointer to one item, or NULL. */
#define WIRE_OPTIONAL(w, v, each)                         \
    do {                                                  \
        void *item_ = (void *)(v);                        \
        wire_optional_((w), &item_, sizeof *(v), (each)); \
        if (!(w)->out)                                    \
            (v) = item_;                                  \
    } while (0)

/* A frame being built: begin leaves room for its length, end writes it. -1: too long. */
void wire_frame_begin(struct buf *b);
int wire_frame_end(struct buf *b);
/* The length that the four bytes say; -1 over WIRE_MAX_FRAME, or 0. */
int wire_frame_length(const unsigned char head[WIRE_HEAD], size_t *out);

#endif
