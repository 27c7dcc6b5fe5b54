/* test_prefilter - random rules on random texts: the prefilter changes nothing; and regexes
 * that could run for ever are unsure, never missed. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "match/ruleset.h"
#include "normalise/normalise.h"
#include "unit.h"

static uint64_t seed = 42;

static uint32_t
draw(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % n;
}

static const char *const words[] = {
    "a",
    "ab",
    "abc",
    "abcd",
    "abcde",
    "bcde",
    "refund",
    "fund",
    "re\u200Bfund",
    "Acme",
    "\u0430cme",
    "acmes",
    "#acme",
    "@acme",
    "x#acme",
    "c++",
    "wom\u0435n",
    "woman",
    "caf\u00E9",
    "cafe\u0301",
    "o\uFB03ce",
    "\u9000\u6B3E",
    "\u6211\u8981\u9000\u6B3E\u4E86",
    "\u0432\u043E\u0442",
    "\u0432\u043E\u0437\u0432\u0440\u0430\u0442",
    "a\u0432\u043E\u0442",
    "\u0E44\u0E21\u0E48",
    "\uD658\uBD88\uC774",
    "don\u2019t",
    "don't",
    "stra\u00DFe",
    "no",
    "reply",
    "U.S.",
    "_x",
    "\u00C9t\u00E9",
    "\uFF76\uFF9E",
};
static const char *const patterns[] = {
    "re.?fund",
    "\\ba\\w+",
    "(?:abc|bcd)e?",
    "\u0432\u043E\u0442",
    "\u0432\u043E\u0437\\w+",
    "caf\u00E9s?",
    "[ab]{2}c",
    "(a|b)c",
    "x?acme",
    "fund|\u9000",
    "\u00E9t\u00E9",
    "d(?!z)on.t",
    "\\.",
    "ca(?#note)fe?",
    "o+f",
    "(re){1,2}fund",
    "\\x41cme",
    "(?i:ACME)s",
    "^a",
    "\u00C9",
};

static void
add_word(struct buf *b)
{
    buf_z(b, words[draw(N_ROWS(words))]);
}

static void
add_term(struct buf *b)
{
    switch (draw(8)) {
    case 0:
        buf_z(b, "\"");
        add_word(b);
        buf_z(b, " ");
        add_word(b);
        buf_z(b, "\"");
        break;
    case 1:
        buf_fmt(b, "/%s/%s", patterns[draw(N_ROWS(patterns))], draw(2) ? "i" : "");
        break;
    case 2:
        buf_z(b, "raw:\"");
        add_word(b);
        buf_z(b, "\"");
        break;
    case 3:
        buf_z(b, draw(2) ? "re*" : "*cm*");
        break;
    default:
        add_word(b);
    }
}

static void
add_query(struct buf *b, int depth)
{
    static const char *const joints[] = { " AND ",    " OR ",       " ",           " NOT ",
                                          " NEAR/2 ", " SENTENCE ", " NOT NEAR/1 " };
    if (depth == 0 || draw(3) == 0) {
        add_term(b);
        return;
    }
    buf_z(b, draw(6) ? "(" : draw(2) ? "title:(" : "text:(");
    add_query(b, depth - 1);
    buf_z(b, joints[draw(7)]);
    add_query(b, depth - 1);
    buf_z(b, ")");
}

static void
add_text(struct buf *b)
{
    static const char *const gaps[] = {
        " ", " ", " ", ", ", ". ", "\n\n", "", "-", "\u2014", "! "
    };
    for (uint32_t n = draw(12); n > 0; n--) {
        add_word(b);
        buf_z(b, gaps[draw(10)]);
    }
}

static void
assert_same(const struct match_result *a, const struct match_result *b, const char *text)
{
    if (a->n != b->n)
        fprintf(stderr, "# %zu and %zu rules on: %s\n", a->n, b->n, text);
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->v[i].index, b->v[i].index);
        assert_int_equal(a->v[i].n_hits, b->v[i].n_hits);
        for (size_t k = 0; k < a->v[i].n_hits; k++) {
            assert_int_equal(a->v[i].hits[k].field, b->v[i].hits[k].field);
            assert_int_equal(a->v[i].hits[k].begin, b->v[i].hits[k].begin);
            assert_int_equal(a->v[i].hits[k].end, b->v[i].hits[k].end);
        }
    }
}

enum { N_RULES = 400, N_POSTS = 300 };

static void
test_changes_nothing(void **state)
{
    static struct rule_def rules[N_RULES];
    struct rule_defs defs = { .rules = rules };
    struct arena *all = arena_new(64 << 20), *a = arena_new(64 << 20);
    struct match_scratch *s = match_scratch_new();
    struct ruleset *r;
    struct err err;
    (void)state;
    for (size_t i = 0; i < N_RULES; i++) {
        struct buf b;
        buf_init(&b, 1 << 16);
        add_query(&b, 2);
        rules[defs.n_rules] = (struct rule_def){ .id = "r" };
        rules[defs.n_rules].query = arena_z(all, buf_view(&b));
        if (query_check(rules[defs.n_rules].query, NULL, &err) == 0)
            defs.n_rules++; /* NOT has no place to be near */
        buf_free(&b);
    }
    assert_true(defs.n_rules > N_RULES / 2);
    assert_int_equal(ruleset_new(&r, &defs, NULL, NULL, &err), 0);
    for (size_t i = 0; i < N_POSTS; i++) {
        struct match_result fast, plain;
        struct buf title, text;
        buf_init(&title, 1 << 16);
        buf_init(&text, 1 << 16);
        add_text(&title);
        add_text(&text);
        struct post p = { .title = { .text = buf_view(&title) },
                          .text = { .text = buf_view(&text) } };
        arena_reset(a);
        assert_int_equal(normalise_post(&p, a, &err), 0);
        assert_int_equal(match_post(r, s, &p, 0, a, &fast, &err), 0);
        assert_int_equal(match_post_plain(r, s, &p, 0, a, &plain, &err), 0);
        assert_same(&fast, &plain, buf_cstr(&text));
        buf_free(&title);
        buf_free(&text);
    }
    ruleset_free(r);
    match_scratch_free(s);
    arena_free(a);
    arena_free(all);
}

