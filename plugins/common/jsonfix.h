/* jsonfix - foreign JSON read by jansson after repair. */
#ifndef TOCSIN_PLUGINS_JSONFIX_H
#define TOCSIN_PLUGINS_JSONFIX_H

#include <jansson.h>

#include "slice.h"

/* The document, or NULL and `why` says what and where. Repaired first, because jansson refuses
 * a whole document for them: bad UTF-8, control characters in strings, lone surrogates and
 * \u0000 (both become U+FFFD). */
json_t *jsonfix_load(struct tocsin_str body, char *why, size_t why_room);

/* The string at `key`, or empty. */
struct tocsin_str jsonfix_str(const json_t *object, const char *key);
/* A string or a whole number as text; a number is written to `room` (24 bytes). */
struct tocsin_str jsonfix_id(const json_t *value, char *room);
/* Number, or a string of digits; `dflt` where it is neither. */
int64_t jsonfix_int(const json_t *object, const char *key, int64_t dflt);
/* Touches what jansson sets up on first use. */
void jsonfix_warm_up(void);

#endif
