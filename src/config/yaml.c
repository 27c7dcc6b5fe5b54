/* Turns a YAML file into a bounded tree of nodes with places, by libfyaml's events. */
#include "config/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "config/findings.h"

struct reader {
    struct yaml_file *file;
    struct arena *tree;
    struct findings *f;
    struct fy_diag *diag;
    struct fy_parser *parser;
    struct hash *anchors; /* name -> node; a node still open has weight 0 */
};

struct place
node_place(const struct node *n)
{
    return (struct place){ n->file->path, n->line, n->column };
}

static struct tocsin_str
line_of(struct tocsin_str text, int line)
{
    struct tocsin_str one = STR_NONE;

    for (int i = 0; i < line && text.n; i++)
        one = str_cut(&text, '\n');
    if (one.n && one.p[one.n - 1] == '\r')
        one.n--;
    return one;
}

struct tocsin_str
node_line(const struct node *n)
{
    return line_of(n->file->text, n->line);
}

const char *
node_kind_name(const struct node *n)
{
    static const char *const names[] = { "nothing", "a single value", "a list", "a map" };

    return names[n->kind];
}

struct node *
node_get(const struct node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (const struct item *i = map->first; i; i = i->next)
        if (str_eq_z(i->key->text, key))
            return i->value;
    return NULL;
}

struct node *
node_make(struct arena *tree, const struct node *like, struct tocsin_str text)
{
    struct node *n = arena_alloc(tree, sizeof(*n));

    if (!n)
        return NULL;
    *n = (struct node){ .kind = NODE_SCALAR,
                        .is_quoted = true,
                        .line = like->line,
                        .column = like->column,
                        .weight = 1,
                        .file = like->file };
    n->text = arena_str(tree, text);
    return n->text.p ? n : NULL;
}

__attribute__((format(printf, 4, 5))) static int
fail_at(const struct reader *r, int line, int column, const char *fmt, ...)
{
    struct place at = { r->file->path, line, column };
    va_list ap;

    va_start(ap, fmt);
    findings_vadd(r->f, true, &at, line_of(r->file->text, line), fmt, ap);
    va_end(ap);
    return -1;
}

static int
fail_node(const struct reader *r, const struct node *n, const char *msg)
{
    return fail_at(r, n->line, n->column, "%s", msg);
}

/* What libfyaml found wrong, in its words, at its place. */
static int
fail_syntax(const struct reader *r)
{
    void *at = NULL;
    const struct fy_diag_error *e = fy_diag_errors_iterate(r->diag, &at);

    if (!e)
        return fail_at(r, 1, 1, "not readable as YAML");
    return fail_at(r, e->line, e->column, "not valid YAML: %s", e->msg ? e->msg : "syntax error");
}

/* A block scalar's mark is the begin of its first line; what counts is the first character. */
static void
skip_indent(struct node *n, size_t at)
{
    struct tocsin_str text = n->file->text;

    for (; at < text.n && text.p[at] == ' '; at++)
        n->column++;
}

static struct node *
node_new(struct reader *r, struct fy_event *e, const struct node *last)
{
    const struct fy_mark *m = fy_event_start_mark(e);
    struct node *n = arena_alloc(r->tree, sizeof(*n));

    if (!n) {
        fail_at(r, 0, 0, "no memory");
        return NULL;
    }
    n->file = r->file;
    n->line = m ? m->line + 1 : last ? last->line : 1;
    n->column = m ? m->column + 1 : last ? last->column : 1;
    return n;
}

static bool
is_null_word(const struct node *n)
{
    return !n->is_quoted &&
           (!n->text.n || str_eq_z(n->text, "~") || str_eq_ascii_case(n->text, STR_LIT("null")));
}

