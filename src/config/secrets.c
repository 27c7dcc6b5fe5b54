/* Reads secrets from files and the environment; their values never stand in the configuration. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "config/load.h"
#include "config/settings.h"

#define SECRET_MAX (64u << 10)

struct secret_raw {
    const char *file, *env;
};
static const struct setting secret_keys[] = {
    S_PATH("file", struct secret_raw, file, .help = "file that holds the value, mode 0600 or 0640"),
    S_STRING("env", struct secret_raw, env, .help = "environment variable that holds the value"),
};
const struct settings settings_secret = SETTINGS("secret", secret_keys);

static int
check_mode(struct loader *l, const struct node *n, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return load_error(l, n,
                          "secret file %s cannot be read: create it with `install -m 600 "
                          "/dev/null %s` and put the value in",
                          path, path);
    if (!S_ISREG(st.st_mode))
        return load_error(l, n, "secret file %s is not a plain file", path);
    if (st.st_mode & (S_IWGRP | S_IRWXO))
        return load_error(l, n,
                          "secret file %s has mode %04o, so that others can use it: "
                          "chmod 600 %s",
                          path, (unsigned)st.st_mode & 07777u, path);
    return 0;
}

static int
keep_value(struct loader *l, const struct node *n, struct secret *s, struct tocsin_str v)
{
    while (v.n && (v.p[v.n - 1] == '\n' || v.p[v.n - 1] == '\r'))
        v.n--;
    if (!v.n)
        return load_error(l, n, "secret %s is empty: put the value in", s->name);
    if (memchr(v.p, 0, v.n))
        return load_error(l, n, "secret %s holds a NUL byte: secrets are text", s->name);
    s->value = (char *)(uintptr_t)arena_z(l->keep, v);
    return s->value ? 0 : load_nomem(l);
}

static int
read_file(struct loader *l, const struct node *n, struct secret *s, const char *path)
{
    struct err err = { 0 };
    struct buf b;
    int rc;

    if (check_mode(l, n, path))
        return -1;
    buf_init(&b, SECRET_MAX);
    if (file_read(&b, path, &err))
        rc = err.code == ERR_DATA ? load_error(l, n, "secret file %s is larger than 64 KB", path)
                                  : load_error(l, n, "%s", err.msg);
    else
        rc = keep_value(l, n, s, buf_view(&b));
    if (b.p)
        explicit_bzero(b.p, b.n);
    buf_free(&b);
    return rc;
}

static int
read_env(struct loader *l, const struct node *n, struct secret *s, const char *name)
{
    const char *value = getenv(name);

    if (!value)
        return load_error(l, n, "environment variable %s is not set: set it, or use a file", name);
    return keep_value(l, n, s, str_z(value));
}

static int
read_secret(struct loader *l, const struct node *key, const struct node *value, struct secret *s)
{
    struct secret_raw raw = { 0 };
    const char *title = arena_fmt(l->tree, "secret %.*s", STR_FMT(key->text));

    s->name = load_text(l, key);
    s->at = key;
    s->value = (char *)(uintptr_t)arena_z(l->keep, STR_NONE);
    if (!title || !s->name || !s->value)
        return load_nomem(l);
    if (value->kind != NODE_MAP)
        return load_error_hidden(l, key,
                                 "the value of secret %s may not stand in this file: "
                                 "put it into a file of mode 0600 and write "
                                 "%s: {file: PATH}, or {env: NAME}",
                                 s->name, s->name);
    if (settings_read(l, &settings_secret, value, key, title, &raw))
        return -1;
    if (!raw.file == !raw.env)
        return load_error(l, key, "secret %s needs either `file` or `env`", s->name);
    if (l->o->without_secrets)
        return 0;
    return raw.file ? read_file(l, node_get(value, "file"), s, raw.file)
                    : read_env(l, node_get(value, "env"), s, raw.env);
}

int
load_secrets(struct loader *l)
{
    struct config_whole *w = l->whole;
    int rc = 0;

    w->secrets = arena_array(l->keep, load_count(l->parts[SEC_SECRETS]) + 1, sizeof(*w->secrets));
    if (!w->secrets)
        return load_nomem(l);
    for (const struct part *p = l->parts[SEC_SECRETS]; p; p = p->next) {
        for (const struct item *i = p->value->first; i && i->key; i = i->next) {
            struct secret *s = &w->secrets[w->n_secrets++];
            if (read_secret(l, i->key, i->value, s))
                rc = -1;
            if (hash_set(l->secrets, i->key->text, s, NULL))
                return load_nomem(l);
        }
    }
    return rc;
}

/* The word is not repeated unless it is nearly a name: it may be the secret itself. */
const struct secret *
load_secret(struct loader *l, const struct node *n, const char *what)
{
    struct secret *s = hash_find(l->secrets, n->text);
    const char *hint;

    if (s) {
        s->is_used = true;
        return s;
    }
    hint = names_hint(l, NAMES_SECRETS, n->text);
    if (hint[0])
        load_error(l, n, "option \"%s\" names no secret%s", what, hint);
    else
        load_error_hidden(l, n,
                          "option \"%s\" must be the name of a secret: put the value into "
                          "a file of mode 0600, write `secrets: {NAME: {file: PATH}}`, "
                          "and give NAME here",
                          what);
    return NULL;
}
