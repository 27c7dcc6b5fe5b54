# Tests. Programs (cmocka, fuzz replay) print TAP; a .t is a script that prints
# TAP; a .sh or .py passes by its exit code (77: skipped).
#
#   make check          all below
#   make bench          bench_programs
#   make soak           soak_tests: what takes over three minutes
#   make fuzz           fuzz_programs, FUZZ_SECONDS each (configure --enable-fuzzers CC=clang)
dist_check_SCRIPTS =
unit_programs =
fuzz_programs =
bench_programs =
soak_tests =

check_PROGRAMS =
check_LTLIBRARIES =
TESTS =
if ENABLE_TESTS
check_PROGRAMS += $(unit_programs) $(fuzz_programs)
TESTS += $(unit_programs) $(dist_check_SCRIPTS)
if !FUZZERS
# libFuzzer's own main would never end; there, `make fuzz` runs them.
TESTS += $(fuzz_programs)
endif
else
check-local:
	@echo 'configured with --disable-tests: configure again without it' >&2; exit 1
endif

TEST_EXTENSIONS = .sh .py .t
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = bash
PY_LOG_COMPILER = python3
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	LC_ALL=C.UTF-8; export LC_ALL; TZ=UTC0; export TZ; \
	TOCSIN_SRCDIR='$(abs_top_srcdir)'; export TOCSIN_SRCDIR; \
	TOCSIN_BUILDDIR='$(abs_top_builddir)'; export TOCSIN_BUILDDIR; \
	TOCSIN_PLUGINS='$(abs_top_builddir)/plugins/all'; export TOCSIN_PLUGINS; \
	ASAN_OPTIONS="$${ASAN_OPTIONS-detect_stack_use_after_return=1}"; export ASAN_OPTIONS; \
	UBSAN_OPTIONS="$${UBSAN_OPTIONS-print_stacktrace=1}"; export UBSAN_OPTIONS;

# Link lines most tests use.
unit_ldadd = libtocsin.la $(CMOCKA_LIBS)
base_ldadd = libbase.la $(CMOCKA_LIBS)
fuzz_ldadd = libtocsin.la
fuzz_ldflags = $(AM_LDFLAGS)
if FUZZERS
fuzz_ldflags += -fsanitize=fuzzer
endif

# ---- base ---------------------------------------------------------------
unit_programs += tests/unit/test_arena
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c tests/unit/unit.h
tests_unit_test_arena_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_buf
tests_unit_test_buf_SOURCES = tests/unit/test_buf.c tests/unit/unit.h
tests_unit_test_buf_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_clock
tests_unit_test_clock_SOURCES = tests/unit/test_clock.c tests/unit/unit.h
tests_unit_test_clock_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_err
tests_unit_test_err_SOURCES = tests/unit/test_err.c tests/unit/unit.h
tests_unit_test_err_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_escape
tests_unit_test_escape_SOURCES = tests/unit/test_escape.c tests/unit/unit.h
tests_unit_test_escape_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_file
tests_unit_test_file_SOURCES = tests/unit/test_file.c tests/unit/unit.h
tests_unit_test_file_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_hash
tests_unit_test_hash_SOURCES = tests/unit/test_hash.c tests/unit/unit.h
tests_unit_test_hash_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_json
tests_unit_test_json_SOURCES = tests/unit/test_json.c tests/unit/unit.h
tests_unit_test_json_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_log
tests_unit_test_log_SOURCES = tests/unit/test_log.c tests/unit/unit.h
tests_unit_test_log_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_parse
tests_unit_test_parse_SOURCES = tests/unit/test_parse.c tests/unit/unit.h
tests_unit_test_parse_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_str
tests_unit_test_str_SOURCES = tests/unit/test_str.c tests/unit/unit.h
tests_unit_test_str_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_url
tests_unit_test_url_SOURCES = tests/unit/test_url.c tests/unit/unit.h
tests_unit_test_url_LDADD = $(base_ldadd)
unit_programs += tests/unit/test_utf8
tests_unit_test_utf8_SOURCES = tests/unit/test_utf8.c tests/unit/unit.h
tests_unit_test_utf8_LDADD = $(base_ldadd)

# ---- record -------------------------------------------------------------

# ---- config -------------------------------------------------------------
unit_programs += tests/unit/test_config
tests_unit_test_config_SOURCES = tests/unit/test_config.c tests/unit/test_config_bad.h \
	tests/unit/test_config_good.h tests/unit/unit.h \
	tests/lib/fake_plugins.c tests/lib/fake_plugins.h
