/* case_file - a saved response with what a test needs around it (tests/plugin/README.md). */
#ifndef TOCSIN_TESTS_CASE_FILE_H
#define TOCSIN_TESTS_CASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <tocsin/plugin.h>

#define CASE_LINES_MAX 64

/* One "Name: value" line; both NUL-terminated. */
struct case_line {
    char *name, *value;
};

struct case_file {
    struct case_line lines[CASE_LINES_MAX]; /* before the status line */
    size_t n_lines;
    bool has_response; /* a status line came */
    int status;
    struct tocsin_field headers[CASE_LINES_MAX];
    size_t n_headers;
    struct buf bytes; /* the file, cut into strings */
    struct buf body;
};

int case_file_read(struct case_file *f, const char *path, struct err *err);
void case_file_free(struct case_file *f);
/* Value of the last line with that name, or NULL. */
const char *case_file_get(const struct case_file *f, const char *name);

#endif
