# One block a plugin, in the order of the alphabet. No plugin links against the
# core: a missing symbol stops the link (not with sanitizers, whose symbols come
# from the program).
#
#   plugin_LTLIBRARIES += plugins/NAME/NAME.la
#   plugins_NAME_NAME_la_SOURCES = plugins/NAME/NAME.c
#   plugins_NAME_NAME_la_LDFLAGS = $(plugin_ldflags)
#   plugins_NAME_NAME_la_LIBADD = $(XML2_LIBS)
#   dist_man_MANS += plugins/NAME/tocsin-NAME.7
#   EXTRA_DIST += plugins/NAME/fixtures
#
# The build tree holds them as plugins/NAME/.libs/NAME.so; `make all` also links
# them into plugins/all/, which tests name as the plugin folder.
plugin_ldflags = $(AM_LDFLAGS) -module -avoid-version -shared \
	-export-symbols-regex '^tocsin_plugin$$'
if !SANITIZERS
plugin_ldflags += -no-undefined -Wl,-z,defs
endif

# ---- what notifiers share ---------------------------------------------------
notifier_sources = plugins/common/alert.c plugins/common/alert.h plugins/common/jsonfix.c \
	plugins/common/jsonfix.h plugins/common/link.c plugins/common/link.h \
	plugins/common/plain.c plugins/common/plain.h plugins/common/query.h \
	plugins/common/sbuf.h \
	plugins/common/slice.h plugins/common/stamp.c plugins/common/stamp.h \
	plugins/common/status.c plugins/common/status.h plugins/common/utf8fix.c \
	plugins/common/utf8fix.h

# ---- what sources of JSON APIs share ------------------------------------------
api_sources = plugins/common/api.c plugins/common/api.h plugins/common/api_cursor.c \
	plugins/common/api_get.c plugins/common/api_load.c plugins/common/api_page.h \
	plugins/common/date.c plugins/common/date.h plugins/common/jsonfix.c \
	plugins/common/jsonfix.h plugins/common/link.c plugins/common/link.h \
	plugins/common/query.h plugins/common/sbuf.h plugins/common/slice.h plugins/common/stamp.c \
	plugins/common/stamp.h plugins/common/status.c plugins/common/status.h \
	plugins/common/utf8fix.c plugins/common/utf8fix.h

# ---- appstore -----------------------------------------------------------------
plugin_LTLIBRARIES += plugins/appstore/appstore.la
appstore_sources = plugins/appstore/appstore.c $(api_sources)
plugins_appstore_appstore_la_SOURCES = $(appstore_sources)
plugins_appstore_appstore_la_LDFLAGS = $(plugin_ldflags)
plugins_appstore_appstore_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/appstore/tocsin-appstore.7
EXTRA_DIST += plugins/appstore/cases

# ---- bluesky ------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/bluesky/bluesky.la
bluesky_sources = plugins/bluesky/bluesky.c $(api_sources)
plugins_bluesky_bluesky_la_SOURCES = $(bluesky_sources)
plugins_bluesky_bluesky_la_LDFLAGS = $(plugin_ldflags)
plugins_bluesky_bluesky_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/bluesky/tocsin-bluesky.7
EXTRA_DIST += plugins/bluesky/cases

# ---- discourse ----------------------------------------------------------------
plugin_LTLIBRARIES += plugins/discourse/discourse.la
discourse_sources = plugins/discourse/discourse.c $(api_sources)
plugins_discourse_discourse_la_SOURCES = $(discourse_sources)
plugins_discourse_discourse_la_LDFLAGS = $(plugin_ldflags)
plugins_discourse_discourse_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/discourse/tocsin-discourse.7
EXTRA_DIST += plugins/discourse/cases

# ---- email -----------------------------------------------------------------
plugin_LTLIBRARIES += plugins/email/email.la
email_sources = plugins/email/email.c plugins/email/email.h plugins/email/coding.c \
	plugins/email/message.c $(notifier_sources)
plugins_email_email_la_SOURCES = $(email_sources)
plugins_email_email_la_LDFLAGS = $(plugin_ldflags)
plugins_email_email_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/email/tocsin-email.7
EXTRA_DIST += plugins/email/cases

# ---- exec ------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/exec/exec.la
exec_sources = plugins/exec/exec.c $(notifier_sources)
plugins_exec_exec_la_SOURCES = $(exec_sources)
plugins_exec_exec_la_LDFLAGS = $(plugin_ldflags)
plugins_exec_exec_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/exec/tocsin-exec.7
EXTRA_DIST += plugins/exec/cases

# ---- flarum -------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/flarum/flarum.la
flarum_sources = plugins/flarum/flarum.c $(api_sources)
plugins_flarum_flarum_la_SOURCES = $(flarum_sources)
plugins_flarum_flarum_la_LDFLAGS = $(plugin_ldflags)
plugins_flarum_flarum_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/flarum/tocsin-flarum.7
EXTRA_DIST += plugins/flarum/cases

