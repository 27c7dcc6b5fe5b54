/* api_page - between the files of api: not for plugins. */
#ifndef TOCSIN_PLUGINS_API_PAGE_H
#define TOCSIN_PLUGINS_API_PAGE_H

#include "api.h"

/* api_load.c: judges the response and reads its JSON into p->doc. */
int api_load(struct api_page *p);
int api_fail_shape(struct api_page *p);

/* api_cursor.c */
void api_cursor_read(struct api_cursor *c, const char *text);
/* Sets the cursor after a page, asks for the next or records the gap. */
int api_go_on(struct api_page *p);

#endif
