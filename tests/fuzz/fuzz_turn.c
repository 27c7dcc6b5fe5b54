/* fuzz_turn - what a core could ask a host: a turn in, and the plugin's conf out of it. */
#include "fuzz.h"

#include "host/child_conf.h"
#include "wire/messages.h"

struct conf {
    const char *text;
    int64_t number;
    bool flag;
    struct tocsin_duration wait;
    struct tocsin_list list;
    struct tocsin_map map;
    struct tocsin_ref secret;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("text", struct conf, text, .dflt = "a"),
    TOCSIN_OPT_INT("number", struct conf, number),
    TOCSIN_OPT_BOOL("flag", struct conf, flag),
    TOCSIN_OPT_DURATION("wait", struct conf, wait, .dflt = "1h"),
    TOCSIN_OPT_LIST("list", struct conf, list, .dflt = "[a, b]"),
    TOCSIN_OPT_MAP("map", struct conf, map, .dflt = "{a: b, c}"),
    TOCSIN_OPT_SECRET("secret", struct conf, secret),
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct loaded l = { .info = { .options = options,
                                        .n_options = sizeof options / sizeof *options },
                              .conf_size = sizeof(struct conf) };
    struct arena *a = arena_new(8u << 20);
    struct turn_in in = { 0 };
    struct tocsin_str bytes;
    void *conf;
    struct wire w;

    if (!a)
        return 0;
    wire_reader(&w, (struct tocsin_str){ (const char *)data, size }, a);
    wire_turn_in(&w, &in, &bytes);
    if (wire_is_complete(&w) && child_conf(&conf, &l, in.options, a, NULL) == 0)
        FUZZ_CHECK(((struct conf *)conf)->list.n <= size + 2);
    arena_free(a);
    return 0;
}
