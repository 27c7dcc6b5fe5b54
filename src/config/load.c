/* What the readers of all sections share: errors with their place, names, words, paths. */
#include "config/load.h"

#include "base/file.h"
#include "base/utf8.h"

int
load_error(struct loader *l, const struct node *at, const char *fmt, ...)
{
    struct place p = node_place(at);
    va_list ap;

    va_start(ap, fmt);
    findings_vadd(l->f, true, &p, node_line(at), fmt, ap);
    va_end(ap);
    return -1;
}

int
load_error_hidden(struct loader *l, const struct node *at, const char *fmt, ...)
{
    struct place p = node_place(at);
    va_list ap;

    va_start(ap, fmt);
    findings_vadd(l->f, true, &p, STR_NONE, fmt, ap);
    va_end(ap);
    return -1;
}

int
load_warn(struct loader *l, const struct node *at, const char *fmt, ...)
{
    struct place p = { l->c ? l->c->path : NULL, 0, 0 };
    va_list ap;

    if (at)
        p = node_place(at);
    va_start(ap, fmt);
    findings_vadd(l->f, false, &p, at ? node_line(at) : STR_NONE, fmt, ap);
    va_end(ap);
    return 0;
}

int
load_nomem(struct loader *l)
{
    findings_add(l->f, true, NULL, NULL, "no memory for the configuration");
    return -1;
}

const char *
load_hint(struct loader *l, struct tocsin_str word, const char *const *words, size_t n)
{
    const char *near = str_nearest(word, words, n);
    const char *hint = near ? arena_fmt(l->tree, " (did you mean \"%s\"?)", near) : NULL;

    return hint ? hint : "";
}

const char *
load_show(struct loader *l, struct tocsin_str s)
{
    struct tocsin_str clipped = str_clip_utf8(s, 60);
    const char *z =
        arena_fmt(l->tree, "\"%.*s%s\"", STR_FMT(clipped), clipped.n < s.n ? "..." : "");

    return z ? z : "this";
}

/* ---- names -------------------------------------------------------------- */

/* No white space, no control characters, none of what YAML or a shell reads. */
int
name_check(struct loader *l, const struct node *key, const char *what)
{
    static const char refused[] = " \t\r\n/\\\"'`$*?!&|;<>(){}[],#%";

    if (!key->text.n || key->text.n > 64)
        return load_error(l, key, "the name of a %s has 1 to 64 letters", what);
    for (size_t i = 0; i < key->text.n; i++) {
        unsigned char c = (unsigned char)key->text.p[i];
        if (c < 0x20 || c == 0x7F || strchr(refused, c))
            return load_error(l, key,
                              "the name of a %s is one word of letters, digits and "
                              "- _ . @ +, not %s",
                              what, load_show(l, key->text));
    }
    return 0;
}

int
names_add(struct loader *l, enum names kind, const struct node *key, const char *what)
{
    const struct node *first = hash_find(l->names[kind], key->text);

    if (first)
        return load_error(l, key, "%s \"%.*s\" is there already, in %s:%d: choose another name",
                          what, STR_FMT(key->text), first->file->path, first->line);
    if (hash_set(l->names[kind], key->text, (void *)(uintptr_t)key, NULL))
        return load_nomem(l);
    return 0;
}

const struct node *
names_find(const struct loader *l, enum names kind, struct tocsin_str name)
{
    return hash_find(l->names[kind], name);
}

struct name_list {
    struct arena *tree;
    const char **v;
    size_t n;
};

static int
add_name(void *ctx, struct tocsin_str key, void *value)
{
    struct name_list *list = ctx;

    (void)value;
    list->v[list->n] = arena_z(list->tree, key);
    return list->v[list->n++] ? 0 : -1;
}

const char *
names_hint(struct loader *l, enum names kind, struct tocsin_str word)
{
    struct name_list list = { .tree = l->tree };

    list.v = arena_array(l->tree, hash_count(l->names[kind]) + 1, sizeof(*list.v));
    if (!list.v || hash_each(l->names[kind], add_name, &list))
        return "";
    return load_hint(l, word, list.v, list.n);
}

static int
check_one_name(struct loader *l, enum names kind, const struct node *n, const char *what)
{
    if (n->kind != NODE_SCALAR || names_find(l, kind, n->text))
        return 0; /* another kind has been refused already */
    return load_error(l, n, "unknown %s %s%s", what, load_show(l, n->text),
                      names_hint(l, kind, n->text));
}

int
names_check(struct loader *l, enum names kind, const struct node *list, const char *what)
{
    int rc = 0;

    if (!list)
        return 0;
    if (list->kind != NODE_LIST)
        return check_one_name(l, kind, list, what);
    for (const struct item *i = list->first; i; i = i->next)
        if (check_one_name(l, kind, i->value, what))
            rc = -1;
    return rc;
}

/* ---- values -------------------------------------------------------------- */

const char *
load_text(struct loader *l, const struct node *n)
{
    const char *z = arena_z(l->keep, n->text);

    if (!z)
        load_nomem(l);
    return z;
}

int
load_words(struct loader *l, const struct node *n, const char *what, struct word_list *out)
{
    const struct item one = { .value = (struct node *)(uintptr_t)n };
    const struct item *first = n->kind == NODE_LIST ? n->first : &one;
    size_t count = n->kind == NODE_LIST ? n->n : 1;
    const char **v = arena_array(l->keep, count + 1, sizeof(*v));
    int rc = 0;

    *out = (struct word_list){ v, 0 };
    if (!v)
        return load_nomem(l);
    for (const struct item *i = first; i; i = i->next) {
        if (i->value->kind != NODE_SCALAR)
            rc = load_error(l, i->value, "\"%s\" needs a list of single values, not %s", what,
                            node_kind_name(i->value));
        else if (!(v[out->n++] = load_text(l, i->value)))
            return -1;
    }
    return rc;
}

const char *
load_path(struct loader *l, const struct node *n)
{
    struct tocsin_str file = str_z(n->file->path), dir = file;
    const char *z;

    while (dir.n && dir.p[dir.n - 1] != '/')
        dir.n--;
    if (str_starts(n->text, STR_LIT("/")) || !dir.n)
        dir.n = 0;
    z = arena_fmt(l->keep, "%.*s%.*s", STR_FMT(dir), STR_FMT(n->text));
    if (!z)
        load_nomem(l);
    return z;
}

int
load_want_map(struct loader *l, const struct node *n, const char *what)
{
    if (!n || n->kind == NODE_MAP || n->kind == NODE_NULL)
        return 0;
    return load_error(l, n, "%s is a map of keys and values, not %s", what, node_kind_name(n));
}

size_t
load_count(const struct part *p)
{
    size_t n = 0;

    for (; p; p = p->next)
        n += p->value->n;
    return n;
}
