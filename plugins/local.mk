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
