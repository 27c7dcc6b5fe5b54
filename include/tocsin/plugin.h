/* tocsin/plugin.h - the whole contract between the core and a plugin.
 *
 * A plugin is a shared object that exports one data object, `tocsin_plugin`.
 * It links against nothing of ours: all it may call is in struct tocsin_host.
 * A plugin only thinks; the core owns all input and output. A source plugin
 * plans requests and parses responses into posts; a notifier plugin renders
 * an alert into a request and judges the response.
 *
 *   source:    plan -> (core fetches) -> parse -> posts, cursor, more requests
 *   notifier:  render -> (core sends) -> judge -> delivered | retry | rejected
 *
 * Ownership: a pointer you are given is borrowed until your function returns;
 * a pointer you pass is copied before the call returns. Nothing allocated on
 * one side is freed on the other.
 *
 * Threads: one process, one thread; never two functions of one instance at
 * once. Keep no mutable statics, no thread-local data, no atexit handlers. Do
 * not touch process-wide state: setlocale, signal, umask, setenv, fork,
 * curl_global_*, xmlCleanupParser.
 *
 * `self` is a cache: the process may be replaced between two calls, and any
 * process may serve any source. All that must last goes into the cursor.
 *
 * After `warm_up` returned the process can open nothing: no file, no socket,
 * no thread, no program. Memory, arithmetic and libraries that are already
 * loaded are yours.
 *
 * Every struct that crosses the border begins with its size and grows at its
 * end only; who reads one copies min(theirs, ours) and takes the rest as zero.
 * So zero must always mean "not given".
 */
#ifndef TOCSIN_PLUGIN_H
#define TOCSIN_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0 until the shipped sources and notifiers and the SDK have tried it. */
#define TOCSIN_PLUGIN_ABI 0u

#define TOCSIN_EXPORT __attribute__((visibility("default")))
#define TOCSIN_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* What a callback returns. The core acts on this value alone. */
enum {
    TOCSIN_OK = 0,
    TOCSIN_RETRY = -1,   /* passing fault: again, with backoff */
    TOCSIN_LIMITED = -2, /* asked to slow down: honour Retry-After and limit() */
    TOCSIN_DENIED = -3,  /* credentials refused: park until reloaded */
    TOCSIN_BADDATA = -4, /* not the format this plugin reads; from judge: rejected for good */
    TOCSIN_BADCONF = -5, /* the options contradict each other */
    TOCSIN_NOMEM = -6,
    TOCSIN_FULL = -7 /* the core takes no more this turn: return it at once */
};

enum { TOCSIN_LOG_DEBUG, TOCSIN_LOG_INFO, TOCSIN_LOG_WARN, TOCSIN_LOG_ERROR };

/* A slice of bytes; UTF-8 where it is text; not NUL-terminated. */
struct tocsin_str {
    const char *p;
    size_t n;
};

/* ---- options ---------------------------------------------------------- */

/* The C type of the field that each option type fills is in parentheses. */
enum {
    TOCSIN_T_STRING = 1,   /* const char *; NULL: not given */
    TOCSIN_T_INT = 2,      /* int64_t */
    TOCSIN_T_BOOL = 3,     /* bool */
    TOCSIN_T_DURATION = 4, /* struct tocsin_duration, milliseconds */
    TOCSIN_T_ENUM = 5,     /* const char *, one of `choices` */
    TOCSIN_T_URL = 6,      /* const char *; its host is granted to the source */
    TOCSIN_T_LIST = 7,     /* struct tocsin_list, of strings */
    TOCSIN_T_MAP = 8,      /* struct tocsin_map, string to string */
    TOCSIN_T_PATH = 9,     /* struct tocsin_ref: a file only the core can read */
    TOCSIN_T_COMMAND = 10, /* struct tocsin_ref: an argv only the core can run */
    TOCSIN_T_SECRET = 11   /* struct tocsin_ref: a value only the core knows */
};

struct tocsin_duration {
    int64_t ms;
};
struct tocsin_list {
    size_t n;
    const char *const *v;
};
struct tocsin_pair {
    const char *name, *value;
};
struct tocsin_map {
    size_t n;
    const struct tocsin_pair *v;
};
/* Says only whether the operator gave the option; requests name it. */
struct tocsin_ref {
    bool is_set;
};

