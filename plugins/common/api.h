/* api - what sources that ask a JSON API have in common: fields, requests, paging, limits. */
#ifndef TOCSIN_PLUGINS_API_H
#define TOCSIN_PLUGINS_API_H

#include <jansson.h>

#include "sbuf.h"
#include "slice.h"

/* ---- fields ---------------------------------------------------------------------------- */

/* The value at a path of keys parted by dots; NULL: none. */
json_t *api_at(const json_t *o, const char *path);
/* The string there, or empty. */
struct tocsin_str api_str(const json_t *o, const char *path);
/* The whole number there (also as a string or a real), or `dflt`. */
int64_t api_int(const json_t *o, const char *path, int64_t dflt);
/* true, or a number that is not 0. */
bool api_is(const json_t *o, const char *path);
/* Is there something but null? */
bool api_has(const json_t *o, const char *path);

/* ---- one source --------------------------------------------------------------------------- */

/* What a source knows of where it is. */
struct api_cursor {
    char mark[64], head[64]; /* greatest numeric id: when all was read; of the newest page while
                              * older ones are still to be read */
    char next[1024];         /* the older page to go on with; "": none */
    int64_t mark_ms, head_ms, low_ms;
};

struct api;
struct api_page;

enum {
    API_FLOOR = 1u << 0 /* requests ask for what is newer than the mark: no more pages, no gap */
};

struct api_ops {
    uint32_t flags;
    const char *service; /* for messages */
    const char *keys;    /* words: keys of which an answer without posts has at least one */
    /* Asks for the newest page, or for c->next where it is not empty. */
    int (*ask)(const struct api *, struct tocsin_turn *, const struct api_cursor *c, uint32_t tag);
    /* Optional: where the items are; NULL: there are none. Without it all of p->doc is searched. */
    const json_t *(*items)(const struct api_page *p);
    /* Is it one post? Then `take` hands it over and is not asked for what is inside. */
    bool (*is_item)(const json_t *o);
    void (*take)(struct api_page *p, const json_t *o);
    /* Optional. Errors, also of bodies that are no JSON (p->doc is NULL then); a status ends
     * the turn with it. */
    int (*before)(struct api_page *p);
    /* Optional. After the posts: writes p->next. */
    void (*after)(struct api_page *p);
};

struct api {
    const struct tocsin_host *h;
    const void *conf;
    const struct api_ops *ops;
};

int api_open(const struct api_ops *ops, const struct tocsin_host *h, const void *conf, void **self);
void api_close(void *self);
int api_plan(void *self, struct tocsin_turn *t);
int api_parse(void *self, struct tocsin_turn *t, const struct tocsin_response *r);
int api_warm_up(void);

/* The functions of a plugin whose struct api_ops is `ops`. */
#define API_SOURCE_PARSE(ops, parse_)                                                            \
    static int source_open(const struct tocsin_host *h, struct tocsin_turn *t, const void *conf, \
                           void **self)                                                          \
    {                                                                                            \
        (void)t;                                                                                 \
        return api_open(&(ops), h, conf, self);                                                  \
    }                                                                                            \
    static const struct tocsin_source source = {                                                 \
        .size = sizeof(source),                                                                  \
        .open = source_open,                                                                     \
        .close = api_close,                                                                      \
        .plan = api_plan,                                                                        \
        .parse = parse_,                                                                         \
    }
#define API_SOURCE(ops) API_SOURCE_PARSE(ops, api_parse)

/* ---- requests -------------------------------------------------------------------------------- */

/* Starts an address: `server` without its last slash, then `path`. */
void api_url(struct sbuf *b, const char *server, const char *path);
/* Adds ?name=value or &name=value, percent-encoded. */
void api_arg(struct sbuf *b, const char *name, struct tocsin_str value);
void api_arg_z(struct sbuf *b, const char *name, const char *value);
void api_arg_int(struct sbuf *b, const char *name, int64_t value);
/* Adds text percent-encoded, for a path. */
void api_escape(struct sbuf *b, struct tocsin_str s);
/* Sends GET `b` (and frees it); `bearer` names a secret or a session, NULL: none. */
int api_get(const struct api *api, struct tocsin_turn *t, struct sbuf *b, uint32_t tag,
            const char *bearer);
/* The same with ?arg=SECRET in the address. */
int api_get_key(const struct api *api, struct tocsin_turn *t, struct sbuf *b, uint32_t tag,
                const char *arg, const char *secret);
/* The same with headers of the caller's own. */
int api_get_with(const struct api *api, struct tocsin_turn *t, struct sbuf *b, uint32_t tag,
                 const struct tocsin_header *headers, size_t n_headers);

/* ---- one response --------------------------------------------------------------------------- */

#define API_LIST 64

struct api_chunk;

struct api_page {
    const struct api *api;
    const struct tocsin_host *h;
    struct tocsin_turn *turn;
    const struct tocsin_response *resp;
    json_t *doc;
    const struct api_cursor *cursor;
    int64_t now_ms;
    int status;  /* of the host, when it takes no more */
    bool is_cut; /* the answer was; the cursor stays */
    size_t n_items, n_posts;
    int64_t oldest_ms, newest_ms;
    char top[64], low[64]; /* greatest and smallest numeric id */
    char next[1024];       /* set by `after` */
    struct tocsin_str tags[API_LIST], links[API_LIST];
    size_t n_tags, n_links;
    struct api_chunk *chunks;
};

/* Text that lives until the post was handed over. */
struct tocsin_str api_fmt(struct api_page *p, const char *fmt, ...) TOCSIN_PRINTF(2, 3);
/* Percent-encoded, for an address. */
struct tocsin_str api_escaped(struct api_page *p, struct tocsin_str s);
/* A string or a number as text. */
struct tocsin_str api_id(struct api_page *p, const json_t *o, const char *path);
/* The time there: text, seconds or milliseconds since 1970; 0: none. */
int64_t api_time(struct api_page *p, const json_t *o, const char *path);
/* `ref` made absolute by the server's address; empty stays empty. */
struct tocsin_str api_link(struct api_page *p, const char *server, struct tocsin_str ref);
void api_add_tag(struct api_page *p, struct tocsin_str s);
void api_add_link(struct api_page *p, struct tocsin_str s);
/* Hands a post over with the tags and links added since the last one. */
void api_post(struct api_page *p, struct tocsin_post *post, struct tocsin_author *author);
/* Calls take() for each item in `o`, however deep. */
void api_walk(struct api_page *p, const json_t *o);
/* The commonest entities of HTML read, for texts that are escaped but are no HTML. */
struct tocsin_str api_unescape(struct api_page *p, struct tocsin_str s);
/* The value of an attribute href in a piece of HTML; empty: none. */
struct tocsin_str api_href(struct tocsin_str html);

#endif
