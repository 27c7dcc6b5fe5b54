/* parse - a saved response through a plugin, to posts as JSON Lines. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/cli.h"
#include "engine.h"

#define MAX_BODY (64 << 20)

static void
put_author(struct jout *j, const struct author *au)
{
    jout_key(j, "author");
    jout_object(j);
    jout_kstr(j, "handle", au->handle);
    jout_kstr(j, "name", au->name);
    jout_kstr(j, "url", au->url);
    if (au->avatar.n)
        jout_kstr(j, "avatar", au->avatar);
    if (au->profile_link.n)
        jout_kstr(j, "profile_link", au->profile_link);
    if (au->followers >= 0)
        jout_ki64(j, "followers", au->followers);
    if (au->is_verified)
        jout_kbool(j, "verified", true);
    if (au->is_bot)
        jout_kbool(j, "bot", true);
    if (au->created_ms)
        jout_ktime(j, "created", au->created_ms);
    jout_object_end(j);
}

static void
put_list(struct jout *j, const char *key, const struct tocsin_str *v, size_t n)
{
    if (n == 0)
        return;
    jout_key(j, key);
    jout_array(j);
    for (size_t i = 0; i < n; i++)
        jout_str(j, v[i]);
    jout_array_end(j);
}

static void
put_optional(struct jout *j, const char *key, struct tocsin_str s)
{
    if (s.n)
        jout_kstr(j, key, s);
}

/* Where the response came from is not always told; then a relative address stays relative. */
#define NOWHERE "https://localhost"

static struct tocsin_str
address(struct tocsin_str url, bool is_nowhere)
{
    bool is_made_up = is_nowhere && str_starts(url, STR_LIT(NOWHERE "/"));

    return is_made_up ? str_sub(url, sizeof NOWHERE - 1, url.n) : url;
}

static void
put_post(const struct post *p, bool is_nowhere)
{
    struct buf b;
    struct jout j;

    buf_init(&b, 4 << 20);
    jout_begin(&j, &b);
    jout_object(&j);
    jout_kstr(&j, "id", p->id);
    jout_kstr(&j, "url", address(p->url, is_nowhere));
    jout_kstr(&j, "title", p->title.text);
    jout_kstr(&j, "text", p->text.text);
    put_author(&j, &p->author);
    jout_ktime(&j, "published", p->published_ms);
    jout_ktime(&j, "edited", p->edited_ms);
    jout_kstr(&j, "lang", p->lang);
    jout_kz(&j, "kind", post_kind_name(p->kind));
    jout_kstr(&j, "parent", p->parent);
    put_optional(&j, "thread", p->thread);
    put_optional(&j, "place", p->place);
    put_optional(&j, "uri", p->uri);
    if (p->replies >= 0 || p->reposts >= 0 || p->likes >= 0) {
        jout_ki64(&j, "replies", p->replies);
        jout_ki64(&j, "reposts", p->reposts);
        jout_ki64(&j, "likes", p->likes);
    }
    if (!isnan(p->rating)) {
        jout_key(&j, "rating");
        jout_double(&j, p->rating, 2);
    }
    put_list(&j, "tags", p->tags, p->n_tags);
    put_list(&j, "links", p->links, p->n_links);
    if (p->is_gone)
        jout_kbool(&j, "gone", true);
    jout_object_end(&j);
    puts(buf_cstr(&b));
    buf_free(&b);
}

/* ---- one turn of the host, waited for ------------------------------------------------------ */

struct waited {
    struct turn_out out;
    bool is_done;
};

static void
on_done(void *ctx, struct turn_out *out)
{
    struct waited *w = ctx;

    w->out = *out;
    w->is_done = true;
}

static int
parse_once(struct plugins *plugins, const struct turn_in *in, struct err *err)
{
    uv_loop_t loop;
    struct host_pool *pool = NULL;
    struct host_options o = { .host_program = install_host_program(), .hosts_per_plugin = 1 };
    struct waited w = { 0 };
    int rc = -1;

    if (uv_loop_init(&loop) != 0)
        return err_set(err, ERR_NOMEM, "no memory for the event loop");
    if (host_pool_new(&pool, &loop, plugins, &o, err) == 0) {
        rc = host_turn(pool, in, on_done, &w, err);
        while (rc == 0 && !w.is_done)
            uv_run(&loop, UV_RUN_ONCE);
        host_pool_free(pool);
        uv_run(&loop, UV_RUN_DEFAULT);
    }
    uv_loop_close(&loop);
    for (size_t i = 0; rc == 0 && i < w.out.n_posts; i++)
        put_post(&w.out.posts[i], str_eq_z(str_z(in->response->url), NOWHERE "/"));
    if (rc == 0 && w.out.partial)
        fprintf(stderr, "tocsin: read in part: %s\n", w.out.partial);
    if (rc == 0 && w.out.status != TOCSIN_OK)
        rc = err_set(err, ERR_DATA, "plugin %s: %s", in->plugin, w.out.why);
    arena_free(w.out.arena);
    return rc;
}

