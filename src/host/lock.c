/* lock.c - the order of the two locks, limits and privileges. */
#include "host/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/sanitizer.h"

enum { NOBODY = 65534 };

void
lock_report(struct locks *l, const char *name, bool is_in_force, const char *note)
{
    if (l->n < LOCK_MAX)
        l->v[l->n++] = (struct host_lock){ name, is_in_force, note };
}

/* As `nobody` when we are root and nobody can still read the plugin. */
static void
drop_root(struct locks *l, const char *plugin_path)
{
    if (geteuid() != 0) {
        lock_report(l, "uid", true, "not root");
        return;
    }
    if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, 0) || setresuid(NOBODY, NOBODY, 0)) {
        lock_report(l, "uid", false, "still root: the kernel refused to change the user");
        return;
    }
    if (plugin_path && faccessat(AT_FDCWD, plugin_path, R_OK, AT_EACCESS)) {
        bool is_back = !setresuid(0, 0, 0) && !setresgid(0, 0, 0);

        lock_report(l, "uid", false,
                    is_back ? "still root: user nobody cannot read the plugin's folder"
                            : "half dropped");
        return;
    }
    if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
        lock_report(l, "uid", false, "still root: the kernel refused to change the user");
    else
        lock_report(l, "uid", true, "nobody");
}

static void
drop_capabilities(struct locks *l)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };
    bool is_done = !syscall(SYS_capset, &head, none);

    lock_report(l, "capabilities", is_done, is_done ? "none left" : "capset failed");
}

static void
set_limits(struct locks *l)
{
    static const struct {
        int what;
        rlim_t most;
        const char *name;
    } table[] = {
#if !IS_SANITIZED
        { RLIMIT_AS, 256u << 20, "memory 256 MB" },
#endif
        { RLIMIT_NOFILE, 16, "16 files" },
        { RLIMIT_FSIZE, 0, "no file written" },
        { RLIMIT_CORE, 0, "no core dump" },
        { RLIMIT_NPROC, 0, "no process" },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct rlimit r = { table[i].most, table[i].most };

        if (table[i].what == RLIMIT_FSIZE && l->has_output)
            continue;
        if (setrlimit(table[i].what, &r))
            lock_report(l, "limit", false, table[i].name);
    }
    lock_report(l, "limits", true,
                IS_SANITIZED ? "files, processes, core; a sanitizer build has no memory limit"
                             : "memory 256 MB, files, processes, core");
}

void
lock_first(struct locks *l, const char *plugin_path)
{
    bool is_set;

    drop_root(l, plugin_path);
    drop_capabilities(l);
    is_set = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    lock_report(l, "no_new_privs", is_set, "");
    landlock_probe(l);
    if (l->landlock && landlock_libraries(l, plugin_path))
        lock_report(l, "landlock before loading", false, strerror(errno));
    set_limits(l);
    seccomp_first(l);
}

void
lock_second(struct locks *l)
{
    bool is_set = !prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);

    lock_report(l, "dies with its parent", is_set, "");
    is_set = !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    lock_report(l, "not dumpable", is_set, "");
    if (l->landlock)
        lock_report(l, "landlock", !landlock_nothing(l), "no file, no network address");
    seccomp_second(l);
}
