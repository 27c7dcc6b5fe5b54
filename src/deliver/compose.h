/* compose - an alert as a notifier gets it: headline, facts, actions with their tokens.
 *
 * Reads the store and adds tokens, so it runs in the writer's transaction, when a delivery is
 * claimed.
 */
#ifndef TOCSIN_DELIVER_COMPOSE_H
#define TOCSIN_DELIVER_COMPOSE_H

#include <tocsin/plugin.h>

#include "config/config.h"
#include "record/alert.h"
#include "store/store.h"

/* A claimed delivery and what it says; all in the arena. */
struct letter {
    struct delivery delivery;
    struct tocsin_alert alert;
};
int compose_letter(struct store *s, const struct config *c, const struct delivery *d,
                   int64_t now_ms, struct arena *a, struct letter *out, struct err *err);
/* "Irate: Jane Roe on forum.example.com: “I want my money back”", at most `max` characters. */
const char *compose_headline(const struct alert *al, const struct person *p,
                             const struct mention_row *m, size_t max, struct arena *a);

#endif
