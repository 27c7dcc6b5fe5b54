/* test_match - queries and regexes against texts, and what is said of bad ones. */
#include "match/explain.h"
#include "match/match.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "match/ruleset.h"
#include "normalise/normalise.h"
#include "unit.h"

static struct post
sample(const char *title, const char *text, struct arena *a)
{
    struct post p = { .source = STR_LIT("hn"),
                      .service = STR_LIT("hackernews"),
                      .id = STR_LIT("1"),
                      .url = STR_LIT("https://news.example.co.uk/story/42"),
                      .lang = STR_LIT("en-GB"),
                      .kind = POST_REVIEW,
                      .rating = 2 };
    struct err err;
    static const struct tocsin_str tags[] = { STR_LIT("billing"), STR_LIT("#Help") };
    p.author =
        (struct author){ .handle = STR_LIT("@Ana"), .name = STR_LIT("Ana Li"), .followers = 1500 };
    p.tags = tags;
    p.n_tags = N_ROWS(tags);
    p.title.text = str_z(title);
    p.text.text = str_z(text);
    assert_int_equal(normalise_post(&p, a, &err), 0);
    return p;
}

/* "title:a|b" of the hits' texts in order, "?" for unsure, "-" for none. */
static void
show(struct buf *b, const struct post *p, const struct match_result *m)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct matched *v = &m->v[i];
        if (v->n_hits == 0)
            buf_z(b, "yes");
        for (size_t k = 0; k < v->n_hits; k++) {
            const struct hit *h = &v->hits[k];
            const struct text *t = h->field == FIELD_TITLE ? &p->title : &p->text;
            buf_z(b, k ? "|" : "");
            buf_z(b, h->is_unsure ? "?" : "");
            buf_z(b, h->field == FIELD_TITLE ? "title:" : "");
            buf_str(b, str_sub(t->text, h->begin, h->end));
        }
    }
    if (m->n == 0)
        buf_z(b, "-");
}

static void
match_one(struct buf *b, const struct rule_defs *defs, const char *title, const char *text)
{
    struct arena *a = arena_new(64 << 20);
    struct match_scratch *s = match_scratch_new();
    struct ruleset *r = NULL;
    struct match_result m, plain;
    struct err err = { 0 };
    struct post p = sample(title, text, a);
    struct buf other;

    if (ruleset_new(&r, defs, NULL, NULL, &err)) {
        buf_z(b, err.msg);
    } else {
        buf_init(&other, 1 << 20);
        assert_int_equal(match_post(r, s, &p, 0, a, &m, &err), 0);
        show(b, &p, &m);
        assert_int_equal(match_post_plain(r, s, &p, 0, a, &plain, &err), 0);
        show(&other, &p, &plain);
        assert_string_equal(buf_cstr(b), buf_cstr(&other));
        buf_free(&other);
    }
    ruleset_free(r);
    match_scratch_free(s);
    arena_free(a);
}

static void
expect(const char *query, const char *title, const char *text, const char *want)
{
    struct buf b;
    struct rule_def rule = { .id = "r", .pattern_at = { "rules.yaml", 3, 10 } };
    if (query[0] == '/')
        rule.regex = query;
    else
        rule.query = query;
    struct rule_defs defs = { .rules = &rule, .n_rules = 1 };
    buf_init(&b, 1 << 20);
    match_one(&b, &defs, title, text);
    if (strcmp(buf_cstr(&b), want) != 0)
        fprintf(stderr, "# %s on \"%s\": want %s, got %s\n", query, text, want, buf_cstr(&b));
    assert_string_equal(buf_cstr(&b), want);
    buf_free(&b);
}

struct row {
    const char *query, *text, *want;
};

static void
expect_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect(rows[i].query, "", rows[i].text, rows[i].want);
}