tests_unit_test_config_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_config_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_init
tests_unit_test_init_SOURCES = tests/unit/test_init.c tests/unit/unit.h \
	tests/lib/fake_plugins.c tests/lib/fake_plugins.h
tests_unit_test_init_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_init_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_zone
tests_unit_test_zone_SOURCES = tests/unit/test_zone.c tests/unit/unit.h
tests_unit_test_zone_LDADD = $(base_ldadd)
fuzz_programs += tests/fuzz/fuzz_config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/fuzz.h tests/fuzz/replay.c \
	tests/lib/fake_plugins.c tests/lib/fake_plugins.h
tests_fuzz_fuzz_config_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_fuzz_fuzz_config_LDADD = libtocsin.la
tests_fuzz_fuzz_config_LDFLAGS = $(fuzz_ldflags)

# ---- host ---------------------------------------------------------------
# Plugins for the tests only: built as modules, never installed.
test_plugin_ldflags = $(plugin_ldflags) -rpath $(plugindir)
test_plugins = tests/plugins/good.la tests/plugins/short.la tests/plugins/oldabi.la \
	tests/plugins/hostile.la \
	tests/plugins/atload-socket.la \
	tests/plugins/atload-fork.la \
	tests/plugins/atload-ptrace.la \
	tests/plugins/atload-crash.la \
	tests/plugins/atload-garbage.la
tests_plugins_good_la_SOURCES = tests/plugins/good.c
tests_plugins_good_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_short_la_SOURCES = tests/plugins/short.c
tests_plugins_short_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_oldabi_la_SOURCES = tests/plugins/oldabi.c
tests_plugins_oldabi_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_hostile_la_SOURCES = tests/plugins/hostile.c
tests_plugins_hostile_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_atload_socket_la_SOURCES = tests/plugins/hostile.c
tests_plugins_atload_socket_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_atload_socket_la_CPPFLAGS = $(AM_CPPFLAGS) -DAT_LOAD='"socket"' -DNAME='"atload-socket"'
tests_plugins_atload_fork_la_SOURCES = tests/plugins/hostile.c
tests_plugins_atload_fork_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_atload_fork_la_CPPFLAGS = $(AM_CPPFLAGS) -DAT_LOAD='"fork"' -DNAME='"atload-fork"'
tests_plugins_atload_ptrace_la_SOURCES = tests/plugins/hostile.c
tests_plugins_atload_ptrace_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_atload_ptrace_la_CPPFLAGS = $(AM_CPPFLAGS) -DAT_LOAD='"ptrace"' -DNAME='"atload-ptrace"'
tests_plugins_atload_crash_la_SOURCES = tests/plugins/hostile.c
tests_plugins_atload_crash_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_atload_crash_la_CPPFLAGS = $(AM_CPPFLAGS) -DAT_LOAD='"crash"' -DNAME='"atload-crash"'
tests_plugins_atload_garbage_la_SOURCES = tests/plugins/hostile.c
tests_plugins_atload_garbage_la_LDFLAGS = $(test_plugin_ldflags)
tests_plugins_atload_garbage_la_CPPFLAGS = $(AM_CPPFLAGS) -DAT_LOAD='"garbage"' -DNAME='"atload-garbage"'
check_LTLIBRARIES += $(test_plugins)

unit_programs += tests/unit/test_wire tests/unit/test_html_text
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c tests/unit/unit.h
tests_unit_test_wire_LDADD = $(unit_ldadd)
tests_unit_test_html_text_SOURCES = tests/unit/test_html_text.c tests/unit/unit.h
tests_unit_test_html_text_LDADD = libhost.la $(CMOCKA_LIBS)

fuzz_programs += tests/fuzz/fuzz_reply tests/fuzz/fuzz_turn tests/fuzz/fuzz_html
tests_fuzz_fuzz_reply_SOURCES = tests/fuzz/fuzz_reply.c $(fuzz_sources)
tests_fuzz_fuzz_reply_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_reply_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_turn_SOURCES = tests/fuzz/fuzz_turn.c $(fuzz_sources)
tests_fuzz_fuzz_turn_LDADD = libhost.la
tests_fuzz_fuzz_turn_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_html_SOURCES = tests/fuzz/fuzz_html.c $(fuzz_sources)
tests_fuzz_fuzz_html_LDADD = libhost.la
tests_fuzz_fuzz_html_LDFLAGS = $(fuzz_ldflags)

