/* What fetch reads of foreign bytes: headers and their dates, addresses, IMAP, records, masks. */
#include "fuzz.h"

#include "fetch/address.h"
#include "fetch/guard.h"
#include "fetch/head.h"
#include "fetch/imap_answer.h"
#include "fetch/mask.h"
#include "fetch/replay.h"

static const int64_t now_ms = INT64_C(1795500000000), day_ms = 86400000;

static void
read_head(struct arena *a, struct tocsin_str s)
{
    struct head h;

    if (head_read(&h, a, s) < 0)
        return;
    int64_t at = head_retry_at(&h, now_ms);
    FUZZ_CHECK(at == 0 || (at >= now_ms + 60000 && at <= now_ms + day_ms));
    FUZZ_CHECK(head_max_age(&h, now_ms) >= -1);
    for (size_t i = 0; i < h.n; i++)
        FUZZ_CHECK(h.v[i].name.n && h.v[i].name.p >= s.p &&
                   h.v[i].value.p + h.v[i].value.n <= s.p + s.n);
    head_date(s, &at);
}

static void
read_address(struct arena *a, struct tocsin_str s)
{
    struct address to;
    const char *ref = arena_z(a, s);

    if (!ref || address_read(&to, a, "http://example.org/a/b", ref, NULL) < 0)
        return;
    FUZZ_CHECK(*to.host);
    bool is_local = guard_is_local_name(str_z(to.host));
    FUZZ_CHECK(is_local || !guard_is_private_literal(str_z(to.host)));
    const char *word = to.host;
    guard_is_granted((struct word_list){ &word, 1 }, str_z(to.host), str_z(to.port));
}

static void
read_imap(struct tocsin_str s)
{
    struct tocsin_str mail;
    struct buf b;

    buf_init(&b, 1 << 20);
    imap_answer_list(&b, s, 7, 5);
    if (imap_answer_mail(&mail, s) == 0)
        FUZZ_CHECK(mail.p >= s.p && mail.p + mail.n <= s.p + s.n);
    buf_free(&b);
}

static void
read_record(struct tocsin_str s)
{
    struct tocsin_str head, body;
    int status;

    if (replay_split(s, &status, &head, &body) == 0)
        FUZZ_CHECK(status >= 0 && status <= 999 && head.n + body.n <= s.n);
}

/* The first line is a secret; it must not be seen in the rest. */
static void
hide(struct tocsin_str s)
{
    struct tocsin_str secret = str_cut(&s, '\n');
    struct masks m = { 0 };
    struct buf b;

    buf_init(&b, 8 << 20);
    masks_add_secret(&m, secret);
    if (masks_apply(&m, s, &b) == 0 && secret.n >= MASK_MIN && !memchr(secret.p, '*', secret.n))
        FUZZ_CHECK(str_find(buf_view(&b), secret, 0) == SIZE_MAX);
    buf_free(&b);
    masks_free(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tocsin_str s = { (const char *)data, size };
    struct arena *a = arena_new((size_t)16 << 20);

    if (!a || size > 65536) {
        arena_free(a);
        return 0;
    }
    read_head(a, s);
    read_address(a, s);
    read_imap(s);
    read_record(s);
    hide(s);
    arena_free(a);
    return 0;
}
