/* Writes an alert as a mail: headers that no text can break out of, plain text and HTML. */
#include <stdio.h>

#include "../common/alert.h"
#include "../common/plain.h"
#include "../common/stamp.h"
#include "email.h"

#define BOUNDARY "=_tocsin_part" /* holds what base64 cannot: no body can end itself */
#define SUBJECT_UNITS 200
#define TEXT_MAX ((size_t)256 * 1024)

/* ---- headers -------------------------------------------------------------------- */

static bool
is_id_char(char c)
{
    return slice_is_alpha(c) || slice_is_digit(c) || c == '-' || c == '_' || c == '.';
}

void
email_put_id(struct sbuf *b, const char *key, const struct tocsin_alert *a)
{
    char first[24];

    snprintf(first, sizeof(first), ".%lld", (long long)a->first_ms);
    sbuf_char(b, '<');
    for (size_t i = 0; key[i] && i < EMAIL_ID_MAX; i++)
        sbuf_char(b, is_id_char(key[i]) ? key[i] : '-');
    sbuf_z(b, first);
    sbuf_z(b, "@tocsin>");
}

static void
put_header(struct sbuf *b, const char *name, const char *value)
{
    sbuf_z(b, name);
    sbuf_z(b, ": ");
    sbuf_z(b, value);
    sbuf_z(b, "\r\n");
}

/* Text of the outside in a header: one line, encoded where it is more than plain. */
static void
put_text(struct sbuf *b, struct tocsin_str s, size_t max)
{
    struct sbuf clean = { .max = TEXT_MAX };

    plain_put(&clean, s, 0, max);
    email_put_words(b, sbuf_get(&clean));
    b->is_failed |= clean.is_failed;
    sbuf_free(&clean);
}

/* Between quotes where it is plain, else encoded. */
static void
put_name(struct sbuf *b, struct tocsin_str name)
{
    bool is_plain = slice_find_byte(name, '"') == name.n && slice_find_byte(name, '\\') == name.n &&
                    name.n <= 50;

    for (size_t i = 0; i < name.n; i++)
        is_plain = is_plain && name.p[i] >= ' ' && name.p[i] <= '~';
    if (is_plain)
        sbuf_char(b, '"');
    put_text(b, name, 60);
    if (is_plain)
        sbuf_char(b, '"');
}

static void
put_box(struct sbuf *b, const struct email_box *box)
{
    struct tocsin_str name = box->name;

    if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
        name = slice(name.p + 1, name.n - 2);
    if (name.n == 0) {
        sbuf_str(b, box->address);
        return;
    }
    put_name(b, name);
    sbuf_z(b, " <");
    sbuf_str(b, box->address);
    sbuf_char(b, '>');
}

static void
put_boxes(struct sbuf *b, const struct email *m)
{
    sbuf_z(b, "From: ");
    put_box(b, &m->from);
    sbuf_z(b, "\r\nTo: ");
    for (size_t i = 0; i < m->n_to; i++) {
        sbuf_z(b, i ? ",\r\n " : "");
        put_box(b, &m->to[i]);
    }
    sbuf_z(b, "\r\n");
}

static void
put_subject(struct sbuf *b, const struct email *m, const struct tocsin_alert *a)
{
    struct sbuf s = { .max = TEXT_MAX };

    if (m->conf->subject_prefix) {
        plain_put_z(&s, m->conf->subject_prefix, 0, 60);
        sbuf_char(&s, ' ');
    }
    sbuf_z(&s, alert_lead(a->event));
    plain_put_z(&s, a->headline, 0, SUBJECT_UNITS);
    sbuf_z(b, "Subject: ");
    email_put_words(b, sbuf_get(&s));
    sbuf_z(b, "\r\n");
    b->is_failed |= s.is_failed;
    sbuf_free(&s);
}

/* Every message of an alert answers one id that no message has: so they form one thread,
 * whichever arrives first. */
static void
put_ids(struct sbuf *b, const struct tocsin_alert *a)
{
    sbuf_z(b, "Message-ID: ");
    email_put_id(b, a->key, a);
    sbuf_z(b, "\r\nIn-Reply-To: ");
    email_put_id(b, a->thread, a);
    sbuf_z(b, "\r\nReferences: ");
    email_put_id(b, a->thread, a);
    sbuf_z(b, "\r\n");
}

