/* SMTP and IMAP against servers of our own on loopback. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "fetch/imap_answer.h"
#include "lib/fetch_fix.h"
#include "lib/imap_server.h"
#include "lib/smtp_sink.h"

static struct fetch_fix x;

static void
silent(void *ctx, enum log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static int
setup(void **state)
{
    (void)state;
    fix_open(&x, NULL);
    log_set_sink(silent, NULL);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    fix_close(&x);
    log_set_sink(NULL, NULL);
    return 0;
}

/* ---- SMTP -------------------------------------------------------------------------- */

static const char *const receivers[] = { "ana@example.com", "ben@example.com" };
static const char message[] =
    "Subject: ring\r\nFrom: t@example.com\r\n\r\nfirst\n.\n..dots\r\nlast\r\n";

static void
send_mail_to(const char *host, struct smtp_sink *s, const char *user, uint32_t flags, struct got *g)
{
    char url[64];
    snprintf(url, sizeof url, "smtp://%s:%d", host, smtp_sink_port(s));
    struct tocsin_part u[] = { { .text = { url, strlen(url) } } };
    struct tocsin_part b[] = { { .text = { message, sizeof message - 1 } } };
    struct tocsin_request r = { .size = sizeof r,
                                .kind = TOCSIN_REQ_SMTP,
                                .flags = flags,
                                .url = PARTS(u),
                                .body = PARTS(b),
                                .from = "tocsin@example.com",
                                .to = receivers,
                                .n_to = 2,
                                .user = user,
                                .password = user ? "password" : NULL };
    got_free(g);
    fix_do(&x, &r, NULL, g);
}

static void
send_mail(struct smtp_sink *s, const char *user, uint32_t flags, struct got *g)
{
    send_mail_to("127.0.0.1", s, user, flags, g);
}

