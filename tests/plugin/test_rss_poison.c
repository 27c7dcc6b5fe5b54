/* One poisoned item among ten: the nine others must arrive whole. */
#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "plugin/fake_conf.h"
#include "plugin/fake_host.h"

#define N_ITEMS 10
#define POISONED 4

struct poison {
    const char *name;
    const char *item; /* stands where the fifth item would */
    bool is_partial;  /* text is lost, so the source must be told degraded */
};

#define ITEM(inner) "<item><guid>p</guid>" inner "</item>"

static const struct poison poisons[] = {
    { "bare ampersand", ITEM("<title>Q & A &c.</title>"), false },
    { "bare less-than", ITEM("<title>1 < 2</title>"), false },
    { "unknown entity", ITEM("<title>&foo; &bar</title>"), false },
    { "HTML entity", ITEM("<title>caf&eacute;&nbsp;&hellip;</title>"), false },
    { "HTML entity in attribute", ITEM("<category term=\"caf&eacute;\"/>"), false },
    { "control character",
      ITEM("<title>a\x01\x08\x1f"
           "b</title>"),
      false },
    { "reference to a control", ITEM("<title>&#1;&#x0;&#xFFFF;</title>"), false },
    { "reference out of range", ITEM("<title>&#99999999999;&#xD800;</title>"), false },
    { "bad UTF-8", ITEM("<title>\xff\xfe \xc3( \xed\xa0\x80</title>"), false },
    { "Latin-1 bytes", ITEM("<title>caf\xe9</title>"), false },
    { "CDATA never closes", ITEM("<description><![CDATA[<b>text</b></description>"), true },
    { "CDATA never closes, last", "<item><guid>p</guid><description><![CDATA[text</item>", true },
    { "CDATA in CDATA", ITEM("<description><![CDATA[a <![CDATA[b]]> c]]></description>"), false },
    { "end of CDATA in text", ITEM("<title>a ]]> b</title>"), false },
    { "comment never closes", ITEM("<!-- oops <title>x</title>"), true },
    { "comment with dashes", ITEM("<!-- a -- b --->"), false },
    { "item never closes", "<item><guid>p</guid><title>open</title>", true },
    { "title never closes", "<item><guid>p</guid><title>open</item>", true },
    { "crossing tags", ITEM("<description><b><i>x</b></i></description>"), false },
    { "end tag alone", ITEM("</b></p><title>x</title>"), false },
    { "unquoted attribute", ITEM("<enclosure url=https://x.example/a length=1/>"), false },
    { "attribute without value", ITEM("<source url>x</source>"), false },
    { "attribute twice", ITEM("<link href=\"a\" href=\"b\"/>"), false },
    { "less-than in attribute", ITEM("<link title=\"a < b\" href=\"https://x.example/\"/>"),
      false },
    { "quote never closes", ITEM("<link href=\"https://x.example/><title>x</title>"), true },
    { "tag never closes", ITEM("<title>x</title><br "), true },
    { "undeclared prefix", ITEM("<foo:bar baz:qux=\"1\">x</foo:bar>"), false },
    { "prefix without name", ITEM("<a:b:c>x</a:b:c><:d/>"), false },
    { "name that is none", ITEM("<1st>x</1st><$/>"), false },
    { "processing instruction", ITEM("<?php echo 1 ?><?xml version=\"1.0\"?>"), false },
    { "declaration inside", ITEM("<!DOCTYPE x [<!ENTITY a \"b\">]>&a;"), false },
    { "HTML without end tags", ITEM("<description><p>a<br>b<p>c<hr></description>"), false },
    { "script", ITEM("<description><script>if (a<b && c>d) x();</script></description>"), false },
    { "namespace that is no URI", ITEM("<a xmlns=\" \" xmlns:b=\"\">x</a>"), false },
    { "NUL reference and text", ITEM("<title>a&#0;b</title>"), false },
    { "windows-1252 references", ITEM("<title>&#146;&#150;</title>"), false },
    { "empty item", "<item/>", false },
    { "item in item", ITEM("<title>x</title><item><guid>q</guid></item>"), false },
    { "channel ends early", ITEM("<title>x</title></channel><channel>"), true },
    { "surrogates as bytes", ITEM("<title>\xed\xa0\xbd\xed\xb8\x80</title>"), false },
};

struct parsed {
    struct fake_conf conf;
    struct tocsin_turn turn;
    int status;
};

static void
parse(struct parsed *p, struct tocsin_str body)
{
    char url[] = "url=https://x.example/feed";
    char *pairs[] = { url };
    const struct tocsin_source *s = tocsin_plugin.ops;
    const struct tocsin_response resp = {
        .size = sizeof(resp), .status = 200, .url = "https://x.example/feed", .body = body
    };
    struct err err;
    void *self = NULL;

    fake_turn_init(&p->turn, "", 0);
    assert_int_equal(fake_conf_make(&p->conf, &tocsin_plugin, pairs, 1, &err), 0);
    assert_int_equal(s->open(&fake_host_table, &p->turn, p->conf.conf, &self), TOCSIN_OK);
    p->status = s->parse(self, &p->turn, &resp);
    s->close(self);
}

