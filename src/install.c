/* install - where programs, plugins and data stand. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine.h"

/* The build tree's own parts, for tests and for running without `make install`. Ignored when the
 * program gained privileges. */
static const char *
from_env(const char *name, const char *installed)
{
    const char *v = secure_getenv(name);

    return v && *v ? v : installed;
}

const char *
install_host_program(void)
{
    return from_env("TOCSIN_HOST", TOCSIN_LIBEXEC_DIR "/tocsin-host");
}

const char *
install_data_dir(void)
{
    return from_env("TOCSIN_DATA", TOCSIN_DATA_DIR "/etc");
}

#define MAX_FOLDERS 8

/* TOCSIN_PLUGIN_PATH, parted by colons, before the installed folder. */
struct word_list
install_plugin_folders(void)
{
    static const char *folders[MAX_FOLDERS + 1];
    static char path[4096];
    const char *env = from_env("TOCSIN_PLUGIN_PATH", "");
    size_t n = 0;
    char *p = path;

    snprintf(path, sizeof path, "%s", env);
    while (*p && n < MAX_FOLDERS) {
        folders[n++] = p;
        while (*p && *p != ':')
            p++;
        if (*p)
            *p++ = '\0';
    }
    folders[n++] = TOCSIN_PLUGIN_DIR;
    return (struct word_list){ folders, n };
}
