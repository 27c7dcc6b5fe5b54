/* preview - what was found so far, and what would have rung. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/parse.h"
#include "cli/cli.h"
#include "deliver/facts.h"
#include "escalate/escalate.h"

#define LOOK_BACK (7 * MS_DAY)
#define MAX_WORDS 20000

static void
print_reasons(const struct score *s)
{
    struct buf b, shown;

    buf_init(&b, 4096);
    buf_init(&shown, 8192);
    facts_reasons(s, 4, &b);
    escape_terminal(&shown, buf_view(&b));
    printf("%s\n", buf_cstr(&shown));
    buf_free(&b);
    buf_free(&shown);
}

static int
print_worst(void *ctx, const struct mention_row *m)
{
    const struct post *p = &m->post.post;
    struct buf b;

    (void)ctx;
    buf_init(&b, 8192);
    buf_fmt(&b, "  %-7s %3.0f  ", level_name(m->mention.score.level), m->mention.score.irate);
    escape_terminal(&b, m->person_name.n ? m->person_name : STR_LIT("somebody"));
    buf_z(&b, ": ");
    escape_terminal(&b, str_clip_utf8(p->text.text.n ? p->text.text : p->title.text, 110));
    printf("%s\n               ", buf_cstr(&b));
    buf_reset(&b);
    escape_terminal(&b, p->url);
    printf("%s  ", buf_cstr(&b));
    buf_free(&b);
    print_reasons(&m->mention.score);
    return 0;
}

/* ---- words that mark namesakes ------------------------------------------------------------- */

/* How often a word stands in posts that matched by name only and show no feeling at all: where a
 * namesake is meant, its own words recur there. */
struct counted {
    size_t n_neutral, n_felt;
    int64_t last_post;
};

struct words {
    struct hash *all;
    size_t n_posts, n;
    struct tocsin_str brand;
};

static void
count_word(struct words *w, struct tocsin_str word, int64_t post, bool is_felt)
{
    char low[32];
    struct tocsin_str key = { low, 0 };
    struct counted *c;

    if (word.n < 4 || word.n >= sizeof low || str_eq_ascii_case(word, w->brand))
        return;
    for (; key.n < word.n; key.n++)
        low[key.n] = (char)(word.p[key.n] | 0x20);
    c = hash_find(w->all, key);
    if (!c && w->n < MAX_WORDS) {
        c = calloc(1, sizeof *c);
        if (!c || hash_set(w->all, key, c, NULL) != 0) {
            free(c);
            return;
        }
        w->n++;
    }
    if (!c || c->last_post == post)
        return;
    c->last_post = post;
    *(is_felt ? &c->n_felt : &c->n_neutral) += 1;
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
count_mention(void *ctx, const struct mention_row *m)
{
    struct words *w = ctx;
    struct tocsin_str s = m->post.post.text.text;
    bool is_felt = m->mention.score.level > LEVEL_NONE || m->mention.score.label != 0;

    w->n_posts++;
    for (size_t i = 0; i < s.n;) {
        size_t begin = i;
        while (i < s.n && is_letter(s.p[i]))
            i++;
        if (i > begin)
            count_word(w, str_sub(s, begin, i), m->post.id, is_felt);
        else
            i++;
    }
    return 0;
}

struct best {
    char word[4][32];
    size_t n[4];
    size_t least;
};

static int
rank_word(void *ctx, struct tocsin_str key, void *value)
{
    static const char *const common[] = { "that", "this",  "with", "from",  "have",  "your",
                                          "they", "will",  "what", "about", "their", "more",
                                          "been", "https", "http", "just",  "when",  "were",
                                          "than", "into",  "also", "which", "there", "after",
                                          "over", "some" };
    struct best *b = ctx;
    const struct counted *c = value;
    size_t at = 3;

    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (str_eq_z(key, common[i]))
            return 0;
    if (c->n_felt > 0 || c->n_neutral < b->least || c->n_neutral <= b->n[3])
        return 0;
    while (at > 0 && c->n_neutral > b->n[at - 1]) {
        b->n[at] = b->n[at - 1];
        memcpy(b->word[at], b->word[at - 1], sizeof b->word[at]);
        at--;
    }
    b->n[at] = c->n_neutral;
    snprintf(b->word[at], sizeof b->word[at], "%.*s", STR_FMT(key));
    return 0;
}

static int
suggest_not(struct store *s, const char *brand, int64_t since, struct err *err)
{
    struct words w = { .all = hash_new(), .brand = str_z(brand) };
    struct mention_filter f = {
        .brand = str_z(brand), .since_ms = since, .limit = 2000, .without_copies = true
    };
    struct best best = { 0 };
    int rc;

    if (!w.all)
        return err_set(err, ERR_NOMEM, "no memory");
    rc = store_each_mention(s, &f, count_mention, &w, err);
    best.least = w.n_posts / 20 > 5 ? w.n_posts / 20 : 5;
    if (rc == 0)
        hash_each(w.all, rank_word, &best);
    hash_free(w.all, free);
    if (rc == 0 && best.n[0] > 0) {
        printf("  words of possible namesakes: add to the query  NOT (");
        for (size_t i = 0; i < 4 && best.n[i]; i++)
            printf("%s%s", i ? " OR " : "", best.word[i]);
        printf(")\n");
    }
    return rc;
}

/* ---- a brand --------------------------------------------------------------------------------- */

static int
preview_brand(struct store *s, const char *brand, int64_t now, struct err *err)
{
    struct store_counts n;
    struct mention_filter worst = { .brand = str_z(brand),
                                    .since_ms = now - LOOK_BACK,
                                    .by_irate = true,
                                    .without_copies = true,
                                    .limit = 5,
                                    .at_least = LEVEL_WATCH };
    double days;

    if (store_count(s, str_z(brand), now - LOOK_BACK, &n, err) != 0)
        return -1;
    days = n.oldest_ms && now > n.oldest_ms ? (double)(now - n.oldest_ms) / (double)MS_DAY : 1;
    if (days < 1)
        days = 1;
    printf("%s\n  %lld posts read, %lld mentions, %.1f a day; %lld would have rung in 7 days\n",
           brand, (long long)n.posts, (long long)n.mentions, (double)n.mentions / days,
           (long long)(n.by_level[LEVEL_IRATE] + n.by_level[LEVEL_CRUSADE]));
    if (escalate_is_held(s, str_z(brand)))
        printf("  its alerts are held, as it matches too many posts: narrow the query, then\n"
               "  tocsin alert release --brand %s\n",
               brand);
    if (store_each_mention(s, &worst, print_worst, NULL, err) != 0)
        return -1;
    return suggest_not(s, brand, now - LOOK_BACK, err);
}

int
cmd_preview(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    int64_t now = clock_wall(&clock_system);
    size_t n = 0;
    int rc;

    if (cli_open(&c, &s, a, &err) != 0)
        return cli_fail(&err);
    rc = 0;
    for (size_t i = 0; rc == 0 && i < c.config->rules.n_brands; i++) {
        const char *brand = c.config->rules.brands[i].name;
        if (a->brand && !str_eq_z(str_z(a->brand), brand))
            continue;
        n++;
        rc = preview_brand(s, brand, now, &err);
    }
    if (rc == 0 && n == 0)
        rc = err_set(&err, ERR_NOTFOUND, "no brand \"%s\" in %s", a->brand ? a->brand : "",
                     c.config->path);
    cli_close(&c, s);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
