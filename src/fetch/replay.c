/* Answers from recorded files instead of the network, by method and URL. */
#include "fetch/replay.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/parse.h"
#include "fetch/job.h"

struct answer {
    struct answer *next;
    const char *path;
};

/* What was answered to one request, in the order recorded; the last is given again and again. */
struct answers {
    struct answer *first, *last;
};

struct replay {
    struct hash *by_key;
    struct arena *arena;
};

void
replay_close(struct fetch *f)
{
    if (!f->replay)
        return;
    hash_free(f->replay->by_key, free);
    arena_free(f->replay->arena);
    free(f->replay);
    f->replay = NULL;
}

/* ---- reading ---------------------------------------------------------------------- */

int
replay_split(struct tocsin_str file, int *status, struct tocsin_str *head, struct tocsin_str *body)
{
    struct tocsin_str line = str_trim(str_cut(&file, '\n'));
    int64_t n;

    if (str_starts(line, STR_LIT("HTTP/")))
        str_cut(&line, ' ');
    if (parse_i64(str_cut(&line, ' '), &n) < 0 || n < 0 || n > 999)
        return -1;
    *status = (int)n;
    head->p = file.p;
    head->n = 0;
    while (file.n) {
        struct tocsin_str at = file;
        if (!str_trim(str_cut(&file, '\n')).n)
            break;
        head->n += at.n - file.n;
    }
    *body = file;
    return 0;
}

/* ---- the folder --------------------------------------------------------------------- */

static int
add_answer(struct replay *r, struct tocsin_str key, const char *path)
{
    struct answers *all = hash_find(r->by_key, key);
    struct answer *a = arena_alloc(r->arena, sizeof *a);

    if (!all) {
        all = calloc(1, sizeof *all);
        if (!all || hash_set(r->by_key, key, all, NULL) < 0) {
            free(all);
            return -1;
        }
    }
    if (!a || !(a->path = arena_z(r->arena, str_z(path))))
        return -1;
    if (all->last)
        all->last->next = a;
    else
        all->first = a;
    all->last = a;
    return 0;
}

/* `name` ends with ".request"; its answer stands beside it. */
static int
read_request(struct replay *r, const char *dir, const char *name, struct err *err)
{
    struct buf path, text;
    int rc = -1;

    buf_init(&path, 4096);
    buf_init(&text, (size_t)64 << 20);
    if (file_read(&text, path_join(&path, dir, name), err) < 0)
        goto out;
    struct tocsin_str all = buf_view(&text);
    struct tocsin_str key = str_trim(str_cut(&all, '\n'));
    path.n -= strlen("request");
    buf_z(&path, "response");
    if (path.failed || add_answer(r, key, buf_cstr(&path)) < 0)
        err_set(err, ERR_NOMEM, "%s: no memory", dir);
    else
        rc = 0;
out:
    buf_free(&path);
    buf_free(&text);
    return rc;
}

static int
is_request(const struct dirent *e)
{
    return str_ends(str_z(e->d_name), STR_LIT(".request"));
}

int
replay_open(struct fetch *f, struct err *err)
{
    struct dirent **names = NULL;

    if (!f->o.replay_dir)
        return 0;
    f->replay = calloc(1, sizeof *f->replay);
    if (f->replay) {
        f->replay->by_key = hash_new();
        f->replay->arena = arena_new((size_t)64 << 20);
    }
    if (!f->replay || !f->replay->by_key || !f->replay->arena)
        return err_set(err, ERR_NOMEM, "%s: no memory", f->o.replay_dir);
    int n = scandir(f->o.replay_dir, &names, is_request, alphasort);
    if (n < 0)
        return err_set(err, ERR_NOTFOUND, "%s: cannot be listed; give the folder of a recording",
                       f->o.replay_dir);
    int rc = 0;
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = read_request(f->replay, f->o.replay_dir, names[i]->d_name, err);
        free(names[i]);
    }
    free(names);
    return rc;
}

/* ---- answering ------------------------------------------------------------------------ */

static struct answers *
find_answers(struct job *j)
{
    struct buf key;

    buf_init(&key, (size_t)1 << 20);
    job_key(j, &key);
    struct answers *all = key.failed ? NULL : hash_find(j->f->replay->by_key, buf_view(&key));
    if (!all)
        job_fault(j, FETCH_FAILED, "no recorded answer to \"%s\" in %s", buf_cstr(&key),
                  j->f->o.replay_dir);
    buf_free(&key);
    return all;
}

static void
load(struct job *j, const char *path)
{
    struct err err = { ERR_NONE, "" };
    struct tocsin_str head, body;
    struct buf text;

    buf_init(&text, (size_t)64 << 20);
    if (file_read(&text, path, &err) < 0)
        job_fault(j, FETCH_FAILED, "%s", err.msg);
    else if (replay_split(buf_view(&text), &j->status, &head, &body) < 0)
        job_fault(j, FETCH_FAILED, "%s: the first line holds no status", path);
    else if (j->is_stream && j->status == 200)
        stream_feed(j, body);
    else if (buf_str(&j->head, head) < 0 || buf_str(&j->body, body) < 0)
        job_fault(j, FETCH_FAILED, "%s: larger than %zu KB", path, j->f->o.max_body >> 10);
    buf_free(&text);
}

void
replay_answer(struct job *j)
{
    struct answers *all = find_answers(j);

    if (all) {
        load(j, all->first->path);
        if (all->first->next)
            all->first = all->first->next;
    }
    job_stop(j);
    job_answered(j);
}
