/* send - one letter to one notifier: render, fetch, judge, until the judge has spoken. */
#ifndef TOCSIN_DELIVER_SEND_H
#define TOCSIN_DELIVER_SEND_H

#include "deliver/compose.h"
#include "deliver/deliver.h"

/* `n` and `letter` must live until done, which is called once, later, on the loop. */
void send_letter(const struct deliver_options *o, const struct notifier_conf *n,
                 const struct letter *letter, deliver_done done, void *ctx);

#endif