unit_programs += tests/unit/test_host
tests_unit_test_host_SOURCES = tests/unit/test_host.c tests/unit/unit.h
tests_unit_test_host_LDADD = $(unit_ldadd)

# ---- schedule -----------------------------------------------------------
unit_programs += tests/unit/test_schedule
tests_unit_test_schedule_SOURCES = tests/unit/test_schedule.c tests/unit/unit.h
tests_unit_test_schedule_LDADD = $(unit_ldadd)

# ---- fetch --------------------------------------------------------------
# Scripted servers on loopback, for any test that needs one.
http_server_sources = tests/lib/http_server.c tests/lib/http_server.h
listener_sources = tests/lib/listener.c tests/lib/listener.h
smtp_sink_sources = tests/lib/smtp_sink.c tests/lib/smtp_sink.h $(listener_sources)
fetch_fix_sources = tests/lib/fetch_fix.c tests/lib/fetch_fix.h $(http_server_sources)
fetch_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
unit_programs += tests/unit/test_fetch_http
tests_unit_test_fetch_http_SOURCES = tests/unit/test_fetch_http.c $(fetch_fix_sources)
tests_unit_test_fetch_http_CPPFLAGS = $(fetch_cppflags)
tests_unit_test_fetch_http_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_fetch_secrets
tests_unit_test_fetch_secrets_SOURCES = tests/unit/test_fetch_secrets.c $(fetch_fix_sources)
tests_unit_test_fetch_secrets_CPPFLAGS = $(fetch_cppflags)
tests_unit_test_fetch_secrets_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_fetch_polite
tests_unit_test_fetch_polite_SOURCES = tests/unit/test_fetch_polite.c $(fetch_fix_sources)
tests_unit_test_fetch_polite_CPPFLAGS = $(fetch_cppflags)
tests_unit_test_fetch_polite_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_fetch_mail
tests_unit_test_fetch_mail_SOURCES = tests/unit/test_fetch_mail.c tests/lib/imap_server.c \
	tests/lib/imap_server.h $(smtp_sink_sources) $(fetch_fix_sources)
tests_unit_test_fetch_mail_CPPFLAGS = $(fetch_cppflags)
tests_unit_test_fetch_mail_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_fetch_local
tests_unit_test_fetch_local_SOURCES = tests/unit/test_fetch_local.c $(fetch_fix_sources)
tests_unit_test_fetch_local_CPPFLAGS = $(fetch_cppflags)
tests_unit_test_fetch_local_LDADD = $(unit_ldadd)

fuzz_programs += tests/fuzz/fuzz_fetch
tests_fuzz_fuzz_fetch_SOURCES = tests/fuzz/fuzz_fetch.c $(fuzz_sources)
tests_fuzz_fuzz_fetch_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_fetch_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += tests/fuzz/fuzz_stream
tests_fuzz_fuzz_stream_SOURCES = tests/fuzz/fuzz_stream.c $(fuzz_sources)
tests_fuzz_fuzz_stream_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_stream_LDFLAGS = $(fuzz_ldflags)
bench_programs += tests/bench/bench_fetch
tests_bench_bench_fetch_SOURCES = tests/bench/bench_fetch.c $(bench_common)
tests_bench_bench_fetch_CPPFLAGS = $(bench_cppflags)
tests_bench_bench_fetch_LDADD = libtocsin.la

# ---- normalise ----------------------------------------------------------
unit_programs += tests/unit/test_normalise
tests_unit_test_normalise_SOURCES = tests/unit/test_normalise.c tests/unit/unit.h
tests_unit_test_normalise_LDADD = $(unit_ldadd)

fuzz_programs += tests/fuzz/fuzz_normalise
tests_fuzz_fuzz_normalise_SOURCES = tests/fuzz/fuzz_normalise.c $(fuzz_sources)
tests_fuzz_fuzz_normalise_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_normalise_LDFLAGS = $(fuzz_ldflags)

# ---- dedup --------------------------------------------------------------

unit_programs += tests/unit/test_fingerprint
tests_unit_test_fingerprint_SOURCES = tests/unit/test_fingerprint.c tests/unit/unit.h
tests_unit_test_fingerprint_LDADD = $(unit_ldadd)

# ---- match --------------------------------------------------------------
unit_programs += tests/unit/test_match
tests_unit_test_match_SOURCES = tests/unit/test_match.c tests/unit/unit.h
tests_unit_test_match_LDADD = $(unit_ldadd)

