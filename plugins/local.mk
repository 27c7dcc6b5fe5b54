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
