/* main - the commands of tocsin by name. */
#ifndef TOCSIN_CLI_MAIN_H
#define TOCSIN_CLI_MAIN_H

int cli_main(int argc, char **argv);

#endif
