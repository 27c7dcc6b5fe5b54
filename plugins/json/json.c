/* The json plugin: any JSON API, by the places of its items and their fields. */
#include "../common/api.h"
#include "../common/link.h"

struct conf {
    const char *url, *items, *id, *link, *title, *text, *author, *author_url, *published, *edited;
    const char *lang, *parent, *thread, *rating, *tags, *kind, *next, *next_arg, *since_arg;
    struct tocsin_ref token;
    bool is_html;
};

#define AT(key, what) TOCSIN_OPT_STRING(#key, struct conf, key, .help = "where an item holds " what)

static const struct tocsin_option options[] = {
    TOCSIN_OPT_URL("url", struct conf, url, .required = 1, .help = "address of the newest items"),
    TOCSIN_OPT_STRING("items", struct conf, items,
                      .help = "JSON Pointer of the list of items; none: the whole answer"),
    TOCSIN_OPT_STRING("id", struct conf, id, .dflt = "/id", .help = "where an item holds its id"),
    AT(link, "its address"),
    AT(title, "its title"),
    AT(text, "its text"),
    AT(author, "its author's name"),
    AT(author_url, "its author's address"),
    AT(published, "its time: text, seconds or milliseconds"),
    AT(edited, "the time of its last edit"),
    AT(lang, "its language"),
    AT(parent, "the id of what it answers"),
    AT(thread, "the id of its discussion"),
    AT(rating, "its rating"),
    AT(tags, "the list of its tags"),
    TOCSIN_OPT_ENUM("kind", struct conf, kind, "post reply review article", .dflt = "post",
                    .help = "what the items are"),
    TOCSIN_OPT_BOOL("html", struct conf, is_html, .dflt = "false",
                    .help = "title and text are HTML"),
    TOCSIN_OPT_STRING("next", struct conf, next,
                      .help = "JSON Pointer of the next page's address or token"),
    TOCSIN_OPT_STRING("next_arg", struct conf, next_arg,
                      .help = "argument that carries the token; none: `next` is an address"),
    TOCSIN_OPT_STRING("since_arg", struct conf, since_arg,
                      .help = "argument that carries the time of the newest item, in seconds"),
    TOCSIN_OPT_SECRET("token", struct conf, token, .help = "sent as Authorization: Bearer"),
};

/* ---- JSON Pointer (RFC 6901) --------------------------------------------------------------- */

/* One key of the pointer with ~1 and ~0 read; false: too long. */
static bool
read_key(char *to, size_t room, struct tocsin_str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (n + 1 >= room)
            return false;
        if (s.p[i] == '~' && i + 1 < s.n && (s.p[i + 1] == '0' || s.p[i + 1] == '1'))
            to[n++] = s.p[++i] == '0' ? '~' : '/';
        else
            to[n++] = s.p[i];
    }
    to[n] = '\0';
    return true;
}

static const json_t *
child_of(const json_t *o, const char *key)
{
    size_t at = 0;

    if (!json_is_array(o))
        return json_object_get(o, key);
    for (const char *p = key; *p; p++) {
        if (!slice_is_digit(*p) || at > 1000000)
            return NULL;
        at = at * 10 + (size_t)(*p - '0');
    }
    return json_array_get(o, at);
}

static const json_t *
find(const json_t *o, const char *pointer)
{
    struct tocsin_str rest = slice_z(pointer);
    char key[256];

    if (rest.n > 0 && rest.p[0] == '/')
        rest = slice_from(rest, 1);
    while (o && rest.n > 0) {
        size_t n = slice_find_byte(rest, '/');

        if (!read_key(key, sizeof(key), slice_upto(rest, n)))
            return NULL;
        o = child_of(o, key);
        rest = slice_from(rest, n + 1);
    }
    return o;
}

/* The value at `pointer` as an object of one field, which the readers of fields take. */
static json_t *
boxed(const json_t *o, const char *pointer)
{
    json_t *box = json_object();
    const json_t *v = pointer ? find(o, pointer) : NULL;

    if (box && v)
        json_object_set(box, "v", (json_t *)(uintptr_t)v);
    return box;
}

static struct tocsin_str
text_at(struct api_page *p, const json_t *o, const char *pointer)
{
    json_t *box = boxed(o, pointer);
    struct tocsin_str s = api_str(box, "v");

    if (s.n == 0)
        s = api_id(p, box, "v");
    json_decref(box); /* `o` still holds the string */
    return s;
}

static int64_t
time_at(struct api_page *p, const json_t *o, const char *pointer)
{
    json_t *box = boxed(o, pointer);
    int64_t ms = api_time(p, box, "v");

    json_decref(box);
    return ms;
}