# ---- hackernews ---------------------------------------------------------------
plugin_LTLIBRARIES += plugins/hackernews/hackernews.la
hackernews_sources = plugins/hackernews/hackernews.c $(api_sources)
plugins_hackernews_hackernews_la_SOURCES = $(hackernews_sources)
plugins_hackernews_hackernews_la_LDFLAGS = $(plugin_ldflags)
plugins_hackernews_hackernews_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/hackernews/tocsin-hackernews.7
EXTRA_DIST += plugins/hackernews/cases

# ---- json ---------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/json/json.la
json_sources = plugins/json/json.c $(api_sources)
plugins_json_json_la_SOURCES = $(json_sources)
plugins_json_json_la_LDFLAGS = $(plugin_ldflags)
plugins_json_json_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/json/tocsin-json.7
EXTRA_DIST += plugins/json/cases

# ---- lemmy --------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/lemmy/lemmy.la
lemmy_sources = plugins/lemmy/lemmy.c $(api_sources)
plugins_lemmy_lemmy_la_SOURCES = $(lemmy_sources)
plugins_lemmy_lemmy_la_LDFLAGS = $(plugin_ldflags)
plugins_lemmy_lemmy_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/lemmy/tocsin-lemmy.7
EXTRA_DIST += plugins/lemmy/cases

# ---- mastodon -----------------------------------------------------------------
plugin_LTLIBRARIES += plugins/mastodon/mastodon.la
mastodon_sources = plugins/mastodon/mastodon.c $(api_sources)
plugins_mastodon_mastodon_la_SOURCES = $(mastodon_sources)
plugins_mastodon_mastodon_la_LDFLAGS = $(plugin_ldflags)
plugins_mastodon_mastodon_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/mastodon/tocsin-mastodon.7
EXTRA_DIST += plugins/mastodon/cases

# ---- nodebb -------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/nodebb/nodebb.la
nodebb_sources = plugins/nodebb/nodebb.c $(api_sources)
plugins_nodebb_nodebb_la_SOURCES = $(nodebb_sources)
plugins_nodebb_nodebb_la_LDFLAGS = $(plugin_ldflags)
plugins_nodebb_nodebb_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/nodebb/tocsin-nodebb.7
EXTRA_DIST += plugins/nodebb/cases

# ---- ntfy ------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/ntfy/ntfy.la
ntfy_sources = plugins/ntfy/ntfy.c $(notifier_sources)
plugins_ntfy_ntfy_la_SOURCES = $(ntfy_sources)
plugins_ntfy_ntfy_la_LDFLAGS = $(plugin_ldflags)
plugins_ntfy_ntfy_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/ntfy/tocsin-ntfy.7
EXTRA_DIST += plugins/ntfy/cases

# ---- phpbb -----------------------------------------------------------------
plugin_LTLIBRARIES += plugins/phpbb/phpbb.la
phpbb_sources = plugins/phpbb/phpbb.c plugins/rss/feed.h plugins/rss/feed_markup.c \
	plugins/rss/feed_mend.c plugins/rss/feed_mend.h plugins/rss/feed_person.c \
	plugins/rss/feed_take.c plugins/rss/feed_vocab.c plugins/rss/feed_vocab.h \
	plugins/rss/feed_xml.c plugins/rss/feed_xml.h \
	plugins/common/charset.c plugins/common/charset.h plugins/common/date.c \
	plugins/common/date.h plugins/common/jsonfix.c plugins/common/jsonfix.h \
	plugins/common/link.c plugins/common/link.h plugins/common/sbuf.h \
	plugins/common/slice.h plugins/common/status.c plugins/common/status.h \
	plugins/common/utf8fix.c plugins/common/utf8fix.h
plugins_phpbb_phpbb_la_SOURCES = $(phpbb_sources)
plugins_phpbb_phpbb_la_LDFLAGS = $(plugin_ldflags)
plugins_phpbb_phpbb_la_LIBADD = $(XML2_LIBS) $(JANSSON_LIBS)
dist_man_MANS += plugins/phpbb/tocsin-phpbb.7
EXTRA_DIST += plugins/phpbb/cases

# ---- reddit -------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/reddit/reddit.la
reddit_sources = plugins/reddit/reddit.c $(api_sources)
plugins_reddit_reddit_la_SOURCES = $(reddit_sources)
plugins_reddit_reddit_la_LDFLAGS = $(plugin_ldflags)
plugins_reddit_reddit_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/reddit/tocsin-reddit.7
EXTRA_DIST += plugins/reddit/cases

