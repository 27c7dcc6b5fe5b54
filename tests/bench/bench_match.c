/* bench_match - goals G1 to G4: thousands of rules against a plain loop of PCRE2, same hits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <malloc.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "bench/bench.h"
#include "match/match.h"
#include "normalise/normalise.h"

/* Posts are made of the first N_COMMON words, rules of all but the most frequent. */
enum { N_WORDS = 60000, N_COMMON = 30000, N_POSTS = 20000, N_LOOP_POSTS = 1500, MAX_RULES = 10000 };

static uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);

static uint32_t
draw(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % n;
}

static double
now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static char words[N_WORDS][32];
static struct tocsin_str posts[N_POSTS];
static size_t n_bytes;

static void
make_words(void)
{
    static const char *const starts[] = { "b", "br", "c", "d",  "f", "g",  "k", "l", "m",  "n",
                                          "p", "r",  "s", "st", "t", "tr", "v", "z", "sh", "w" };
    static const char *const ends[] = { "", "", "", "n", "r", "s", "ck", "x", "nd", "lp" };
    static const char *const middles[] = { "a",  "e",  "i",      "o",      "u",
                                           "ai", "ou", "\u00E9", "\u00F6", "\u00E3" };
    static const char *const russian[] = {
        "\u0432", "\u0434", "\u043B", "\u043D", "\u0448", "\u0440", "\u043F\u0440", "\u0436",
        "\u0431", "\u0433", "\u043A", "\u043C", "\u0441", "\u0442", "\u0441\u0442", "\u0447",
    };
    static const char *const vowels[] = { "\u0430", "\u043E", "\u0438", "\u0435",
                                          "\u0443", "\u044B", "\u044F", "\u0430" };
    for (size_t i = 0; i < N_WORDS; i++) {
        struct buf b;
        buf_init(&b, sizeof(words[i]) - 1);
        uint32_t n = 2 + draw(3);
        for (uint32_t k = 0; k < n; k++) {
            if (i % 8 == 7) {
                buf_z(&b, russian[draw(16)]);
                buf_z(&b, vowels[draw(8)]);
            } else {
                buf_z(&b, starts[draw(20)]);
                buf_z(&b, middles[draw(20) < 17 ? draw(7) : draw(10)]);
                buf_z(&b, ends[draw(10)]);
            }
        }
        snprintf(words[i], sizeof(words[i]), "%s%s", buf_cstr(&b), i % 8 == 7 ? "\u0448" : "n");
        buf_free(&b);
    }
}

/* Few words are frequent, most are seldom. */
static const char *
common_word(void)
{
    uint32_t r = draw(1000000);
    double x = (double)r / 1e6;
    return words[(size_t)(x * x * x * x * (N_COMMON - 1))];
}

static void
make_posts(void)
{
    static const char *const signs[] = {
        " ",       " ",  " ",  " ", " ", " ", ", ", ". ", "! ", " \u2013 ", " \U0001F621 ",
        "\u2026 ", " #", " @", "\n"
    };
    for (size_t i = 0; i < N_POSTS; i++) {
        struct buf b;
        buf_init(&b, 4096);
        size_t want = 60 + draw(360);
        while (b.n < want) {
            buf_z(&b, common_word());

            if (draw(400) == 0)
                buf_fmt(&b, " ac-%06u", draw(1000000));
            buf_z(&b, signs[draw(15)]);
        }
        if (b.p[0] >= 'a' && b.p[0] <= 'z')
            b.p[0] = (char)(b.p[0] - 32);
        posts[i].n = b.n;
        posts[i].p = buf_take(&b);
        n_bytes += posts[i].n;
    }
}

/* 60 of 100 keywords, 30 phrases, 10 regexes. */
struct rules {
    struct rule_def *v;
    char (*text)[128];    /* query or regex */
    char (*pattern)[128]; /* the same for the plain loop */
    size_t n;
};

static void
make_rules(struct rules *r, size_t n, bool keywords_only)
{
    r->v = calloc(n, sizeof(*r->v));
    r->text = calloc(n, sizeof(*r->text));
    r->pattern = calloc(n, sizeof(*r->pattern));
    r->n = n;
    for (size_t i = 0; i < n; i++) {
        const char *a = words[N_COMMON / 2 + draw(N_WORDS - N_COMMON / 2)];
        const char *b = words[draw(N_COMMON / 20)];
        uint32_t kind = keywords_only ? 0 : draw(10);
        r->v[i].id = r->text[i];
        if (kind < 6) {
            snprintf(r->text[i], 128, "%s", a);
            snprintf(r->pattern[i], 128, "\\b%s\\b", a);
            r->v[i].query = r->text[i];
        } else if (kind < 9) {
            snprintf(r->text[i], 128, "\"%s %s\"", a, b);
            snprintf(r->pattern[i], 128, "\\b%s\\W+%s\\b", a, b);
            r->v[i].query = r->text[i];
        } else {
            snprintf(r->pattern[i], 128, draw(2) ? "\\b%s\\w*\\s+\\w" : "(?:%s|ac-0%u\\d+)\\b", a,
                     draw(100));
            snprintf(r->text[i], 128, "/%s/i", r->pattern[i]);
            r->v[i].regex = r->text[i];
        }
    }
}

