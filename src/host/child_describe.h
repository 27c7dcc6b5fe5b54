/* child_describe - a plugin's tables on stdout, for people or as JSON. */
#ifndef TOCSIN_HOST_CHILD_DESCRIBE_H
#define TOCSIN_HOST_CHILD_DESCRIBE_H

#include "host/child_serve.h"

int child_describe(const struct child *c, bool is_json);
const char *option_type_name(uint32_t type); /* "string" ... */

#endif
