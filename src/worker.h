/* worker - the pure part of the way of the data, for one response.
 *
 *   parse -> [ normalise -> match -> text score ] -> dedup ...
 *
 * A function of the posts and the setup; any thread.
 */
#ifndef TOCSIN_WORKER_H
#define TOCSIN_WORKER_H

#include "setup.h"
#include "writer/ingest.h"

/* Fills batch->scored (in the batch's arena) from batch->posts. `brands` empty: all; `lang` is of
 * posts that name none, NULL: guessed. */
int worker_run(struct batch *b, struct match_scratch *scratch, struct word_list brands,
               const char *lang, int64_t now_ms, struct err *err);

#endif
