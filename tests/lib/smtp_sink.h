/* smtp_sink - a mail server on loopback that keeps what it is sent, for tests. */
#ifndef TOCSIN_TESTS_SMTP_SINK_H
#define TOCSIN_TESTS_SMTP_SINK_H

#include <stdbool.h>
#include <stddef.h>

struct smtp_sink;

struct smtp_sink_options {
    const char *user, *password; /* given: AUTH PLAIN and LOGIN are offered and needed */
    const char *at_mail, *at_rcpt, *at_data, *at_end; /* replies instead of success, "550 no" */
    const char *refuse_to;                            /* only this receiver gets at_rcpt */
    bool drops_at_end;                                /* closes before the final reply */
};

struct smtp_sink *smtp_sink_start(const struct smtp_sink_options *o); /* NULL: no socket */
void smtp_sink_stop(struct smtp_sink *s);
int smtp_sink_port(const struct smtp_sink *s);
/* From now on; strings must live as long as the sink. */
void smtp_sink_script(struct smtp_sink *s, const struct smtp_sink_options *o);

size_t smtp_sink_count(struct smtp_sink *s); /* messages taken */
/* "from\nto to\n" and the message, dots unstuffed; to free; NULL: there are fewer. */
char *smtp_sink_message(struct smtp_sink *s, size_t i);
/* How often the right password came. */
int smtp_sink_logins(struct smtp_sink *s);

#endif