static void
delivers_to_all_receivers(void **state)
{
    struct smtp_sink *s = smtp_sink_start(NULL);
    struct got g = { 0 };

    (void)state;
    send_mail(s, NULL, 0, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(g.status, 250);
    assert_int_equal(smtp_sink_count(s), 1);
    char *m = smtp_sink_message(s, 0);
    assert_string_equal(m, "tocsin@example.com\nana@example.com ben@example.com \n"
                           "Subject: ring\nFrom: t@example.com\n\nfirst\n.\n..dots\nlast\n");
    free(m);
    send_mail(s, NULL, 0, &g);
    assert_int_equal(smtp_sink_count(s), 2);
    got_free(&g);
    smtp_sink_stop(s);
}

/* The default server works as it stands; other private addresses want a word. */
static void
reaches_the_own_mail_server(void **state)
{
    static const char *const hosts[] = { "localhost", "127.0.0.1" };
    struct smtp_sink *s = smtp_sink_start(NULL);
    struct got g = { 0 };

    (void)state;
    fix_close(&x);
    fix_open(&x, &(struct fetch_options){ .allow_private = false });
    x.who.hosts = (struct word_list){ hosts, 2 };
    send_mail_to("localhost", s, NULL, 0, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    send_mail_to("127.0.0.1", s, NULL, 0, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
    assert_int_equal(smtp_sink_count(s), 1);
    got_free(&g);
    smtp_sink_stop(s);
}

static void
logs_in(void **state)
{
    struct smtp_sink_options o = { .user = "me", .password = "open sesame" };
    struct smtp_sink *s = smtp_sink_start(&o);
    struct got g = { 0 };

    (void)state;
    send_mail(s, "me", 0, &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(smtp_sink_logins(s), 1);
    send_mail(s, "you", 0, &g);
    assert_int_equal(g.outcome, FETCH_DENIED);
    assert_int_equal(g.status, 535);
    assert_null(strstr(g.why, "sesame"));
    send_mail(s, NULL, 0, &g);
    assert_int_equal(g.outcome, FETCH_DENIED);
    assert_int_equal(g.status, 530);
    assert_int_equal(smtp_sink_count(s), 1);
    got_free(&g);
    smtp_sink_stop(s);
}

static void
says_what_the_server_said(void **state)
{
    static const struct {
        struct smtp_sink_options o;
        int status;
    } rows[] = {
        { { .at_mail = "451 4.3.0 later" }, 451 },
        { { .at_rcpt = "550 5.1.1 no such user" }, 550 },
        { { .at_rcpt = "550 5.1.1 no such user", .refuse_to = "ben" }, 550 },
        { { .at_data = "554 5.0.0 no" }, 554 },
        { { .at_end = "554 5.7.1 smells of spam" }, 554 },
        { { .at_end = "452 4.2.2 full" }, 452 },
    };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct smtp_sink *s = smtp_sink_start(&rows[i].o);
        send_mail(s, NULL, 0, &g);
        if (g.outcome != FETCH_FAILED || g.status != rows[i].status)
            fail_msg("row %zu: outcome %d status %d %s", i, (int)g.outcome, g.status, g.why);
        send_mail(s, NULL, TOCSIN_REQ_ANY_STATUS, &g);
        assert_int_equal(g.outcome, FETCH_OK);
        assert_int_equal(g.status, rows[i].status);
        assert_int_equal(smtp_sink_count(s), 0);
        smtp_sink_stop(s);
    }
    struct smtp_sink *s = smtp_sink_start(&(struct smtp_sink_options){ .drops_at_end = true });
    send_mail(s, NULL, TOCSIN_REQ_ANY_STATUS, &g); /* no final 250: not delivered */
    assert_int_equal(g.outcome, FETCH_FAILED);
    smtp_sink_stop(s);
    got_free(&g);
}

static void
refuses_bad_envelopes(void **state)
{
    static const char *const bad[] = { "a@b\r\nRCPT TO:<c@d>", "a b@c", "<a@b>", "" };
    struct tocsin_part u[] = { PART_TEXT("smtp://127.0.0.1:1") };
    struct got g = { 0 };

    (void)state;
    for (size_t i = 0; i < N_ROWS(bad); i++) {
        struct tocsin_request r = { .size = sizeof r,
                                    .kind = TOCSIN_REQ_SMTP,
                                    .url = PARTS(u),
                                    .from = "a@b",
                                    .to = &bad[i],
                                    .n_to = 1 };
        fix_do(&x, &r, NULL, &g);
        assert_int_equal(g.outcome, FETCH_REFUSED);
    }
    struct tocsin_part http[] = { PART_TEXT("http://127.0.0.1:1") };
    struct tocsin_request r = { .size = sizeof r,
                                .kind = TOCSIN_REQ_SMTP,
                                .url = PARTS(http),
                                .from = "a@b",
                                .to = receivers,
                                .n_to = 1 };
    fix_do(&x, &r, NULL, &g);
    assert_int_equal(g.outcome, FETCH_REFUSED);
}

/* ---- IMAP -------------------------------------------------------------------------- */

#define MAIL "Subject: x\r\n\r\n* 9 FETCH (BODY[] {3}\r\nA004 OK no\r\n\r\nend\r\n"
static const struct imap_mail mails[] = { { 3, "Subject: a\r\n\r\nhello\r\n" },
                                          { 5, "Subject: b\r\n\r\nlonger\r\n)\r\n" },
                                          { 9, "Subject: c\r\n\r\n" } };

static void
ask(struct imap_server *s, uint32_t kind, uint64_t uid, uint32_t limit, const char *user,
    struct got *g)
{
    char url[64];
    snprintf(url, sizeof url, "imap://127.0.0.1:%d", imap_server_port(s));
    struct tocsin_part u[] = { { .text = { url, strlen(url) } } };
    struct tocsin_request r = { .size = sizeof r,
                                .kind = kind,
                                .url = PARTS(u),
                                .uid = uid,
                                .limit = limit,
                                .folder = "Some Box",
                                .user = user,
                                .password = "password" };
    got_free(g);
    fix_do(&x, &r, NULL, g);
}

static void
lists_and_fetches_mail(void **state)
{
    struct imap_server *s = imap_server_start("me", "open sesame", mails, 3);
    struct got g = { 0 };

    (void)state;
    ask(s, TOCSIN_REQ_IMAP_LIST, 0, 0, "me", &g);
    assert_int_equal(g.outcome, FETCH_OK);
    assert_int_equal(g.status, 200);
    assert_string_equal(g.body, "UIDVALIDITY 77\n3\n5\n9\n");
    ask(s, TOCSIN_REQ_IMAP_LIST, 3, 1, "me", &g);
    assert_string_equal(g.body, "UIDVALIDITY 77\n5\n");
    ask(s, TOCSIN_REQ_IMAP_LIST, 9, 0, "me", &g);
    assert_string_equal(g.body, "UIDVALIDITY 77\n");
    for (size_t i = 0; i < N_ROWS(mails); i++) {
        ask(s, TOCSIN_REQ_IMAP_FETCH, mails[i].uid, 0, "me", &g);
        assert_int_equal(g.outcome, FETCH_OK);
        assert_string_equal(g.body, mails[i].text);
    }
    ask(s, TOCSIN_REQ_IMAP_FETCH, 4, 0, "me", &g);
    assert_int_equal(g.outcome, FETCH_GONE);
    char *log = imap_server_log(s);
    assert_non_null(strstr(log, "SELECT \"Some Box\""));
    assert_non_null(strstr(log, "BODY.PEEK[]"));
    assert_null(strstr(log, "STORE"));
    free(log);
    ask(s, TOCSIN_REQ_IMAP_LIST, 0, 0, "you", &g);
    assert_int_equal(g.outcome, FETCH_DENIED);
    assert_null(strstr(g.why, "sesame"));
    got_free(&g);
    imap_server_stop(s);
}

static void
reads_imap_answers(void **state)
{
    struct buf b;
    struct tocsin_str mail;
    const char fetched[] = "* 1 FETCH (UID 5 BODY[] {48}\r\n" MAIL ")\r\nA005 OK\r\n";

    (void)state;
    buf_init(&b, 1000);
    assert_int_equal(
        imap_answer_list(&b, str_z("* SEARCH 9 x 99999999999999999999999 4\r\n* SEARCH 1"), 2, 9),
        0);
    assert_string_equal(buf_cstr(&b), "UIDVALIDITY 0\n4\n9\n");
    buf_free(&b);
    assert_int_equal(imap_answer_mail(&mail, str_z(fetched)), 0);
    assert_int_equal(mail.n, 48);
    assert_int_equal(imap_answer_mail(&mail, str_z("* 1 FETCH (UID 5 BODY[] {5000}\r\nab")), -1);
    assert_int_equal(imap_answer_mail(&mail, str_z("* OK\r\nA OK\r\n")), 1);
    assert_int_equal(imap_answer_mail(&mail, str_z("* 1 FETCH (}\r\n")), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(delivers_to_all_receivers),
        T(reaches_the_own_mail_server),
        T(logs_in),
        T(says_what_the_server_said),
        T(refuses_bad_envelopes),
        T(lists_and_fetches_mail),
        cmocka_unit_test(reads_imap_answers),
    };
    return RUN_TESTS(tests);
}
