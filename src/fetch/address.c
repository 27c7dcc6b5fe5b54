/* Takes addresses apart with libcurl's own parser. */
#include "fetch/address.h"

#include <curl/curl.h>

#include "base/str.h"

static const char *
get_part(CURLU *u, struct arena *a, CURLUPart part, unsigned flags)
{
    char *text = NULL;

    if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
        return NULL;
    const char *copy = arena_z(a, str_z(text));
    curl_free(text);
    return copy;
}

static int
read_parts(struct address *out, struct arena *a, CURLU *u, struct err *err)
{
    struct address r = {
        .text = get_part(u, a, CURLUPART_URL, 0),
        .scheme = get_part(u, a, CURLUPART_SCHEME, 0),
        .host = get_part(u, a, CURLUPART_HOST, 0),
        .port = get_part(u, a, CURLUPART_PORT, CURLU_DEFAULT_PORT),
    };

    if (!r.text || !r.scheme || !r.host || !*r.host)
        return err_set(err, ERR_DATA, "it names no host");
    if (!r.port)
        r.port = "";
    *out = r;
    return 0;
}

int
address_read(struct address *out, struct arena *a, const char *base, const char *ref,
             struct err *err)
{
    const unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
    CURLU *u = curl_url();
    int rc = -1;

    if (!u)
        return err_set(err, ERR_NOMEM, "no memory");
    CURLUcode code = base ? curl_url_set(u, CURLUPART_URL, base, flags) : CURLUE_OK;
    if (code == CURLUE_OK)
        code = curl_url_set(u, CURLUPART_URL, ref, flags);
    if (code != CURLUE_OK) {
        err_set(err, ERR_DATA, "%s", curl_url_strerror(code));
        goto out;
    }
    curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
    if (base) {
        curl_url_set(u, CURLUPART_USER, NULL, 0);
        curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
        curl_url_set(u, CURLUPART_OPTIONS, NULL, 0);
    }
    rc = read_parts(out, a, u, err);
out:
    curl_url_cleanup(u);
    return rc;
}

bool
address_is_http(const struct address *a)
{
    return strcmp(a->scheme, "http") == 0 || strcmp(a->scheme, "https") == 0;
}
