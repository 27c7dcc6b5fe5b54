/* test_normalise - folds, the map back, sites and guesses at languages. */
#include "normalise/normalise.h"

#include "record/mention.h"
#include "unit.h"

static void
test_fold(void **state)
{
    static const struct {
        const char *in, *text, *fold;
    } rows[] = {
        { "", "", "" },
        { "Plain ASCII, 100%", "Plain ASCII, 100%", "plain ascii, 100%" },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZ[@`", "ABCDEFGHIJKLMNOPQRSTUVWXYZ[@`",
          "abcdefghijklmnopqrstuvwxyz[@`" },
        { "Caf\u00C9", "Caf\u00C9", "caf\u00E9" },
        { "Cafe\u0301", "Caf\u00E9", "caf\u00E9" }, /* composed */
        { "\u212Bngstr\u00F6m", "\u00C5ngstr\u00F6m", "\u00E5ngstr\u00F6m" },
        { "o\uFB03ce", "o\uFB03ce", "office" },       /* ligature */
        { "re\u200Bfund", "re\u200Bfund", "refund" }, /* zero width */
        { "re\u00ADfund\u202E", "re\u00ADfund\u202E", "refund" },
        { "\uFF21\uFF23\uFF2D\uFF25", "\uFF21\uFF23\uFF2D\uFF25", "acme" }, /* full width */
        { "\U0001D400\U0001D41C\U0001D426\U0001D41E", "\U0001D400\U0001D41C\U0001D426\U0001D41E",
          "acme" }, /* mathematical */
        { "it\u2019s \u201Cgood\u201D \u2013 no", "it\u2019s \u201Cgood\u201D \u2013 no",
          "it's \"good\" - no" },
        { "Stra\u00DFe", "Stra\u00DFe", "strasse" },
        { "\u0130stanbul", "\u0130stanbul", "istanbul" },
        { "\u1D00\u1D04\u1D0D\u1D07", "\u1D00\u1D04\u1D0D\u1D07", "acme" }, /* small capitals */
        /* Cyrillic look-alikes: beside Latin letters, among Latin words, and meant */
        { "\u0430cme", "\u0430cme", "acme" },
        { "A\u0441M\u0415", "A\u0441M\u0415", "acme" },
        { "buy from \u0410\u0421\u041C\u0415 now", "buy from \u0410\u0421\u041C\u0415 now",
          "buy from acme now" },
        { "\u0432\u043E\u0442 \u0442\u0430\u043A", "\u0432\u043E\u0442 \u0442\u0430\u043A",
          "\u0432\u043E\u0442 \u0442\u0430\u043A" },
        { "\u041C\u043E\u0441\u043A\u0432\u0430 and more words",
          "\u041C\u043E\u0441\u043A\u0432\u0430 and more words",
          "\u043C\u043E\u0441\u043A\u0432\u0430 and more words" },
        { "iPhone\u044B", "iPhone\u044B", "iphone\u044B" }, /* an ending, no disguise */
        { "\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2",
          "\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2",
          "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3" }, /* final sigma */
        { "\u0645\u0640\u0640\u0645\u062A\u0627\u0632",
          "\u0645\u0640\u0640\u0645\u062A\u0627\u0632",
          "\u0645\u0645\u062A\u0627\u0632" },         /* drawn longer */
        { "\uFF76\uFF9E", "\uFF76\uFF9E", "\u30AC" }, /* half width */
        { "\u1112\u1161\u11AB", "\uD55C", "\uD55C" }, /* jamo */
        { "a\xFF"
          "b\x01",
          "a\uFFFD"
          "b",
          "a\uFFFD"
          "b" }, /* bad bytes, controls */
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct arena *a = arena_new(1 << 20);
        struct text t;
        struct err err;
        assert_int_equal(normalise_text(&t, str_z(rows[i].in), a, &err), 0);
        struct tocsin_str text = arena_str(a, t.text), fold = arena_str(a, t.fold);
        assert_string_equal(text.p, rows[i].text);
        assert_string_equal(fold.p, rows[i].fold);
        arena_free(a);
    }
}

static void
test_map_back(void **state)
{
    static const struct {
        const char *in, *find;
        size_t begin, end;
    } rows[] = {
        { "plain refund", "refund", 6, 12 },
        { "re\u200Bfund now", "refund", 0, 9 },
        { "re\u200Bfund now", "re", 0, 2 },
        { "re\u200Bfund now", "fund", 5, 9 },
        { "o\uFB03ce hours", "office", 0, 6 },
        { "o\uFB03ce hours", "ff", 1, 4 }, /* the whole ligature */
        { "o\uFB03\u200Bce", "ff", 1, 4 },
        { "the \u0430cme thing", "acme", 4, 9 },
        { "\u201Cacme\u201D", "acme", 3, 7 },
        { "caf\u00E9 x", "caf\u00E9", 0, 5 },
        { "\u00C9t\u00E9 \u2019x", "x", 9, 10 },
        { "\u200B\u200Bab", "ab", 6, 8 },
        { "Stra\u00DFe", "ss", 4, 6 },
        { "ab\u200B", "ab", 0, 2 },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct arena *a = arena_new(1 << 20);
        struct text t;
        struct err err;
        size_t begin, end;
        assert_int_equal(normalise_text(&t, str_z(rows[i].in), a, &err), 0);
        size_t at = str_find(t.fold, str_z(rows[i].find), 0);
        assert_int_not_equal(at, SIZE_MAX);
        text_range(&t, at, at + strlen(rows[i].find), &begin, &end);
        assert_int_equal(begin, rows[i].begin);
        assert_int_equal(end, rows[i].end);
        arena_free(a);
    }
}