unit_programs += tests/unit/test_prefilter
tests_unit_test_prefilter_SOURCES = tests/unit/test_prefilter.c tests/unit/unit.h
tests_unit_test_prefilter_LDADD = $(unit_ldadd)

fuzz_programs += tests/fuzz/fuzz_query
tests_fuzz_fuzz_query_SOURCES = tests/fuzz/fuzz_query.c $(fuzz_sources)
tests_fuzz_fuzz_query_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_query_LDFLAGS = $(fuzz_ldflags)

# ---- score --------------------------------------------------------------

# ---- store --------------------------------------------------------------
unit_programs += tests/unit/test_store
tests_unit_test_store_SOURCES = tests/unit/store_cases.c tests/unit/unit.h
tests_unit_test_store_LDADD = $(unit_ldadd)
# The same cases against the other store: it stands before the library, whose own is not taken.
unit_programs += tests/unit/test_store_mem
tests_unit_test_store_mem_SOURCES = tests/unit/store_cases.c tests/unit/unit.h \
	tests/lib/store_mem.c tests/lib/store_mem.h \
	tests/lib/store_mem_alerts.c \
	tests/lib/store_mem_people.c \
	tests/lib/store_mem_posts.c
tests_unit_test_store_mem_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_store_sqlite
tests_unit_test_store_sqlite_SOURCES = tests/unit/test_store_sqlite.c tests/unit/unit.h
tests_unit_test_store_sqlite_LDADD = $(unit_ldadd)
fuzz_programs += tests/fuzz/fuzz_search
tests_fuzz_fuzz_search_SOURCES = tests/fuzz/fuzz_search.c $(fuzz_sources)
tests_fuzz_fuzz_search_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_search_LDFLAGS = $(fuzz_ldflags)
soak_tests += tests/pipeline/soak_store.sh
bench_programs += tests/bench/bench_store
tests_bench_bench_store_SOURCES = tests/bench/bench_store.c $(bench_common)
tests_bench_bench_store_CPPFLAGS = $(bench_cppflags)
tests_bench_bench_store_LDADD = libtocsin.la

# ---- people -------------------------------------------------------------
unit_programs += tests/unit/test_import
tests_unit_test_import_SOURCES = tests/unit/test_import.c tests/unit/unit.h $(alert_fix_sources)
tests_unit_test_import_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_import_LDADD = $(unit_ldadd)
fuzz_programs += tests/fuzz/fuzz_csv
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c $(fuzz_sources)
tests_fuzz_fuzz_csv_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_csv_LDFLAGS = $(fuzz_ldflags)

# ---- escalate -----------------------------------------------------------
alert_fix_sources = tests/lib/alert_fix.c tests/lib/alert_fix.h
unit_programs += tests/unit/test_alert_life
tests_unit_test_alert_life_SOURCES = tests/unit/test_alert_life.c tests/unit/unit.h \
	$(alert_fix_sources)
tests_unit_test_alert_life_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_alert_life_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_ingest
tests_unit_test_ingest_SOURCES = tests/unit/test_ingest.c tests/unit/unit.h $(alert_fix_sources)
tests_unit_test_ingest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_ingest_LDADD = $(unit_ldadd)
unit_programs += tests/unit/test_escalate
tests_unit_test_escalate_SOURCES = tests/unit/test_escalate.c tests/unit/unit.h \
	$(alert_fix_sources)
tests_unit_test_escalate_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_escalate_LDADD = $(unit_ldadd)

# ---- deliver ------------------------------------------------------------
unit_programs += tests/unit/test_compose
tests_unit_test_compose_SOURCES = tests/unit/test_compose.c tests/unit/unit.h $(alert_fix_sources)
tests_unit_test_compose_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_unit_test_compose_LDADD = $(unit_ldadd)

# ---- control ------------------------------------------------------------

# ---- cli ----------------------------------------------------------------
unit_programs += tests/unit/test_args tests/unit/test_table
tests_unit_test_args_SOURCES = tests/unit/test_args.c tests/unit/unit.h
tests_unit_test_args_LDADD = $(unit_ldadd)
tests_unit_test_table_SOURCES = tests/unit/test_table.c tests/unit/unit.h
tests_unit_test_table_LDADD = $(unit_ldadd)

