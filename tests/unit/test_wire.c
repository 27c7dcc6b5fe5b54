/* test_wire - fields and messages there and back, and bytes that are no message. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/messages.h"
#include "wire/wire_io.h"

static void
assert_str(struct tocsin_str s, const char *z)
{
    if (!str_eq_z(s, z))
        fail_msg("\"%.*s\" instead of \"%s\"", STR_FMT(s), z);
}

static const struct tocsin_field fields[] = { { STR_LIT("ETag"), STR_LIT("W/\"a\"") } };
static const struct tocsin_response response = {
    .size = sizeof response,
    .flags = 1,
    .tag = 9,
    .status = -5,
    .fetched_ms = INT64_MIN,
    .url = "https://example.org/",
    .headers = fields,
    .n_headers = 1,
    .body = STR_LIT("a\0b"),
    .event = STR_LIT("update"),
};
static const struct tocsin_fact facts[] = { { "Why", "swearing" }, { "Who", NULL } };
static const struct tocsin_action actions[] = { { "ack", "Mine", "token" } };
static const struct tocsin_alert alert = {
    .size = sizeof alert,
    .event = 2,
    .id = INT64_MAX,
    .key = "k",
    .thread = "",
    .handle = "h",
    .facts = facts,
    .n_facts = 2,
    .actions = actions,
    .n_actions = 1,
    .priority = 5,
    .step = 2,
    .ring = 3,
    .quote = STR_LIT("never again"),
    .level_word = "Irate",
};
static const char *const words[] = { "one", "two" };
static const struct option_value values[] = {
    { .name = "list", .type = TOCSIN_T_LIST, .values = { words, 2 } }
};
static const struct option_values options = { values, 1 };

/* All of it is constant data: writing must change nothing. */
static void
write_turn_in(struct buf *b)
{
    struct turn_in in = { .call = CALL_JUDGE,
                          .options = &options,
                          .cursor = STR_LIT("c"),
                          .now_ms = 42,
                          .keep_raw = true,
                          .response = &response,
                          .alert = &alert };
    struct wire w;

    buf_reset(b);
    wire_writer(&w, b);
    wire_turn_in(&w, &in, NULL);
    assert_true(wire_is_complete(&w));
}

static void
a_turn_goes_in(void **state)
{
    struct arena *a = arena_new(1u << 20);
    struct turn_in in = { 0 };
    struct tocsin_str bytes;
    struct buf b;
    struct wire w;

    (void)state;
    buf_init(&b, 1u << 20);
    write_turn_in(&b);
    wire_reader(&w, buf_view(&b), a);
    wire_turn_in(&w, &in, &bytes);
    assert_true(wire_is_complete(&w));
    assert_int_equal(in.call, CALL_JUDGE);
    assert_int_equal(in.options->n, 1);
    assert_string_equal(in.options->v[0].values.v[1], "two");
    assert_true(bytes.n > 0);
    assert_str(in.cursor, "c");
    assert_true(in.keep_raw);
    assert_int_equal(in.response->status, -5);
    assert_int_equal(in.response->fetched_ms, INT64_MIN);
    assert_int_equal(in.response->size, sizeof *in.response);
    assert_str(in.response->headers[0].value, "W/\"a\"");
    assert_int_equal(in.response->body.n, 3);
    assert_int_equal(in.alert->id, INT64_MAX);
    assert_string_equal(in.alert->thread, "");
    assert_null(in.alert->who);
    assert_null(in.alert->facts[1].value);
    assert_string_equal(in.alert->actions[0].token, "token");
    assert_string_equal(in.alert->level_word, "Irate");
    buf_free(&b);
    arena_free(a);
}

static void
write_turn_out(struct buf *b)
{
    static const struct tocsin_str tags[] = { STR_LIT("x"), STR_LIT("y") };
    static const struct tocsin_part parts[] = { { .text = STR_LIT("https://e.org/") },
                                                { .kind = 1, .enc = 1, .name = "token" } };
    static const struct tocsin_header headers[] = { { "X", { parts, 2 } } };
    static const char *const to[] = { "a@e.org" };
    static const struct tocsin_request request = {
        .size = sizeof request,
        .kind = 1,
        .flags = 3,
        .tag = 4,
        .url = { parts, 2 },
        .headers = headers,
        .n_headers = 1,
        .to = to,
        .n_to = 1,
        .uid = UINT64_MAX,
        .limit = 6,
    };
    static const struct tocsin_session session = {
        .size = sizeof session,
        .lifetime_s = 60,
        .name = "s",
        .mint = &request,
        .value_at = "/token",
    };
    static const struct tocsin_gap gap = { .size = sizeof gap, .to_ms = 5, .why = "w" };
    static const struct tocsin_answer answer = { .size = sizeof answer, .action = "ack" };
    static const char *const expired[] = { "s" };
    struct post post = { .id = STR_LIT("1"),
                         .kind = POST_REVIEW,
                         .rating = 4.5,
                         .likes = -1,
                         .tags = tags,
                         .n_tags = 2,
                         .author.handle = STR_LIT("ana"),
                         .author.is_bot = true,
                         .text.text = STR_LIT("t") };
    struct turn_out o = { .status = TOCSIN_LIMITED,
                          .why = "slow",
                          .posts = &post,
                          .n_posts = 1,
                          .n_refused = 2,
                          .requests = &request,
                          .n_requests = 1,
                          .sessions = &session,
                          .n_sessions = 1,
                          .expired = expired,
                          .n_expired = 1,
                          .has_cursor = true,
                          .cursor = STR_LIT("c"),
                          .gaps = &gap,
                          .n_gaps = 1,
                          .interval_s = 7,
                          .spent = 8,
                          .is_delivered = true,
                          .handle = STR_LIT("h"),
                          .answers = &answer,
                          .n_answers = 1 };
    struct wire w;

    buf_reset(b);
    wire_writer(&w, b);
    wire_turn_out(&w, &o);
    assert_true(wire_is_complete(&w));
}