static void
parsed_free(struct parsed *p)
{
    fake_conf_free(&p->conf);
    fake_turn_free(&p->turn);
}

static void
add_healthy(struct buf *b, int i)
{
    buf_fmt(b,
            "<item><guid>https://x.example/%d</guid><title>Healthy &amp; %d</title>"
            "<description><![CDATA[<p>Text %d</p>]]></description></item>\n",
            i, i, i);
}

static void
build(struct buf *b, const char *poison)
{
    buf_z(b, "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>T</title>\n");
    for (int i = 0; i < N_ITEMS; i++) {
        if (i == POISONED)
            buf_z(b, poison);
        else
            add_healthy(b, i);
    }
    buf_z(b, "</channel></rss>\n");
}

/* Does the string at `key` read `head`, the number i, `tail`? */
static bool
is_numbered(const json_t *o, const char *key, const char *head, int i, const char *tail)
{
    char want[64];
    const char *got = json_string_value(json_object_get(o, key));

    snprintf(want, sizeof(want), "%s%d%s", head, i, tail);
    return got && strcmp(got, want) == 0;
}

static int
count_healthy(const struct tocsin_turn *t)
{
    int n = 0;

    for (int i = 0; i < N_ITEMS; i++) {
        const json_t *e;
        size_t k;

        json_array_foreach(t->events, k, e)
        {
            if (is_numbered(e, "id", "https://x.example/", i, "") &&
                is_numbered(e, "title", "Healthy & ", i, "") &&
                is_numbered(e, "text", "<p>Text ", i, "</p>"))
                n++;
        }
    }
    return n;
}

static bool
has_event(const struct tocsin_turn *t, const char *key)
{
    const json_t *e;
    size_t i;

    json_array_foreach(t->events, i, e)
    {
        if (json_object_get(e, key))
            return true;
    }
    return false;
}

static void
healthy_items_are_kept(void **state)
{
    int n_bad = 0;

    (void)state;
    for (size_t i = 0; i < N_ROWS(poisons); i++) {
        struct parsed p;
        struct buf b;
        int n;

        buf_init(&b, 1 << 20);
        build(&b, poisons[i].item);
        parse(&p, buf_view(&b));
        n = count_healthy(&p.turn);
        if (n != N_ITEMS - 1 || p.status != TOCSIN_OK ||
            has_event(&p.turn, "partial") != poisons[i].is_partial) {
            print_message("# %s: %d healthy items, status %s, partial %d\n", poisons[i].name, n,
                          fake_status_name(p.status), has_event(&p.turn, "partial"));
            n_bad++;
        }
        parsed_free(&p);
        buf_free(&b);
    }
    assert_int_equal(n_bad, 0);
}

static void
repeat(struct buf *b, const char *text, int n)
{
    for (int i = 0; i < n; i++)
        buf_z(b, text);
}

/* Each of these took some reader seconds or gigabytes; here they only have to end well. */
static void
floods_end(void **state)
{
    static const struct {
        const char *before, *unit, *after;
        int n;
    } floods[] = {
        { "<item><guid>f</guid><title", " a=\"1\"", ">x</title></item>", 100000 },
        { "<item><guid>f</guid>", "<b>", "</item>", 100000 },
        { "<item><guid>f</guid>", "<![CDATA[", "</item>", 100000 },
        { "<item><guid>f</guid>", "</a", "</item>", 100000 },
        { "<item><guid>f</guid>", "<!--", "</item>", 100000 },
        { "<item><guid>f</guid><title>", "&", "</title></item>", 500000 },
        { "<item><guid>f</guid>", "</item", "</item>", 100000 },
        { "<item><guid>f</guid><description>", "&lt;p&gt;", "</description></item>", 200000 },
        { "", "<item>", "", 100000 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(floods); i++) {
        struct parsed p;
        struct buf flood, b;

        buf_init(&flood, 8 << 20);
        buf_init(&b, 8 << 20);
        buf_z(&flood, floods[i].before);
        repeat(&flood, floods[i].unit, floods[i].n);
        buf_z(&flood, floods[i].after);
        build(&b, buf_cstr(&flood));
        assert_false(b.failed);
        parse(&p, buf_view(&b));
        assert_true(count_healthy(&p.turn) >= POISONED);
        parsed_free(&p);
        buf_free(&flood);
        buf_free(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_items_are_kept),
        cmocka_unit_test(floods_end),
    };

    return RUN_TESTS(tests);
}
