/* Writes every exchange down, secrets masked, in the form that plugin tests and replay read. */
#include <dirent.h>

#include "base/file.h"
#include "base/log.h"
#include "base/parse.h"
#include "fetch/job.h"

static unsigned
number_of(const char *name)
{
    uint64_t n = 0;

    parse_u64(str_sub(str_z(name), 0, 4), &n);
    return (unsigned)n;
}

/* Numbers go on after those of an earlier run. */
int
record_open(struct fetch *f, struct err *err)
{
    if (!f->o.record_dir)
        return 0;
    if (file_make_dirs(f->o.record_dir, 0700, err) < 0)
        return -1;
    DIR *d = opendir(f->o.record_dir);
    if (!d)
        return err_set(err, ERR_IO, "%s: cannot be listed", f->o.record_dir);
    for (struct dirent *e; (e = readdir(d));)
        if (number_of(e->d_name) > f->n_recorded)
            f->n_recorded = number_of(e->d_name);
    closedir(d);
    return 0;
}

static bool
is_of_transport(struct tocsin_str name)
{
    static const char *const words[] = { "content-encoding", "content-length",
                                         "transfer-encoding" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_ascii_case(name, str_z(words[i])))
            return true;
    return false;
}

/* The body stands decoded in the file, so what speaks of its packing is left out. */
static void
add_response(struct job *j, struct buf *out)
{
    struct head h = { 0 };

    buf_fmt(out, "HTTP/1.1 %d\n", j->status);
    head_read(&h, j->arena, j->req->kind == TOCSIN_REQ_HTTP ? buf_view(&j->head) : STR_NONE);
    for (size_t i = 0; i < h.n; i++)
        if (!is_of_transport(h.v[i].name))
            buf_fmt(out, "%.*s: %.*s\n", STR_FMT(h.v[i].name), STR_FMT(h.v[i].value));
    buf_char(out, '\n');
    buf_str(out, buf_view(&j->body));
}

static void
add_request(struct job *j, struct buf *out)
{
    job_key(j, out);
    buf_char(out, '\n');
    for (const struct curl_slist *l = j->headers; l; l = l->next)
        buf_fmt(out, "%s\n", l->data);
    buf_char(out, '\n');
    buf_str(out, buf_view(&j->out));
}

static void
file_name(const struct job *j, struct buf *out, const char *kind)
{
    buf_fmt(out, "%s/%04u-", j->f->o.record_dir, j->f->n_recorded);
    for (const char *p = j->asker->who->subject; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || *p == '_' || *p == '-';
        buf_char(out, plain ? *p : '-');
    }
    buf_fmt(out, ".%s", kind);
}

static int
write_one(struct job *j, const char *kind, void (*add)(struct job *, struct buf *), struct err *err)
{
    struct buf path, text, masked;
    int rc = -1;

    buf_init(&path, 4096);
    buf_init(&text, (size_t)64 << 20);
    buf_init(&masked, (size_t)64 << 20);
    file_name(j, &path, kind);
    add(j, &text);
    if (text.failed || masks_apply(&j->masks, buf_view(&text), &masked) < 0)
        err_set(err, ERR_NOMEM, "%s: no memory", buf_cstr(&path));
    else
        rc = file_write_atomic(buf_cstr(&path), buf_view(&masked), 0600, err);
    buf_free(&path);
    buf_free(&text);
    buf_free(&masked);
    return rc;
}

void
record_write(struct job *j)
{
    struct err err = { ERR_NONE, "" };

    j->f->n_recorded++;
    if (write_one(j, "request", add_request, &err) < 0 ||
        write_one(j, "response", add_response, &err) < 0)
        log_warn(FETCH_STAGE, j->asker->who->subject, "not recorded: %s", err.msg);
}
