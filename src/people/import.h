/* import - people from a spreadsheet: handle, name, segment, note.
 *
 * RFC 4180 with a header line; columns in any order; the handle is service:handle. All or
 * nothing: an error names file:line and nothing was changed. In the caller's transaction.
 */
#ifndef TOCSIN_PEOPLE_IMPORT_H
#define TOCSIN_PEOPLE_IMPORT_H

#include "store/store.h"

struct import_result {
    size_t n_added, n_changed;
};
int people_import(struct store *s, struct tocsin_str csv, const char *file, struct tocsin_str by,
                  int64_t now_ms, struct import_result *out, struct err *err);

#endif