# ---- plugins ------------------------------------------------------------
# One program a plugin: its sources and the runner of plugins/NAME/cases
# (tests/plugin/README.md). Per-target CFLAGS give it objects of its own.
#
#   unit_programs += tests/plugin/test_NAME
#   tests_plugin_test_NAME_SOURCES = $(NAME_sources) $(plugin_runner)
#   tests_plugin_test_NAME_CFLAGS = $(AM_CFLAGS)
#   tests_plugin_test_NAME_CPPFLAGS = $(plugin_test_cppflags)
#   tests_plugin_test_NAME_LDADD = libbase.la $(XML2_LIBS) $(JANSSON_LIBS)
plugin_test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
fake_host = tests/plugin/fake_host.c tests/plugin/fake_host.h \
	tests/plugin/fake_conf.c tests/plugin/fake_conf.h
plugin_runner = $(fake_host) tests/plugin/case_file.c tests/plugin/case_file.h \
	tests/plugin/run_cases.c
EXTRA_DIST += tests/plugin/README.md

unit_programs += tests/plugin/test_rss
tests_plugin_test_rss_SOURCES = $(rss_sources) $(plugin_runner)
tests_plugin_test_rss_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_rss_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_rss_LDADD = libbase.la $(XML2_LIBS) $(JANSSON_LIBS)
unit_programs += tests/plugin/test_rss_poison
tests_plugin_test_rss_poison_SOURCES = tests/plugin/test_rss_poison.c $(rss_sources) $(fake_host)
tests_plugin_test_rss_poison_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_rss_poison_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_rss_poison_LDADD = $(base_ldadd) $(XML2_LIBS) $(JANSSON_LIBS)
unit_programs += tests/plugin/test_date
tests_plugin_test_date_SOURCES = tests/plugin/test_date.c plugins/common/date.c
tests_plugin_test_date_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_date_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_date_LDADD = $(base_ldadd)
fuzz_programs += tests/fuzz/fuzz_rss
tests_fuzz_fuzz_rss_SOURCES = tests/fuzz/fuzz_rss.c $(fuzz_sources) $(rss_sources) $(fake_host)
tests_fuzz_fuzz_rss_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_rss_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_rss_LDADD = libbase.la $(XML2_LIBS) $(JANSSON_LIBS)
tests_fuzz_fuzz_rss_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_email
tests_plugin_test_email_SOURCES = $(email_sources) $(plugin_runner)
tests_plugin_test_email_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_email_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_email_LDADD = libbase.la $(JANSSON_LIBS)
unit_programs += tests/plugin/test_exec
tests_plugin_test_exec_SOURCES = $(exec_sources) $(plugin_runner)
tests_plugin_test_exec_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_exec_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_exec_LDADD = libbase.la $(JANSSON_LIBS)
unit_programs += tests/plugin/test_ntfy
tests_plugin_test_ntfy_SOURCES = $(ntfy_sources) $(plugin_runner)
tests_plugin_test_ntfy_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_ntfy_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_ntfy_LDADD = libbase.la $(JANSSON_LIBS)
unit_programs += tests/plugin/test_telegram
tests_plugin_test_telegram_SOURCES = $(telegram_sources) $(plugin_runner)
tests_plugin_test_telegram_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_telegram_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_telegram_LDADD = libbase.la $(JANSSON_LIBS)
unit_programs += tests/plugin/test_terminal
tests_plugin_test_terminal_SOURCES = $(terminal_sources) $(plugin_runner)
tests_plugin_test_terminal_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_terminal_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_terminal_LDADD = libbase.la $(JANSSON_LIBS)
unit_programs += tests/plugin/test_webhook
tests_plugin_test_webhook_SOURCES = $(webhook_sources) $(plugin_runner)
tests_plugin_test_webhook_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_webhook_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_webhook_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_ntfy
tests_fuzz_fuzz_ntfy_SOURCES = tests/fuzz/fuzz_ntfy.c tests/fuzz/fuzz_notifier.h \
	$(fuzz_sources) $(ntfy_sources) $(fake_host)
tests_fuzz_fuzz_ntfy_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_ntfy_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_ntfy_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_ntfy_LDFLAGS = $(fuzz_ldflags)
fuzz_programs += tests/fuzz/fuzz_telegram
tests_fuzz_fuzz_telegram_SOURCES = tests/fuzz/fuzz_telegram.c tests/fuzz/fuzz_notifier.h \
	$(fuzz_sources) $(telegram_sources) $(fake_host)
