/* polite - who may start now: limits and spacing per registrable domain.
 *
 * Pure bookkeeping with the time given; the caller has the timer. A site is the registrable
 * domain, or host:port for addresses and local names.
 */
#ifndef TOCSIN_FETCH_POLITE_H
#define TOCSIN_FETCH_POLITE_H

#include "base/buf.h"
#include "base/str.h"

struct polite;
struct polite_site;

/* Part of what waits for its turn. Zeroed at first. */
struct polite_ticket {
    struct polite_site *site;
    struct polite_ticket *prev, *next;
    bool is_queued, is_running;
    bool is_urgent; /* before the others of its site, and without spacing */
};

struct polite_limits {
    unsigned per_site, in_flight;
    int64_t gap_ms; /* between two starts at one site */
};

struct polite *polite_new(const struct polite_limits *l); /* NULL: no memory */
void polite_free(struct polite *p);

/* Appends the site's name. `*is_local`: an address or a local name. */
int polite_site(struct tocsin_str host, struct tocsin_str port, struct buf *out, bool *is_local);
/* -1: no memory. `is_spaced`: the gap applies to this site. */
int polite_queue(struct polite *p, struct polite_ticket *t, struct tocsin_str site, bool is_spaced,
                 int64_t now_ms);
/* The next that may start, now counted as running; or NULL and *wait_ms until it is worth
 * asking again (-1: when something finishes or is queued). */
struct polite_ticket *polite_next(struct polite *p, int64_t now_ms, int64_t *wait_ms);
/* It has finished (or no longer counts, as a stream that is open), or it is given up. */
void polite_done(struct polite *p, struct polite_ticket *t, int64_t now_ms);
/* Asked to stay away until then. */
int polite_defer(struct polite *p, struct tocsin_str site, int64_t until_ms, int64_t now_ms);
/* Until when; 0: it is not deferred. */
int64_t polite_deferred(const struct polite *p, struct tocsin_str site, int64_t now_ms);

#endif
