/* chars - what the fold and the rules need to know of a code point.
 *
 * One 32-bit entry a code point, worked out by utf8proc a page of 256 at a time when first
 * asked for. Any thread.
 */
#ifndef TOCSIN_NORMALISE_CHARS_H
#define TOCSIN_NORMALISE_CHARS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define CHAR_FOLD 0x1FFFFFu /* the folded code point, when not CHAR_COMPLEX */
enum {
    CHAR_WORD = 1 << 21,     /* letter, mark, number or underscore: \w of PCRE2 with UCP */
    CHAR_JOINS = 1 << 22,    /* may compose with, or move before, what stands before it */
    CHAR_UNSPACED = 1 << 23, /* of a script that writes no spaces between words */
    CHAR_HANGUL = 1 << 24,   /* particles follow a Korean noun without a space */
    CHAR_DROP = 1 << 25,     /* format character: not in the fold */
    CHAR_COMPLEX = 1 << 26,  /* folds to several code points */
    CHAR_NOT_NFC = 1 << 27,  /* a text with it may not be NFC */
    CHAR_LATIN = 1 << 28,
    CHAR_LOOKALIKE = 1 << 29, /* a letter of another script that has a Latin double */
    CHAR_OTHER = 1 << 30,     /* a letter of such a script without one */
    CHAR_NOT_NFKC = INT32_MIN /* NFKC changes it */
};

uint32_t chars_get_slow(uint32_t cp);
extern uint32_t *_Atomic chars_pages[0x1100];

/* Bits as above; code points beyond Unicode are like U+FFFD. */
static inline uint32_t
chars_get(uint32_t cp)
{
    uint32_t *page =
        cp < 0x110000 ? atomic_load_explicit(&chars_pages[cp >> 8], memory_order_acquire) : NULL;
    return page ? page[cp & 0xFF] : chars_get_slow(cp);
}

/* One character with the marks that follow it (at most CHARS_SEGMENT code points): NFKC, and
 * case folded when fold is set. Number of code points written to out. */
#define CHARS_SEGMENT 32
#define CHARS_EXPANDED 640
size_t chars_compose(struct tocsin_str segment, bool fold, int32_t out[CHARS_EXPANDED]);

/* The Latin letter that looks like cp, or 0. */
uint32_t chars_lookalike(uint32_t cp);
/* Whether it does only at a careless glance. */
bool chars_is_loose(uint32_t cp);

#endif
