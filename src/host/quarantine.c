/* quarantine.c - counts faults by plugin and body, keeps the bytes of the third time. */
#include "host/quarantine.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"

/* Beyond so many bodies under suspicion no further one is counted. */
enum { MOST_SUSPECTS = 4096, MOST_KEPT = 1000 };

struct suspect {
    int faults;
};

struct quarantine {
    struct hash *suspects; /* "PLUGIN-HASH" */
    char *folder;          /* NULL: nothing is kept */
    size_t n_kept;
};

static struct tocsin_str
key_of(char *room, size_t n, const char *plugin, struct tocsin_str body)
{
    snprintf(room, n, "%s-%016" PRIx64 "-%zu", plugin, str_hash(body), body.n);
    return str_z(room);
}

static int
count_to(struct quarantine *q, struct tocsin_str key, int faults)
{
    struct suspect *s = malloc(sizeof *s);

    if (!s)
        return -1;
    s->faults = faults;
    if (hash_set(q->suspects, key, s, NULL)) {
        free(s);
        return -1;
    }
    return 0;
}

static void
load_kept(struct quarantine *q)
{
    DIR *d = opendir(q->folder);
    const struct dirent *e;

    while (d && (e = readdir(d))) {
        if (e->d_name[0] != '.' && !count_to(q, str_z(e->d_name), QUARANTINE_FAULTS))
            q->n_kept++;
    }
    if (d)
        closedir(d);
}

int
quarantine_new(struct quarantine **out, const char *state_dir, struct err *err)
{
    struct quarantine *q = calloc(1, sizeof *q);

    if (!q)
        return err_set(err, ERR_NOMEM, "no memory for the quarantine");
    q->suspects = hash_new();
    if (!q->suspects || (state_dir && asprintf(&q->folder, "%s/quarantine", state_dir) < 0)) {
        q->folder = NULL;
        quarantine_free(q);
        return err_set(err, ERR_NOMEM, "no memory for the quarantine");
    }
    if (q->folder)
        load_kept(q);
    *out = q;
    return 0;
}

void
quarantine_free(struct quarantine *q)
{
    if (!q)
        return;
    hash_free(q->suspects, free);
    free(q->folder);
    free(q);
}

bool
quarantine_holds(const struct quarantine *q, const char *plugin, struct tocsin_str body)
{
    char room[128];
    const struct suspect *s;

    if (body.n == 0 || hash_count(q->suspects) == 0)
        return false;
    s = hash_find(q->suspects, key_of(room, sizeof room, plugin, body));
    return s && s->faults >= QUARANTINE_FAULTS;
}

static void
keep(struct quarantine *q, const char *plugin, struct tocsin_str key, struct tocsin_str body)
{
    struct err err = { 0 };
    char *path = NULL;

    if (!q->folder || q->n_kept >= MOST_KEPT)
        return;
    if (asprintf(&path, "%s/%.*s", q->folder, STR_FMT(key)) < 0)
        return;
    if (file_make_dirs(q->folder, 0700, &err) || file_write_atomic(path, body, 0600, &err)) {
        log_err(LOG_WARN_, "host", NULL, &err);
    } else {
        q->n_kept++;
        log_warn("host", NULL,
                 "plugin %s failed %d times on one body: it is kept as %s and not "
                 "tried again until that file is removed and tocsind started anew",
                 plugin, QUARANTINE_FAULTS, path);
    }
    free(path);
}

bool
quarantine_fault(struct quarantine *q, const char *plugin, struct tocsin_str body)
{
    char room[128];
    struct tocsin_str key = key_of(room, sizeof room, plugin, body);
    struct suspect *s = hash_find(q->suspects, key);

    if (body.n == 0)
        return false;
    if (!s && (hash_count(q->suspects) >= MOST_SUSPECTS || count_to(q, key, 0)))
        return false;
    s = hash_find(q->suspects, key);
    if (++s->faults == QUARANTINE_FAULTS)
        keep(q, plugin, key, body);
    return s->faults >= QUARANTINE_FAULTS;
}
