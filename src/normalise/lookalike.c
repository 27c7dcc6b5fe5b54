/* lookalike - letters of other scripts that pass for Latin ones. */
#include "normalise/chars.h"

struct pair {
    uint16_t cp;
    char latin;
};

/* In rising order of cp. Each letter by its own shape: capital Eta is H, small eta n. */
static const struct pair pairs[] = {
    /* Greek */
    { 0x0391, 'A' },
    { 0x0392, 'B' },
    { 0x0395, 'E' },
    { 0x0396, 'Z' },
    { 0x0397, 'H' },
    { 0x0399, 'I' },
    { 0x039A, 'K' },
    { 0x039C, 'M' },
    { 0x039D, 'N' },
    { 0x039F, 'O' },
    { 0x03A1, 'P' },
    { 0x03A4, 'T' },
    { 0x03A5, 'Y' },
    { 0x03A7, 'X' },
    { 0x03B1, 'a' },
    { 0x03B2, 'b' },
    { 0x03B3, 'y' },
    { 0x03B5, 'e' },
    { 0x03B7, 'n' },
    { 0x03B9, 'i' },
    { 0x03BA, 'k' },
    { 0x03BC, 'u' },
    { 0x03BD, 'v' },
    { 0x03BF, 'o' },
    { 0x03C1, 'p' },
    { 0x03C3, 'o' },
    { 0x03C4, 't' },
    { 0x03C5, 'u' },
    { 0x03C7, 'x' },
    { 0x03C9, 'w' },
    { 0x03F2, 'c' },
    { 0x03F3, 'j' },
    { 0x03F9, 'C' },
    /* Cyrillic */
    { 0x0405, 'S' },
    { 0x0406, 'I' },
    { 0x0407, 'I' },
    { 0x0408, 'J' },
    { 0x0410, 'A' },
    { 0x0412, 'B' },
    { 0x0415, 'E' },
    { 0x0417, '3' },
    { 0x041A, 'K' },
    { 0x041C, 'M' },
    { 0x041D, 'H' },
    { 0x041E, 'O' },
    { 0x0420, 'P' },
    { 0x0421, 'C' },
    { 0x0422, 'T' },
    { 0x0423, 'Y' },
    { 0x0425, 'X' },
    { 0x0430, 'a' },
    { 0x0432, 'b' },
    { 0x0433, 'r' },
    { 0x0435, 'e' },
    { 0x043A, 'k' },
    { 0x043C, 'm' },
    { 0x043D, 'h' },
    { 0x043E, 'o' },
    { 0x043F, 'n' },
    { 0x0440, 'p' },
    { 0x0441, 'c' },
    { 0x0442, 't' },
    { 0x0443, 'y' },
    { 0x0445, 'x' },
    { 0x044C, 'b' },
    { 0x0451, 'e' },
    { 0x0455, 's' },
    { 0x0456, 'i' },
    { 0x0457, 'i' },
    { 0x0458, 'j' },
    { 0x0474, 'V' },
    { 0x0475, 'v' },
    { 0x04AE, 'Y' },
    { 0x04AF, 'y' },
    { 0x04BA, 'H' },
    { 0x04BB, 'h' },
    { 0x04C0, 'I' },
    { 0x04CF, 'l' },
    { 0x0500, 'D' },
    { 0x0501, 'd' },
    { 0x050C, 'G' },
    { 0x051A, 'Q' },
    { 0x051B, 'q' },
    { 0x051C, 'W' },
    { 0x051D, 'w' },
    /* Armenian */
    { 0x0555, 'O' },
    { 0x0561, 'w' },
    { 0x0563, 'q' },
    { 0x0566, 'q' },
    { 0x0570, 'h' },
    { 0x0575, 'j' },
    { 0x0578, 'n' },
    { 0x057D, 'u' },
    { 0x0581, 'g' },
    { 0x0585, 'o' },
    /* Cherokee */
    { 0x13A0, 'D' },
    { 0x13A1, 'R' },
    { 0x13A2, 'T' },
    { 0x13A9, 'Y' },
    { 0x13AA, 'A' },
    { 0x13AB, 'J' },
    { 0x13AC, 'E' },
    { 0x13B3, 'W' },
    { 0x13B7, 'M' },
    { 0x13BB, 'H' },
    { 0x13C0, 'G' },
    { 0x13C2, 'h' },
    { 0x13C3, 'Z' },
    { 0x13CF, 'b' },
    { 0x13D2, 'R' },
    { 0x13D4, 'W' },
    { 0x13D5, 'S' },
    { 0x13D9, 'V' },
    { 0x13DA, 'S' },
    { 0x13DE, 'L' },
    { 0x13DF, 'C' },
    { 0x13E2, 'P' },
    { 0x13E6, 'K' },
    { 0x13E7, 'd' },
    { 0x13F3, 'G' },
    { 0x13F4, 'B' },
};

uint32_t
chars_lookalike(uint32_t cp)
{
    size_t low = 0, high = sizeof(pairs) / sizeof(pairs[0]);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (pairs[mid].cp < cp)
            low = mid + 1;
        else
            high = mid;
    }
    bool found = low < sizeof(pairs) / sizeof(pairs[0]) && pairs[low].cp == cp;
    return found ? (uint32_t)(unsigned char)pairs[low].latin : 0;
}

bool
chars_is_loose(uint32_t cp)
{
    static const uint16_t loose[] = { 0x03B2, 0x03B3, 0x03B5, 0x03B7, 0x03B9, 0x03BA, 0x03BC,
                                      0x03C3, 0x03C4, 0x03C5, 0x03C9, 0x0417, 0x0432, 0x0433,
                                      0x043A, 0x043C, 0x043D, 0x043F, 0x0442, 0x044C };
    for (size_t i = 0; i < sizeof(loose) / sizeof(loose[0]); i++)
        if (loose[i] == cp)
            return true;
    return false;
}