tests_fuzz_fuzz_telegram_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_telegram_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_telegram_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_telegram_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_hackernews
tests_plugin_test_hackernews_SOURCES = $(hackernews_sources) $(plugin_runner)
tests_plugin_test_hackernews_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_hackernews_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_hackernews_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_hackernews
tests_fuzz_fuzz_hackernews_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(hackernews_sources) $(fake_host)
tests_fuzz_fuzz_hackernews_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_hackernews_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_hackernews_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_hackernews_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_mastodon
tests_plugin_test_mastodon_SOURCES = $(mastodon_sources) $(plugin_runner)
tests_plugin_test_mastodon_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_mastodon_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_mastodon_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_mastodon
tests_fuzz_fuzz_mastodon_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(mastodon_sources) $(fake_host)
tests_fuzz_fuzz_mastodon_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_mastodon_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_mastodon_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_mastodon_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_discourse
tests_plugin_test_discourse_SOURCES = $(discourse_sources) $(plugin_runner)
tests_plugin_test_discourse_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_discourse_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_discourse_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_discourse
tests_fuzz_fuzz_discourse_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(discourse_sources) $(fake_host)
tests_fuzz_fuzz_discourse_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_discourse_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_discourse_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_discourse_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_lemmy
tests_plugin_test_lemmy_SOURCES = $(lemmy_sources) $(plugin_runner)
tests_plugin_test_lemmy_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_lemmy_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_lemmy_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_lemmy
tests_fuzz_fuzz_lemmy_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(lemmy_sources) $(fake_host)
tests_fuzz_fuzz_lemmy_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_lemmy_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_lemmy_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_lemmy_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_stackexchange
tests_plugin_test_stackexchange_SOURCES = $(stackexchange_sources) $(plugin_runner)
tests_plugin_test_stackexchange_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_stackexchange_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_stackexchange_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_stackexchange
tests_fuzz_fuzz_stackexchange_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(stackexchange_sources) $(fake_host)
tests_fuzz_fuzz_stackexchange_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_stackexchange_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_stackexchange_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_stackexchange_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_reddit
tests_plugin_test_reddit_SOURCES = $(reddit_sources) $(plugin_runner)
tests_plugin_test_reddit_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_reddit_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_reddit_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_reddit
tests_fuzz_fuzz_reddit_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(reddit_sources) $(fake_host)
tests_fuzz_fuzz_reddit_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_reddit_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_reddit_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_reddit_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_bluesky
tests_plugin_test_bluesky_SOURCES = $(bluesky_sources) $(plugin_runner)
tests_plugin_test_bluesky_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_bluesky_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_bluesky_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_bluesky
tests_fuzz_fuzz_bluesky_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(bluesky_sources) $(fake_host)
tests_fuzz_fuzz_bluesky_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_bluesky_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_bluesky_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_bluesky_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_x
tests_plugin_test_x_SOURCES = $(x_sources) $(plugin_runner)
tests_plugin_test_x_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_x_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_x_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_x
tests_fuzz_fuzz_x_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(x_sources) $(fake_host)
tests_fuzz_fuzz_x_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_x_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_x_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_x_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_nodebb
tests_plugin_test_nodebb_SOURCES = $(nodebb_sources) $(plugin_runner)
tests_plugin_test_nodebb_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_nodebb_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_nodebb_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_nodebb
tests_fuzz_fuzz_nodebb_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(nodebb_sources) $(fake_host)
tests_fuzz_fuzz_nodebb_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_nodebb_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_nodebb_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_nodebb_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_flarum
tests_plugin_test_flarum_SOURCES = $(flarum_sources) $(plugin_runner)
tests_plugin_test_flarum_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_flarum_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_flarum_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_flarum
tests_fuzz_fuzz_flarum_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(flarum_sources) $(fake_host)
tests_fuzz_fuzz_flarum_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_flarum_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_flarum_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_flarum_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_youtube
tests_plugin_test_youtube_SOURCES = $(youtube_sources) $(plugin_runner)
tests_plugin_test_youtube_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_youtube_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_youtube_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_youtube
tests_fuzz_fuzz_youtube_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(youtube_sources) $(fake_host)
tests_fuzz_fuzz_youtube_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_youtube_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_youtube_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_youtube_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_appstore
tests_plugin_test_appstore_SOURCES = $(appstore_sources) $(plugin_runner)
tests_plugin_test_appstore_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_appstore_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_appstore_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_appstore
tests_fuzz_fuzz_appstore_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(appstore_sources) $(fake_host)
tests_fuzz_fuzz_appstore_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_appstore_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_appstore_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_appstore_LDFLAGS = $(fuzz_ldflags)
unit_programs += tests/plugin/test_json
tests_plugin_test_json_SOURCES = $(json_sources) $(plugin_runner)
tests_plugin_test_json_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_json_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_json_LDADD = libbase.la $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(json_sources) $(fake_host)
tests_fuzz_fuzz_json_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_json_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_json_LDADD = libbase.la $(JANSSON_LIBS)
tests_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)

