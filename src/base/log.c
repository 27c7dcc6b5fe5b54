/* log - one line, one write(2), so that lines of several threads never mix. */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/parse.h"

enum { LINE_MAX_BYTES = 8192, MESSAGE_MAX = 4096 };

static const struct {
    const char *name, *journal;
} levels[] = {
    [LOG_DEBUG_] = { "debug", "<7>" },
    [LOG_INFO_] = { "info", "<6>" },
    [LOG_WARN_] = { "warn", "<4>" },
    [LOG_ERROR_] = { "error", "<3>" },
};
enum { N_LEVELS = sizeof(levels) / sizeof(levels[0]) };

static atomic_int least_level = LOG_INFO_;
static pthread_mutex_t sink_lock = PTHREAD_MUTEX_INITIALIZER;
static void (*sink_fn)(void *, enum log_level, const char *);
static void *sink_ctx;
static pthread_once_t journal_once = PTHREAD_ONCE_INIT;
static bool is_journal;

void
log_set_level(enum log_level least)
{
    atomic_store(&least_level, (int)least);
}

enum log_level
log_level(void)
{
    return (enum log_level)atomic_load(&least_level);
}

int
log_level_parse(const char *name, enum log_level *out)
{
    for (size_t i = 0; i < N_LEVELS; i++) {
        if (str_eq_z(str_z(name), levels[i].name)) {
            *out = (enum log_level)i;
            return 0;
        }
    }
    return -1;
}

void
log_set_sink(void (*fn)(void *ctx, enum log_level, const char *line), void *ctx)
{
    pthread_mutex_lock(&sink_lock);
    sink_fn = fn;
    sink_ctx = ctx;
    pthread_mutex_unlock(&sink_lock);
}

/* JOURNAL_STREAM is inherited; it is ours only while it names what stderr is. */
static void
look_for_journal(void)
{
    const char *z = getenv("JOURNAL_STREAM");
    struct tocsin_str rest = str_z(z);
    struct tocsin_str device = str_cut(&rest, ':');
    uint64_t dev, ino;
    struct stat st;
    is_journal = z && !parse_u64(device, &dev) && !parse_u64(rest, &ino) &&
                 !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

static void
write_stderr(enum log_level level, const char *text)
{
    struct buf b;
    pthread_once(&journal_once, look_for_journal);
    buf_init(&b, LINE_MAX_BYTES + 64);
    if (is_journal) {
        buf_z(&b, levels[level].journal);
    } else {
        format_rfc3339(&b, clock_wall(&clock_system) / MS_SECOND * MS_SECOND);
        buf_fmt(&b, " %-5s  ", levels[level].name);
    }
    buf_z(&b, text);
    buf_char(&b, '\n');
    struct tocsin_str line = b.failed ? str_z("log: no memory\n") : buf_view(&b);
    ssize_t n;
    do
        n = write(STDERR_FILENO, line.p, line.n);
    while (n < 0 && errno == EINTR);
    buf_free(&b);
}

static void
emit(enum log_level level, const char *text)
{
    pthread_mutex_lock(&sink_lock);
    void (*fn)(void *, enum log_level, const char *) = sink_fn;
    if (fn)
        fn(sink_ctx, level, text);
    pthread_mutex_unlock(&sink_lock);
    if (!fn)
        write_stderr(level, text);
}

static void
log_v(enum log_level level, const char *stage, const char *subject, const char *fmt, va_list ap)
{
    struct buf message, line;
    buf_init(&message, SIZE_MAX / 4);
    buf_init(&line, LINE_MAX_BYTES);
    buf_vfmt(&message, fmt, ap);
    buf_fmt(&line, "%s  ", stage);
    if (subject) {
        escape_terminal(&line, str_clip_utf8(str_z(subject), 256));
        buf_z(&line, "  ");
    }
    struct tocsin_str shown = str_trim(buf_view(&message));
    bool is_cut = shown.n > MESSAGE_MAX;
    size_t begin = line.n;
    escape_terminal(&line, str_clip_utf8(shown, MESSAGE_MAX));
    if (line.failed) { /* much of it was control characters */
        line.failed = false;
        line.n = begin;
        escape_terminal(&line, str_clip_utf8(shown, MESSAGE_MAX / 8));
        is_cut = true;
    }
    if (is_cut)
        buf_z(&line, " ...");
    emit(level, buf_cstr(&line));
    buf_free(&message);
    buf_free(&line);
}

void
log_at(enum log_level level, const char *stage, const char *subject, const char *fmt, ...)
{
    if (level < log_level())
        return;
    int saved = errno;
    va_list ap;
    va_start(ap, fmt);
    log_v(level, stage, subject, fmt, ap);
    va_end(ap);
    errno = saved;
}

void
log_err(enum log_level level, const char *stage, const char *subject, const struct err *e)
{
    log_at(level, stage, subject, "%s", e->msg);
}
