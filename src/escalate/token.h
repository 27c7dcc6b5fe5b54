/* token - one-time words by which a receiver's answer is known to be meant. */
#ifndef TOCSIN_ESCALATE_TOKEN_H
#define TOCSIN_ESCALATE_TOKEN_H

#include "base/str.h"

#define TOKEN_TEXT 23 /* 128 random bits as base64url, and NUL */
#define TOKEN_HASH 65 /* hex, and NUL; all that is stored */

void token_make(char text[TOKEN_TEXT]);
void token_hash(char hash[TOKEN_HASH], struct tocsin_str text);

#endif