# ---- demo ---------------------------------------------------------------
dist_check_SCRIPTS += tests/pipeline/demo.sh tests/manuals.sh
unit_programs += tests/plugin/test_phpbb
tests_plugin_test_phpbb_SOURCES = $(phpbb_sources) $(plugin_runner)
tests_plugin_test_phpbb_CFLAGS = $(AM_CFLAGS)
tests_plugin_test_phpbb_CPPFLAGS = $(plugin_test_cppflags)
tests_plugin_test_phpbb_LDADD = libbase.la $(XML2_LIBS) $(JANSSON_LIBS)
fuzz_programs += tests/fuzz/fuzz_phpbb
tests_fuzz_fuzz_phpbb_SOURCES = tests/fuzz/fuzz_api.c $(fuzz_sources) $(phpbb_sources) $(fake_host)
tests_fuzz_fuzz_phpbb_CFLAGS = $(AM_CFLAGS)
tests_fuzz_fuzz_phpbb_CPPFLAGS = $(plugin_test_cppflags)
tests_fuzz_fuzz_phpbb_LDADD = libbase.la $(XML2_LIBS) $(JANSSON_LIBS)
tests_fuzz_fuzz_phpbb_LDFLAGS = $(fuzz_ldflags)

# ---- fuzz ---------------------------------------------------------------
# One target a parser; the corpus of tests/fuzz/fuzz_NAME.c is tests/fuzz/corpus/NAME/.
#
#   fuzz_programs += tests/fuzz/fuzz_NAME
#   tests_fuzz_fuzz_NAME_SOURCES = tests/fuzz/fuzz_NAME.c $(fuzz_sources)
#   tests_fuzz_fuzz_NAME_LDADD = $(fuzz_ldadd)
#   tests_fuzz_fuzz_NAME_LDFLAGS = $(fuzz_ldflags)
fuzz_sources = tests/fuzz/fuzz.h tests/fuzz/replay.c
EXTRA_DIST += tests/fuzz/corpus

fuzz_programs += tests/fuzz/fuzz_parse
tests_fuzz_fuzz_parse_SOURCES = tests/fuzz/fuzz_parse.c $(fuzz_sources)
tests_fuzz_fuzz_parse_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_parse_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/fuzz_url
tests_fuzz_fuzz_url_SOURCES = tests/fuzz/fuzz_url.c $(fuzz_sources)
tests_fuzz_fuzz_url_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_url_LDFLAGS = $(fuzz_ldflags)

fuzz_programs += tests/fuzz/fuzz_utf8
tests_fuzz_fuzz_utf8_SOURCES = tests/fuzz/fuzz_utf8.c $(fuzz_sources)
tests_fuzz_fuzz_utf8_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_utf8_LDFLAGS = $(fuzz_ldflags)

