/* mention - lists, searches and shows mentions. */
#include <stdio.h>
#include <sysexits.h>

#include "base/escape.h"
#include "base/json.h"
#include "cli/cli.h"

static const char *const columns[] = { "id",        "time",      "level", "irate",
                                       "sentiment", "complaint", "brand", "source",
                                       "who",       "text",      "url" };
#define N_COLUMNS (sizeof columns / sizeof *columns)

static int
put_row(void *ctx, const struct mention_row *m)
{
    struct table *t = ctx;
    const struct post *p = &m->post.post;

    table_id(t, m->id);
    table_time(t, m->post.first_seen_ms);
    table_z(t, level_name(m->mention.score.level));
    table_double(t, m->mention.score.irate, 0);
    table_double(t, m->mention.score.sentiment, 2);
    table_double(t, m->mention.score.complaint, 2);
    table_str(t, m->mention.brand);
    table_str(t, p->source);
    table_str(t, m->person_name.n ? m->person_name : p->author.handle);
    table_str(t, p->text.text.n ? p->text.text : p->title.text);
    table_str(t, p->url);
    return 0;
}

static int
list(const struct args *a, struct tocsin_str search)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct table *t = table_new(a->format, columns, N_COLUMNS);
    struct mention_filter f = {
        .brand = str_z(a->brand),
        .source = str_z(a->source),
        .search = search,
        .since_ms = a->since_ms,
        .with_drills = a->is_all,
        .without_copies = !a->is_all,
        .limit = a->max_rows ? (size_t)a->max_rows : 50,
    };
    int rc = -1;

    if (!t)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (a->level && level_parse(str_z(a->level), &f.at_least) != 0)
        err_set(&err, ERR_USAGE, "--level %s: say watch, upset, irate or crusade", a->level);
    else if ((!a->person || cli_id(a->person, &f.person, &err) == 0) &&
             cli_open(&c, &s, a, &err) == 0) {
        rc = store_each_mention(s, &f, put_row, t, &err);
        cli_close(&c, s);
    }
    if (t)
        table_end(t, rc == 0 ? "no mentions" : NULL);
    return rc == 0 ? EX_OK : cli_fail(&err);
}

int
cmd_mention_list(const struct args *a)
{
    return list(a, STR_NONE);
}

int
cmd_mention_search(const struct args *a)
{
    struct buf b;
    int rc;

    buf_init(&b, 4096);
    for (size_t i = 0; i < a->n_words; i++)
        buf_fmt(&b, "%s%s", i ? " " : "", a->words[i]);
    rc = list(a, buf_view(&b));
    buf_free(&b);
    return rc;
}

/* ---- one mention --------------------------------------------------------------------- */

static void
show_line(const char *label, struct tocsin_str s)
{
    struct buf b;

    if (s.n == 0)
        return;
    buf_init(&b, 1 << 16);
    escape_terminal_lines(&b, s);
    printf("%-10s %s\n", label, buf_cstr(&b));
    buf_free(&b);
}

static void
show_parts(const struct score *s)
{
    for (size_t i = 0; i < s->n_parts; i++) {
        const struct score_part *p = &s->parts[i];
        struct buf b;
        buf_init(&b, 4096);
        escape_terminal(&b, p->name);
        if (p->text.n) {
            buf_z(&b, "  “");
            escape_terminal(&b, p->text);
            buf_z(&b, "”");
        }
        printf("  %-9s %+7.2f  %s%s\n", axis_name(p->axis), p->weight, buf_cstr(&b),
               p->is_history ? "  (history)" : "");
        buf_free(&b);
    }
}

static void
show_hits(const struct mention_row *m)
{
    for (size_t i = 0; i < m->mention.n_hits; i++) {
        const struct hit *h = &m->mention.hits[i];
        struct tocsin_str text =
            h->field == FIELD_TITLE ? m->post.post.title.text : m->post.post.text.text;
        struct buf b;
        buf_init(&b, 4096);
        escape_terminal(&b, str_sub(text, h->begin, h->end));
        printf("  %.*s  %s %u-%u  “%s”%s\n", STR_FMT(h->rule),
               h->field == FIELD_TITLE ? "title" : "text", h->begin, h->end, buf_cstr(&b),
               h->is_unsure ? "  unsure" : "");
        buf_free(&b);
    }
}