static const char *const slow[] = {
    "(a+)+b",
    "(a*)*b",
    "(a|aa)+b",
    "(a|a)*b",
    "(.*)*b",
    "(.*)+b",
    "a*a*b",
    "a*a*a*b",
    "\\w*\\w*b",
    "(?:a?){30}a{30}b",
    "(a+){2,}b",
    "([a-z]+)*b",
    "(?:a+a+)+b",
    "(x+x+)+y|aab",
    "(a|b|ab)*b",
    "(\\w+\\s?)*b",
    "(?s).*.*aab",
    "(\\w+)\\s\\1*b",
    "((a{1,9}){1,9}){1,9}b",
    "a.*a.*a.*a.*aab",
};

/* The match is there, behind 50 KB that bait each pattern. */
static void
test_slow_regexes_are_not_missed(void **state)
{
    struct buf text;
    (void)state;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 50000; i++)
        buf_char(&text, 'a');
    buf_z(&text, "! aab a ab b");
    for (size_t i = 0; i < N_ROWS(slow); i++) {
        char regex[128];
        struct rule_def rule = { .id = "r" };
        struct rule_defs defs = { .rules = &rule, .n_rules = 1 };
        struct arena *a = arena_new(64 << 20);
        struct match_scratch *s = match_scratch_new();
        struct ruleset *r;
        struct match_result m;
        struct err err = { 0 };
        struct post p = { .text = { .text = buf_view(&text) } };
        snprintf(regex, sizeof(regex), "/%s/", slow[i]);
        rule.regex = regex;
        if (ruleset_new(&r, &defs, NULL, NULL, &err))
            fail_msg("%s: %s", regex, err.msg);
        assert_int_equal(normalise_post(&p, a, &err), 0);
        assert_int_equal(match_post(r, s, &p, 0, a, &m, &err), 0);
        if (m.n != 1)
            fprintf(stderr, "# missed: %s\n", regex);
        assert_int_equal(m.n, 1);
        assert_true(m.v[0].n_hits > 0);
        assert_int_equal(m.v[0].is_unsure, m.v[0].hits[0].is_unsure);
        ruleset_free(r);
        match_scratch_free(s);
        arena_free(a);
    }
    buf_free(&text);
}