static void
put_headers(struct sbuf *b, const struct email *m, const struct tocsin_alert *a)
{
    char date[STAMP_ROOM];

    stamp_rfc5322(date, sizeof(date), a->now_ms);
    put_header(b, "Date", date);
    put_boxes(b, m);
    put_subject(b, m, a);
    put_ids(b, a);
    put_header(b, "Auto-Submitted", "auto-generated");
    if (a->priority >= 4 && !alert_is_quiet(a->event))
        put_header(b, "Importance", "high");
    put_header(b, "MIME-Version", "1.0");
    put_header(b, "Content-Type", "multipart/alternative; boundary=\"" BOUNDARY "\"");
}

/* ---- bodies ------------------------------------------------------------------------- */

/* What to type, for those at a machine. */
static void
write_cure(struct sbuf *b, const struct tocsin_alert *a)
{
    char line[96];

    if (a->n_actions == 0)
        return;
    snprintf(line, sizeof(line), "tocsin alert ack %lld", (long long)a->id);
    sbuf_z(b, line);
}

static void
write_plain(struct sbuf *b, const struct tocsin_alert *a)
{
    sbuf_z(b, alert_lead(a->event));
    plain_put(b, a->text, PLAIN_LINES, TEXT_MAX);
    if (a->n_actions == 0)
        return;
    sbuf_z(b, "\nI have it: ");
    write_cure(b, a);
    sbuf_char(b, '\n');
}

static void
put_element(struct sbuf *b, const char *open, struct tocsin_str s, const char *close)
{
    if (s.n == 0)
        return;
    sbuf_z(b, open);
    plain_put(b, s, PLAIN_LINES | PLAIN_HTML, TEXT_MAX);
    sbuf_z(b, close);
}

static void
write_link(struct sbuf *b, const struct tocsin_alert *a)
{
    struct tocsin_str url = slice_z(a->url);

    if (!plain_is_link(url))
        return;
    put_element(b, "<p><a rel=\"noopener noreferrer\" href=\"", url, "\">");
    put_element(b, "", url, "</a></p>\n");
}

static void
write_facts(struct sbuf *b, const struct tocsin_alert *a)
{
    if (a->n_facts == 0)
        return;
    sbuf_z(b, "<table>\n");
    for (size_t i = 0; i < a->n_facts; i++) {
        put_element(b, "<tr><th align=\"left\" valign=\"top\">", slice_z(a->facts[i].label),
                    "</th>");
        put_element(b, "<td>", slice_z(a->facts[i].value), "</td>");
        sbuf_z(b, "</tr>\n");
    }
    sbuf_z(b, "</table>\n");
}

static void
write_html(struct sbuf *b, const struct tocsin_alert *a)
{
    sbuf_z(b, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n<p><strong>");
    sbuf_z(b, alert_lead(a->event));
    plain_put_z(b, a->headline, PLAIN_HTML, 1000);
    sbuf_z(b, "</strong></p>\n");
    put_element(b, "<blockquote style=\"white-space: pre-wrap\">", a->quote, "</blockquote>\n");
    write_link(b, a);
    write_facts(b, a);
    if (a->n_actions > 0) {
        sbuf_z(b, "<p>I have it: <code>");
        write_cure(b, a);
        sbuf_z(b, "</code></p>\n");
    }
    sbuf_z(b, "</body></html>\n");
}

static void
put_part(struct sbuf *b, const char *type, const struct tocsin_alert *a,
         void (*write)(struct sbuf *, const struct tocsin_alert *))
{
    struct sbuf text = { .max = TEXT_MAX };

    write(&text, a);
    sbuf_z(b, "\r\n--" BOUNDARY "\r\n");
    put_header(b, "Content-Type", type);
    put_header(b, "Content-Transfer-Encoding", "base64");
    sbuf_z(b, "\r\n");
    email_put_base64(b, sbuf_get(&text));
    b->is_failed |= text.is_failed;
    sbuf_free(&text);
}

void
email_write(struct sbuf *b, const struct email *m, const struct tocsin_alert *a)
{
    put_headers(b, m, a);
    put_part(b, "text/plain; charset=utf-8", a, write_plain);
    put_part(b, "text/html; charset=utf-8", a, write_html);
    sbuf_z(b, "\r\n--" BOUNDARY "--\r\n");
}
