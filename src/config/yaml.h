/* yaml - a file as a tree of nodes, each with its place.
 *
 *   [file -> nodes] -> settings and options -> struct config
 *
 * Read from libfyaml's events, so that nothing is expanded: an alias points at the node it
 * names, and what a tree would weigh written out is bounded, as are bytes and depth.
 */
#ifndef TOCSIN_CONFIG_YAML_H
#define TOCSIN_CONFIG_YAML_H

#include "base/arena.h"
#include "config/config.h"

#define YAML_MAX_BYTES (1u << 20)
#define YAML_MAX_DEPTH 24
#define YAML_MAX_WEIGHT 1000000u /* nodes, those behind aliases counted each time */

enum node_kind { NODE_NULL, NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node;
struct item {
    struct node *key; /* NULL in a list */
    struct node *value;
    struct item *next;
};

struct yaml_file {
    const char *path;
    struct tocsin_str text;
    struct node *root;
};

struct node {
    enum node_kind kind;
    bool is_quoted;
    int line, column; /* from 1; of a scalar, its first character behind the quote */
    uint32_t weight;
    const struct yaml_file *file;
    struct tocsin_str text; /* of a scalar; NUL-terminated, without NUL inside */
    struct item *first;     /* of a list or map, in the order of the file */
    size_t n;
};

/* 0 and *out with a root (NODE_NULL for an empty file); or -1 and at least one error added.
 * Path goes to `keep`, the rest to `tree`; findings come from both. */
int yaml_read(struct yaml_file **out, const char *path, struct arena *tree, struct arena *keep,
              struct findings *f);
int yaml_parse(struct yaml_file **out, const char *path, struct tocsin_str text, struct arena *tree,
               struct arena *keep, struct findings *f);

struct place node_place(const struct node *n);
/* The line of the file that it stands on. */
struct tocsin_str node_line(const struct node *n);
const char *node_kind_name(const struct node *n); /* "a list" */
/* The value of a key; NULL: not there. */
struct node *node_get(const struct node *map, const char *key);

/* A scalar that stands in no file of its own but is blamed on `like`. */
struct node *node_make(struct arena *tree, const struct node *like, struct tocsin_str text);

#endif
