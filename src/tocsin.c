/* tocsin - the command line: asks, shows, and tells the daemon. */
#include "cli/main.h"

int
main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
