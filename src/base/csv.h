/* csv - reading RFC 4180, one record at a time. */
#ifndef TOCSIN_BASE_CSV_H
#define TOCSIN_BASE_CSV_H

#include "base/buf.h"
#include "base/str.h"

#define CSV_MAX_FIELDS 64

struct csv {
    struct tocsin_str rest;
    size_t line; /* of the record read last, from 1 */
    size_t next_line;
    struct buf buf; /* of its fields */
    struct tocsin_str fields[CSV_MAX_FIELDS];
    size_t n_fields;
};

/* A byte order mark is skipped. */
void csv_begin(struct csv *c, struct tocsin_str text);
void csv_end(struct csv *c);
/* 1: a record; 0: the end; -1: an open quote, text behind a closing quote, or too many fields
 * (c->line says where). Fields are good until the next call. Empty lines are skipped. */
int csv_next(struct csv *c);

#endif
