/* rarity - letter frequencies of European languages, and what UTF-8 tells of the others. */
#include "match/rarity.h"

/* Minus the base 2 logarithm of a letter's share, a to z. */
static const float letters[26] = { 3.9f, 6.3f, 5.3f, 4.9f, 3.4f, 5.9f, 5.9f, 4.9f, 4.0f,
                                   8.5f, 7.2f, 4.9f, 5.4f, 4.1f, 3.9f, 5.8f, 9.5f, 4.3f,
                                   4.1f, 3.8f, 5.4f, 6.8f, 6.0f, 8.5f, 6.0f, 9.5f };

static double
byte_rarity(unsigned char c)
{
    if (c >= 'a' && c <= 'z')
        return letters[c - 'a'];
    if (c == ' ')
        return 3.0;
    if (c >= '0' && c <= '9')
        return 7.0;
    if (c < 0x80)
        return 7.5;
    if (c < 0xC0)
        return 4.5; /* the tail of a character */
    return 2.5;     /* its head, which only names the script */
}

static double
rarity_at(struct tocsin_str s, size_t at, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += byte_rarity((unsigned char)s.p[at + i]);
    return sum;
}

size_t
rarity_gram(struct tocsin_str s, size_t k)
{
    size_t best = 0;
    double most = -1;
    for (size_t i = 0; i + k <= s.n; i++) {
        double r = rarity_at(s, i, k);
        if (r > most) {
            most = r;
            best = i;
        }
    }
    return best;
}

double
rarity_of(struct tocsin_str s)
{
    if (s.n < 4)
        return rarity_at(s, 0, s.n);
    /* every further byte rules out a little more */
    return rarity_at(s, rarity_gram(s, 4), 4) + 0.5 * (double)(s.n - 4);
}
