/* test_html_text - HTML into readable text, row by row. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "host/html_text.h"

#define BASE "https://example.org/a/b"

static const struct {
    const char *name, *html, *text;
} rows[] = {
    { "plain", "hello", "hello" },
    { "white space joined", "  a \n\t b&nbsp; c  ", "a b c" },
    { "inline elements", "<b>a</b><i>b</i> <u>c</u>", "ab c" },
    { "paragraphs", "<p>a</p><p>b</p>", "a\n\nb" },
    { "unclosed paragraphs", "<p>a<p>b", "a\n\nb" },
    { "divs", "<div>a</div><div><div>b</div></div>", "a\nb" },
    { "breaks", "a<br>b<br/>c<br><br>d<br><br><br><br>e", "a\nb\nc\n\nd\n\ne" },
    { "entities", "&lt;b&gt; &amp; &eacute; &#233; &#x1F600; &hellip;",
      "<b> & \xc3\xa9 \xc3\xa9 \xf0\x9f\x98\x80 \xe2\x80\xa6" },
    { "unknown entity", "a &foo; b", "a &foo; b" },
    { "a lone ampersand and bracket", "AT&T 3 < 5", "AT&T 3 < 5" },
    { "script, style, template, noscript",
      "a<script>x<b>y</script><style>p{}</style><template>t</template><noscript>n</noscript>b",
      "ab" },
    { "comment", "a<!-- x <b> -->b", "ab" },
    { "title and head", "<html><head><title>t</title></head><body>b</body></html>", "b" },
    { "hidden attribute", "a<span hidden>x</span>b<div hidden>y</div>", "ab" },
    { "display none", "a<span style='color:red; DISPLAY : none !important'>x</span>b", "ab" },
    { "visibility hidden", "a<span style='visibility:hidden'>x</span>b", "ab" },
    { "font-size zero", "a<i style='font-size:0px'>x</i><i style='font-size:0.9em'>y</i>b", "ayb" },
    { "aria-hidden stays", "<i aria-hidden='true'>a</i>", "a" },
    { "hidden inside hidden", "<div hidden><p style='display:none'>x</p>y</div>z", "z" },
    { "link", "<a href='https://x.example/p'>text</a> more", "text <https://x.example/p> more" },
    { "relative link", "<a href='../c?d=1'>text</a>", "text <https://example.org/c?d=1>" },
    { "link whose text is its address", "<a href='https://x.example/p/'>x.example/p</a>",
      "x.example/p" },
    { "shortened address", "<a href='https://x.example/long/path'>x.example/lon\xe2\x80\xa6</a>",
      "x.example/lon\xe2\x80\xa6" },
    { "no link that runs", "<a href='javascript:alert(1)'>a</a> <a href='data:x'>b</a>", "a b" },
    { "place in the page", "<a href='#top'>a</a>", "a" },
    { "empty link", "<a href='https://x.example/'></a>a", "a" },
    { "link around a picture", "<a href='https://x.example/'><img alt='cat' src=x></a>",
      "cat <https://x.example/>" },
    { "Mastodon's shortened link",
      "<a href=\"https://x.example/very/long\"><span class=\"invisible\">https://</span>"
      "<span class=\"ellipsis\">x.example/very</span><span class=\"invisible\">/long</span></a>",
      "https://x.example/very/long" },
    { "Mastodon's mention and tag",
      "<span class=\"h-card\"><a href=\"https://s.example/@ana\" class=\"u-url mention\">@<span>"
      "ana</span></a></span> <a href=\"https://s.example/tags/x\" class=\"mention hashtag\">#"
      "<span>x</span></a>",
      "@ana #x" },
    { "list", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>d", "- a\n- b\n  - c\n\nd" },
    { "numbered list", "<ol start=3><li>a<li>b</ol>", "3. a\n4. b" },
    { "table", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
      "a | b\n1 | 2" },
    { "table of blocks", "<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>", "a\n\nb" },
    { "quote", "a<blockquote>b<br>c</blockquote>d", "a\n\n> b\n> c\n\nd" },
    { "nested quotes", "<blockquote><blockquote>a</blockquote>b</blockquote>c",
      "> > a\n>\n> b\n\nc" },
    { "paragraphs in a quote", "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b" },
    { "quote by class", "<div class='x quote'>a</div>b", "> a\n\nb" },
    { "Discourse's quote",
      "<aside class=\"quote\"><div>ana:</div><blockquote>a</blockquote>"
      "</aside><p>b</p>",
      "> ana:\n>\n> a\n\nb" },
    { "quote of a mail",
      "b<div class=\"gmail_quote\">On Monday:<blockquote class=\"gmail_quote\">"
      "a</blockquote></div>",
      "b\n\n> On Monday:\n>\n> a" },
    { "q", "she said <q>no</q>", "she said \"no\"" },
    { "pre", "<pre>a\n  b\n\n\nc</pre>d", "a\n  b\n\nc\n\nd" },
    { "picture", "a <img alt='a cat' src=x> b<img src=y>", "a a cat b" },
    { "custom emoji", "nice <img class='custom-emoji' alt=':blobcat:'>", "nice :blobcat:" },
    { "headings", "<h1>a</h1>b<h2>c</h2>", "a\n\nb\n\nc" },
    { "rule", "a<hr>b", "a\n\nb" },
    { "definition list", "<dl><dt>a<dd>b</dl>", "a\nb" },
    { "stray ends", "</p></div>a</b></i>", "a" },
    { "cut inside a tag", "a <b cl", "a" },
    { "upper case", "<P>a</P><SCRIPT>x</SCRIPT>", "a" },
    { "charset named wrongly", "<meta charset=iso-8859-1>caf\xc3\xa9", "caf\xc3\xa9" },
};

static void
becomes_text(void **state)
{
    struct html_text *h = html_text_new();
    unsigned n_wrong = 0;

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct buf b;

        buf_init(&b, 1u << 16);
        assert_int_equal(html_text(h, &b, str_z(rows[i].html), STR_LIT(BASE)), 0);
        if (!str_eq_z(buf_view(&b), rows[i].text)) {
            print_error("%s: \"%s\" instead of \"%s\"\n", rows[i].name, buf_cstr(&b), rows[i].text);
            n_wrong++;
        }
        buf_free(&b);
    }
    html_text_free(h);
    assert_int_equal(n_wrong, 0);
}

static void
repeat(struct buf *b, const char *what, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_z(b, what);
}

/* Each of these takes a parser that is not linear many seconds. */
static void
survives_floods(void **state)
{
    static const struct {
        const char *head, *repeated, *tail;
    } floods[] = {
        { "<b>", "<b>", "word" },   { "", "<div>", "word" },      { "<p ", "a", ">word" },
        { "", "</i>", "word" },     { "", "<b></i>", "word" },    { "", "<p>", "word" },
        { "", "&x;", " word" },     { "", "<a href=x>", "word" }, { "", "<blockquote>", "word" },
        { "", "<ul><li>", "word" }, { "", "<!-->", "word" },      { "", "<table>", "word" },
    };
    struct html_text *h = html_text_new();
    struct buf in, out;

    (void)state;
    buf_init(&in, 1u << 20);
    buf_init(&out, 1u << 20);
    for (size_t i = 0; i < N_ROWS(floods); i++) {
        buf_reset(&in);
        buf_reset(&out);
        buf_z(&in, floods[i].head);
        repeat(&in, floods[i].repeated, 200000 / strlen(floods[i].repeated));
        buf_z(&in, floods[i].tail);
        assert_int_equal(html_text(h, &out, buf_view(&in), STR_NONE), 0);
        if (!strstr(buf_cstr(&out), "word"))
            fail_msg("%s: the word is lost", floods[i].repeated);
    }
    buf_reset(&in);
    buf_z(&in, "<p");
    for (int i = 0; i < 30000; i++)
        buf_fmt(&in, " a%d", i);
    buf_z(&in, ">word");
    buf_reset(&out);
    assert_int_equal(html_text(h, &out, buf_view(&in), STR_NONE), 0);
    assert_string_equal(buf_cstr(&out), "word");
    buf_free(&in);
    buf_free(&out);
    html_text_free(h);
}

static void
cuts_at_a_character(void **state)
{
    struct html_text *h = html_text_new();
    struct buf in, out;

    (void)state;
    buf_init(&in, 1000);
    repeat(&in, "\xc3\xa9", 100);
    for (size_t max = 1; max < 20; max++) {
        buf_init(&out, max);
        assert_int_equal(html_text(h, &out, buf_view(&in), STR_NONE), 0);
        assert_false(out.failed);
        assert_int_equal(out.n % 2, 0);
        buf_free(&out);
    }
    buf_free(&in);
    html_text_free(h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(becomes_text),
        cmocka_unit_test(survives_floods),
        cmocka_unit_test(cuts_at_a_character),
    };

    return RUN_TESTS(tests);
}