static int
fill_scalar(struct reader *r, struct node *n, struct fy_event *e)
{
    struct fy_token *token = e->scalar.value;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;
    size_t len = 0;
    const char *text = token ? fy_token_get_text(token, &len) : NULL;

    n->is_quoted = style != FYSS_PLAIN;
    n->text = arena_str(r->tree, (struct tocsin_str){ text ? text : "", text ? len : 0 });
    n->weight = 1;
    if (!n->text.p)
        return fail_node(r, n, "no memory");
    if (memchr(n->text.p, 0, n->text.n))
        return fail_node(r, n, "a value holds a NUL character: remove \"\\0\"");
    if (style == FYSS_LITERAL || style == FYSS_FOLDED)
        skip_indent(n, fy_event_start_mark(e)->input_pos);
    n->kind = is_null_word(n) ? NODE_NULL : NODE_SCALAR;
    return 0;
}

static struct node *read_node(struct reader *r, struct fy_event *e, int depth,
                              const struct node *last);

/* The next event, or NULL with the syntax error told. */
static struct fy_event *
next_event(struct reader *r)
{
    struct fy_event *e = fy_parser_parse(r->parser);

    if (!e)
        fail_syntax(r);
    return e;
}

/* The next node inside *parent; 1: parent ends here; -1 told. */
static int
read_inside(struct reader *r, const struct node *parent, enum fy_event_type end, int depth,
            const struct node *last, struct node **out)
{
    struct fy_event *e = next_event(r);
    bool is_end;

    if (!e)
        return -1;
    is_end = e->type == end;
    if (!is_end)
        *out = read_node(r, e, depth, last ? last : parent);
    fy_parser_event_free(r->parser, e);
    return is_end ? 1 : *out ? 0 : -1;
}

static int
check_weight(const struct reader *r, struct node *n, const struct node *child)
{
    n->weight += child->weight;
    if (n->weight > YAML_MAX_WEIGHT)
        return fail_node(r, child,
                         "too much: with its aliases written out this file has more "
                         "than a million values");
    return 0;
}

static int
add_item(struct reader *r, struct node *n, struct item ***tail, struct node *key,
         struct node *value)
{
    struct item *i = arena_alloc(r->tree, sizeof(*i));

    if (!i)
        return fail_node(r, n, "no memory");
    i->key = key;
    i->value = value;
    **tail = i;
    *tail = &i->next;
    n->n++;
    return check_weight(r, n, value);
}

static int
read_list(struct reader *r, struct node *n, int depth)
{
    struct item **tail = &n->first;
    const struct node *last = NULL;
    uint32_t weight = 0;
    int rc;

    n->kind = NODE_LIST;
    for (;;) {
        struct node *value = NULL;
        rc = read_inside(r, n, FYET_SEQUENCE_END, depth, last, &value);
        if (rc)
            break;
        n->weight = weight; /* 0 while open is how an alias to itself is seen */
        if (add_item(r, n, &tail, NULL, value))
            return -1;
        weight = n->weight;
        n->weight = 0;
        last = value;
    }
    n->weight = weight + 1;
    return rc < 0 ? -1 : 0;
}

/* Keys seen, so that a second one of the same name is refused; small maps are searched. */
static int
check_key(struct reader *r, const struct node *map, struct hash **seen, struct node *key)
{
    const struct node *first = NULL;

    if (key->kind == NODE_NULL && key->file)
        return fail_node(r, key, "a key is missing before the colon");
    if (key->kind != NODE_SCALAR)
        return fail_node(r, key, "a key must be a single word");
    if (!*seen) {
        *seen = hash_new();
        if (!*seen)
            return fail_node(r, map, "no memory");
    }
    first = hash_find(*seen, key->text);
    if (first)
        return fail_at(r, key->line, key->column,
                       "\"%.*s\" is given twice; first in line %d: join the two",
                       STR_FMT(key->text), first->line);
    return hash_set(*seen, key->text, key, NULL) ? fail_node(r, map, "no memory") : 0;
}

