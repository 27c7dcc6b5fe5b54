/* query - the tree of a query, and how it is read.
 *
 *   text -> lex -> parse -> struct node -> eval, prefilter
 *
 * All of it lives in the arena of its ruleset; only compiled regexes are freed one by one.
 */
#ifndef TOCSIN_MATCH_QUERY_H
#define TOCSIN_MATCH_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "match/pattern.h"
#include "record/rule.h"

enum {
    QUERY_MAX = 64 * 1024, /* bytes of one query */
    QUERY_DEPTH = 64,      /* parentheses in parentheses */
    QUERY_NODES = 20000
};

enum node_kind {
    NODE_TERM, /* word or phrase, with wildcards */
    NODE_RAW,  /* exact case and signs, on the text as it is shown */
    NODE_REGEX,
    NODE_FUZZY, /* a word within one or two slips of the fingers */
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_NEAR,     /* two children */
    NODE_SENTENCE, /* two children */
    NODE_FIELD,    /* a property of the post that is text */
    NODE_NUMBER    /* one that is a number */
};

enum query_field {
    QUERY_TITLE,
    QUERY_TEXT,
    QUERY_RAW, /* where words are looked for */
    QUERY_AUTHOR,
    QUERY_SITE,
    QUERY_URL,
    QUERY_LANG,
    QUERY_SOURCE,
    QUERY_KIND,
    QUERY_TAG,
    QUERY_FOLLOWERS,
    QUERY_RATING,
    QUERY_N_FIELDS
};
extern const char *const query_field_names[QUERY_N_FIELDS];

enum { SCOPE_TITLE = 1, SCOPE_TEXT = 2, SCOPE_BOTH = 3 };

/* Folded bytes of one word; these two stand for wildcards, as UTF-8 has no such bytes. */
#define TOKEN_STAR '\xFF'
#define TOKEN_ONE '\xFE'
struct token {
    struct tocsin_str s;
    bool has_wild;
};

struct node {
    enum node_kind kind;
    uint8_t scope, field;
    bool is_ordered, is_negated; /* NEAR: left first; left with no right near */
    uint32_t at;                 /* offset in the query */
    uint32_t end;
    uint32_t distance; /* NEAR: words between; FUZZY: edits */
    uint32_t n;        /* of child, or of token */
    union {
        struct node **child;
        struct token *token;
        struct pattern *pattern;
        struct {
            double low, high; /* both included */
        } number;
    };
    struct tocsin_str text; /* RAW, FIELD, FUZZY */
};

/* What comes out of the parser. Patterns are chained, for whoever frees them. */
struct query_out {
    struct arena *a;
    struct node *root;
    struct pattern *patterns; /* appended to */
    size_t n_nodes;
    struct tocsin_str brand; /* folded name: its plural is added to a bare word; or empty */
};

/* -1: err says file:line:column and what was expected. */
int query_parse(struct query_out *out, const char *query, const struct place *at, struct err *err);
/* What a brand without a query listens for. */
int query_of_name(struct query_out *out, const char *name, const struct place *at, struct err *err);
/* `/pattern/flags` alone, of a rule's regex: key. */
int query_of_regex(struct query_out *out, const char *regex, const struct place *at,
                   struct err *err);

struct node *query_node(struct query_out *out, enum node_kind kind);
/* Tokens of a word or phrase; n 0 when nothing of it can be matched. */
int query_term(struct query_out *out, struct node *term, struct tocsin_str text);
/* text folded, with the wildcards as TOKEN_STAR and TOKEN_ONE. */
int query_fold(struct query_out *out, struct tocsin_str text, struct tocsin_str *fold);

#endif
