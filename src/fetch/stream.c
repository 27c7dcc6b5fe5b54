/* Cuts a stream into frames: server-sent events, or one line of JSON each. */
#include <stdlib.h>

#include "fetch/job.h"

enum { FRAME_MAX = 256 * 1024, FRAMES_WAITING_MAX = 1000 };

struct stream {
    struct buf line, data, event;
    bool has_data, is_begun;
};

void
frame_free(struct frame *fr)
{
    if (fr)
        free(fr->bytes);
    free(fr);
}

void
stream_frames_free(struct stream *s)
{
    if (!s)
        return;
    buf_free(&s->line);
    buf_free(&s->data);
    buf_free(&s->event);
    free(s);
}

static struct stream *
stream_new(void)
{
    struct stream *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    buf_init(&s->line, FRAME_MAX);
    buf_init(&s->data, FRAME_MAX);
    buf_init(&s->event, 256);
    return s;
}

/* Masked here, so that no frame ever holds a secret. */
static int
add_frame(struct job *j, struct tocsin_str event, struct tocsin_str body)
{
    struct frame *fr = calloc(1, sizeof *fr);
    struct buf b;

    buf_init(&b, 4 * FRAME_MAX);
    masks_apply(&j->masks, event, &b);
    size_t n_event = b.n;
    if (!fr || b.failed || masks_apply(&j->masks, body, &b) < 0) {
        free(fr);
        buf_free(&b);
        job_fault(j, FETCH_FAILED, "no memory for a frame of the stream");
        return -1;
    }
    fr->n_event = n_event;
    fr->n_body = b.n - n_event;
    fr->bytes = buf_take(&b);
    if (j->last_frame)
        j->last_frame->next = fr;
    else
        j->frames = fr;
    j->last_frame = fr;
    j->n_frames++;
    fetch_soon(j);
    return 0;
}

static int
event_end(struct job *j, struct stream *s)
{
    struct tocsin_str data = buf_view(&s->data);
    int rc = 0;

    if (s->has_data)
        rc = add_frame(j, buf_view(&s->event), str_sub(data, 0, data.n ? data.n - 1 : 0));
    buf_reset(&s->data);
    buf_reset(&s->event);
    s->has_data = false;
    return rc;
}

static int
sse_line(struct job *j, struct stream *s, struct tocsin_str line)
{
    if (!line.n)
        return event_end(j, s);
    struct tocsin_str value = line;
    struct tocsin_str name = str_cut(&value, ':');
    if (name.n == line.n)
        value = STR_NONE;
    if (value.n && value.p[0] == ' ')
        value = str_sub(value, 1, value.n);
    if (str_eq(name, STR_LIT("data"))) {
        s->has_data = true;
        buf_str(&s->data, value);
        buf_char(&s->data, '\n');
    } else if (str_eq(name, STR_LIT("event"))) {
        buf_reset(&s->event);
        buf_str(&s->event, value);
    }
    return 0;
}

static int
end_line(struct job *j, struct stream *s)
{
    struct tocsin_str line = buf_view(&s->line);
    int rc = 0;

    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    if (!s->is_begun && str_starts(line, STR_LIT("\xef\xbb\xbf")))
        line = str_sub(line, 3, line.n);
    s->is_begun = true;
    if (j->req->flags & TOCSIN_REQ_SSE)
        rc = sse_line(j, s, line);
    else if (str_trim(line).n)
        rc = add_frame(j, STR_NONE, line);
    buf_reset(&s->line);
    return rc;
}

/* The first bytes: an open stream no longer counts against its site's limit. */
static int
begin(struct job *j)
{
    if (!j->stream)
        j->stream = stream_new();
    if (!j->stream)
        return -1;
    polite_done(j->f->polite, &j->ticket, fetch_mono(j->f));
    return 0;
}

int
stream_feed(struct job *j, struct tocsin_str bytes)
{
    if (!j->stream && begin(j) < 0)
        return -1;
    struct stream *s = j->stream;
    while (bytes.n) {
        const char *end = memchr(bytes.p, '\n', bytes.n);
        size_t n = end ? (size_t)(end - bytes.p) : bytes.n;
        buf_add(&s->line, bytes.p, n);
        bytes = str_sub(bytes, n + (end != NULL), bytes.n);
        if (s->line.failed || s->data.failed) {
            job_fault(j, FETCH_FAILED, "%s: a frame of more than %d KB", j->at.host,
                      FRAME_MAX / 1024);
            return -1;
        }
        if (end && end_line(j, s) < 0)
            return -1;
    }
    return 0;
}

/* A last line without its end is whole when the server ended in good order. */
void
stream_end(struct job *j)
{
    if (j->stream && j->fault == FETCH_OK && (j->req->flags & TOCSIN_REQ_JSONL))
        end_line(j, j->stream);
    if (j->frames)
        job_deliver(j);
}