/* ---- what the turn is given ------------------------------------------------------------------ */

static bool
is_given(const struct args *a, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < a->options.n; i++)
        if (strncmp(a->options.v[i], name, n) == 0 && a->options.v[i][n] == '=')
            return true;
    return false;
}

/* A saved response needs no address and no login: what is required and was not given is filled. */
static int
fill_options(struct option_values *out, const struct plugin_info *p, const struct args *a,
             struct arena *keep, struct err *err)
{
    const char *v[2 * MAX_REPEATED];
    size_t n = 0;

    for (size_t i = 0; i < a->options.n; i++)
        v[n++] = a->options.v[i];
    for (size_t i = 0; i < p->n_options && n < 2 * MAX_REPEATED; i++) {
        const struct tocsin_option *o = &p->options[i];
        struct tocsin_str words = str_z(o->choices);
        if (!o->required || is_given(a, o->name))
            continue;
        if (o->type == TOCSIN_T_URL)
            v[n++] = arena_fmt(keep, "%s=%s", o->name, a->url ? a->url : NOWHERE "/");
        else if (o->type == TOCSIN_T_ENUM)
            v[n++] = arena_fmt(keep, "%s=%.*s", o->name, STR_FMT(str_cut(&words, ' ')));
        else if (o->type == TOCSIN_T_STRING || o->type == TOCSIN_T_LIST ||
                 o->type == TOCSIN_T_SECRET)
            v[n++] = arena_fmt(keep, "%s=saved", o->name);
    }
    return options_from_args(out, p, v, n, keep, err);
}

static int
fill_headers(struct tocsin_response *r, const struct args *a, struct arena *keep, struct err *err)
{
    struct tocsin_field *f = arena_array(keep, a->headers.n + 1, sizeof *f);

    if (!f)
        return err_set(err, ERR_NOMEM, "no memory");
    for (size_t i = 0; i < a->headers.n; i++) {
        struct tocsin_str rest = str_z(a->headers.v[i]);
        f[i].name = str_trim(str_cut(&rest, ':'));
        f[i].value = str_trim(rest);
    }
    r->headers = f;
    r->n_headers = a->headers.n;
    return 0;
}

static int
parse_file(struct plugins *plugins, const struct args *a, struct buf *body, struct arena *keep,
           struct err *err)
{
    const struct plugin_info *p;
    struct option_values options;
    struct tocsin_response r = { .size = sizeof r,
                                 .status = 200,
                                 .fetched_ms = clock_wall(&clock_system),
                                 .url = a->url ? a->url : NOWHERE "/" };
    struct turn_in in = { .call = CALL_PARSE,
                          .plugin = a->words[0],
                          .subject = "parse",
                          .service = a->words[0],
                          .source = "parse",
                          .options = &options,
                          .now_ms = r.fetched_ms,
                          .response = &r };

    if (plugins_get(plugins, a->words[0], &p, err) != 0 ||
        fill_options(&options, p, a, keep, err) != 0 || fill_headers(&r, a, keep, err) != 0 ||
        file_read(body, a->words[1], err) != 0)
        return -1;
    r.body = buf_view(body);
    return parse_once(plugins, &in, err);
}

int
cmd_parse(const struct args *a)
{
    struct plugins *plugins = NULL;
    struct arena *keep = arena_new(4 << 20);
    struct err err = { 0 };
    struct buf body;
    int rc = -1;

    buf_init(&body, MAX_BODY);
    if (!keep)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (plugins_new(&plugins, install_host_program(), install_plugin_folders(), &err) == 0)
        rc = parse_file(plugins, a, &body, keep, &err);
    buf_free(&body);
    arena_free(keep);
    if (plugins)
        plugins_free(plugins);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
