/* oldabi.c - a plugin of another ABI. */
#include <tocsin/plugin.h>

TOCSIN_EXPORT const struct tocsin_plugin tocsin_plugin = {
    .abi = 3, .size = sizeof(struct tocsin_plugin), .kind = TOCSIN_KIND_SOURCE, .name = "oldabi"
};