static void
test_nfkc_keeps_case(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct text t;
    struct err err;
    (void)state;
    assert_int_equal(normalise_nfkc(&t, STR_LIT("\uFF21b\u200Bc \u2019 \u0430B"), a, &err), 0);
    assert_true(str_eq_z(t.fold, "Abc \u2019 \u0430B"));
    arena_free(a);
}

static void
test_lang(void **state)
{
    static const struct {
        const char *text, *lang;
    } rows[] = {
        { "", "" },
        { "ok", "" },
        { "acme", "" },
        { "Great product", "" },
        { "I have been waiting for the refund and nobody is answering", "en" },
        { "Ich warte noch auf die R\u00FCckzahlung und niemand ist da", "de" },
        { "Je n'ai pas re\u00E7u le colis et vous ne r\u00E9pondez pas", "fr" },
        { "No me han devuelto el dinero y nadie contesta en la tienda", "es" },
        { "N\u00E3o recebi o meu dinheiro e voc\u00EA n\u00E3o responde", "pt" },
        { "Non ho ricevuto il rimborso e nessuno risponde alla mail", "it" },
        { "Ik wacht nog op het geld en ze zijn niet bereikbaar voor mij", "nl" },
        { "\u042F \u0436\u0434\u0443 \u0432\u043E\u0437\u0432\u0440\u0430\u0442 \u0438 "
          "\u043D\u0438\u043A\u0442\u043E \u043D\u0435 "
          "\u043E\u0442\u0432\u0435\u0447\u0430\u0435\u0442",
          "ru" },
        { "\u042F \u0449\u0435 \u0447\u0435\u043A\u0430\u044E \u0456 "
          "\u043D\u0456\u0445\u0442\u043E \u043D\u0435 "
          "\u0432\u0456\u0434\u043F\u043E\u0432\u0456\u0434\u0430\u0454",
          "uk" },
        { "\u8FD4\u91D1\u304C\u307E\u3060\u5C4A\u304D\u307E\u305B\u3093", "ja" },
        { "\u9000\u6B3E\u8FD8\u6CA1\u6709\u5230\u8D26", "zh" },
        { "\uD658\uBD88\uC774 \uC548 \uB429\uB2C8\uB2E4", "ko" },
        { "\u03B4\u03B5\u03BD \u03C0\u03AE\u03C1\u03B1 \u03C7\u03C1\u03AE\u03BC\u03B1\u03C4\u03B1",
          "el" },
        { "\u05DC\u05D0 \u05E7\u05D9\u05D1\u05DC\u05EA\u05D9", "he" },
        { "\u0644\u0645 \u0623\u0633\u062A\u0644\u0645 \u0627\u0644\u0645\u0628\u0644\u063A",
          "ar" },
        { "\u0E22\u0E31\u0E07\u0E44\u0E21\u0E48\u0E44\u0E14\u0E49\u0E40\u0E07\u0E34\u0E19", "th" },
        { "\u092E\u0941\u091D\u0947 \u092A\u0948\u0938\u093E \u0928\u0939\u0940\u0902", "hi" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        assert_string_equal(normalise_guess_lang(str_z(rows[i].text)), rows[i].lang);
}

static void
test_site(void **state)
{
    static const struct {
        const char *url, *site, *canonical;
    } rows[] = {
        { "", "", "" },
        { "https://News.Example.co.uk/a?utm_source=x", "example.co.uk",
          "https://news.example.co.uk/a" },
        { "http://www.example.com/", "example.com", "https://example.com" },
        { "https://f.example.com/t/1#post-12", "example.com", "https://f.example.com/t/1#post-12" },
        { "https://f.example.com/t/1#top", "example.com", "https://f.example.com/t/1" },
        { "https://f.example.com/t/1#utm=5", "example.com", "https://f.example.com/t/1" },
        { "http://192.0.2.7/x", "192.0.2.7", "https://192.0.2.7/x" },
        { "http://localhost:8080/x", "localhost", "https://localhost:8080/x" },
    };
    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct arena *a = arena_new(1 << 20);
        struct err err;
        struct post p = { .url = str_z(rows[i].url) };
        assert_int_equal(normalise_post(&p, a, &err), 0);
        assert_string_equal(arena_z(a, p.site), rows[i].site);
        assert_string_equal(arena_z(a, p.canonical_url), rows[i].canonical);
        arena_free(a);
    }
}

static void
test_record_names(void **state)
{
    enum post_kind kind;
    enum level level;
    (void)state;
    for (int k = POST_POST; k <= POST_ARTICLE; k++) {
        assert_int_equal(post_kind_parse(str_z(post_kind_name((enum post_kind)k)), &kind), 0);
        assert_int_equal(kind, k);
    }
    for (int l = LEVEL_NONE; l <= LEVEL_CRUSADE; l++) {
        assert_int_equal(level_parse(str_z(level_name((enum level)l)), &level), 0);
        assert_int_equal(level, l);
    }
    assert_int_equal(post_kind_parse(STR_LIT("tweet"), &kind), -1);
    assert_int_equal(level_parse(STR_LIT(""), &level), -1);
    assert_string_equal(axis_name(AXIS_COMPLAINT), "complaint");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_map_back),
        cmocka_unit_test(test_nfkc_keeps_case),
        cmocka_unit_test(test_lang),
        cmocka_unit_test(test_site),
        cmocka_unit_test(test_record_names),
    };
    return RUN_TESTS(tests);
}
