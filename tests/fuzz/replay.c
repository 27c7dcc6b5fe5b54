/* replay - main() of a fuzz target without libFuzzer: runs each file of its corpus, whole, cut
 * and with single bytes changed, and prints TAP. Arguments are files to run instead. */
#include "fuzz.h"

#ifndef LIBFUZZER

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { FILE_MAX_BYTES = 16 << 20, CUTS = 24 };

/* A copy of exact length, so that ASan sees one byte too far. */
static void
run_copy(const char *p, size_t n, size_t changed, char to)
{
    char *copy = malloc(n ? n : 1);
    if (!copy)
        abort();
    if (n)
        memcpy(copy, p, n);
    if (changed < n)
        copy[changed] = to;
    (void)LLVMFuzzerTestOneInput((const uint8_t *)copy, n);
    free(copy);
}

static int
run_file(const char *path)
{
    static const char bytes[] = { '\0', '\xff', '<', '"', '%', '9' };
    struct buf b;
    struct err err;
    buf_init(&b, FILE_MAX_BYTES);
    if (file_read(&b, path, &err)) {
        (void)printf("# %s\n", err.msg);
        buf_free(&b);
        return -1;
    }
    run_copy(b.p, b.n, SIZE_MAX, 0);
    for (size_t i = 0; i < CUTS && b.n; i++) {
        size_t at = b.n * i / CUTS;
        run_copy(b.p, at, SIZE_MAX, 0);
        run_copy(b.p, b.n, at, bytes[i % sizeof(bytes)]);
    }
    buf_free(&b);
    return 0;
}

static size_t
run_folder(const char *folder)
{
    size_t n = 0;
    struct buf path;
    buf_init(&path, 4096);
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        n++;
        (void)printf("%sok %zu - %s\n", run_file(path_join(&path, folder, e->d_name)) ? "not " : "",
                     n, e->d_name);
        (void)fflush(stdout);
    }
    if (d)
        closedir(d);
    buf_free(&path);
    return n;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        (void)printf("%sok %d - %s\n", run_file(argv[i]) ? "not " : "", i, argv[i]);
    if (argc > 1) {
        (void)printf("1..%d\n", argc - 1);
        return 0;
    }
    const char *name = strrchr(argv[0], '/');
    name = name ? name + 1 : argv[0];
    struct tocsin_str short_name = str_z(name);
    if (str_starts(short_name, STR_LIT("lt-")))
        short_name = str_sub(short_name, 3, short_name.n);
    if (str_starts(short_name, STR_LIT("fuzz_")))
        short_name = str_sub(short_name, 5, short_name.n);
    const char *top = getenv("TOCSIN_SRCDIR");
    struct buf folder;
    buf_init(&folder, 4096);
    buf_fmt(&folder, "%s/tests/fuzz/corpus/%.*s", top ? top : ".", STR_FMT(short_name));
    size_t n = run_folder(buf_cstr(&folder));
    if (n == 0)
        (void)printf("Bail out! %s holds nothing\n", buf_cstr(&folder));
    (void)printf("1..%zu\n", n);
    buf_free(&folder);
    return n == 0;
}

#endif
