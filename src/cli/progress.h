/* progress - a bar on stderr for work that takes longer than a second; only on a terminal. */
#ifndef TOCSIN_CLI_PROGRESS_H
#define TOCSIN_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    const char *what;
    int64_t done, total; /* total 0: unknown, only what is done is shown */
    int64_t begun_ms, shown_ms;
    bool is_terminal;
};

void progress_begin(struct progress *p, const char *what, int64_t total);
void progress_step(struct progress *p, int64_t n);
void progress_end(struct progress *p); /* wipes the bar */
/* What is left of a file, or 0 for a pipe. */
int64_t progress_size(FILE *f);

#endif
