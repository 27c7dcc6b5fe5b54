/* Logins whose result is a token: minted when first needed, kept in memory only. */
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/parse.h"
#include "fetch/job.h"
#include "fetch/request.h"

enum { TOKEN_MAX = 64 * 1024, LOGIN_BODY_MAX = 1 << 20 };

struct session *
session_find(const struct asker *a, const char *name)
{
    for (struct session *s = a->sessions; s && name; s = s->next)
        if (strcmp(s->decl->name, name) == 0)
            return s;
    return NULL;
}

static void
wipe(char **z)
{
    if (*z)
        sodium_memzero(*z, strlen(*z));
    free(*z);
    *z = NULL;
}

void
session_free(struct session *s)
{
    if (!s)
        return;
    wipe(&s->token);
    wipe(&s->refresh);
    arena_free(s->arena);
    free(s);
}

/* ---- who waits ------------------------------------------------------------------ */

static void
wait_for(struct job *j, struct session *s)
{
    j->waits = s;
    j->next_waiting = s->waiting;
    s->waiting = j;
    j->state = JOB_WAITING;
}

void
session_leave(struct job *j)
{
    if (!j->waits)
        return;
    struct job **at = &j->waits->waiting;
    while (*at && *at != j)
        at = &(*at)->next_waiting;
    if (*at)
        *at = j->next_waiting;
    j->waits = NULL;
}

static void
let_go(struct session *s)
{
    while (s->waiting) {
        struct job *j = s->waiting;
        session_leave(j);
        j->state = JOB_NEW;
        fetch_soon(j);
    }
}

/* They end from the loop, as their callbacks may do anything. */
static void
fail_waiting(struct session *s, const struct fetch_result *r)
{
    bool is_answer = r->outcome == FETCH_OK || r->outcome == FETCH_NOT_MODIFIED;

    for (struct job *j = s->waiting; j; j = j->next_waiting) {
        j->retry_at_ms = r->retry_at_ms;
        j->status = r->status;
        job_fault(j, is_answer ? FETCH_DENIED : r->outcome, "login \"%s\": %s", s->decl->name,
                  is_answer ? "the answer holds no token at value_at" : r->why);
    }
    let_go(s);
}

/* ---- minting ---------------------------------------------------------------------- */

static void minted(void *ctx, const struct fetch_result *r);

static int
mint(struct session *s)
{
    bool is_refresh = s->refresh && s->decl->refresh;
    struct tocsin_request r = is_refresh ? *s->decl->refresh : *s->decl->mint;

    r.flags &= ~(uint32_t)(TOCSIN_REQ_ANY_STATUS | TOCSIN_REQ_SSE | TOCSIN_REQ_JSONL);
    wipe(&s->token);
    struct job *j = fetch_add(s->asker, &r, NULL, minted, s, NULL);
    if (!j)
        return -1;
    j->mints = s;
    j->ticket.is_urgent = true;
    s->minting = j;
    s->is_refresh = is_refresh;
    return 0;
}

static void
minted(void *ctx, const struct fetch_result *r)
{
    struct session *s = ctx;
    bool was_refresh = s->is_refresh;

    s->minting = NULL;
    if (s->token) {
        let_go(s);
        fetch_dispatch(s->asker->f);
        return;
    }
    wipe(&s->refresh);
    bool may_mint = was_refresh && !s->asker->is_forgotten && r->outcome != FETCH_THROTTLED;
    if (may_mint && mint(s) == 0)
        return;
    fail_waiting(s, r);
}

static bool
is_held(const struct job *j, const struct session *s)
{
    return s->token && !s->minting && (!s->expires_ms || fetch_mono(j->f) < s->expires_ms);
}

struct need {
    struct job *job;
    struct session *missing;
};

static int
look_at_secret(void *ctx, const char *name)
{
    struct need *n = ctx;
    struct session *s = session_find(n->job->asker, name);

    if (!s || s == n->job->mints || is_held(n->job, s))
        return 0;
    n->missing = s;
    return 1;
}

/* Does the login wait, through others, for this very job? */
static bool
is_circle(const struct job *j, const struct session *s)
{
    for (; s && s->minting; s = s->minting->waits)
        if (s->minting == j)
            return true;
    return false;
}

