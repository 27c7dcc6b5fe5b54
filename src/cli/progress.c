/* progress - a bar that is drawn at most ten times a second. */
#include "cli/progress.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define QUIET_MS 1000
#define EVERY_MS 100
#define WIDTH 30

void
progress_begin(struct progress *p, const char *what, int64_t total)
{
    *p = (struct progress){ .what = what,
                            .total = total,
                            .begun_ms = clock_mono(&clock_system),
                            .is_terminal = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) };
}

static void
draw(const struct progress *p)
{
    int64_t filled = p->total > 0 ? p->done * WIDTH / p->total : 0;

    if (p->total <= 0) {
        fprintf(stderr, "\r%s %lld", p->what, (long long)p->done);
        return;
    }
    fprintf(stderr, "\r%s [", p->what);
    for (int64_t i = 0; i < WIDTH; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %3lld %%", (long long)(p->done * 100 / p->total));
}

void
progress_step(struct progress *p, int64_t n)
{
    int64_t now;

    p->done += n;
    if (!p->is_terminal)
        return;
    now = clock_mono(&clock_system);
    if (now - p->begun_ms < QUIET_MS || now - p->shown_ms < EVERY_MS)
        return;
    p->shown_ms = now;
    draw(p);
}

void
progress_end(struct progress *p)
{
    if (p->shown_ms > 0)
        fprintf(stderr, "\r\x1b[K");
}

int64_t
progress_size(FILE *f)
{
    struct stat st;

    return fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
}
