# libbase.la   src/base: needs no library but libc
# libhost.la   what tocsin-host needs; never sqlite, never curl
# libtocsin.la all of the core but main(), so that tests can link it
#
# One block a stage, in the order of the way of the data.
noinst_LTLIBRARIES += libbase.la libhost.la libtocsin.la
libbase_la_SOURCES =
libhost_la_SOURCES =
libhost_la_LIBADD = libbase.la $(HOST_LIBS)
libtocsin_la_SOURCES =
libtocsin_la_LIBADD = libbase.la $(CORE_LIBS)

# ---- base ---------------------------------------------------------------
libbase_la_SOURCES += \
	include/tocsin/plugin.h \
	src/base/arena.c src/base/arena.h \
	src/base/buf.c src/base/buf.h \
	src/base/clock.c src/base/clock.h \
	src/base/csv.c src/base/csv.h \
	src/base/err.c src/base/err.h \
	src/base/escape.c src/base/escape.h \
	src/base/file.c src/base/file.h \
	src/base/hash.c src/base/hash.h \
	src/base/json.c src/base/json.h \
	src/base/log.c src/base/log.h \
	src/base/parse.c src/base/parse.h \
	src/base/parse_time.c \
	src/base/format.c \
	src/base/str.c src/base/str.h \
	src/base/url.c src/base/url.h src/base/url_path.h \
	src/base/url_canonical.c \
	src/base/utf8.c src/base/utf8.h \
	src/base/zone.c src/base/zone.h
libbase_la_LIBADD = -lpthread

# ---- record -------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/record/alert.c src/record/alert.h \
	src/record/mention.c src/record/mention.h \
	src/record/names.h \
	src/record/person.c src/record/person.h \
	src/record/post.c src/record/post.h \
	src/record/rule.h \
	src/record/source.c src/record/source.h \
	src/record/source_copy.c src/record/source_copy.h

# ---- config -------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/config/brands.c \
	src/config/config.c src/config/config.h \
	src/config/findings.c src/config/findings.h \
	src/config/general.c \
	src/config/init.c src/config/init.h \
	src/config/manual.c src/config/manual.h \
	src/config/load.c src/config/load.h \
	src/config/load_files.c \
	src/config/lookup.c \
	src/config/notifiers.c \
	src/config/options.c \
	src/config/policies.c \
	src/config/rules.c \
	src/config/secrets.c \
	src/config/settings.c src/config/settings.h \
	src/config/sources.c \
	src/config/staff.c \
	src/config/tables.c \
	src/config/warnings.c \
	src/config/who.c \
	src/config/yaml.c src/config/yaml.h
dist_man_MANS += src/config/tocsin.yaml.5
nobase_dist_pkgdata_DATA += etc/auto-sources.yaml etc/tocsin.yaml

# ---- host ---------------------------------------------------------------
# The core's side goes to libtocsin, the plugin's side to libhost, shared files to both.
wire_sources = \
	src/wire/wire.c src/wire/wire.h \
	src/wire/wire_io.c src/wire/wire_io.h \
	src/wire/messages.c src/wire/messages.h \
	src/host/check.c src/host/check.h \
	src/host/turn.h
libhost_la_SOURCES += $(wire_sources) \
	src/host/child_calls.c src/host/child_calls.h \
	src/host/child_conf.c src/host/child_conf.h \
	src/host/child_copy.c src/host/child_copy.h \
	src/host/child_describe.c src/host/child_describe.h \
	src/host/child_load.c src/host/child_load.h \
	src/host/child_post.c \
	src/host/child_serve.c src/host/child_serve.h \
	src/host/child_turn.c src/host/child_turn.h \
	src/host/html_guard.c src/host/html_guard.h \
	src/host/html_link.c src/host/html_link.h \
	src/host/html_rules.c src/host/html_rules.h \
	src/host/html_text.c src/host/html_text.h \
	src/host/lock.h src/host/sanitizer.h \
	src/host/trap.c src/host/trap.h \
	src/host/warm_up.c src/host/warm_up.h
