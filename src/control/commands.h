/* commands - what the CLI may ask to be changed in the store, by name.
 *
 *   alert.ack       {"id","by","comment"} or {"token","by"}
 *   alert.later     {"id","by","for_ms"}
 *   alert.resolve   {"id","by","outcome","comment"}
 *   alert.hold      {"brand","held"}
 *   person.note     {"id","by","text"}
 *   person.segment  {"id","by","segment"}
 *   person.name     {"id","name"}
 *   person.prefer   {"id","preference"}
 *   person.own      {"id","owner"}
 *   person.import   {"file","csv","by"}
 *
 * Ids are strings. Run in the writer's transaction, by the daemon or by the CLI itself when no
 * daemon holds the writer lock.
 */
#ifndef TOCSIN_CONTROL_COMMANDS_H
#define TOCSIN_CONTROL_COMMANDS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "config/config.h"
#include "store/store.h"

bool command_is_known(const char *name);
/* Appends the members of the reply object ("\"alert\":\"7\""), or nothing. */
int command_run(const char *name, const json_t *args, struct store *s, const struct config *c,
                int64_t now_ms, struct buf *reply, struct err *err);

#endif
