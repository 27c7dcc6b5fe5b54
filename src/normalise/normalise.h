/* normalise - foreign text made comparable.
 *
 *   parse -> [normalise] -> match -> text score
 *
 * Valid UTF-8, the texts of struct post (NFC text; fold = NFKC without format characters,
 * confusables, case folded, with the map back), canonical URL and site, language guess where
 * the source gives none. Pure functions of their arguments; any thread.
 */
#ifndef TOCSIN_NORMALISE_NORMALISE_H
#define TOCSIN_NORMALISE_NORMALISE_H

#include "base/arena.h"
#include "base/err.h"
#include "record/post.h"

/* Fills post.title, .text, .canonical_url, .site, and .lang when it was empty. -1: no memory. */
int normalise_post(struct post *p, struct arena *a, struct err *err);
/* One text alone. */
int normalise_text(struct text *out, struct tocsin_str in, struct arena *a, struct err *err);
/* NFKC without format characters, case kept: what `regex:` is tried on a second time. */
int normalise_nfkc(struct text *out, struct tocsin_str text, struct arena *a, struct err *err);
/* The byte range of t->text that the fold range covers, widened to whole characters. */
void text_range(const struct text *t, size_t fold_begin, size_t fold_end, size_t *begin,
                size_t *end);
/* ISO 639-1, or "" when unsure. */
const char *normalise_guess_lang(struct tocsin_str text);

#endif
