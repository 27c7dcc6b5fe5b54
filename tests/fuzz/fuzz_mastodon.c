/* fuzz_mastodon - any bytes as a timeline of Mastodon. */
#include "fuzz_source.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char server[] = "server=https://example.social", hashtag[] = "hashtag=acme";
    char *pairs[] = { server, hashtag };

    fuzz_source(data, size, pairs, 2, "115812000000000000");
    return 0;
}
