/* Fuzzes the whole way from bytes to a configuration, with a fake plugin table. */
#include "fuzz.h"

#include "config/load.h"
#include "lib/fake_plugins.h"

/* libfyaml 0.7 forgets a buffer after some syntax errors in long scalars; that is not ours. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct config_options o = { .plugins = fake_plugins(),
                                      .data_dir = "/nonexistent",
                                      .state_dir = "/nonexistent",
                                      .without_secrets = true };
    struct tocsin_str text = { (const char *)data, size };
    struct findings *f = findings_new();
    struct config *c = NULL;
    struct buf b;
    int rc;

    if (!f)
        return 0;
    rc = config_load_text(&c, text, &o, f);
    FUZZ_CHECK(!rc == !!c);
    FUZZ_CHECK(!rc == !findings_count(f, true));
    buf_init(&b, 1u << 20);
    findings_print(f, &b);
    buf_free(&b);
    config_free(c);
    findings_free(f);
    return 0;
}