/* ---- requests -------------------------------------------------------------------------------- */

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    bool is_address = c->next[0] && !conf->next_arg;
    struct sbuf b = { .max = 16384 };

    sbuf_z(&b, is_address ? c->next : conf->url);
    if (c->next[0] && conf->next_arg)
        api_arg_z(&b, conf->next_arg, c->next);
    if (!is_address && conf->since_arg && c->mark_ms > 0)
        api_arg_int(&b, conf->since_arg, c->mark_ms / 1000);
    return api_get(api, t, &b, tag, conf->token.is_set ? "token" : NULL);
}

/* ---- items ---------------------------------------------------------------------------------- */

static const json_t *
items(const struct api_page *p)
{
    const struct conf *conf = p->api->conf;

    return find(p->doc, conf->items);
}

static bool
is_item(const json_t *o)
{
    return json_object_size(o) > 0;
}

static uint32_t
kind_of(const struct conf *conf)
{
    static const char *const words[] = { "post", "reply", "review", "article" };
    static const uint32_t kinds[] = { TOCSIN_POST, TOCSIN_REPLY, TOCSIN_REVIEW, TOCSIN_ARTICLE };

    for (size_t i = 0; i < 4; i++)
        if (conf->kind && strcmp(conf->kind, words[i]) == 0)
            return kinds[i];
    return TOCSIN_POST;
}

static void
set_rating(const json_t *o, const struct conf *conf, struct tocsin_post *post)
{
    const json_t *v = conf->rating ? find(o, conf->rating) : NULL;

    if (json_is_number(v))
        post->rating = json_number_value(v);
    else if (json_is_string(v) && slice_is_digit(json_string_value(v)[0]))
        post->rating = (double)(json_string_value(v)[0] - '0');
    else
        return;
    post->flags |= TOCSIN_POST_RATING;
}

static void
set_tags(struct api_page *p, const json_t *o, const struct conf *conf)
{
    const json_t *v;
    size_t i;

    if (!conf->tags)
        return;
    json_array_foreach(find(o, conf->tags), i, v) if (json_is_string(v))
        api_add_tag(p, slice(json_string_value(v), json_string_length(v)));
}

static void
take(struct api_page *p, const json_t *o)
{
    const struct conf *conf = p->api->conf;
    struct tocsin_author author = { .name = text_at(p, o, conf->author) };
    struct tocsin_post post = { .kind = kind_of(conf) };

    author.handle = author.name;
    author.url = api_link(p, conf->url, text_at(p, o, conf->author_url));
    post.id = text_at(p, o, conf->id);
    post.url = api_link(p, conf->url, text_at(p, o, conf->link));
    post.title = text_at(p, o, conf->title);
    post.text = text_at(p, o, conf->text);
    post.lang = text_at(p, o, conf->lang);
    post.parent = text_at(p, o, conf->parent);
    post.thread = text_at(p, o, conf->thread);
    post.published_ms = time_at(p, o, conf->published);
    post.edited_ms = time_at(p, o, conf->edited);
    if (conf->is_html)
        post.flags = TOCSIN_POST_TITLE_HTML | TOCSIN_POST_TEXT_HTML;
    set_rating(o, conf, &post);
    set_tags(p, o, conf);
    api_post(p, &post, &author);
}

/* ---- errors and pages ----------------------------------------------------------------------- */

static int
before(struct api_page *p)
{
    const struct conf *conf = p->api->conf;

    if (!p->doc || items(p) || p->resp->status > 299)
        return TOCSIN_OK;
    return p->h->fail(p->turn, TOCSIN_BADDATA,
                      "the answer holds nothing at `items: %s`; look at it and mend the pointer",
                      conf->items);
}

static void
after(struct api_page *p)
{
    const struct conf *conf = p->api->conf;
    struct tocsin_str next = conf->next ? text_at(p, p->doc, conf->next) : slice_z("");

    if (next.n > 0 && !conf->next_arg)
        next = api_link(p, conf->url, next);
    if (next.n < sizeof(p->next) && (conf->next_arg || link_is_http(next)))
        snprintf(p->next, sizeof(p->next), "%.*s", (int)next.n, next.p);
}

static const struct api_ops ops = {
    .service = "this API",
    .keys = "",
    .ask = ask,
    .items = items,
    .is_item = is_item,
    .take = take,
    .before = before,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "json",
    .version = "0.1",
    .summary = "any JSON API, by the places of its items and fields",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  shop:\n"
               "    plugin: json\n"
               "    options: {url: https://shop.example/reviews, items: /reviews, text: /body}\n",
    .every_ms = INT64_C(15) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
