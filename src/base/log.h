/* log - lines for the operator on stderr: level, stage, subject, message.
 *
 *   2026-11-24T09:05:00Z warn  fetch  source=support  503 from forum.example.com; next try in 4m
 *
 * Under systemd (JOURNAL_STREAM) times are left out and "<4>" levels are put before. Control
 * and bidi characters of foreign text are shown as \xNN or \u{NNNN}. Any thread.
 */
#ifndef TOCSIN_BASE_LOG_H
#define TOCSIN_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/err.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

void log_set_level(enum log_level least);
enum log_level log_level(void);
int log_level_parse(const char *name, enum log_level *out);
/* Every line goes to fn instead; NULL: stderr again. For tests that expect a message. */
void log_set_sink(void (*fn)(void *ctx, enum log_level, const char *line), void *ctx);

/* `stage` is a stage's folder name; `subject` like "source=hn", or NULL. */
void log_at(enum log_level, const char *stage, const char *subject, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void log_err(enum log_level, const char *stage, const char *subject, const struct err *e);

#define log_debug(...) log_at(LOG_DEBUG_, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO_, __VA_ARGS__)
#define log_warn(...) log_at(LOG_WARN_, __VA_ARGS__)
#define log_error(...) log_at(LOG_ERROR_, __VA_ARGS__)

#endif