static int
read_map(struct reader *r, struct node *n, int depth)
{
    struct item **tail = &n->first;
    const struct node *last = NULL;
    struct hash *seen = NULL;
    uint32_t weight = 0;
    int rc, bad = 0;

    n->kind = NODE_MAP;
    for (;;) {
        struct node *key = NULL, *value = NULL;
        rc = read_inside(r, n, FYET_MAPPING_END, depth, last, &key);
        if (rc)
            break;
        if (check_key(r, n, &seen, key))
            bad = -1; /* goes on: all errors of a file are wanted */
        rc = read_inside(r, key, FYET_MAPPING_END, depth, key, &value);
        if (rc)
            break;
        n->weight = weight;
        rc = bad ? 0 : add_item(r, n, &tail, key, value);
        weight = n->weight;
        n->weight = 0;
        if (rc)
            break;
        last = value;
    }
    n->weight = weight + 1;
    hash_free(seen, NULL);
    return rc < 0 ? -1 : bad;
}

static struct node *
read_alias(struct reader *r, struct fy_event *e)
{
    size_t len = 0;
    const char *name = fy_token_get_text(e->alias.anchor, &len);
    const struct fy_mark *m = fy_event_start_mark(e);
    int line = m ? m->line + 1 : 1, column = m ? m->column + 1 : 1;
    struct node *target = hash_find(r->anchors, (struct tocsin_str){ name, name ? len : 0 });

    if (!target)
        fail_at(r, line, column, "no anchor &%.*s stands before this alias", (int)len, name);
    else if (!target->weight)
        fail_at(r, line, column, "alias *%.*s stands inside what it names", (int)len, name);
    return target && target->weight ? target : NULL;
}

static int
remember_anchor(struct reader *r, struct fy_event *e, struct node *n)
{
    struct fy_token *anchor = fy_event_get_anchor_token(e);
    size_t len = 0;
    const char *name = anchor ? fy_token_get_text(anchor, &len) : NULL;

    if (!name)
        return 0;
    return hash_set(r->anchors, (struct tocsin_str){ name, len }, n, NULL)
               ? fail_node(r, n, "no memory")
               : 0;
}

static int
check_tag(struct reader *r, struct fy_event *e, const struct node *n)
{
    struct fy_token *tag = fy_event_get_tag_token(e);
    size_t len = 0;
    const char *text = tag ? fy_token_get_text(tag, &len) : NULL;

    if (!text || str_starts((struct tocsin_str){ text, len }, STR_LIT("tag:yaml.org,2002:")))
        return 0;
    return fail_at(r, n->line, n->column,
                   "tags like %.*s mean nothing here: put a value that begins with ! in quotes",
                   (int)len, text);
}

static struct node *
read_node(struct reader *r, struct fy_event *e, int depth, const struct node *last)
{
    struct node *n;
    int rc = -1;

    if (e->type == FYET_ALIAS)
        return read_alias(r, e);
    n = node_new(r, e, last);
    if (!n || remember_anchor(r, e, n) || check_tag(r, e, n))
        return NULL;
    if (depth > YAML_MAX_DEPTH) {
        fail_at(r, n->line, n->column, "nested more than %d deep", YAML_MAX_DEPTH);
        return NULL;
    }
    switch (e->type) {
    case FYET_SCALAR:
        rc = fill_scalar(r, n, e);
        break;
    case FYET_SEQUENCE_START:
        rc = read_list(r, n, depth + 1);
        break;
    case FYET_MAPPING_START:
        rc = read_map(r, n, depth + 1);
        break;
    default:
        fail_node(r, n, "not valid YAML: a value is missing");
        break;
    }
    return rc ? NULL : n;
}

/* Stream and document events around at most one root. */
static int
read_document(struct reader *r)
{
    int rc = 0, n_documents = 0;

    for (bool at_end = false; !at_end && !rc;) {
        struct fy_event *e = next_event(r);
        if (!e)
            return -1;
        const struct fy_mark *m = fy_event_start_mark(e);
        at_end = e->type == FYET_STREAM_END;
        if (e->type == FYET_DOCUMENT_START && n_documents++)
            rc = fail_at(r, m ? m->line + 1 : 1, 1,
                         "a second document begins here: a configuration is one, without ---");
        else if (e->type == FYET_SCALAR || e->type == FYET_SEQUENCE_START ||
                 e->type == FYET_MAPPING_START || e->type == FYET_ALIAS) {
            r->file->root = read_node(r, e, 0, NULL);
            rc = r->file->root ? 0 : -1;
        }
        fy_parser_event_free(r->parser, e);
    }
    return rc;
}