struct tocsin_option {
    const char *name;    /* key below `options:` in tocsin.yaml */
    uint32_t type;       /* TOCSIN_T_* */
    uint32_t required;   /* 1: must be given */
    size_t offset;       /* of the field in the plugin's own conf struct */
    const char *dflt;    /* as it would be written in the file; NULL: none */
    int64_t min, max;    /* of INT and DURATION (ms), or length of LIST; both 0: unbounded */
    const char *help;    /* one line; becomes the manual */
    const char *choices; /* ENUM: words parted by spaces */
};

/* clang-format off */
/* _Generic stops the compile where a field's C type does not fit the option. */
#define TOCSIN_OPTION_(key, S, field, T, t, ...)                               \
    {                                                                          \
        .name = key, .type = _Generic(((S *)0)->field, T : t),                 \
        .offset = offsetof(S, field), __VA_ARGS__                              \
    }
#define TOCSIN_OPT_STRING(key, S, field, ...)                                  \
    TOCSIN_OPTION_(key, S, field, const char *, TOCSIN_T_STRING, __VA_ARGS__)
#define TOCSIN_OPT_INT(key, S, field, ...)                                     \
    TOCSIN_OPTION_(key, S, field, int64_t, TOCSIN_T_INT, __VA_ARGS__)
#define TOCSIN_OPT_BOOL(key, S, field, ...)                                    \
    TOCSIN_OPTION_(key, S, field, bool, TOCSIN_T_BOOL, __VA_ARGS__)
#define TOCSIN_OPT_DURATION(key, S, field, ...)                                \
    TOCSIN_OPTION_(key, S, field, struct tocsin_duration, TOCSIN_T_DURATION,   \
                   __VA_ARGS__)
#define TOCSIN_OPT_ENUM(key, S, field, words, ...)                             \
    TOCSIN_OPTION_(key, S, field, const char *, TOCSIN_T_ENUM,                 \
                   .choices = words, __VA_ARGS__)
#define TOCSIN_OPT_URL(key, S, field, ...)                                     \
    TOCSIN_OPTION_(key, S, field, const char *, TOCSIN_T_URL, __VA_ARGS__)
#define TOCSIN_OPT_LIST(key, S, field, ...)                                    \
    TOCSIN_OPTION_(key, S, field, struct tocsin_list, TOCSIN_T_LIST, __VA_ARGS__)
#define TOCSIN_OPT_MAP(key, S, field, ...)                                     \
    TOCSIN_OPTION_(key, S, field, struct tocsin_map, TOCSIN_T_MAP, __VA_ARGS__)
#define TOCSIN_OPT_PATH(key, S, field, ...)                                    \
    TOCSIN_OPTION_(key, S, field, struct tocsin_ref, TOCSIN_T_PATH, __VA_ARGS__)
#define TOCSIN_OPT_COMMAND(key, S, field, ...)                                 \
    TOCSIN_OPTION_(key, S, field, struct tocsin_ref, TOCSIN_T_COMMAND, __VA_ARGS__)
#define TOCSIN_OPT_SECRET(key, S, field, ...)                                  \
    TOCSIN_OPTION_(key, S, field, struct tocsin_ref, TOCSIN_T_SECRET, __VA_ARGS__)
/* clang-format on */

/* ---- requests --------------------------------------------------------- */

/* URL, header values and body of a request are lists of parts. Secrets are
 * parts, never found by searching text, so nothing a post says is expanded. */
enum {
    TOCSIN_PART_TEXT = 0,       /* `text`, as it is */
    TOCSIN_PART_SECRET = 1,     /* the value of secret option or session `name` */
    TOCSIN_PART_BASIC = 2,      /* base64(text ":" secret `name`), for Authorization */
    TOCSIN_PART_HMAC_SHA256 = 3 /* hex HMAC of the finished body under secret `name` */
};
/* How a secret is written into its place. */
enum {
    TOCSIN_ENC_RAW = 0,
    TOCSIN_ENC_URL = 1,  /* percent-encoded */
    TOCSIN_ENC_JSON = 2, /* the inside of a JSON string */
    TOCSIN_ENC_BASE64 = 3
};
struct tocsin_part { /* complete: will not grow */
    uint32_t kind, enc;
    struct tocsin_str text;
    const char *name; /* a SECRET option, or a session of this plugin */
};
struct tocsin_parts {
    const struct tocsin_part *v;
    size_t n;
};
struct tocsin_header { /* complete */
    const char *name;
    struct tocsin_parts value;
};