if SANDBOX
libhost_la_SOURCES += src/host/lock.c src/host/lock_landlock.c src/host/lock_seccomp.c
else
libhost_la_SOURCES += src/host/lock_none.c
endif
EXTRA_DIST += src/host/lock.c src/host/lock_landlock.c src/host/lock_seccomp.c src/host/lock_none.c
libtocsin_la_SOURCES += $(wire_sources) \
	src/host/describe.c src/host/describe.h \
	src/host/host.h \
	src/host/plugins.c \
	src/host/pool.c src/host/pool.h \
	src/host/process.c \
	src/host/quarantine.c src/host/quarantine.h \
	src/host/reply.c src/host/reply.h

# ---- schedule -----------------------------------------------------------
libtocsin_la_SOURCES += \
	src/schedule/schedule.c src/schedule/schedule.h \
	src/schedule/due_queue.c

# ---- fetch --------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/fetch/address.c \
	src/fetch/address.h \
	src/fetch/exec.c \
	src/fetch/fetch.c \
	src/fetch/fetch.h \
	src/fetch/guard.c \
	src/fetch/guard.h \
	src/fetch/head.c \
	src/fetch/head.h \
	src/fetch/http.c \
	src/fetch/imap.c \
	src/fetch/imap_answer.c \
	src/fetch/imap_answer.h \
	src/fetch/job.c \
	src/fetch/job.h \
	src/fetch/local.c \
	src/fetch/loop.c \
	src/fetch/mail.c \
	src/fetch/mask.c \
	src/fetch/mask.h \
	src/fetch/parts.c \
	src/fetch/parts.h \
	src/fetch/polite.c \
	src/fetch/polite.h \
	src/fetch/record.c \
	src/fetch/redirect.c \
	src/fetch/replay.c \
	src/fetch/replay.h \
	src/fetch/request.c \
	src/fetch/request.h \
	src/fetch/result.c \
	src/fetch/session.c \
	src/fetch/smtp.c \
	src/fetch/stream.c \
	src/fetch/transfer.c

# ---- normalise ----------------------------------------------------------
# HTML to text runs in the host: libhost. The rest: libtocsin.
libtocsin_la_SOURCES += \
	src/normalise/chars.c src/normalise/chars.h \
	src/normalise/fold.c \
	src/normalise/lang.c \
	src/normalise/lookalike.c \
	src/normalise/normalise.c src/normalise/normalise.h \
	src/normalise/range.c

# ---- dedup --------------------------------------------------------------
libtocsin_la_SOURCES += src/dedup/fingerprint.c src/dedup/fingerprint.h

# ---- match --------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/match/eval.c src/match/eval.h \
	src/match/explain.c src/match/explain.h \
	src/match/leaf.c \
	src/match/lex.c src/match/lex.h \
	src/match/literals.c \
	src/match/match.c src/match/match.h \
	src/match/parse.c \
	src/match/pattern.c src/match/pattern.h \
	src/match/prefilter.c src/match/prefilter.h \
	src/match/query.h \
	src/match/rarity.c src/match/rarity.h \
	src/match/required.c \
	src/match/ruleset.c src/match/ruleset.h \
	src/match/stream.c src/match/stream.h \
	src/match/term.c
dist_man_MANS += src/match/tocsin-rules.5

# ---- score --------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/score/score.h \
	src/score/classify.c src/score/classify.h \
	src/score/feature.c src/score/feature.h \
	src/score/feel.c src/score/feel.h \
	src/score/hashtag.c src/score/hashtag.h \
	src/score/history.c \
	src/score/lexicon.c src/score/lexicon.h \
	src/score/ngram.c src/score/ngram.h \
	src/score/parts.c src/score/parts.h \
	src/score/score.c \
	src/score/scorer.c src/score/scorer.h \
	src/score/toward.c src/score/toward.h \
	src/score/weights.c src/score/weights.h \
	src/score/words.c src/score/words.h
nobase_dist_pkgdata_DATA += \
	etc/lexicon/de.tsv etc/lexicon/emoji.tsv etc/lexicon/en.tsv etc/lexicon/es.tsv \
	etc/lexicon/fr.tsv etc/lexicon/it.tsv etc/lexicon/nl.tsv etc/lexicon/pt.tsv \
	etc/rules/en-complaint.yaml etc/rules/en-irate.yaml \
	etc/scoring/en.ngrams etc/scoring/en.tsv

