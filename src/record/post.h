/* post - what a source yields, as the core carries it from the host to the store.
 *
 * All slices live in the arena of the batch. Times are UTC milliseconds, 0: unknown.
 */
#ifndef TOCSIN_RECORD_POST_H
#define TOCSIN_RECORD_POST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A run of the map from fold back to text: from fold_at on, fold bytes correspond to text
 * bytes from text_at on. `same` runs map byte by byte; in others every fold byte of the run
 * maps to the whole [text_at, next run's text_at). Identity for ASCII: no runs at all. */
struct fold_run {
    uint32_t fold_at, text_at;
    bool same;
};

/* One text in its two kept forms. A hit is a byte range of `text`. */
struct text {
    struct tocsin_str text; /* NFC; stored, shown */
    struct tocsin_str fold; /* NFKC, format characters removed, confusables, case folded */
    const struct fold_run *runs;
    size_t n_runs; /* 0: fold has the same offsets as text */
};

enum post_kind { /* the numbers of TOCSIN_POST .. TOCSIN_ARTICLE */
                 POST_POST,
                 POST_REPLY,
                 POST_REPOST,
                 POST_QUOTE,
                 POST_REVIEW,
                 POST_ARTICLE
};
const char *post_kind_name(enum post_kind k); /* "post" ... */
int post_kind_parse(struct tocsin_str s, enum post_kind *out);

struct author {
    struct tocsin_str service; /* where the handle is unique: set by the worker */
    struct tocsin_str handle, name, url, avatar, profile_link;
    int64_t followers; /* -1: unknown */
    int64_t created_ms;
    bool is_verified, is_bot;
};

struct post {
    /* as the host gave it: UTF-8, plain text */
    struct tocsin_str source;  /* name of the source in tocsin.yaml */
    struct tocsin_str service; /* the plugin's name: accounts and uris are compared within it */
    struct tocsin_str id, uri, url, parent, thread, place, lang;
    enum post_kind kind;
    struct author author;
    int64_t published_ms, edited_ms;
    int64_t replies, reposts, likes; /* -1: unknown */
    double rating;                   /* NAN: unknown */
    const struct tocsin_str *tags, *links;
    size_t n_tags, n_links;
    struct tocsin_str raw; /* text as the plugin gave it, HTML included */
    bool is_gone;          /* deleted at its place */

    /* set by normalise; before it, .text.text and .title.text hold the host's plain text */
    struct text title, text;
    struct tocsin_str canonical_url; /* "": no url */
    struct tocsin_str site;          /* registrable domain of url, or "" */
    bool lang_is_guess;

    /* set by dedup's pure part */
    uint64_t fingerprint; /* SimHash of the words, 0: too short to compare */
};

#endif
