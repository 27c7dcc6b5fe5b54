/* unit - what every cmocka test begins with. */
#ifndef TOCSIN_TESTS_UNIT_H
#define TOCSIN_TESTS_UNIT_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define N_ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* One group a program, as TAP allows one plan. */
/* As the programs do: a peer that is gone is an error of write, not a signal. */
#define RUN_TESTS(tests) \
    (signal(SIGPIPE, SIG_IGN), cmocka_run_group_tests_name(__FILE__, tests, NULL, NULL))

#endif
