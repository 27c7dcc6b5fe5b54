/* init - the text of a first configuration, for `tocsin init`.
 *
 * Pure: asks nothing, writes no file. At most 12 lines, whatever the brands are called.
 */
#ifndef TOCSIN_CONFIG_INIT_H
#define TOCSIN_CONFIG_INIT_H

#include "base/buf.h"
#include "base/err.h"
#include "record/rule.h"

#define INIT_MAX_LINES 12

/* All but brands may be NULL. Secret files are named in the text; the caller writes them. */
struct init_options {
    struct word_list brands;
    const char *site;            /* our own site: its domain is listened for too */
    const char *mail;            /* receiver's address */
    const char *mail_server;     /* smtps://host or smtp://host:587; NULL: the plugin's default */
    const char *mail_from;       /* sender, and the login name with a secret */
    const char *mail_secret;     /* path of the file with the mail password */
    const char *ntfy;            /* topic, or https://server/topic */
    const char *telegram_chat;   /* chat id; needs telegram_secret */
    const char *telegram_secret; /* path of the file with the bot's token */
    const char *state_dir;
};
/* Appends. -1: no brand, or something that cannot stand in a configuration; err says what. */
int init_write(struct buf *out, const struct init_options *o, struct err *err);

/* A scalar as YAML: plain where that is safe in a flow map, else in double quotes. */
int init_scalar(struct buf *out, struct tocsin_str s);

#endif
