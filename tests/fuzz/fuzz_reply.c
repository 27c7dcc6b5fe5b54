/* fuzz_reply - what a host could answer: greetings, log lines, answers. The form of what is
 * accepted is checked once more by hand. */
#include "fuzz.h"

#include "base/utf8.h"
#include "host/describe.h"
#include "host/reply.h"

static void
check_accepted(const struct turn_out *o)
{
    for (size_t i = 0; i < o->n_posts; i++) {
        FUZZ_CHECK(o->posts[i].id.n > 0);
        FUZZ_CHECK(utf8_is_valid(o->posts[i].text.text));
        FUZZ_CHECK(str_eq_z(o->posts[i].source, "the source"));
    }
    for (size_t i = 0; i < o->n_requests; i++)
        FUZZ_CHECK(o->requests[i].kind <= TOCSIN_REQ_EXEC);
    FUZZ_CHECK(o->why != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tocsin_option options[] = { { .name = "secret", .type = TOCSIN_T_SECRET },
                                                    { .name = "file", .type = TOCSIN_T_PATH } };
    const struct plugin_info plugin = { .name = "p", .options = options, .n_options = 2 };
    const struct turn_in in = { .call = CALL_PARSE, .source = "the source", .service = "p" };
    struct tocsin_str frame = { (const char *)data, size };
    struct arena *a = arena_new(8u << 20);
    struct turn_out out;
    struct hello hello;

    if (!a)
        return 0;
    if (reply_read(&out, frame, a, &in, &plugin, NULL) == 0)
        check_accepted(&out);
    if (read_hello(&hello, frame, "/p.so", a, NULL) == 0)
        FUZZ_CHECK(hello.info.name != NULL);
    arena_free(a);
    return 0;
}