FUZZ_SECONDS = 60
fuzz: $(fuzz_programs)
if FUZZERS
	@for f in $(fuzz_programs); do \
	    n=$${f##*/fuzz_}; $(MKDIR_P) "fuzz-corpus/$$n"; \
	    echo "== $$n"; \
	    "./$$f" -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 \
	        -artifact_prefix="fuzz-corpus/$$n-" "fuzz-corpus/$$n" \
	        "$(srcdir)/tests/fuzz/corpus/$$n" || exit 1; \
	done
else
	@echo 'make fuzz: configure again with CC=clang --enable-fuzzers' >&2; exit 1
endif

# ---- bench --------------------------------------------------------------
#   bench_programs += tests/bench/bench_NAME   (and its _SOURCES, _LDADD)
bench_programs += tests/bench/bench_match
tests_bench_bench_match_SOURCES = tests/bench/bench_match.c $(bench_common)
tests_bench_bench_match_CPPFLAGS = $(bench_cppflags)
tests_bench_bench_match_LDADD = libtocsin.la

bench_common = tests/bench/bench.c tests/bench/bench.h
bench_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
bench_programs += tests/bench/bench_feed
tests_bench_bench_feed_SOURCES = tests/bench/bench_feed.c $(bench_common)
tests_bench_bench_feed_CPPFLAGS = $(bench_cppflags) $(XML2_CFLAGS)
tests_bench_bench_feed_LDADD = libtocsin.la $(XML2_LIBS)
bench_programs += tests/bench/bench_e2e
tests_bench_bench_e2e_SOURCES = tests/bench/bench_e2e.c $(bench_common)
tests_bench_bench_e2e_CPPFLAGS = $(bench_cppflags)
tests_bench_bench_e2e_LDADD = libbase.la

EXTRA_PROGRAMS = $(bench_programs)
CLEANFILES += $(bench_programs) tests/bench/rows
EXTRA_DIST += tests/bench/README.md tests/bench/table.sh
bench: all $(bench_programs)
	@rm -f tests/bench/rows; for b in $(bench_programs); do \
	    echo "== $${b##*/}"; TOCSIN_BENCH_ROWS=tests/bench/rows; export TOCSIN_BENCH_ROWS; \
	    $(AM_TESTS_ENVIRONMENT) "./$$b" || exit 1; \
	done; bash '$(srcdir)/tests/bench/table.sh' tests/bench/rows

# ---- pipeline: real processes on loopback ---------------------------------
pipe_sources = tests/pipeline/pipe.c tests/pipeline/pipe.h tests/unit/unit.h \
	$(http_server_sources)
pipe_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
pipe_ldadd = libbase.la $(CMOCKA_LIBS) $(SODIUM_LIBS)
unit_programs += tests/pipeline/test_pipe_alert
tests_pipeline_test_pipe_alert_SOURCES = tests/pipeline/test_pipe_alert.c $(pipe_sources) \
	$(smtp_sink_sources)
tests_pipeline_test_pipe_alert_CPPFLAGS = $(pipe_cppflags)
tests_pipeline_test_pipe_alert_LDADD = $(pipe_ldadd)
unit_programs += tests/pipeline/test_pipe_fetch
tests_pipeline_test_pipe_fetch_SOURCES = tests/pipeline/test_pipe_fetch.c $(pipe_sources)
tests_pipeline_test_pipe_fetch_CPPFLAGS = $(pipe_cppflags)
tests_pipeline_test_pipe_fetch_LDADD = $(pipe_ldadd)
unit_programs += tests/pipeline/test_pipe_bad
tests_pipeline_test_pipe_bad_SOURCES = tests/pipeline/test_pipe_bad.c $(pipe_sources)
tests_pipeline_test_pipe_bad_CPPFLAGS = $(pipe_cppflags)
tests_pipeline_test_pipe_bad_LDADD = $(pipe_ldadd) $(SQLITE_LIBS)
unit_programs += tests/pipeline/test_pipe_kill
tests_pipeline_test_pipe_kill_SOURCES = tests/pipeline/test_pipe_kill.c $(pipe_sources)
tests_pipeline_test_pipe_kill_CPPFLAGS = $(pipe_cppflags)
tests_pipeline_test_pipe_kill_LDADD = $(pipe_ldadd)
soak_tests += tests/pipeline/soak_kill.sh
unit_programs += tests/pipeline/test_pipe_full
tests_pipeline_test_pipe_full_SOURCES = tests/pipeline/test_pipe_full.c $(pipe_sources)
tests_pipeline_test_pipe_full_CPPFLAGS = $(pipe_cppflags)
tests_pipeline_test_pipe_full_LDADD = $(pipe_ldadd)

# ---- soak ---------------------------------------------------------------
#   soak_tests += tests/pipeline/soak_NAME.sh
EXTRA_DIST += $(soak_tests)
soak: all $(check_PROGRAMS)
	@for s in $(soak_tests); do \
	    echo "== $${s##*/}"; $(AM_TESTS_ENVIRONMENT) bash "$(srcdir)/$$s" || exit 1; \
	done

.PHONY: bench soak fuzz

# ---- score --------------------------------------------------------------
unit_programs += tests/unit/test_score
tests_unit_test_score_SOURCES = tests/unit/test_score.c tests/unit/unit.h \
	tests/lib/score_fix.c tests/lib/score_fix.h
tests_unit_test_score_LDADD = $(unit_ldadd)

fuzz_programs += tests/fuzz/fuzz_score
tests_fuzz_fuzz_score_SOURCES = tests/fuzz/fuzz_score.c tests/lib/score_fix.c \
	tests/lib/score_fix.h $(fuzz_sources)
tests_fuzz_fuzz_score_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_score_LDFLAGS = $(fuzz_ldflags)