static void
free_rules(struct rules *r)
{
    free(r->v);
    free(r->text);
    free(r->pattern);
}

static uint64_t
mix(size_t post, size_t rule, size_t begin, size_t end)
{
    uint64_t h = post * UINT64_C(0x9E3779B97F4A7C15) + rule * UINT64_C(0xC2B2AE3D27D4EB4F) +
                 begin * UINT64_C(0x165667B19E3779F9) + end;
    h ^= h >> 31;
    return h * UINT64_C(0xD6E8FEB86659FD93);
}

struct tally {
    uint64_t sum; /* of the hits' hashes, in any order */
    size_t hits;
    double seconds;
};

/* Folding included. */
static struct tally
run_ours(const struct ruleset *rs, size_t n_posts)
{
    struct tally t = { 0 };
    struct match_scratch *s = match_scratch_new();
    struct arena *a = arena_new(64 << 20);
    struct err err;
    double start = now_s();
    for (size_t i = 0; i < n_posts; i++) {
        struct post p = { .text = { .text = posts[i] } };
        struct match_result m;
        arena_reset(a);
        if (normalise_text(&p.text, posts[i], a, &err) ||
            normalise_text(&p.title, STR_NONE, a, &err) || match_post(rs, s, &p, 0, a, &m, &err))
            exit(1);
        for (size_t k = 0; k < m.n; k++)
            for (size_t h = 0; h < m.v[k].n_hits; h++) {
                t.sum += mix(i, m.v[k].index, m.v[k].hits[h].begin, m.v[k].hits[h].end);
                t.hits++;
            }
    }
    t.seconds = now_s() - start;
    arena_free(a);
    match_scratch_free(s);
    return t;
}

static struct tally
run_loop(const struct rules *r, size_t n_posts)
{
    struct tally t = { 0 };
    pcre2_code **codes = calloc(r->n, sizeof(pcre2_code *));
    pcre2_match_data *md = pcre2_match_data_create(4, NULL);
    for (size_t i = 0; i < r->n; i++) {
        int e;
        PCRE2_SIZE at;
        codes[i] = pcre2_compile((PCRE2_SPTR)r->pattern[i], PCRE2_ZERO_TERMINATED,
                                 PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &e, &at, NULL);
        if (!codes[i])
            exit(1);
        pcre2_jit_compile(codes[i], PCRE2_JIT_COMPLETE);
    }
    double start = now_s();
    for (size_t i = 0; i < n_posts; i++)
        for (size_t k = 0; k < r->n; k++) {
            size_t at = 0;
            while (pcre2_match(codes[k], (PCRE2_SPTR)posts[i].p, posts[i].n, at, PCRE2_NO_UTF_CHECK,
                               md, NULL) > 0) {
                PCRE2_SIZE *v = pcre2_get_ovector_pointer(md);
                t.sum += mix(i, k, v[0], v[1]);
                t.hits++;
                at = v[1];
            }
        }
    t.seconds = now_s() - start;
    for (size_t i = 0; i < r->n; i++)
        pcre2_code_free(codes[i]);
    free(codes);
    pcre2_match_data_free(md);
    return t;
}

static struct ruleset *
load(const struct rules *r, struct rule_defs *defs)
{
    struct ruleset *rs = NULL;
    struct err err;
    *defs = (struct rule_defs){ .rules = r->v, .n_rules = r->n };
    if (ruleset_new(&rs, defs, NULL, NULL, &err)) {
        fprintf(stderr, "%s\n", err.msg);
        exit(1);
    }
    return rs;
}

static double
us_per_post(struct tally t, size_t n)
{
    return t.seconds * 1e6 / (double)n;
}

static double
best_of(const struct ruleset *rs, int times)
{
    double best = 1e9;
    for (int i = 0; i < times; i++) {
        struct tally t = run_ours(rs, N_POSTS);
        best = t.seconds < best ? t.seconds : best;
    }
    return best;
}

static int
goal_1(void)
{
    struct rules r;
    struct rule_defs defs;
    make_rules(&r, 1000, false);
    struct ruleset *rs = load(&r, &defs);
    struct tally warm = run_ours(rs, N_POSTS), same = run_ours(rs, N_LOOP_POSTS);
    struct tally loop = run_loop(&r, N_LOOP_POSTS), ours = run_ours(rs, N_POSTS);
    ours.seconds = warm.seconds < ours.seconds ? warm.seconds : ours.seconds;
    bool identical = same.sum == loop.sum && same.hits == loop.hits;
    printf("G1  1,000 rules   %7.2f us/post  %5.0f MB/s   PCRE2 JIT loop %7.1f us/post   "
           "ratio %.0f (goal >= 200)   hits %zu %s\n",
           us_per_post(ours, N_POSTS), (double)n_bytes / ours.seconds / 1e6,
           us_per_post(loop, N_LOOP_POSTS),
           us_per_post(loop, N_LOOP_POSTS) / us_per_post(ours, N_POSTS), same.hits,
           identical ? "identical" : "DIFFER");
    double loop_us = us_per_post(loop, N_LOOP_POSTS), us = us_per_post(ours, N_POSTS);
    bench_row(&(struct bench_row){ "G1", "1,000 rules", "us/post", us, "PCRE2 loop", loop_us,
                                   identical ? loop_us / us : 0.001, 200, false });
    if (!identical)
        printf("    the loop found %zu hits\n", loop.hits);
    ruleset_free(rs);
    free_rules(&r);
    return !identical;
}

