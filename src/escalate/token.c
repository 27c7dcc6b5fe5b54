/* token - random words, and the hashes under which they are kept. */
#include "escalate/token.h"

#include <sodium.h>

void
token_make(char text[TOKEN_TEXT])
{
    unsigned char bytes[16];

    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, TOKEN_TEXT, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void
token_hash(char hash[TOKEN_HASH], struct tocsin_str text)
{
    unsigned char h[32];

    crypto_generichash(h, sizeof h, (const unsigned char *)text.p, text.n, NULL, 0);
    sodium_bin2hex(hash, TOKEN_HASH, h, sizeof h);
}
