/* Streams: the frames are the same however the bytes arrive. */
#include "fuzz.h"

#include "fetch/job.h"

struct fuzz_stream {
    struct fetch f;
    struct tocsin_request req;
    struct job j;
    struct buf frames;
};

static void
feed(struct fuzz_stream *x, uint32_t flag, struct tocsin_str s, size_t step)
{
    x->f = (struct fetch){ .o.clock = &clock_system };
    x->req = (struct tocsin_request){ .size = sizeof x->req, .flags = flag };
    x->j = (struct job){ .f = &x->f, .req = &x->req, .arena = arena_new(1 << 20) };
    x->j.at.host = "example.org";
    buf_init(&x->frames, 16 << 20);
    for (size_t i = 0; i < s.n; i += step)
        if (stream_feed(&x->j, str_sub(s, i, i + step)) < 0)
            break;
    while (x->j.frames) {
        struct frame *fr = x->j.frames;
        x->j.frames = fr->next;
        buf_fmt(&x->frames, "%zu %zu:", fr->n_event, fr->n_body);
        buf_add(&x->frames, fr->bytes, fr->n_event + fr->n_body);
        frame_free(fr);
    }
    stream_frames_free(x->j.stream);
    arena_free(x->j.arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t flags[] = { TOCSIN_REQ_SSE, TOCSIN_REQ_JSONL };
    struct tocsin_str s = { (const char *)data, size };
    struct fuzz_stream whole, parts;

    for (size_t i = 0; i < 2 && size <= 65536; i++) {
        feed(&whole, flags[i], s, size ? size : 1);
        feed(&parts, flags[i], s, size % 7 + 1);
        FUZZ_CHECK(str_eq(buf_view(&whole.frames), buf_view(&parts.frames)));
        buf_free(&whole.frames);
        buf_free(&parts.frames);
    }
    return 0;
}
