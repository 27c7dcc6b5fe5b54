/* lock_landlock.c - Landlock rule sets, with constants of our own, masked by the kernel's ABI. */
#include "host/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* As in the kernel's documentation of Landlock. */
enum { ACCESS_EXECUTE = 1, ACCESS_READ_FILE = 4, RULE_PATH_BENEATH = 1, ASK_VERSION = 1 };

struct ruleset {
    uint64_t handled_fs, handled_net, scoped;
};
struct path_rule {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

void
landlock_probe(struct locks *l)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);

    l->landlock = abi > 0 ? (int)abi : 0;
    if (abi <= 0)
        lock_report(l, "landlock", false, "this kernel has it not, or not switched on");
}

/* Everything that this kernel can deny. */
static struct ruleset
everything(int abi)
{
    unsigned n_fs = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
    struct ruleset r = { .handled_fs = (UINT64_C(1) << n_fs) - 1 };

    if (abi >= 4)
        r.handled_net = 3; /* bind, connect */
    if (abi >= 6)
        r.scoped = 3; /* abstract sockets, signals */
    return r;
}

static size_t
ruleset_size(int abi)
{
    return abi >= 6 ? sizeof(struct ruleset) : abi >= 4 ? 16 : 8;
}

static int
create(const struct locks *l)
{
    struct ruleset r = everything(l->landlock);

    return (int)syscall(SYS_landlock_create_ruleset, &r, ruleset_size(l->landlock), 0);
}

static int
enforce(int set)
{
    int rc = (int)syscall(SYS_landlock_restrict_self, set, 0);

    close(set);
    return rc;
}

static void
allow(int set, const char *path)
{
    struct path_rule rule = { ACCESS_EXECUTE | ACCESS_READ_FILE, -1 };

    rule.fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.fd < 0)
        return; /* this system has no such folder */
    syscall(SYS_landlock_add_rule, set, RULE_PATH_BENEATH, &rule, 0);
    close(rule.fd);
}

/* The folder that holds `path`. */
static void
allow_folder_of(int set, const char *path)
{
    char folder[PATH_MAX];
    const char *slash = path ? strrchr(path, '/') : NULL;

    if (!slash || slash == path || (size_t)(slash - path) >= sizeof folder)
        return;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = '\0';
    allow(set, folder);
}

/* Where libraries already loaded came from: theirs may lie beside them. */
static int
allow_loaded(struct dl_phdr_info *info, size_t size, void *set)
{
    (void)size;
    if (info->dlpi_name && info->dlpi_name[0] == '/')
        allow_folder_of(*(int *)set, info->dlpi_name);
    return 0;
}

int
landlock_libraries(struct locks *l, const char *plugin_path)
{
    static const char *const libraries[] = { "/lib",       "/lib64",         "/usr/lib",
                                             "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache" };
    int set = create(l);

    if (set < 0)
        return -1;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        allow(set, libraries[i]);
    dl_iterate_phdr(allow_loaded, &set);
    allow_folder_of(set, plugin_path);
    return enforce(set);
}

int
landlock_nothing(struct locks *l)
{
    int set = create(l);

    return set < 0 ? -1 : enforce(set);
}
