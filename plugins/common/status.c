/* Judges HTTP statuses in one way for all sources. */
#include "status.h"

struct tocsin_str
status_header(const struct tocsin_response *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (slice_case_eq_z(r->headers[i].name, name))
            return slice_trim(r->headers[i].value);
    return slice_z("");
}

static bool
is_blank(struct tocsin_str s)
{
    return slice_trim(slice_upto(s, 4096)).n == 0;
}

int
status_check(const struct tocsin_host *h, struct tocsin_turn *t, const struct tocsin_response *r)
{
    int s = r->status;

    if (s == 204 || s == 205 || (s == 200 && is_blank(r->body)))
        return h->fail(t, TOCSIN_RETRY,
                       "the server answered %d with an empty body; if this lasts, open the "
                       "address in a browser and see what it gives",
                       s);
    if (s == 206)
        return h->fail(t, TOCSIN_RETRY, "the server sent only a part (206) that nobody asked for");
    if (s >= 200 && s < 300)
        return TOCSIN_OK;
    if (s == 429 || s == 403)
        return h->fail(t, TOCSIN_LIMITED, "the server refuses for now (%d); poll less often", s);
    if (s == 401)
        return h->fail(t, TOCSIN_DENIED,
                       "the server wants other credentials (401); check the "
                       "source's login options");
    if (s >= 500)
        return h->fail(t, TOCSIN_RETRY, "the server is in trouble (%d)", s);
    return h->fail(t, TOCSIN_RETRY, "the server answered %d; check the source's address", s);
}