static void
show_text(const struct mention_row *m)
{
    const struct score *s = &m->mention.score;
    const struct post *p = &m->post.post;
    struct buf b;

    buf_init(&b, 256);
    buf_fmt(&b, "%s, irate %.0f, complaint %.2f, sentiment %+.2f", level_name(s->level), s->irate,
            s->complaint, s->sentiment);
    printf("%-10s %lld%s\n", "mention", (long long)m->id, m->post.is_copy ? " (a copy)" : "");
    show_line("brand", m->mention.brand);
    show_line("level", buf_view(&b));
    show_line("who", m->person_name);
    show_line("source", p->source);
    show_line("url", p->url);
    show_line("title", p->title.text);
    show_line("text", p->text.text);
    if (m->alert)
        printf("%-10s %lld\n", "alert", (long long)m->alert);
    printf("why\n");
    show_parts(s);
    printf("hits\n");
    show_hits(m);
    buf_free(&b);
}

static void
show_json(const struct mention_row *m)
{
    const struct score *s = &m->mention.score;
    struct jout j;
    struct buf b;

    buf_init(&b, 4 << 20);
    jout_begin(&j, &b);
    jout_object(&j);
    jout_key(&j, "id");
    jout_id(&j, m->id);
    jout_kstr(&j, "brand", m->mention.brand);
    jout_kz(&j, "level", level_name(s->level));
    jout_key(&j, "irate");
    jout_double(&j, s->irate, 1);
    jout_key(&j, "complaint");
    jout_double(&j, s->complaint, 3);
    jout_key(&j, "sentiment");
    jout_double(&j, s->sentiment, 3);
    jout_kstr(&j, "who", m->person_name);
    jout_kstr(&j, "source", m->post.post.source);
    jout_kstr(&j, "url", m->post.post.url);
    jout_kstr(&j, "title", m->post.post.title.text);
    jout_kstr(&j, "text", m->post.post.text.text);
    jout_ktime(&j, "published", m->post.post.published_ms);
    jout_ktime(&j, "first_seen", m->post.first_seen_ms);
    jout_key(&j, "because");
    jout_array(&j);
    for (size_t i = 0; i < s->n_parts; i++) {
        jout_object(&j);
        jout_kz(&j, "axis", axis_name(s->parts[i].axis));
        jout_kstr(&j, "rule", s->parts[i].name);
        jout_kstr(&j, "text", s->parts[i].text);
        jout_key(&j, "weight");
        jout_double(&j, s->parts[i].weight, 3);
        jout_object_end(&j);
    }
    jout_array_end(&j);
    jout_key(&j, "hits");
    jout_array(&j);
    for (size_t i = 0; i < m->mention.n_hits; i++) {
        const struct hit *h = &m->mention.hits[i];
        jout_object(&j);
        jout_kstr(&j, "rule", h->rule);
        jout_kz(&j, "field", h->field == FIELD_TITLE ? "title" : "text");
        jout_ki64(&j, "begin", h->begin);
        jout_ki64(&j, "end", h->end);
        jout_kbool(&j, "unsure", h->is_unsure);
        jout_object_end(&j);
    }
    jout_array_end(&j);
    jout_object_end(&j);
    puts(buf_cstr(&b));
    buf_free(&b);
}

int
cmd_mention_show(const struct args *a)
{
    struct cli_config c;
    struct store *s = NULL;
    struct err err = { 0 };
    struct arena *arena = arena_new(16 << 20);
    struct mention_row m;
    int64_t id;
    int rc = -1;

    if (!arena)
        err_set(&err, ERR_NOMEM, "no memory");
    else if (cli_id(a->words[0], &id, &err) == 0) {
        if (cli_open(&c, &s, a, &err) == 0)
            rc = store_get_mention(s, id, arena, &m, &err);
        if (rc == 0 && a->format == FORMAT_TABLE)
            show_text(&m);
        else if (rc == 0)
            show_json(&m);
        cli_close(&c, s);
    }
    arena_free(arena);
    return rc == 0 ? EX_OK : cli_fail(&err);
}
