/* Fills secrets into the places that a plugin named, and nowhere else. */
#include "fetch/parts.h"

#include <sodium.h>

#include "base/escape.h"
#include "base/json.h"

enum { PART_MAX = 256 * 1024 };

bool
parts_have_secret(struct tocsin_parts p)
{
    for (size_t i = 0; i < p.n; i++)
        if (p.v[i].kind != TOCSIN_PART_TEXT)
            return true;
    return false;
}

static int
add_encoded(struct buf *out, uint32_t enc, struct tocsin_str value, struct err *err)
{
    switch (enc) {
    case TOCSIN_ENC_RAW:
        return buf_str(out, value);
    case TOCSIN_ENC_URL:
        return escape_url(out, value);
    case TOCSIN_ENC_JSON:
        return jout_escape(out, value);
    case TOCSIN_ENC_BASE64:
        return encode_base64(out, value);
    default:
        return err_set(err, ERR_DATA, "part with unknown encoding %u; see TOCSIN_ENC_* in plugin.h",
                       (unsigned)enc);
    }
}

/* base64(text ":" secret); hidden whole, as it does not contain the secret's own base64. */
static int
add_basic(struct buf *out, struct tocsin_str user, struct tocsin_str password,
          const struct parts_filler *how)
{
    struct buf pair;
    size_t from = out->n;

    buf_init(&pair, PART_MAX);
    buf_str(&pair, user);
    buf_char(&pair, ':');
    buf_str(&pair, password);
    int rc = pair.failed ? -1 : encode_base64(out, buf_view(&pair));
    if (pair.p)
        sodium_memzero(pair.p, pair.n);
    buf_free(&pair);
    if (rc == 0)
        masks_add(how->masks, str_sub(buf_view(out), from, out->n));
    return rc;
}

static int
add_hmac(struct buf *out, struct tocsin_str key, const struct parts_filler *how, struct err *err)
{
    crypto_auth_hmacsha256_state st;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];

    if (!how->body)
        return err_set(err, ERR_DATA,
                       "hmac_sha256 in the body, which it is made of; put it into a header");
    crypto_auth_hmacsha256_init(&st, (const unsigned char *)key.p, key.n);
    if (how->body->n)
        crypto_auth_hmacsha256_update(&st, (const unsigned char *)how->body->p, how->body->n);
    crypto_auth_hmacsha256_final(&st, mac);
    sodium_memzero(&st, sizeof st);
    return encode_hex(out, mac, sizeof mac);
}

static int
add_part(struct buf *out, const struct tocsin_part *p, const struct parts_filler *how,
         struct err *err)
{
    if (p->kind == TOCSIN_PART_TEXT)
        return buf_str(out, p->text);
    if (p->kind > TOCSIN_PART_HMAC_SHA256)
        return err_set(err, ERR_DATA, "part of unknown kind %u; see TOCSIN_PART_* in plugin.h",
                       (unsigned)p->kind);
    struct tocsin_str value = p->name ? how->find_secret(how->ctx, p->name) : STR_NONE;
    if (!value.p)
        return err_set(err, ERR_DENIED,
                       "asks for the secret \"%s\", which it does not have; give that option, or "
                       "declare the session before the request",
                       p->name ? p->name : "");
    masks_add_secret(how->masks, value);
    switch (p->kind) {
    case TOCSIN_PART_SECRET:
        return add_encoded(out, p->enc, value, err);
    case TOCSIN_PART_BASIC:
        return add_basic(out, p->text, value, how);
    default:
        return add_hmac(out, value, how, err);
    }
}

int
parts_fill(struct buf *out, struct tocsin_parts p, const struct parts_filler *how, struct err *err)
{
    struct err inner = { ERR_NONE, "" };

    for (size_t i = 0; i < p.n; i++) {
        if (add_part(out, &p.v[i], how, &inner) == 0)
            continue;
        if (inner.code == ERR_NONE)
            err_set(&inner, ERR_DATA, "more than %zu bytes in one part of a request", out->max);
        if (err)
            *err = inner;
        return -1;
    }
    return 0;
}

bool
parts_is_header_value(struct tocsin_str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] == '\r' || v.p[i] == '\n' || v.p[i] == '\0')
            return false;
    return true;
}

bool
parts_is_token(const char *name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    if (!name || !*name)
        return false;
    for (; *name; name++) {
        char c = *name;
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!alnum && !strchr(others, c))
            return false;
    }
    return true;
}