enum {
    TOCSIN_REQ_HTTP = 0,
    TOCSIN_REQ_SMTP = 1,       /* url smtp(s)://host:port; body is the whole message */
    TOCSIN_REQ_IMAP_LIST = 2,  /* UIDs above `uid` in `folder`, at most `limit`; the body of
                                * the answer is "UIDVALIDITY n\n" and one UID a line */
    TOCSIN_REQ_IMAP_FETCH = 3, /* the mail `uid` of `folder`, never marked read */
    TOCSIN_REQ_FILE = 4,       /* reads the PATH option `option` */
    TOCSIN_REQ_EXEC = 5,       /* runs the COMMAND option `option`; body goes to stdin */
    TOCSIN_REQ_PRINT = 6       /* notifiers: body, made harmless, to the terminal of the daemon */
};
enum {
    TOCSIN_REQ_UNTIL_SEEN = 1u << 0, /* a follow-up page: sent only while the page before
                                      * held no post already known to this source */
    TOCSIN_REQ_ANY_STATUS = 1u << 1, /* parse sees every status, not only 2xx */
    TOCSIN_REQ_SCRAPE = 1u << 2,     /* a page made for people: robots.txt applies */
    TOCSIN_REQ_SSE = 1u << 3,        /* stream of server-sent events, one frame a parse */
    TOCSIN_REQ_JSONL = 1u << 4       /* stream of lines, one frame a parse */
};
struct tocsin_request {
    uint32_t size; /* sizeof(struct tocsin_request) */
    uint32_t kind; /* TOCSIN_REQ_* */
    uint32_t flags;
    uint32_t tag;       /* comes back in the response */
    const char *method; /* NULL: GET */
    struct tocsin_parts url;
    const struct tocsin_header *headers;
    size_t n_headers;
    struct tocsin_parts body;
    const char *user, *password; /* SMTP, IMAP: login name; name of a secret */
    const char *from;            /* SMTP: envelope */
    const char *const *to;
    size_t n_to;
    const char *folder; /* IMAP */
    uint64_t uid;
    uint32_t limit;
    const char *option; /* FILE, EXEC: name of the PATH or COMMAND option */
};

struct tocsin_field { /* one response header; complete */
    struct tocsin_str name, value;
};
enum { TOCSIN_RESP_FRAME = 1u << 0 }; /* body is one frame of a stream */
struct tocsin_response {
    uint32_t size, flags, tag;
    int32_t status;     /* HTTP status; SMTP reply; exit code of EXEC; 200 for FILE and IMAP */
    int64_t fetched_ms; /* UTC */
    const char *url;    /* after redirects; secrets masked */
    const struct tocsin_field *headers;
    size_t n_headers;
    struct tocsin_str body;  /* decoded; bounded by the core; secrets masked */
    struct tocsin_str event; /* name of a server-sent event */
};

/* A login whose result is a token. The core sends `mint` (or `refresh`, while
 * it holds a refresh value), takes the values out of the JSON answer, keeps
 * them in memory only, and from then on `name` is a secret of this source. A
 * 401, or expire(name), mints again, once a turn. Declared in plan or render. */
struct tocsin_session {
    uint32_t size;
    uint32_t lifetime_s; /* where the answer gives none; 0: until refused */
    const char *name;
    const struct tocsin_request *mint, *refresh; /* refresh may be NULL */
    const char *value_at;                        /* JSON Pointers into the answer */
    const char *refresh_at;                      /* NULL: no refresh value */
    const char *lifetime_at;                     /* seconds; NULL: none */
};

/* ---- posts ------------------------------------------------------------ */