# ---- store --------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/store/store.h \
	src/store/sqlite_alerts.c \
	src/store/sqlite_cases.c \
	src/store/sqlite_db.c src/store/sqlite_db.h \
	src/store/sqlite_json.c \
	src/store/sqlite_keep.c \
	src/store/sqlite_list.c \
	src/store/sqlite_mentions.c \
	src/store/sqlite_outbox.c \
	src/store/sqlite_people.c \
	src/store/sqlite_posts.c src/store/sqlite_posts.h \
	src/store/sqlite_read.c \
	src/store/sqlite_safe.c \
	src/store/sqlite_schema.c \
	src/store/sqlite_search.c \
	src/store/sqlite_sources.c \
	src/store/store_sqlite.c

# ---- people -------------------------------------------------------------
libtocsin_la_SOURCES += src/people/import.c src/people/import.h

# ---- escalate -----------------------------------------------------------
libtocsin_la_SOURCES += \
	src/escalate/escalate.c src/escalate/escalate.h \
	src/escalate/answer.c \
	src/escalate/common.c src/escalate/inner.h \
	src/escalate/duty.c src/escalate/duty.h \
	src/escalate/outbox.c \
	src/escalate/ring.c \
	src/escalate/storm.c \
	src/escalate/targets.c \
	src/escalate/token.c src/escalate/token.h

# ---- deliver ------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/deliver/compose.c src/deliver/compose.h \
	src/deliver/deliver.c src/deliver/deliver.h \
	src/deliver/facts.c src/deliver/facts.h \
	src/deliver/poll.c src/deliver/poll.h \
	src/deliver/send.c src/deliver/send.h

# ---- control ------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/control/client.c \
	src/control/commands.c src/control/commands.h \
	src/control/control.c src/control/control.h

# ---- cli ----------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/cli/alert.c \
	src/cli/args.c src/cli/args.h \
	src/cli/ask.c \
	src/cli/check.c \
	src/cli/classify.c \
	src/cli/cli.c src/cli/cli.h \
	src/cli/doctor.c \
	src/cli/drill.c \
	src/cli/init.c \
	src/cli/main.c src/cli/main.h \
	src/cli/mention.c \
	src/cli/parse.c \
	src/cli/person.c \
	src/cli/plugin.c \
	src/cli/preview.c \
	src/cli/progress.c src/cli/progress.h \
	src/cli/run.c \
	src/cli/source.c \
	src/cli/table.c src/cli/table.h

# ---- writer -------------------------------------------------------------
libtocsin_la_SOURCES += \
	src/writer/ingest.c src/writer/ingest.h \
	src/writer/writer.c src/writer/writer.h

# ---- the spine: what puts the stages together -----------------------------
libtocsin_la_SOURCES += \
	src/drill.c src/drill.h \
	src/engine.c src/engine.h \
	src/heartbeat.c src/heartbeat.h \
	src/install.c \
	src/pipeline.c src/pipeline.h src/runtime.h \
	src/reporter.c src/reporter.h \
	src/setup.c src/setup.h \
	src/turn.c \
	src/worker.c src/worker.h

# ---- manuals of the programs ----------------------------------------------
dist_man_MANS += src/cli/tocsin.1 src/tocsind.8 src/host/tocsin-host.8 src/tocsin-plugin.7
EXTRA_DIST += README.md contrib/REVIEW.md contrib/demo/screenshot.svg src/README.md tests/README.md

# ---- programs -----------------------------------------------------------
bin_PROGRAMS += tocsind
tocsind_SOURCES = src/tocsind.c
tocsind_LDADD = libtocsin.la

bin_PROGRAMS += tocsin
tocsin_SOURCES = src/tocsin.c
tocsin_LDADD = libtocsin.la

pkglibexec_PROGRAMS += tocsin-host
tocsin_host_SOURCES = src/tocsin-host.c
tocsin_host_LDADD = libhost.la
