/* email - what the files of the email plugin share. */
#ifndef TOCSIN_PLUGINS_EMAIL_H
#define TOCSIN_PLUGINS_EMAIL_H

#include "../common/sbuf.h"

#define EMAIL_TO_MAX 64
#define EMAIL_ID_MAX 200

/* "Ana Roe <ana@example.com>" or "ana@example.com"; slices of the option. */
struct email_box {
    struct tocsin_str name, address;
};
/* -1: it is no address that a mail server would take. */
int email_box_read(struct email_box *box, const char *text);

struct email_conf {
    struct tocsin_list to;
    const char *from, *url, *user, *subject_prefix;
    struct tocsin_ref password;
};

struct email {
    const struct tocsin_host *h;
    const struct email_conf *conf;
    struct email_box from, to[EMAIL_TO_MAX];
    size_t n_to;
};

/* "<KEY.FIRST@tocsin>": KEY in the characters that an id may hold, FIRST the alert's own time, so
 * that a new store does not give old ids again: mailboxes drop what they have seen. */
void email_put_id(struct sbuf *b, const char *key, const struct tocsin_alert *a);
/* The whole message (RFC 5322), lines ended by CRLF. */
void email_write(struct sbuf *b, const struct email *m, const struct tocsin_alert *a);
/* Text as RFC 2047 wants it in a header; plain where it is plain. */
void email_put_words(struct sbuf *b, struct tocsin_str s);
/* In lines of 76 characters. */
void email_put_base64(struct sbuf *b, struct tocsin_str s);

#endif
