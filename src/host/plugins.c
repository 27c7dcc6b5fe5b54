/* plugins.c - finds plugins in their folders and remembers what they say of themselves. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "host/check.h"
#include "host/describe.h"
#include "host/host.h"

struct known {
    struct known *older;
    struct arena *arena;
    struct hello hello;
    char *path;
    int64_t mtime_ns;
    off_t size;
};

struct plugins {
    char *host_program;
    struct word_list folders;
    struct arena *arena; /* folders, and the names last listed */
    struct hash *known;  /* by name */
    struct arena *names_arena;
};

/* Entries once handed out stay until the end: a changed file gets an entry of its own. */
static void
free_known(void *v)
{
    struct known *k = v;

    while (k) {
        struct known *older = k->older;

        arena_free(k->arena);
        free(k->path);
        free(k);
        k = older;
    }
}

int
plugins_new(struct plugins **out, const char *host_program, struct word_list folders,
            struct err *err)
{
    struct plugins *p = calloc(1, sizeof *p);
    const char **v;

    if (!p)
        return err_set(err, ERR_NOMEM, "no memory for plugins");
    p->arena = arena_new(1u << 20);
    p->known = hash_new();
    p->host_program = strdup(host_program);
    v = p->arena ? arena_array(p->arena, folders.n, sizeof *v) : NULL;
    if (!v || !p->known || !p->host_program)
        goto fail;
    for (size_t i = 0; i < folders.n; i++) {
        v[i] = arena_z(p->arena, str_z(folders.v[i]));
        if (!v[i])
            goto fail;
    }
    p->folders = (struct word_list){ v, folders.n };
    *out = p;
    return 0;
fail:
    plugins_free(p);
    return err_set(err, ERR_NOMEM, "no memory for plugins");
}

void
plugins_free(struct plugins *p)
{
    if (!p)
        return;
    hash_free(p->known, free_known);
    arena_free(p->names_arena);
    arena_free(p->arena);
    free(p->host_program);
    free(p);
}

/* ---- finding ------------------------------------------------------------------ */

/* Whoever may write a plugin is the daemon. */
static int
check_safe(const char *path, const struct stat *st, struct err *err)
{
    bool is_open = st->st_mode & S_IWOTH ||
                   (st->st_mode & S_IWGRP && st->st_gid != 0 && st->st_gid != getegid());

    if (is_open)
        return err_set(err, ERR_DENIED, "%s can be written by others: chmod go-w %s", path, path);
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return err_set(err, ERR_DENIED, "%s belongs to another user: chown it to root", path);
    return 0;
}

/* 0 and *path (to be freed), 1: in no folder, -1: there, but not safe. */
static int
find_file(const struct plugins *p, const char *name, char **path, struct stat *st, struct err *err)
{
    for (size_t i = 0; i < p->folders.n; i++) {
        struct stat folder;
        char *full;

        if (asprintf(&full, "%s/%s.so", p->folders.v[i], name) < 0)
            return err_set(err, ERR_NOMEM, "no memory");
        if (stat(full, st) || !S_ISREG(st->st_mode)) {
            free(full);
            continue;
        }
        if (stat(p->folders.v[i], &folder) || check_safe(p->folders.v[i], &folder, err) ||
            check_safe(full, st, err)) {
            free(full);
            return -1;
        }
        *path = full;
        return 0;
    }
    return 1;
}

static int
not_found(struct plugins *p, const char *name, struct err *err)
{
    struct word_list names = plugins_names(p);
    const char *nearest = str_nearest(str_z(name), names.v, names.n);

    if (nearest)
        return err_set(err, ERR_NOTFOUND, "no plugin \"%s\"; did you mean %s?", name, nearest);
    return err_set(err, ERR_NOTFOUND, "no plugin \"%s\" in %s%s; `tocsin plugin list` shows all",
                   name, p->folders.n ? p->folders.v[0] : "any folder",
                   p->folders.n > 1 ? " and the other folders" : "");
}

