/* bench feed: bytes of feeds to plain-text posts in a plugin's process (G5), beside libxml2's
 * tree parse alone and feedparser on the same feeds. */
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "bench/bench.h"
#include "engine.h"

enum { ITEMS = 100, MAX_FEEDS = 400 };

static struct tocsin_str feeds[MAX_FEEDS];
static size_t n_feeds, n_bytes;

static void
die(const char *why)
{
    fprintf(stderr, "bench_feed: %s\n", why);
    exit(1);
}

static void
make_feeds(void)
{
    n_feeds = (size_t)bench_size("BENCH_FEEDS", 40);
    n_feeds = n_feeds > MAX_FEEDS ? MAX_FEEDS : n_feeds;
    for (size_t i = 0; i < n_feeds; i++) {
        struct buf b;
        buf_init(&b, 16 << 20);
        bench_feed(&b, (unsigned)i, ITEMS);
        feeds[i].n = b.n;
        feeds[i].p = buf_take(&b);
        n_bytes += feeds[i].n;
    }
}

/* ---- ours ------------------------------------------------------------------------------ */

struct waited {
    size_t n_posts, n_bad;
    bool is_done;
};

static void
on_done(void *ctx, struct turn_out *out)
{
    struct waited *w = ctx;

    w->n_posts += out->n_posts;
    w->n_bad += out->status != TOCSIN_OK || out->partial;
    w->is_done = true;
    arena_free(out->arena);
}

static void
parse_all(struct host_pool *pool, uv_loop_t *loop, const struct option_values *options,
          struct waited *w)
{
    struct err err;

    for (size_t i = 0; i < n_feeds; i++) {
        struct tocsin_response r = { .size = sizeof r,
                                     .status = 200,
                                     .fetched_ms = clock_wall(&clock_system),
                                     .url = "https://talk.example/feed",
                                     .body = feeds[i] };
        struct turn_in in = { .call = CALL_PARSE,
                              .plugin = "rss",
                              .subject = "source=bench",
                              .service = "rss",
                              .source = "bench",
                              .options = options,
                              .now_ms = r.fetched_ms,
                              .response = &r };
        w->is_done = false;
        if (host_turn(pool, &in, on_done, w, &err) != 0)
            die(err.msg);
        while (!w->is_done)
            uv_run(loop, UV_RUN_ONCE);
    }
}

/* CPU seconds of the plugin's process in *host, of ours (copying and checking) in *core. */
static size_t
run_ours(double *host, double *core)
{
    const char *args[] = { "url=https://talk.example/feed" };
    struct arena *keep = arena_new(1 << 20);
    struct plugins *plugins = NULL;
    const struct plugin_info *info;
    struct host_pool *pool = NULL;
    struct option_values options;
    struct host_options o = { .host_program = install_host_program(), .hosts_per_plugin = 1 };
    struct waited w = { 0 };
    struct err err = { 0 };
    uv_loop_t loop;
    double kids, self;

    uv_loop_init(&loop);
    if (!keep || plugins_new(&plugins, install_host_program(), install_plugin_folders(), &err) ||
        plugins_get(plugins, "rss", &info, &err) ||
        options_from_args(&options, info, args, 1, keep, &err) ||
        host_pool_new(&pool, &loop, plugins, &o, &err))
        die(err.msg);
    kids = bench_kids_s();
    self = bench_cpu_s();
    parse_all(pool, &loop, &options, &w);
    host_pool_free(pool);
    uv_run(&loop, UV_RUN_DEFAULT);
    *host = bench_kids_s() - kids;
    *core = bench_cpu_s() - self;
    uv_loop_close(&loop);
    plugins_free(plugins);
    arena_free(keep);
    if (w.n_bad)
        printf("feed: %zu feeds were not read whole\n", w.n_bad);
    return w.n_posts;
}

/* ---- yardsticks ---------------------------------------------------------------------------- */

