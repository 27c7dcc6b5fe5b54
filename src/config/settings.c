/* Reads a map of the configuration into a struct, by a table of typed settings. */
#include "config/settings.h"

#include <math.h>

#include "base/parse.h"
#include "base/url.h"

static int
read_string(struct loader *l, const struct node *n, void *field)
{
    const char *z = load_text(l, n);

    *(const char **)field = z;
    return z ? 0 : -1;
}

static int
wrong(struct loader *l, const struct setting *s, const struct node *n, const char *wanted)
{
    return load_error(l, n, "\"%s\" is %s, not %s", s->name, wanted, load_show(l, n->text));
}

static int
check_range(struct loader *l, const struct setting *s, const struct node *n, int64_t v)
{
    struct buf low, high;

    if ((!s->min && !s->max) || (v >= s->min && v <= s->max))
        return 0;
    buf_init(&low, 64);
    buf_init(&high, 64);
    if (s->type == SET_DURATION) {
        format_duration(&low, s->min);
        format_duration(&high, s->max);
    } else {
        buf_fmt(&low, "%lld", (long long)s->min);
        buf_fmt(&high, "%lld", (long long)s->max);
    }
    load_error(l, n, "\"%s\" must be between %s and %s, not %s", s->name, buf_cstr(&low),
               buf_cstr(&high), load_show(l, n->text));
    buf_free(&low);
    buf_free(&high);
    return -1;
}

static int
read_int(struct loader *l, const struct setting *s, const struct node *n, void *field)
{
    int64_t v;

    if (parse_i64(n->text, &v))
        return wrong(l, s, n, "a whole number");
    *(int64_t *)field = v;
    return check_range(l, s, n, v);
}

static int
read_duration(struct loader *l, const struct setting *s, const struct node *n, void *field)
{
    int64_t v;

    if (parse_duration(n->text, &v))
        return wrong(l, s, n, "a duration like 90s, 5m, 1h30m or 2w");
    *(int64_t *)field = v;
    return check_range(l, s, n, v);
}

static int
read_time(struct loader *l, const struct setting *s, const struct node *n, void *field)
{
    if (parse_rfc3339(n->text, field))
        return wrong(l, s, n, "a time like 2026-01-05 or 2026-01-05T09:00:00Z");
    return 0;
}

static int
read_number(struct loader *l, const struct setting *s, const struct node *n, void *field)
{
    double v;

    if (parse_double(n->text, &v) || !isfinite(v))
        return wrong(l, s, n, "a number");
    *(double *)field = v;
    if ((s->min || s->max) && (v < (double)s->min || v > (double)s->max))
        return load_error(l, n, "\"%s\" must be between %lld and %lld, not %s", s->name,
                          (long long)s->min, (long long)s->max, load_show(l, n->text));
    return 0;
}

static int
read_bool(struct loader *l, const struct setting *s, const struct node *n, void *field)
{
    return parse_bool(n->text, field) ? wrong(l, s, n, "true or false") : 0;
}

static int
read_enum(struct loader *l, const struct setting *s, const struct node *n, void *field)
{
    struct tocsin_str rest = str_z(s->choices);
    const char *words[16];
    int i = 0;

    while (rest.n && i < 16) {
        struct tocsin_str word = str_cut(&rest, ' ');
        if (str_eq(word, n->text)) {
            *(int *)field = i;
            return 0;
        }
        words[i] = arena_z(l->tree, word);
        if (!words[i++])
            return load_nomem(l);
    }
    return load_error(l, n, "\"%s\" is one of %s, not %s%s", s->name, s->choices,
                      load_show(l, n->text), load_hint(l, n->text, words, (size_t)i));
}

