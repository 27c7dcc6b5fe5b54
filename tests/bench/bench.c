/* bench - rows, clocks and generated feeds for the benchmarks. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/parse.h"

void
bench_row(const struct bench_row *r)
{
    const char *path = getenv("TOCSIN_BENCH_ROWS");
    FILE *f = path ? fopen(path, "a") : stdout;
    bool met = r->is_most ? r->ratio <= r->goal : r->ratio >= r->goal;
    char yardstick[80] = "-", ratio[40] = "-", goal[40] = "-";

    if (!f)
        return;
    if (r->yardstick > 0)
        snprintf(yardstick, sizeof yardstick, "%s %.4g", r->yardstick_name, r->yardstick);
    else if (r->yardstick_name)
        snprintf(yardstick, sizeof yardstick, "%s", r->yardstick_name);
    if (r->ratio > 0)
        snprintf(ratio, sizeof ratio, "%.3g", r->ratio);
    if (r->goal > 0)
        snprintf(goal, sizeof goal, "%s %g", r->is_most ? "<=" : ">=", r->goal);
    fprintf(f, "%s\t%s\t%.4g %s\t%s\t%s\t%s\t%s\n", r->goal_id, r->what, r->ours, r->unit,
            yardstick, ratio, goal,
            r->goal <= 0 || r->ratio <= 0 ? "-"
            : met                         ? "met"
                                          : "NOT MET");
    if (path)
        fclose(f);
}

void
bench_environment(void)
{
    const char *build = getenv("TOCSIN_BUILDDIR"), *source = getenv("TOCSIN_SRCDIR");
    char path[1024];

    if (!build || !source) {
        fprintf(stderr,
                "TOCSIN_BUILDDIR and TOCSIN_SRCDIR are not set: run this by `make bench`\n");
        exit(1);
    }
    snprintf(path, sizeof path, "%s/tocsin-host", build);
    setenv("TOCSIN_HOST", path, 1);
    snprintf(path, sizeof path, "%s/etc", source);
    setenv("TOCSIN_DATA", path, 1);
    snprintf(path, sizeof path, "%s/plugins/all", build);
    setenv("TOCSIN_PLUGIN_PATH", path, 1);
    unsetenv("http_proxy");
}

bool
bench_has(const char *program)
{
    char command[100];

    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

int64_t
bench_size(const char *name, int64_t usual)
{
    const char *v = getenv(name);
    int64_t n;

    return v && parse_i64(str_z(v), &n) == 0 && n > 0 ? n : usual;
}

/* ---- clocks -------------------------------------------------------------------------- */

static double
of_usage(int who)
{
    struct rusage u;

    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

double
bench_cpu_s(void)
{
    return of_usage(RUSAGE_SELF);
}

double
bench_kids_s(void)
{
    return of_usage(RUSAGE_CHILDREN);
}

double
bench_wall_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- feeds --------------------------------------------------------------------------- */

static uint32_t
mix(uint32_t x)
{
    x = (x ^ (x >> 16)) * 0x7FEB352Du;
    x = (x ^ (x >> 15)) * 0x846CA68Bu;
    return x ^ (x >> 16);
}

const char *
bench_word(unsigned i)
{
    static const char *const parts[] = { "ba", "kor", "li", "men", "da", "ter", "su", "no",
                                         "ri", "vel", "po", "gan", "ti", "mar", "le", "\u00E9k" };
    static char words[8][32];
    static unsigned turn;
    uint32_t h = mix(i + 1);
    char *w = words[turn++ % 8];

    if (i < 16)
        snprintf(w, 32, "%s", parts[i]);
    else
        snprintf(w, 32, "%s%s%s", parts[h & 15], parts[(h >> 4) & 15], parts[(h >> 8) & 15]);
    return w;
}

static void
put_words(struct buf *b, uint32_t *seed, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t r = *seed = mix(*seed + 0x9E3779B9u);
        double x = (double)(r >> 8) / (double)(1 << 24);
        buf_fmt(b,
                i % 9 == 8   ? "%s. "
                : i % 4 == 3 ? "the %s "
                             : "%s ",
                bench_word((unsigned)(x * x * x * 20000)));
    }
}

static void
put_item(struct buf *b, unsigned feed, size_t i, uint32_t *seed)
{
    buf_fmt(b,
            "<item><guid isPermaLink=\"false\">%u-%zu</guid><title>%s and %s, %zu</title>"
            "<link>https://talk.example/%u/%zu</link><dc:creator>person%u</dc:creator>"
            "<pubDate>Tue, 03 Mar 2026 10:%02zu:00 GMT</pubDate><category>talk</category>"
            "<description>A word of %u</description><content:encoded><![CDATA[<p>",
            feed, i, bench_word(*seed % 9000), bench_word(*seed % 7001), i, feed, i, *seed % 3000,
            i % 60, feed);
    put_words(b, seed, 20);
    if (i % 10 == 0)
        buf_z(b, "I wrote to acme and <b>nobody</b> answers. ");
    buf_fmt(b,
            "<a href=\"https://talk.example/see/%u?utm_source=x&amp;p=%zu\">read more</a></p><p>",
            feed, i);
    put_words(b, seed, 12);
    buf_z(b,
          "</p><img src=\"https://talk.example/i.png\" alt=\"\"/>]]></content:encoded></item>\n");
}

void
bench_feed(struct buf *b, unsigned seed, size_t n)
{
    uint32_t state = mix(seed + 77);

    buf_fmt(b,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\""
            " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
            " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>"
            "<title>Talk %u</title><link>https://talk.example/%u</link>\n",
            seed, seed);
    for (size_t i = 0; i < n; i++)
        put_item(b, seed, i, &state);
    buf_z(b, "</channel></rss>\n");
}
