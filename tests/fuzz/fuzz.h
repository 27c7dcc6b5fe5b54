/* fuzz - the entry every fuzz target defines; libFuzzer or replay.c calls it. */
#ifndef TOCSIN_TESTS_FUZZ_H
#define TOCSIN_TESTS_FUZZ_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An assertion that NDEBUG does not take away. */
#define FUZZ_CHECK(claim) ((claim) ? (void)0 : abort())

#endif
