/* imap_server - a mailbox on loopback with two or more mails, for tests. */
#ifndef TOCSIN_TESTS_IMAP_SERVER_H
#define TOCSIN_TESTS_IMAP_SERVER_H

#include <stddef.h>

struct imap_server;
struct imap_mail {
    unsigned uid;
    const char *text; /* CRLF lines */
};

/* The mails must live as long as it. NULL: no socket. */
struct imap_server *imap_server_start(const char *user, const char *password,
                                      const struct imap_mail *mails, size_t n);
void imap_server_stop(struct imap_server *s);
int imap_server_port(const struct imap_server *s);
/* All command lines so far; to free. */
char *imap_server_log(struct imap_server *s);

#endif