/* A match at every place of a long text: beside, across and behind the windows' borders. */
static void
test_windows(void **state)
{
    (void)state;
    for (size_t at = 0; at < 60000; at += 997) {
        char *p = malloc(60100);
        memset(p, '.', 60100);
        memcpy(p + at, "needle-42", 9);
        struct rule_def rule = { .id = "r", .regex = "/needle-\\d+/" };
        struct rule_defs defs = { .rules = &rule, .n_rules = 1 };
        struct arena *a = arena_new(64 << 20);
        struct match_scratch *s = match_scratch_new();
        struct ruleset *r;
        struct match_result m;
        struct err err;
        struct post post = { .text = { .text = { p, 60100 } } };
        assert_int_equal(ruleset_new(&r, &defs, NULL, NULL, &err), 0);
        assert_int_equal(normalise_post(&post, a, &err), 0);
        assert_int_equal(match_post(r, s, &post, 0, a, &m, &err), 0);
        assert_int_equal(m.n, 1);
        assert_int_equal(m.v[0].n_hits, 1);
        assert_int_equal(m.v[0].hits[0].begin, at);
        assert_int_equal(m.v[0].hits[0].end, at + 9);
        ruleset_free(r);
        match_scratch_free(s);
        arena_free(a);
        free(p);
    }
}

/* Rules of other sources, languages and days are left out; order is that of definition. */
static void
test_filters(void **state)
{
    static const char *const hn[] = { "hn" }, *const en[] = { "en" }, *const de[] = { "de" };
    struct rule_def rules[] = {
        { .id = "0", .query = "acme", .sources = { hn, 1 } },
        { .id = "1", .query = "acme", .langs = { de, 1 } },
        { .id = "2", .query = "acme", .langs = { en, 1 } },
        { .id = "3", .query = "acme", .until_ms = 1000 },
        { .id = "4", .query = "acme", .from_ms = 1000 },
        { .id = "5", .query = "NOT zeta" },
    };
    struct brand_def brand = { .name = "acme" };
    struct rule_defs defs = { &brand, 1, rules, N_ROWS(rules) };
    struct arena *a = arena_new(64 << 20);
    struct match_scratch *s = match_scratch_new();
    struct ruleset *r;
    struct match_result m;
    struct err err;
    struct post p = { .source = STR_LIT("hn"),
                      .lang = STR_LIT("en-US"),
                      .text = { .text = STR_LIT("acme") } };
    (void)state;
    assert_int_equal(ruleset_new(&r, &defs, NULL, NULL, &err), 0);
    assert_int_equal(normalise_post(&p, a, &err), 0);
    assert_int_equal(match_post(r, s, &p, 2000, a, &m, &err), 0);
    assert_int_equal(m.n, 5);
    assert_true(m.v[0].is_brand);
    static const size_t want[] = { 0, 0, 2, 4, 5 };
    for (size_t i = 0; i < m.n; i++)
        assert_int_equal(m.v[i].index, want[i]);
    assert_int_equal(m.v[4].n_hits, 0);
    ruleset_free(r);
    match_scratch_free(s);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_nothing),
        cmocka_unit_test(test_slow_regexes_are_not_missed),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_filters),
    };
    return RUN_TESTS(tests);
}