static void
goals_2_and_4(void)
{
    struct rules few, many;
    struct rule_defs defs_few, defs_many;
    make_rules(&few, 10, false);
    make_rules(&many, MAX_RULES, false);
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    double start = now_s();
    struct ruleset *rs_many = load(&many, &defs_many);
    double seconds = now_s() - start;
    size_t bytes = mallinfo2().uordblks + mallinfo2().hblkhd - before;
    struct ruleset *rs_few = load(&few, &defs_few);
    double t_few = best_of(rs_few, 2), t_many = best_of(rs_many, 2);
    printf("G2  10,000 rules  %7.2f us/post  %5.0f MB/s   10 rules %7.2f us/post   "
           "ratio %.1f (goal <= 6)\n",
           t_many * 1e6 / N_POSTS, (double)n_bytes / t_many / 1e6, t_few * 1e6 / N_POSTS,
           t_many / t_few);
    printf("G4  load 10,000   %7.2f s (goal <= 0.5)   %.1f MB of heap (goal <= 40)\n", seconds,
           (double)bytes / 1e6);
    bench_row(&(struct bench_row){ "G2", "10,000 rules against 10", "us/post",
                                   t_many * 1e6 / N_POSTS, "10 rules", t_few * 1e6 / N_POSTS,
                                   t_many / t_few, 6, true });
    bench_row(&(struct bench_row){ "G4", "load 10,000 rules", "s", seconds, NULL, 0, seconds, 0.5,
                                   true });
    bench_row(&(struct bench_row){ "G4", "their memory", "MB", (double)bytes / 1e6, NULL, 0,
                                   (double)bytes / 1e6, 40, true });
    ruleset_free(rs_few);
    ruleset_free(rs_many);
    free_rules(&few);
    free_rules(&many);
}

static double
time_ripgrep(const struct rules *r)
{
    char dir[] = "/tmp/tocsin-bench-XXXXXX", path[64], command[256];
    if (!mkdtemp(dir))
        return 0;
    snprintf(path, sizeof(path), "%s/posts", dir);
    FILE *f = fopen(path, "w");
    for (size_t i = 0; f && i < N_POSTS; i++) {
        for (size_t k = 0; k < posts[i].n; k++)
            fputc(posts[i].p[k] == '\n' ? ' ' : posts[i].p[k], f);
        fputc('\n', f);
    }
    if (f)
        fclose(f);
    snprintf(path, sizeof(path), "%s/words", dir);
    f = fopen(path, "w");
    for (size_t i = 0; f && i < r->n; i++)
        fprintf(f, "%s\n", r->text[i]);
    if (f)
        fclose(f);
    snprintf(command, sizeof(command), "rg -j1 -w -F -i -o -f %s/words %s/posts >/dev/null", dir,
             dir);
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    int rc = system(command);
    clock_gettime(CLOCK_MONOTONIC, &b);
    snprintf(command, sizeof(command), "rm -r %s", dir);
    if (system(command) != 0 || rc != 0)
        return 0;
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9;
}

static void
goal_3(void)
{
    if (system("command -v rg >/dev/null 2>&1") != 0) {
        printf("G3  ripgrep is not installed: skipped\n");
        return;
    }
    struct rules r;
    struct rule_defs defs;
    make_rules(&r, 1000, true);
    struct ruleset *rs = load(&r, &defs);
    double ours = best_of(rs, 2), rg = time_ripgrep(&r);
    printf("G3  1,000 keywords  %5.0f MB/s   rg %5.0f MB/s   ratio %.1f (goal >= 5)\n",
           (double)n_bytes / ours / 1e6, (double)n_bytes / rg / 1e6, rg / ours);
    bench_row(&(struct bench_row){ "G3", "1,000 keywords", "MB/s", (double)n_bytes / ours / 1e6,
                                   "ripgrep", (double)n_bytes / rg / 1e6, rg / ours, 5, false });
    ruleset_free(rs);
    free_rules(&r);
}

int
main(void)
{
    make_words();
    make_posts();
    printf("%d posts, mean %zu B\n", N_POSTS, n_bytes / N_POSTS);
    int rc = goal_1();
    goals_2_and_4();
    goal_3();
    for (size_t i = 0; i < N_POSTS; i++)
        free((char *)posts[i].p);
    return rc;
}
