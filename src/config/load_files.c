/* Reads the main file, what it includes, and rules.d; sorts their parts by top-level key. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "config/load.h"

#define MAX_FILES 1000
#define MAX_INCLUDE_DEPTH 5

/* How a top-level key is shared by several files: joined, or given once. */
static const struct top {
    const char *name;
    bool is_joined;
} tops[SEC_COUNT] = {
    [SEC_BRANDS] = { "brands", true },
    [SEC_TOPICS] = { "topics", true },
    [SEC_COMPETITORS] = { "competitors", true },
    [SEC_SOURCES] = { "sources", true },
    [SEC_RULES] = { "rules", true },
    [SEC_SECRETS] = { "secrets", true },
    [SEC_NOTIFIERS] = { "notifiers", true },
    [SEC_NOTIFY] = { "notify", true },
    [SEC_STAFF] = { "staff", true },
    [SEC_TEAMS] = { "teams", true },
    [SEC_ROTATIONS] = { "rotations", true },
    [SEC_ESCALATION] = { "escalation", false },
    [SEC_ALERTS] = { "alerts", false },
    [SEC_KEEP] = { "keep", false },
    [SEC_STATE_DIR] = { "state_dir", false },
    [SEC_SOCKET] = { "socket", false },
    [SEC_CONTACT] = { "contact", false },
    [SEC_HEARTBEAT] = { "heartbeat", false },
    [SEC_DRY_RUN] = { "dry_run", false },
    [SEC_INCLUDE] = { "include", true },
};

static int
add_part(struct loader *l, size_t sec, const struct node *key, const struct node *value)
{
    struct part *p;

    if (!tops[sec].is_joined && l->parts[sec])
        return load_error(l, key,
                          "\"%s\" is given already in %s:%d: it can stand in one file "
                          "only",
                          tops[sec].name, l->parts[sec]->value->file->path,
                          l->parts[sec]->key->line);
    p = arena_alloc(l->tree, sizeof(*p));
    if (!p)
        return load_nomem(l);
    p->key = key;
    p->value = value;
    *l->tails[sec] = p;
    l->tails[sec] = &p->next;
    return 0;
}

static int
unknown_top(struct loader *l, const struct node *key)
{
    const char *words[SEC_COUNT];

    for (size_t i = 0; i < SEC_COUNT; i++)
        words[i] = tops[i].name;
    return load_error(l, key, "unknown key \"%.*s\"%s", STR_FMT(key->text),
                      load_hint(l, key->text, words, SEC_COUNT));
}

static int
include_one(struct loader *l, const struct node *n, int depth)
{
    const char *pattern = load_path(l, n);
    struct stat st;
    glob_t g = { 0 };
    int rc = 0;

    if (!pattern)
        return -1;
    if (l->text.p)
        return load_error(l, n, "only a file can include others");
    if (strpbrk(pattern, "*?[") == NULL) {
        if (stat(pattern, &st) != 0 || !S_ISREG(st.st_mode))
            return load_error(l, n, "no file %s: correct the name, or take it out", pattern);
        return load_one_file(l, pattern, depth + 1);
    }
    if (glob(pattern, GLOB_ERR, NULL, &g) == 0)
        for (size_t i = 0; i < g.gl_pathc; i++)
            if (load_one_file(l, g.gl_pathv[i], depth + 1))
                rc = -1;
    globfree(&g);
    return rc;
}

static int
include_all(struct loader *l, const struct node *n, int depth)
{
    struct word_list checked;
    int rc = load_words(l, n, "include", &checked);

    if (rc)
        return -1;
    if (depth >= MAX_INCLUDE_DEPTH)
        return load_error(l, n, "included more than %d deep: does a file include itself?",
                          MAX_INCLUDE_DEPTH);
    if (n->kind != NODE_LIST)
        return include_one(l, n, depth);
    for (const struct item *i = n->first; i; i = i->next)
        if (include_one(l, i->value, depth))
            rc = -1;
    return rc;
}

static int
sort_keys(struct loader *l, const struct node *root, int depth)
{
    int rc = 0;

    for (const struct item *i = root->first; i; i = i->next) {
        size_t sec = 0;
        while (sec < SEC_COUNT && !str_eq_z(i->key->text, tops[sec].name))
            sec++;
        if (sec == SEC_COUNT)
            rc = unknown_top(l, i->key);
        else if (i->value->kind == NODE_NULL)
            continue; /* a key with nothing behind it is a key left out */
        else if (sec == SEC_INCLUDE ? include_all(l, i->value, depth)
                                    : add_part(l, sec, i->key, i->value))
            rc = -1;
    }
    return rc;
}

int
load_one_file(struct loader *l, const char *path, int depth)
{
    struct yaml_file *file = NULL;
    const struct node *root;

    if (++l->n_files > MAX_FILES) {
        findings_add(l->f, true, NULL, NULL, "%s: more than %d files", path, MAX_FILES);
        return -1;
    }
    if (l->text.p && !depth ? yaml_parse(&file, path, l->text, l->tree, l->keep, l->f)
                            : yaml_read(&file, path, l->tree, l->keep, l->f)) {
        l->n_unread++;
        return -1;
    }
    root = file->root;
    if (root->kind == NODE_LIST)
        return add_part(l, SEC_RULES, NULL, root);
    if (root->kind == NODE_SCALAR)
        return load_error(l, root,
                          "the file holds a single value: it should hold keys like "
                          "`brands:` and `notify:`");
    return root->kind == NODE_MAP ? sort_keys(l, root, depth) : 0;
}

int
load_rule_dir(struct loader *l, const char *dir)
{
    struct buf b;
    glob_t g = { 0 };
    int rc = 0;

    buf_init(&b, 4096);
    path_join(&b, dir, "*.yaml");
    if (!b.failed && glob(buf_cstr(&b), 0, NULL, &g) == 0)
        for (size_t i = 0; i < g.gl_pathc; i++)
            if (load_one_file(l, g.gl_pathv[i], MAX_INCLUDE_DEPTH))
                rc = -1;
    globfree(&g);
    buf_free(&b);
    return rc;
}

int
load_files(struct loader *l, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n_errors = findings_count(l->f, true);
    const char *dir;
    int rc = load_one_file(l, path, 0);

    if (findings_count(l->f, true) == n_errors && l->n_files == 1) {
        bool is_empty = true;
        for (size_t i = 0; i < SEC_COUNT; i++)
            is_empty = is_empty && !l->parts[i];
        if (is_empty) {
            struct place at = { path, 1, 1 };
            findings_add(l->f, true, &at, NULL,
                         "the file is empty: `tocsin init BRAND` writes one that works");
            return -1;
        }
    }
    if (l->text.p)
        return rc;
    dir = arena_fmt(l->keep, "%.*srules.d", slash ? (int)(slash - path + 1) : 0, path);
    if (!dir)
        return load_nomem(l);
    return load_rule_dir(l, dir) ? -1 : rc;
}
