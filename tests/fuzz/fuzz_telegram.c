/* fuzz_telegram - any bytes as what Telegram's bot API says. */
#include "fuzz_notifier.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char token[] = "token=bot", chat[] = "chat=-100";
    char *pairs[] = { token, chat };

    fuzz_notifier(data, size, pairs, 2);
    return 0;
}
