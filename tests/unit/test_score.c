/* Sentiment, complaint and irate of texts a person would judge at once. */
#include "unit.h"

#include <math.h>
#include <stdio.h>

#include "../lib/score_fix.h"

static struct score_fix fix;

static struct score
scored(const char *text)
{
    return score_fix_post_score(&fix, text, POST_POST);
}

/* Sentences that word lists get wrong: what the sentiment and the complaint must at least be. */
static void
known_failures_are_right(void **state)
{
    static const struct {
        const char *text;
        double from, to; /* sentiment */
        double complaint;
    } rows[] = {
        { "I don\xe2\x80\x99t like this", -1, -.2, 0 },
        { "Not the worst show", -.1, .3, 0 },
        { "nobody loves her", -1, -.2, 0 },
        { "I never liked how they treat me", -1, -.15, 0 },
        { "can't stand her face", -1, -.2, 0 },
        { "@greatair", -.2, .2, 0 },
        { "customer support", -.2, .2, 0 },
        { "thanks for the 4 hour delay", -1, -.2, .5 },
        { "Great job @brand, third time you lose my bag. Thanks for nothing.", -1, -.4, .7 },
        { "I want to speak to a manager or I will sue", -1, -.2, .5 },
        { "I have been on hold for 2 hours", -1, -.2, .6 },
        { "Kindly improve your performance", -1, -.1, 0 },
    };
    (void)state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct score s = scored(rows[i].text);
        if (s.sentiment < rows[i].from || s.sentiment > rows[i].to ||
            s.complaint < rows[i].complaint)
            fail_msg("%s: sentiment %f, complaint %f", rows[i].text, s.sentiment, s.complaint);
    }
}

/* The first is more positive than the second. */
static void
contexts_order_sentiment(void **state)
{
    static const char *const rows[][2] = {
        { "the food was good", "the food was not good" },
        { "the food was very good", "the food was good" },
        { "the food was good", "the food was somewhat good" },
        { "the food was GOOD, thank you", "the food was good, thank you" },
        { "I love it!!!", "I love it" },
        { "I loooove it", "I like it" },
        { "it was slow but I love it", "I love it but it was slow" },
        { "the staff is helpful", "I wish the staff was helpful" },
        { "I love this", "do they love this?" },
        { "not bad at all", "bad" },
        { "off to the beach \xf0\x9f\x98\x8d", "off to the beach \xf0\x9f\x98\xa1" },
        { "my day :)", "my day :(" },
        { "monday again #lovemyjob", "monday again #hatemyjob" },
        { "fucking awesome", "fucking awful" },
        { "I can't wait", "I can't" },
        { "no problem at all", "a problem" },
        { "couldn't be happier", "could be happier" },
        { "hotel was clean", "hotel was never clean" },
        { "thanks for the quick help", "thanks for the broken phone" },
    };
    (void)state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        double a = scored(rows[i][0]).sentiment, b = scored(rows[i][1]).sentiment;
        if (!(a > b))
            fail_msg("\"%s\" %f should be above \"%s\" %f", rows[i][0], a, rows[i][1], b);
    }
}

static void
angry_complaints_reach_irate(void **state)
{
    static const char *const rows[] = {
        "@acme I am FURIOUS. Third time you lost my order, nobody answers. Refund me NOW!!!",
        "@acme worst customer service ever, you people are useless. I will never buy again",
        "@acme your support is a fucking joke, 3 weeks and still no refund. I will sue you",
    };
    (void)state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct score s = scored(rows[i]);
        if (s.level < LEVEL_IRATE)
            fail_msg("%s: irate %f complaint %f", rows[i], s.irate, s.complaint);
    }
}

static void
others_stay_below_irate(void **state)
{
    static const char *const rows[] = {
        "Acme Corp. (NYSE: ACM) reported quarterly revenue of $4.2bn on Tuesday.",
        "We are hiring! Senior engineer at Acme, remote, apply today.",
        "The dragon raged and burned the village; nobody answered the screams.",
        "I hate you, I love you, I hate that I love you",
        "@acme thank you so much for the quick help, you guys rock!",
        "@acme how do I change my address?",
    };
    (void)state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct score s = scored(rows[i]);
        if (s.level >= LEVEL_IRATE)
            fail_msg("%s: irate %f complaint %f", rows[i], s.irate, s.complaint);
    }
}

