/* A full disk: what is known still rings and is answered, nothing is lost, and polling goes on
 * when there is room again. Needs a small file system of its own; skipped where none may be made. */
#include "unit/unit.h"

#include "pipeline/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct pipe *p;
static bool is_private; /* mounts of this process are its own */

static int
set_up(void **state)
{
    (void)state;
    is_private =
        unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    p = pipe_new();
    return 0;
}

static int
tear_down(void **state)
{
    char path[512];

    (void)state;
    if (pipe_pid(p) > 0)
        pipe_end(p, SIGKILL);
    snprintf(path, sizeof path, "%s/state", pipe_dir(p));
    umount2(path, MNT_DETACH);
    pipe_free(p);
    return 0;
}

static void
fill(const char *path)
{
    static char block[65536];
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    for (size_t size = sizeof block; size > 0;)
        if (write(fd, block, size) <= 0)
            size /= 2;
    close(fd);
}

static void
full_disk_loses_nothing(void **state)
{
    char path[512];

    (void)state;
    pipe_usual_config(p, "");
    snprintf(path, sizeof path, "%s/state", pipe_dir(p));
    assert_int_equal(mkdir(path, 0700), 0);
    if (!is_private || mount("tmpfs", path, "tmpfs", 0, "size=48m,mode=0700") != 0) {
        print_message("no mounts here: skipped\n");
        skip();
    }
    pipe_post(p, "/feed", "1", "Carla Cross", pipe_angry(1));
    pipe_start(p);
    pipe_must(p, "source poll feed");
    pipe_until_count(p, "/hook", 1);
    pipe_until_says(p, "alert show 1", "hook: delivered");
    snprintf(path, sizeof path, "%s/state/fill", pipe_dir(p));
    fill(path);
    pipe_post(p, "/feed", "2", "Clara Crown", pipe_angry(2));
    pipe_must(p, "source poll feed");
    pipe_until_logged(p, "nothing is polled until it can be stored");
    fill(path); /* what was freed since */
    pipe_must(p, "alert ack 1");
    unlink(path);
    pipe_until_logged(p, "polling goes on");
    pipe_must(p, "source poll feed");
    pipe_until_says(p, "alert show 2", "hook: delivered");
    if (!strstr(pipe_heard(p), "Clara Crown"))
        fail_msg("not rung: %s", pipe_heard(p));
    assert_int_equal(pipe_end(p, SIGTERM), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(full_disk_loses_nothing, set_up, tear_down),
    };

    return RUN_TESTS(tests);
}
