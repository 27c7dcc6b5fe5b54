/* fuzz_ntfy - any bytes as what an ntfy server says. */
#include "fuzz_notifier.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char topic[] = "topic=bell";
    char *pairs[] = { topic };

    fuzz_notifier(data, size, pairs, 1);
    return 0;
}
