/* The youtube plugin: comments below YouTube's videos. */
#include "../common/api.h"

#define DAY_MS (INT64_C(86400) * 1000)
#define RESET_MS (INT64_C(8) * 3600 * 1000) /* midnight in California */

struct conf {
    const char *server, *channel, *video, *query;
    struct tocsin_ref key;
};

static const struct tocsin_option options[] = {
    TOCSIN_OPT_STRING("channel", struct conf, channel,
                      .help = "id of a channel: comments below all its videos"),
    TOCSIN_OPT_STRING("video", struct conf, video, .help = "id of one video"),
    TOCSIN_OPT_STRING("query", struct conf, query, .help = "only comments with these words"),
    TOCSIN_OPT_SECRET("key", struct conf, key, .help = "API key of a Google Cloud project"),
    TOCSIN_OPT_URL("server", struct conf, server, .dflt = "https://www.googleapis.com",
                   .help = "address of the API"),
};

static int
ask(const struct api *api, struct tocsin_turn *t, const struct api_cursor *c, uint32_t tag)
{
    const struct conf *conf = api->conf;
    struct sbuf b;

    if (!conf->key.is_set || !conf->channel == !conf->video)
        return api->h->fail(t, TOCSIN_BADCONF,
                            "YouTube needs `key`, and one of `channel` and `video`; make a key in "
                            "the Google Cloud console");
    api_url(&b, conf->server, "/youtube/v3/commentThreads");
    api_arg_z(&b, "part", "snippet,replies");
    api_arg_z(&b, "order", "time");
    api_arg_z(&b, "textFormat", "plainText");
    api_arg_int(&b, "maxResults", 100);
    api_arg_z(&b, "allThreadsRelatedToChannelId", conf->channel);
    api_arg_z(&b, "videoId", conf->video);
    api_arg_z(&b, "searchTerms", conf->query);
    api_arg_z(&b, "pageToken", c->next);
    return api_get_key(api, t, &b, tag, "key", "key");
}

static bool
is_kind(const json_t *o, const char *kind)
{
    return slice_eq_z(api_str(o, "kind"), kind) && json_is_object(json_object_get(o, "snippet"));
}

static bool
is_video(const json_t *o)
{
    return is_kind(o, "youtube#video") ||
           (is_kind(o, "youtube#searchResult") && api_has(o, "id.videoId"));
}

static bool
is_item(const json_t *o)
{
    return is_kind(o, "youtube#commentThread") || is_kind(o, "youtube#comment") || is_video(o);
}

static void
take_comment(struct api_page *p, const json_t *o, struct tocsin_str video, int64_t replies)
{
    const json_t *s = json_object_get(o, "snippet");
    struct tocsin_author author = {
        .handle = api_str(s, "authorDisplayName"),
        .name = api_str(s, "authorDisplayName"),
        .url = api_str(s, "authorChannelUrl"),
        .avatar = api_str(s, "authorProfileImageUrl"),
    };
    struct tocsin_post post = { .id = api_str(o, "id"), .kind = TOCSIN_REPLY };

    if (video.n == 0)
        video = api_str(s, "videoId");
    post.thread = video;
    post.parent = api_has(s, "parentId") ? api_str(s, "parentId") : video;
    if (video.n > 0)
        post.url = api_fmt(p, "https://www.youtube.com/watch?v=%s&lc=%s", api_escaped(p, video).p,
                           api_escaped(p, post.id).p);
    post.text = api_str(s, "textOriginal");
    if (post.text.n == 0) {
        post.text = api_str(s, "textDisplay");
        post.flags = TOCSIN_POST_TEXT_HTML;
    }
    post.published_ms = api_time(p, s, "publishedAt");
    if (api_time(p, s, "updatedAt") > post.published_ms)
        post.edited_ms = api_time(p, s, "updatedAt");
    post.likes = api_int(s, "likeCount", 0);
    post.replies = replies;
    post.flags |= TOCSIN_POST_COUNTS;
    api_post(p, &post, &author);
}

static void
take_video(struct api_page *p, const json_t *o)
{
    const json_t *s = json_object_get(o, "snippet");
    struct tocsin_str channel = api_str(s, "channelId");
    struct tocsin_author author = { .handle = api_str(s, "channelTitle") };
    struct tocsin_post post = { .title = api_unescape(p, api_str(s, "title")) };

    author.name = author.handle;
    author.url = api_fmt(p, "https://www.youtube.com/channel/%s", api_escaped(p, channel).p);
    post.id = api_str(o, api_has(o, "id.videoId") ? "id.videoId" : "id");
    post.thread = post.id;
    post.url = api_fmt(p, "https://www.youtube.com/watch?v=%s", api_escaped(p, post.id).p);
    post.text = api_str(s, "description");
    post.lang = api_str(s, "defaultLanguage");
    post.published_ms = api_time(p, s, "publishedAt");
    api_post(p, &post, &author);
}

static void
take(struct api_page *p, const json_t *o)
{
    const json_t *reply;
    size_t i;

    if (is_video(o)) {
        take_video(p, o);
        return;
    }
    if (is_kind(o, "youtube#comment")) {
        take_comment(p, o, slice_z(""), 0);
        return;
    }
    take_comment(p, api_at(o, "snippet.topLevelComment"), api_str(o, "snippet.videoId"),
                 api_int(o, "snippet.totalReplyCount", 0));
    json_array_foreach(api_at(o, "replies.comments"), i, reply)
        take_comment(p, reply, api_str(o, "snippet.videoId"), 0);
}

/* Used up until midnight in California. */
static int
fail_quota(struct api_page *p)
{
    int64_t until = ((p->now_ms - RESET_MS) / DAY_MS + 1) * DAY_MS + RESET_MS;

    p->h->limit(p->turn, until, "the quota of the day is used up");
    return p->h->fail(p->turn, TOCSIN_LIMITED,
                      "YouTube's quota of the day is used up; poll less often or ask for more");
}

static int
before(struct api_page *p)
{
    struct tocsin_str why = api_str(json_array_get(api_at(p->doc, "error.errors"), 0), "reason");

    if (slice_eq_z(why, "quotaExceeded") || slice_eq_z(why, "dailyLimitExceeded"))
        return fail_quota(p);
    if (slice_eq_z(why, "commentsDisabled"))
        return p->h->fail(p->turn, TOCSIN_BADCONF,
                          "comments are turned off there; leave the video out");
    return TOCSIN_OK;
}

static void
after(struct api_page *p)
{
    struct tocsin_str next = api_str(p->doc, "nextPageToken");

    if (next.n < sizeof(p->next))
        snprintf(p->next, sizeof(p->next), "%.*s", (int)next.n, next.p);
}

static const struct api_ops ops = {
    .service = "YouTube",
    .keys = "items pageInfo",
    .ask = ask,
    .is_item = is_item,
    .take = take,
    .before = before,
    .after = after,
};

API_SOURCE(ops);

const struct tocsin_plugin tocsin_plugin = {
    TOCSIN_PLUGIN_HEAD(TOCSIN_KIND_SOURCE),
    .name = "youtube",
    .version = "0.1",
    .summary = "comments below YouTube's videos",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .conf_size = sizeof(struct conf),
    .ops = &source,
    .warm_up = api_warm_up,
    .example = "sources:\n"
               "  tube: {plugin: youtube, options: {channel: UC123, key: youtube}}\n",
    .every_ms = INT64_C(15) * 60 * 1000,
    .at_least_ms = INT64_C(30) * 1000,
};