static void
test_words(void **state)
{
    static const struct row rows[] = {
        { "acme", "I like Acme.", "Acme" },
        { "acme", "acmes and acmeology", "-" },
        { "acme", "Acme's #acme @acme ACME-made", "Acme|acme|acme|ACME" },
        { "acme", "acme_x", "-" },
        { "#acme", "acme #Acme #acmefail x#acme", "#Acme" },
        { "@acme", "@acme me@acme.com @acmetoo", "@acme" },
        { "x", "x marks", "x" },
        { "hp", "my HP, php, hp", "HP|hp" },
        { "ibm", "IBM or ibms", "IBM" },
        { "c++", "c++ and C+", "c++" },
        { "at&t", "AT&T is down", "AT&T" },
        { "don't", "I don\u2019t", "don\u2019t" },
        { "don\u2019t", "I don't", "don't" },
        { "don't", "I don\u00B4t", "don\u00B4t" },
        { "refund", "re\u200Bfund", "re\u200Bfund" },
        { "acme", "\u0430cme!", "\u0430cme" },
        { "\u0430cme", "acme!", "acme" },
        { "caf\u00E9", "CAFE\u0301 x", "CAF\u00C9" },
        { "office", "o\uFB03ce", "o\uFB03ce" },
        { "acme*", "acmes acmefail #acmeX tacme", "acmes|acmefail|acmeX" },
        { "*acme", "tacme acme acmes", "tacme|acme" },
        { "*cm*", "tacmes x", "tacmes" },
        { "wom?n", "woman women womn womaan", "woman|women" },
        { "what?", "what then", "what" },
        { "acme.com", "see acme.com, acme-com", "acme.com" },
        { "\\*acme", "*acme", "*acme" },
        { "~tocsin", "tocsin tosin toxin tocsni tocsins toast", "tocsin|tosin|tocsni|tocsins" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
}

static void
test_phrases(void **state)
{
    static const struct row rows[] = {
        { "\"no reply\"", "No reply, no  reply, no-reply", "No reply|no  reply|no-reply" },
        { "\"no reply\"", "noreply no one replied", "-" },
        { "\u201Cno reply\u201D", "no\nreply", "no\nreply" },
        { "\"no reply\"", "no\n\nreply", "-" },
        { "\"refus* refund\"", "refused refund", "refused refund" },
        { "\"acme, inc.\"", "Acme Inc", "Acme Inc" },
        { "\"no * reply\"", "no damn reply", "no damn reply" },
        { "\"call @acme\"", "call @acme", "call @acme" },
        { "\"the the\"", "the the the", "the the" },
        { "\"a b a c\"", "a b a b a c", "a b a c" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
}

static void
test_logic(void **state)
{
    static const struct row rows[] = {
        { "acme AND refund", "acme refund", "acme|refund" },
        { "acme refund", "refund acme", "refund|acme" },
        { "acme refund", "acme only", "-" },
        { "acme OR refund", "refund", "refund" },
        { "acme NOT college", "acme college", "-" },
        { "acme NOT college", "acme school", "acme" },
        { "acme AND NOT college", "acme school", "acme" },
        { "acme -college", "acme college", "-" },
        { "acme -college", "acme", "acme" },
        { "a b OR c d", "c d", "c|d" },
        { "(a OR b) (c OR d)", "b d", "b|d" },
        { "NOT acme", "nothing here", "yes" },
        { "NOT acme", "acme", "-" },
        { "NOT (acme OR zeta)", "zeta", "-" },
        { "acme OR NOT zeta", "x", "yes" },
        { "\"AND\"", "and", "and" },
        { "(acme OR \"acme mousetraps\" OR @acmetraps) NOT \"acme college\"", "Acme mousetraps!",
          "Acme|Acme mousetraps" },
        { "and", "and", "and" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
}

static void
test_near(void **state)
{
    static const struct row rows[] = {
        { "refund NEAR/2 never", "a refund that I never", "refund|never" },
        { "refund NEAR/1 never", "a refund that I never", "-" },
        { "refund NEAR/0 never", "never refund", "never|refund" },
        { "refund ONEAR/3 never", "never a refund", "-" },
        { "refund ONEAR/3 never", "refund was never", "refund|never" },
        { "refund NEAR/3f never", "never a refund", "-" },
        { "refund NEAR/6 (never OR refuse* OR \"no reply\")", "they refused my refund",
          "refused|refund" },
        { "refund NOT NEAR/2 never", "never a refund", "-" },
        { "refund NOT NEAR/2 never", "refund", "refund" },
        { "(a NEAR/1 b) NEAR/3 c", "a b x y c", "a|b|c" },
        { "late SENTENCE refund", "It was late. A refund came", "-" },
        { "late SENTENCE refund", "Late again, no refund! ok", "Late|refund" },
        { "mr SENTENCE acme", "Mr. Acme", "Mr|Acme" },
        { "a NEAR/3 a", "a b a", "a|a" },
        { "a NEAR/3 a", "a b", "-" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
    expect("late NEAR/9 refund", "late", "refund", "-"); /* not from title to text */
}

static void
test_fields(void **state)
{
    static const struct row rows[] = {
        { "acme author:ana", "acme", "acme" },
        { "acme author:@ANA", "acme", "acme" },
        { "acme author:\"ana li\"", "acme", "acme" },
        { "acme author:bob", "acme", "-" },
        { "acme site:example.co.uk", "acme", "acme" },
        { "acme site:news.example.co.uk", "acme", "acme" },
        { "acme site:(a.com OR example.*)", "acme", "acme" },
        { "acme site:ample.co.uk", "acme", "-" },
        { "acme url:/story/", "acme", "acme" },
        { "acme lang:en", "acme", "acme" },
        { "acme lang:de", "acme", "-" },
        { "acme source:hn", "acme", "acme" },
        { "acme kind:review", "acme", "acme" },
        { "acme NOT kind:review", "acme", "-" },
        { "acme tag:help", "acme", "acme" },
        { "acme tag:#billing", "acme", "acme" },
        { "acme followers:>1000", "acme", "acme" },
        { "acme followers:>1.5k", "acme", "-" },
        { "acme followers:>=1500", "acme", "acme" },
        { "acme followers:1k..2k", "acme", "acme" },
        { "acme rating:<3", "acme", "acme" },
        { "acme rating:<2", "acme", "-" },
        { "acme rating: <=2", "acme", "acme" },
        { "text:acme", "acme", "acme" },
        { "title:acme", "acme", "-" },
        { "raw:\"AcMe#1\"", "acme#1 AcMe#1", "AcMe#1" },
        { "raw:Acme", "acme Acme", "Acme" },
        { "kind:review", "anything", "yes" },
        { "10:30", "at 10:30 sharp", "10:30" },
        { "https://acme.com/x", "see https://acme.com/x ok", "https://acme.com/x" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
    expect("title:acme", "Acme", "acme", "title:Acme");
    expect("title:(acme OR zeta) refund", "Zeta", "acme refund", "title:Zeta|refund");
    expect("acme", "Acme", "acme", "title:Acme|acme");
}

static void
test_regexes(void **state)
{
    static const struct row rows[] = {
        { "/\\bAC-\\d{6}\\b/", "order AC-123456 ac-123456", "AC-123456" },
        { "/ac-\\d+/i", "AC-1 x", "AC-1" },
        { "/re.?fund/", "re\u200Bfund", "re\u200Bfund" },
        { "/refund/", "re\u200Bfund", "re\u200Bfund" }, /* NFKC without format characters */
        { "/ACME/", "\uFF21\uFF23\uFF2D\uFF25", "\uFF21\uFF23\uFF2D\uFF25" },
        { "/x*/", "aaa", "-" },
        { "/a|b/", "xbya", "b|a" },
        { "/(?i)acme/", "ACME", "ACME" },
        { "/re(?:fund|turn)s?/", "returns refund", "returns|refund" },
        { "/(?=acme)a/", "acme", "a" },
        { "/[[:alpha:]]+@acme/", "me@acme", "me@acme" },
        { "/\\d+/", "order 12", "12" },
        { "/\u0432\u043E\u0437\u0432\u0440\u0430\u0442/i",
          "\u0412\u041E\u0417\u0412\u0420\u0410\u0422",
          "\u0412\u041E\u0417\u0412\u0420\u0410\u0422" },
        { "/\u0432\u043E\u0442/", "a\u0432\u043E\u0442", "\u0432\u043E\u0442" },
        { "acme AND /ref\\w+/i", "Acme REFUNDS", "Acme|REFUNDS" },
        { "/a b/x", "ab", "ab" },
        { "/https?:\\/\\/acme/", "http://acme", "http://acme" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
}

static void
test_scripts(void **state)
{
    static const struct row rows[] = {
        { "\u0432\u043E\u0437\u0432\u0440\u0430\u0442",
          "\u0413\u0434\u0435 \u0412\u041E\u0417\u0412\u0420\u0410\u0422?",
          "\u0412\u041E\u0417\u0412\u0420\u0410\u0422" },
        { "\u0432\u043E\u0437\u0432\u0440\u0430\u0442*",
          "\u0432\u043E\u0437\u0432\u0440\u0430\u0442\u0430 \u043D\u0435\u0442",
          "\u0432\u043E\u0437\u0432\u0440\u0430\u0442\u0430" },
        { "\u0432\u043E\u0442", "\u0432\u043E\u0442\u043E", "-" },
        { "\u03BA\u03B1\u03BA\u03CC\u03C2", "\u03BA\u03B1\u03BA\u038C\u03A3 \u03C5",
          "\u03BA\u03B1\u03BA\u038C\u03A3" },
        { "\u0633\u064A\u0621", "\u0645\u0646\u062A\u062C \u0633\u064A\u0621 \u062C\u062F\u0627",
          "\u0633\u064A\u0621" },
        { "\u05D2\u05E8\u05D5\u05E2", "\u05E9\u05D9\u05E8\u05D5\u05EA \u05D2\u05E8\u05D5\u05E2!",
          "\u05D2\u05E8\u05D5\u05E2" },
        { "\u092C\u0941\u0930\u093E",
          "\u092C\u0939\u0941\u0924 \u092C\u0941\u0930\u093E \u0939\u0948",
          "\u092C\u0941\u0930\u093E" },
        { "\u092C\u0941\u0930", "\u092C\u0941\u0930\u093E",
          "-" }, /* a vowel sign is part of the word */
        { "\u9000\u6B3E", "\u6211\u8981\u9000\u6B3E\u4E86", "\u9000\u6B3E" },
        { "\u9000\u6B3E NEAR/2 \u4E0D", "\u4ED6\u4EEC\u4E0D\u7ED9\u9000\u6B3E",
          "\u4E0D|\u9000\u6B3E" },
        { "\u8FD4\u91D1", "\u65E9\u304F\u8FD4\u91D1\u3057\u3066", "\u8FD4\u91D1" },
        { "acme", "acme\u306E\u88FD\u54C1", "acme" },
        { "acme", "acme\uB294 \uC2EB\uB2E4", "acme" },
        { "\uD658\uBD88", "\uD658\uBD88\uC774 \uC548 \uB3FC", "\uD658\uBD88" },
        { "\u0E04\u0E37\u0E19\u0E40\u0E07\u0E34\u0E19",
          "\u0E44\u0E21\u0E48\u0E04\u0E37\u0E19\u0E40\u0E07\u0E34\u0E19\u0E40\u0E25\u0E22",
          "\u0E04\u0E37\u0E19\u0E40\u0E07\u0E34\u0E19" },
        { "\u30A2\u30AF\u30E1", "\uFF71\uFF78\uFF92\u793E", "\uFF71\uFF78\uFF92" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
}

static void
test_errors(void **state)
{
    static const struct row rows[] = {
        { "(acme OR zeta", "", "rules.yaml:3:23: expected \")\" or an operator, not the end" },
        { "acme)", "", "rules.yaml:3:14: expected an operator or the end, not \")\"" },
        { "acme OR", "", "rules.yaml:3:17: expected a word, a phrase or \"(\", not the end" },
        { "acme AND OR b", "",
          "rules.yaml:3:19: expected a word, a phrase or \"(\", not OR; an operator as a word goes "
          "in quotes" },
        { "", "", "rules.yaml:3:10: expected a query, as in: acme NOT \"acme college\"" },
        { "caf\u00E9 \"open", "",
          "rules.yaml:3:15: expected a closing '\"' for the phrase that begins here" },
        { "a NEAR b", "",
          "rules.yaml:3:12: expected \"NEAR/\" and the most words between, 0 to 1000, as in "
          "NEAR/5" },
        { "a ONEAR/x b", "",
          "rules.yaml:3:12: expected \"ONEAR/\" and the most words between, 0 to 1000, as in "
          "ONEAR/5" },
        { "a NEAR/2 lang:en", "",
          "rules.yaml:3:19: expected words after NEAR, which compares places" },
        { "followers:many", "",
          "rules.yaml:3:20: expected a number, as in >1000, <=3 or 2..4, not \"many\"" },
        { "titel:acme", "",
          "rules.yaml:3:10: no field \"titel\"; did you mean title:? A word with a colon in it "
          "goes in quotes" },
        { "*", "",
          "rules.yaml:3:10: expected a letter beside the wildcard: * alone matches everything" },
        { "acme\nAND (b", "", "rules.yaml:4:7: expected \")\" or an operator, not the end" },
        { "/a(b/", "", "rules.yaml:3:14: regex: missing closing parenthesis" },
        { "/ab/q", "",
          "rules.yaml:3:14: no regex flag \"q\"; there are i (any case), m (^ and $ at lines), s "
          "(dot matches newlines) and x (spaces and comments)" },
        { "/ab", "",
          "rules.yaml:3:10: expected a closing \"/\" for the regex that begins here; to look for a "
          "word that begins with \"/\" put it in quotes" },
        { "~ab", "",
          "rules.yaml:3:10: expected one word of 4 to 32 letters without wildcards after \"~\"" },
    };
    (void)state;
    expect_rows(rows, N_ROWS(rows));
}

static void
test_brands(void **state)
{
    static const struct {
        const char *name, *query, *text, *want;
    } rows[] = {
        { "acme", NULL, "Acme's, acmes #acme", "Acme|acmes|acme" },
        { "acme mousetraps", NULL, "Acme Mousetraps #AcmeMousetraps",
          "Acme Mousetraps|AcmeMousetraps" },
        { "boss", NULL, "bosses", "bosses" },
        { "acme", "acme NOT college", "two acmes", "acmes" },
        { "acme", "\"acme\"", "two acmes", "-" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct brand_def brand = { .name = rows[i].name, .query = rows[i].query };
        struct rule_defs defs = { .brands = &brand, .n_brands = 1 };
        struct buf b;
        buf_init(&b, 1 << 16);
        match_one(&b, &defs, "", rows[i].text);
        assert_string_equal(buf_cstr(&b), rows[i].want);
        buf_free(&b);
    }
}

static void
test_explain(void **state)
{
    static const struct row rows[] = {
        { "acme", "acme", "hits" },
        { "acme AND refund", "acme", "`refund` is not there" },
        { "acme NOT \"the college\"", "acme, the college",
          "`NOT \"the college\"` excludes it, as it holds \"the college\"" },
        { "acme (refund OR return)", "acme", "nothing of `refund OR return` is there" },
        { "acme NEAR/1 refund", "acme a b c refund",
          "`acme NEAR/1 refund` fails: both are there, but with more than 1 words between" },
        { "acme NEAR/1 refund", "acme", "`refund` is not there" },
        { "acme rating:>3", "acme", "`rating:>3` does not hold for its rating" },
        { "title:acme", "acme", "`title:acme` is not in its title" },
        { "acme SENTENCE late", "acme. Late",
          "`acme SENTENCE late` fails: both are there, but in different sentences" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct rule_def rule = { .id = "r", .query = rows[i].query };
        struct rule_defs defs = { .rules = &rule, .n_rules = 1 };
        struct arena *a = arena_new(1 << 20);
        struct match_scratch *s = match_scratch_new();
        struct ruleset *r;
        struct err err;
        struct buf b;
        struct post p = sample("", rows[i].text, a);
        buf_init(&b, 1 << 16);
        assert_int_equal(ruleset_new(&r, &defs, NULL, NULL, &err), 0);
        assert_int_equal(match_explain(r, s, &p, 0, "r", &b, &err), 0);
        assert_string_equal(buf_cstr(&b), rows[i].want);
        assert_int_equal(match_explain(r, s, &p, 0, "x", &b, &err), -1);
        buf_free(&b);
        ruleset_free(r);
        match_scratch_free(s);
        arena_free(a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),   cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_logic),   cmocka_unit_test(test_near),
        cmocka_unit_test(test_fields),  cmocka_unit_test(test_regexes),
        cmocka_unit_test(test_scripts), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_brands),  cmocka_unit_test(test_explain),
    };
    return RUN_TESTS(tests);
}
