/* Tells public from private addresses, and granted from other hosts. */
#include "fetch/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

struct net4 {
    uint32_t net;
    int bits;
};

/* IANA's special-purpose registry: what is not globally reachable, and multicast. */
static const struct net4 private4[] = {
    { 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },
    { 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
    { 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
    { 0xcb007100, 24 }, { 0xe0000000, 4 },  { 0xf0000000, 4 },
};

struct net6 {
    unsigned char net[8];
    int bits;
};

static const struct net6 private6[] = {
    { { 0x20, 0x01, 0x00, 0x00 }, 23 }, /* Teredo, benchmarking, ORCHID */
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, /* documentation */
    { { 0x3f, 0xff, 0x00 }, 20 },       /* documentation */
};

static bool
v4_is_private(uint32_t host_order)
{
    for (size_t i = 0; i < sizeof private4 / sizeof *private4; i++)
        if ((host_order >> (32 - private4[i].bits)) == (private4[i].net >> (32 - private4[i].bits)))
            return true;
    return false;
}

static uint32_t
be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool
in_net6(const unsigned char *a, const struct net6 *n)
{
    for (int bit = 0; bit < n->bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((a[bit / 8] & mask) != (n->net[bit / 8] & mask))
            return false;
    }
    return true;
}

static bool
v6_is_private(const unsigned char *a)
{
    static const unsigned char nat64[12] = { 0x00, 0x64, 0xff, 0x9b };

    if (memcmp(a, nat64, sizeof nat64) == 0)
        return v4_is_private(be32(a + 12));
    if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 carries a v4 address */
        return v4_is_private(be32(a + 2));
    if ((a[0] & 0xe0) != 0x20) /* only 2000::/3 is global unicast; v4-mapped falls out here */
        return true;
    for (size_t i = 0; i < sizeof private6 / sizeof *private6; i++)
        if (in_net6(a, &private6[i]))
            return true;
    return false;
}

static bool
v6_is_private_or_mapped(const unsigned char *a)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

    if (memcmp(a, mapped, sizeof mapped) == 0)
        return v4_is_private(be32(a + 12));
    return v6_is_private(a);
}

bool
guard_is_private(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, a, sizeof in);
        return v4_is_private(ntohl(in.sin_addr.s_addr));
    }
    if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, a, sizeof in6);
        return v6_is_private_or_mapped(in6.sin6_addr.s6_addr);
    }
    return true;
}

const char *
guard_address(const struct sockaddr *a, struct buf *out)
{
    char text[INET6_ADDRSTRLEN] = "an address of another kind";

    if (a->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, a, sizeof in);
        inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    } else if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, a, sizeof in6);
        inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
    }
    buf_z(out, text);
    return buf_cstr(out);
}

/* Without brackets, zone and final dot. */
static struct tocsin_str
plain_host(struct tocsin_str h)
{
    if (h.n > 1 && h.p[0] == '[') {
        h = str_sub(h, 1, h.n);
        return str_cut(&h, ']');
    }
    if (h.n > 1 && h.p[h.n - 1] == '.')
        h.n--;
    return h;
}

/* 4, 6, or 0: not an IP literal. */
static int
read_literal(struct tocsin_str host, unsigned char out[16])
{
    char z[INET6_ADDRSTRLEN + 1];

    host = plain_host(host);
    struct tocsin_str zone = host;
    host = str_cut(&zone, '%');
    if (host.n == 0 || host.n >= sizeof z)
        return 0;
    memcpy(z, host.p, host.n);
    z[host.n] = '\0';
    if (inet_pton(AF_INET, z, out) == 1)
        return 4;
    return inet_pton(AF_INET6, z, out) == 1 ? 6 : 0;
}

bool
guard_is_private_literal(struct tocsin_str host)
{
    unsigned char a[16];

    switch (read_literal(host, a)) {
    case 4:
        return v4_is_private(be32(a));
    case 6:
        return v6_is_private_or_mapped(a);
    default:
        return false;
    }
}

static bool
ends_ascii_case(struct tocsin_str s, const char *tail)
{
    size_t n = strlen(tail);
    return s.n >= n && str_eq_ascii_case(str_sub(s, s.n - n, s.n), str_z(tail));
}

bool
guard_is_local_name(struct tocsin_str host)
{
    unsigned char a[16];

    if (read_literal(host, a))
        return true;
    host = plain_host(host);
    if (str_find(host, STR_LIT("."), 0) == SIZE_MAX)
        return true;
    return ends_ascii_case(host, ".localhost") || ends_ascii_case(host, ".local") ||
           ends_ascii_case(host, ".internal") || ends_ascii_case(host, ".home.arpa");
}

/* The last ":port" of a granted word; an IPv6 literal must be in brackets to have one. */
static struct tocsin_str
granted_port(struct tocsin_str *word)
{
    size_t colon = SIZE_MAX, colons = 0;

    for (size_t i = 0; i < word->n; i++)
        if (word->p[i] == ':') {
            colon = i;
            colons++;
        }
    bool bracketed = word->n && word->p[0] == '[';
    if (colon == SIZE_MAX || (!bracketed && colons > 1) || (bracketed && word->p[colon - 1] != ']'))
        return STR_NONE;
    struct tocsin_str port = str_sub(*word, colon + 1, word->n);
    *word = str_sub(*word, 0, colon);
    return port;
}

bool
guard_is_granted(struct word_list hosts, struct tocsin_str host, struct tocsin_str port)
{
    host = plain_host(host);
    for (size_t i = 0; i < hosts.n; i++) {
        struct tocsin_str word = str_z(hosts.v[i]);
        struct tocsin_str want = granted_port(&word);
        if (want.n && !str_eq(want, port))
            continue;
        if (str_starts(word, STR_LIT("*."))) {
            struct tocsin_str tail = plain_host(str_sub(word, 1, word.n));
            if (host.n > tail.n && tail.n > 1 &&
                str_eq_ascii_case(str_sub(host, host.n - tail.n, host.n), tail))
                return true;
        } else if (host.n && str_eq_ascii_case(plain_host(word), host)) {
            return true;
        }
    }
    return false;
}
