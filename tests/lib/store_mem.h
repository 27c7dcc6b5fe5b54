/* store_mem - a second store behind store.h, in memory: it shows that the header hides SQL.
 *
 * Tables are arrays that are searched from end to end. Strings live as long as the store; a
 * transaction is a copy of all arrays, put back on rollback.
 */
#ifndef TOCSIN_TESTS_STORE_MEM_H
#define TOCSIN_TESTS_STORE_MEM_H

#include <stdlib.h>

#include "store/store.h"

struct table {
    char *v;
    size_t n, size;
};

struct mem_post {
    struct stored_post p;
    struct tocsin_str said_title, said_text; /* to know an edit, even when the words have gone */
    bool is_whole, is_blank, has_text;
};
struct mem_account {
    struct account a;
    struct author author;
};
struct mem_mention {
    int64_t id, post;
    struct mention m;
};
struct mem_joined {
    int64_t alert, post;
};
struct mem_token {
    struct tocsin_str hash;
    struct token_row t;
};
struct mem_fact {
    struct tocsin_str key, value;
};

enum {
    SOURCES,
    GAPS,
    POSTS,
    PERSONS,
    ACCOUNTS,
    NOTES,
    CASES,
    MENTIONS,
    ALERTS,
    JOINED,
    EVENTS,
    DELIVERIES,
    TOKENS,
    NOTIFIERS,
    FACTS,
    N_TABLES
};

struct store {
    struct arena *arena;
    struct table now[N_TABLES], before[N_TABLES];
    bool is_open; /* a transaction */
    int64_t newest_ms, last_id;
};

/* The rows of one kind, each in turn. */
#define EACH(s, which, type, r) \
    for (type *r = (type *)(s)->now[which].v, *end_##r = r + (s)->now[which].n; r < end_##r; r++)
#define EACH_BACK(s, which, type, r)                                                      \
    for (type *first_##r = (type *)(s)->now[which].v, *r = first_##r + (s)->now[which].n; \
         r-- > first_##r;)

/* A new row, a copy of `row`; aborts without memory: this is a test. */
void *mem_add(struct store *s, int which, const void *row);
void mem_remove(struct store *s, int which, void *row);
struct tocsin_str mem_keep(struct store *s, struct tocsin_str v);
int64_t mem_new_id(struct store *s);
int mem_missing(struct err *err, const char *what, int64_t id);

struct mem_post *mem_post(struct store *s, int64_t id);
struct person *mem_person(struct store *s, int64_t id);

#endif
