/* html_text - HTML as readable text.
 *
 * Blocks become lines, quotes "> " lines, lists "- " and "1. ", rows of tables "a | b"; links
 * keep their address behind the text where the two differ; pictures their alternative text;
 * scripts, styles and what is hidden go. Linear in its input: what is nested or attributed
 * beyond measure loses its tags and nothing more.
 */
#ifndef TOCSIN_HOST_HTML_TEXT_H
#define TOCSIN_HOST_HTML_TEXT_H

#include "base/buf.h"
#include "base/str.h"

struct html_text;

struct html_text *html_text_new(void); /* NULL: no memory. Reused from text to text. */
void html_text_free(struct html_text *h);
/* Appends; output beyond the buffer's maximum is cut at a character. `base` resolves relative
 * links, may be empty. -1: no memory. */
int html_text(struct html_text *h, struct buf *out, struct tocsin_str html, struct tocsin_str base);

#endif