bool
session_ready(struct job *j)
{
    struct need n = { j, NULL };

    if (!j->asker->sessions)
        return true;
    request_each_secret(j->req, look_at_secret, &n);
    if (!n.missing) {
        j->generation = j->f->generation;
        return true;
    }
    if (is_circle(j, n.missing)) {
        job_fail(j, FETCH_REFUSED,
                 "login \"%s\" needs a login that needs it; one of the two must "
                 "come first",
                 n.missing->decl->name);
        return false;
    }
    wait_for(j, n.missing);
    if (!n.missing->minting && mint(n.missing) < 0)
        job_fail(j, FETCH_FAILED, "no memory");
    return false;
}

/* ---- 401 ---------------------------------------------------------------------------- */

static int
expire_used(void *ctx, const char *name)
{
    struct need *n = ctx;
    struct session *s = session_find(n->job->asker, name);

    if (!s || s == n->job->mints)
        return 0;
    n->missing = s;
    if (s->generation <= n->job->generation && s->token)
        s->expires_ms = 1;
    return 0;
}

bool
session_renew(struct job *j)
{
    struct need n = { j, NULL };

    if (j->has_renewed || !j->asker->sessions || !j->sends_secrets)
        return false;
    request_each_secret(j->req, expire_used, &n);
    if (!n.missing)
        return false;
    j->has_renewed = true;
    job_again(j);
    return true;
}

/* ---- the answer --------------------------------------------------------------------- */

/* RFC 6901. */
static const json_t *
at_pointer(const json_t *v, const char *pointer)
{
    struct tocsin_str rest = str_z(pointer);

    if (!rest.n)
        return v;
    if (rest.p[0] != '/')
        return NULL;
    rest = str_sub(rest, 1, rest.n);
    for (bool more = true; more && v;) {
        struct tocsin_str all = rest;
        struct tocsin_str word = str_cut(&rest, '/');
        char key[256];
        size_t n = 0;
        more = word.n < all.n;
        for (size_t i = 0; i < word.n && n + 1 < sizeof key; i++) {
            char c = word.p[i];
            if (c == '~' && i + 1 < word.n && (word.p[i + 1] == '0' || word.p[i + 1] == '1'))
                c = word.p[++i] == '0' ? '~' : '/';
            key[n++] = c;
        }
        key[n] = '\0';
        int64_t index;
        if (!json_is_array(v))
            v = json_object_get(v, key);
        else
            v = parse_i64((struct tocsin_str){ key, n }, &index) == 0 && index >= 0
                    ? json_array_get(v, (size_t)index)
                    : NULL;
    }
    return v;
}

static char *
take_string(const json_t *root, const char *pointer)
{
    const json_t *v = pointer ? at_pointer(root, pointer) : NULL;
    size_t n = json_string_length(v);

    if (!json_is_string(v) || !n || n > TOKEN_MAX || strlen(json_string_value(v)) != n)
        return NULL;
    return strdup(json_string_value(v));
}

static int64_t
lifetime_s(const struct session *s, const json_t *root)
{
    const json_t *v = s->decl->lifetime_at ? at_pointer(root, s->decl->lifetime_at) : NULL;
    int64_t n;

    if (json_is_number(v) && json_number_value(v) > 0 && json_number_value(v) < 1e10)
        return (int64_t)json_number_value(v);
    if (json_is_string(v) && parse_i64(str_z(json_string_value(v)), &n) == 0 && n > 0)
        return n;
    return s->decl->lifetime_s;
}

void
session_take(struct job *j)
{
    struct session *s = j->mints;
    struct fetch *f = j->f;

    if (j->status < 200 || j->status > 299 || j->body.n > LOGIN_BODY_MAX)
        return;
    json_t *root = json_loadb(j->body.n ? j->body.p : "", j->body.n, JSON_REJECT_DUPLICATES, NULL);
    if (!root)
        return;
    wipe(&s->token);
    s->token = take_string(root, s->decl->value_at);
    char *refresh = take_string(root, s->decl->refresh_at);
    if (refresh) {
        wipe(&s->refresh);
        s->refresh = refresh;
    }
    int64_t life = lifetime_s(s, root);
    int64_t early = life / 10 < 60 ? life / 10 : 60;
    if (life > INT64_C(10000000000))
        life = 0;
    s->expires_ms = life ? fetch_mono(f) + (life - early) * 1000 : 0;
    s->generation = ++f->generation;
    masks_add_secret(&j->masks, str_z(s->token));
    masks_add_secret(&j->masks, str_z(s->refresh));
    json_decref(root);
}