# ---- rss ------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/rss/rss.la
rss_sources = plugins/rss/rss.c plugins/rss/rss.h plugins/rss/rss_hint.c plugins/rss/rss_mark.c \
	plugins/rss/rss_post.c plugins/rss/feed.h plugins/rss/feed_json.c plugins/rss/feed_markup.c \
	plugins/rss/feed_mend.c plugins/rss/feed_mend.h plugins/rss/feed_person.c \
	plugins/rss/feed_take.c \
	plugins/rss/feed_vocab.c plugins/rss/feed_vocab.h plugins/rss/feed_xml.c \
	plugins/rss/feed_xml.h \
	plugins/common/charset.c plugins/common/charset.h plugins/common/date.c \
	plugins/common/date.h plugins/common/jsonfix.c plugins/common/jsonfix.h \
	plugins/common/link.c plugins/common/link.h plugins/common/sbuf.h \
	plugins/common/slice.h plugins/common/status.c plugins/common/status.h \
	plugins/common/utf8fix.c plugins/common/utf8fix.h
plugins_rss_rss_la_SOURCES = $(rss_sources)
plugins_rss_rss_la_LDFLAGS = $(plugin_ldflags)
plugins_rss_rss_la_LIBADD = $(XML2_LIBS) $(JANSSON_LIBS)
dist_man_MANS += plugins/rss/tocsin-rss.7
EXTRA_DIST += plugins/rss/cases

# ---- stackexchange ------------------------------------------------------------
plugin_LTLIBRARIES += plugins/stackexchange/stackexchange.la
stackexchange_sources = plugins/stackexchange/stackexchange.c $(api_sources)
plugins_stackexchange_stackexchange_la_SOURCES = $(stackexchange_sources)
plugins_stackexchange_stackexchange_la_LDFLAGS = $(plugin_ldflags)
plugins_stackexchange_stackexchange_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/stackexchange/tocsin-stackexchange.7
EXTRA_DIST += plugins/stackexchange/cases

# ---- telegram --------------------------------------------------------------
plugin_LTLIBRARIES += plugins/telegram/telegram.la
telegram_sources = plugins/telegram/telegram.c plugins/telegram/telegram.h \
	plugins/telegram/answers.c plugins/telegram/message.c $(notifier_sources)
plugins_telegram_telegram_la_SOURCES = $(telegram_sources)
plugins_telegram_telegram_la_LDFLAGS = $(plugin_ldflags)
plugins_telegram_telegram_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/telegram/tocsin-telegram.7
EXTRA_DIST += plugins/telegram/cases

# ---- terminal --------------------------------------------------------------
plugin_LTLIBRARIES += plugins/terminal/terminal.la
terminal_sources = plugins/terminal/terminal.c $(notifier_sources)
plugins_terminal_terminal_la_SOURCES = $(terminal_sources)
plugins_terminal_terminal_la_LDFLAGS = $(plugin_ldflags)
plugins_terminal_terminal_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/terminal/tocsin-terminal.7
EXTRA_DIST += plugins/terminal/cases

# ---- webhook ---------------------------------------------------------------
plugin_LTLIBRARIES += plugins/webhook/webhook.la
webhook_sources = plugins/webhook/webhook.c $(notifier_sources)
plugins_webhook_webhook_la_SOURCES = $(webhook_sources)
plugins_webhook_webhook_la_LDFLAGS = $(plugin_ldflags)
plugins_webhook_webhook_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/webhook/tocsin-webhook.7
EXTRA_DIST += plugins/webhook/cases

# ---- x ------------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/x/x.la
x_sources = plugins/x/x.c $(api_sources)
plugins_x_x_la_SOURCES = $(x_sources)
plugins_x_x_la_LDFLAGS = $(plugin_ldflags)
plugins_x_x_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/x/tocsin-x.7
EXTRA_DIST += plugins/x/cases

# ---- youtube ------------------------------------------------------------------
plugin_LTLIBRARIES += plugins/youtube/youtube.la
youtube_sources = plugins/youtube/youtube.c $(api_sources)
plugins_youtube_youtube_la_SOURCES = $(youtube_sources)
plugins_youtube_youtube_la_LDFLAGS = $(plugin_ldflags)
plugins_youtube_youtube_la_LIBADD = $(JANSSON_LIBS)
dist_man_MANS += plugins/youtube/tocsin-youtube.7
EXTRA_DIST += plugins/youtube/cases

# One folder with every plugin, as after `make install`.
all-local: plugins/all/stamp
plugins/all/stamp: $(plugin_LTLIBRARIES)
	$(AM_V_at)$(MKDIR_P) plugins/all
	$(AM_V_at)rm -f plugins/all/*.so
	$(AM_V_at)for la in $(plugin_LTLIBRARIES); do \
	    d=$${la%/*}; n=$${la##*/}; n=$${n%.la}; \
	    cp -f "$$d/.libs/$$n.so" "plugins/all/$$n.so" || exit 1; \
	done
	$(AM_V_at)touch $@
clean-local:
	rm -rf plugins/all
