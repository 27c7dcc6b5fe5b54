/* lock_seccomp.c - the two system call filters: allow lists, everything else is a trap. */
#include "host/lock.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "host/sanitizer.h"

/* What thinking needs. */
static const int always[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(close),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getppid),
};

/* What loading a shared object, its constructors and the second lock need beside. */
static const int loading[] = {
    SCMP_SYS(openat),
    SCMP_SYS(open),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(lseek),
    SCMP_SYS(pread64),
    SCMP_SYS(fcntl),
    SCMP_SYS(getdents64),
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(getcwd),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(rseq),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_getres),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(seccomp),
    SCMP_SYS(landlock_create_ruleset),
    SCMP_SYS(landlock_restrict_self),
};

/* Answered with an errno once loaded: libraries ask, and can do without. */
static const struct {
    int call, errnum;
} refused[] = {
    { SCMP_SYS(fstat), EACCES },
    { SCMP_SYS(newfstatat), EACCES },
    { SCMP_SYS(stat), EACCES },
    { SCMP_SYS(lstat), EACCES },
    { SCMP_SYS(statx), EACCES },
    { SCMP_SYS(access), EACCES },
    { SCMP_SYS(faccessat), EACCES },
    { SCMP_SYS(faccessat2), EACCES },
    { SCMP_SYS(readlink), EACCES },
    { SCMP_SYS(readlinkat), EACCES },
    { SCMP_SYS(lseek), EACCES },
    { SCMP_SYS(fcntl), EACCES },
    { SCMP_SYS(ioctl), EACCES },
    { SCMP_SYS(sysinfo), ENOSYS },
    { SCMP_SYS(sched_getaffinity), ENOSYS },
    { SCMP_SYS(rt_sigaction), EPERM },
    { SCMP_SYS(getrlimit), EPERM },
    { SCMP_SYS(uname), EPERM },
};

/* Calls of the sanitizers' own run time. */
static const int sanitizers[] = {
    SCMP_SYS(openat),   SCMP_SYS(open),        SCMP_SYS(fstat),        SCMP_SYS(newfstatat),
    SCMP_SYS(stat),     SCMP_SYS(readlink),    SCMP_SYS(lseek),        SCMP_SYS(fcntl),
    SCMP_SYS(sysinfo),  SCMP_SYS(getrlimit),   SCMP_SYS(rt_sigaction), SCMP_SYS(mmap),
    SCMP_SYS(mprotect), SCMP_SYS(sigaltstack), SCMP_SYS(prctl),        SCMP_SYS(sched_getaffinity),
    SCMP_SYS(ioctl),    SCMP_SYS(readlinkat),  SCMP_SYS(prlimit64),    SCMP_SYS(uname),
};

/* A call that libseccomp's table lacks for this machine is none that could be made. */
static void
allow_all(scmp_filter_ctx f, const int *calls, size_t n)
{
    for (size_t i = 0; i < n; i++)
        seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
}
#define ALLOW_ALL(f, table) allow_all(f, table, sizeof table / sizeof *table)

static scmp_filter_ctx
new_filter(void)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_TRAP);

    if (!f)
        return NULL;
    seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 0); /* set already */
    ALLOW_ALL(f, always);
    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)); /* abort() */
    return f;
}

static void
allow_prctl(scmp_filter_ctx f, int what)
{
    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)what, 0));
}

static scmp_filter_ctx
first_filter(void)
{
    scmp_filter_ctx f = new_filter();

    if (!f)
        return NULL;
    ALLOW_ALL(f, loading);
    allow_prctl(f, PR_SET_PDEATHSIG);
    allow_prctl(f, PR_SET_DUMPABLE);
    allow_prctl(f, PR_SET_SECCOMP);
    allow_prctl(f, PR_GET_SECCOMP);
    /* getrlimit() only */
    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
    seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(rt_sigaction), 0);
    seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 0);
    return f;
}

static void
allow_plain_memory(scmp_filter_ctx f, int call)
{
    seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), call, 1,
                     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
}

static scmp_filter_ctx
second_filter(void)
{
    scmp_filter_ctx f = new_filter();

    if (!f)
        return NULL;
    if (IS_SANITIZED)
        ALLOW_ALL(f, sanitizers);
    else
        allow_plain_memory(f, SCMP_SYS(mmap));
    if (!IS_SANITIZED)
        allow_plain_memory(f, SCMP_SYS(mprotect));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        seccomp_rule_add(f, SCMP_ACT_ERRNO((uint32_t)refused[i].errnum), refused[i].call, 0);
    return f;
}

static int
load(struct locks *l, const char *name, scmp_filter_ctx f, const char *note)
{
    int rc = f ? seccomp_load(f) : -ENOMEM;

    seccomp_release(f);
    lock_report(l, name, rc == 0, rc == 0 ? note : strerror(-rc));
    return rc;
}

int
seccomp_first(struct locks *l)
{
    l->final = second_filter();
    return load(l, "seccomp before loading", first_filter(), "no socket, fork, exec, ptrace");
}

int
seccomp_second(struct locks *l)
{
    scmp_filter_ctx f = l->final;

    l->final = NULL;
    return load(l, "seccomp", f,
                IS_SANITIZED ? "a sanitizer build allows the sanitizer's calls"
                             : "memory, clock and one socket");
}
