/* telegram - what the files of the telegram plugin share. */
#ifndef TOCSIN_PLUGINS_TELEGRAM_H
#define TOCSIN_PLUGINS_TELEGRAM_H

#include <jansson.h>

#include "../common/slice.h"

struct telegram_conf {
    struct tocsin_ref token;
    const char *chat, *server;
};

struct telegram {
    const struct tocsin_host *h;
    const struct telegram_conf *conf;
    struct tocsin_str server; /* without the last slash */
};

/* One call of the bot API; `doc` is given up. */
int telegram_ask(const struct telegram *g, struct tocsin_turn *t, const char *method, uint32_t tag,
                 json_t *doc);
/* OK where the API said ok; else why was recorded: return the status. */
int telegram_check(const struct telegram *g, struct tocsin_turn *t, const struct tocsin_response *r,
                   const json_t *doc);

/* The arguments of sendMessage; NULL: no memory. */
json_t *telegram_message(const struct telegram *g, const struct tocsin_alert *a);

/* struct tocsin_notifier's poll and answers */
int telegram_poll(void *self, struct tocsin_turn *t);
int telegram_answers(void *self, struct tocsin_turn *t, const struct tocsin_response *r);

/* The letter that stands for an action in a button, 0: none; and back, NULL: none. */
char telegram_letter(const char *action);
const char *telegram_action(char letter);

#endif