static int
check_text(const struct reader *r)
{
    struct tocsin_str text = r->file->text, good;
    int line = 1;
    size_t begin = 0;

    if (utf8_is_valid(text))
        return 0;
    for (size_t at = 0; at < text.n; at++) {
        size_t end = str_find(text, STR_LIT("\n"), at);
        end = end == SIZE_MAX ? text.n : end;
        if (!utf8_is_valid(str_sub(text, at, end))) {
            begin = at;
            break;
        }
        line++;
        at = end;
    }
    good = str_sub(text, begin, begin);
    while (begin + good.n < text.n) {
        size_t at = begin + good.n;
        if (utf8_next(text, &at) == 0xFFFD && !utf8_is_valid(str_sub(text, begin, at)))
            break;
        good = str_sub(text, begin, at);
    }
    return fail_at(r, line, (int)utf8_count(good) + 1,
                   "not UTF-8 (byte 0x%02X): save the file as UTF-8",
                   (unsigned char)text.p[begin + good.n]);
}

static int
parse_into(struct reader *r)
{
    struct fy_diag_cfg diag_cfg;
    struct fy_parse_cfg cfg = { .flags =
                                    FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 };
    int rc = -1;

    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    r->diag = fy_diag_create(&diag_cfg);
    if (!r->diag)
        return fail_at(r, 0, 0, "no memory");
    fy_diag_set_collect_errors(r->diag, true);
    cfg.diag = r->diag;
    r->parser = fy_parser_create(&cfg);
    r->anchors = hash_new();
    if (!r->parser || !r->anchors ||
        fy_parser_set_string(r->parser, r->file->text.p, r->file->text.n))
        fail_at(r, 0, 0, "no memory");
    else
        rc = read_document(r);
    hash_free(r->anchors, NULL);
    if (r->parser)
        fy_parser_destroy(r->parser);
    fy_diag_destroy(r->diag);
    return rc;
}

int
yaml_parse(struct yaml_file **out, const char *path, struct tocsin_str text, struct arena *tree,
           struct arena *keep, struct findings *f)
{
    struct yaml_file *file = arena_alloc(tree, sizeof(*file));
    struct reader r = { .file = file, .tree = tree, .f = f };
    struct place at = { path, 0, 0 };

    if (str_starts(text, STR_LIT("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    if (file) {
        file->path = arena_z(keep, str_z(path));
        file->text = arena_str(tree, text);
    }
    if (!file || !file->path || !file->text.p) {
        findings_add(f, true, &at, NULL, "no memory");
        return -1;
    }
    if (text.n > YAML_MAX_BYTES) {
        findings_add(f, true, &at, NULL, "larger than 1 MB: split it with `include:`");
        return -1;
    }
    if (check_text(&r) || (text.n && parse_into(&r)))
        return -1;
    if (!file->root) {
        file->root = arena_alloc(tree, sizeof(*file->root));
        if (!file->root)
            return fail_at(&r, 0, 0, "no memory");
        *file->root = (struct node){ .kind = NODE_NULL, .line = 1, .column = 1, .file = file };
    }
    *out = file;
    return 0;
}

int
yaml_read(struct yaml_file **out, const char *path, struct arena *tree, struct arena *keep,
          struct findings *f)
{
    struct place at = { path, 0, 0 };
    struct err err = { 0 };
    struct buf b;
    int rc = -1;

    buf_init(&b, YAML_MAX_BYTES + 1);
    if (!file_read(&b, path, &err))
        rc = yaml_parse(out, path, buf_view(&b), tree, keep, f);
    else if (err.code == ERR_DATA)
        findings_add(f, true, &at, NULL, "larger than 1 MB: split it with `include:`");
    else
        findings_add(f, true, NULL, NULL, "%s", err.msg);
    buf_free(&b);
    return rc;
}