static void
kinds_bound_irate(void **state)
{
    const char *text = "@acme I am FURIOUS, worst service ever, you lost my bag again!!!";
    (void)state;

    assert_true(score_fix_post_score(&fix, text, POST_POST).level >= LEVEL_IRATE);
    assert_true(score_fix_post_score(&fix, text, POST_ARTICLE).level <= LEVEL_UPSET);
    struct score repost = score_fix_post_score(&fix, text, POST_REPOST);
    assert_true(repost.irate == 0 && repost.level == LEVEL_NONE);
}

static void
a_campaign_call_is_a_crusade(void **state)
{
    (void)state;
    struct score s = scored("@acme you are thieves, worst service ever! Everyone boycott "
                            "@acme, they lost my bag and refuse to refund me!!!");
    assert_int_equal(s.level, LEVEL_CRUSADE);
}

static void
quoted_lines_do_not_score(void **state)
{
    (void)state;
    struct score s = scored("> this is awful, I hate it\n> worst service ever\nsee you at noon");
    struct score alone = scored("see you at noon");
    assert_true(fabs(s.sentiment - alone.sentiment) < .05);
}

/* The same sentence ten times is no more extreme than once. */
static void
length_does_not_drive(void **state)
{
    char many[2000] = "";
    const char *one = "The room was fine and the breakfast was good, the road outside long. ";
    (void)state;

    for (size_t i = 0, n = 0; i < 20; i++, n += strlen(one))
        snprintf(many + n, sizeof(many) - n, "%s", one);
    double few = scored(one).sentiment, lot = scored(many).sentiment;
    assert_true(lot < few + .35 && lot > -.1 && lot < .9);
}

static void
parts_add_up(void **state)
{
    static const char *const rows[] = {
        "@acme worst service ever, I will sue you",
        "so happy with my new phone :) thanks @acme",
        "",
        "\xf0\x9f\x98\xa1\xf0\x9f\x98\xa1",
        "it is what it is but not bad, though slow. Why?! #fail",
    };
    (void)state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct score s = scored(rows[i]);
        double sum[3] = { 0 };
        for (size_t k = 0; k < s.n_parts; k++)
            sum[s.parts[k].axis] += s.parts[k].weight;
        double z = sum[AXIS_SENTIMENT];
        assert_true(fabs(s.sentiment - z / sqrt(1 + z * z)) < 1e-9);
        if (sum[AXIS_IRATE] >= 10 && sum[AXIS_IRATE] <= 70)
            assert_true(fabs(sum[AXIS_IRATE] - s.irate) < 1e-9);
        if (sum[AXIS_COMPLAINT] >= 10 && sum[AXIS_COMPLAINT] <= 70)
            assert_true(fabs(sum[AXIS_COMPLAINT] / 100 - s.complaint) < 1e-9);
    }
}

static void
same_input_same_score(void **state)
{
    (void)state;
    struct score a = scored("@acme still no reply after 3 weeks?! Ridiculous.");
    double sentiment = a.sentiment, irate = a.irate, complaint = a.complaint;
    scored("something else entirely, lovely weather");
    struct score b = scored("@acme still no reply after 3 weeks?! Ridiculous.");
    assert_true(b.sentiment == sentiment && b.irate == irate && b.complaint == complaint);
}

static void
mentions_are_toward_their_brand(void **state)
{
    static const struct {
        const char *text;
        double from, to, max_complaint;
    } rows[] = {
        { "Examplenet overcharged me again and they never answer. So happy with acme.", 0, 1, .5 },
        { "@otherair lost my bag again, worst service ever. Flying acme tomorrow.", -.3, 1, .5 },
        { "acme lost my bag and never answers, worst service ever", -1, -.3, 1 },
        { "I love acme, they fixed it in a day", .2, 1, .6 },
    };
    (void)state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct mention m = score_fix_mention(&fix, rows[i].text);
        assert_true(str_eq_z(m.brand, "acme"));
        if (m.score.sentiment < rows[i].from || m.score.sentiment > rows[i].to ||
            m.score.complaint > rows[i].max_complaint)
            fail_msg("%s: %f %f", rows[i].text, m.score.sentiment, m.score.complaint);
    }
}