static int64_t
mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static struct known *
ask(const struct plugins *p, const char *path, const struct stat *st, struct err *err)
{
    struct known *k = calloc(1, sizeof *k);

    if (!k)
        goto nomem;
    k->arena = arena_new(8u << 20);
    k->path = strdup(path);
    if (!k->arena || !k->path)
        goto nomem;
    k->mtime_ns = mtime_ns(st);
    k->size = st->st_size;
    if (describe_plugin(&k->hello, p->host_program, k->path, k->arena, err)) {
        free_known(k);
        return NULL;
    }
    return k;
nomem:
    free_known(k);
    err_set(err, ERR_NOMEM, "no memory for a plugin");
    return NULL;
}

static bool
is_current(const struct known *k, const char *path, const struct stat *st)
{
    return strcmp(k->path, path) == 0 && k->mtime_ns == mtime_ns(st) && k->size == st->st_size;
}

/* An older entry stays behind the newer one, because its tables may be in use. */
static int
remember(struct plugins *p, const char *name, struct known *k, struct err *err)
{
    void *older = NULL;

    if (hash_set(p->known, str_z(name), k, &older))
        return err_set(err, ERR_NOMEM, "no memory for a plugin");
    k->older = older;
    return 0;
}

int
plugins_get(struct plugins *p, const char *name, const struct plugin_info **out, struct err *err)
{
    struct known *k = hash_find(p->known, str_z(name));
    struct stat st;
    char *path = NULL;
    int rc;

    if (!is_plain_name(name))
        return err_set(err, ERR_NOTFOUND, "\"%s\" is no name of a plugin: a-z, 0-9, - and _ only",
                       name);
    rc = find_file(p, name, &path, &st, err);
    if (rc)
        return rc > 0 ? not_found(p, name, err) : err_prefix(err, "plugin %s", name);
    if (!k || !is_current(k, path, &st)) {
        k = ask(p, path, &st, err);
        rc = k ? remember(p, name, k, err) : -1;
        if (k && rc)
            free_known(k);
    }
    free(path);
    if (rc) {
        if (!str_starts(str_z(err->msg), STR_LIT("plugin ")))
            err_prefix(err, "plugin %s", name);
        return -1;
    }
    *out = &k->hello.info;
    return 0;
}

/* ---- listing ------------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct listing {
    const char **v;
    size_t n, cap;
};

static void
list_one(struct listing *l, struct arena *a, const char *file)
{
    struct tocsin_str name = str_z(file);
    const char *z;

    if (!str_ends(name, STR_LIT(".so")))
        return;
    name.n -= 3;
    z = arena_z(a, name);
    if (!z || !is_plain_name(z))
        return;
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 32;
        const char **v = reallocarray(l->v, cap, sizeof *v);

        if (!v)
            return;
        l->v = v;
        l->cap = cap;
    }
    l->v[l->n++] = z;
}

static void
list_folder(struct listing *l, struct arena *a, const char *folder)
{
    DIR *d = opendir(folder);
    const struct dirent *e;

    if (!d)
        return;
    while ((e = readdir(d)))
        list_one(l, a, e->d_name);
    closedir(d);
}

static void
sort_and_join(struct listing *l)
{
    size_t kept = 0;

    if (l->n)
        qsort(l->v, l->n, sizeof *l->v, compare);
    for (size_t i = 0; i < l->n; i++) {
        if (kept == 0 || strcmp(l->v[kept - 1], l->v[i]) != 0)
            l->v[kept++] = l->v[i];
    }
    l->n = kept;
}

struct word_list
plugins_names(struct plugins *p)
{
    struct listing l = { 0 };
    const char **v = NULL;

    if (!p->names_arena)
        p->names_arena = arena_new(4u << 20);
    if (!p->names_arena)
        return (struct word_list){ 0 };
    for (size_t i = 0; i < p->folders.n; i++)
        list_folder(&l, p->names_arena, p->folders.v[i]);
    sort_and_join(&l);
    v = arena_array(p->names_arena, l.n, sizeof *v);
    if (v && l.n)
        memcpy(v, l.v, l.n * sizeof *v);
    free(l.v);
    return (struct word_list){ v, v ? l.n : 0 };
}

/* ---- locks ----------------------------------------------------------------------- */

int
plugins_locks(struct plugins *p, struct arena *a, const struct host_lock **out, size_t *n,
              struct err *err)
{
    struct hello hello;

    if (describe_plugin(&hello, p->host_program, NULL, a, err))
        return -1;
    *out = hello.locks;
    *n = hello.n_locks;
    return 0;
}