static void
a_turn_comes_out(void **state)
{
    struct arena *a = arena_new(1u << 20);
    struct turn_out o = { 0 };
    struct buf b;
    struct wire w;

    (void)state;
    buf_init(&b, 1u << 20);
    write_turn_out(&b);
    wire_reader(&w, buf_view(&b), a);
    wire_turn_out(&w, &o);
    assert_true(wire_is_complete(&w));
    assert_int_equal(o.status, TOCSIN_LIMITED);
    assert_string_equal(o.why, "slow");
    assert_int_equal(o.n_refused, 2);
    assert_int_equal(o.posts[0].kind, POST_REVIEW);
    assert_true(fabs(o.posts[0].rating - 4.5) < 1e-9);
    assert_int_equal(o.posts[0].likes, -1);
    assert_str(o.posts[0].tags[1], "y");
    assert_str(o.posts[0].author.handle, "ana");
    assert_true(o.posts[0].author.is_bot);
    assert_int_equal(o.requests[0].uid, UINT64_MAX);
    assert_string_equal(o.requests[0].headers[0].value.v[1].name, "token");
    assert_string_equal(o.requests[0].to[0], "a@e.org");
    assert_int_equal(o.sessions[0].mint->limit, 6);
    assert_null(o.sessions[0].refresh);
    assert_string_equal(o.expired[0], "s");
    assert_str(o.cursor, "c");
    assert_null(o.partial);
    assert_int_equal(o.gaps[0].to_ms, 5);
    assert_true(o.is_delivered);
    assert_string_equal(o.answers[0].action, "ack");
    buf_free(&b);
    arena_free(a);
}

/* Every cut is noticed, and none reads beyond its end. */
static void
a_cut_message_fails(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1u << 20);
    write_turn_out(&b);
    for (size_t n = 0; n < b.n; n++) {
        struct arena *a = arena_new(1u << 20);
        char *exact = malloc(n ? n : 1); /* so that a sanitizer sees one byte too many */
        struct turn_out o = { 0 };
        struct wire w;

        memcpy(exact, b.p, n);
        wire_reader(&w, (struct tocsin_str){ exact, n }, a);
        wire_turn_out(&w, &o);
        assert_false(wire_is_complete(&w));
        free(exact);
        arena_free(a);
    }
    buf_char(&b, 'x'); /* and so is a byte too many */
    struct arena *a = arena_new(1u << 20);
    struct turn_out o = { 0 };
    struct wire w;

    wire_reader(&w, buf_view(&b), a);
    wire_turn_out(&w, &o);
    assert_false(wire_is_complete(&w));
    arena_free(a);
    buf_free(&b);
}

static void
lies_about_length_fail(void **state)
{
    static const struct tocsin_str lies[] = {
        STR_LIT("\xff\xff\xff\xff"), /* over the maximum */
        STR_LIT("\5\0\0\0abcd"),     /* beyond the end */
        STR_LIT("\3\0\0\0a\0b"),     /* a NUL inside */
        STR_LIT("\3\0\0\0abc"),      /* no NUL at the end */
    };
    const char *z;
    struct wire w;

    (void)state;
    for (size_t i = 0; i < N_ROWS(lies); i++) {
        wire_reader(&w, lies[i], NULL);
        wire_z(&w, &z, 100);
        assert_true(w.failed);
        assert_null(z);
    }
    wire_reader(&w, STR_LIT("\2"), NULL);
    bool b = false;
    wire_bool(&w, &b);
    assert_true(w.failed);
}

static void
frames_cross_a_socket(void **state)
{
    int s[2];
    struct buf out, in;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
    buf_init(&out, 1000);
    buf_init(&in, 1000);
    wire_frame_begin(&out);
    buf_z(&out, "hello");
    assert_int_equal(wire_frame_end(&out), 0);
    assert_int_equal(wire_send(s[0], &out), 0);
    assert_int_equal(wire_receive(s[1], &in, 1000), 1);
    assert_str(buf_view(&in), "hello");
    assert_int_equal(wire_receive(s[1], &in, 0), -1); /* nothing there: time is up */
    assert_int_equal(write(s[0], "\5\0\0\0he", 6), 6);
    close(s[0]);
    assert_int_equal(wire_receive(s[1], &in, 1000), -1); /* cut short */
    assert_int_equal(wire_receive(s[1], &in, 1000), 0);  /* closed */
    close(s[1]);
    buf_free(&out);
    buf_free(&in);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_goes_in),        cmocka_unit_test(a_turn_comes_out),
        cmocka_unit_test(a_cut_message_fails),   cmocka_unit_test(lies_about_length_fail),
        cmocka_unit_test(frames_cross_a_socket),
    };

    return RUN_TESTS(tests);
}