enum {
    TOCSIN_POST = 0,
    TOCSIN_REPLY = 1,
    TOCSIN_REPOST = 2, /* of `parent`: spread of a story, no new complaint */
    TOCSIN_QUOTE = 3,
    TOCSIN_REVIEW = 4,
    TOCSIN_ARTICLE = 5
};
enum {
    TOCSIN_POST_GONE = 1u << 0,       /* deleted at its place; only id is needed */
    TOCSIN_POST_TITLE_HTML = 1u << 1, /* the core turns HTML into plain text */
    TOCSIN_POST_TEXT_HTML = 1u << 2,
    TOCSIN_POST_COUNTS = 1u << 3, /* replies, reposts, likes are known */
    TOCSIN_POST_RATING = 1u << 4  /* rating is known */
};
enum {
    TOCSIN_AUTHOR_VERIFIED = 1u << 0,
    TOCSIN_AUTHOR_BOT = 1u << 1,
    TOCSIN_AUTHOR_FOLLOWERS = 1u << 2 /* followers is known */
};
struct tocsin_author {
    uint32_t size, flags;
    struct tocsin_str handle; /* unique on its service, as people write it there */
    struct tocsin_str name, url, avatar;
    struct tocsin_str profile_link; /* the site a profile names as its own */
    int64_t followers, created_ms;
};
struct tocsin_post {
    uint32_t size, flags, kind;
    struct tocsin_str id;   /* stable within the source; required */
    struct tocsin_str uri;  /* the same wherever the service is asked (Mastodon uri, ap_id) */
    struct tocsin_str url;  /* where a person reads it; relative: to `base` */
    struct tocsin_str base; /* for relative links in url and HTML; empty: the response's URL */
    struct tocsin_str parent, thread; /* ids: what it answers, the discussion it is in */
    struct tocsin_str place;          /* forum, subreddit, server: empty: the site of url */
    struct tocsin_str title, text, lang;
    const struct tocsin_author *author; /* NULL: unknown */
    int64_t published_ms, edited_ms;    /* UTC; 0: unknown */
    int64_t replies, reposts, likes;
    double rating; /* as the place writes it, e.g. 1 to 5 */
    const struct tocsin_str *tags, *links;
    size_t n_tags, n_links;
};

struct tocsin_turn; /* one call in progress */

/* What was not read: the posts between two marks. */
struct tocsin_gap {
    uint32_t size;
    int64_t from_ms, to_ms; /* 0: unknown */
    const char *why;
};

/* ---- notifiers -------------------------------------------------------- */

/* What an alert's message is about. */
enum {
    TOCSIN_EVENT_RING = 0,     /* answer needed */
    TOCSIN_EVENT_UPDATE = 1,   /* rings again: level rose, a new place, the next step */
    TOCSIN_EVENT_TAKEN = 2,    /* quiet: somebody acknowledged */
    TOCSIN_EVENT_RESOLVED = 3, /* quiet */
    TOCSIN_EVENT_DIGEST = 4,   /* no action */
    TOCSIN_EVENT_TEST = 5,     /* `tocsin notify test`, `tocsin drill` */
    TOCSIN_EVENT_PROVE = 6     /* show that delivery would work, without ringing */
};
struct tocsin_action { /* what a receiver can answer; complete */
    const char *id;    /* ack, later, false-alarm, not-about-us */
    const char *label;
    const char *token; /* signed, one-time: an answer counts only with it */
};
struct tocsin_fact {           /* complete */
    const char *label, *value; /* "Why" "swearing +12, refund refused +15" */
};
struct tocsin_alert {
    uint32_t size, event;
    int64_t id;
    const char *key;    /* idempotency: the same for every attempt of this delivery */
    const char *thread; /* the same for every message of this alert */
    const char *handle; /* what judge gave for this alert's first message; "" */
    const char *kind, *level, *brand;
    const char *headline;    /* level, who, where, the angriest clause: at most 90 characters */
    const char *who;         /* person, or "" */
    struct tocsin_str quote; /* the post */
    const char *url;         /* the post's; "" */
    const struct tocsin_fact *facts; /* in the order to show; unknown facts are absent */
    size_t n_facts;
    struct tocsin_str text; /* headline, quote and facts as ready plain text */
    const struct tocsin_action *actions;
    size_t n_actions;
    const char *receiver; /* name of the member of staff; "" */
    int64_t first_ms, now_ms;
    uint32_t priority;      /* 1 lowest .. 5 highest */
    uint32_t step;          /* of the escalation, from 1 */
    uint32_t ring;          /* how many times it has rung before */
    const char *level_word; /* level for people: "Irate" */
};
struct tocsin_answer {
    uint32_t size;
    const char *action, *token; /* of the tocsin_action taken */
    const char *by;             /* who, as the service names them; shown, never trusted */
    const char *comment;
};

/* ---- what the core offers ---------------------------------------------- */

/* All functions may be called only with the turn at hand, and only record: the
 * core acts after your function returned. Strings may be NULL where empty. */
struct tocsin_host {
    uint32_t abi, size;
    void (*log)(struct tocsin_turn *, int level, const char *fmt, ...) TOCSIN_PRINTF(3, 4);
    /* Records why and returns `status`: return h->fail(t, TOCSIN_BADDATA, ...); */
    int (*fail)(struct tocsin_turn *, int status, const char *fmt, ...) TOCSIN_PRINTF(3, 4);
    int64_t (*now_ms)(struct tocsin_turn *); /* UTC, fixed for the turn */