static size_t
count_items(const xmlNode *n)
{
    size_t items = 0;

    for (; n; n = n->next)
        items += (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, "item") == 0) +
                 count_items(n->children);
    return items;
}

static size_t
run_tree(double *s)
{
    size_t items = 0;
    double from = bench_cpu_s();

    for (size_t i = 0; i < n_feeds; i++) {
        xmlDoc *d = xmlReadMemory(feeds[i].p, (int)feeds[i].n, NULL, NULL, XML_PARSE_NONET);
        items += d ? count_items(xmlDocGetRootElement(d)) : 0;
        xmlFreeDoc(d);
    }
    *s = bench_cpu_s() - from;
    return items;
}

/* It is slow: a few of the feeds will do, timed by itself. */
static const char script[] = "import feedparser, sys, time\n"
                             "v = [open(p, 'rb').read() for p in sys.argv[1:]]\n"
                             "t = time.process_time()\n"
                             "n = sum(len(feedparser.parse(b).entries) for b in v)\n"
                             "print(n, sum(map(len, v)) / (time.process_time() - t) / 1e6)\n";

static double
run_feedparser(size_t *items, size_t n)
{
    char folder[] = "/tmp/tocsin-bench-XXXXXX", path[100], command[2000];
    double rate = 0;
    struct err err;
    FILE *p;

    if (!mkdtemp(folder))
        return 0;
    snprintf(path, sizeof path, "%s/script.py", folder);
    file_write_atomic(path, str_z(script), 0600, &err);
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%zu.xml", folder, i);
        if (file_write_atomic(path, feeds[i], 0600, &err) != 0)
            die(err.msg);
    }
    snprintf(command, sizeof command,
             "for p in python3 /usr/bin/python3; do $p %s/script.py %s/*.xml 2>/dev/null && break; "
             "done; rm -r %s",
             folder, folder, folder);
    p = popen(command, "r");
    if (!p || fscanf(p, "%zu %lf", items, &rate) != 2)
        rate = 0;
    if (p)
        pclose(p);
    return rate;
}

int
main(void)
{
    double host = 0, core = 0, tree = 0, python, best = 0, best_tree = 0;
    size_t ours = 0, of_tree = 0, of_python = 0, few;

    bench_environment();
    make_feeds();
    for (int i = 0; i < 3; i++) { /* interleaved: the best of three */
        ours = run_ours(&host, &core);
        of_tree = run_tree(&tree);
        double mbs = (double)n_bytes / host / 1e6, tree_mbs = (double)n_bytes / tree / 1e6;
        best = mbs > best ? mbs : best;
        best_tree = tree_mbs > best_tree ? tree_mbs : best_tree;
    }
    few = n_feeds > 8 ? 8 : n_feeds;
    python = run_feedparser(&of_python, few);
    printf("feed: %zu feeds, %.1f MB: %zu items by us, %zu by libxml2", n_feeds,
           (double)n_bytes / 1e6, ours, of_tree);
    if (python > 0)
        printf("; of the first %zu feeds feedparser read %zu of %zu", few, of_python, few * ITEMS);
    printf("\nfeed: core's own part (check and copy) %.0f MB/s\n", (double)n_bytes / core / 1e6);
    bench_row(&(struct bench_row){ "G5", "feed to plain posts, host process", "MB/CPU-s", best,
                                   python > 0 ? "feedparser"
                                              : "feedparser absent (apt install "
                                                "python3-feedparser)",
                                   python, python > 0 ? best / python : 0, 30, false });
    bench_row(&(struct bench_row){ "-", "the same, beside parsing alone", "MB/CPU-s", best,
                                   "libxml2 tree", best_tree, best / best_tree, 0, false });
    for (size_t i = 0; i < n_feeds; i++)
        free((void *)(uintptr_t)feeds[i].p);
    return ours != of_tree || (python > 0 && of_python != few * ITEMS);
}
