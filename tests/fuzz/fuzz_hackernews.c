/* fuzz_hackernews - any bytes as the answer of the search of Hacker News. */
#include "fuzz_source.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char query[] = "query=acme";
    char *pairs[] = { query };

    fuzz_source(data, size, pairs, 1, "1767200000 1767222000 1767221001");
    return 0;
}