    /* plan, parse (the next page), render, judge, poll, answers */
    int (*request)(struct tocsin_turn *, const struct tocsin_request *);
    int (*session)(struct tocsin_turn *, const struct tocsin_session *); /* before its requests */
    void (*expire)(struct tocsin_turn *, const char *session);

    /* parse. FULL: return it. A post without an id is refused with BADDATA and counted;
     * go on with the next. */
    int (*post)(struct tocsin_turn *, const struct tocsin_post *);
    void (*gap)(struct tocsin_turn *, const struct tocsin_gap *);
    /* Some items could not be read: posts are kept, validators are not, the source is
     * shown as degraded with this reason. */
    void (*partial)(struct tocsin_turn *, const char *fmt, ...) TOCSIN_PRINTF(2, 3);
    /* What the body says of its own refresh (ttl, sy:, skipHours), in seconds. */
    void (*interval)(struct tocsin_turn *, int64_t seconds, const char *cause);
    void (*limit)(struct tocsin_turn *, int64_t not_before_ms, const char *why);
    /* Counts against the `budget` of the source. */
    void (*spend)(struct tocsin_turn *, int64_t units);

    /* "" on the first turn. At most 64 KB; commits with the posts. */
    const char *(*cursor)(struct tocsin_turn *);
    int (*set_cursor)(struct tocsin_turn *, struct tocsin_str);

    /* judge: OK means delivered only when this was called; `handle` (may be empty, at most
     * 1 KB) comes back in alert->handle. */
    int (*delivered)(struct tocsin_turn *, struct tocsin_str handle);
    /* answers */
    int (*answer)(struct tocsin_turn *, const struct tocsin_answer *);
};

struct tocsin_source { /* grows at the end only */
    uint32_t size;
    uint32_t reserved;
    int (*open)(const struct tocsin_host *, struct tocsin_turn *, const void *conf, void **self);
    void (*close)(void *self);
    int (*plan)(void *self, struct tocsin_turn *);
    int (*parse)(void *self, struct tocsin_turn *, const struct tocsin_response *);
};

struct tocsin_notifier { /* grows at the end only */
    uint32_t size;
    uint32_t reserved;
    int (*open)(const struct tocsin_host *, struct tocsin_turn *, const void *conf, void **self);
    void (*close)(void *self);
    int (*render)(void *self, struct tocsin_turn *, const struct tocsin_alert *);
    /* OK after delivered(); OK after request() alone: one more round trip; else a status. */
    int (*judge)(void *self, struct tocsin_turn *, const struct tocsin_alert *,
                 const struct tocsin_response *);
    /* Optional, both or none: asks for answers (outbound only) and reads them. */
    int (*poll)(void *self, struct tocsin_turn *);
    int (*answers)(void *self, struct tocsin_turn *, const struct tocsin_response *);
};

enum { TOCSIN_KIND_SOURCE = 1, TOCSIN_KIND_NOTIFIER = 2 };

struct tocsin_plugin { /* grows at the end only */
    uint32_t abi, size, kind;
    uint32_t option_size; /* stride of options[], which may grow too */
    const char *name, *version, *summary;
    const struct tocsin_option *options;
    size_t n_options, conf_size;
    const void *ops;               /* struct tocsin_source or struct tocsin_notifier */
    const char *const *hosts;      /* fixed hosts it talks to, then NULL; or NULL */
    int (*warm_up)(void);          /* optional: touch what libraries open lazily; 0, or -1 */
    const char *example;           /* YAML of one source or notifier, for the manual */
    int64_t every_ms, at_least_ms; /* sources: usual and shortest interval; 0: the core's */
    uint64_t traits;               /* TOCSIN_TRAIT_* */
};
enum {
    TOCSIN_TRAIT_LOCAL = 1u << 0 /* notifier: reaches only somebody at this machine */
};
/* clang-format off */
#define TOCSIN_PLUGIN_HEAD(k)                                                  \
    .abi = TOCSIN_PLUGIN_ABI, .size = sizeof(struct tocsin_plugin), .kind = (k), \
    .option_size = sizeof(struct tocsin_option)

/* Is `field` there in a table the other side may have built shorter? */
#define TOCSIN_HAS(tab, field)                                                 \
    ((tab)->size >= offsetof(__typeof__(*(tab)), field) + sizeof((tab)->field) && \
     (tab)->field)
/* clang-format on */

extern TOCSIN_EXPORT const struct tocsin_plugin tocsin_plugin;

#endif
