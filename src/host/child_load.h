/* child_load - one plugin's tables, copied into structs of our size. */
#ifndef TOCSIN_HOST_CHILD_LOAD_H
#define TOCSIN_HOST_CHILD_LOAD_H

#include "base/arena.h"
#include "base/err.h"
#include "host/turn.h"

struct loaded {
    struct plugin_info info; /* options with their offsets */
    size_t conf_size;
    int (*warm_up)(void);
    struct tocsin_source source;     /* of kind SOURCE, else zero */
    struct tocsin_notifier notifier; /* of kind NOTIFIER, else zero */
};

/* The file's name without folder and ".so". */
struct tocsin_str plugin_file_name(const char *path);
/* Loads the object at `path`, never to be unloaded. Everything goes into `a`. */
int child_load(struct loaded *out, const char *path, struct arena *a, struct err *err);
/* Size and alignment of the field that an option of this type fills; -1: no such type. */
int option_field(uint32_t type, size_t *size, size_t *align);

#endif