static void
history_raises_to_crusade(void **state)
{
    struct err err;
    struct mention m;
    (void)state;

    m = score_fix_mention(&fix, "acme lost my bag and still no reply after 3 weeks");
    double before = m.score.irate;
    const struct history stranger = { .followers = -1 };
    assert_int_equal(score_history(fix.scorer, &stranger, fix.arena, &m.score, &err), 0);
    assert_true(m.score.irate == before);
    const struct history third = {
        .mentions = 3, .mood = .4, .recent_complaints = 3, .recent_places = 2, .followers = 20000
    };
    assert_int_equal(score_history(fix.scorer, &third, fix.arena, &m.score, &err), 0);
    assert_int_equal(m.score.level, LEVEL_CRUSADE);
    assert_true(m.score.irate > before);
}

static void
classify_prints_one_line(void **state)
{
    struct buf out;
    struct err err;
    struct classify c = { fix.scorer, fix.rules, fix.scratch, fix.arena, 0 };
    (void)state;

    buf_init(&out, 1u << 20);
    assert_int_equal(
        classify_line(&c, STR_LIT("{\"id\":7,\"text\":\"acme is great\"}"), 1, &out, &err), 0);
    struct tocsin_str s = buf_view(&out);
    assert_true(str_starts(s, STR_LIT("{\"id\":\"7\",\"sentiment\":{\"label\":\"pos\"")));
    assert_true(str_find(s, STR_LIT("\"brands\":[{\"brand\":\"acme\""), 0) != SIZE_MAX);
    assert_true(str_ends(s, STR_LIT("}\n")));
    size_t n = out.n;
    assert_int_equal(classify_line(&c, STR_LIT("{\"id\":1}"), 3, &out, &err), -1);
    assert_non_null(strstr(err.msg, "line 3: no text"));
    assert_int_equal(classify_line(&c, STR_LIT("nonsense"), 4, &out, &err), -1);
    assert_non_null(strstr(err.msg, "line 4"));
    assert_int_equal(classify_line(&c, STR_LIT("  "), 5, &out, &err), 0);
    assert_int_equal(out.n, n);
    buf_free(&out);
}

static void
other_languages_score_by_their_lexicon(void **state)
{
    static const struct {
        const char *lang, *good, *bad;
    } rows[] = {
        { "de", "der Service ist sehr gut, vielen Dank", "der Service ist nicht gut, schrecklich" },
        { "fr", "service excellent, merci", "service horrible, c'est inacceptable" },
        { "es", "servicio excelente, gracias", "servicio horrible, una estafa" },
        { "pt", "atendimento excelente, obrigado", "atendimento horr\xc3\xadvel, uma vergonha" },
        { "it", "servizio ottimo, grazie", "servizio pessimo, una vergogna" },
        { "nl", "geweldige service, bedankt", "slechte service, schandalig" },
        { "sv", "abc :)", "abc :(" },
    };
    (void)state;

    for (size_t i = 0; i < N_ROWS(rows); i++) {
        double v[2];
        for (int k = 0; k < 2; k++) {
            struct match_result none = { 0 };
            struct score s;
            struct err err;
            arena_reset(fix.arena);
            struct post p = score_fix_post(&fix, k ? rows[i].bad : rows[i].good, rows[i].lang);
            assert_int_equal(
                score_post(fix.scorer, &p, rules_defs(fix.file), &none, fix.arena, &s, &err), 0);
            v[k] = s.sentiment;
        }
        if (!(v[0] > .1 && v[1] < -.1))
            fail_msg("%s: good %f bad %f", rows[i].lang, v[0], v[1]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_failures_are_right),
        cmocka_unit_test(contexts_order_sentiment),
        cmocka_unit_test(angry_complaints_reach_irate),
        cmocka_unit_test(others_stay_below_irate),
        cmocka_unit_test(kinds_bound_irate),
        cmocka_unit_test(a_campaign_call_is_a_crusade),
        cmocka_unit_test(quoted_lines_do_not_score),
        cmocka_unit_test(length_does_not_drive),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(same_input_same_score),
        cmocka_unit_test(mentions_are_toward_their_brand),
        cmocka_unit_test(history_raises_to_crusade),
        cmocka_unit_test(classify_prints_one_line),
        cmocka_unit_test(other_languages_score_by_their_lexicon),
    };

    score_fix_begin(&fix, "brands: {acme: {}}\n");
    int rc = RUN_TESTS(tests);
    score_fix_end(&fix);
    return rc;
}
