/* trap.c - signal handlers that say what a plugin did, then let the process die. */
#include "host/trap.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "host/sanitizer.h"
#include "host/turn.h"
#include "wire/messages.h"
#include "wire/wire_io.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1 /* si_code of a trap by seccomp */
#endif

static struct {
    int fd;
    char plugin[128];
    const char *volatile call;
    volatile sig_atomic_t has_told_open;
} at = { .fd = -1, .call = "start" };

#define FETCHES "plan a request instead"
#define RUNS "plan an exec request instead"
#define ALONE "a plugin is one process with one thread"

static const struct {
    int call;
    const char *name, *cure;
} forbidden[] = {
    { SYS_socket, "socket", FETCHES },
    { SYS_socketpair, "socketpair", FETCHES },
    { SYS_connect, "connect", FETCHES },
    { SYS_bind, "bind", FETCHES },
    { SYS_sendto, "sendto", FETCHES },
    { SYS_recvfrom, "recvfrom", FETCHES },
    { SYS_clone, "fork", RUNS },
#ifdef SYS_clone3
    { SYS_clone3, "clone3", ALONE },
#endif
#ifdef SYS_fork
    { SYS_fork, "fork", RUNS },
    { SYS_vfork, "vfork", RUNS },
#endif
    { SYS_execve, "execve", RUNS },
    { SYS_execveat, "execveat", RUNS },
    { SYS_ptrace, "ptrace", "a plugin sees no process but its own" },
    { SYS_kill, "kill", "a plugin sees no process but its own" },
    { SYS_tgkill, "tgkill", "a plugin sees no process but its own" },
    { SYS_openat, "open", "plan a file request with an option of type path instead" },
#ifdef SYS_open
    { SYS_open, "open", "plan a file request with an option of type path instead" },
#endif
    { SYS_clock_nanosleep, "sleep", "say limit() and return" },
    { SYS_nanosleep, "sleep", "say limit() and return" },
    { SYS_dup, "dup", "a plugin has no files" },
    { SYS_pipe2, "pipe", "a plugin has no files" },
    { SYS_memfd_create, "memfd_create", "a plugin has no files" },
    { SYS_setuid, "setuid", "a plugin changes nothing of its process" },
    { SYS_prctl, "prctl", "a plugin changes nothing of its process" },
};

/* Without malloc: it may be malloc that was interrupted. */
static void
tell(enum message_kind kind, const char *text)
{
    char room[TURN_MAX_LINE + 64];
    struct buf b = { .p = room, .cap = sizeof room - 1, .max = sizeof room - 1 };
    struct log_line line = { .level = TOCSIN_LOG_ERROR, .text = text };
    struct wire w;

    if (at.fd < 0) {
        dprintf(STDERR_FILENO, "%s\n", text);
        return;
    }
    wire_frame_begin(&b);
    wire_writer(&w, &b);
    wire_kind(&w, &kind);
    if (kind == MESSAGE_LOG)
        wire_log(&w, &line);
    else
        wire_line(&w, &text);
    if (wire_is_complete(&w) && !wire_frame_end(&b))
        wire_send(at.fd, &b);
}

static void
tell_frame(void *pc)
{
    char text[512];
    Dl_info info;
    const char *file;

    if (!dladdr(pc, &info) || !info.dli_fname)
        return;
    file = strrchr(info.dli_fname, '/');
    snprintf(
        text, sizeof text, "    at %s%s%s +0x%lx", file ? file + 1 : info.dli_fname,
        info.dli_sname ? " " : "", info.dli_sname ? info.dli_sname : "",
        (unsigned long)((char *)pc - (char *)(info.dli_sname ? info.dli_saddr : info.dli_fbase)));
    tell(MESSAGE_LOG, text);
}

static void
tell_backtrace(void)
{
    enum { OURS = 3, MOST = 16 };
    void *pcs[MOST];
    int n = backtrace(pcs, MOST);

    for (int i = OURS; i < n; i++)
        tell_frame(pcs[i]);
}

static void
describe_call(char *to, size_t n, int call)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        if (forbidden[i].call != call)
            continue;
        snprintf(to, n, "plugin %s, %s: called %s(); %s", at.plugin, at.call, forbidden[i].name,
                 forbidden[i].cure);
        return;
    }
    snprintf(to, n, "plugin %s, %s: made system call %d; a plugin may only think", at.plugin,
             at.call, call);
}

/* Lets the system call return -EACCES. false: this machine's registers are not known. */
static bool
answer_eacces(void *context)
{
#if defined __x86_64__
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = -EACCES;
    return true;
#elif defined __aarch64__
    ((ucontext_t *)context)->uc_mcontext.regs[0] = (unsigned long long)-EACCES;
    return true;
#else
    (void)context;
    return false;
#endif
}

static bool
is_open(int call)
{
#ifdef SYS_open
    if (call == SYS_open)
        return true;
#endif
    return call == SYS_openat;
}

/* A refused open() goes on: libraries look for files that they can do without. */
static void
on_forbidden(int sig, siginfo_t *info, void *context)
{
    char text[TURN_MAX_LINE];

    (void)sig;
    describe_call(text, sizeof text, info->si_syscall);
    if (is_open(info->si_syscall) && answer_eacces(context)) {
        if (!at.has_told_open)
            tell(MESSAGE_LOG, text);
        at.has_told_open = 1;
        return;
    }
    tell(MESSAGE_FAULT, text);
    tell_backtrace();
    _exit(128 + SIGSYS);
}

static void
on_crash(int sig)
{
    char text[TURN_MAX_LINE];
    const char *name = sigabbrev_np(sig);

    snprintf(text, sizeof text, "plugin %s, %s: crashed (SIG%s)", at.plugin, at.call,
             name ? name : "?");
    tell(MESSAGE_FAULT, text);
    tell_backtrace();
    _exit(128 + sig);
}

void
trap_install(int fd, const char *plugin)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    static char stack[64 * 1024];
    stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
    struct sigaction a = { .sa_sigaction = on_forbidden, .sa_flags = SA_SIGINFO };
    void *pcs[2];

    at.fd = fd;
    trap_set_plugin(plugin);
    backtrace(pcs, 2); /* loads what it needs while that can be loaded */
    sigaction(SIGSYS, &a, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (IS_SANITIZED)
        return; /* it tells more about a crash than we could */
    sigaltstack(&other, NULL);
    a = (struct sigaction){ .sa_handler = on_crash, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND };
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &a, NULL);
}

void
trap_set_plugin(const char *plugin)
{
    snprintf(at.plugin, sizeof at.plugin, "%s", plugin);
}

void
trap_at(const char *call)
{
    at.call = call;
}

void
trap_new_turn(void)
{
    at.has_told_open = 0;
}
