/* tocsind - listens, and rings. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static void
usage(FILE *to)
{
    fputs("usage: tocsind [-c FILE] [-f]\n"
          "       tocsind --help | --version\n",
          to);
}

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("tocsind " PACKAGE_VERSION);
        return EX_OK;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
        return EX_OK;
    }
    usage(stderr);
    return EX_USAGE;
}