int
settings_check_url(struct loader *l, const struct node *n, const char *key)
{
    static const char *const schemes[] = { "http", "https", "smtp", "smtps", "imap", "imaps" };
    struct url u;

    if (url_split(&u, n->text))
        return load_error(l, n, "\"%s\" is an address like https://example.org/, not %s", key,
                          load_show(l, n->text));
    if (str_find(u.user, STR_LIT(":"), 0) != SIZE_MAX)
        return load_error_hidden(l, n,
                                 "the address of \"%s\" holds a password: put it into a "
                                 "file, name the file under `secrets:`, and give the "
                                 "name to an option",
                                 key);
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (str_eq_ascii_case(u.scheme, str_z(schemes[i])))
            return 0;
    return load_error(l, n,
                      "\"%s\": nothing here speaks %.*s://; http, https, smtp, smtps, "
                      "imap and imaps are",
                      key, STR_FMT(u.scheme));
}

static int
read_scalar(struct loader *l, const struct setting *s, const struct node *n, void *field)
{
    if (n->kind != NODE_SCALAR)
        return load_error(l, n, "\"%s\" needs a single value, not %s", s->name, node_kind_name(n));
    switch (s->type) {
    case SET_STRING:
        return read_string(l, n, field);
    case SET_URL:
        return settings_check_url(l, n, s->name) ? -1 : read_string(l, n, field);
    case SET_PATH:
        *(const char **)field = load_path(l, n);
        return *(const char **)field ? 0 : -1;
    case SET_INT:
        return read_int(l, s, n, field);
    case SET_DURATION:
        return read_duration(l, s, n, field);
    case SET_TIME:
        return read_time(l, s, n, field);
    case SET_NUMBER:
        return read_number(l, s, n, field);
    case SET_BOOL:
        return read_bool(l, s, n, field);
    case SET_ENUM:
        return read_enum(l, s, n, field);
    case SET_WORDS:
    case SET_NODE:
        break;
    }
    return -1;
}

static int
read_setting(struct loader *l, const struct setting *s, const struct node *n, void *out)
{
    void *field = (char *)out + s->offset;

    if (s->type == SET_NODE) {
        *(const struct node **)field = n;
        return 0;
    }
    if (s->type == SET_WORDS)
        return load_words(l, n, s->name, field);
    return read_scalar(l, s, n, field);
}

static int
unknown_key(struct loader *l, const struct settings *t, const struct node *key, const char *title)
{
    const char *words[64];
    size_t n = t->n < 64 ? t->n : 64;

    for (size_t i = 0; i < n; i++)
        words[i] = t->v[i].name;
    return load_error(l, key, "unknown key \"%.*s\" of %s%s", STR_FMT(key->text), title,
                      load_hint(l, key->text, words, n));
}

static const struct setting *
find_setting(const struct settings *t, struct tocsin_str key)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_eq_z(key, t->v[i].name))
            return &t->v[i];
    return NULL;
}

/* What the map did not give: the default, or an error. */
static int
fill_missing(struct loader *l, const struct settings *t, uint64_t given, const struct node *owner,
             const char *title, void *out)
{
    int rc = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct setting *s = &t->v[i];
        struct node n = { .kind = NODE_SCALAR,
                          .file = owner->file,
                          .line = owner->line,
                          .column = owner->column,
                          .text = str_z(s->dflt) };
        if (given >> i & 1)
            continue;
        if (s->required)
            rc = load_error(l, owner, "%s needs \"%s\": %s", title, s->name, s->help);
        else if (s->dflt && read_setting(l, s, &n, out))
            rc = -1;
    }
    return rc;
}

int
settings_read(struct loader *l, const struct settings *t, const struct node *map,
              const struct node *owner, const char *title, void *out)
{
    uint64_t given = 0;
    int rc = load_want_map(l, map, title);

    if (rc)
        return -1;
    for (const struct item *i = map ? map->first : NULL; i; i = i->next) {
        const struct setting *s = find_setting(t, i->key->text);
        if (!s) {
            rc = unknown_key(l, t, i->key, title);
            continue;
        }
        given |= UINT64_C(1) << (s - t->v);
        if (i->value->kind == NODE_NULL && s->type != SET_NODE)
            rc = load_error(l, i->key, "\"%s\" of %s has no value: give one or leave it out",
                            s->name, title);
        else if (read_setting(l, s, i->value, out))
            rc = -1;
    }
    return fill_missing(l, t, given, owner, title, out) ? -1 : rc;
}
